import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization

/// The looks for nodes of other scopes that are under way, one for each scope.
final class ScopeLooks: Sendable {
    private struct Look {
        var task: Task<Void, Never>?
        var waits: [OneWait<Bool>] = []
    }

    private struct State {
        var looks: [RoutingScope: Look] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Joins the look for a scope's nodes, or begins one.
    ///
    /// - Parameters:
    ///   - scope: whose nodes.
    ///   - wait: is ended with true at its end; `nil`: nobody waits.
    ///   - look: looks.
    func join(_ scope: RoutingScope, _ wait: OneWait<Bool>?, _ look: @escaping @Sendable () async -> Void) {
        let (isNew, isClosed) = state.withLock { state in
            if state.isClosed { return (false, true) }
            let isNew = state.looks[scope] == nil
            state.looks[scope, default: Look()].waits += wait.map { [$0] } ?? []
            return (isNew, false)
        }
        if isClosed { wait?.end(true) }
        guard isNew else { return }
        let task = Task {
            await look()
            self.ended(scope)
        }
        let isLate = state.withLock { state in
            if state.looks[scope] != nil { state.looks[scope]?.task = task }
            return state.isClosed
        }
        if isLate { task.cancel() }
    }

    private func ended(_ scope: RoutingScope) {
        let waits = state.withLock { $0.looks.removeValue(forKey: scope)?.waits ?? [] }
        for wait in waits { wait.end(true) }
    }

    /// Begins no more; returns those under way, to be cancelled and waited for.
    func close() -> [Task<Void, Never>?] {
        state.withLock { state in
            state.isClosed = true
            return state.looks.values.map(\.task)
        }
    }
}

extension ClientCore {
    /// Sees to it that the nodes of a scope that a call has asked for are known.
    ///
    /// Waits only for the first look. Later calls go by what is known and, once that is older than the client's
    /// `activeRefreshInterval`, begin another look.
    ///
    /// - Throws: `.noNodeAvailable` if there are none, `.cancelled`, `.closed`.
    func findNodes(of scope: RoutingScope, for run: RequestRun) async throws(AlternatorError) {
        if let since = topology.listed(scope) {
            if time.now - since >= config.activeRefreshInterval {
                looks.join(scope, nil) { await self.look(for: scope) }
            }
            return
        }
        let wait = OneWait<Bool>()
        looks.join(scope, wait) { await self.look(for: scope) }
        let isOver = await withTaskCancellationHandler {
            await wait.result()
        } onCancel: {
            wait.end(false)
        }
        guard isOver else { throw cancelledError(run.request, run) }
        if lifecycle.isClosing { throw closedError(run.request, run) }
        guard topology.listed(scope) != nil else {
            throw error(
                .noNodeAvailable,
                "RequestOptions.routingScope: no node was found in \(scope).",
                run.request,
                run
            )
        }
    }

    private func look(for scope: RoutingScope) async {
        var round = topology.beginRound(of: scope, seeds: seeds, choice: random.next(), now: time.now)
        let answering = await perform(&round).answering
        guard !Task.isCancelled, let result = round.result() else { return }
        let changes = topology.refreshed(
            result.nodes.compactMap(config.translated),
            of: scope,
            answering: answering,
            now: time.now
        )
        for handle in changes.removed { transport.forget(handle.peer) }
        tellNodes(added: changes.added, removed: changes.removed)
        probeAlarm.ring()
    }
}

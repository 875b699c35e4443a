import Synchronization

/// Looks up names on threads of its own, so that a blocking resolver blocks no loop and no task.
///
/// At most `maximumThreads` lookups run at once, one per name: whoever asks for a name that is being looked up gets
/// the same answer. Threads end when there is nothing to do, so an unused resolver holds none.
final class Resolver: Sendable {
    typealias Answer = Result<[SocketAddress], ResolveError>
    typealias Lookup = @Sendable (_ host: String, _ port: Int) -> Answer

    private struct Name: Hashable {
        let host: String
        let port: Int
    }

    private struct State {
        var waiting: [Name: [@Sendable (Answer) -> Void]] = [:]
        var queue: [Name] = []
        var threads = 0
        var idleHandler: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())
    private let maximumThreads: Int
    private let lookup: Lookup

    init(maximumThreads: Int = 8, lookup: @escaping Lookup = { SocketAddress.resolve(host: $0, port: $1) }) {
        self.maximumThreads = maximumThreads
        self.lookup = lookup
    }

    /// Looks a name up; `handler` is called from a thread of the resolver.
    func resolve(host: String, port: Int, then handler: @escaping @Sendable (Answer) -> Void) {
        let name = Name(host: host, port: port)
        let startsThread = state.withLock { state -> Bool in
            let isNew = state.waiting[name] == nil
            state.waiting[name, default: []].append(handler)
            guard isNew else { return false }
            state.queue.append(name)
            guard state.threads < maximumThreads else { return false }
            state.threads += 1
            return true
        }
        guard startsThread else { return }
        do throws(SystemError) {
            try NativeThread.start(name: "alternator-dns") { self.work() }.detach()
        } catch {
            fail(error)
        }
    }

    /// Calls `handler` when no lookup runs any more.
    func whenIdle(_ handler: @escaping @Sendable () -> Void) {
        let now = state.withLock { state in
            if state.threads == 0 { return true }
            state.idleHandler = handler
            return false
        }
        if now { handler() }
    }

    private func work() {
        while let name = next() {
            let answer = lookup(name.host, name.port)
            for handler in state.withLock({ $0.waiting.removeValue(forKey: name) ?? [] }) { handler(answer) }
        }
    }

    /// The next name; `nil` ends the thread.
    private func next() -> Name? {
        let (name, idle) = state.withLock { state -> (Name?, (@Sendable () -> Void)?) in
            if !state.queue.isEmpty { return (state.queue.removeFirst(), nil) }
            state.threads -= 1
            return (nil, state.threads == 0 ? state.idleHandler.take() : nil)
        }
        idle?()
        return name
    }

    /// No thread could be started: other threads go on with the queue, or nobody does.
    private func fail(_ error: SystemError) {
        let handlers = state.withLock { state -> [@Sendable (Answer) -> Void] in
            state.threads -= 1
            guard state.threads == 0 else { return [] }
            state.queue = []
            defer { state.waiting = [:] }
            return state.waiting.values.flatMap { $0 }
        }
        for handler in handlers { handler(.failure(ResolveError(reason: error.description))) }
    }
}

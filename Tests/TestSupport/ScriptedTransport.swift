package import AlternatorTransport
import Synchronization

/// A transport without a network: each host answers by a script, and every request is written down.
///
/// Unless told otherwise a host lists all hosts of the cluster and answers operations with `{}`; a host that is not of
/// the cluster refuses connections.
package final class ScriptedTransport: Transport {
    /// One request as a host sees it.
    package struct Call: Sendable {
        /// Which call of this transport it is, from 0.
        package let index: Int
        package let peer: Peer
        package let head: String
        package let body: [UInt8]
        package let options: ExchangeOptions

        package var host: String { peer.host }
        /// Method and path: `GET /localnodes?dc=dc1`.
        package var line: String { String(head.prefix { $0 != "\r\n" }).replacing(" HTTP/1.1", with: "") }
        /// The operation, such as `PutItem`; `nil` for discovery.
        package var operation: String? {
            header("X-Amz-Target").flatMap { $0.split(separator: ".").last.map(String.init) }
        }
        package var isDiscovery: Bool { line.hasPrefix("GET ") }

        package func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                    return parts[1].drop { $0 == " " }.description
                }
            }
            return nil
        }
    }

    package enum Reply: Sendable {
        case status(Int, String)
        /// With header lines, each as `Name: value`.
        case answer(Int, [String], [UInt8])
        case fail(TransportError.Kind, TransportError.Sent)
        /// Answer when the host is told `release`, or never.
        case hang

        package static func ok(_ body: String) -> Reply { .status(200, body) }
        /// A service error as Alternator writes it.
        package static func error(_ type: String, _ message: String = "m", status: Int = 400) -> Reply {
            .status(status, #"{"__type":"com.amazonaws.dynamodb.v20120810#\#(type)","message":"\#(message)"}"#)
        }
        package static let refused = Reply.fail(.connectFailed, .incomplete)
    }

    package typealias Script = @Sendable (Call) -> Reply?

    private struct Waiter {
        let host: String
        let continuation: CheckedContinuation<TransportError?, Never>
    }

    private struct State {
        var listed: [String]
        var scripts: [String: Script] = [:]
        var everywhere: Script?
        var calls: [Call] = []
        var forgotten: [Peer] = []
        var waiters: [Int: Waiter] = [:]
        var cancelled: Set<Int> = []
        var isClosed = false
        var closings = 0
    }

    private let state: Mutex<State>

    /// - Parameter nodes: the hosts of the cluster, IPv6 without brackets.
    package init(_ nodes: [String]) { state = Mutex(State(listed: nodes)) }

    // MARK: Script

    /// The cluster's hosts from now on.
    package func setNodes(_ nodes: [String]) { state.withLock { $0.listed = nodes } }
    /// What one host answers; `nil` of a script means the usual answer.
    package func at(_ host: String, _ script: Script?) { state.withLock { $0.scripts[host] = script } }
    /// What all hosts answer that have no script of their own.
    package func everywhere(_ script: Script?) { state.withLock { $0.everywhere = script } }
    /// Answers the requests that hang at a host, with `{}`.
    package func release(_ host: String) {
        let waiters = state.withLock { state in
            let due = state.waiters.filter { $0.value.host == host }
            for id in due.keys { state.waiters[id] = nil }
            return Array(due.values)
        }
        for waiter in waiters { waiter.continuation.resume(returning: nil) }
    }

    // MARK: Record

    package var calls: [Call] { state.withLock { $0.calls } }
    /// Calls that are no discovery.
    package var requests: [Call] { calls.filter { !$0.isDiscovery } }
    package var discoveries: [Call] { calls.filter(\.isDiscovery) }
    package var forgotten: [Peer] { state.withLock { $0.forgotten } }
    package var hanging: Int { state.withLock { $0.waiters.count } }
    package var isClosed: Bool { state.withLock { $0.isClosed } }
    package var closings: Int { state.withLock { $0.closings } }

    // MARK: Transport

    package func exchange(
        _ request: OutgoingRequest,
        with peer: Peer,
        options: ExchangeOptions
    ) async throws(TransportError) -> IncomingResponse {
        let (call, script, listed, isClosed) = state.withLock { state in
            let call = Call(
                index: state.calls.count,
                peer: peer,
                head: String(decoding: request.head, as: UTF8.self),
                body: request.body,
                options: options
            )
            if !state.isClosed { state.calls.append(call) }
            return (call, state.scripts[peer.host] ?? state.everywhere, state.listed, state.isClosed)
        }
        let reply = isClosed ? .fail(.closed, .incomplete) : script?(call) ?? Self.usual(call, listed)
        switch reply {
        case .status(let status, let body):
            return response(status, [], Array(body.utf8))
        case .answer(let status, let lines, let body):
            return response(status, lines, body)
        case .fail(let kind, let sent):
            throw TransportError(kind, sent: sent, message: "scripted \(kind) at \(peer.host)")
        case .hang:
            if let error = await wait(call) { throw error }
            return response(200, [], Array("{}".utf8))
        }
    }

    private static func usual(_ call: Call, _ listed: [String]) -> Reply {
        guard listed.contains(call.host) else { return .refused }
        guard call.isDiscovery else { return .ok("{}") }
        return .ok("[" + listed.map { "\"\($0)\"" }.joined(separator: ",") + "]")
    }

    private func response(_ status: Int, _ lines: [String], _ body: [UInt8]) -> IncomingResponse {
        // The head is there so that an offset of zero in the code under test would be noticed.
        let head = Array((["HTTP/1.1 \(status) X"] + lines + ["", ""]).joined(separator: "\r\n").utf8)
        return IncomingResponse(status: status, bytes: head + body, bodyOffset: head.count)
    }

    private func wait(_ call: Call) async -> TransportError? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let error = state.withLock { state -> TransportError? in
                    if state.cancelled.remove(call.index) != nil {
                        return TransportError(.cancelled, sent: .complete, message: "cancelled")
                    }
                    if state.isClosed { return TransportError(.closed, sent: .complete, message: "closed") }
                    state.waiters[call.index] = Waiter(host: call.host, continuation: continuation)
                    return nil
                }
                if let error { continuation.resume(returning: error) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: call.index)
                if waiter == nil { state.cancelled.insert(call.index) }
                return waiter
            }
            waiter?.continuation.resume(returning: TransportError(.cancelled, sent: .complete, message: "cancelled"))
        }
    }

    package func forget(_ peer: Peer) { state.withLock { $0.forgotten.append(peer) } }

    package var executor: any TaskExecutor { globalConcurrentExecutor }

    package func close(within grace: Duration) async {
        let waiters = state.withLock { state in
            state.isClosed = true
            state.closings += 1
            let waiters = Array(state.waiters.values)
            state.waiters = [:]
            return waiters
        }
        for waiter in waiters {
            waiter.continuation.resume(returning: TransportError(.closed, sent: .complete, message: "closed"))
        }
    }
}

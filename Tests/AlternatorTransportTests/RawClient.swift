import Synchronization
import TestSupport

@testable import AlternatorTransport

/// A client that sends any bytes and collects what comes back, without knowing HTTP.
final class RawClient: Channel, @unchecked Sendable {
    private struct State {
        var received: [UInt8] = []
        var ended = false
        var reset = false
        var waiter: (condition: @Sendable ([UInt8], Bool) -> Bool, continuation: CheckedContinuation<Void, Never>)?
    }
    private let state = Mutex(State())
    private let group: LoopGroup
    private let stream: ByteStream
    private let pending = Mutex<(bytes: [UInt8], connected: Bool, finishes: Bool)>(([], false, false))

    init(port: Int, host: String = "127.0.0.1") throws {
        group = LoopGroup(count: 1)
        try group.start()
        stream = try ByteStream.connecting(to: SocketAddress.numeric(host: host, port: port)!)
        super.init(loop: group.loops[0])
        loop.execute { loop in try? loop.register(self, self.stream) }
    }

    var received: [UInt8] { state.withLock { $0.received } }
    var text: String { String(decoding: received, as: UTF8.self) }
    /// The server closed, regularly or not.
    var ended: Bool { state.withLock { $0.ended } }
    /// The server closed with RST.
    var wasReset: Bool { state.withLock { $0.reset } }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        loop.execute { _ in
            self.pending.withLock { $0.bytes += bytes }
            self.flush()
        }
    }

    /// Sends FIN behind what `send` was given.
    func finishWriting() {
        loop.execute { _ in
            self.pending.withLock { $0.finishes = true }
            self.flush()
        }
    }

    /// Waits until the bytes so far, or the end, satisfy a condition.
    func wait(_ condition: @escaping @Sendable ([UInt8], Bool) -> Bool) async {
        await withCheckedContinuation { continuation in
            let now = state.withLock { state in
                if condition(state.received, state.ended) { return true }
                state.waiter = (condition, continuation)
                return false
            }
            if now { continuation.resume() }
        }
    }

    func waitForEnd() async { await wait { $1 } }

    func wait(forText text: String) async {
        await wait { bytes, ended in ended || String(decoding: bytes, as: UTF8.self).contains(text) }
    }

    func close() async { await group.shutDown() }

    override func ready(_ readiness: Readiness) {
        if readiness.contains(.writable) {
            pending.withLock { $0.connected = true }
            flush()
        }
        while true {
            switch stream.read(into: loop.input) {
            case .bytes(let count, _):
                let bytes = loop.input.copy(count)
                update { $0.received += bytes }
            case .wouldBlock: return
            case .end: return update { $0.ended = true }
            case .failed:
                return update {
                    $0.ended = true
                    $0.reset = true
                }
            }
        }
    }

    override func loopStopping() {
        loop.unregister(self)
        stream.close()
        update { $0.ended = true }
    }

    private func flush() {
        pending.withLock { pending in
            guard pending.connected else { return }
            if case .accepted(let count) = stream.write(pending.bytes, [], from: 0) {
                pending.bytes.removeFirst(count)
            } else {
                pending.bytes = []
            }
            if pending.bytes.isEmpty, pending.finishes {
                // Once: each shutdown gives a new event, which would call this again.
                pending.finishes = false
                stream.finishWriting()
            }
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            change(&state)
            guard let waiter = state.waiter, waiter.condition(state.received, state.ended) else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        continuation?.resume()
    }
}

/// A handler made of a closure.
struct ClosureHandler: ServerHandler {
    let answer: @Sendable (ServerRequest) -> ServerAction

    func handle(_ request: ServerRequest) -> ServerAction { answer(request) }
}

/// A server with a handler and its own loop, for one test.
struct TestServer {
    let group: LoopGroup
    let server: HTTPServer

    init(
        host: String = "127.0.0.1",
        loops: Int = 1,
        configuration: ServerConfiguration = ServerConfiguration(),
        tls: TLSServer? = nil,
        _ answer: @escaping @Sendable (ServerRequest) -> ServerAction
    ) throws {
        group = LoopGroup(count: loops)
        server = try HTTPServer(
            host: host,
            port: 0,
            group: group,
            configuration: configuration,
            tls: tls,
            handler: ClosureHandler(answer: answer)
        )
        try server.start()
    }

    var port: Int { server.port }

    /// Listens at the same port again after `server.stop()`.
    ///
    /// Meanwhile the system may have lent the port to a connection of somebody else, which ends.
    func startAgain() async throws {
        try await eventually("the port \(port) is free again") { (try? server.start()) != nil }
    }

    func stop() async {
        await server.stop()
        await group.shutDown()
    }
}

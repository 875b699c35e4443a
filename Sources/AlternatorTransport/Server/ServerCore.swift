import Synchronization

/// One run of a server, from start to stop: its listener and its connections.
final class ServerCore: Sendable {
    let configuration: ServerConfiguration
    let tls: TLSServer?
    let handler: any ServerHandler
    let group: LoopGroup

    private struct State {
        var stopped = false
        var listener: Listener?
        var connections: [ObjectIdentifier: ServerConnection] = [:]
    }
    private let state = Mutex(State())
    private let buffered = Atomic<Int>(0)

    init(configuration: ServerConfiguration, tls: TLSServer?, handler: any ServerHandler, group: LoopGroup) {
        self.configuration = configuration
        self.tls = tls
        self.handler = handler
        self.group = group
    }

    var connectionCount: Int { state.withLock { $0.connections.count } }

    /// Counts bytes of incomplete requests in; false, and nothing counted, where they are too many.
    func hold(_ bytes: Int) -> Bool {
        if buffered.add(bytes, ordering: .relaxed).newValue <= configuration.maximumBufferedBytes { return true }
        release(bytes)
        return false
    }

    func release(_ bytes: Int) { buffered.subtract(bytes, ordering: .relaxed) }

    /// Takes connections from a bound socket.
    func listen(on socket: ListeningSocket) {
        let listener = Listener(owner: self, loop: group.next(), socket: socket)
        state.withLock { $0.listener = listener }
        if !listener.loop.execute({ _ in listener.start() }) { socket.close() }
    }

    /// Counts a connection in; false when the server has stopped.
    func admit(_ connection: ServerConnection) -> Bool {
        state.withLock { state in
            if state.stopped { return false }
            state.connections[ObjectIdentifier(connection)] = connection
            return true
        }
    }

    func ended(_ connection: ServerConnection) {
        state.withLock { _ = $0.connections.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    /// Closes the listener and resets all connections; `handler` is called once that is done.
    func stop(then handler: @escaping @Sendable () -> Void) {
        let (listener, connections) = state.withLock { state in
            state.stopped = true
            defer { state.listener = nil }
            return (state.listener, Array(state.connections.values))
        }
        let countdown = Countdown(group.loops.count, then: handler)
        for loop in group.loops {
            let close: @Sendable (EventLoop) -> Void = { loop in
                if let listener, listener.loop === loop { listener.close() }
                for connection in connections where connection.loop === loop { connection.close(reset: true) }
                countdown.signal()
            }
            // A loop that has ended has closed its channels itself.
            if !loop.execute(close) { countdown.signal() }
        }
    }
}

/// Calls a handler when a number of parts have reported.
final class Countdown: Sendable {
    private let remaining: Atomic<Int>
    private let handler: @Sendable () -> Void

    init(_ count: Int, then handler: @escaping @Sendable () -> Void) {
        remaining = Atomic(count)
        self.handler = handler
    }

    func signal() {
        if remaining.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { handler() }
    }
}

/// Accepts connections on one loop and deals them out to all.
final class Listener: Channel, @unchecked Sendable {
    private let owner: ServerCore
    private let socket: ListeningSocket
    private var closed = false

    /// How long to wait when the process has no descriptor left.
    private static let pause = Duration.milliseconds(50)

    init(owner: ServerCore, loop: EventLoop, socket: ListeningSocket) {
        self.owner = owner
        self.socket = socket
        super.init(loop: loop)
    }

    func start() {
        guard !closed else { return }
        do throws(SystemError) {
            try loop.register(self, socket)
            accept()
        } catch {
            close()
        }
    }

    override func ready(_ readiness: Readiness) { accept() }

    override func fired(on loop: EventLoop) { accept() }

    override func loopStopping() { close() }

    func close() {
        guard !closed else { return }
        closed = true
        loop.unregister(self)
        socket.close()
    }

    private func accept() {
        guard !closed else { return }
        let secure = owner.tls.map { tls in
            { (descriptor: Int32) in tls.session(descriptor: descriptor, now: self.loop.now) }
        }
        do throws(SystemError) {
            while let (stream, remote) = try socket.accept(secure: secure) {
                let target = owner.group.next()
                let connection = ServerConnection(
                    owner: owner,
                    loop: target,
                    stream: stream,
                    remoteAddress: remote.host
                )
                if !target.execute({ _ in connection.start() }) { stream.close() }
            }
        } catch {
            // Out of descriptors or memory: the waiting connections stay in the backlog until some are free.
            loop.schedule(self, at: .now.advanced(by: Listener.pause))
        }
    }
}

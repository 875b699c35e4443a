import Synchronization

/// An HTTP/1.1 listener at one address: keep-alive, pipelining in order, bounded, and able to misbehave on request.
///
/// ```swift
/// let group = LoopGroup(count: 1)
/// let server = try HTTPServer(host: "127.0.0.1", port: 0, group: group, handler: handler)
/// try server.start()
/// …
/// await server.stop()
/// await group.shutDown()
/// ```
/// It can be stopped and started again at the same port at once. Servers of one group share its threads.
package final class HTTPServer: Sendable {
    /// The address as numbers.
    package let host: String
    private let group: LoopGroup
    private let configuration: ServerConfiguration
    private let tls: TLSServer?
    private let handler: any ServerHandler

    private struct State {
        var port: Int
        var core: ServerCore?
    }
    private let state: Mutex<State>

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - host: an IPv4 or IPv6 address, as numbers and without brackets.
    ///   - port: 0 lets the system choose at the first start; later starts keep that port.
    ///   - group: the loops it runs on; the caller ends them.
    ///   - configuration: its bounds.
    ///   - tls: speaks TLS with these certificates; `nil`: plain.
    ///   - handler: gives the answers.
    /// - Throws: `EINVAL` for a host that is not an address or a port out of range.
    package init(
        host: String,
        port: Int,
        group: LoopGroup,
        configuration: ServerConfiguration = ServerConfiguration(),
        tls: TLSServer? = nil,
        handler: any ServerHandler
    ) throws(SystemError) {
        guard SocketAddress.numeric(host: host, port: port) != nil else {
            throw SystemError("bind to '\(host)' port \(port)", code: SystemError.invalidArgument)
        }
        self.host = host
        self.group = group
        self.configuration = configuration
        self.tls = tls
        self.handler = handler
        state = Mutex(State(port: port, core: nil))
    }

    deinit { state.withLock { $0.core.take() }?.stop {} }

    /// The port; 0 before the first start of a server that may choose.
    package var port: Int { state.withLock { $0.port } }

    package var isRunning: Bool { state.withLock { $0.core != nil } }

    /// How many connections are open.
    package var connectionCount: Int { state.withLock { $0.core }?.connectionCount ?? 0 }

    /// Binds and listens: connections are taken from now on.
    ///
    /// Does nothing while it runs.
    package func start() throws(SystemError) {
        try group.start()
        let result = state.withLock { state -> Result<Void, SystemError> in
            if state.core != nil { return .success(()) }
            do throws(SystemError) {
                guard let address = SocketAddress.numeric(host: host, port: state.port) else {
                    throw SystemError("bind", code: SystemError.invalidArgument)
                }
                let socket = try ListeningSocket(at: address, backlog: Int32(clamping: configuration.backlog))
                let core = ServerCore(configuration: configuration, tls: tls, handler: handler, group: group)
                state.port = socket.address.port
                state.core = core
                core.listen(on: socket)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Closes the listener and resets all connections; returns when that is done.
    package func stop() async {
        guard let core = state.withLock({ $0.core.take() }) else { return }
        await withCheckedContinuation { continuation in
            core.stop { continuation.resume() }
        }
    }

    /// Starts several servers at one port.
    ///
    /// - Parameters:
    ///   - servers: each at another address.
    ///   - port: 0 finds a port that is free at all their addresses.
    /// - Throws: the first failure; then none of them runs.
    package static func start(_ servers: [HTTPServer], port: Int) async throws(SystemError) {
        var attempt = 1
        while true {
            do throws(SystemError) {
                var chosen = port
                for server in servers {
                    server.state.withLock { $0.port = chosen }
                    try server.start()
                    chosen = server.port
                }
                return
            } catch {
                for server in servers { await server.stop() }
                // The port that one address gave may be taken at another.
                guard port == 0, error.code == SystemError.addressInUse, attempt < 64 else { throw error }
                attempt += 1
            }
        }
    }
}

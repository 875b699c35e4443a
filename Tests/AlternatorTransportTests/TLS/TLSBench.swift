import Synchronization
import TestSupport
import Testing

@testable import AlternatorTransport

/// A TLS server and a client for one test.
struct TLSBench {
    let files: CertificateFolder
    let tls: TLSServer
    let test: TestServer
    let transport: LoopTransport

    /// - Parameters:
    ///   - files: where certificates are; `nil` makes a folder.
    ///   - host: the server's address.
    ///   - certificate: changes its certificate.
    ///   - server: changes its settings.
    ///   - client: changes the client's.
    ///   - isClientPlain: the client speaks plain HTTP.
    ///   - configure: changes the transport's configuration.
    ///   - answer: what it answers.
    /// - Throws: what making them throws.
    init(
        files: CertificateFolder? = nil,
        host: String = "127.0.0.1",
        certificate: (inout CertificateRequest) -> Void = { _ in },
        server: (CertificateFolder, inout TLSServerSettings) throws -> Void = { _, _ in },
        client: (CertificateFolder, inout TLSClientSettings) throws -> Void = { _, _ in },
        isClientPlain: Bool = false,
        configure: (inout TransportConfiguration) -> Void = { _ in },
        answer: @escaping @Sendable (ServerRequest) -> ServerAction = {
            .respond(ServerResponse(status: 200, body: $0.body))
        }
    ) throws {
        let files = try files ?? CertificateFolder()
        self.files = files
        var serverSettings = try files.server(certificate)
        try server(files, &serverSettings)
        tls = try TLSServer(serverSettings)
        test = try TestServer(host: host, tls: tls, answer)
        var clientSettings = files.client
        try client(files, &clientSettings)
        var configuration = TransportConfiguration()
        configuration.connectTimeout = .seconds(20)
        if !isClientPlain { configuration.tls = try TLSClient(clientSettings) }
        configure(&configuration)
        transport = LoopTransport(configuration)
    }

    func peer(_ host: String = "127.0.0.1", id: Int = 0) -> Peer { Peer(id: id, host: host, port: test.port) }

    func send(
        _ body: String = "hello",
        to host: String = "127.0.0.1",
        maximumIdle: Duration? = nil
    ) async -> Result<IncomingResponse, TransportError> {
        var options = ExchangeOptions()
        options.maximumIdle = maximumIdle
        return await outcome(transport, request(body: Array(body.utf8)), peer(host), options)
    }

    func close() async {
        await transport.close(within: .seconds(5))
        await test.stop()
    }
}

/// A listener below HTTP: what it does with a connection is up to the test.
final class RawServer: Channel, @unchecked Sendable {
    enum Behaviour: Sendable {
        /// Takes connections and says nothing.
        case silent
        /// Waits for the first bytes, sends these, and closes.
        case answer([UInt8])
        /// Shakes hands and then reads nothing until told to.
        case stall(TLSServer)
        /// Shakes hands, waits for the first bytes, sends these in TLS, and closes without its notice.
        case cut(TLSServer, [UInt8])
    }

    private let group: LoopGroup
    private let socket: ListeningSocket
    private let behaviour: Behaviour
    private let taken = Mutex<[RawServed]>([])

    init(_ behaviour: Behaviour) throws {
        group = LoopGroup(count: 1)
        try group.start()
        socket = try ListeningSocket(at: SocketAddress.numeric(host: "127.0.0.1", port: 0)!, backlog: 16)
        self.behaviour = behaviour
        super.init(loop: group.loops[0])
        loop.execute { loop in try? loop.register(self, self.socket) }
    }

    var port: Int { socket.address.port }
    /// How many connections there were.
    var count: Int { taken.withLock { $0.count } }

    /// Reads what stalled connections were sent, to its end.
    ///
    /// - Returns: plain bytes of the first connection.
    func drain() async -> Int {
        guard let served = taken.withLock({ $0.first }) else { return 0 }
        return await withCheckedContinuation { continuation in
            loop.execute { _ in served.drain { continuation.resume(returning: $0) } }
        }
    }

    func close() async { await group.shutDown() }

    override func ready(_ readiness: Readiness) {
        let tls: TLSServer? =
            switch behaviour {
            case .stall(let tls), .cut(let tls, _): tls
            case .silent, .answer: nil
            }
        let secure = tls.map { tls in { (descriptor: Int32) in tls.session(descriptor: descriptor, now: .now) } }
        while let (stream, _) = try? socket.accept(secure: secure) {
            let served = RawServed(loop: loop, stream: stream, behaviour)
            taken.withLock { $0.append(served) }
            try? loop.register(served, stream)
        }
    }

    override func loopStopping() {
        loop.unregister(self)
        socket.close()
    }
}

/// One connection of a `RawServer`.
final class RawServed: Channel, @unchecked Sendable {
    private let stream: ByteStream
    private let behaviour: RawServer.Behaviour
    private var isOpen = false
    private var drained = 0
    private var whenDrained: ((Int) -> Void)?
    private var hasAnswered = false

    init(loop: EventLoop, stream: ByteStream, _ behaviour: RawServer.Behaviour) {
        self.stream = stream
        self.behaviour = behaviour
        super.init(loop: loop)
    }

    override func ready(_ readiness: Readiness) {
        if !isOpen {
            guard case .done = stream.handshake() else { return }
            isOpen = true
        }
        switch behaviour {
        case .silent: break
        case .stall: if whenDrained != nil { read() }
        case .answer(let bytes), .cut(_, let bytes):
            guard !hasAnswered, case .bytes = stream.read(into: loop.input) else { return }
            hasAnswered = true
            _ = stream.write(bytes, [], from: 0)
            loop.unregister(self)
            // Read to the end, so that closing sends FIN and not RST; and no notice of TLS.
            while case .bytes = stream.read(into: loop.input) {}
            stream.shutdown()
        }
    }

    func drain(_ then: @escaping (Int) -> Void) {
        whenDrained = then
        read()
    }

    private func read() {
        while true {
            switch stream.read(into: loop.input) {
            case .bytes(let count, _): drained += count
            case .wouldBlock: return
            case .end, .failed:
                whenDrained?(drained)
                whenDrained = nil
                return
            }
        }
    }

    override func loopStopping() {
        loop.unregister(self)
        stream.close()
        whenDrained?(drained)
    }
}

import Synchronization

@testable import AlternatorTransport

/// A server that knows no HTTP: a script says what each connection does when it opens and after each request.
///
/// A request ends with an empty line: send none with a body.
final class ScriptedServer: Channel, @unchecked Sendable {
    enum Step: Sendable {
        case send(String)
        /// FIN; reading goes on.
        case finish
        case close, reset
    }
    /// Called with the number of the connection, from 0, and how many requests it has received, first with 0.
    typealias Script = @Sendable (_ connection: Int, _ requests: Int) -> [Step]

    private let socket: ListeningSocket
    private let group: LoopGroup
    private let script: Script
    private let accepted = Atomic<Int>(0)
    private let received = Atomic<Int>(0)

    init(host: String = "127.0.0.1", _ script: @escaping Script) throws {
        group = LoopGroup(count: 1)
        try group.start()
        socket = try ListeningSocket(at: SocketAddress.numeric(host: host, port: 0)!, backlog: 100)
        self.script = script
        super.init(loop: group.loops[0])
        loop.execute { loop in
            try? loop.register(self, self.socket)
            self.ready([])
        }
    }

    var port: Int { socket.address.port }
    var peer: Peer { Peer(id: 0, host: socket.address.host, port: port) }
    /// Connections so far.
    var connections: Int { accepted.load(ordering: .sequentiallyConsistent) }
    /// Requests so far, on all of them.
    var requests: Int { received.load(ordering: .sequentiallyConsistent) }

    func stop() async { await group.shutDown() }

    override func ready(_ readiness: Readiness) {
        while let (stream, _) = try? socket.accept() {
            let number = accepted.add(1, ordering: .sequentiallyConsistent).oldValue
            Accepted(self, number, stream).start()
        }
    }

    override func loopStopping() {
        loop.unregister(self)
        socket.close()
    }

    private final class Accepted: Channel, @unchecked Sendable {
        private let server: ScriptedServer
        private let number: Int
        private let stream: ByteStream
        private var requests = 0
        private var tail: [UInt8] = []
        private var isClosed = false

        init(_ server: ScriptedServer, _ number: Int, _ stream: ByteStream) {
            self.server = server
            self.number = number
            self.stream = stream
            super.init(loop: server.loop)
        }

        func start() {
            try? loop.register(self, stream)
            run(server.script(number, 0))
        }

        override func ready(_ readiness: Readiness) {
            while !isClosed {
                guard case .bytes(let count, _) = stream.read(into: loop.input) else { return }
                for byte in loop.input.copy(count) {
                    tail = tail.suffix(3) + [byte]
                    guard tail == Array("\r\n\r\n".utf8) else { continue }
                    requests += 1
                    server.received.add(1, ordering: .sequentiallyConsistent)
                    run(server.script(number, requests))
                    if isClosed { return }
                }
            }
        }

        override func loopStopping() { close() }

        private func run(_ steps: [Step]) {
            for step in steps where !isClosed {
                switch step {
                case .send(let text): _ = stream.write(Array(text.utf8), [], from: 0)
                case .finish: stream.finishWriting()
                case .reset:
                    stream.resetOnClose()
                    close()
                case .close: close()
                }
            }
        }

        private func close() {
            guard !isClosed else { return }
            isClosed = true
            loop.unregister(self)
            stream.close()
        }
    }
}

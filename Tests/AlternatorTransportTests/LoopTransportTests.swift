import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import AlternatorTransport

/// Builds requests the way the client does.
func request(_ path: String = "/", body: [UInt8] = []) -> OutgoingRequest {
    OutgoingRequest(
        head: Array("POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n".utf8),
        body: body
    )
}

extension IncomingResponse {
    var bodyText: String { String(decoding: bytes[bodyOffset...], as: UTF8.self) }
}

/// What an exchange ended with.
func outcome(
    _ transport: LoopTransport,
    _ request: OutgoingRequest,
    _ peer: Peer,
    _ options: ExchangeOptions = ExchangeOptions()
) async -> Result<IncomingResponse, TransportError> {
    do throws(TransportError) {
        return .success(try await transport.exchange(request, with: peer, options: options))
    } catch {
        return .failure(error)
    }
}

extension Result where Success == IncomingResponse, Failure == TransportError {
    var error: TransportError? { if case .failure(let error) = self { error } else { nil } }
}

@Suite(.timeLimit(.minutes(10))) struct LoopTransportTests {
    private func echo(_ request: ServerRequest) -> ServerAction {
        .respond(ServerResponse(status: 200, body: request.body))
    }

    private func options(timeout: Duration = .seconds(20), maximumIdle: Duration? = nil) -> ExchangeOptions {
        var options = ExchangeOptions()
        options.requestTimeout = timeout
        options.maximumIdle = maximumIdle
        return options
    }

    @Test func `an exchange gives the answer's status, head and body`() async throws {
        let test = try TestServer { request in
            .respond(ServerResponse(status: 400, headers: [("X-A", "b")], body: Array("\(request.path)!".utf8)))
        }
        let transport = LoopTransport()
        let response = try await transport.exchange(
            request("/p"),
            with: Peer(id: 0, host: "127.0.0.1", port: test.port),
            options: options()
        )
        #expect(response.status == 400)
        #expect(response.bodyText == "/p!")
        let head = String(decoding: response.bytes[..<response.bodyOffset], as: UTF8.self)
        #expect(head == "HTTP/1.1 400 Bad Request\r\nX-A: b\r\nContent-Length: 3\r\n\r\n")
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test(arguments: [1, 2]) func `64 tasks at once each get their own answers`(loops: Int) async throws {
        let test = try TestServer { self.echo($0) }
        var configuration = TransportConfiguration()
        configuration.loopCount = loops
        configuration.maxPoolConnections = 20
        let transport = LoopTransport(configuration)
        let peer = Peer(id: 3, host: "127.0.0.1", port: test.port)
        for executor in [nil, transport.executor] {
            await withTaskGroup(of: Int.self) { group in
                for task in 0..<64 {
                    group.addTask(executorPreference: executor) {
                        var wrong = 0
                        for round in 0..<50 {
                            let body = "\(task)/\(round)"
                            let result = await outcome(transport, request(body: Array(body.utf8)), peer)
                            if (try? result.get().bodyText) != body { wrong += 1 }
                        }
                        return wrong
                    }
                }
                for await wrong in group { #expect(wrong == 0) }
            }
        }
        let pool = try #require(transport.snapshot().first)
        #expect(pool.open <= 20 && pool.open > 0)
        #expect(pool.waiting == 0)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `a connection is used again`() async throws {
        let test = try TestServer { self.echo($0) }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        for _ in 1...100 { _ = try await transport.exchange(request(), with: peer, options: options()) }
        #expect(test.server.connectionCount == 1)
        #expect(transport.snapshot() == [PoolSnapshot(peer: peer, open: 1, connecting: 0, idle: 1, waiting: 0)])
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `a request and an answer larger than all buffers arrive whole`() async throws {
        let test = try TestServer { self.echo($0) }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let body = [UInt8](repeating: 7, count: 5 << 20) + [1, 2, 3] + [UInt8](repeating: 8, count: 5 << 20)
        let response = try await transport.exchange(request(body: body), with: peer, options: options())
        #expect(Array(response.bytes[response.bodyOffset...]) == body)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `after the server has closed an idle connection the next exchange uses a new one`() async throws {
        let test = try TestServer { self.echo($0) }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        for _ in 1...50 {
            _ = try await transport.exchange(request(), with: peer, options: options())
            await test.server.stop()
            try await eventually("the connection is closed") { transport.snapshot().first?.open == 0 }
            try await test.startAgain()
        }
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `a closed connection is noticed even while its loop is held up`() async throws {
        let test = try TestServer { self.echo($0) }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        for _ in 1...20 {
            _ = try await transport.exchange(request(), with: peer, options: options())
            // The loop cannot see FIN or RST before the next exchange has looked for itself.
            let held = Mutex(false)
            let go = Mutex(false)
            defer { go.withLock { $0 = true } }
            let blocked = Task(executorPreference: transport.executor) {
                held.withLock { $0 = true }
                while !go.withLock({ $0 }) {}
            }
            try await eventually("the loop is held up") { held.withLock { $0 } }
            await test.server.stop()
            try await test.startAgain()
            // A connection used within the last millisecond is trusted unseen.
            let rested = MonotonicTime.now.advanced(by: .milliseconds(2))
            try await eventually("2 ms have passed") { MonotonicTime.now >= rested }
            let next = Task { await outcome(transport, request(), peer) }
            try await eventually("the exchange waits") { transport.snapshot().first?.waiting == 1 }
            go.withLock { $0 = true }
            await blocked.value
            #expect(await next.value.error == nil)
        }
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `a task that has held up its own loop does not use a connection that was closed meanwhile`() async throws
    {
        // At an address of its own, so that no other test is given its port afterwards.
        let server = try ScriptedServer(host: "127.0.0.77") { _, requests in
            requests == 0 ? [] : [.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
        }
        let transport = LoopTransport()
        let peer = server.peer
        let held = Mutex(false)
        let go = Mutex(false)
        defer { go.withLock { $0 = true } }
        let task = Task(executorPreference: transport.executor) {
            let first = await outcome(transport, request(), peer)
            held.withLock { $0 = true }
            while !go.withLock({ $0 }) {}
            return (first, await outcome(transport, request(), peer))
        }
        try await eventually("the loop is held up") { held.withLock { $0 } }
        await server.stop()
        // A connection used within the last millisecond is trusted unseen.
        let rested = MonotonicTime.now.advanced(by: .milliseconds(2))
        try await eventually("2 ms have passed") { MonotonicTime.now >= rested }
        go.withLock { $0 = true }
        let (first, second) = await task.value
        #expect(first.error == nil)
        // Nobody listens any more; over the old connection it would have been lost.
        #expect(second.error?.kind == .connectFailed)
        await transport.close(within: .seconds(5))
    }

    @Test func `a refused connection is an incomplete exchange`() async throws {
        let transport = LoopTransport()
        // A port of old that nobody listens on, and that no other test is given.
        let result = await outcome(transport, request(), Peer(id: 0, host: "127.0.0.1", port: 1))
        #expect(result.error?.kind == .connectFailed)
        #expect(result.error?.sent == .incomplete)
        #expect(result.error?.message == "Cannot connect to 127.0.0.1:1: Connection refused.")
        await transport.close(within: .seconds(5))
    }

    @Test func `a server that hangs gives a timeout of a sent request`() async throws {
        let test = try TestServer { _ in .hang }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let result = await outcome(transport, request(), peer, options(timeout: .milliseconds(30)))
        #expect(result.error?.kind == .requestTimeout)
        #expect(result.error?.sent == .complete)
        #expect(transport.snapshot().first?.open == 0)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test(arguments: [
        (ServerAction.reset, TransportError.Kind.connectionLost),
        (.sendRaw([], thenClose: true, reset: false), .connectionLost),
        (
            .sendRaw(Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc".utf8), thenClose: true, reset: false),
            .connectionLost
        ),
        (.sendRaw(Array("garbage".utf8), thenClose: false, reset: false), .protocolViolation),
    ])
    func `a broken answer is an error of a sent request`(action: ServerAction, kind: TransportError.Kind) async throws {
        let test = try TestServer { _ in action }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let result = await outcome(transport, request(), peer)
        #expect(result.error?.kind == kind)
        #expect(result.error?.sent == .complete)
        #expect(transport.snapshot().first?.open == 0)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `an answer without a length goes to the end of the connection`() async throws {
        let test = try TestServer { _ in
            .sendRaw(Array("HTTP/1.1 200 OK\r\n\r\nall of it".utf8), thenClose: true, reset: false)
        }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        for _ in 1...3 {
            let response = try await transport.exchange(request(), with: peer, options: options())
            #expect(response.bodyText == "all of it")
        }
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `bytes behind an answer end the connection, not the exchange`() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
        let test = try TestServer { _ in .sendRaw(Array("\(answer)\(answer)".utf8), thenClose: false, reset: false) }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        for _ in 1...3 {
            let response = try await transport.exchange(request(), with: peer, options: options())
            #expect(response.bodyText == "a")
            #expect(transport.snapshot().first?.idle == 0)
        }
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `an early refusal of a large body reaches the caller`() async throws {
        var bounds = ServerConfiguration()
        bounds.maximumBodyBytes = 1000
        let test = try TestServer(configuration: bounds) { self.echo($0) }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let response = try await transport.exchange(
            request(body: [UInt8](repeating: 1, count: 8 << 20)),
            with: peer,
            options: options()
        )
        #expect(response.status == 413)
        #expect(transport.snapshot().first?.idle == 0)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `a full pool serves those who wait in order, and some not in time`() async throws {
        let arrived = Mutex<[String]>([])
        let test = try TestServer { request in
            arrived.withLock { $0.append(request.path) }
            return .respondLater(ServerResponse(status: 200), after: .milliseconds(20))
        }
        var configuration = TransportConfiguration()
        configuration.maxPoolConnections = 1
        let transport = LoopTransport(configuration)
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<5 {
                group.addTask { _ = await outcome(transport, request("/\(index)"), peer) }
                // The next one only when this one is in line.
                while transport.snapshot().reduce(0, { $0 + $1.waiting }) + arrived.withLock(\.count) <= index {
                    await Task.yield()
                }
            }
        }
        #expect(arrived.withLock { $0 } == ["/0", "/1", "/2", "/3", "/4"])
        await transport.close(within: .seconds(5))

        configuration.acquireTimeout = .milliseconds(20)
        let impatient = LoopTransport(configuration)
        let arrivals = Counter()
        let hanging = try TestServer { _ in
            arrivals.increment()
            return .hang
        }
        let other = Peer(id: 0, host: "127.0.0.1", port: hanging.port)
        let first = Task { await outcome(impatient, request(), other) }
        try await eventually("the first has arrived") { arrivals.value == 1 }
        let second = await outcome(impatient, request(), other)
        #expect(second.error?.kind == .acquireTimeout)
        #expect(second.error?.sent == .incomplete)
        first.cancel()
        #expect(await first.value.error?.kind == .cancelled)
        await impatient.close(within: .seconds(5))
        await hanging.stop()
        await test.stop()
    }

    @Test func `cancelling ends an exchange at once and closes the connection only if an answer is due`() async throws {
        let arrived = Atomic<Int>(0)
        let test = try TestServer { _ in
            arrived.add(1, ordering: .sequentiallyConsistent)
            return .hang
        }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let running = Task { await outcome(transport, request(), peer) }
        try await eventually("the request has arrived") { arrived.load(ordering: .sequentiallyConsistent) == 1 }
        running.cancel()
        let result = await running.value
        #expect(result.error?.kind == .cancelled)
        #expect(result.error?.sent == .complete)
        try await eventually("the connection is closed") { transport.snapshot().first?.open == 0 }

        let before = Task {
            while !Task.isCancelled { await Task.yield() }
            return await outcome(transport, request(), peer)
        }
        before.cancel()
        let early = await before.value
        #expect(early.error?.kind == .cancelled)
        #expect(early.error?.sent == .incomplete)
        #expect(arrived.load(ordering: .sequentiallyConsistent) == 1)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `a cancelled exchange tells whether the head of its answer had come`() async throws {
        let test = try TestServer { request in
            let half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
            let bytes = request.path == "/half" ? half : "HTTP/1.1 200 OK\r\nContent-"
            return .sendRaw(Array(bytes.utf8), thenClose: false, reset: false)
        }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        func cancelled(_ path: String, after yields: Int) async -> TransportError? {
            let task = Task { await outcome(transport, request(path), peer) }
            for _ in 0..<yields { await Task.yield() }
            task.cancel()
            return await task.value.error
        }
        var yields = 1
        // How long the head takes to arrive is not for this test to know.
        while await cancelled("/half", after: yields)?.hasHead != true { yields = min(yields * 2, 1 << 16) }
        let without = await cancelled("/none", after: yields)
        #expect(without?.kind == .cancelled)
        #expect(without?.hasHead == false)
        // The flag is of one exchange.
        #expect(await cancelled("/none", after: 0)?.hasHead == false)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `cancelling while waiting for a connection leaves the others in line`() async throws {
        let arrivals = Counter()
        let test = try TestServer { request in
            arrivals.increment()
            return request.path == "/first" ? .hang : .respond(ServerResponse(status: 200))
        }
        var configuration = TransportConfiguration()
        configuration.maxPoolConnections = 1
        let transport = LoopTransport(configuration)
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        func waiting(_ count: Int) async throws {
            try await eventually("\(count) in line") { transport.snapshot().first?.waiting == count }
        }
        let first = Task { await outcome(transport, request("/first"), peer) }
        try await eventually("the first has arrived") { arrivals.value == 1 }
        let second = Task { await outcome(transport, request(), peer) }
        try await waiting(1)
        let third = Task { await outcome(transport, request(), peer) }
        try await waiting(2)
        second.cancel()
        #expect(await second.value.error?.kind == .cancelled)
        try await waiting(1)
        first.cancel()
        #expect(await first.value.error?.kind == .cancelled)
        #expect(await third.value.error == nil)
        #expect(arrivals.value == 2)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `maximumIdle passes over a connection that is too old`() async throws {
        let test = try TestServer { self.echo($0) }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        _ = try await transport.exchange(request(), with: peer, options: options())
        _ = try await transport.exchange(request(), with: peer, options: options(maximumIdle: .seconds(60)))
        #expect(transport.snapshot().first?.open == 1)
        _ = try await transport.exchange(request(), with: peer, options: options(maximumIdle: .zero))
        #expect(transport.snapshot().first?.open == 2)
        await transport.close(within: .seconds(5))

        // With no room for another one, the old one makes way.
        var configuration = TransportConfiguration()
        configuration.maxPoolConnections = 1
        let narrow = LoopTransport(configuration)
        for _ in 1...5 {
            _ = try await narrow.exchange(request(), with: peer, options: options(maximumIdle: .zero))
        }
        await narrow.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `idle and old connections are closed`() async throws {
        let test = try TestServer { self.echo($0) }
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        var configuration = TransportConfiguration()
        configuration.connectionIdleTimeout = .milliseconds(20)
        let idle = LoopTransport(configuration)
        _ = try await idle.exchange(request(), with: peer, options: options())
        try await eventually("the idle connection is closed at both ends") {
            idle.snapshot().first?.open == 0 && test.server.connectionCount == 0
        }
        await idle.close(within: .seconds(5))

        configuration = TransportConfiguration()
        configuration.connectionMaxLifetime = .zero
        let old = LoopTransport(configuration)
        for _ in 1...3 {
            _ = try await old.exchange(request(), with: peer, options: options())
            try await eventually("the old connection is closed") { old.snapshot().first?.open == 0 }
        }
        await old.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `a forgotten peer's connections end, the busy one after its answer`() async throws {
        let arrivals = Counter()
        let forgotten = DispatchSemaphore(value: 0)
        let test = try TestServer { request in
            arrivals.increment()
            // The answer comes when the peer is forgotten; the limit is there for a test that would hang.
            if request.path == "/slow" { _ = forgotten.wait(timeout: .now() + 20) }
            return self.echo(request)
        }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        _ = try await transport.exchange(request(), with: peer, options: options())
        let slow = Task { await outcome(transport, request("/slow"), peer) }
        try await eventually("the slow request has arrived") { arrivals.value == 2 }
        transport.forget(peer)
        forgotten.signal()
        #expect(await slow.value.error == nil)
        try await eventually("no connection is left") {
            transport.snapshot().isEmpty && test.server.connectionCount == 0
        }
        // It can come back.
        _ = try await transport.exchange(request(), with: peer, options: options())
        await transport.close(within: .seconds(5))
        await test.stop()
    }
}

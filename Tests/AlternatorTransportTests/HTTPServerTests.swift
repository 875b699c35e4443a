import Synchronization
import TestSupport
import Testing

@testable import AlternatorTransport

@Suite struct HTTPServerTests {
    private func echo(_ request: ServerRequest) -> ServerAction {
        .respond(ServerResponse(status: 200, body: Array("\(request.method) \(request.path) ".utf8) + request.body))
    }

    /// Starts a server, sends text, waits for a text in the answer (or the end), and returns the answer.
    private func answer(
        to request: String,
        until text: String,
        configuration: ServerConfiguration = ServerConfiguration(),
        _ handler: (@Sendable (ServerRequest) -> ServerAction)? = nil
    ) async throws -> String {
        let test = try TestServer(configuration: configuration, handler ?? { self.echo($0) })
        let client = try RawClient(port: test.port)
        client.send(request)
        await client.wait(forText: text)
        let answer = client.text
        await client.close()
        await test.stop()
        return answer
    }

    @Test func `a request is answered with a length`() async throws {
        let answer = try await answer(
            to: "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nxyz",
            until: "xyz"
        )
        #expect(answer == "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nPOST /a xyz")
    }

    @Test func `incomplete requests hold so much together, more are refused, and what ends makes room`() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumBufferedBytes = 1 << 20
        let test = try TestServer(configuration: configuration) { self.echo($0) }
        let part = [UInt8](repeating: 0x78, count: 700_000)
        func begin() throws -> RawClient {
            let client = try RawClient(port: test.port)
            client.send(Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 800000\r\n\r\n".utf8) + part)
            return client
        }
        // Either may be the first to come; the other is refused, for both are over the limit.
        let clients = [try begin(), try begin()]
        try await eventually("one of two is refused") { clients.contains { $0.text.hasPrefix("HTTP/1.1 503") } }
        let refused = clients.filter { $0.text.hasPrefix("HTTP/1.1 503") }
        #expect(refused.count == 1)
        for client in clients where !client.text.hasPrefix("HTTP/1.1 503") {
            client.send([UInt8](repeating: 0x78, count: 100_000))
            await client.wait { bytes, ended in ended || bytes.count > 800_000 }
            #expect(client.text.hasPrefix("HTTP/1.1 200 OK"))
        }
        let next = try begin()
        next.send([UInt8](repeating: 0x78, count: 100_000))
        await next.wait { bytes, ended in ended || bytes.count > 800_000 }
        #expect(next.text.hasPrefix("HTTP/1.1 200 OK"))
        for client in clients + [next] { await client.close() }
        await test.stop()
    }

    @Test func `the handler sees method, path, query, headers of a name in order and the address`() async throws {
        let seen = Mutex<ServerRequest?>(nil)
        let request = "OPTIONS /p/q?dc=a&rack=b?c HTTP/1.1\r\nX-One:  1 \r\nhost: h\r\nX-One: 2\r\n\r\n"
        _ = try await answer(to: request, until: "OK") { request in
            seen.withLock { $0 = request }
            return .respond(ServerResponse(status: 200))
        }
        let found = try #require(seen.withLock { $0 })
        #expect(found.method == "OPTIONS")
        #expect(found.path == "/p/q")
        #expect(found.query == "dc=a&rack=b?c")
        #expect(found.headers.all("x-one") == ["1", "2"])
        #expect(found.headers.all("host") == ["h"])
        #expect(found.remoteAddress == "127.0.0.1")
        #expect(found.header("x-one") == "1")
    }

    @Test func `requests sent at once are answered in order, delays included`() async throws {
        let request = (1...5).map { "GET /\($0) HTTP/1.1\r\n\r\n" }.joined()
        let answer = try await answer(to: request, until: "/5") { request in
            let response = ServerResponse(status: 200, body: Array(request.path.utf8))
            return request.path == "/2" ? .respondLater(response, after: .milliseconds(20)) : .respond(response)
        }
        let expected = (1...5).map { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n/\($0)" }.joined()
        #expect(answer == expected)
    }

    @Test func `a body in chunks is joined`() async throws {
        let answer = try await answer(
            to: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nabcd\r\n1\r\ne\r\n0\r\nT: v\r\n\r\n",
            until: "abcde"
        )
        #expect(answer.hasSuffix("POST / abcde"))
    }

    @Test func `an answer in chunks ends with an empty chunk`() async throws {
        let answer = try await answer(to: "GET / HTTP/1.1\r\n\r\n", until: "0\r\n\r\n") { _ in
            var response = ServerResponse(status: 200, body: Array("hello".utf8))
            response.chunked = true
            return .respond(response)
        }
        #expect(answer == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    }

    @Test func `HEAD gets the length without the body`() async throws {
        let answer = try await answer(to: "HEAD / HTTP/1.1\r\n\r\n", until: "\r\n\r\n")
        #expect(answer == "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")
    }

    @Test func `a client that expects 100 gets it before it sends the body`() async throws {
        let test = try TestServer { self.echo($0) }
        let client = try RawClient(port: test.port)
        client.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        await client.wait(forText: "100 Continue\r\n\r\n")
        client.send("ok")
        await client.wait(forText: "POST / ok")
        #expect(client.text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
        await client.close()
        await test.stop()
    }

    @Test func `Connection close is honoured and told`() async throws {
        let test = try TestServer { self.echo($0) }
        let client = try RawClient(port: test.port)
        client.send("GET / HTTP/1.1\r\nConnection: Close\r\n\r\nGET /second HTTP/1.1\r\n\r\n")
        await client.waitForEnd()
        #expect(client.text == "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nGET / ")
        #expect(!client.wasReset)
        await client.close()
        await test.stop()
    }

    @Test func `HTTP 1.0 closes unless it asks for keep-alive, and never gets chunks`() async throws {
        let answer = try await answer(to: "GET / HTTP/1.0\r\n\r\n", until: "never") { _ in
            var response = ServerResponse(status: 200, body: [0x61])
            response.chunked = true
            return .respond(response)
        }
        #expect(answer == "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na")
    }

    @Test(arguments: [
        "GET\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\n folded: x\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\u{1}\r\n\r\n", "GET / HTTP/1.1\r\nA: b\u{0}\r\n\r\n",
        "GET / HTTP/1.1\r\n: empty\r\n\r\n", "GET / HTTP/1.1\r\nA : b\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
    ])
    func `a malformed request gets 400 and the connection closes`(request: String) async throws {
        let answer = try await answer(to: request, until: "never")
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(answer.contains("Connection: close\r\n"))
    }

    private struct RefusingHandler: ServerHandler {
        func handle(_ request: ServerRequest) -> ServerAction { .respond(ServerResponse(status: 200)) }

        func tooLarge(_ head: ServerRequest) -> ServerResponse {
            ServerResponse(status: 413, body: Array("\(head.method) \(head.path) is too large".utf8))
        }
    }

    @Test(arguments: [
        "POST /big HTTP/1.1\r\nContent-Length: 101\r\n\r\n",
        "POST /big HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n60\r\n\(String(repeating: "x", count: 0x60))\r\n5\r\n",
    ])
    func `a body over the limit is refused by the handler's own answer`(request: String) async throws {
        let group = LoopGroup(count: 1)
        var configuration = ServerConfiguration()
        configuration.maximumBodyBytes = 100
        let server = try HTTPServer(
            host: "127.0.0.1",
            port: 0,
            group: group,
            configuration: configuration,
            handler: RefusingHandler()
        )
        try server.start()
        let client = try RawClient(port: server.port)
        client.send(request)
        await client.waitForEnd()
        #expect(client.text.hasPrefix("HTTP/1.1 413 Payload Too Large\r\n"))
        #expect(client.text.hasSuffix("POST /big is too large"))
        await client.close()
        await server.stop()
        await group.shutDown()
    }

    @Test func `a head over the limit is refused`() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumHeadBytes = 64
        let long = "GET / HTTP/1.1\r\nA: \(String(repeating: "x", count: 100))"
        let answer = try await answer(to: long, until: "never", configuration: configuration)
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(answer.hasSuffix("The head is longer than 64 bytes."))
    }

    @Test func `raw bytes go out as they are, then the connection ends as asked`() async throws {
        for (close, reset) in [(true, false), (false, true)] {
            let test = try TestServer { _ in .sendRaw(Array("garbage".utf8), thenClose: close, reset: reset) }
            let client = try RawClient(port: test.port)
            client.send("GET / HTTP/1.1\r\n\r\n")
            await client.waitForEnd()
            #expect(client.wasReset == reset)
            if !reset { #expect(client.text == "garbage") }
            await client.close()
            await test.stop()
        }
    }

    @Test func `reset sends RST and nothing else`() async throws {
        let test = try TestServer { _ in .reset }
        let client = try RawClient(port: test.port)
        client.send("GET / HTTP/1.1\r\n\r\n")
        await client.waitForEnd()
        #expect(client.wasReset)
        #expect(client.received.isEmpty)
        await client.close()
        await test.stop()
    }

    @Test func `a hanging connection ends when the client gives up`() async throws {
        let test = try TestServer { _ in .hang }
        let client = try RawClient(port: test.port)
        client.send("GET / HTTP/1.1\r\n\r\n")
        client.finishWriting()
        await client.waitForEnd()
        #expect(client.received.isEmpty)
        await client.close()
        await test.stop()
    }

    @Test func `a client that sends FIN behind its request still gets the answer`() async throws {
        let test = try TestServer { _ in
            .respondLater(ServerResponse(status: 200, body: [0x78]), after: .milliseconds(10))
        }
        let client = try RawClient(port: test.port)
        client.send("GET / HTTP/1.1\r\n\r\n")
        client.finishWriting()
        await client.waitForEnd()
        #expect(client.text.hasSuffix("\r\n\r\nx"))
        await client.close()
        await test.stop()
    }

    @Test func `a slow answer arrives complete`() async throws {
        let answer = try await answer(to: "GET / HTTP/1.1\r\n\r\n", until: "0123456789") { _ in
            var response = ServerResponse(status: 200, body: Array("0123456789".utf8))
            response.pace = ServerPace(bytes: 7, every: .milliseconds(1))
            return .respond(response)
        }
        #expect(answer == "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")
    }

    @Test func `an answer larger than any socket buffer waits for the client`() async throws {
        let size = 24 << 20
        let test = try TestServer { _ in
            .respond(ServerResponse(status: 200, body: [UInt8](repeating: 0x61, count: size)))
        }
        let client = try RawClient(port: test.port)
        client.send("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        await client.waitForEnd()
        #expect(client.received.count > 2 * size)
        await client.close()
        await test.stop()
    }

    @Test func `a server stops, resets its connections, and starts again at its port`() async throws {
        // An address of its own: while the server is down, nobody else's free port may become its own.
        let host = "127.0.0.77"
        let test = try TestServer(host: host) { self.echo($0) }
        let port = test.port
        for _ in 1...20 {
            let client = try RawClient(port: port, host: host)
            client.send("GET / HTTP/1.1\r\n\r\n")
            await client.wait(forText: "GET /")
            await test.server.stop()
            #expect(test.server.connectionCount == 0)
            await client.waitForEnd()
            #expect(client.wasReset)
            await client.close()
            try await test.startAgain()
            #expect(test.port == port)
        }
        await test.stop()
    }

    @Test func `several servers start at one free port`() async throws {
        let group = LoopGroup(count: 1)
        let servers = try (1...3).map { node in
            try HTTPServer(
                host: "127.0.0.\(node)",
                port: 0,
                group: group,
                handler: ClosureHandler { _ in .respond(ServerResponse(status: 200, body: [UInt8(0x30 + node)])) }
            )
        }
        try await HTTPServer.start(servers, port: 0)
        #expect(Set(servers.map(\.port)).count == 1)
        for node in 1...3 {
            let client = try RawClient(port: servers[0].port, host: "127.0.0.\(node)")
            client.send("GET / HTTP/1.1\r\n\r\n")
            await client.wait(forText: "\r\n\r\n\(node)")
            await client.close()
        }
        await #expect(throws: SystemError.self) {
            let second = try HTTPServer(
                host: "127.0.0.1",
                port: 0,
                group: group,
                handler: ClosureHandler { _ in .reset }
            )
            try await HTTPServer.start([second], port: servers[0].port)
        }
        for server in servers { await server.stop() }
        await group.shutDown()
    }

    @Test func `a host that is no address is refused`() {
        #expect(throws: SystemError.self) {
            try HTTPServer(
                host: "example.org",
                port: 0,
                group: LoopGroup(count: 1),
                handler: ClosureHandler { _ in .reset }
            )
        }
    }
}

import COpenSSL
import TestSupport
import Testing

@testable import AlternatorTransport

@Suite(.timeLimit(.minutes(10))) struct TLSExchangeTests {
    @Test(arguments: TLSVersion.allCases) func `an exchange goes through TLS`(version: TLSVersion) async throws {
        let bench = try TLSBench(server: { $1.maximumVersion = version })
        let first = await bench.send("one")
        #expect(try first.get().bodyText == "one")
        let second = await bench.send("two")
        #expect(try second.get().bodyText == "two")
        #expect(bench.tls.counts == TLSServer.Counts(completed: 1, resumed: 0, failed: 0))
        await bench.close()
    }

    @Test(arguments: TLSVersion.allCases, [1, 2])
    func `64 tasks at once each get their own answers`(version: TLSVersion, loops: Int) async throws {
        let bench = try TLSBench(
            server: { $1.maximumVersion = version },
            configure: {
                $0.loopCount = loops
                $0.maxPoolConnections = 8
            }
        )
        let peer = bench.peer()
        for executor in [nil, bench.transport.executor] {
            await withTaskGroup(of: Int.self) { group in
                for task in 0..<64 {
                    group.addTask(executorPreference: executor) {
                        var wrong = 0
                        for round in 0..<20 {
                            let body = "\(task)/\(round)"
                            let result = await outcome(bench.transport, request(body: Array(body.utf8)), peer)
                            if (try? result.get().bodyText) != body { wrong += 1 }
                        }
                        return wrong
                    }
                }
                for await wrong in group { #expect(wrong == 0) }
            }
        }
        let pool = try #require(bench.transport.snapshot().first)
        #expect(pool.open <= 8 && pool.open > 0)
        await bench.close()
    }

    @Test(arguments: TLSVersion.allCases) func `a client that asks for short records gets them`(
        version: TLSVersion
    ) async throws {
        let files = try CertificateFolder()
        let client = try TLSClient(files.client)
        // 1 stands for 512 bytes: RFC 6066, 4.
        let code = unsafe SSL_CTX_set_tlsext_max_fragment_length(client.context(now: .now).pointer, 1)
        #expect(code == 1)
        let bench = try TLSBench(
            files: files,
            server: { $1.maximumVersion = version },
            configure: { $0.tls = client }
        )
        let body = String(repeating: "0123456789", count: 5000)
        let answer = await bench.send(body)
        #expect(try answer.get().bodyText == body)
        await bench.close()
    }

    @Test(arguments: [1, 16_383, 16_384, 16_385, 100_000, 5_000_000])
    func `bodies of any number of records arrive as they were`(size: Int) async throws {
        let bench = try TLSBench()
        var body = [UInt8](repeating: 0, count: size)
        for index in body.indices { body[index] = UInt8(truncatingIfNeeded: index &* 31 &+ index >> 8) }
        for _ in 0..<2 {
            let result = await outcome(bench.transport, request(body: body), bench.peer())
            let response = try result.get()
            let isSame = Array(response.bytes[response.bodyOffset...]) == body
            #expect(isSame)
        }
        #expect(bench.tls.counts.completed == 1)
        await bench.close()
    }

    @Test func `large bodies both ways by many callers at once are not mixed up`() async throws {
        let bench = try TLSBench(configure: {
            $0.loopCount = 2
            $0.maxPoolConnections = 4
        })
        let peer = bench.peer()
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    let body = [UInt8](repeating: UInt8(task), count: 300_000 + task)
                    let result = await outcome(bench.transport, request(body: body), peer)
                    guard let response = try? result.get() else { return false }
                    return Array(response.bytes[response.bodyOffset...]) == body
                }
            }
            for await good in group { #expect(good) }
        }
        await bench.close()
    }

    @Test func `a request that was given up is not completed by closing`() async throws {
        let files = try CertificateFolder()
        let server = try RawServer(.stall(TLSServer(files.server())))
        var configuration = TransportConfiguration()
        configuration.tls = try TLSClient(files.client)
        let transport = LoopTransport(configuration)
        var options = ExchangeOptions()
        options.requestTimeout = .milliseconds(300)
        let body = [UInt8](repeating: 7, count: 32 << 20)
        let result = await outcome(
            transport,
            request(body: body),
            Peer(id: 0, host: "127.0.0.1", port: server.port),
            options
        )
        let error = try #require(result.error)
        #expect(error.kind == .requestTimeout)
        #expect(error.sent == .incomplete)
        let arrived = await server.drain()
        #expect(arrived > 0 && arrived < body.count)
        await transport.close(within: .seconds(5))
        await server.close()
    }

    @Test func `an answer that is cut off in TLS is not taken for complete`() async throws {
        let files = try CertificateFolder()
        // Without a length the answer ends with the connection, which only TLS's notice makes trustworthy.
        let answer = Array("HTTP/1.1 200 OK\r\n\r\n{\"Item\":".utf8)
        let server = try RawServer(.cut(TLSServer(files.server()), answer))
        var configuration = TransportConfiguration()
        configuration.tls = try TLSClient(files.client)
        let transport = LoopTransport(configuration)
        let result = await outcome(transport, request(), Peer(id: 0, host: "127.0.0.1", port: server.port))
        let error = try #require(result.error)
        #expect(error.kind == .connectionLost)
        #expect(error.sent == .complete)
        await transport.close(within: .seconds(5))
        await server.close()
    }

    @Test func `a connection that the server has closed is not used`() async throws {
        let bench = try TLSBench(answer: { _ in
            var response = ServerResponse(status: 200)
            response.closesConnection = true
            return .respond(response)
        })
        for round in 1...5 {
            let result = await bench.send()
            #expect(result.error == nil)
            #expect(bench.tls.counts.completed == round)
        }
        await bench.close()
    }

    @Test func `idle connections that the server ends are found closed`() async throws {
        let bench = try TLSBench()
        let first = await bench.send()
        #expect(first.error == nil)
        await bench.test.server.stop()
        try await eventually("the connection is closed") { bench.transport.snapshot().first?.open == 0 }
        try await bench.test.startAgain()
        let second = await bench.send()
        #expect(second.error == nil)
        #expect(bench.tls.counts.completed == 2)
        await bench.close()
    }

    @Test func `a cancelled exchange ends at once and its connection is closed`() async throws {
        let asked = AsyncStream<Void>.makeStream()
        let bench = try TLSBench(answer: { _ in
            asked.continuation.yield()
            return .hang
        })
        let task = Task { await bench.send() }
        // Not as soon as it is connected: a connection over which nothing was sent is kept.
        for await _ in asked.stream { break }
        task.cancel()
        let result = await task.value
        #expect(result.error?.kind == .cancelled)
        try await eventually("no connection") { bench.test.server.connectionCount == 0 }
        await bench.close()
    }
}

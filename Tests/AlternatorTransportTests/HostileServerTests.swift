import TestSupport
import Testing

@testable import AlternatorTransport

/// What the client makes of servers that are careless, broken or malicious, over real sockets.
@Suite(.timeLimit(.minutes(10))) struct HostileServerTests {
    private static let plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    // MARK: When a connection goes on

    struct Ending: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [ScriptedServer.Step]
        let body: String
        let isReused: Bool

        init(_ name: String, _ answer: String, body: String, reused: Bool, then: [ScriptedServer.Step] = []) {
            testDescription = name
            steps = [.send(answer)] + then
            self.body = body
            isReused = reused
        }
    }

    static let endings = [
        Ending("1.1 with a length", plain, body: "{}", reused: true),
        Ending(
            "1.1, close",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
            body: "{}",
            reused: false
        ),
        Ending(
            "1.1, close in a list",
            "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\n{}",
            body: "{}",
            reused: false
        ),
        Ending("1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", body: "{}", reused: false),
        Ending(
            "1.0, keep-alive",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
            body: "{}",
            reused: true
        ),
        Ending("204", "HTTP/1.1 204 No Content\r\n\r\n", body: "", reused: true),
        Ending("304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", body: "", reused: true),
        Ending(
            "chunks with trailers",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\n{}\n\r\n0\r\nX: y\r\nZ:\r\n\r\n",
            body: "{}\n",
            reused: true
        ),
        Ending(
            "interim answers",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n\(plain)",
            body: "{}",
            reused: true
        ),
        Ending(
            "to the end of the connection",
            "HTTP/1.1 200 OK\r\n\r\nall",
            body: "all",
            reused: false,
            then: [.finish]
        ),
        Ending("half-closed behind the answer", plain, body: "{}", reused: false, then: [.finish]),
        Ending("a second answer behind it", plain + plain, body: "{}", reused: false),
        Ending("one byte behind it", plain + "\n", body: "{}", reused: false),
    ]

    @Test(arguments: endings) func `a connection goes on only where both sides agree`(ending: Ending) async throws {
        let server = try ScriptedServer { _, requests in requests == 0 ? [] : ending.steps }
        let transport = LoopTransport()
        for _ in 0..<3 {
            let result = await outcome(transport, request(), server.peer)
            let body = try? result.get().bodyText
            #expect(body == ending.body, "\(String(describing: result.error))")
            if !ending.isReused {
                try await eventually("the connection is gone") { transport.snapshot().first?.open == 0 }
            }
        }
        #expect(server.connections == (ending.isReused ? 1 : 3))
        await transport.close(within: .seconds(5))
        await server.stop()
    }

    @Test func `bytes on an idle connection end it`() async throws {
        let server = try ScriptedServer { _, _ in [.send(Self.plain)] }
        let transport = LoopTransport()
        transport.warm(server.peer, connections: 3)
        try await eventually("three came and were dropped") {
            server.connections == 3 && transport.snapshot().first?.open == 0
        }
        await transport.close(within: .seconds(5))
        await server.stop()
    }

    // MARK: What is refused

    struct Violation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: String
        let reason: String
        var limit: HTTPSyntaxError.Limit?

        init(_ name: String, _ answer: String, _ reason: String, limit: HTTPSyntaxError.Limit? = nil) {
            testDescription = name
            self.answer = answer
            self.reason = reason
            self.limit = limit
        }
    }

    static let ok = "HTTP/1.1 200 OK\r\n"
    static let violations = [
        Violation(
            "length and chunks",
            ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            "both Transfer-Encoding and Content-Length"
        ),
        Violation("two lengths", ok + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "several Content-Length"),
        Violation("a list of lengths", ok + "Content-Length: 3, 3\r\n\r\nabc", "Content-Length is not a number"),
        Violation("a negative length", ok + "Content-Length: -3\r\n\r\n", "Content-Length is not a number"),
        Violation("a huge length", ok + "Content-Length: 99999999999999999999\r\n\r\n", "1 to 18 digits"),
        Violation("gzip as transfer coding", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", "not exactly 'chunked'"),
        Violation("chunks in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "not part of HTTP/1.0"),
        Violation("a folded header", ok + "A: b\r\n c\r\n\r\n", "folded headers"),
        Violation("a bare line feed", ok + "A: b\n\r\n", "LF without CR"),
        Violation("a bare carriage return", ok + "A: b\rC: d\r\n\r\n", "control character 13"),
        Violation("NUL in a header", ok + "A: \0\r\n\r\n", "control character 0"),
        Violation("a blank before the colon", ok + "Content-Length : 3\r\n\r\nabc", "not of the form"),
        Violation("HTTP/2", "HTTP/2 200 OK\r\n\r\n", "HTTP/1."),
        Violation("no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP"),
        Violation("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "three digits"),
        Violation("switching protocols", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "switches protocols"),
        Violation(
            "a chunk without a size",
            ok + "Transfer-Encoding: chunked\r\n\r\n\r\nabc",
            "does not begin with its size"
        ),
        Violation(
            "a chunk longer than told",
            ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            "longer than its size"
        ),
        Violation(
            "a huge chunk",
            ok + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
            "more than 15 digits"
        ),
        Violation(
            "headers over the limit",
            ok + "A: " + String(repeating: "x", count: 3000) + "\r\n\r\n",
            "longer than 2000 bytes",
            limit: .head
        ),
        Violation(
            "headers without end",
            ok + String(repeating: "A: bcdefgh\r\n", count: 300),
            "longer than 2000 bytes",
            limit: .head
        ),
        Violation(
            "trailers over the limit",
            ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "A: bcdefgh\r\n", count: 300),
            "longer than 2000 bytes",
            limit: .head
        ),
        Violation(
            "interim answers over the limit of heads",
            String(repeating: "HTTP/1.1 100 Continue\r\nA: \(String(repeating: "x", count: 500))\r\n\r\n", count: 4),
            "longer than 2000 bytes",
            limit: .head
        ),
        Violation(
            "interim answers without end",
            String(repeating: "HTTP/1.1 100 \r\n\r\n", count: 9),
            "More than 8 interim",
            limit: .interimAnswers
        ),
        Violation(
            "a length over the limit",
            ok + "Content-Length: 5001\r\n\r\n",
            "longer than 5000 bytes",
            limit: .body
        ),
        Violation(
            "chunks over the limit",
            ok + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: "A\r\n0123456789\r\n", count: 501),
            "longer than 5000 bytes",
            limit: .body
        ),
        Violation(
            "no length and no end",
            ok + "\r\n" + String(repeating: "x", count: 5001),
            "longer than 5000 bytes",
            limit: .body
        ),
        Violation(
            "a chunk line over the limit",
            ok + "Transfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "x", count: 200),
            "chunk line is longer than 100 bytes",
            limit: .chunkLine
        ),
    ]

    @Test(arguments: violations) func `what breaks HTTP or a limit is told, and its connection ends`(
        violation: Violation
    ) async throws {
        let server = try ScriptedServer { _, requests in requests == 0 ? [] : [.send(violation.answer)] }
        var configuration = TransportConfiguration()
        configuration.maximumHeaderBytes = 2000
        configuration.maximumBodyBytes = 5000
        configuration.maximumChunkLineBytes = 100
        configuration.maximumInterimAnswers = 8
        let transport = LoopTransport(configuration)
        let error = await outcome(transport, request(), server.peer).error
        #expect(error?.kind == .protocolViolation)
        #expect(error?.sent == .complete)
        #expect(error?.limit == violation.limit)
        #expect(error?.message.contains(violation.reason) == true, "\(error?.message ?? "no error")")
        #expect(transport.snapshot().first?.open == 0)
        await transport.close(within: .seconds(5))
        await server.stop()
    }

    // MARK: Answers that stop

    @Test(arguments: [
        ("", "without an answer"), ("HTTP/1.1 200 OK\r\nContent-", "in the middle"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "in the middle"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "in the middle"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", "in the middle"),
        ("HTTP/1.1 100 Continue\r\n\r\n", "in the middle"),
    ])
    func `an answer that stops is lost, whether by FIN or by RST`(text: String, place: String) async throws {
        for last in [ScriptedServer.Step.finish, .close] {
            let server = try ScriptedServer { _, requests in requests == 0 ? [] : [.send(text), last] }
            let transport = LoopTransport()
            let error = await outcome(transport, request(), server.peer).error
            #expect(error?.kind == .connectionLost)
            #expect(error?.sent == .complete)
            #expect(error?.message.contains(place) == true, "\(error?.message ?? "no error")")
            await transport.close(within: .seconds(5))
            await server.stop()
        }
    }
}

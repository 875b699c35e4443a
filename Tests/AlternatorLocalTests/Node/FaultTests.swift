import AlternatorTransport
import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct FaultTests {
    private func action(_ server: LocalServer, _ operation: String, _ body: String = "{}") -> ServerAction {
        server.handler.handle(
            ServerRequest(
                method: "POST",
                path: "/",
                query: nil,
                headers: [("x-amz-target", "D.\(operation)")],
                body: Array(body.utf8),
                remoteAddress: ""
            )
        )
    }

    @Test func `a fault is for its operation and so many times`() throws {
        let server = try LocalServer()
        server.handler.node.faults.add(.init(.throttle, operation: "ListTables", times: 1))
        #expect(try server.error("ListTables", "{}").type == "RequestLimitExceeded")
        try server.call("ListTables", "{}")
        #expect(try server.error("DescribeTable", #"{"TableName":"abc"}"#).type == "ResourceNotFoundException")
    }

    @Test func `a rate holds about, and the same seed gives the same requests`() {
        func hits(_ seed: UInt64) -> [Bool] {
            let plan = FaultPlan()
            plan.add(.init(.reset, rate: 0.3, seed: seed))
            return (0..<1000).map { _ in plan.next(for: "GetItem") != nil }
        }
        let first = hits(7)
        #expect(first == hits(7))
        #expect(first != hits(8))
        #expect((250...350).contains(first.count { $0 }))
    }

    @Test func `a lost answer belongs to an operation that was performed`() throws {
        let server = try LocalServer()
        try server.createUsers()
        server.handler.node.faults.add(.init(.loseAnswer, operation: "PutItem", times: 1))
        guard case .reset = action(server, "PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"}}}"#) else {
            Issue.record("the connection was not reset")
            return
        }
        #expect(try server.call("Scan", #"{"TableName":"users"}"#)["Count"]?.integer == 1)
    }

    @Test func `half of a batch is left unprocessed`() throws {
        let server = try LocalServer()
        try server.createUsers()
        server.handler.node.faults.add(.init(.unprocessed, times: 2))
        let put = { (id: String) in #"{"PutRequest":{"Item":{"id":{"S":"\#(id)"}}}}"# }
        let answer = try server.call(
            "BatchWriteItem",
            #"{"RequestItems":{"users":[\#(put("a")),\#(put("b")),\#(put("c"))]}}"#
        )
        #expect(try answer == LocalServer.tree(#"{"UnprocessedItems":{"users":[\#(put("c"))]}}"#))
        let read = try server.call(
            "BatchGetItem",
            #"{"RequestItems":{"users":{"Keys":[{"id":{"S":"a"}},{"id":{"S":"b"}}],"ConsistentRead":true}}}"#
        )
        #expect(
            try read["UnprocessedKeys"]
                == LocalServer.tree(#"{"users":{"Keys":[{"id":{"S":"b"}}],"ConsistentRead":true}}"#)
        )
    }

    @Test func `an answer that is cut is never whole`() throws {
        let server = try LocalServer()
        server.handler.node.faults.add(.init(.cutShort(after: 1_000_000)))
        guard case .sendRaw(let bytes, thenClose: true, reset: false) = action(server, "ListTables") else {
            Issue.record("nothing was sent")
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("Content-Length: 17\r\n"))
        #expect(text.hasSuffix(#"{"TableNames":[]"#))
    }

    @Test func `a hanging node never answers, and one in error mode refuses operations only`() throws {
        let server = try LocalServer()
        server.handler.node.update { $0.state = .hang }
        guard case .hang = action(server, "ListTables") else {
            Issue.record("it answered")
            return
        }
        server.handler.node.update { $0.state = .error }
        #expect(try server.error("ListTables", "{}", status: 500).type == "InternalServerError")
        #expect(try server.send("GET").status == 200)
    }
}

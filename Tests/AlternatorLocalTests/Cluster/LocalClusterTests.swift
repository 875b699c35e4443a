import AlternatorTransport
import AlternatorWire
import Synchronization
import Testing

@testable import AlternatorLocal

@Suite(.serialized) struct LocalClusterTests {
    private func withCluster(
        _ configuration: LocalCluster.Configuration,
        _ body: (LocalCluster, ClusterClient) async throws -> Void
    ) async throws {
        let cluster = try await LocalCluster(configuration)
        let client = ClusterClient(cluster)
        do {
            try await body(cluster, client)
        } catch {
            await client.close()
            await cluster.close()
            throw error
        }
        await client.close()
        await cluster.close()
    }

    private let createUsers = """
        {"TableName":"users","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}
        """

    private func listed(_ client: ClusterClient, at host: String = "127.0.0.1") async throws -> [String] {
        let response = try await client.send("GET", "/localnodes", to: host)
        let tree = try LocalServer.tree(Array(response.bytes[response.bodyOffset...]))
        return (tree.elements ?? []).compactMap(\.text).sorted()
    }

    @Test func `nodes share their tables, and each counts its own requests`() async throws {
        try await withCluster(.init(nodes: 3)) { cluster, client in
            #expect(cluster.seedHosts == ["127.0.0.1", "127.0.0.2", "127.0.0.3"])
            #expect(try await client.call("CreateTable", createUsers, at: "127.0.0.1").status == 200)
            let put = #"{"TableName":"users","Item":{"id":{"S":"a"}}}"#
            #expect(try await client.call("PutItem", put, at: "127.0.0.2").status == 200)
            let scan = try await client.call("Scan", #"{"TableName":"users"}"#, at: "127.0.0.3")
            #expect(scan.answer["Count"]?.integer == 1)
            #expect(cluster.requestCounts(of: "127.0.0.2") == ["requests": 1, "PutItem": 1])
        }
    }

    @Test func `a stopped node refuses, is not listed, and comes back at its port`() async throws {
        try await withCluster(.init(nodes: 2)) { cluster, client in
            try await cluster.stop("127.0.0.2")
            await #expect(throws: TransportError.self) { try await client.send("GET", "/", to: "127.0.0.2") }
            #expect(try await listed(client) == ["127.0.0.1"])
            try await cluster.start("127.0.0.2")
            #expect(try await client.send("GET", "/", to: "127.0.0.2").status == 200)
            #expect(try await listed(client) == ["127.0.0.1", "127.0.0.2"])
        }
    }

    @Test func `nodes are added and removed while it runs`() async throws {
        try await withCluster(.init(nodes: 1)) { cluster, client in
            try await cluster.add(.init(address: "127.0.0.7", datacenter: "dc1", rack: "rack9"))
            #expect(try await listed(client, at: "127.0.0.7") == ["127.0.0.1", "127.0.0.7"])
            await #expect(throws: LocalCluster.Failure.self) { try await cluster.add(.init(address: "127.0.0.7")) }
            try await cluster.remove("127.0.0.7")
            #expect(try await listed(client) == ["127.0.0.1"])
            await #expect(throws: LocalCluster.Failure.self) { try await cluster.stop("127.0.0.7") }
        }
    }

    @Test func `a port in use, an address twice and no nodes are explained`() async throws {
        try await withCluster(.init(nodes: 1)) { cluster, _ in
            var taken = LocalCluster.Configuration(nodes: 1)
            taken.port = cluster.port
            let configuration = taken
            let inUse = await #expect(throws: LocalCluster.Failure.self) { try await LocalCluster(configuration) }
            #expect(inUse?.description.contains("in use") == true)
        }
        let twice = LocalCluster.Configuration(nodes: [.init(address: "127.0.0.1"), .init(address: "127.0.0.1")])
        await #expect(throws: LocalCluster.Failure.self) { try await LocalCluster(twice) }
        await #expect(throws: LocalCluster.Failure.self) { try await LocalCluster(nodes: 0) }
    }

    @Test func `the admin port stops and starts nodes`() async throws {
        var configuration = LocalCluster.Configuration(nodes: 2)
        configuration.adminPort = 0
        try await withCluster(configuration) { cluster, client in
            let admin = Peer(id: 99, host: "127.0.0.1", port: try #require(cluster.adminPort))
            func post(_ path: String) async throws -> IncomingResponse {
                let head = "POST \(path) HTTP/1.1\r\nHost: admin\r\nContent-Length: 0\r\n\r\n"
                return try await client.transport.exchange(
                    OutgoingRequest(head: Array(head.utf8), body: []),
                    with: admin,
                    options: ExchangeOptions()
                )
            }
            let answer = try await post("/kill/127.0.0.2")
            #expect(answer.status == 200)
            let nodes = try LocalServer.tree(Array(answer.bytes[answer.bodyOffset...]))
            #expect(nodes.elements?.map { $0["state"]?.text } == ["up", "down"])
            await #expect(throws: TransportError.self) { try await client.send("GET", "/", to: "127.0.0.2") }
            #expect(try await post("/revive/all").status == 200)
            #expect(try await client.send("GET", "/", to: "127.0.0.2").status == 200)
            #expect(try await post("/kill/127.0.0.9").status == 404)
            #expect(try await post("/dance/all").status == 404)
            #expect(try await post("/fault/127.0.0.1?kind=error&op=ListTables&times=1").status == 200)
            #expect(try await client.call("ListTables", "{}").status == 500)
            #expect(try await client.call("ListTables", "{}").status == 200)
        }
    }

    /// A clock that only orders events, and what was seen.
    private final class Recorder: Sendable {
        private let clock = Atomic<Int>(0)
        let history = Mutex(CounterHistory())

        func tick() -> Int { clock.add(1, ordering: .sequentiallyConsistent).newValue }
    }

    @Test func `conditional writes of 64 tasks at three nodes are linearizable`() async throws {
        try await withCluster(.init(nodes: 3)) { _, client in
            _ = try await client.call("CreateTable", createUsers)
            _ = try await client.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"c"},"n":{"N":"0"}}}"#)
            let recorder = Recorder()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<64 {
                    group.addTask {
                        var expected = 0
                        for _ in 0..<8 {
                            let start = recorder.tick()
                            let result = try await client.call(
                                "UpdateItem",
                                """
                                {"TableName":"users","Key":{"id":{"S":"c"}},"UpdateExpression":"SET n = n + :one",
                                "ConditionExpression":"n = :n","ReturnValuesOnConditionCheckFailure":"ALL_OLD",
                                "ExpressionAttributeValues":{":one":{"N":"1"},":n":{"N":"\(expected)"}}}
                                """,
                                at: "127.0.0.\(task % 3 + 1)"
                            )
                            let end = recorder.tick()
                            let attempt = CounterHistory.Attempt(
                                start: start,
                                end: end,
                                expected: expected,
                                succeeded: result.status == 200
                            )
                            recorder.history.withLock { $0.attempts.append(attempt) }
                            expected =
                                result.status == 200
                                ? expected + 1 : result.answer["Item"]?["n"]?["N"]?.text.flatMap { Int($0) } ?? 0
                        }
                    }
                }
                try await group.waitForAll()
            }
            let found = recorder.history.withLock { $0 }
            #expect(found.attempts.count == 512)
            #expect(found.attempts.contains { $0.succeeded })
            #expect(found.contradiction() == nil)
        }
    }

    @Test func `the checker rejects histories that cannot be`() {
        func history(_ attempts: [(Int, Int, Int, Bool)]) -> CounterHistory {
            CounterHistory(
                attempts: attempts.map { .init(start: $0.0, end: $0.1, expected: $0.2, succeeded: $0.3) }
            )
        }
        #expect(history([(1, 4, 0, true), (2, 6, 0, false), (5, 8, 1, true)]).contradiction() == nil)
        #expect(history([(1, 4, 0, true), (2, 6, 0, true)]).contradiction() != nil, "one step twice")
        #expect(history([(1, 4, 0, true), (5, 8, 2, true)]).contradiction() != nil, "a step is missing")
        #expect(
            history([(5, 8, 0, true), (1, 4, 1, true)]).contradiction() != nil,
            "the second ended before the first"
        )
        #expect(history([(1, 2, 0, false), (3, 4, 0, true)]).contradiction() != nil, "refused without reason")
    }
}

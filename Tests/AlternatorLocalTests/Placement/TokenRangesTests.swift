import AlternatorTransport
import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct TokenRangesTests {
    private func nodes(_ racks: [String], datacenter: String = "dc1") -> [NodePlace] {
        racks.enumerated().map { NodePlace(address: "127.0.0.\($0 + 1)", datacenter: datacenter, rack: $1) }
    }

    @Test(arguments: [1, 3, 5, 12])
    func `the ranges of a table follow each other and cover the ring`(count: Int) {
        let ranges = TokenRanges(nodes((0..<count).map { "rack\($0 % 3)" }))
        #expect(ranges.count >= 4 * count)
        var last = Int64.min
        for index in 0..<ranges.count {
            let range = ranges.range(index, table: "t", in: "dc1")
            #expect(range.start == last)
            #expect(range.end > range.start)
            for token in [range.start &+ 1, range.end] {
                let found = ranges.range(of: token, table: "t", in: "dc1")
                #expect(found == range)
            }
            last = range.end
        }
        #expect(last == .max)
    }

    @Test func `three replicas stand in three racks, and every node has its share`() {
        let places = nodes(["a", "b", "c", "a", "b", "c"])
        let ranges = TokenRanges(places)
        var shares: [String: Int] = [:]
        for index in 0..<ranges.count {
            let replicas = ranges.range(index, table: "users", in: "dc1").replicas
            let racks = Set(replicas.compactMap { address in places.first { $0.address == address }?.rack })
            #expect(racks == ["a", "b", "c"])
            #expect(Set(replicas).count == 3)
            for replica in replicas { shares[replica, default: 0] += 1 }
        }
        #expect(shares.count == 6)
        #expect(shares.values.allSatisfy { $0 >= ranges.count / 4 })
    }

    @Test func `small clusters have one replica, and a datacenter no more than it has nodes`() {
        #expect(TokenRanges(nodes(["a", "b"])).range(0, table: "t", in: "dc1").replicas.count == 1)
        let two = nodes(["a", "a", "b"]) + [NodePlace(address: "127.0.0.9", datacenter: "dc2", rack: "a")]
        let ranges = TokenRanges(two)
        #expect(Set(ranges.range(1, table: "t", in: "dc1").replicas).count == 3)
        #expect(ranges.range(1, table: "t", in: "dc2").replicas == ["127.0.0.9"])
        #expect(ranges.range(1, table: "t", in: "nowhere").replicas.isEmpty)
    }

    /// The token of the string "a" is that of the driver for Cassandra.
    private let tokenOfA: Int64 = -8_839_064_797_231_613_815

    private func handlers(hints: Bool) throws -> [NodeHandler] {
        let members = nodes(["a", "b", "c", "a", "b", "c"]).map { LocalNode($0) }
        for member in members { member.update { $0.state = .up } }
        var settings = EngineSettings()
        settings.namesRoutedKeys = hints
        let engine = try Engine(settings)
        let topology = Topology(members, sendsRoutingHints: hints, now: { 0 })
        return members.map { NodeHandler(node: $0, engine: engine, topology: topology) }
    }

    private func send(_ operation: String, _ body: String, to handler: NodeHandler) -> ServerResponse {
        handler.respond(
            ServerRequest(
                method: "POST",
                path: "/",
                query: nil,
                headers: [("x-amz-target", "D.\(operation)"), ("origin", "http://example.com")],
                body: Array(body.utf8),
                remoteAddress: ""
            )
        )
    }

    private func hint(_ response: ServerResponse) -> String? {
        response.headers.first { $0.name == "X-Scylla-Alternator-Routing-V1" }?.value
    }

    private let create = """
        {"TableName":"users","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}
        """

    private static let requests = [
        ("PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"}}}"#),
        ("GetItem", #"{"TableName":"users","Key":{"id":{"S":"a"}}}"#),
        ("UpdateItem", #"{"TableName":"users","Key":{"id":{"S":"a"}}}"#),
        ("DeleteItem", #"{"TableName":"users","Key":{"id":{"S":"a"}}}"#),
        (
            "Query",
            #"{"TableName":"users","KeyConditionExpression":"id = :i","ExpressionAttributeValues":{":i":{"S":"a"}}}"#
        ),
    ]

    @Test(arguments: requests)
    func `a node that does not hold a partition tells who does`(operation: String, body: String) throws {
        let handlers = try handlers(hints: true)
        #expect(send("CreateTable", create, to: handlers[0]).status == 200)
        var told: Set<String> = []
        var silent: Set<String> = []
        for handler in handlers {
            let response = send(operation, body, to: handler)
            #expect(response.status == 200)
            let exposed = response.headers.first { $0.name == "Access-Control-Expose-Headers" }?.value
            #expect(exposed?.hasSuffix(",X-Scylla-Alternator-Routing-V1") == true)
            if let hint = hint(response) { told.insert(hint) } else { silent.insert(handler.node.place.address) }
        }
        let parts = try #require(told.first).split(separator: ",").map(String.init)
        let (start, end) = try (#require(Int64(parts[0])), #require(Int64(parts[1])))
        #expect(told.count == 1)
        #expect(start < tokenOfA && tokenOfA <= end)
        #expect(Set(parts[2...]) == silent)
        #expect(silent.count == 3)
    }

    @Test func `scans, batches, errors and silent clusters give no hint`() throws {
        let handlers = try handlers(hints: true)
        _ = send("CreateTable", create, to: handlers[0])
        let others = [
            ("Scan", #"{"TableName":"users"}"#),
            ("BatchGetItem", #"{"RequestItems":{"users":{"Keys":[{"id":{"S":"a"}}]}}}"#),
            ("GetItem", #"{"TableName":"users","Key":{}}"#),
        ]
        for handler in handlers {
            for (operation, body) in others { #expect(hint(send(operation, body, to: handler)) == nil) }
        }
        let silent = try self.handlers(hints: false)
        _ = send("CreateTable", create, to: silent[0])
        for handler in silent {
            let response = send("GetItem", #"{"TableName":"users","Key":{"id":{"S":"a"}}}"#, to: handler)
            #expect(hint(response) == nil)
        }
    }
}

// swift-format-ignore-file
// (the code stands here as the comments show it)
import Alternator
import AlternatorCore
import AlternatorLocal
import AlternatorWire
import Foundation
import TestSupport
import Testing

/// Comments print; a test run need not.
private func print(_ items: Any...) {}

/// All code of documentation comments, comment by comment; `DocumentationTests` compares them.
///
/// What a comment says is sent stands here as a test.
@Suite(.timeLimit(.minutes(2))) struct CommentSnippets {
    private struct User: TableItem {
        var id: String
        var name: String
        var visits: Int
        static let primaryKey = PrimaryKey(\User.id)
    }

    private enum Status: String, Codable, Sendable { case open, closed }

    private struct Order: NamedTableItem {
        var customer: String
        var number: Int
        var status: Status
        var size: Int
        var rev: Int
        static let tableName = "orders"
        static let primaryKey = PrimaryKey(\Order.customer, \Order.number)
    }

    private struct Vault: Sendable {
        struct Secret { let value: String }
        func read(_ path: String) async throws -> Secret { Secret(value: path) }
    }

    // MARK: Tables

    @Test func `a resource, its tables by name, and creating one`() async throws {
        let cluster = try await LocalCluster(nodes: 2)
        let resource = try await AlternatorResource(AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port))
        try await resource.table("users").create(partitionKey: KeyDefinition("id", .s))
        try await resource.table("users").put(User(id: "u1", name: "Ada", visits: 1))

        do {
            let users = resource.table("users")
            try await users.put(User(id: "u1", name: "Ada", visits: 1))
            try await users.put(["id": "u2", "age": 30])
            let ada = try await users.get(User.self, key: ["id": "u1"])

            #expect(ada?.name == "Ada")
            try await users.update(key: ["id": "u1"], expression: "SET visits = visits + \(1)")
            #expect(try await users.get(User.self, key: ["id": "u1"])?.visits == 2)
        }
        let client = resource.client
        let json = #"{"TableName":"users","Key":{"id":{"S":"u1"}}}"#
        let answer = try await client.send(.getItem, json: Array(json.utf8))    // {"Item":{…}}
        #expect(String(decoding: answer, as: UTF8.self).hasPrefix(#"{"Item":{"#))
        try await client.updateItem(UpdateItemRequest(
            tableName: "users", key: ["id": .string("u1")],
            updateExpression: "SET #n = :n",
            expressionAttributeNames: ["#n": "name"], expressionAttributeValues: [":n": .string("Ada")]))
        let metrics = client.metrics()
        if let reads = metrics.call("GetItem") { print(reads.latency.p99, reads.failures) }
        print(metrics.prometheusText)

        try await resource.table("users").deleteTable()
        try await client.createTable(CreateTableRequest(
            tableName: "users", keySchema: [KeySchemaElement("id", .hash)],
            attributeDefinitions: [AttributeDefinition("id", .string)]))
        await resource.close()
        await cluster.close()
    }

    @Test func `a put of the client is sent as told`() async throws {
        let bench = try await Bench()
        let client = bench.resource.client
        try await client.putItem(PutItemRequest(tableName: "users", item: ["id": .string("u1")]))
        // PutItem {"TableName":"users","Item":{"id":{"S":"u1"}}}
        #expect(bench.sent.map(\.description) == [#"PutItem {"TableName":"users","Item":{"id":{"S":"u1"}}}"#])
    }

    @Test func `expressions are sent as told`() async throws {
        let bench = try await Bench { _, call in call.operation == "Query" ? .ok(#"{"Items":[],"Count":0}"#) : nil }
        let orders = bench.resource.table(Order.self)
        let order = Order(customer: "c1", number: 7, status: .open, size: 1, rev: 3)

        // TypedTable.insert
        try await orders.insert(order)
        #expect(bench.bodies[0].contains(##""ConditionExpression":"attribute_not_exists(#n0)""##))
        #expect(bench.bodies[0].contains(##""ExpressionAttributeNames":{"#n0":"customer"}"##))

        // TypedTable.update
        try await orders.update("c1", 7, if: { $0.rev == 1 }) { $0.status.set(.closed); $0.size.add(1) }
        // UpdateExpression: "SET #n0 = :v0 ADD #n1 :v1"   ConditionExpression: "#n2 = :v2"
        #expect(bench.bodies[1].contains(##""UpdateExpression":"SET #n0 = :v0 ADD #n1 :v1""##))
        #expect(bench.bodies[1].contains(##""ConditionExpression":"#n2 = :v2""##))

        // Condition
        try await orders.put(order, if: {
            $0.rev == 3 && $0.status != .closed
            // ConditionExpression: "#n0 = :v0 AND #n1 <> :v1"
        })
        #expect(bench.bodies[2].contains(##""ConditionExpression":"#n0 = :v0 AND #n1 <> :v1""##))

        // TypedTable.save
        let counted = bench.resource.table(Counted.self)
        try await counted.save(Counted(id: "a", n: 1, rev: 3))
        // ConditionExpression: "#n0 = :v0"   names: {"#n0":"rev"}   values: {":v0":{"N":"3"}}   Item: {… "rev":{"N":"4"}}
        #expect(bench.bodies[3].contains(##""rev":{"N":"4"}},"ConditionExpression":"#n0 = :v0""##))
        #expect(
            bench.bodies[3].contains(
                ##""ExpressionAttributeNames":{"#n0":"rev"},"ExpressionAttributeValues":{":v0":{"N":"3"}}"##
            )
        )

        // TypedTable.query
        for try await order in orders.query("c1", .between(1, 100)).descending().limit(20) { print(order) }
        #expect(bench.bodies[4].contains(##""KeyConditionExpression":"#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2""##))
        #expect(bench.bodies[4].contains(#""ScanIndexForward":false"#) && bench.bodies[4].contains(#""Limit":20"#))
    }

    @Test func `single writes of many kinds`() async throws {
        let bench = try await Bench()
        let resource = bench.resource
        let orders = resource.table(Order.self)
        let users = resource.table("users", of: User.self)
        let order = Order(customer: "c1", number: 7, status: .open, size: 1, rev: 3)
        let key = TypedTable<Order>.Key("c1", 7)

        let outcomes = await resource.writeEach([
            orders.putRequest(order, if: { $0.size < 3 }),
            orders.updateRequest(key) { $0.size.add(1) },
            users.deleteRequest(.init("u1"), if: { $0.visits == 0 }),
        ])

        #expect(outcomes.count == 3)
        #expect(Set(bench.sent.map(\.operation)) == ["PutItem", "UpdateItem", "DeleteItem"])
    }

    // MARK: Models

    @Test func `a model and its defaults`() throws {
        struct User: TableItem {
            var id: String
            var name: String
            static let primaryKey = PrimaryKey(\User.id)
        }
        struct Order: TableItem, DefaultingItem {
            var id: String
            var state: String
            static let primaryKey = PrimaryKey(\Order.id)
            static let defaults = AttributeDefaults<Order>().with(\.state, "new")
        }
        _ = (User.primaryKey, Order.defaults)
    }

    @Test func `keys by templates`() async throws {
        struct Order: TableItem {
            var customer: String
            var day: String
            var number: Int
            static let pk = CompositeKey("pk", "CUSTOMER#{customer}", \Order.customer)
            static let sk = CompositeKey("sk", "ORDER#{day}#{number:6}", \Order.day, \Order.number)
            static let primaryKey = PrimaryKey(pk, sk)
        }
        let bench = try await Bench()
        let orders = bench.resource.table("orders", of: Order.self)
        let order = Order(customer: "c1", day: "2026-01-31", number: 7)
        try await orders.put(order)          // pk = "CUSTOMER#c1", sk = "ORDER#2026-01-31#000007"
        let found = try await orders.get(Order.pk("c1"), Order.sk("2026-01-31", 7))
        let january = orders.query(try Order.pk("c1"), .hasPrefix("ORDER#2026-01"))
        let oneDay = orders.query(try Order.pk("c1"), try Order.sk.prefix("2026-01-31"))
        let (day, number) = try Order.sk.parts(of: "ORDER#2026-01-31#000007")

        #expect(found?.customer == nil)
        #expect(bench.bodies[0].contains(#""pk":{"S":"CUSTOMER#c1"},"sk":{"S":"ORDER#2026-01-31#000007"}"#))
        #expect(day == "2026-01-31" && number == 7)
        _ = (january, oneDay)
    }

    @Test func `keys that are computed`() async throws {
        struct Order: IndexedItem {
            var id: String
            var total: Int
            var isOpen: Bool
            static let primaryKey = PrimaryKey(\Order.id)
            /// Only open orders are in the index.
            static let openKey = ComputedKey("open", \Order.isOpen) { $0 ? "y" : nil }
            static let byOpen = SecondaryIndex.global("byOpen", openKey, \Order.total)
            static let indexes = Indexes(byOpen)
        }
        let bench = try await Bench(answers: [.ok(#"{"Items":[],"Count":0}"#)])
        let orders = bench.resource.table("orders", of: Order.self)
        for try await order in orders.query(Order.byOpen, "y", .greater(100)) { print(order) }
        #expect(bench.bodies[0].contains(#""IndexName":"byOpen""#))
    }

    @Test func `several models in one table`() async throws {
        struct Customer: Document { var pk: String; var name: String }
        struct Invoice: Document { var pk: String; var total: Int }
        enum Row: ItemUnion {
            case customer(Customer), invoice(Invoice), other(UnknownItem)
            static let members = Members<Row>(
                discriminator: "type", ["customer": .init(Row.customer), "invoice": .init(Row.invoice)],
                unknown: .keep(Row.other))
            var model: any Document {
                switch self {
                case .customer(let customer): customer
                case .invoice(let invoice): invoice
                case .other(let item): item
                }
            }
        }
        let bench = try await Bench(answers: [
            .ok(#"{"Items":[{"pk":{"S":"c1"},"name":{"S":"n"},"type":{"S":"customer"}}],"Count":1}"#)
        ])
        let shop = bench.resource.table("shop")
        let customer = Customer(pk: "c1", name: "n")
        var found = 0
        for try await row in shop.query(Row.self, key: ["pk": "c1"]) { switch row {
            case .customer: found += 1
            default: break
        } }
        try await shop.put(Row.customer(customer))                       // with "type": "customer"
        #expect(found == 1)
        #expect(bench.bodies[1].contains(#""type":{"S":"customer"}"#))
    }

    @Test func `times of writes`() {
        struct Order: TimestampedItem {
            var id: String
            var created: Date?
            var updated: Date?
            static let primaryKey = PrimaryKey(\Order.id)
            static let timestamps = Timestamps<Order>(created: .init(\.created), updated: .init(\.updated))
        }
        _ = Order.timestamps
    }

    @Test func `a vector search is sent as told`() async throws {
        struct Song: VectorIndexedItem {
            var id: String
            var mood: [Float]                      // or Float32Vector, which takes a quarter of the room
            static let primaryKey = PrimaryKey(\Song.id)
            static let byMood = VectorSearchIndex("byMood", \Song.mood, dimensions: 384)
            static let vectorIndexes = [byMood]
        }
        let bench = try await Bench { _, _ in .ok(#"{"Items":[],"Count":0}"#) }
        let songs = bench.resource.table("songs", of: Song.self)
        _ = try await
            songs.nearest(to: [0.5, 0.25], k: 10, in: "byMood")
            // {"TableName":"songs","IndexName":"byMood","Select":"ALL_ATTRIBUTES","Limit":10,
            //  "VectorSearch":{"QueryVector":{"L":[{"N":"0.5"},{"N":"0.25"}]}}}
        #expect(
            bench.bodies == [
                #"{"TableName":"songs","IndexName":"byMood","Select":"ALL_ATTRIBUTES","Limit":10,"#
                    + #""VectorSearch":{"QueryVector":{"L":[{"N":"0.5"},{"N":"0.25"}]}}}"#
            ]
        )
        let mood = [Float](repeating: 0.5, count: 384)
        let alike = try await songs.nearest(to: mood, k: 10, in: Song.byMood)
        #expect(alike.isEmpty)
    }

    // MARK: Compiled, not run

    private func clients(_ saltedHash: String, _ vault: Vault) async throws {
        do {
            let resource = try await AlternatorResource(AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000))
            try await resource.table("users").put(User(id: "u1", name: "Ada", visits: 1))
            await resource.close()
        }
        do {
            let client = try await AlternatorClient(AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000))
            let tables = try await client.listTables()
            await client.close()
            _ = tables
        }
        do {
            var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8043, scheme: .https)
            config.tls = AlternatorConfig.TLS(additionalCAFiles: ["/etc/scylla/ca.pem"], verifyHostname: false)
            _ = config
        }
        let cluster = try await LocalCluster(nodes: 1)
        var config = AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port)
        config.requestTimeout = .seconds(5)
        config.authentication = .credentials(accessKey: "app", secretKey: saltedHash)
        config.authentication = .environment
        config.authentication = .provider {
            let secret = try await vault.read("alternator/app")
            return .init(accessKey: "app", secretKey: secret.value, validFor: .seconds(3600))
        }
        config.headersWhitelist = .adding(["X-Tenant"])                // the default ones and this one
        config.headersWhitelist = ["Host", "X-Amz-Target", "Content-Type"]          // these and no other
    }

    private func export(_ resource: AlternatorResource) async throws {
        try await resource.table("users").export(to: "users.jsonl.gz", options: .init(checkpointFile: "users.checkpoint"))
    }

    private func changes(
        _ orders: TypedTable<Order>, _ start: StreamCheckpoint, _ handle: (ItemChange<Order>.Event, Order?, Order?) -> Void
    ) async throws {
        var checkpoint = start
        for try await change in orders.changes(from: .at(checkpoint)) {
            handle(change.event, change.old, change.new)
            checkpoint = change.checkpoint
        }
    }

    private func failures(_ users: TypedTable<User>) async throws {
        do {
            _ = try await users.get("u1")
        }
        catch let error where error.code == .tls {
            if let failure = error.cause as? TLSFailure, failure.reason == .nameMismatch { print(failure) }
        }
    }

    private func clusters() async throws {
        do {
            let cluster = try await LocalCluster(nodes: 3)
            // connect a client to cluster.seedHosts and cluster.port
            try await cluster.stop("127.0.0.2")
            await cluster.close()
        }
        let cluster = try await LocalCluster(nodes: 3, tls: .on)
        var config = AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.tlsPort!, scheme: .https)
        config.tls = AlternatorConfig.TLS(additionalCAFiles: [cluster.tlsFiles!.authority])
    }
}

import Alternator
import AlternatorLocal
import Foundation
import TestSupport
import Testing

/// Runs a body with a resource on an embedded cluster of its own.
func withLocal<Result>(
    nodes: Int = 3,
    _ body: (AlternatorResource) async throws -> Result
) async throws -> Result {
    let cluster = try await LocalCluster(nodes: nodes)
    do {
        let config = AlternatorConfig(seedHosts: ["127.0.0.1"], port: cluster.port)
        let result = try await AlternatorResource.withResource(config, body)
        await cluster.close()
        return result
    } catch {
        await cluster.close()
        throw error
    }
}

/// The mapper against the embedded cluster, through real sockets: the user's side alone is used.
struct LocalMapperTests {
    private func order(_ number: Int, size: Int = 1, email: String? = nil) -> Order {
        Order(
            customer: "c1",
            number: number,
            status: number.isMultiple(of: 2) ? .closed : .active,
            total: Decimal(number) + Decimal(string: "0.25")!,
            ship: Address(city: "X", zip: nil),
            bill: nil,
            lines: [Line(sku: "a", qty: 1)],
            tags: ["t"],
            meta: ["k.1": "v"],
            email: email,
            created: Date(timeIntervalSince1970: 1_700_000_000),
            expires: nil,
            rev: nil,
            size: size
        )
    }

    @Test func `a table lives from its creation to its end`() async throws {
        try await withLocal { resource in
            let orders = resource.table(Order.self)
            try await orders.create(ifNotExists: true)
            try await orders.create(ifNotExists: true)
            let again = await #expect(throws: AlternatorError.self) { try await orders.create() }
            #expect(again?.code == .tableInUse)
            #expect(try await orders.verifySchema() == [])
            #expect(try await orders.describe().globalSecondaryIndexes.count == 2)
            #expect(try await resource.tableNames() == ["orders"])
            try await orders.setTags(["owner": "me"])
            #expect(try await orders.tags()["owner"] == "me")
            try await orders.removeTags(["owner"])
            #expect(try await orders.tags()["owner"] == nil)
            try await orders.setTimeToLive(false)
            try await orders.setTimeToLive(false)
            #expect(
                try await orders.verifySchema().map(\.description) == ["expiry is off; the model declares it on ttl"]
            )
            try await orders.deleteTable()
            try await orders.deleteTable(ifExists: true)
            let gone = await #expect(throws: AlternatorError.self) { _ = try await orders.get("c1", 1) }
            #expect(gone?.code == .tableNotFound)
        }
    }

    @Test func `items go round, and every verb does what it says`() async throws {
        try await withLocal { resource in
            let orders = resource.table(Order.self)
            try await orders.create()
            try await orders.insert(order(1))
            let twice = await #expect(throws: AlternatorError.self) { try await orders.insert(order(1)) }
            #expect(twice?.code == .conditionFailed)
            #expect(twice?.existingItem?["sk"] == 1)
            let found = try #require(try await orders.get("c1", 1, consistent: true))
            #expect(found.total == Decimal(string: "1.25"))
            #expect(found.meta == ["k.1": "v"])
            #expect(found.tags == ["t"])
            #expect(found.created == Date(timeIntervalSince1970: 1_700_000_000))
            #expect(try await orders.get("c1", 1, as: OrderSize.self)?.size == 1)
            #expect(try await orders.get("c1", 9) == nil)
            #expect(try await orders.replace(order(1, size: 5))?.size == 1)
            let failed = await #expect(throws: AlternatorError.self) {
                try await orders.put(order(1), if: { $0.size < 3 })
            }
            #expect(failed?.existingItem?["size"] == 5)

            try await orders.update("c1", 1, if: { $0.size == 5 && $0.email == nil && $0.tags.contains("t") }) {
                $0.status.set(.closed)
                $0.size.add(2)
                $0.lines[0].qty.set(7)
                $0.ship.city.set("Y")
                $0.meta["k.1"].set("w")
                $0.tags.insert(["u"])
                $0.email.set("a@b")
            }
            let updated = try await orders.updated("c1", 1) {
                $0.bill.set(Address(city: "Z", zip: "1"))
                $0.email.remove()
                $0.lines.append([Line(sku: "b", qty: 2)])
                $0.size.increment(by: 1, startingAt: 0)
            }
            #expect(updated.size == 8)
            #expect(updated.lines.map(\.qty) == [7, 2])
            #expect(updated.ship.city == "Y")
            #expect(updated.meta == ["k.1": "w"])
            #expect(updated.tags == ["t", "u"])
            #expect(updated.bill?.zip == "1")
            #expect(updated.email == nil)
            let emptied = try await orders.updated("c1", 1) { $0.tags.subtract(["t", "u"]) }
            #expect(emptied.tags == nil)
            #expect(try await orders.removed("c1", 1, if: { $0.size == 8 })?.size == 8)
            #expect(try await orders.removed("c1", 1, if: { $0.customer.isMissing() }) == nil)
        }
    }

    private struct OrderSize: Decodable { var size: Int }

    @Test func `queries, indexes, pages and scans agree with each other`() async throws {
        try await withLocal { resource in
            let orders = resource.table(Order.self)
            try await orders.create()
            let report = try await orders.batchWrite(
                put: (1...60).map { order($0, size: $0, email: $0 <= 10 ? "a@b" : nil) }
            )
            #expect(report.written == 60)
            #expect(report.requests == 3)

            var numbers: [Int] = []
            for try await order in orders.query("c1", .between(11, 20)).descending() { numbers.append(order.number) }
            #expect(numbers == Array((11...20).reversed()))
            #expect(try await orders.query("c1").where { $0.size > 50 }.count() == 10)
            #expect(try await orders.query("c1").pageSize(7).all(max: 100).map(\.number) == Array(1...60))
            #expect(
                try await orders.query(Order.byEmail, "a@b", .greater(5)).all(max: 100).map(\.number) == [
                    6, 7, 8, 9, 10,
                ]
            )
            #expect(try await orders.query(Order.byStatus, .active).count() == 30)
            #expect(try await orders.query("c1").first()?.number == 1)
            #expect(try await orders.query("nobody").first() == nil)

            // Pages with a filter and a limit, each continued where the last one ended.
            var paged: [Int] = []
            var token: PageToken?
            repeat {
                let page = try await orders.query("c1").where { $0.status == .active }.limit(4).pageSize(9)
                    .after(token).page()
                paged += page.items.map(\.number)
                token = page.next
            } while token != nil
            #expect(paged == stride(from: 1, through: 59, by: 2).map { $0 })

            var scanned: Set<Int> = []
            for try await order in orders.scan().where({ $0.size <= 30 }).parallel(segments: 7, concurrency: 3) {
                scanned.insert(order.number)
            }
            #expect(scanned == Set(1...30))
            #expect(try await orders.count() == 60)

            let found = try await orders.get(keys: (1...130).map { .init("c1", $0) })
            #expect(found.count == 60)
            #expect(found[.init("c1", 42)]?.size == 42)

            let outcomes = await orders.putEach((59...62).map { order($0) }, if: { $0.customer.isMissing() })
            #expect(
                outcomes.map { if case .success(.written) = $0 { true } else { false } } == [false, false, true, true]
            )
        }
    }

    /// A literal of attributes could also be read as one of strings, whose initialisers take any number.
    @Test func `numbers in a literal of attributes are stored as N`() async throws {
        try await withLocal { resource in
            let users = resource.table("users")
            try await users.create(partitionKey: KeyDefinition("id", .s))
            let (score, share, visits): (Double, Float, Int) = (2.5, 0.1, 3)
            try await users.put(["id": "u1", "score": .init(score), "share": .init(share), "visits": .init(visits)])
            let item = try await users.get(key: ["id": "u1"])
            #expect(item?["score"] == .number(AttributeNumber("2.5")!))
            #expect(item?["share"] == .number(AttributeNumber("0.1")!))
            #expect(item?["visits"] == 3)
            let error = await #expect(throws: AlternatorError.self) {
                try await users.put(["id": "u2", "score": .init(Double.nan)])
            }
            #expect(error?.code == .mapping)
        }
    }

    @Test func `tables by name need no declaration`() async throws {
        try await withLocal { resource in
            let users = resource.table("users")
            try await users.create(partitionKey: KeyDefinition("id", .s))
            try await users.put(User(id: "u1", name: "Ada", visits: 1))
            try await users.put(["id": "u2", "name": "Grace", "visits": 2, "tags": .stringSet(["a"]), "nick": nil])
            #expect(try await users.get(User.self, key: ["id": "u1"])?.name == "Ada")
            #expect(try await users.get(key: ["id": "u2"])?["nick"] == .null)
            let twice = await #expect(throws: AlternatorError.self) { try await users.insert(["id": "u1"]) }
            #expect(twice?.code == .conditionFailed)
            try await users.update(
                key: ["id": "u1"],
                expression: "SET visits = visits + \(4)",
                if: { $0["visits"] < 9 }
            )
            try await users.update(User.self, key: ["id": "u2"]) { $0.name.set("Grace H.") }
            let item = try await users.get(User.self, key: ["id": "u1"], consistent: true)
            #expect(item?.visits == 5)
            var names: Set<String> = []
            for try await user in users.scan(User.self).where({ $0.visits > 0 }) { names.insert(user.name) }
            #expect(names == ["Ada", "Grace H."])
            #expect(try await users.query(key: ["id": "u2"]).count() == 1)
            #expect(try await users.get(User.self, keys: [["id": "u1"], ["id": "u9"]]).map(\.id) == ["u1"])
            #expect(try await users.removed(User.self, key: ["id": "u1"])?.name == "Ada")
            try await users.delete(key: ["id": "u2"])
            #expect(try await users.scan().count() == 0)
        }
    }

    @Test func `many tasks modify one item and no change is lost`() async throws {
        try await withLocal { resource in
            let accounts = resource.table(Account.self)
            try await accounts.create()
            try await accounts.save(Account(id: "a", balance: 0, note: "n", rev: nil))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await accounts.modify("a", attempts: 100) { $0.balance += 1 } }
                }
                try await group.waitForAll()
            }
            let done = try #require(try await accounts.get("a", consistent: true))
            #expect(done.balance == 8)
            #expect(done.rev == 9)
            let stale = await #expect(throws: AlternatorError.self) {
                try await accounts.save(Account(id: "a", balance: 1, note: "n", rev: 3))
            }
            #expect(stale?.code == .versionConflict)
            try await accounts.delete(done)
            #expect(try await accounts.get("a", consistent: true) == nil)
        }
    }

    @Test func `several models share a table and come back as one enum`() async throws {
        try await withLocal { resource in
            let shop = resource.table("shop")
            try await shop.create(partitionKey: KeyDefinition("pk", .s), sortKey: KeyDefinition("sk", .s))
            try await shop.put(Entity.customer(Customer(pk: "c1", sk: "a", name: "Ada")))
            let typed = resource.table("shop", of: Entity.self)
            try await typed.put(.other(Customer(pk: "c1", sk: "b", name: "Bob")))
            let first = try await typed.query("c1", .hasPrefix("a")).first()
            guard case .customer(let customer)? = first else { throw NeverHappened(description: "a customer") }
            #expect(customer.name == "Ada")
            #expect(try await typed.query("c1").where { $0.named("name", as: String.self) == "Bob" }.count() == 1)
            try await shop.put(["pk": "c1", "sk": "z", "type": "strange"])
            let unknown = await #expect(throws: AlternatorError.self) { _ = try await typed.get("c1", "z") }
            #expect(unknown?.code == .decoding)
        }
    }
}

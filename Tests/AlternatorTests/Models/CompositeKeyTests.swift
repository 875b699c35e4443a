import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

private enum Phase: String, KeyPart, Codable { case open, closed }

private struct Purchase: IndexedItem, Equatable {
    var customer: String
    var day: String
    var number: Int
    var state: Phase
    var region: String?
    var total: Int

    static let pk = CompositeKey("pk", "CUSTOMER#{customer}", \Purchase.customer)
    static let sk = CompositeKey("sk", "ORDER#{day}#{number:4}", \Purchase.day, \Purchase.number)
    static let primaryKey = PrimaryKey(pk, sk)

    static let stateKey = CompositeKey("g1pk", "STATE#{state}#{customer}", \Purchase.state, \Purchase.customer)
    static let byState = SecondaryIndex.global("byState", stateKey, sk)
    static let regionKey = CompositeKey("g2pk", "{region}", \Purchase.region)
    static let byRegion = SecondaryIndex.global("byRegion", regionKey, \Purchase.total)
    static let bigKey = ComputedKey("big", \Purchase.total, \Purchase.day) { $0 > 100 ? "\($1)!" : nil }
    static let byBig = SecondaryIndex.global("byBig", bigKey)
    static let indexes = Indexes(byState, byRegion, byBig)
}

private struct Mixed: TableItem, Equatable {
    var id: Int
    var day: String
    var pk: String
    static let primaryKey = PrimaryKey(\Mixed.id, ComputedKey("pk", \Mixed.day) { "D-" + $0 })
}

struct CompositeKeyTests {
    private let order = Purchase(customer: "c1", day: "2026-01-31", number: 7, state: .open, region: "eu", total: 500)

    @Test func `keys made from properties are written beside them, and none is left out for nil`() async throws {
        let bench = try await Bench()
        let orders = bench.resource.table("orders", of: Purchase.self)
        try await orders.put(order)
        let own = #"{"customer":{"S":"c1"},"day":{"S":"2026-01-31"},"number":{"N":"7"},"state":{"S":"open"},"#
        #expect(
            bench.bodies[0] == #"{"TableName":"orders","Item":\#(own)"region":{"S":"eu"},"total":{"N":"500"},"#
                + #""pk":{"S":"CUSTOMER#c1"},"sk":{"S":"ORDER#2026-01-31#0007"},"g1pk":{"S":"STATE#open#c1"},"#
                + #""g2pk":{"S":"eu"},"big":{"S":"2026-01-31!"}}}"#
        )
        var small = order
        small.region = nil
        small.total = 5
        try await orders.put(small)
        #expect(bench.bodies[1].contains(#""g1pk""#))
        #expect(!bench.bodies[1].contains("g2pk") && !bench.bodies[1].contains("big"))
        #expect(try orders.key(of: order) == .init("CUSTOMER#c1", "ORDER#2026-01-31#0007"))
    }

    @Test func `keys are made for gets and queries`() async throws {
        let bench = try await Bench()
        let orders = bench.resource.table("orders", of: Purchase.self)
        _ = try await orders.get(Purchase.pk("c1"), Purchase.sk("2026-01-31", 7))
        _ = try await orders.query(Purchase.pk("c1"), Purchase.sk.prefix("2026-01-31")).first()
        _ = try await orders.query(Purchase.pk("c1"), Purchase.sk.prefix()).first()
        _ = try await orders.query(Purchase.byState, Purchase.stateKey(.closed, "c#1")).first()
        _ = try await orders.scan().where { _ in Purchase.bigKey.path == "x" }.first()
        #expect(bench.bodies[0].contains(#""Key":{"pk":{"S":"CUSTOMER#c1"},"sk":{"S":"ORDER#2026-01-31#0007"}}"#))
        #expect(bench.bodies[1].contains(##""KeyConditionExpression":"#n0 = :v0 AND begins_with(#n1, :v1)""##))
        #expect(bench.bodies[1].contains(#"":v1":{"S":"ORDER#2026-01-31#"}"#))
        #expect(bench.bodies[2].contains(#"":v1":{"S":"ORDER#"}"#))
        #expect(bench.bodies[3].contains(#"{"S":"STATE#closed#c%231"}"#))
        #expect(bench.bodies[4].contains(##"{"#n0":"big"}"##))
    }

    @Test func `a template's table has its attributes as keys`() async throws {
        let bench = try await Bench()
        let request = try bench.resource.table("orders", of: Purchase.self).createTableRequest(CreateOptions())
        #expect(request.keySchema.map(\.attributeName) == ["pk", "sk"])
        #expect(
            request.globalSecondaryIndexes.map { $0.keySchema.map(\.attributeName) } == [
                ["g1pk", "sk"], ["g2pk", "total"], ["big"],
            ]
        )
    }

    @Test(arguments: ["", "plain", "a#b", "100%", "%23", "ü#é", "#", "a%2"])
    func `what is put in comes out again, whatever it is`(text: String) throws {
        let key = CompositeKey("k", "A#{customer}|{day}", \Purchase.customer, \Purchase.day)
        let both = try key(text, text)
        let (first, second) = try key.parts(of: both)
        #expect(first == text && second == text)
        #expect(both.filter { $0 == "#" }.count == 1 && both.filter { $0 == "|" }.count == 1)
    }

    @Test func `parts are read back as their types`() throws {
        let (day, number) = try Purchase.sk.parts(of: "ORDER#2026-01-31#0012")
        #expect(day == "2026-01-31" && number == 12)
        let (state, customer) = try Purchase.stateKey.parts(of: "STATE#closed#c%231")
        #expect(state == .closed && customer == "c#1")
        #expect(try Purchase.regionKey.parts(of: "eu") == "eu")
    }

    @Test(arguments: [
        "", "ORDER#", "ORDER#2026", "ORDER#2026#12", "ORDER#2026#00012", "order#2026#0012", "ORDER#2026#00x2",
        "ORDER#%2#0012", "ORDER#%FF#0012",
    ])
    func `a key of another template is refused without showing it`(key: String) {
        let error = #expect(throws: AlternatorError.self) { try Purchase.sk.parts(of: key) }
        #expect(error?.code == .decoding)
        #expect(key.count < 7 || error?.message.contains(key) == false)
    }

    @Test func `dates, ids and flags have a text that sorts and reads back`() throws {
        let date = Date(timeIntervalSince1970: 1_700_000_000.75)
        #expect(date.keyText == "2023-11-14T22:13:20.750Z")
        #expect(Date(keyText: "2023-11-14T22:13:20.750Z") == date)
        #expect(Date(keyText: "soon") == nil)
        #expect(Date.distantFuture.keyText == "4001-01-01T00:00:00.000Z")
        #expect(Date(timeIntervalSince1970: 1e15).keyText == nil)
        let id = UUID()
        #expect(id.keyText.flatMap(UUID.init(keyText:)) == id)
        #expect(true.keyText.flatMap(Bool.init(keyText:)) == true)
        #expect((-5).keyText.flatMap(Int.init(keyText:)) == -5)
        #expect(UInt8(keyText: "256") == nil)
        #expect(Phase(keyText: "nothing") == nil)
        #expect(Int?.none.keyText == nil)
    }

    @Test(arguments: [
        ("A#{customer}", "1 places in braces for 2"), ("A#{customer}{day}", "must be a separator"),
        ("{customer}x{day}", "must be a separator"), ("A#{customer", "no }"), ("A#customer}#{day}", "no {"),
        ("A#{}#{day}", "without a property's name"), ("A#{customer:0}#{day}", "width"),
        ("A#{customer:x}#{day}", "width"), ("A#{day}#{customer}", "is given the property customer"),
    ])
    func `a template that cannot be used says why`(template: String, reason: String) {
        let key = CompositeKey("k", template, \Purchase.customer, \Purchase.day)
        let error = #expect(throws: AlternatorError.self) { try key("a", "b") }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(template) == true)
    }

    @Test func `numbers that do not fit their width, nil, and wrong prefixes are refused`() {
        #expect(throws: AlternatorError.self) { try Purchase.sk("d", 10_000) }
        #expect(throws: AlternatorError.self) { try Purchase.sk("d", -1) }
        #expect(throws: AlternatorError.self) { try Purchase.regionKey(nil) }
        #expect(throws: AlternatorError.self) { try Purchase.sk.prefix(7) }
        #expect(throws: AlternatorError.self) { try Purchase.sk.prefix("d", 1, 2) }
    }

    // MARK: Updates

    @Test func `an update that sets all parts of a key sets the key`() async throws {
        let bench = try await Bench()
        let orders = bench.resource.table("orders", of: Purchase.self)
        // The customer is known from the key.
        try await orders.update(Purchase.pk("c#1"), Purchase.sk("d", 1)) { $0.state.set(.closed) }
        #expect(bench.bodies[0].contains(##""UpdateExpression":"SET #n0 = :v0, #n1 = :v1""##))
        #expect(bench.bodies[0].contains(##"{"#n0":"state","#n1":"g1pk"}"##))
        #expect(bench.bodies[0].contains(#"{":v0":{"S":"closed"},":v1":{"S":"STATE#closed#c%231"}}"#))
        try await orders.update(Purchase.pk("c1"), Purchase.sk("d", 1)) { $0.region.set(nil) }
        #expect(bench.bodies[1].contains(##""UpdateExpression":"REMOVE #n0, #n1""##))
        try await orders.update(Purchase.pk("c1"), Purchase.sk("d", 1)) { $0.total.set(200) }
        #expect(bench.bodies[2].contains(#":v1":{"S":"d!"}"#))
        try await orders.update(Purchase.pk("c1"), Purchase.sk("d", 1)) { $0.total.set(20) }
        #expect(bench.bodies[3].contains(##""UpdateExpression":"SET #n0 = :v0 REMOVE #n1""##))
    }

    @Test func `an update that leaves a key unknown, or changes the primary key, is refused`() async throws {
        let bench = try await Bench()
        let orders = bench.resource.table("orders", of: Purchase.self)
        func failure(@UpdateBuilder<Purchase> _ changes: Changing<Purchase>) async -> String? {
            let error = await #expect(throws: AlternatorError.self) {
                try await orders.update(key: .init(Purchase.pk("c1"), Purchase.sk("d", 1)), changes)
            }
            return error?.message
        }
        let added = await failure { $0.total.add(1) }
        #expect(added?.contains("\"big\"") == true && added?.contains("\"total\"") == true)
        let moved = await failure { $0.number.set(8) }
        #expect(moved?.contains("\"sk\"") == true && moved?.contains("cannot change") == true)
        #expect(bench.sent.isEmpty)
        let byName = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("orders").update(
                Purchase.self,
                key: ["pk": "CUSTOMER#c1", "sk": "ORDER#d#0001"]
            ) {
                $0.total.add(1)
            }
        }
        #expect(byName?.code == .mapping)
        #expect(bench.sent.isEmpty)
    }

    @Test func `a property of the key's name is written with the computed value and read as stored`() async throws {
        let bench = try await Bench(answers: [
            .ok("{}"), .ok(#"{"Item":{"id":{"N":"1"},"day":{"S":"m"},"pk":{"S":"D-m"}}}"#),
        ])
        let mixed = bench.resource.table("mixed", of: Mixed.self)
        try await mixed.put(Mixed(id: 1, day: "m", pk: "stale"))
        #expect(bench.bodies[0].contains(#""Item":{"id":{"N":"1"},"day":{"S":"m"},"pk":{"S":"D-m"}}"#))
        #expect(try await mixed.get(1, "D-m")?.pk == "D-m")
    }
}

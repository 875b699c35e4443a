import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

private struct Entry: TimestampedItem, Equatable {
    var id: String
    var n: Int
    var created: Date?
    var updated: Date?
    enum CodingKeys: String, CodingKey { case id, n, created = "c", updated = "u" }
    static let primaryKey = PrimaryKey(\Entry.id)
    static let timestamps = Timestamps<Entry>(created: .init(\.created), updated: .init(\.updated))
}

private struct Milli: TimestampedItem, Equatable {
    var id: String
    var made: Date
    var touched: Int
    static let primaryKey = PrimaryKey(\Milli.id)
    static let timestamps = Timestamps<Milli>(
        created: .init(\.made),
        updated: .init(\.touched),
        format: .milliseconds
    )
}

private struct Text: TimestampedItem, Equatable {
    var id: String
    var made: Date?
    var touched: String?
    static let primaryKey = PrimaryKey(\Text.id)
    static let timestamps = Timestamps<Text>(created: .init(\.made), updated: .init(\.touched), format: .iso8601)
}

private struct Saved: VersionedItem, TimestampedItem, Equatable {
    var id: String
    var rev: Int?
    var created: Date?
    var updated: Date?
    static let primaryKey = PrimaryKey(\Saved.id)
    static let version = VersionAttribute(\Saved.rev)
    static let timestamps = Timestamps<Saved>(created: .init(\.created), updated: .init(\.updated))
}

private struct Unfit: TimestampedItem {
    var id: String
    var updated: Int
    static let primaryKey = PrimaryKey(\Unfit.id)
    static let timestamps = Timestamps<Unfit>(updated: .init(\.updated), format: .iso8601)
}

struct TimestampTests {
    // 2023-11-14T22:13:20.750Z
    private static let now = Date(timeIntervalSince1970: 1_700_000_000.75)

    private func bench(
        _ answer: @escaping @Sendable (Int, ScriptedTransport.Call) -> ScriptedTransport.Reply? = { _, _ in nil }
    ) async throws -> Bench {
        try await Bench(answer)
    }

    @Test func `an insert and a put write both times, a put keeps the time of creation it knows`() async throws {
        let bench = try await bench()
        let entries = bench.resource.table("e", of: Entry.self).with(clock: { Self.now })
        let old = Date(timeIntervalSince1970: 5.9)
        try await entries.insert(Entry(id: "a", n: 1))
        try await entries.put(Entry(id: "a", n: 1))
        try await entries.put(Entry(id: "a", n: 1, created: old, updated: old))
        let fresh = #""Item":{"id":{"S":"a"},"n":{"N":"1"},"u":{"N":"1700000000"},"c":{"N":"1700000000"}}"#
        #expect(bench.bodies[0].contains(fresh))
        #expect(bench.bodies[1].contains(fresh))
        #expect(bench.bodies[2].contains(#""u":{"N":"1700000000"},"c":{"N":"5"}}"#))
    }

    @Test func `an update sets the time of the write, and that of creation if it is missing`() async throws {
        let bench = try await bench()
        let entries = bench.resource.table("e", of: Entry.self).with(clock: { Self.now })
        try await entries.update("a") { $0.n.set(2) }
        #expect(
            bench.bodies[0] == #"{"TableName":"e","Key":{"id":{"S":"a"}},"UpdateExpression":"#
                + ##""SET #n0 = :v0, #n1 = :v1, #n2 = if_not_exists(#n2, :v2)","##
                + ##""ExpressionAttributeNames":{"#n0":"n","#n1":"u","#n2":"c"},"ExpressionAttributeValues":"##
                + #"{":v0":{"N":"2"},":v1":{"N":"1700000000"},":v2":{"N":"1700000000"}}}"#
        )
        // What the caller sets is left alone.
        try await entries.update("a") {
            $0.updated.set(Date(timeIntervalSince1970: 3.5))
            $0.created.remove()
        }
        #expect(bench.bodies[1].contains(##""UpdateExpression":"SET #n0 = :v0 REMOVE #n1""##))
        #expect(bench.bodies[1].contains(#"{":v0":{"N":"3"}}"#))
        let error = await #expect(throws: AlternatorError.self) { try await entries.update("a") { _ in } }
        #expect(error?.code == .mapping)
    }

    @Test func `milliseconds and text are written, compared and read back as declared`() async throws {
        let bench = try await bench { _, call in
            call.operation != "GetItem"
                ? nil
                : .ok(
                    call.body.contains("milli")
                        ? #"{"Item":{"id":{"S":"m"},"made":{"N":"1700000000750"},"touched":{"N":"1700000000751"}}}"#
                        : #"{"Item":{"id":{"S":"t"},"made":{"S":"2023-11-14T22:13:20.750Z"},"touched":{"S":"x"}}}"#
                )
        }
        let millis = bench.resource.table("milli", of: Milli.self).with(clock: { Self.now })
        try await millis.insert(Milli(id: "m", made: .distantPast, touched: 0))
        try await millis.put(Milli(id: "m", made: Date(timeIntervalSince1970: 1.2345), touched: 0))
        #expect(bench.bodies[0].contains(#""touched":{"N":"1700000000750"},"made":{"N":"1700000000750"}}"#))
        #expect(bench.bodies[1].contains(#""made":{"N":"1235"}}"#))
        #expect(try await millis.get("m") == Milli(id: "m", made: Self.now, touched: 1_700_000_000_751))
        _ = try await millis.scan().where { $0.made < Self.now }.first()
        #expect(bench.bodies[3].contains(#"{":v0":{"N":"1700000000750"}}"#))

        let texts = bench.resource.table("text", of: Text.self).with(clock: { Self.now })
        try await texts.put(Text(id: "t"))
        let text = "2023-11-14T22:13:20.750Z"
        #expect(bench.bodies[4].contains(#""touched":{"S":"\#(text)"},"made":{"S":"\#(text)"}}"#))
        try await texts.update("t", if: { $0.made <= Self.now }) { $0.made.setIfMissing(Self.now) }
        #expect(!bench.bodies[5].contains(#"{"N":"#))
        #expect(try await texts.get("t")?.made == Self.now)
    }

    @Test func `a save returns the times it wrote`() async throws {
        let bench = try await bench()
        let saved = bench.resource.table("s", of: Saved.self).with(clock: { Self.now })
        let whole = Date(timeIntervalSince1970: 1_700_000_000)
        let first = try await saved.save(Saved(id: "a"))
        #expect(first == Saved(id: "a", rev: 1, created: whole, updated: whole))
        let later = saved.with(clock: { Self.now + 60 })
        let second = try await later.save(first)
        #expect(second == Saved(id: "a", rev: 2, created: whole, updated: whole + 60))
    }

    @Test func `a batch and a write by name keep the times too`() async throws {
        let bench = try await bench()
        let entries = bench.resource.table("e", of: Entry.self).with(clock: { Self.now })
        _ = try await entries.batchWrite(put: [Entry(id: "a", n: 1)])
        #expect(bench.bodies[0].contains(#""u":{"N":"1700000000"},"c":{"N":"1700000000"}"#))
        let byName = bench.resource.table("e")
        try await byName.put(Entry(id: "a", n: 1))
        try await byName.update(Entry.self, key: ["id": "a"]) { $0.n.set(1) }
        #expect(bench.bodies[1].contains(#""u":{"N":""#))
        #expect(bench.bodies[2].contains("if_not_exists"))
    }

    @Test func `the resource's clock is the default one, for expiry too`() async throws {
        let bench = try await bench()
        let resource = AlternatorResource(client: bench.resource.client, clock: { Self.now })
        try await resource.table("e", of: Entry.self).put(Entry(id: "a", n: 1))
        #expect(bench.bodies[0].contains(#""u":{"N":"1700000000"}"#))
        _ = try await resource.table(Visit.self).query("x").excludingExpired().first()
        #expect(bench.bodies[1].contains(#"{"N":"1700000000"}"#))
    }

    @Test func `a property that cannot hold the form is refused`() async throws {
        let bench = try await bench()
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("u", of: Unfit.self).put(Unfit(id: "a", updated: 1))
        }
        #expect(error?.code == .mapping)
        #expect(bench.sent.isEmpty)
    }
}

extension [UInt8] {
    fileprivate func contains(_ text: String) -> Bool { String(decoding: self, as: UTF8.self).contains(text) }
}

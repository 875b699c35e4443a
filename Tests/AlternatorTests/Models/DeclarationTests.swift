import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

// Models whose coding stores a property elsewhere than its coding key says. Each is used by one test, because the check is
// done once per type and program.

private struct LateExpiry: ExpiringItem {
    var id: String
    var until: Date?
    enum CodingKeys: String, CodingKey { case id, until }
    static let primaryKey = PrimaryKey(\LateExpiry.id)
    static let expiry = ExpiryAttribute(\LateExpiry.until)

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        // A minute late.
        try container.encodeIfPresent(until.map { $0 + 60 }, forKey: .until)
    }
}

private struct TextIndex: IndexedItem {
    var id: String
    var score: Int?
    enum CodingKeys: String, CodingKey { case id, score }
    static let primaryKey = PrimaryKey(\TextIndex.id)
    static let byScore = SecondaryIndex.global("byScore", \TextIndex.score)
    static let indexes = Indexes(byScore)

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encodeIfPresent(score.map { "\($0)" }, forKey: .score)
    }
}

private struct MovedIndex: IndexedItem {
    var id: String
    var score: Int?
    enum CodingKeys: String, CodingKey { case id, score }
    static let primaryKey = PrimaryKey(\MovedIndex.id)
    static let byScore = SecondaryIndex.global("byScore", \MovedIndex.score)
    static let indexes = Indexes(byScore)

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encodeIfPresent(score.map { $0 + 1 }, forKey: .score)
    }
}

private struct Lossy: TableItem {
    var id: String
    var note: String
    enum CodingKeys: String, CodingKey { case id, note }
    static let primaryKey = PrimaryKey(\Lossy.id)

    init(id: String, note: String) {
        self.id = id
        self.note = note
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        note = try container.decode(String.self, forKey: .note) + "!"
    }
}

struct DeclarationTests {
    @Test func `an expiry stored as another time is found when the first item has one`() async throws {
        let bench = try await Bench()
        let table = bench.resource.table("late", of: LateExpiry.self)
        try await table.put(LateExpiry(id: "a", until: nil))
        try await table.put(LateExpiry(id: "b", until: nil))
        #expect(bench.sent.count == 2)
        let error = await #expect(throws: AlternatorError.self) {
            try await table.put(LateExpiry(id: "c", until: Date(timeIntervalSince1970: 100)))
        }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains("\"until\"") == true && error?.message.contains("expiry") == true)
        #expect(bench.sent.count == 2)
    }

    @Test func `an index key stored as another type or value is found before it is sent`() async throws {
        let bench = try await Bench()
        let text = bench.resource.table("text", of: TextIndex.self)
        try await text.put(TextIndex(id: "a", score: nil))
        let wrongType = await #expect(throws: AlternatorError.self) { try await text.put(TextIndex(id: "a", score: 3)) }
        #expect(wrongType?.message.contains("is declared N but its value is S") == true)
        let moved = bench.resource.table("moved", of: MovedIndex.self)
        let wrongValue = await #expect(throws: AlternatorError.self) {
            try await moved.put(MovedIndex(id: "a", score: 3))
        }
        #expect(wrongValue?.message.contains("index byScore") == true)
        #expect(bench.sent.count == 1)
    }

    @Test func `a test can verify a model by a sample`() async throws {
        let bench = try await Bench()
        let visit = Visit(site: "s", at: 1, hits: 2, note: "n", until: Date(timeIntervalSince1970: 1.5))
        try bench.resource.table(Visit.self).verifyMapping(sample: visit)
        let lossy = #expect(throws: AlternatorError.self) {
            try bench.resource.table("l", of: Lossy.self).verifyMapping(sample: Lossy(id: "a", note: "n"))
        }
        #expect(lossy?.message.contains("come back") == true)
        #expect(bench.sent.isEmpty)
    }
}

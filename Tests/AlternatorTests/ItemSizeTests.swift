import AlternatorCore
import AlternatorWire
import TestSupport
import Testing

@testable import Alternator

/// `AlternatorConfig.itemSizeLimit`: what is too large for it is refused before it is sent.
struct ItemSizeTests {
    private struct Note: NamedTableItem {
        var id: String
        var text: String
        static let tableName = "notes"
        static let primaryKey = PrimaryKey(\Note.id)
    }
    private struct Draft: NamedTableItem, VersionedItem {
        var id: String
        var text: String
        var rev: Int?
        static let tableName = "drafts"
        static let primaryKey = PrimaryKey(\Draft.id)
        static let version = VersionAttribute(\Draft.rev)
    }

    /// `id` and `text` are 6 bytes, "a" is one.
    private static func text(for bytes: Int) -> String { String(repeating: "x", count: bytes - 7) }

    private static func code(_ body: () async throws -> Void) async -> AlternatorError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? AlternatorError
        }
    }

    @Test func `every verb that writes a whole item has the limit`() async throws {
        let bench = try await Bench(
            { _, call in call.operation == "BatchWriteItem" ? .ok(#"{"UnprocessedItems":{}}"#) : nil },
            configure: { $0.itemSizeLimit = .bytes(100) }
        )
        let notes = bench.resource.table(Note.self)
        let named = bench.resource.table("notes")
        let large = Note(id: "a", text: Self.text(for: 101))
        let attributes: [String: AttributeValue] = ["id": "a", "text": .string(Self.text(for: 101))]
        let verbs: [() async throws -> Void] = [
            { try await notes.put(large) }, { try await notes.insert(large) }, { _ = try await notes.replace(large) },
            { _ = try await notes.tryPut(large, if: { $0.text == "" }) },
            { _ = try await notes.batchWrite(put: [large]) },
            { _ = try await notes.putEach([large])[0].get() },
            { _ = try await bench.resource.writeEach([notes.putRequest(large)])[0].get() },
            { try await named.put(large) }, { try await named.put(attributes) },
            { _ = try await named.batchWrite(put: [large]) },
            {
                _ = try await bench.resource.writeEach([named.putRequest(attributes, if: { $0["a"].isMissing() })])[0]
                    .get()
            },
            { _ = try await bench.resource.table(Draft.self).save(Draft(id: "a", text: large.text)) },
        ]
        for (number, verb) in verbs.enumerated() {
            let error = await Self.code(verb)
            #expect(error?.code == .mapping, "verb \(number)")
            #expect(error?.message.contains("AlternatorConfig.itemSizeLimit is 100") == true, "verb \(number)")
            #expect(error?.table != nil && error?.operation != nil, "verb \(number)")
        }
        #expect(bench.sent.isEmpty)
        try await notes.put(Note(id: "a", text: Self.text(for: 100)))
        _ = try await notes.batchWrite(put: [Note(id: "a", text: Self.text(for: 100))])
        #expect(bench.sent.count == 2)
    }

    @Test func `without a limit only that of a request holds`() async throws {
        let bench = try await Bench()
        try await bench.resource.table(Note.self).put(Note(id: "a", text: Self.text(for: 500_000)))
        #expect(bench.sent.count == 1)
    }

    @Test func `DynamoDB's limit is 400 KB to the byte`() async throws {
        let bench = try await Bench(configure: { $0.itemSizeLimit = .dynamoDB })
        let notes = bench.resource.table(Note.self)
        try await notes.put(Note(id: "a", text: Self.text(for: 409_600)))
        let error = await Self.code { try await notes.put(Note(id: "a", text: Self.text(for: 409_601))) }
        #expect(
            error?.message == "The item has 409601 bytes as DynamoDB counts them; "
                + "AlternatorConfig.itemSizeLimit is 409600."
        )
    }
}

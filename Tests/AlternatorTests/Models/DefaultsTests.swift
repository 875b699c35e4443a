import AlternatorWire
import TestSupport
import Testing

@testable import Alternator

private struct Job: TableItem, DefaultingItem, Equatable {
    var id: String
    var state: String
    var tries: Int
    var note: String?
    var tags: Set<String>
    enum CodingKeys: String, CodingKey { case id, state = "st", tries, note, tags }
    static let primaryKey = PrimaryKey(\Job.id)
    static let defaults = AttributeDefaults<Job>().with(\.state, "new").with(\.tries, 3).with(\.note, "none")
}

private struct Broken: TableItem, DefaultingItem {
    var id: String
    var twice: String { id + id }
    static let primaryKey = PrimaryKey(\Broken.id)
    static let defaults = AttributeDefaults<Broken>().with(\.twice, "x")
}

struct DefaultsTests {
    @Test func `a missing or NULL attribute is read as its default, a present one is kept`() throws {
        let reading = try ItemReading<Job>()
        #expect(
            try reading.item(from: ["id": "a"]) == Job(id: "a", state: "new", tries: 3, note: "none", tags: [])
        )
        #expect(
            try reading.item(from: ["id": "a", "st": nil, "tries": 0, "note": "n", "tags": .stringSet(["t"])])
                == Job(id: "a", state: "new", tries: 0, note: "n", tags: ["t"])
        )
    }

    @Test func `every read of a model knows its defaults`() async throws {
        let item = #"{"id":{"S":"a"}}"#
        let bench = try await Bench { _, call in
            switch call.operation {
            case "GetItem": .ok(#"{"Item":\#(item)}"#)
            case "BatchGetItem": .ok(#"{"Responses":{"tasks":[\#(item)]}}"#)
            case "PutItem":
                .status(400, #"{"__type":"x#ConditionalCheckFailedException","message":"no","Item":\#(item)}"#)
            default: .ok(#"{"Items":[\#(item)],"Count":1,"ScannedCount":1}"#)
            }
        }
        let tasks = bench.resource.table("tasks", of: Job.self)
        let expected = Job(id: "a", state: "new", tries: 3, note: "none", tags: [])
        #expect(try await tasks.get("a") == expected)
        #expect(try await tasks.get(["a"])["a"] == expected)
        #expect(try await tasks.query("a").all(max: 9) == [expected])
        #expect(try await tasks.scan().all(max: 9) == [expected])
        #expect(try await bench.resource.table("tasks").get(Job.self, key: ["id": "a"]) == expected)
        let outcome = try await tasks.tryPut(expected, if: { $0.tries == 9 })
        guard case .conditionFailed(let existing) = outcome else {
            Issue.record("the condition failed")
            return
        }
        #expect(existing == expected)
    }

    @Test func `a default for what is no attribute is an error naming the property`() {
        let error = #expect(throws: AlternatorError.self) { try ItemReading<Broken>().item(from: ["id": "a"]) }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains("A default of Broken") == true)
    }
}

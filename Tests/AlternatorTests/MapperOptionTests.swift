import AlternatorCore
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import Alternator

/// What `with` overrides goes out with every request of the mapper.
struct MapperOptionTests {
    private struct Thing: NamedTableItem, Equatable {
        var id: String
        var n: Int
        static let tableName = "things"
        static let primaryKey = PrimaryKey(\Thing.id)
    }

    private static func reply(_ call: ScriptedTransport.Call) -> ScriptedTransport.Reply? {
        let table = #"{"TableName":"things","TableStatus":"ACTIVE","TableArn":"arn"}"#
        switch call.operation {
        case "CreateTable", "DeleteTable", "UpdateTable": return .ok(#"{"TableDescription":\#(table)}"#)
        case "DescribeTable": return .ok(#"{"Table":\#(table)}"#)
        case "TagResource", "UntagResource": return .ok("")
        case "ListTagsOfResource": return .ok(#"{"Tags":[]}"#)
        case "Query", "Scan": return .ok(#"{"Items":[],"Count":0,"ScannedCount":0}"#)
        case "BatchGetItem": return .ok(#"{"Responses":{}}"#)
        case "BatchWriteItem": return .ok(#"{"UnprocessedItems":{}}"#)
        case "UpdateTimeToLive": return .ok(#"{"TimeToLiveSpecification":{"AttributeName":"e","Enabled":true}}"#)
        default: return nil
        }
    }

    private static func bench() async throws -> Bench { try await Bench { _, call in reply(call) } }

    /// What a verb answers to such short answers does not matter, only what it sends.
    private static func sent(
        _ bench: Bench,
        _ verbs: [() async throws -> Void]
    ) async -> (operations: Set<String>, allCarryIt: Bool) {
        for verb in verbs {
            do { try await verb() } catch {
                // It has sent its request.
            }
        }
        let requests = bench.transport.requests
        return (
            Set(requests.compactMap(\.operation)),
            requests.allSatisfy {
                $0.header("X-Call") == "1" && $0.options.requestTimeout == .seconds(7)
                    && $0.header("Accept-Encoding") == "gzip"
                    && $0.header("Authorization")?.contains("Credential=caller/") == true
            }
        )
    }

    private static func change(_ options: inout RequestOptions) {
        options.additionalHeaders = ["X-Call": "1"]
        options.requestTimeout = .seconds(7)
        options.responseCompression = [.gzip]
        options.authentication = .credentials(accessKey: "caller", secretKey: "s")
    }

    private static let all: Set<String> = [
        "PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem",
        "CreateTable", "DescribeTable", "DeleteTable", "ListTagsOfResource", "TagResource", "UntagResource",
        "UpdateTimeToLive",
    ]

    @Test func `every verb of a table by name sends them`() async throws {
        let bench = try await Self.bench()
        let table = bench.resource.table("things").with(Self.change)
        let key: ItemKey = ["id": "a"]
        let item: [String: AttributeValue] = ["id": "a", "n": 1]
        let verbs: [() async throws -> Void] = [
            { try await table.put(item) }, { try await table.insert(item) },
            { _ = try await table.replace(item) }, { _ = try await table.get(key: key) },
            { try await table.update(Thing.self, key: key) { $0.n.set(1) } },
            { try await table.delete(key: key) }, { _ = try await table.removed(key: key) },
            { _ = try await table.query(key: key).page() }, { _ = try await table.scan().page() },
            { for try await _ in table.scan() {} }, { _ = try await table.scan().count() },
            { _ = try await table.get(Thing.self, keys: [key]) },
            { _ = try await table.batchWrite(put: [Thing(id: "a", n: 1)], delete: [["id": "b"]]) },
            { try await table.create(partitionKey: KeyDefinition("id", .s)) }, { _ = try await table.describe() },
            { try await table.waitUntilActive() }, { try await table.setTimeToLive("e", true) },
            { _ = try await table.tags() }, { try await table.setTags(["k": "v"]) },
            { try await table.removeTags(["k"]) }, { try await table.deleteTable() },
        ]
        let (operations, allCarryIt) = await Self.sent(bench, verbs)
        #expect(operations.subtracting(Self.all) == ["DescribeTimeToLive"] && operations.isSuperset(of: Self.all))
        #expect(allCarryIt)
    }

    @Test func `every verb of a typed table sends them`() async throws {
        let bench = try await Self.bench()
        let things = bench.resource.table(Thing.self).with(Self.change)
        let thing = Thing(id: "a", n: 1)
        let verbs: [() async throws -> Void] = [
            { try await things.put(thing) }, { try await things.insert(thing) },
            { _ = try await things.replace(thing) }, { _ = try await things.tryPut(thing, if: { $0.n < 2 }) },
            { _ = await things.putEach([thing]) }, { _ = try await things.get("a") },
            { try await things.update("a") { $0.n.add(1) } }, { _ = try await things.updated("a") { $0.n.add(1) } },
            { try await things.delete("a") }, { _ = try await things.removed("a") },
            { _ = try await things.query("a").page() }, { _ = try await things.scan().page() },
            { for try await _ in things.scan().parallel(segments: 2) {} }, { _ = try await things.count() },
            { _ = try await things.get(keys: [.init("a"), .init("b")]) },
            { _ = try await things.batchWrite(put: [thing], delete: [.init("b")]) },
            { try await things.create() }, { _ = try await things.describe() }, { try await things.waitUntilActive() },
            { _ = try await things.verifySchema() }, { _ = try await things.tags() },
            { try await things.setTags(["k": "v"]) }, { try await things.removeTags(["k"]) },
            { try await things.deleteTable() },
        ]
        let (operations, allCarryIt) = await Self.sent(bench, verbs)
        #expect(operations == Self.all.subtracting(["UpdateTimeToLive"]))
        #expect(allCarryIt)
    }

    @Test func `saving and modifying send them, and so do writes over several tables`() async throws {
        let bench = try await Self.bench()
        let counted = bench.resource.table(Counted.self).with(Self.change)
        var options = RequestOptions()
        Self.change(&options)
        let writes = [bench.resource.table(Thing.self).putRequest(Thing(id: "a", n: 1))]
        let verbs: [() async throws -> Void] = [
            { _ = try await counted.save(Counted(id: "a", n: 1, rev: 3)) },
            { _ = try await counted.modify("a") { $0.n += 1 } },
            { _ = try await counted.saveEach([Counted(id: "a", n: 1, rev: 3)])[0].get() },
            // A write brings the options of the table that made it, unless others are given.
            { _ = await bench.resource.writeEach([counted.updateRequest(.init("a")) { $0.n.add(1) }]) },
            { [options] in _ = await bench.resource.writeEach(writes, requestOptions: options) },
            { [options] in _ = try await bench.resource.tableNames(requestOptions: options) },
            { [options] in _ = try await bench.resource.batchWrite(writes, requestOptions: options) },
        ]
        let (operations, allCarryIt) = await Self.sent(bench, verbs)
        #expect(
            operations.isSuperset(of: ["PutItem", "GetItem", "UpdateItem", "ListTables", "BatchWriteItem"])
        )
        #expect(allCarryIt)
    }
}

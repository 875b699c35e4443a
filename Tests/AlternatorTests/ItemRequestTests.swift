import AlternatorCore
import AlternatorRouting
import AlternatorWire
import Foundation
import Testing

@testable import Alternator

/// Single-item requests, byte for byte, with their class for routing and retries.
struct ItemRequestTests {
    private let visit = Visit(site: "x", at: 7, hits: 2, note: nil, until: nil)

    private func table() async throws -> (Bench, TypedTable<Visit>) {
        let bench = try await Bench()
        return (bench, bench.resource.table(Visit.self))
    }

    private func check(
        _ request: EncodedRequest,
        _ body: String,
        _ access: RouteHint.Access,
        _ safety: RetrySafety,
        key: AttributeValue? = .string("x"),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(String(decoding: request.body, as: UTF8.self) == body, sourceLocation: sourceLocation)
        #expect(request.hint?.access == access, sourceLocation: sourceLocation)
        #expect(request.hint?.partitionKey == key, sourceLocation: sourceLocation)
        #expect(request.hint?.table == "visits", sourceLocation: sourceLocation)
        #expect(request.table == "visits", sourceLocation: sourceLocation)
        #expect(request.safety == safety, sourceLocation: sourceLocation)
    }

    private static let item = #"{"TableName":"visits","Item":{"s":{"S":"x"},"a":{"N":"7"},"hits":{"N":"2"}}"#

    @Test func `a condition by itself is what it adds to a request`() throws {
        let fields = Fields<Visit>()
        let members = try (fields.hits > 3 && fields.site != "y").requestMembers()
        #expect(
            String(decoding: members, as: UTF8.self)
                == ##""ConditionExpression":"#n0 > :v0 AND #n1 <> :v1","##
                + ##""ExpressionAttributeNames":{"#n0":"hits","#n1":"s"},"##
                + ##""ExpressionAttributeValues":{":v0":{"N":"3"},":v1":{"S":"y"}}"##
        )
        #expect(try Condition<Visit>.always.requestMembers().isEmpty)
    }

    @Test func `a put sends the item and nothing else`() async throws {
        let (_, visits) = try await table()
        check(try visits.encodedPut(visit, if: .always), Self.item + "}", .write, .idempotent)
    }

    @Test func `a conditional put asks for the item that stands against it`() async throws {
        let (_, visits) = try await table()
        let condition = Fields<Visit>().hits < 3
        check(
            try visits.encodedPut(visit, if: condition.node),
            Self.item + ##","ConditionExpression":"#n0 < :v0","ReturnValuesOnConditionCheckFailure":"ALL_OLD","##
                + ##""ExpressionAttributeNames":{"#n0":"hits"},"ExpressionAttributeValues":{":v0":{"N":"3"}}}"##,
            .readModifyWrite,
            .conditional
        )
    }

    @Test func `a replace counts, because its answer would differ the second time`() async throws {
        let (_, visits) = try await table()
        check(
            try visits.encodedPut(visit, if: .always, returning: .old),
            Self.item + #","ReturnValues":"ALL_OLD"}"#,
            .readModifyWrite,
            .counting
        )
    }

    @Test func `an insert needs the partition key to be absent`() async throws {
        let (_, visits) = try await table()
        check(
            try visits.encodedInsert(visit),
            Self.item + ##","ConditionExpression":"attribute_not_exists(#n0)","##
                + ##""ReturnValuesOnConditionCheckFailure":"ALL_OLD","ExpressionAttributeNames":{"#n0":"s"}}"##,
            .readModifyWrite,
            .conditional
        )
    }

    @Test func `an expiry is written in whole seconds`() async throws {
        let (_, visits) = try await table()
        var expiring = visit
        expiring.until = Date(timeIntervalSince1970: 1_700_000_000.9)
        expiring.note = "n"
        check(
            try visits.encodedPut(expiring, if: .always),
            #"{"TableName":"visits","Item":{"s":{"S":"x"},"a":{"N":"7"},"hits":{"N":"2"},"note":{"S":"n"},"#
                + #""ttl":{"N":"1700000000"}}}"#,
            .write,
            .idempotent
        )
    }

    @Test func `a get sends the key and, if wanted, consistency and a projection`() async throws {
        let (_, visits) = try await table()
        let start = #"{"TableName":"visits","Key":{"s":{"S":"x"},"a":{"N":"7"}}"#
        check(
            try visits.encodedGet(.init("x", 7), consistent: false, projection: nil),
            start + "}",
            .read,
            .idempotent
        )
        check(
            try visits.encodedGet(.init("x", 7), consistent: true, projection: nil),
            start + #","ConsistentRead":true}"#,
            .read,
            .idempotent
        )
        check(
            try visits.encodedGet(.init("x", 7), consistent: false, projection: ["hits", "note"]),
            start + ##","ProjectionExpression":"#n0, #n1","ExpressionAttributeNames":{"#n0":"hits","#n1":"note"}}"##,
            .read,
            .idempotent
        )
    }

    /// Keys as bytes, by what they are made of.
    private static let keys: [(AttributeValue, AttributeValue?, String)] = [
        (.string("u1"), nil, #"{"p":{"S":"u1"}}"#),
        (.string("a\"\\\n\u{1}é"), nil, ##"{"p":{"S":"a\"\\\n\u0001é"}}"##),
        (.string("u1"), .string("o\"2"), ##"{"p":{"S":"u1"},"q\"":{"S":"o\"2"}}"##),
        (.string("u1"), .number(7), ##"{"p":{"S":"u1"},"q\"":{"N":"7"}}"##),
        (.string("u1"), .binary([0, 255]), ##"{"p":{"S":"u1"},"q\"":{"B":"AP8="}}"##),
        (.number(7), .string("o2"), ##"{"p":{"N":"7"},"q\"":{"S":"o2"}}"##),
        (.binary([1]), nil, #"{"p":{"B":"AQ=="}}"#),
    ]

    @Test(arguments: keys.indices) func `a key of any types is sent as it is`(index: Int) throws {
        let (partition, sort, json) = Self.keys[index]
        func attribute(_ name: String, _ value: AttributeValue) -> KeyAttribute {
            switch value {
            case .number: KeyAttribute(name: name, type: .n)
            case .binary: KeyAttribute(name: name, type: .b)
            default: KeyAttribute(name: name, type: .s)
            }
        }
        let requests = KeyRequests(
            table: "t",
            partition: attribute("p", partition),
            sort: sort.map { attribute("q\"", $0) }
        )
        let plain = try requests.get(partition, sort, consistent: false, projection: nil)
        #expect(String(decoding: plain.body, as: UTF8.self) == #"{"TableName":"t","Key":"# + json + "}")
        let consistent = try requests.get(partition, sort, consistent: true, projection: nil)
        #expect(
            String(decoding: consistent.body, as: UTF8.self)
                == #"{"TableName":"t","Key":"# + json + #","ConsistentRead":true}"#
        )
    }

    @Test func `an update's class is that of its changes`() async throws {
        let (_, visits) = try await table()
        let start = #"{"TableName":"visits","Key":{"s":{"S":"x"},"a":{"N":"7"}}"#
        let plain = changes(of: Visit.self) { $0.hits.set(1) }.map(\.change)
        let counting = changes(of: Visit.self) { $0.hits.add(1) }.map(\.change)
        check(
            try visits.encodedUpdate(.init("x", 7), if: .always, plain),
            start + ##","UpdateExpression":"SET #n0 = :v0","ExpressionAttributeNames":{"#n0":"hits"},"##
                + #""ExpressionAttributeValues":{":v0":{"N":"1"}}}"#,
            .write,
            .idempotent
        )
        check(
            try visits.encodedUpdate(.init("x", 7), if: (Fields<Visit>().hits == 0).node, plain),
            start + ##","UpdateExpression":"SET #n0 = :v0","ConditionExpression":"#n0 = :v1","##
                + ##""ReturnValuesOnConditionCheckFailure":"ALL_OLD","ExpressionAttributeNames":{"#n0":"hits"},"##
                + #""ExpressionAttributeValues":{":v0":{"N":"1"},":v1":{"N":"0"}}}"#,
            .readModifyWrite,
            .conditional
        )
        check(
            try visits.encodedUpdate(.init("x", 7), if: .always, counting),
            start + ##","UpdateExpression":"ADD #n0 :v0","ExpressionAttributeNames":{"#n0":"hits"},"##
                + #""ExpressionAttributeValues":{":v0":{"N":"1"}}}"#,
            .readModifyWrite,
            .counting
        )
        #expect(
            try visits.encodedUpdate(.init("x", 7), if: (Fields<Visit>().hits == 0).node, counting).safety == .counting
        )
        let returning = try visits.encodedUpdate(.init("x", 7), if: .always, plain, returning: .new)
        #expect(returning.safety == .idempotent)
        #expect(returning.hint?.access == .readModifyWrite)
        #expect(String(decoding: returning.body, as: UTF8.self).contains(#""ReturnValues":"ALL_NEW""#))
    }

    @Test func `a delete sends the key`() async throws {
        let (_, visits) = try await table()
        let start = #"{"TableName":"visits","Key":{"s":{"S":"x"},"a":{"N":"7"}}"#
        check(try visits.encodedDelete(.init("x", 7), if: .always), start + "}", .write, .idempotent)
        check(
            try visits.encodedDelete(.init("x", 7), if: .always, returning: .old),
            start + #","ReturnValues":"ALL_OLD"}"#,
            .readModifyWrite,
            .counting
        )
    }

    // MARK: Bad keys

    @Test func `an empty key is refused before anything is sent`() async throws {
        let (bench, visits) = try await table()
        let error = await #expect(throws: AlternatorError.self) { _ = try await visits.get("", 1) }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains("\"s\"") == true)
        #expect(error?.operation == "GetItem")
        #expect(error?.table == "visits")
        await #expect(throws: AlternatorError.self) {
            try await visits.put(Visit(site: "", at: 1, hits: 0, note: nil, until: nil))
        }
        let users = bench.resource.table("users")
        for key: ItemKey in [
            ["id": ""], ["id": AttributeValue.binary([])], ["id": AttributeValue.bool(true)], [:],
            ["a": 1, "b": 2, "c": 3], ["a": 1, "a": 2], ["": "x"],
        ] {
            let error = await #expect(throws: AlternatorError.self) { _ = try await users.get(key: key) }
            #expect(error?.code == .mapping)
        }
        #expect(bench.sent.isEmpty)
    }

    // MARK: Models that do not hold what they declare

    private struct Liar: TableItem {
        var id: String
        static let primaryKey = PrimaryKey(\Liar.id)
        init(id: String) { self.id = id }
        enum CodingKeys: String, CodingKey { case id, other }
        init(from decoder: any Decoder) throws {
            id = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .other)
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode("constant", forKey: .id)
            try container.encode(id, forKey: .other)
        }
    }

    private struct Forgetful: TableItem {
        var id: String
        static let primaryKey = PrimaryKey(\Forgetful.id)
        enum CodingKeys: String, CodingKey { case id }
        init(id: String) { self.id = id }
        init(from decoder: any Decoder) throws {
            id = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .id)
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: AnyName.self)
            try container.encode(id, forKey: AnyName(stringValue: "elsewhere"))
        }
    }

    private struct Unnamed: TableItem {
        @Wrapped var id: String
        static let primaryKey = PrimaryKey(\Unnamed.id)
    }

    @Test func `the first write finds a key stored under another name`() async throws {
        let bench = try await Bench()
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("liars", of: Liar.self).put(Liar(id: "x"))
        }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains("\"id\"") == true)
        await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("forgetful", of: Forgetful.self).put(Forgetful(id: "x"))
        }
        #expect(bench.sent.isEmpty)
    }

    @Test func `a model whose key has no name fails with the property's name`() async throws {
        let bench = try await Bench()
        let table = bench.resource.table("unnamed", of: Unnamed.self)
        let error = await #expect(throws: AlternatorError.self) { _ = try await table.get("x") }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains("partition key of Unnamed") == true)
        await #expect(throws: AlternatorError.self) { for try await _ in table.query("x") {} }
        await #expect(throws: AlternatorError.self) { _ = try await table.scan().count() }
        #expect(bench.sent.isEmpty)
    }
}

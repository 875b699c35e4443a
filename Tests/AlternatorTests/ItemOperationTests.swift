import AlternatorCore
import AlternatorTransport
import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

/// Single-item operations end to end over a scripted node: answers, errors and what a lost answer leads to.
struct ItemOperationTests {
    private static let stored = #"{"s":{"S":"x"},"a":{"N":"7"},"hits":{"N":"2"}}"#
    private let visit = Visit(site: "x", at: 7, hits: 2, note: nil, until: nil)

    private static func conditionFailed(_ item: String? = nil) -> ScriptedTransport.Reply {
        let existing = item.map { #","Item":\#($0)"# } ?? ""
        return .status(
            400,
            #"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"no"\#(existing)}"#
        )
    }

    @Test func `an item that is there is decoded, one that is not is nil`() async throws {
        let bench = try await Bench(answers: [.ok(#"{"Item":\#(Self.stored)}"#), .ok("{}")])
        let visits = bench.resource.table(Visit.self)
        let found = try await visits.get("x", 7, consistent: true)
        #expect(found?.hits == 2)
        #expect(try await visits.get("x", 8) == nil)
        #expect(bench.sent.map(\.operation) == ["GetItem", "GetItem"])
    }

    @Test func `a table by name reads and writes any Codable and attributes`() async throws {
        let bench = try await Bench(answers: [
            .ok("{}"), .ok("{}"), .ok(#"{"Item":{"id":{"S":"u1"},"n":{"N":"1"}}}"#),
            .ok(#"{"Item":{"id":{"S":"u1"},"tags":{"SS":["a"]}}}"#),
        ])
        let users = bench.resource.table("users")
        try await users.put(Legacy())
        try await users.put(["id": "u1", "age": 30, "nick": nil, "none": .stringSet([])])
        let legacy = try await users.get(Legacy.self, key: ["id": "u1"])
        #expect(legacy?.id == "u1")
        #expect(try await users.get(key: ["id": "u1"]) == ["id": "u1", "tags": .stringSet(["a"])])
        #expect(
            bench.bodies == [
                #"{"TableName":"users","Item":{"id":{"S":"l"},"n":{"N":"1"}}}"#,
                #"{"TableName":"users","Item":{"age":{"N":"30"},"id":{"S":"u1"},"nick":{"NULL":true}}}"#,
                #"{"TableName":"users","Key":{"id":{"S":"u1"}}}"#, #"{"TableName":"users","Key":{"id":{"S":"u1"}}}"#,
            ]
        )
    }

    @Test func `updates by name are typed, untyped or text`() async throws {
        let bench = try await Bench()
        let users = bench.resource.table("users")
        try await users.update(User.self, key: ["id": "u1"]) {
            $0.visits.add(1)
            $0.name.set("x")
        }
        try await users.update(key: ["id": "u1"], if: { $0["n"] < 3 }) { $0["visits"].add(1) }
        try await users.update(key: ["id": "u1"], expression: "SET visits = visits + \(1), \(name: "size") = \("x")")
        let key = #"{"TableName":"users","Key":{"id":{"S":"u1"}},"#
        #expect(
            bench.bodies == [
                key + ##""UpdateExpression":"SET #n1 = :v1 ADD #n0 :v0","##
                    + ##""ExpressionAttributeNames":{"#n0":"visits","#n1":"name"},"##
                    + #""ExpressionAttributeValues":{":v0":{"N":"1"},":v1":{"S":"x"}}}"#,
                key + ##""UpdateExpression":"ADD #n0 :v0","ConditionExpression":"#n1 < :v1","##
                    + ##""ReturnValuesOnConditionCheckFailure":"ALL_OLD","##
                    + ##""ExpressionAttributeNames":{"#n0":"visits","#n1":"n"},"##
                    + #""ExpressionAttributeValues":{":v0":{"N":"1"},":v1":{"N":"3"}}}"#,
                key + ##""UpdateExpression":"SET visits = visits + :v0, #n0 = :v1","##
                    + ##""ExpressionAttributeNames":{"#n0":"size"},"##
                    + #""ExpressionAttributeValues":{":v0":{"N":"1"},":v1":{"S":"x"}}}"#,
            ]
        )
    }

    @Test func `a failed condition carries the stored item`() async throws {
        let bench = try await Bench(answers: [Self.conditionFailed(Self.stored), Self.conditionFailed(Self.stored)])
        let visits = bench.resource.table(Visit.self)
        let error = await #expect(throws: AlternatorError.self) { try await visits.put(visit, if: { $0.hits > 9 }) }
        #expect(error?.code == .conditionFailed)
        #expect(error?.existingItem?["hits"] == 2)
        #expect(error?.operation == "PutItem")
        #expect(error?.table == "visits")
        switch try await visits.tryPut(visit, if: { $0.hits > 9 }) {
        case .written: Issue.record("written")
        case .conditionFailed(let existing): #expect(existing?.hits == 2)
        }
    }

    @Test func `old and new items come back under their verbs`() async throws {
        let attributes = ScriptedTransport.Reply.ok(#"{"Attributes":\#(Self.stored)}"#)
        let bench = try await Bench(answers: [attributes, attributes, attributes, .ok("{}"), .ok("{}"), .ok("{}")])
        let visits = bench.resource.table(Visit.self)
        #expect(try await visits.replace(visit)?.hits == 2)
        #expect(try await visits.removed("x", 7)?.hits == 2)
        #expect(try await visits.updated("x", 7) { $0.hits.set(2) }.hits == 2)
        #expect(try await visits.replace(visit) == nil)
        #expect(try await visits.removed("x", 7) == nil)
        let error = await #expect(throws: AlternatorError.self) {
            _ = try await visits.updated("x", 7) { $0.note.remove() }
        }
        #expect(error?.code == .itemNotFound)
        #expect(
            bench.sent.map(\.operation) == [
                "PutItem", "DeleteItem", "UpdateItem", "PutItem", "DeleteItem", "UpdateItem",
            ]
        )
    }

    // MARK: Lost answers

    private static let lost = ScriptedTransport.Reply.fail(.connectionLost, .complete)

    @Test func `an insert whose answer was lost is settled by looking at what is stored`() async throws {
        let bench = try await Bench(answers: [Self.lost, Self.conditionFailed(Self.stored)])
        try await bench.whileTimePasses { try await bench.resource.table(Visit.self).insert(visit) }
        #expect(bench.sent.count == 2)
        #expect(bench.sent[0] == bench.sent[1])
    }

    @Test func `an insert that finds another item after a lost answer fails with that item`() async throws {
        let other = #"{"s":{"S":"x"},"a":{"N":"7"},"hits":{"N":"99"}}"#
        let bench = try await Bench(answers: [Self.lost, Self.conditionFailed(other)])
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.whileTimePasses { try await bench.resource.table(Visit.self).insert(visit) }
        }
        #expect(error?.code == .conditionFailed)
        #expect(error?.existingItem?["hits"] == 99)
    }

    @Test func `a counting update whose answer was lost is not repeated`() async throws {
        let bench = try await Bench(answers: [Self.lost])
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table(Visit.self).update("x", 7) { $0.hits.add(1) }
        }
        #expect(error?.code == .outcomeUnknown)
        #expect(bench.sent.count == 1)
    }

    @Test func `a raw update that counts is not repeated, one that does not is`() async throws {
        let counting = try await Bench(answers: [Self.lost])
        let error = await #expect(throws: AlternatorError.self) {
            try await counting.resource.table("users").update(key: ["id": "u"], expression: "SET n = n + \(1)")
        }
        #expect(error?.code == .outcomeUnknown)
        let plain = try await Bench(answers: [Self.lost])
        try await plain.whileTimePasses {
            try await plain.resource.table("users").update(key: ["id": "u"], expression: "SET n = \(1)")
        }
        #expect(plain.sent.count == 2)
        let broken = try await Bench(answers: [Self.lost])
        await #expect(throws: AlternatorError.self) {
            try await broken.resource.table("users").update(key: ["id": "u"], expression: "NONSENSE")
        }
        #expect(broken.sent.count == 1)
    }

    // MARK: Tables by name that need the key's name

    @Test func `an insert by name uses the configured key`() async throws {
        let bench = try await Bench(tablePKMap: ["users": "id"])
        try await bench.resource.table("users").insert(["id": "u1"])
        #expect(bench.sent.map(\.operation) == ["PutItem"])
        #expect(bench.bodies[0].contains(##""ExpressionAttributeNames":{"#n0":"id"}"##))
    }

    @Test func `an insert by name asks for an unknown key once`() async throws {
        let bench = try await Bench { _, call in
            call.operation == "DescribeTable"
                ? .ok(
                    #"{"Table":{"TableName":"users","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}}"#
                )
                : nil
        }
        let users = bench.resource.table("users")
        try await users.insert(["id": "u1"])
        try await users.insert(Legacy())
        #expect(bench.sent.map(\.operation) == ["DescribeTable", "PutItem", "PutItem"])
    }

    @Test func `a versioned model is not written by name, where its version would be ignored`() async throws {
        let bench = try await Bench()
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("counted").put(Counted(id: "a", n: 1, rev: 1))
        }
        #expect(error?.code == .mapping)
        #expect(bench.sent.isEmpty)
    }

    @Test func `a closed resource says so, and a shared client stays open`() async throws {
        let bench = try await Bench()
        await bench.resource.close()
        #expect(!bench.transport.isClosed)
        _ = try await bench.resource.table(Visit.self).get("x", 1)
        await bench.resource.client.close()
        let error = await #expect(throws: AlternatorError.self) {
            _ = try await bench.resource.table(Visit.self).get("x", 1)
        }
        #expect(error?.code == .closed)
    }

    @Test func `options are those of the table value they were set on`() async throws {
        let bench = try await Bench()
        let visits = bench.resource.table(Visit.self)
        _ = try await visits.with { $0.requestTimeout = .milliseconds(1500) }.get("x", 1)
        _ = try await visits.get("x", 1)
        #expect(bench.transport.requests.map(\.options.requestTimeout) == [.milliseconds(1500), .seconds(30)])
    }
}

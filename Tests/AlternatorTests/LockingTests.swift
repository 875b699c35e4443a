import AlternatorTransport
import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

struct LockingTests {
    private static func stored(_ n: Int, rev: Int) -> String {
        #"{"id":{"S":"a"},"n":{"N":"\#(n)"},"rev":{"N":"\#(rev)"}}"#
    }

    private static func conflict(_ item: String) -> ScriptedTransport.Reply {
        .status(400, #"{"__type":"x#ConditionalCheckFailedException","message":"no","Item":\#(item)}"#)
    }

    private static let onRev =
        ##""ReturnValuesOnConditionCheckFailure":"ALL_OLD","ExpressionAttributeNames":{"#n0":"rev"}"##

    @Test func `a save counts the version up on the condition that it was not`() async throws {
        let bench = try await Bench()
        let saved = try await bench.resource.table(Counted.self).save(Counted(id: "a", n: 1, rev: 3))
        #expect(saved.rev == 4)
        #expect(
            bench.bodies == [
                #"{"TableName":"counted","Item":\#(Self.stored(1, rev: 4)),"ConditionExpression":"#
                    + ##""#n0 = :v0",\##(Self.onRev),"ExpressionAttributeValues":{":v0":{"N":"3"}}}"##
            ]
        )
    }

    @Test func `an item without a version is saved if none is stored, as version 1`() async throws {
        let bench = try await Bench()
        #expect(try await bench.resource.table(Counted.self).save(Counted(id: "a", n: 1, rev: nil)).rev == 1)
        #expect(
            bench.bodies == [
                #"{"TableName":"counted","Item":\#(Self.stored(1, rev: 1)),"ConditionExpression":"#
                    + ##""attribute_not_exists(#n0)",\##(Self.onRev)}"##
            ]
        )
    }

    @Test func `version 0 is a version like any other`() async throws {
        let bench = try await Bench()
        #expect(try await bench.resource.table(Counted.self).save(Counted(id: "a", n: 1, rev: 0)).rev == 1)
        #expect(bench.bodies[0].contains(##""ConditionExpression":"#n0 = :v0""##))
    }

    @Test func `the last version cannot be counted up`() async throws {
        let bench = try await Bench()
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table(Counted.self).save(Counted(id: "a", n: 1, rev: .max))
        }
        #expect(error?.code == .mapping)
        #expect(bench.sent.isEmpty)
    }

    @Test func `a save that comes late is a version conflict with the stored item`() async throws {
        let bench = try await Bench(answers: [Self.conflict(Self.stored(5, rev: 4))])
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table(Counted.self).save(Counted(id: "a", n: 1, rev: 3))
        }
        #expect(error?.code == .versionConflict)
        #expect(error?.existingItem?["n"] == 5)
        #expect(error?.table == "counted")
    }

    @Test func `a save whose answer was lost is settled by looking at what is stored`() async throws {
        let bench = try await Bench(answers: [
            .fail(.connectionLost, .complete), Self.conflict(Self.stored(1, rev: 4)),
        ])
        let saved = try await bench.whileTimePasses {
            try await bench.resource.table(Counted.self).save(Counted(id: "a", n: 1, rev: 3))
        }
        #expect(saved.rev == 4)
        #expect(bench.sent.count == 2)
    }

    @Test func `a delete of an item checks its version`() async throws {
        let bench = try await Bench(answers: [.ok("{}"), Self.conflict(Self.stored(1, rev: 4))])
        let counted = bench.resource.table(Counted.self)
        try await counted.delete(Counted(id: "a", n: 1, rev: 3))
        #expect(
            bench.bodies == [
                ##"{"TableName":"counted","Key":{"id":{"S":"a"}},"ConditionExpression":"#n0 = :v0",\##(Self.onRev),"##
                    + #""ExpressionAttributeValues":{":v0":{"N":"3"}}}"#
            ]
        )
        let error = await #expect(throws: AlternatorError.self) {
            try await counted.delete(Counted(id: "a", n: 1, rev: 3))
        }
        #expect(error?.code == .versionConflict)
    }

    @Test func `an update counts the version up, unless it sets it itself`() async throws {
        let bench = try await Bench()
        let counted = bench.resource.table(Counted.self)
        try await counted.update("a") { $0.n.set(2) }
        try await counted.update("a") { $0.rev.set(9) }
        #expect(bench.bodies[0].contains(#""UpdateExpression":"SET #n0 = :v0 ADD #n1 :v1""#))
        #expect(bench.bodies[0].contains(##"{"#n0":"n","#n1":"rev"}"##))
        #expect(bench.bodies[1].contains(#""UpdateExpression":"SET #n0 = :v0","#))
        await #expect(throws: AlternatorError.self) { try await counted.update("a") { _ in } }
    }

    // MARK: modify

    @Test func `modify reads consistently, changes and saves, again after a conflict`() async throws {
        let bench = try await Bench(answers: [
            .ok(#"{"Item":\#(Self.stored(1, rev: 1))}"#), Self.conflict(Self.stored(5, rev: 2)),
            .ok(#"{"Item":\#(Self.stored(5, rev: 2))}"#), .ok("{}"),
        ])
        let done = try await bench.resource.table(Counted.self).modify("a") { $0.n += 10 }
        #expect(done.n == 15)
        #expect(done.rev == 3)
        #expect(bench.sent.map(\.operation) == ["GetItem", "PutItem", "GetItem", "PutItem"])
        #expect(bench.bodies[0] == #"{"TableName":"counted","Key":{"id":{"S":"a"}},"ConsistentRead":true}"#)
        #expect(bench.bodies[3].contains(Self.stored(15, rev: 3)))
        #expect(bench.waits.all == [.microseconds(12_500)])
    }

    @Test func `modify gives up after its attempts`() async throws {
        let bench = try await Bench { _, call in
            call.operation == "GetItem"
                ? .ok(#"{"Item":\#(Self.stored(1, rev: 1))}"#) : Self.conflict(Self.stored(1, rev: 9))
        }
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table(Counted.self).modify("a", attempts: 3) { $0.n += 1 }
        }
        #expect(error?.code == .versionConflict)
        #expect(bench.sent.count == 6)
        #expect(bench.waits.all.count == 2)
    }

    private struct SoldOut: Error {}

    @Test func `an error of the change arrives as the cause, with nothing written`() async throws {
        let bench = try await Bench { _, _ in .ok(#"{"Item":\#(Self.stored(1, rev: 1))}"#) }
        let counted = bench.resource.table(Counted.self)
        let error = await #expect(throws: AlternatorError.self) {
            try await counted.modify("a") { _ in throw SoldOut() }
        }
        #expect(error?.code == .abandoned)
        #expect(error?.cause is SoldOut)
        let cancelled = await #expect(throws: AlternatorError.self) {
            try await counted.modify("a") { _ in throw CancellationError() }
        }
        #expect(cancelled?.code == .cancelled)
        #expect(bench.sent.allSatisfy { $0.operation == "GetItem" })
    }

    @Test func `there must be an item, and its key must stay`() async throws {
        let bench = try await Bench(answers: [.ok("{}"), .ok(#"{"Item":\#(Self.stored(1, rev: 1))}"#)])
        let counted = bench.resource.table(Counted.self)
        let missing = await #expect(throws: AlternatorError.self) { try await counted.modify("a") { $0.n = 1 } }
        #expect(missing?.code == .itemNotFound)
        let moved = await #expect(throws: AlternatorError.self) { try await counted.modify("a") { $0.id = "b" } }
        #expect(moved?.code == .mapping)
        #expect(bench.sent.map(\.operation) == ["GetItem", "GetItem"])
    }

    // MARK: Models whose version cannot be set

    private struct Frozen: VersionedItem {
        let id: String
        let rev: Int?
        static let primaryKey = PrimaryKey(\Frozen.id)
        static let version = VersionAttribute(\Frozen.rev)
    }

    private final class Shared: VersionedItem {
        let id: String
        let rev: Int
        init(id: String, rev: Int) {
            self.id = id
            self.rev = rev
        }
        static let primaryKey = PrimaryKey(\Shared.id)
        static let version = VersionAttribute(\Shared.rev)
    }

    @Test func `constants and objects are saved as new values`() async throws {
        let bench = try await Bench()
        let frozen = try await bench.resource.table("frozen", of: Frozen.self).save(Frozen(id: "a", rev: 3))
        #expect(frozen.rev == 4)
        let object = Shared(id: "a", rev: 3)
        let saved = try await bench.resource.table("shared", of: Shared.self).save(object)
        #expect(saved.rev == 4)
        #expect(object.rev == 3)
        #expect(bench.bodies.allSatisfy { $0.contains(#""Item":{"id":{"S":"a"},"rev":{"N":"4"}}"#) })
    }
}

import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

struct BatchTests {
    private func visit(_ at: Int, hits: Int = 0) -> Visit {
        Visit(site: "x", at: at, hits: hits, note: nil, until: nil)
    }

    private static func put(_ at: Int, hits: Int = 0) -> String {
        #"{"PutRequest":{"Item":{"s":{"S":"x"},"a":{"N":"\#(at)"},"hits":{"N":"\#(hits)"}}}}"#
    }

    private static func delete(_ at: Int) -> String {
        #"{"DeleteRequest":{"Key":{"s":{"S":"x"},"a":{"N":"\#(at)"}}}}"#
    }

    // MARK: Writing

    @Test func `puts and deletes go in one request`() async throws {
        let bench = try await Bench()
        let report = try await bench.resource.table(Visit.self).batchWrite(
            put: [visit(1), visit(2)],
            delete: [.init("x", 3)]
        )
        #expect(report.written == 3)
        #expect(report.requests == 1)
        #expect(report.unprocessed.isEmpty)
        #expect(
            bench.sent == [
                .init(
                    "BatchWriteItem",
                    #"{"RequestItems":{"visits":[\#(Self.put(1)),\#(Self.put(2)),\#(Self.delete(3))]}}"#
                )
            ]
        )
    }

    @Test func `nothing to write sends nothing`() async throws {
        let bench = try await Bench()
        #expect(try await bench.resource.table(Visit.self).batchWrite().requests == 0)
        #expect(bench.sent.isEmpty)
    }

    @Test func `of several writes of one key the last one is sent`() async throws {
        let bench = try await Bench()
        let report = try await bench.resource.table(Visit.self).batchWrite(
            put: [visit(1, hits: 1), visit(2), visit(1, hits: 9)],
            delete: [.init("x", 2)]
        )
        #expect(report.written == 2)
        #expect(bench.bodies == [#"{"RequestItems":{"visits":[\#(Self.put(1, hits: 9)),\#(Self.delete(2))]}}"#])
    }

    @Test(arguments: [(25, [25, 25, 10]), (100, [60]), (40, [40, 20])])
    func `writes are cut into chunks`(size: Int, counts: [Int]) async throws {
        let bench = try await Bench()
        let report = try await bench.resource.table(Visit.self).batchWrite(
            put: (0..<60).map { visit($0) },
            options: BatchOptions(chunkSize: size, concurrency: 1)
        )
        #expect(report.written == 60)
        #expect(report.requests == counts.count)
        #expect(bench.bodies.map { $0.components(separatedBy: "PutRequest").count - 1 } == counts)
    }

    @Test(arguments: [0, 101, -1])
    func `chunks the server would not take are refused`(size: Int) async throws {
        let bench = try await Bench()
        let error = await #expect(throws: AlternatorError.self) {
            _ = try await bench.resource.table(Visit.self).batchWrite(
                put: [visit(1)],
                options: BatchOptions(chunkSize: size)
            )
        }
        #expect(error?.code == .mapping)
        #expect(error?.message == "BatchOptions.chunkSize is \(size); a batch takes 1 to 100 writes.")
        #expect(bench.sent.isEmpty)
    }

    @Test func `numbers that cannot be meant are refused by name`() async throws {
        let bench = try await Bench()
        let visits = bench.resource.table(Visit.self)
        for (options, text) in [
            (BatchOptions(concurrency: 0), "BatchOptions.concurrency is 0; it must be 1 or more."),
            (BatchOptions(rounds: 0), "BatchOptions.rounds is 0; it must be 1 or more."),
        ] {
            let write = await #expect(throws: AlternatorError.self) {
                _ = try await visits.batchWrite(put: [visit(1)], options: options)
            }
            #expect(write?.message == text && write?.operation == "BatchWriteItem")
            let read = await #expect(throws: AlternatorError.self) {
                _ = try await visits.get(keys: [.init("x", 1)], options: options)
            }
            #expect(read?.message == text && read?.operation == "BatchGetItem" && read?.table == "visits")
        }
        #expect(bench.sent.isEmpty)
    }

    @Test func `what is left unprocessed is sent again after a growing wait`() async throws {
        let bench = try await Bench(answers: [
            .ok(#"{"UnprocessedItems":{"visits":[\#(Self.put(2)),\#(Self.delete(3))]}}"#),
            .ok(#"{"UnprocessedItems":{"visits":[\#(Self.delete(3))]}}"#), .ok(#"{"UnprocessedItems":{}}"#),
        ])
        let report = try await bench.resource.table(Visit.self).batchWrite(
            put: [visit(1), visit(2)],
            delete: [.init("x", 3)]
        )
        #expect(report.written == 3)
        #expect(report.requests == 3)
        #expect(
            bench.bodies.dropFirst() == [
                #"{"RequestItems":{"visits":[\#(Self.put(2)),\#(Self.delete(3))]}}"#,
                #"{"RequestItems":{"visits":[\#(Self.delete(3))]}}"#,
            ]
        )
        // The lower half of 25 ms, then of 50 ms: chance was 0.
        #expect(bench.waits.all == [.microseconds(12_500), .milliseconds(25)])
    }

    @Test func `what stays unprocessed is reported, not lost`() async throws {
        let left = ScriptedTransport.Reply.ok(#"{"UnprocessedItems":{"visits":[\#(Self.put(2))]}}"#)
        let bench = try await Bench { _, _ in left }
        let visits = bench.resource.table(Visit.self)
        let report = try await visits.batchWrite(put: [visit(1), visit(2)], options: BatchOptions(rounds: 3))
        #expect(report.written == 1)
        #expect(report.requests == 3)
        #expect(report.unprocessed.map(\.table) == ["visits"])
        #expect(bench.sent.count == 3)
        // They can be given to the next batch as they are.
        _ = try await bench.resource.batchWrite(report.unprocessed, options: BatchOptions(rounds: 1))
        #expect(bench.bodies.last == #"{"RequestItems":{"visits":[\#(Self.put(2))]}}"#)
    }

    @Test func `one batch may write to many tables`() async throws {
        let bench = try await Bench()
        let visits = bench.resource.table(Visit.self)
        let other = bench.resource.table("other", of: Visit.self)
        let users = bench.resource.table("users")
        _ = try await bench.resource.batchWrite([
            visits.putRequest(visit(1)), other.putRequest(visit(1)), visits.deleteRequest(.init("x", 2)),
            users.putRequest(Legacy()), users.deleteRequest(key: ["id": "gone"]),
        ])
        #expect(
            bench.bodies == [
                #"{"RequestItems":{"visits":[\#(Self.put(1)),\#(Self.delete(2))],"other":[\#(Self.put(1))],"#
                    + #""users":[{"PutRequest":{"Item":{"id":{"S":"l"},"n":{"N":"1"}}}},"#
                    + #"{"DeleteRequest":{"Key":{"id":{"S":"gone"}}}}]}}"#
            ]
        )
    }

    @Test func `unprocessed writes of a table by name are found by their content`() async throws {
        let bench = try await Bench(answers: [
            .ok(#"{"UnprocessedItems":{"users":[{"PutRequest":{"Item":{"n":{"N":"1"},"id":{"S":"l"}}}}]}}"#)
        ])
        let report = try await bench.resource.table("users").batchWrite(put: [Legacy()], delete: [["id": "gone"]])
        #expect(report.written == 2)
        #expect(
            bench.bodies.last == #"{"RequestItems":{"users":[{"PutRequest":{"Item":{"id":{"S":"l"},"n":{"N":"1"}}}}]}}"#
        )
    }

    @Test func `conditions, versions and bad keys have no place in a batch`() async throws {
        let bench = try await Bench()
        let visits = bench.resource.table(Visit.self)
        let counted = bench.resource.table(Counted.self)
        for request in [
            visits.putRequest(visit(1), if: { $0.hits > 1 }), counted.putRequest(Counted(id: "a", n: 1, rev: 1)),
            counted.deleteRequest(.init("a")), visits.deleteRequest(.init("", 1)),
            bench.resource.table("t").deleteRequest(key: [:]),
        ] {
            let error = await #expect(throws: AlternatorError.self) {
                _ = try await bench.resource.batchWrite([request])
            }
            #expect(error?.code == .mapping)
            #expect(error?.table == request.table)
            #expect(error?.operation == "BatchWriteItem")
        }
        #expect(bench.sent.isEmpty)
    }

    @Test func `an error of one chunk is thrown and ends the batch`() async throws {
        let bench = try await Bench { number, _ in number == 1 ? .error("ResourceNotFoundException") : nil }
        let error = await #expect(throws: AlternatorError.self) {
            _ = try await bench.resource.table(Visit.self).batchWrite(
                put: (0..<100).map { visit($0) },
                options: BatchOptions(concurrency: 1)
            )
        }
        #expect(error?.code == .tableNotFound)
        #expect(bench.sent.count == 2)
    }

    @Test func `transactions are refused by name`() async throws {
        let bench = try await Bench()
        let error = await #expect(throws: AlternatorError.self) { try await bench.resource.transactWrite([]) }
        #expect(error?.code == .unsupportedByServer)
    }

    @Test func `many conditional puts have one outcome each, in their order`() async throws {
        let bench = try await Bench { _, call in
            let body = String(decoding: call.body, as: UTF8.self)
            if body.contains(#""a":{"N":"1"}"#) {
                return .status(
                    400,
                    #"{"__type":"x#ConditionalCheckFailedException","message":"no","#
                        + #""Item":{"s":{"S":"x"},"a":{"N":"1"},"hits":{"N":"5"}}}"#
                )
            }
            return body.contains(#""a":{"N":"3"}"#) ? .error("ValidationException") : nil
        }
        let outcomes = await bench.resource.table(Visit.self).putEach(
            (0..<5).map { visit($0) },
            concurrency: 2,
            if: { $0.hits.isMissing() }
        )
        #expect(outcomes.count == 5)
        for (index, outcome) in outcomes.enumerated() {
            switch (index, outcome) {
            case (1, .success(.conditionFailed(let existing))): #expect(existing?.hits == 5)
            case (3, .failure(let error)): #expect(error.code == .validation)
            case (0, .success(.written)), (2, .success(.written)), (4, .success(.written)): break
            default: Issue.record("put \(index): \(outcome)")
            }
        }
    }

    // MARK: Reading

    private static func key(_ at: Int) -> String { #"{"s":{"S":"x"},"a":{"N":"\#(at)"}}"# }
    private static func item(_ at: Int) -> String { #"{"hits":{"N":"\#(at)"},"a":{"N":"\#(at)"},"s":{"S":"x"}}"# }

    @Test func `items are found under their keys, whatever their order`() async throws {
        let bench = try await Bench(answers: [.ok(#"{"Responses":{"visits":[\#(Self.item(2)),\#(Self.item(1))]}}"#)])
        let found = try await bench.resource.table(Visit.self).get(
            keys: [.init("x", 1), .init("x", 2), .init("x", 3), .init("x", 1)],
            consistent: true
        )
        #expect(found.count == 2)
        #expect(found[.init("x", 1)]?.hits == 1)
        #expect(found[.init("x", 2)]?.hits == 2)
        // Three keys in any order, the duplicate dropped.
        let body = bench.bodies[0]
        #expect(body.hasPrefix(#"{"RequestItems":{"visits":{"Keys":["#))
        #expect(body.hasSuffix(#"],"ConsistentRead":true}}}"#))
        for at in 1...3 { #expect(body.components(separatedBy: Self.key(at)).count == 2) }
    }

    @Test func `keys are asked for by the hundred and again if unprocessed`() async throws {
        let bench = try await Bench { number, _ in
            switch number {
            case 0:
                .ok(
                    #"{"Responses":{"visits":[\#(Self.item(1))]},"UnprocessedKeys":{"visits":{"Keys":[\#(Self.key(2))]}}}"#
                )
            case 1: .ok(#"{"Responses":{"visits":[\#(Self.item(2))]},"UnprocessedKeys":{}}"#)
            default: .ok(#"{"Responses":{"visits":[]}}"#)
            }
        }
        let found = try await bench.resource.table(Visit.self).get(
            keys: (1...150).map { .init("x", $0) },
            options: BatchOptions(concurrency: 1)
        )
        #expect(found.keys.map(\.sort).sorted() == [1, 2])
        #expect(bench.bodies.map { $0.components(separatedBy: #""s":"#).count - 1 } == [100, 1, 50])
        #expect(bench.bodies[1] == #"{"RequestItems":{"visits":{"Keys":[\#(Self.key(2))]}}}"#)
        #expect(bench.waits.all == [.microseconds(12_500)])
    }

    @Test func `keys that stay unprocessed are an error, not missing items`() async throws {
        let left = ScriptedTransport.Reply.ok(
            #"{"Responses":{},"UnprocessedKeys":{"visits":{"Keys":[\#(Self.key(1))]}}}"#
        )
        let bench = try await Bench { _, _ in left }
        let error = await #expect(throws: AlternatorError.self) {
            _ = try await bench.resource.table(Visit.self).get(keys: [.init("x", 1)], options: BatchOptions(rounds: 2))
        }
        #expect(error?.code == .throttled)
        #expect(bench.sent.count == 2)
    }

    @Test func `tables by name read many keys as any type`() async throws {
        let bench = try await Bench(answers: [.ok(#"{"Responses":{"users":[{"id":{"S":"a"},"n":{"N":"3"}}]}}"#)])
        let users = bench.resource.table("users")
        let found = try await users.get(Legacy.self, keys: [["id": "a"], ["id": "b"], ["id": "a"]])
        #expect(found.map(\.n) == [3])
        #expect(bench.bodies == [#"{"RequestItems":{"users":{"Keys":[{"id":{"S":"a"}},{"id":{"S":"b"}}]}}}"#])
        #expect(try await users.get(Legacy.self, keys: []).isEmpty)
        #expect(bench.sent.count == 1)
    }
}

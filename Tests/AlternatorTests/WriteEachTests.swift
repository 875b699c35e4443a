import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

/// Many single writes, and the reads that came with them.
struct WriteEachTests {
    private func visit(_ at: Int) -> Visit { Visit(site: "x", at: at, hits: 0, note: nil, until: nil) }

    @Test func `writes of any kind and table have one outcome each, in their order`() async throws {
        let bench = try await Bench { _, call in
            let body = String(decoding: call.body, as: UTF8.self)
            switch call.operation {
            case "UpdateItem":
                return .status(
                    400,
                    #"{"__type":"x#ConditionalCheckFailedException","message":"no","Item":{"id":{"S":"u"}}}"#
                )
            case "DeleteItem" where body.contains("gone"): return .error("ResourceNotFoundException")
            default: return nil
            }
        }
        let visits = bench.resource.table(Visit.self)
        let users = bench.resource.table("users")
        let outcomes = await bench.resource.writeEach(
            [
                visits.putRequest(visit(1), if: { $0.hits < 3 }),
                users.updateRequest(key: ["id": "u"]) { $0["n"].add(1) },
                visits.deleteRequest(.init("x", 2), if: { $0.hits == 0 }),
                bench.resource.table("gone").deleteRequest(key: ["id": "a"]), visits.putRequest(visit(3)),
                users.putRequest(["id": "v"], if: { $0["id"].isMissing() }),
                visits.updateRequest(.init("x", 4), if: { $0.hits > 1 }) { $0.hits.set(0) },
            ],
            concurrency: 1
        )
        #expect(outcomes.count == 7)
        #expect(try outcomes[0].get() == .written)
        #expect(try outcomes[1].get() == .conditionFailed(existing: ["id": "u"]))
        #expect(try outcomes[2].get() == .written)
        let gone = #expect(throws: AlternatorError.self) { _ = try outcomes[3].get() }
        #expect(gone?.code == .tableNotFound)
        #expect(gone?.table == "gone")
        #expect(try outcomes[5].get() == .written)
        #expect(
            bench.sent == [
                .init(
                    "PutItem",
                    ##"{"TableName":"visits","Item":{"s":{"S":"x"},"a":{"N":"1"},"hits":{"N":"0"}},"##
                        + ##""ConditionExpression":"#n0 < :v0","ReturnValuesOnConditionCheckFailure":"ALL_OLD","##
                        + ##""ExpressionAttributeNames":{"#n0":"hits"},"ExpressionAttributeValues":{":v0":{"N":"3"}}}"##
                ),
                .init(
                    "UpdateItem",
                    ##"{"TableName":"users","Key":{"id":{"S":"u"}},"UpdateExpression":"ADD #n0 :v0","##
                        + ##""ExpressionAttributeNames":{"#n0":"n"},"ExpressionAttributeValues":{":v0":{"N":"1"}}}"##
                ),
                .init(
                    "DeleteItem",
                    ##"{"TableName":"visits","Key":{"s":{"S":"x"},"a":{"N":"2"}},"##
                        + ##""ConditionExpression":"#n0 = :v0","ReturnValuesOnConditionCheckFailure":"ALL_OLD","##
                        + ##""ExpressionAttributeNames":{"#n0":"hits"},"ExpressionAttributeValues":{":v0":{"N":"0"}}}"##
                ),
                .init("DeleteItem", #"{"TableName":"gone","Key":{"id":{"S":"a"}}}"#),
                .init(
                    "PutItem",
                    #"{"TableName":"visits","Item":{"s":{"S":"x"},"a":{"N":"3"},"hits":{"N":"0"}}}"#
                ),
                .init(
                    "PutItem",
                    ##"{"TableName":"users","Item":{"id":{"S":"v"}},"##
                        + ##""ConditionExpression":"attribute_not_exists(#n0)","##
                        + ##""ReturnValuesOnConditionCheckFailure":"ALL_OLD","##
                        + ##""ExpressionAttributeNames":{"#n0":"id"}}"##
                ),
                .init(
                    "UpdateItem",
                    ##"{"TableName":"visits","Key":{"s":{"S":"x"},"a":{"N":"4"}},"UpdateExpression":"SET #n0 = :v0","##
                        + ##""ConditionExpression":"#n0 > :v1","ReturnValuesOnConditionCheckFailure":"ALL_OLD","##
                        + ##""ExpressionAttributeNames":{"#n0":"hits"},"##
                        + ##""ExpressionAttributeValues":{":v0":{"N":"0"},":v1":{"N":"1"}}}"##
                ),
            ]
        )
    }

    @Test func `no more writes are under way than asked for, and a cancelled task begins no more`() async throws {
        let bench = try await Bench { _, _ in .hang }
        let visits = bench.resource.table(Visit.self)
        let requests = (0..<20).map { visits.putRequest(visit($0)) }
        let resource = bench.resource
        let task = Task { await resource.writeEach(requests, concurrency: 3) }
        try await eventually("three writes") { bench.transport.hanging == 3 }
        task.cancel()
        let outcomes = await task.value
        #expect(bench.sent.count == 3)
        var codes: Set<AlternatorError.Code> = []
        for case .failure(let error) in outcomes { codes.insert(error.code) }
        #expect(outcomes.count == 20)
        #expect(codes.isSubset(of: [.cancelled, .outcomeUnknown]))
        #expect(codes.contains(.cancelled))
    }

    @Test func `writes that would ignore a version are refused one by one`() async throws {
        let bench = try await Bench()
        let counted = bench.resource.table(Counted.self)
        let outcomes = await bench.resource.writeEach([
            counted.putRequest(Counted(id: "a", n: 1, rev: 1)), counted.deleteRequest(.init("a")),
            bench.resource.table("counted").putRequest(Counted(id: "a", n: 1, rev: 1)),
            counted.updateRequest(.init("a")) { $0.n.set(2) },
        ])
        var codes: [AlternatorError.Code?] = []
        for outcome in outcomes {
            if case .failure(let error) = outcome { codes.append(error.code) } else { codes.append(nil) }
        }
        #expect(codes == [.mapping, .mapping, .mapping, nil])
        #expect(bench.bodies.count == 1)
        #expect(bench.bodies[0].contains(##""#n1":"rev""##))
    }

    @Test func `an update has no place in a batch`() async throws {
        let bench = try await Bench()
        let request = bench.resource.table(Visit.self).updateRequest(.init("x", 1)) { $0.hits.add(1) }
        let error = await #expect(throws: AlternatorError.self) { _ = try await bench.resource.batchWrite([request]) }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains("writeEach") == true)
        #expect(bench.sent.isEmpty)
    }

    @Test func `many versioned items are saved, each with its own outcome`() async throws {
        let bench = try await Bench { _, call in
            String(decoding: call.body, as: UTF8.self).contains(#""id":{"S":"b"}"#)
                ? .status(400, #"{"__type":"x#ConditionalCheckFailedException","message":"no"}"#) : nil
        }
        let outcomes = await bench.resource.table(Counted.self).saveEach(
            [Counted(id: "a", n: 1, rev: 4), Counted(id: "b", n: 1, rev: 4)],
            concurrency: 2
        )
        #expect(try outcomes[0].get().rev == 5)
        let error = #expect(throws: AlternatorError.self) { _ = try outcomes[1].get() }
        #expect(error?.code == .versionConflict)
    }

    // MARK: Reads

    @Test func `many keys are read as a partial type with their keys`() async throws {
        struct Hits: Decodable { var hits: Int }
        let bench = try await Bench(answers: [
            .ok(#"{"Responses":{"visits":[{"s":{"S":"x"},"a":{"N":"2"},"hits":{"N":"7"}}]}}"#)
        ])
        let found = try await bench.resource.table(Visit.self).get(keys: [.init("x", 2)], as: Hits.self)
        #expect(found.mapValues(\.hits) == [.init("x", 2): 7])
        #expect(
            bench.bodies == [
                ##"{"RequestItems":{"visits":{"Keys":[{"s":{"S":"x"},"a":{"N":"2"}}],"##
                    + ##""ProjectionExpression":"#n0, #n1, #n2","##
                    + ##""ExpressionAttributeNames":{"#n0":"hits","#n1":"s","#n2":"a"}}}}"##
            ]
        )
    }

    @Test func `a table by name reads part of an item, an index, and counts`() async throws {
        struct Hits: Decodable { var hits: Int }
        let bench = try await Bench(answers: [
            .ok(#"{"Item":{"hits":{"N":"7"}}}"#), .ok(#"{"Item":{"hits":{"N":"8"}}}"#), .ok(#"{"Items":[],"Count":0}"#),
            .ok(#"{"Count":4}"#),
        ])
        let visits = bench.resource.table("visits")
        #expect(try await visits.get(partial: Hits.self, key: ["s": "x", "a": 1])?.hits == 7)
        #expect(try await visits.get(partial: Hits.self, key: ["s": "x"], attributes: ["hits", "b"])?.hits == 8)
        for try await _ in visits.scan(index: "byNote") {}
        #expect(try await visits.count() == 4)
        #expect(
            bench.bodies == [
                ##"{"TableName":"visits","Key":{"s":{"S":"x"},"a":{"N":"1"}},"ProjectionExpression":"#n0","##
                    + ##""ExpressionAttributeNames":{"#n0":"hits"}}"##,
                ##"{"TableName":"visits","Key":{"s":{"S":"x"}},"ProjectionExpression":"#n0, #n1","##
                    + ##""ExpressionAttributeNames":{"#n0":"hits","#n1":"b"}}"##,
                #"{"TableName":"visits","IndexName":"byNote"}"#, #"{"TableName":"visits","Select":"COUNT"}"#,
            ]
        )
    }

    private enum Name: String, KeyValue { case a, b }

    private struct Named: TableItem {
        var id: String
        var name: Name
        static let primaryKey = PrimaryKey(\Named.id, \Named.name)
    }

    private struct Blob: TableItem {
        var id: String
        var place: Data
        static let primaryKey = PrimaryKey(\Blob.id, \Blob.place)
    }

    @Test func `a prefix works for each kind of sort key that has one`() async throws {
        let bench = try await Bench()
        _ = try await bench.resource.table("t", of: Named.self).query("x", .hasPrefix("a")).page()
        _ = try await bench.resource.table("t", of: Blob.self).query("x", .hasPrefix(Data([1, 2]))).page()
        _ = try await bench.resource.table("t", of: Blob.self).query("x", .hasPrefix(Data())).page()
        #expect(bench.bodies[0].contains(##""KeyConditionExpression":"#n0 = :v0 AND begins_with(#n1, :v1)""##))
        #expect(bench.bodies[0].contains(#"":v1":{"S":"a"}"#))
        #expect(bench.bodies[1].contains(#"":v1":{"B":"AQI="}"#))
        #expect(bench.bodies[2].contains(##""KeyConditionExpression":"#n0 = :v0","##))
    }
}

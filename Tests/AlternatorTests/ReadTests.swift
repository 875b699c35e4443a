import AlternatorCore
import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

/// Queries and scans: what is sent, and how pages, limits and tokens hang together.
struct ReadTests {
    private static func visit(_ at: Int, site: String = "x") -> String {
        #"{"s":{"S":"\#(site)"},"a":{"N":"\#(at)"},"hits":{"N":"1"}}"#
    }

    private static func page(_ items: [Int], last: Int? = nil, scanned: Int? = nil) -> ScriptedTransport.Reply {
        let key = last.map { #","LastEvaluatedKey":{"s":{"S":"x"},"a":{"N":"\#($0)"}}"# } ?? ""
        let list = items.map { visit($0) }.joined(separator: ",")
        return .ok(#"{"Items":[\#(list)],"Count":\#(items.count),"ScannedCount":\#(scanned ?? items.count)\#(key)}"#)
    }

    private static let start = ##"{"TableName":"visits","KeyConditionExpression":"#n0 = :v0","##
    private static let end =
        ##""ExpressionAttributeNames":{"#n0":"s"},"ExpressionAttributeValues":{":v0":{"S":"x"}}"##

    // MARK: What is sent

    @Test func `a query sends its key condition`() async throws {
        let bench = try await Bench(answers: [Self.page([1, 2])])
        let visits = bench.resource.table(Visit.self)
        var found: [Int] = []
        for try await visit in visits.query("x") { found.append(visit.at) }
        #expect(found == [1, 2])
        #expect(bench.sent == [.init("Query", Self.start + Self.end + "}")])
    }

    @Test(arguments: [
        (SortCondition<Int>.equal(3), "#n1 = :v1", [3]), (.less(3), "#n1 < :v1", [3]),
        (.lessOrEqual(3), "#n1 <= :v1", [3]), (.greater(3), "#n1 > :v1", [3]),
        (.greaterOrEqual(3), "#n1 >= :v1", [3]), (.between(3, 5), "#n1 BETWEEN :v1 AND :v2", [3, 5]),
    ])
    func `each sort condition has its form`(sort: SortCondition<Int>, text: String, values: [Int]) async throws {
        let bench = try await Bench()
        _ = try await bench.resource.table(Visit.self).query("x", sort).page()
        let list = values.enumerated().map { #","\#(":v\($0 + 1)")":{"N":"\#($1)"}"# }.joined()
        #expect(
            bench.bodies == [
                ##"{"TableName":"visits","KeyConditionExpression":"#n0 = :v0 AND \##(text)","##
                    + ##""ExpressionAttributeNames":{"#n0":"s","#n1":"a"},"##
                    + #""ExpressionAttributeValues":{":v0":{"S":"x"}"# + list + "}}"
            ]
        )
    }

    @Test func `a query may have everything at once`() async throws {
        let bench = try await Bench()
        let visits = bench.resource.table(Visit.self)
        _ = try await visits.query(Visit.byNote, "n", .greater(5)).where { $0.hits > 1 }.where { $0.hits < 9 }
            .descending().pageSize(50).page()
        #expect(
            bench.bodies == [
                ##"{"TableName":"visits","IndexName":"byNote","KeyConditionExpression":"#n0 = :v0 AND #n1 > :v1","##
                    + ##""FilterExpression":"#n2 > :v2 AND #n2 < :v3","##
                    + ##""ExpressionAttributeNames":{"#n0":"note","#n1":"a","#n2":"hits"},"##
                    + #""ExpressionAttributeValues":{":v0":{"S":"n"},":v1":{"N":"5"},":v2":{"N":"1"},":v3":{"N":"9"}},"#
                    + #""ScanIndexForward":false,"Limit":50}"#
            ]
        )
    }

    @Test func `a partial type asks for its attributes only`() async throws {
        struct Hits: Decodable { var hits: Int }
        let bench = try await Bench(answers: [.ok(#"{"Items":[{"hits":{"N":"4"}}],"Count":1,"ScannedCount":1}"#)])
        let found = try await bench.resource.table(Visit.self).query("x").select(Hits.self).page()
        #expect(found.items.map(\.hits) == [4])
        #expect(
            bench.bodies == [
                Self.start + ##""ProjectionExpression":"#n1","ExpressionAttributeNames":{"#n0":"s","#n1":"hits"},"##
                    + #""ExpressionAttributeValues":{":v0":{"S":"x"}}}"#
            ]
        )
    }

    @Test func `expired items are left out on request`() async throws {
        let bench = try await Bench()
        let now = Date(timeIntervalSince1970: 1_700_000_000.5)
        _ = try await bench.resource.table(Visit.self).scan().excludingExpired(at: now).page()
        #expect(
            bench.bodies == [
                ##"{"TableName":"visits","FilterExpression":"##
                    + ##""(attribute_not_exists(#n0) OR attribute_type(#n0, :v0)) OR #n0 > :v1","##
                    + ##""ExpressionAttributeNames":{"#n0":"ttl"},"##
                    + #""ExpressionAttributeValues":{":v0":{"S":"NULL"},":v1":{"N":"1700000000"}}}"#
            ]
        )
    }

    @Test func `tables by name are queried by key or by condition`() async throws {
        let bench = try await Bench()
        let visits = bench.resource.table("visits")
        _ = try await visits.query(Visit.self, key: ["s": "x"]).page()
        _ = try await visits.query(key: ["s": "x", "a": 5]).page()
        _ = try await visits.query(Visit.self, matching: { $0.site == "x" && $0.at.between(1, 9) }).page()
        _ = try await visits.query(matching: { $0["s"] == "x" && $0["a"] > 3 }, index: "byHits").page()
        #expect(
            bench.bodies == [
                Self.start + Self.end + "}",
                ##"{"TableName":"visits","KeyConditionExpression":"#n0 = :v0 AND #n1 = :v1","##
                    + ##""ExpressionAttributeNames":{"#n0":"s","#n1":"a"},"##
                    + #""ExpressionAttributeValues":{":v0":{"S":"x"},":v1":{"N":"5"}}}"#,
                ##"{"TableName":"visits","KeyConditionExpression":"#n0 = :v0 AND #n1 BETWEEN :v1 AND :v2","##
                    + ##""ExpressionAttributeNames":{"#n0":"s","#n1":"a"},"##
                    + #""ExpressionAttributeValues":{":v0":{"S":"x"},":v1":{"N":"1"},":v2":{"N":"9"}}}"#,
                ##"{"TableName":"visits","IndexName":"byHits","KeyConditionExpression":"#n0 = :v0 AND #n1 > :v1","##
                    + ##""ExpressionAttributeNames":{"#n0":"s","#n1":"a"},"##
                    + #""ExpressionAttributeValues":{":v0":{"S":"x"},":v1":{"N":"3"}}}"#,
            ]
        )
    }

    @Test func `a read that cannot be made says so before sending`() async throws {
        let bench = try await Bench()
        let visits = bench.resource.table(Visit.self)
        let reads: [Query<Visit, Visit>] = [
            visits.query(""), visits.query("x").limit(-1), visits.query("x").pageSize(0),
            visits.query(Visit.byNote, "n").consistent(), bench.resource.table("visits").query(Visit.self, key: [:]),
            bench.resource.table("visits").query(Visit.self, matching: { _ in .always }),
        ]
        for read in reads {
            let error = await #expect(throws: AlternatorError.self) { _ = try await read.page() }
            #expect(error?.code == .mapping)
            #expect(error?.operation == "Query")
            await #expect(throws: AlternatorError.self) { for try await _ in read {} }
        }
        for scan in [
            visits.scan().parallel(segments: 0), visits.scan().parallel(segments: 1_000_001),
            visits.scan().parallel(segments: 2, concurrency: 0),
        ] {
            await #expect(throws: AlternatorError.self) { _ = try await scan.page() }
        }
        #expect(bench.sent.isEmpty)
    }

    @Test func `a scan of an index by name compares dates as the model stores them`() async throws {
        let bench = try await Bench(answers: [.ok(#"{"Items":[],"Count":0}"#), .ok(#"{"Items":[],"Count":0}"#)])
        let visits = bench.resource.table("visits")
        let until = Date(timeIntervalSince1970: 100.75)
        _ = try await visits.scan(Visit.self).where { $0.until > until }.page()
        _ = try await visits.scan(Visit.self, index: "byNote").where { $0.until > until }.page()
        for body in bench.bodies { #expect(body.contains(#""ExpressionAttributeValues":{":v0":{"N":"100"}}"#)) }
    }

    @Test func `a local index can be read consistently`() async throws {
        let bench = try await Bench()
        _ = try await bench.resource.table(Visit.self).query(Visit.byHits, "x", .equal(1)).consistent().page()
        #expect(bench.bodies[0].contains(#""ConsistentRead":true"#))
    }

    // MARK: Pages

    private static let three = [page([1, 2], last: 2), page([], last: 3), page([4], last: nil)]

    private func starts(_ bench: Bench) -> [String?] {
        bench.bodies.map { body in
            body.range(of: #""ExclusiveStartKey":{"s":{"S":"x"},"a":{"N":""#)
                .map { String(body[$0.upperBound...].prefix { $0.isNumber }) }
        }
    }

    @Test func `iterating follows every page, empty ones too`() async throws {
        let bench = try await Bench(answers: Self.three)
        var found: [Int] = []
        for try await visit in bench.resource.table(Visit.self).query("x") { found.append(visit.at) }
        #expect(found == [1, 2, 4])
        #expect(starts(bench) == [nil, "2", "3"])
    }

    @Test func `counting adds up all pages and fetches no items`() async throws {
        let bench = try await Bench(answers: [
            .ok(#"{"Count":2,"ScannedCount":5,"LastEvaluatedKey":{"s":{"S":"x"},"a":{"N":"2"}}}"#),
            .ok(#"{"Count":3,"ScannedCount":3}"#),
        ])
        #expect(try await bench.resource.table(Visit.self).query("x").where { $0.hits > 1 }.count() == 5)
        #expect(bench.bodies.allSatisfy { $0.contains(#""Select":"COUNT""#) })
        #expect(starts(bench) == [nil, "2"])
    }

    @Test func `first asks for one item and stops`() async throws {
        let bench = try await Bench(answers: Self.three)
        #expect(try await bench.resource.table(Visit.self).query("x").first()?.at == 1)
        #expect(bench.bodies == [Self.start + Self.end + #","Limit":1}"#])
    }

    @Test func `all collects up to a number`() async throws {
        let bench = try await Bench(answers: Self.three)
        #expect(try await bench.resource.table(Visit.self).query("x").all(max: 2).map(\.at) == [1, 2])
        #expect(bench.sent.count == 1)
    }

    @Test func `a limit of none sends nothing`() async throws {
        let bench = try await Bench()
        let query = bench.resource.table(Visit.self).query("x").limit(0)
        #expect(try await query.page().items.isEmpty)
        for try await _ in query { Issue.record("an item") }
        #expect(try await query.count() == 0)
        #expect(bench.sent.isEmpty)
    }

    @Test func `a limit asks for no more than is wanted`() async throws {
        let bench = try await Bench(answers: [Self.page([1, 2], last: 2), Self.page([3], last: 3)])
        let page = try await bench.resource.table(Visit.self).query("x").limit(3).pageSize(2).page()
        #expect(page.items.map(\.at) == [1, 2, 3])
        #expect(page.requests == 2)
        #expect(page.next != nil)
        #expect(bench.bodies[0].contains(#""Limit":2"#))
        #expect(bench.bodies[1].contains(#""Limit":1,"#))
    }

    @Test func `a page without limit is one of the server's`() async throws {
        let bench = try await Bench(answers: [Self.page([], last: 3, scanned: 7), Self.page([4])])
        let visits = bench.resource.table(Visit.self)
        let first = try await visits.query("x").where { $0.hits > 0 }.page()
        #expect(first.items.isEmpty)
        #expect(first.scanned == 7)
        let second = try await visits.query("x").where { $0.hits > 0 }.after(first.next).page()
        #expect(second.items.map(\.at) == [4])
        #expect(second.next == nil)
        #expect(starts(bench) == [nil, "3"])
    }

    @Test func `a page cut by the limit goes on after its last item, not after the server's`() async throws {
        // With a filter the server looks at more than is wanted: it stopped at 9, the caller at 2.
        let bench = try await Bench(answers: [Self.page([1, 2, 5, 8], last: 9), Self.page([5, 8])])
        let visits = bench.resource.table(Visit.self)
        let first = try await visits.query("x").where { $0.hits > 0 }.limit(2).page()
        #expect(first.items.map(\.at) == [1, 2])
        let second = try await visits.query("x").where { $0.hits > 0 }.limit(2).after(first.next).page()
        #expect(second.items.map(\.at) == [5, 8])
        #expect(second.next == nil)
        #expect(starts(bench) == [nil, "2"])
    }

    @Test func `a last page cut by the limit still has a token`() async throws {
        let bench = try await Bench(answers: [Self.page([1, 2, 5]), Self.page([5])])
        let visits = bench.resource.table(Visit.self)
        let first = try await visits.query("x").where { $0.hits > 0 }.limit(2).page()
        let next = try #require(first.next)
        let second = try await visits.query("x").where { $0.hits > 0 }.after(next).page()
        #expect(second.items.map(\.at) == [5])
        #expect(starts(bench) == [nil, "2"])
    }

    @Test func `a cut page of a table by name asks once for the key's attributes`() async throws {
        let description = ScriptedTransport.Reply.ok(
            #"{"Table":{"TableName":"visits","KeySchema":[{"AttributeName":"a","KeyType":"RANGE"},"#
                + #"{"AttributeName":"s","KeyType":"HASH"}]}}"#
        )
        let bench = try await Bench(answers: [
            Self.page([1, 2, 5]), description, Self.page([5]), Self.page([1, 2, 5]),
        ])
        let visits = bench.resource.table("visits")
        let first = try await visits.query(key: ["s": "x"]).where { $0["hits"] > 0 }.limit(2).page()
        let second = try await visits.query(key: ["s": "x"]).where { $0["hits"] > 0 }.after(first.next).page()
        #expect(second.items.map { $0["a"] } == [5])
        _ = try await visits.query(key: ["s": "x"]).where { $0["hits"] > 0 }.limit(2).page()
        #expect(bench.sent.map(\.operation) == ["Query", "DescribeTable", "Query", "Query"])
        #expect(starts(bench)[2] == "2")
    }

    @Test func `a limited page of a partial type carries the keys it needs`() async throws {
        struct Hits: Decodable { var hits: Int }
        let bench = try await Bench()
        _ = try await bench.resource.table(Visit.self).scan().select(Hits.self).where { $0.hits > 0 }.limit(2).page()
        #expect(bench.bodies[0].contains(##""ExpressionAttributeNames":{"#n0":"hits","#n1":"s","#n2":"a"}"##))
        #expect(bench.bodies[0].contains(##""ProjectionExpression":"#n0, #n1, #n2""##))
    }

    @Test func `a token of another query is refused before anything is sent`() async throws {
        let bench = try await Bench(answers: [Self.page([1], last: 1)])
        let visits = bench.resource.table(Visit.self)
        let token = try #require(try await visits.query("x").page().next)
        let others: [Query<Visit, Visit>] = [
            visits.query("y"), visits.query("x").descending(), visits.query("x", .greater(0)),
            visits.query(Visit.byNote, "x"), bench.resource.table("other", of: Visit.self).query("x"),
        ]
        for other in others {
            let error = await #expect(throws: AlternatorError.self) { _ = try await other.after(token).page() }
            #expect(error?.code == .tokenMismatch)
        }
        let scan = await #expect(throws: AlternatorError.self) { _ = try await visits.scan().after(token).page() }
        #expect(scan?.code == .tokenMismatch)
        #expect(bench.sent.count == 1)
    }

    @Test func `pages come one by one with their tokens`() async throws {
        let bench = try await Bench(answers: Self.three)
        var counts: [Int] = []
        var tokens: [Bool] = []
        for try await page in bench.resource.table(Visit.self).query("x").pages {
            counts.append(page.items.count)
            tokens.append(page.next != nil)
        }
        #expect(counts == [2, 0, 1])
        #expect(tokens == [true, true, false])
    }

    @Test func `from the second page on the next one is fetched ahead`() async throws {
        let bench = try await Bench(answers: Self.three)
        var pages = bench.resource.table(Visit.self).query("x").pages.makeAsyncIterator()
        _ = try await pages.next(isolation: nil)
        #expect(bench.sent.count == 1)
        _ = try await pages.next(isolation: nil)
        try await eventually("the third page is asked for") { bench.sent.count == 3 }
        #expect(try await pages.next(isolation: nil)?.items.map(\.at) == [4])
        #expect(try await pages.next(isolation: nil) == nil)
    }

    @Test func `an error ends the sequence and nothing is sent afterwards`() async throws {
        let bench = try await Bench(answers: [Self.page([1], last: 1), .error("ValidationException"), Self.page([2])])
        var items = bench.resource.table(Visit.self).query("x").makeAsyncIterator()
        #expect(try await items.next(isolation: nil)?.at == 1)
        let error = await #expect(throws: AlternatorError.self) { _ = try await items.next(isolation: nil) }
        #expect(error?.code == .validation)
        #expect(error?.operation == "Query")
        #expect(error?.table == "visits")
        #expect(try await items.next(isolation: nil) == nil)
        #expect(bench.sent.count == 2)
    }

    @Test func `an item that does not fit is a decoding error with operation and table`() async throws {
        let bench = try await Bench(answers: [.ok(#"{"Items":[{"s":{"S":"x"}}],"Count":1}"#)])
        let error = await #expect(throws: AlternatorError.self) {
            _ = try await bench.resource.table(Visit.self).query("x").page()
        }
        #expect(error?.code == .decoding)
        #expect(error?.table == "visits")
    }

    @Test func `a broken answer is a protocol violation`() async throws {
        let bench = try await Bench(answers: [.ok(#"{"Items":[{"#)])
        let error = await #expect(throws: AlternatorError.self) {
            _ = try await bench.resource.table(Visit.self).query("x").page()
        }
        #expect(error?.code == .protocolViolation)
    }

    @Test func `a cancelled task stops between pages`() async throws {
        let bench = try await Bench(answers: Self.three)
        let visits = bench.resource.table(Visit.self)
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            do {
                for try await _ in visits.query("x") {}
                return AlternatorError.Code?.none
            } catch let error as AlternatorError {
                return error.code
            }
        }
        #expect(try await task.value == .cancelled)
        #expect(bench.sent.isEmpty)
    }

    // MARK: Parallel scans

    @Test func `a parallel scan reads every segment to its end`() async throws {
        let bench = try await Bench { _, call in
            let body = String(decoding: call.body, as: UTF8.self)
            guard let range = body.range(of: #""Segment":"#) else { return nil }
            let segment = Int(body[range.upperBound...].prefix { $0.isNumber }) ?? -1
            // Each segment has two pages.
            return body.contains("ExclusiveStartKey")
                ? Self.page([segment * 10 + 1]) : Self.page([segment * 10], last: segment * 10)
        }
        var found: Set<Int> = []
        for try await visit in bench.resource.table(Visit.self).scan().parallel(segments: 5, concurrency: 2) {
            found.insert(visit.at)
        }
        #expect(found == [0, 1, 10, 11, 20, 21, 30, 31, 40, 41])
        #expect(bench.sent.count == 10)
        #expect(bench.bodies.allSatisfy { $0.contains(#""TotalSegments":5"#) })
    }

    @Test func `a parallel scan has no more requests under way than asked for`() async throws {
        let bench = try await Bench { _, _ in .hang }
        let visits = bench.resource.table(Visit.self)
        let task = Task { for try await _ in visits.scan().parallel(segments: 9, concurrency: 3) {} }
        try await eventually("three requests") { bench.transport.hanging == 3 }
        #expect(bench.sent.count == 3)
        task.cancel()
        await #expect(throws: AlternatorError.self) { try await task.value }
        try await eventually("all cancelled") { bench.transport.hanging == 0 }
        #expect(bench.sent.count == 3)
    }

    @Test func `a parallel scan goes on where its token says`() async throws {
        let bench = try await Bench(answers: [Self.page([1], last: 1)])
        let visits = bench.resource.table(Visit.self)
        let scan = visits.scan().parallel(segments: 2, concurrency: 1).prefetching(false)
        let token = try #require(try await scan.page().next)
        for try await _ in scan.after(token) {}
        #expect(
            bench.bodies == [
                #"{"TableName":"visits","TotalSegments":2,"Segment":0}"#,
                #"{"TableName":"visits","TotalSegments":2,"Segment":0,"#
                    + #""ExclusiveStartKey":{"s":{"S":"x"},"a":{"N":"1"}}}"#,
                #"{"TableName":"visits","TotalSegments":2,"Segment":1}"#,
            ]
        )
        let error = await #expect(throws: AlternatorError.self) {
            _ = try await visits.scan().parallel(segments: 3).after(token).page()
        }
        #expect(error?.code == .tokenMismatch)
    }

    @Test func `a failing segment ends the scan`() async throws {
        let bench = try await Bench { _, call in
            String(decoding: call.body, as: UTF8.self).contains(#""Segment":1"#)
                ? .error("ResourceNotFoundException") : Self.page([1])
        }
        let error = await #expect(throws: AlternatorError.self) {
            for try await _ in bench.resource.table(Visit.self).scan().parallel(segments: 4, concurrency: 4) {}
        }
        #expect(error?.code == .tableNotFound)
    }
}

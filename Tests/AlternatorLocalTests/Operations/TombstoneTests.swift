import AlternatorWire
import Testing

@testable import AlternatorLocal

/// Pages that end among deleted rows (test_scan.py of the server, `query_tombstone_page_limit`).
@Suite struct TombstoneTests {
    /// A server whose pages end after `limit` tombstones, with the rows 0 and 9 and deletes between them.
    private func filled(limit: Int) throws -> LocalServer {
        let server = try LocalServer { $0.allowsSystemTableWrites = true }
        try server.createRows()
        try server.call(
            "UpdateItem",
            """
            {"TableName":".scylla.alternator.system.config","Key":{"name":{"S":"query_tombstone_page_limit"}},
            "UpdateExpression":"SET #v = :v","ExpressionAttributeNames":{"#v":"value"},
            "ExpressionAttributeValues":{":v":{"S":"\(limit)"}}}
            """
        )
        for sort in [0, 9] {
            try server.call("PutItem", #"{"TableName":"rows","Item":{"p":{"S":"a"},"c":{"N":"\#(sort)"}}}"#)
        }
        for sort in 1...8 {
            try server.call("DeleteItem", #"{"TableName":"rows","Key":{"p":{"S":"a"},"c":{"N":"\#(sort)"}}}"#)
        }
        return server
    }

    /// The sort keys of each page of a Query.
    private func pages(_ server: LocalServer, isForward: Bool) throws -> [[String]] {
        var pages: [[String]] = []
        var start = ""
        while pages.count < 20 {
            let answer = try server.call(
                "Query",
                """
                {"TableName":"rows","KeyConditionExpression":"p = :p","ScanIndexForward":\(isForward)\(start),
                "ExpressionAttributeValues":{":p":{"S":"a"}}}
                """
            )
            pages.append((answer["Items"]?.elements ?? []).compactMap { $0["c"]?["N"]?.text })
            guard let last = answer["LastEvaluatedKey"] else { break }
            start = ",\"ExclusiveStartKey\":\(last.printed)"
        }
        return pages
    }

    @Test func `a page ends after so many tombstones, even without an item`() throws {
        let server = try filled(limit: 3)
        #expect(try pages(server, isForward: true) == [["0"], [], ["9"]])
        #expect(try pages(server, isForward: false) == [["9"], [], ["0"]])
        let scan = try server.call("Scan", #"{"TableName":"rows"}"#)
        #expect(scan["Count"] == .number("1"))
        #expect(scan["ScannedCount"] == .number("1"))
        #expect(try scan["LastEvaluatedKey"] == LocalServer.tree(#"{"p":{"S":"a"},"c":{"N":"3"}}"#))
    }

    @Test func `fewer tombstones than the limit do not show`() throws {
        #expect(try pages(filled(limit: 9), isForward: true) == [["0", "9"]])
        // The page ends just at the last one.
        #expect(try pages(filled(limit: 8), isForward: true) == [["0"], ["9"]])
    }

    @Test func `a row put again is no tombstone any more`() throws {
        let server = try filled(limit: 8)
        try server.call("PutItem", #"{"TableName":"rows","Item":{"p":{"S":"a"},"c":{"N":"4"}}}"#)
        #expect(try pages(server, isForward: true) == [["0", "4", "9"]])
    }

    @Test func `a Limit counts items, not tombstones`() throws {
        let scan = try filled(limit: 100).call("Scan", #"{"TableName":"rows","Limit":2}"#)
        #expect(scan["Count"] == .number("2"))
    }

    @Test func `a table made again has none of the old tombstones`() throws {
        let server = try filled(limit: 3)
        try server.call("DeleteTable", #"{"TableName":"rows"}"#)
        try server.createRows()
        for sort in [0, 9] {
            try server.call("PutItem", #"{"TableName":"rows","Item":{"p":{"S":"a"},"c":{"N":"\#(sort)"}}}"#)
        }
        #expect(try pages(server, isForward: true) == [["0", "9"]])
    }

    @Test func `deletes of a batch and of TTL leave tombstones too`() throws {
        let server = try filled(limit: 9)
        try server.call(
            "BatchWriteItem",
            #"{"RequestItems":{"rows":[{"DeleteRequest":{"Key":{"p":{"S":"a"},"c":{"N":"8.5"}}}}]}}"#
        )
        #expect(try pages(server, isForward: true) == [["0"], ["9"]])
        let expiring = try filled(limit: 9)
        try expiring.call(
            "UpdateTimeToLive",
            #"{"TableName":"rows","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"until"}}"#
        )
        try expiring.call(
            "PutItem",
            #"{"TableName":"rows","Item":{"p":{"S":"a"},"c":{"N":"8.5"},"until":{"N":"1700000000"}}}"#
        )
        #expect(try pages(expiring, isForward: true) == [["0", "8.5", "9"]])
        expiring.handler.engine.expireItems()
        #expect(try pages(expiring, isForward: true) == [["0"], ["9"]])
    }

    @Test func `so many are kept and no more`() throws {
        let store = try Store(path: nil, maximumTombstones: 4)
        try store.createTable(1)
        func read() throws -> Int {
            var count = 0
            try store.read(RowRange(), in: 1) { (_, isTombstone) throws(LocalError) -> Bool in
                count += isTombstone ? 1 : 0
                return true
            }
            return count
        }
        for number in 0..<4 as Range<UInt8> {
            try store.bury(RowKey(partition: [number], sort: []), as: [], in: 1)
        }
        #expect(try read() == 4)
        try store.bury(RowKey(partition: [9], sort: []), as: [], in: 1)
        #expect(try read() == 1)
    }

    @Test func `a transaction that fails leaves no tombstones and none half made`() throws {
        let store = try Store(path: nil)
        try store.createTable(1)
        let key = RowKey(partition: [1], sort: [])
        #expect(throws: LocalError.self) {
            try store.transaction { () throws(LocalError) in
                try store.bury(key, as: [], in: 1)
                throw LocalError.validation("stop")
            }
        }
        #expect(!store.hasTombstones(in: 1))
        try store.bury(key, as: [], in: 1)
        #expect(store.hasTombstones(in: 1))
    }
}

import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct ReadOperationTests {
    /// Ten rows of partition `a`, sort keys 0…9 put out of order.
    private func filled() throws -> LocalServer {
        let server = try LocalServer()
        try server.createRows()
        for sort in [3, 9, 1, 0, 7, 5, 8, 2, 6, 4] {
            try server.call("PutItem", #"{"TableName":"rows","Item":{"p":{"S":"a"},"c":{"N":"\#(sort)"}}}"#)
        }
        return server
    }

    private func sorts(_ answer: JSONValue) -> [String] {
        (answer["Items"]?.elements ?? []).compactMap { $0["c"]?["N"]?.text }
    }

    private func query(_ server: LocalServer, _ condition: String, _ rest: String = "") throws -> JSONValue {
        try server.call(
            "Query",
            """
            {"TableName":"rows","KeyConditionExpression":"p = :p\(condition)",
            "ExpressionAttributeValues":{":p":{"S":"a"}\(rest)}
            """
        )
    }

    @Test(arguments: [
        ("", "}", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
        (" AND c = :c", #",":c":{"N":"4.0"}}"#, ["4"]),
        (" AND c < :c", #",":c":{"N":"2"}}"#, ["0", "1"]),
        (" AND c <= :c", #",":c":{"N":"2"}}"#, ["0", "1", "2"]),
        (" AND c > :c", #",":c":{"N":"7"}}"#, ["8", "9"]),
        (" AND :c > c", #",":c":{"N":"1"}}"#, ["0"]),
        (" AND c BETWEEN :c AND :d", #",":c":{"N":"7"},":d":{"N":"8.5"}}"#, ["7", "8"]),
        ("", #"},"ScanIndexForward":false,"Limit":3"#, ["9", "8", "7"]),
    ])
    func `a query reads the rows of its condition in order`(
        condition: String,
        rest: String,
        expected: [String]
    ) throws {
        #expect(try sorts(query(filled(), condition, rest)) == expected)
    }

    @Test func `after exactly Limit rows there is a next page, even an empty one`() throws {
        let server = try filled()
        let first = try query(server, "", #"},"Limit":10"#)
        #expect(first["Count"]?.integer == 10)
        let key = try #require(first["LastEvaluatedKey"])
        #expect(try key == LocalServer.tree(#"{"p":{"S":"a"},"c":{"N":"9"}}"#))
        let second = try query(server, "", #"},"Limit":10,"ExclusiveStartKey":\#(key.printed)"#)
        #expect(second["Count"]?.integer == 0)
        #expect(second["LastEvaluatedKey"] == nil)
    }

    @Test func `pages of a reversed query follow each other`() throws {
        let server = try filled()
        var seen: [String] = []
        var start = ""
        while true {
            let page = try query(server, "", #"},"ScanIndexForward":false,"Limit":4\#(start)"#)
            seen += sorts(page)
            guard let key = page["LastEvaluatedKey"] else { break }
            start = #","ExclusiveStartKey":\#(key.printed)"#
        }
        #expect(seen == ["9", "8", "7", "6", "5", "4", "3", "2", "1", "0"])
    }

    @Test func `a filter counts what it read and what it kept`() throws {
        let server = try filled()
        let answer = try server.call(
            "Scan",
            """
            {"TableName":"rows","FilterExpression":"c >= :c","Select":"COUNT",
            "ExpressionAttributeValues":{":c":{"N":"8"}}}
            """
        )
        #expect(try answer == LocalServer.tree(#"{"Count":2,"ScannedCount":10}"#))
    }

    @Test func `a page ends at about a megabyte`() throws {
        let server = try LocalServer()
        try server.createRows()
        let filler = String(repeating: "x", count: 300_000)
        for sort in 0..<6 {
            let item = #"{"p":{"S":"a"},"c":{"N":"\#(sort)"},"f":{"S":"\#(filler)"}}"#
            try server.call("PutItem", #"{"TableName":"rows","Item":\#(item)}"#)
        }
        let page = try query(server, "", "}")
        #expect(page["Count"]?.integer == 4)
        #expect(page["LastEvaluatedKey"] != nil)
    }

    @Test func `segments of a scan are disjoint and cover the table`() throws {
        let server = try LocalServer()
        try server.createUsers()
        for id in 0..<100 { try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"u\#(id)"}}}"#) }
        var seen: [String] = []
        for segment in 0..<7 {
            let page = try server.call("Scan", #"{"TableName":"users","Segment":\#(segment),"TotalSegments":7}"#)
            seen += (page["Items"]?.elements ?? []).compactMap { $0["id"]?["S"]?.text }
        }
        #expect(seen.count == 100)
        #expect(Set(seen).count == 100)
    }

    @Test func `a scan reads partitions in token order`() throws {
        let server = try LocalServer()
        try server.createUsers()
        // Tokens by the Python driver: a −8839064797231613815, bob −5396685590450884643, key-0 −3844545562556867695.
        for id in ["key-0", "bob", "a"] {
            try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"\#(id)"}}}"#)
        }
        let scan = try server.call("Scan", #"{"TableName":"users"}"#)
        #expect((scan["Items"]?.elements ?? []).map { $0["id"]?["S"]?.text } == ["a", "bob", "key-0"])
    }

    @Test(arguments: [
        ("Query", #"{"TableName":"rows"}"#, "KeyCondition"),
        ("Scan", #"{"TableName":"rows","Limit":0}"#, "Limit must be greater than 0"),
        ("Scan", #"{"TableName":"rows","Limit":-1}"#, "Limit must be greater than 0"),
        ("Scan", #"{"TableName":"rows","Segment":1}"#, "Both Segment and TotalSegments"),
        ("Scan", #"{"TableName":"rows","Segment":3,"TotalSegments":3}"#, "less than TotalSegments"),
        ("Scan", #"{"TableName":"rows","Segment":3,"TotalSegments":1000001}"#, "1000000"),
        ("Scan", #"{"TableName":"rows","Select":"DOG"}"#, "Unknown Select value 'DOG'"),
        ("Scan", #"{"TableName":"rows","Select":"SPECIFIC_ATTRIBUTES"}"#, "SPECIFIC_ATTRIBUTES requires"),
        ("Scan", #"{"TableName":"rows","Select":"ALL_PROJECTED_ATTRIBUTES"}"#, "only allowed for indexes"),
        ("Scan", #"{"TableName":"rows","Select":"COUNT","AttributesToGet":["c"]}"#, "require Select"),
        ("Scan", #"{"TableName":"rows","IndexName":"byName"}"#, "Index 'byName' for table 'rows'"),
        ("Scan", #"{"TableName":"rows","ConsistentRead":"x"}"#, "must be a boolean"),
    ])
    func `a bad read is a ValidationException`(operation: String, body: String, part: String) throws {
        let server = try LocalServer()
        try server.createRows()
        let error = try server.error(operation, body)
        #expect(error.type == "ValidationException")
        #expect(error.message.contains(part), "\(error.message)")
    }

    @Test func `a projection answers with its parts, or with an empty item`() throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call(
            "PutItem",
            #"{"TableName":"users","Item":{"id":{"S":"x"},"m":{"M":{"a":{"N":"1"},"b":{"N":"2"}}}}}"#
        )
        let key = #""TableName":"users","Key":{"id":{"S":"x"}}"#
        let part = try server.call("GetItem", #"{\#(key),"ProjectionExpression":"m.b"}"#)
        #expect(try part == LocalServer.tree(#"{"Item":{"m":{"M":{"b":{"N":"2"}}}}}"#))
        let none = try server.call("GetItem", #"{\#(key),"AttributesToGet":["zzz"]}"#)
        #expect(try none == LocalServer.tree(#"{"Item":{}}"#))
    }
}

import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct IndexTests {
    /// Partition key `p`, sort key `c` (S), a global index on `x` and a local one on `y`.
    private func indexed() throws -> LocalServer {
        let server = try LocalServer()
        try server.call(
            "CreateTable",
            """
            {"TableName":"tab","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},
            {"AttributeName":"c","KeyType":"RANGE"}],
            "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"c","AttributeType":"S"},
            {"AttributeName":"x","AttributeType":"S"},{"AttributeName":"y","AttributeType":"N"}],
            "GlobalSecondaryIndexes":[{"IndexName":"byX","KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],
            "Projection":{"ProjectionType":"KEYS_ONLY"}}],
            "LocalSecondaryIndexes":[{"IndexName":"byY","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},
            {"AttributeName":"y","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],
            "BillingMode":"PAY_PER_REQUEST"}
            """
        )
        return server
    }

    private func put(_ server: LocalServer, _ item: String) throws {
        try server.call("PutItem", #"{"TableName":"tab","Item":{\#(item)}}"#)
    }

    private func byX(_ server: LocalServer, _ value: String, _ rest: String = "") throws -> JSONValue {
        try server.call(
            "Query",
            """
            {"TableName":"tab","IndexName":"byX","KeyConditionExpression":"x = :x",
            "ExpressionAttributeValues":{":x":{"S":"\(value)"}}\(rest)}
            """
        )
    }

    @Test func `an index holds items that have its key, whole, and follows their changes`() throws {
        let server = try indexed()
        try put(server, #""p":{"S":"1"},"c":{"S":"a"},"x":{"S":"k"},"more":{"N":"5"}"#)
        try put(server, #""p":{"S":"2"},"c":{"S":"b"}"#)
        #expect(try byX(server, "k")["Items"]?.elements?.first?["more"]?["N"]?.text == "5")
        #expect(try server.call("Scan", #"{"TableName":"tab","IndexName":"byX"}"#)["Count"]?.integer == 1)
        try server.call(
            "UpdateItem",
            """
            {"TableName":"tab","Key":{"p":{"S":"1"},"c":{"S":"a"}},"UpdateExpression":"SET x = :x",
            "ExpressionAttributeValues":{":x":{"S":"m"}}}
            """
        )
        #expect(try byX(server, "k")["Count"]?.integer == 0)
        #expect(try byX(server, "m")["Count"]?.integer == 1)
        try server.call("DeleteItem", #"{"TableName":"tab","Key":{"p":{"S":"1"},"c":{"S":"a"}}}"#)
        #expect(try byX(server, "m")["Count"]?.integer == 0)
    }

    @Test func `pages of an index carry its key and the table's`() throws {
        let server = try indexed()
        for number in 0..<5 { try put(server, #""p":{"S":"\#(number)"},"c":{"S":"a"},"x":{"S":"k"}"#) }
        var seen: Set<String> = []
        var start = ""
        for _ in 0..<5 {
            let page = try byX(server, "k", #","Limit":1\#(start)"#)
            let key = try #require(page["LastEvaluatedKey"])
            #expect(key.members?.map(\.name) == ["x", "p", "c"])
            seen.insert(try #require(page["Items"]?.elements?.first?["p"]?["S"]?.text))
            start = #","ExclusiveStartKey":\#(key.printed)"#
        }
        #expect(seen.count == 5)
        #expect(try byX(server, "k", #","Limit":1\#(start)"#)["LastEvaluatedKey"] == nil)
    }

    @Test func `a local index orders a partition by its own sort key and reads consistently`() throws {
        let server = try indexed()
        for (sort, number) in [("a", 3), ("b", 1), ("c", 2)] {
            try put(server, #""p":{"S":"1"},"c":{"S":"\#(sort)"},"y":{"N":"\#(number)"}"#)
        }
        let answer = try server.call(
            "Query",
            """
            {"TableName":"tab","IndexName":"byY","ConsistentRead":true,"KeyConditionExpression":"p = :p AND y > :y",
            "ExpressionAttributeValues":{":p":{"S":"1"},":y":{"N":"1"}}}
            """
        )
        #expect(answer["Items"]?.elements?.compactMap { $0["c"]?["S"]?.text } == ["c", "a"])
        let error = try server.error("Scan", #"{"TableName":"tab","IndexName":"byX","ConsistentRead":true}"#)
        #expect(error.message.contains("Consistent reads are not allowed on global indexes"))
    }

    @Test(arguments: [#"{"N":"1"}"#, #"{"S":""}"#, #"{"NULL":true}"#])
    func `a value that cannot be an index key is refused by every write`(value: String) throws {
        let server = try indexed()
        let put = try server.error(
            "PutItem",
            #"{"TableName":"tab","Item":{"p":{"S":"1"},"c":{"S":"a"},"x":\#(value)}}"#
        )
        let update = try server.error(
            "UpdateItem",
            """
            {"TableName":"tab","Key":{"p":{"S":"1"},"c":{"S":"a"}},"UpdateExpression":"SET x = :x",
            "ExpressionAttributeValues":{":x":\(value)}}
            """
        )
        let batch = try server.error(
            "BatchWriteItem",
            #"{"RequestItems":{"tab":[{"PutRequest":{"Item":{"p":{"S":"1"},"c":{"S":"a"},"x":\#(value)}}}]}}"#
        )
        for error in [put, update, batch] {
            #expect(error.type == "ValidationException")
            #expect(error.message.contains("mismatch") || error.message.contains("empty"), "\(error.message)")
        }
        #expect(try server.call("Scan", #"{"TableName":"tab"}"#)["Count"]?.integer == 0)
    }

    @Test func `UpdateTable adds an index over what is there, and removes it`() throws {
        let server = try LocalServer()
        try server.createUsers()
        // The key is kept as written, so the entry has to find this item under its own spelling.
        for id in ["u1", "u2"] {
            try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"\#(id)"},"n":{"N":"1.0"}}}"#)
        }
        try server.call(
            "UpdateTable",
            """
            {"TableName":"users","AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"}],
            "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byN",
            "KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}
            """
        )
        let query = """
            {"TableName":"users","IndexName":"byN","KeyConditionExpression":"n = :n",
            "ExpressionAttributeValues":{":n":{"N":"1"}}}
            """
        #expect(try server.call("Query", query)["Count"]?.integer == 2)
        func described() throws -> JSONValue? {
            let description = try server.call("DescribeTable", #"{"TableName":"users"}"#)["Table"]
            return description?["GlobalSecondaryIndexes"]?.elements?.first
        }
        #expect(try described()?["IndexStatus"]?.text == "CREATING")
        #expect(try described()?["Backfilling"] == .bool(true))
        server.clock.advance(milliseconds: 100)
        let index = try described()
        #expect(index?["IndexStatus"]?.text == "ACTIVE")
        #expect(index?["Backfilling"] == nil)
        #expect(index?["Projection"]?["ProjectionType"]?.text == "ALL")
        let delete = #"{"TableName":"users","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byN"}}]}"#
        try server.call("UpdateTable", delete)
        #expect(try server.error("Query", query).type == "ValidationException")
        #expect(try server.error("UpdateTable", delete).type == "ResourceNotFoundException")
    }

    @Test func `an item whose value is too long for a key is not in the index`() throws {
        let server = try LocalServer()
        try server.createUsers()
        for (id, count) in [("short", 65535), ("long", 65536)] {
            let text = String(repeating: "x", count: count)
            try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"\#(id)"},"x":{"S":"\#(text)"}}}"#)
        }
        try server.call(
            "UpdateTable",
            """
            {"TableName":"users","AttributeDefinitions":[{"AttributeName":"x","AttributeType":"S"}],
            "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byX",
            "KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}
            """
        )
        let scan = #"{"TableName":"users","IndexName":"byX","ProjectionExpression":"id"}"#
        #expect(try server.call("Scan", scan)["Items"] == LocalServer.tree(#"[{"id":{"S":"short"}}]"#))
        let id = String(repeating: "x", count: 65536)
        let error = try server.error("PutItem", #"{"TableName":"users","Item":{"id":{"S":"\#(id)"}}}"#, status: 500)
        #expect(error.message == "Key size too large: 65536 > 65535")
    }

    @Test func `UpdateTable takes one change, and needs one`() throws {
        let server = try indexed()
        let two = #"[{"Delete":{"IndexName":"byX"}},{"Delete":{"IndexName":"abc"}}]"#
        let many = try server.error("UpdateTable", #"{"TableName":"tab","GlobalSecondaryIndexUpdates":\#(two)}"#)
        #expect(many.type == "LimitExceededException")
        #expect(try server.error("UpdateTable", #"{"TableName":"tab"}"#).message.contains("requires one of"))
    }
}

import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct VectorIndexTests {
    private let vectors = #"[{"IndexName":"vec","VectorAttribute":{"AttributeName":"v","Dimensions":3}}]"#

    private func create(_ vectors: String, more: String = "") -> String {
        """
        {"TableName":"users","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"\(more),
        "VectorIndexes":\(vectors)}
        """
    }

    private func update(_ updates: String) -> String { #"{"TableName":"users","VectorIndexUpdates":\#(updates)}"# }

    private func described(_ server: LocalServer) throws -> JSONValue? {
        try server.call("DescribeTable", #"{"TableName":"users"}"#)["Table"]?["VectorIndexes"]
    }

    @Test func `an index is described as being created, for no store will build it`() throws {
        let server = try LocalServer()
        try server.call("CreateTable", create(vectors))
        let expected = """
            [{"IndexName":"vec","VectorAttribute":{"AttributeName":"v","Dimensions":3},
            "Projection":{"ProjectionType":"KEYS_ONLY"},"SimilarityFunction":"COSINE","IndexStatus":"CREATING"}]
            """
        #expect(try described(server) == LocalServer.tree(expected))
    }

    @Test func `an index is added to a table, and removed`() throws {
        let server = try LocalServer()
        try server.createUsers()
        let new = #"{"IndexName":"vec","VectorAttribute":{"AttributeName":"v","Dimensions":3}}"#
        try server.call("UpdateTable", update("[{\"Create\":\(new)}]"))
        #expect(try described(server)?.elements?.count == 1)
        let taken = try server.error("UpdateTable", update("[{\"Create\":\(new)}]"))
        #expect(taken.message.contains("already exists"))
        try server.call("UpdateTable", update(#"[{"Delete":{"IndexName":"vec"}}]"#))
        #expect(try described(server) == nil)
        let gone = try server.error("UpdateTable", update(#"[{"Delete":{"IndexName":"vec"}}]"#))
        #expect(gone.type == "ResourceNotFoundException")
        #expect(try server.error("UpdateTable", update("[]")).message.contains("requires one"))
        let two = try server.error("UpdateTable", update("[{\"Create\":\(new)},{\"Delete\":{\"IndexName\":\"vec\"}}]"))
        #expect(two.type == "LimitExceededException")
    }

    @Test(arguments: [
        (#"[{"IndexName":"vec"}]"#, "VectorAttribute"),
        (#"[{"IndexName":"ve","VectorAttribute":{"AttributeName":"v","Dimensions":3}}]"#, "IndexName"),
        (#"[{"IndexName":"vec","VectorAttribute":{"AttributeName":"","Dimensions":3}}]"#, "AttributeName"),
        (#"[{"IndexName":"vec","VectorAttribute":{"AttributeName":"id","Dimensions":3}}]"#, "key column"),
        (#"[{"IndexName":"vec","VectorAttribute":{"AttributeName":"v","Dimensions":16001}}]"#, "Dimensions"),
        (#"[{"IndexName":"vec","VectorAttribute":{"AttributeName":"v","Dimensions":1.5}}]"#, "Dimensions"),
        (
            #"[{"IndexName":"vec","VectorAttribute":{"AttributeName":"v","Dimensions":3},"SimilarityFunction":"X"}]"#,
            "SimilarityFunction"
        ),
        (
            #"[{"IndexName":"vec","VectorAttribute":{"AttributeName":"v","Dimensions":3},"Projection":{}}]"#,
            "Projection"
        ),
    ])
    func `a wrong index is refused by the name of what is wrong`(vectors: String, word: String) throws {
        let error = try LocalServer().error("CreateTable", create(vectors))
        #expect(error.type == "ValidationException")
        #expect(error.message.contains(word))
    }

    @Test func `virtual nodes have no vector indexes`() throws {
        let tags = #","Tags":[{"Key":"system:initial_tablets","Value":"none"}]"#
        let server = try LocalServer()
        let error = try server.error("CreateTable", create(vectors, more: tags))
        #expect(error.message.contains("vnodes"))
        // The tag counts at creation only; without vectors such a table is made.
        try server.call("CreateTable", create("[]", more: tags))
        let new = #"[{"Create":{"IndexName":"vec","VectorAttribute":{"AttributeName":"v","Dimensions":3}}}]"#
        #expect(try server.error("UpdateTable", update(new)).message.contains("vnodes"))
    }

    @Test(arguments: [
        (#"{"S":"text"}"#, "list of numbers"), (#"{"L":[{"N":"1"},{"N":"2"}]}"#, "exactly 3"),
        (#"{"L":[{"N":"1"},{"S":"2"},{"N":"3"}]}"#, "only numbers"),
        (#"{"L":[{"N":"1"},{"N":"1e100"},{"N":"3"}]}"#, "32-bit"), (#"{"FLOAT32VECTOR":[1,2]}"#, "exactly 3"),
        (#"{"FLOAT32VECTOR":[1,-1e100,2]}"#, "32-bit"),
    ])
    func `what is no vector of the right length cannot be written`(value: String, word: String) throws {
        let server = try LocalServer()
        try server.call("CreateTable", create(vectors))
        let item = #"{"id":{"S":"a"},"v":\#(value)}"#
        let requests = [
            ("PutItem", #"{"TableName":"users","Item":\#(item)}"#),
            ("BatchWriteItem", #"{"RequestItems":{"users":[{"PutRequest":{"Item":\#(item)}}]}}"#),
            (
                "UpdateItem",
                #"{"TableName":"users","Key":{"id":{"S":"a"}},"UpdateExpression":"SET v = :v","#
                    + #""ExpressionAttributeValues":{":v":\#(value)}}"#
            ),
        ]
        for (operation, request) in requests {
            let error = try server.error(operation, request)
            #expect(error.message.contains(word), "\(operation)")
        }
    }

    /// 1 + 2⁻²⁴, rounded by way of 64 bits, is 1.
    @Test func `a vector has the precision of its type`() throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call(
            "PutItem",
            #"{"TableName":"users","Item":{"id":{"S":"a"},"v":{"FLOAT32VECTOR":[1.0000000596046448,2.5]}}}"#
        )
        let answer = try server.call("GetItem", #"{"TableName":"users","Key":{"id":{"S":"a"}}}"#)
        #expect(try answer["Item"]?["v"] == LocalServer.tree(#"{"FLOAT32VECTOR":[1.0,2.5]}"#))
    }

    @Test(arguments: [
        (#""VectorSearch":{"QueryVector":V}"#, "IndexName"),
        (#""IndexName":"other","VectorSearch":{"QueryVector":V}"#, "is not a vector index"),
        (#""IndexName":"vec","VectorSearch":{}"#, "QueryVector"),
        (#""IndexName":"vec","VectorSearch":{"QueryVector":{"L":[{"N":"1"}]}},"Limit":1"#, "length"),
        (#""IndexName":"vec","VectorSearch":{"QueryVector":V}"#, "Limit"),
        (#""IndexName":"vec","VectorSearch":{"QueryVector":V},"Limit":1001"#, "Limit"),
        (#""IndexName":"vec","VectorSearch":{"QueryVector":V},"Limit":1,"ConsistentRead":true"#, "Consistent"),
        (#""IndexName":"vec","VectorSearch":{"QueryVector":V},"Limit":1,"ScanIndexForward":true"#, "ScanIndexForward"),
        (
            #""IndexName":"vec","VectorSearch":{"QueryVector":V,"ReturnScores":"SIMILARITY"},"Limit":1,"Select":"COUNT""#,
            "COUNT"
        ),
        (
            ##""IndexName":"vec","VectorSearch":{"QueryVector":V},"Limit":1,"ExpressionAttributeNames":{"#x":"y"}"##,
            "#x"
        ),
        (#""IndexName":"vec","VectorSearch":{"QueryVector":V},"Limit":1"#, "Vector Store is disabled"),
        (
            #""IndexName":"vec","KeyConditionExpression":"id = :i","ExpressionAttributeValues":{":i":{"S":"a"}}"#,
            "VectorSearch"
        ),
    ])
    func `a search is checked before the missing store is told`(members: String, word: String) throws {
        let server = try LocalServer()
        try server.call("CreateTable", create(vectors))
        let members = members.replacing("V}", with: #"{"FLOAT32VECTOR":[1,2,3]}}"#)
            .replacing("V,", with: #"{"FLOAT32VECTOR":[1,2,3]},"#)
        let error = try server.error("Query", #"{"TableName":"users",\#(members)}"#)
        #expect(error.type == "ValidationException")
        #expect(error.message.contains(word))
    }
}

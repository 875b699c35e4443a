import AlternatorWire
import Testing

@testable import AlternatorLocal

/// Requests with two faults: the one a real node sees first is reported.
@Suite struct CheckOrderTests {
    private func message(_ operation: String, _ body: String) throws -> String {
        let server = try LocalServer()
        try server.createUsers()
        try server.createRows()
        return try server.error(operation, body).message
    }

    @Test(arguments: [
        // ReturnValues before the item or key.
        ("PutItem", #"{"TableName":"users","ReturnValues":"DOG","Item":{}}"#, "ReturnValues: DOG"),
        ("DeleteItem", #"{"TableName":"users","ReturnValues":"DOG","Key":{}}"#, "ReturnValues: DOG"),
        ("UpdateItem", #"{"TableName":"users","ReturnValues":"DOG"}"#, "ReturnValues: DOG"),
        (
            "PutItem", #"{"TableName":"users","ReturnValuesOnConditionCheckFailure":"DOG"}"#,
            "ReturnValuesOnConditionCheckFailure: DOG"
        ),
        // But a word only UpdateItem takes after it.
        ("PutItem", #"{"TableName":"users","ReturnValues":"ALL_NEW","Item":{}}"#, "Key column id not found"),
        // Expected after everything else.
        (
            "PutItem",
            """
            {"TableName":"users","Item":{"id":{"S":"a"}},"Expected":3,"ConditionExpression":"a = :a",
            "ExpressionAttributeValues":{":a":{"N":"1"},":b":{"N":"2"}}}
            """,
            "spurious ':b'"
        ),
        (
            "PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"}},"ConditionalOperator":"OR"}"#,
            "ConditionalOperator"
        ),
        // Placeholders before overlapping paths.
        (
            "UpdateItem",
            """
            {"TableName":"users","Key":{"id":{"S":"a"}},"UpdateExpression":"SET a = :a, a = :missing",
            "ExpressionAttributeValues":{":a":{"N":"1"}}}
            """,
            ":missing"
        ),
        // Query: limit, direction, key condition, filter, Select, placeholders, start.
        ("Query", #"{"TableName":"rows","Limit":0,"ScanIndexForward":3}"#, "Limit"),
        ("Query", #"{"TableName":"rows","ScanIndexForward":3}"#, "ScanIndexForward"),
        ("Query", #"{"TableName":"rows","Select":"DOG"}"#, "KeyConditions or KeyConditionExpression"),
        (
            "Query",
            """
            {"TableName":"rows","Select":"DOG","KeyConditionExpression":"p = :p","FilterExpression":"",
            "ExpressionAttributeValues":{":p":{"S":"a"}}}
            """,
            "FilterExpression must not be empty"
        ),
        (
            "Query",
            """
            {"TableName":"rows","Select":"DOG","KeyConditionExpression":"p = :p",
            "ExpressionAttributeValues":{":p":{"S":"a"},":q":{"S":"a"}}}
            """,
            "Select"
        ),
        (
            "Query",
            """
            {"TableName":"rows","KeyConditionExpression":"p = :p","ExclusiveStartKey":{"p":{"N":"1"}},
            "ExpressionAttributeValues":{":p":{"S":"a"},":q":{"S":"a"}}}
            """,
            "spurious ':q'"
        ),
        // Scan: segments before the limit, the start after the filter unless there are segments.
        ("Scan", #"{"TableName":"rows","Segment":1,"Limit":0}"#, "TotalSegments"),
        ("Scan", #"{"TableName":"rows","ConsistentRead":3,"Segment":1}"#, "ConsistentRead"),
        (
            "Scan", #"{"TableName":"rows","ExclusiveStartKey":{"p":{"N":"1"}},"FilterExpression":""}"#,
            "FilterExpression must not be empty"
        ),
        (
            "Scan",
            """
            {"TableName":"rows","Segment":0,"TotalSegments":1,"ExclusiveStartKey":{"p":{"N":"1"}},
            "FilterExpression":""}
            """,
            "Type mismatch: expected type S for key column p, got type N"
        ),
        // A key condition of the older form has its values looked at like keys.
        (
            "Query",
            """
            {"TableName":"rows","KeyConditions":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":1}]}}}
            """,
            "Malformed value object for key column p"
        ),
    ])
    func `the first fault is told`(operation: String, body: String, words: String) throws {
        let message = try message(operation, body)
        #expect(message.contains(words), "\(message)")
    }

    @Test func `a start in another partition ends the query`() throws {
        let server = try LocalServer()
        try server.createRows()
        try server.call("PutItem", #"{"TableName":"rows","Item":{"p":{"S":"a"},"c":{"N":"5"}}}"#)
        func count(_ partition: String) throws -> String? {
            let answer = try server.call(
                "Query",
                """
                {"TableName":"rows","KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"a"}},
                "ExclusiveStartKey":{"p":{"S":"\(partition)"},"c":{"N":"1"}}}
                """
            )
            #expect(answer["LastEvaluatedKey"] == nil)
            return answer["Count"]?.printed
        }
        #expect(try count("a") == "1")
        #expect(try count("b") == "0")
    }

    @Test func `a table without keys in a batch has no entry in the answer`() throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.createRows()
        let answer = try server.call(
            "BatchGetItem",
            """
            {"ReturnConsumedCapacity":"TOTAL",
            "RequestItems":{"rows":{"Keys":[]},"users":{"Keys":[{"id":{"S":"a"}}]}}}
            """
        )
        #expect(try answer["Responses"] == LocalServer.tree(#"{"users":[]}"#))
        #expect(answer["ConsumedCapacity"]?.elements?.count == 2)
    }

    @Test func `reversed bounds are an error only for a value of their type`() throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"},"n":{"N":"1"}}}"#)
        func refusal(_ attribute: String) throws -> String {
            try server.error(
                "DeleteItem",
                """
                {"TableName":"users","Key":{"id":{"S":"a"}},"ConditionExpression":"\(attribute) BETWEEN :a AND :b",
                "ExpressionAttributeValues":{":a":{"N":"2"},":b":{"N":"1"}}}
                """
            ).type
        }
        #expect(try refusal("n") == "ValidationException")
        #expect(try refusal("id") == "ConditionalCheckFailedException")
    }
}

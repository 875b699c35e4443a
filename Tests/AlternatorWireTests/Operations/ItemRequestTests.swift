import AlternatorWire
import Testing

@Suite struct ItemRequestTests {
    private let key: [String: AttributeValue] = ["id": .string("u1")]

    @Test func `a put sends table and item alone`() throws {
        let request = PutItemRequest(tableName: "users", item: ["n": number("7"), "id": .string("u1")])
        #expect(try body(request) == #"{"TableName":"users","Item":{"id":{"S":"u1"},"n":{"N":"7"}}}"#)
        #expect(request.routedTable == "users")
        #expect(PutItemRequest.operation.rawValue == "PutItem")
    }

    @Test func `a put sends every member in a fixed order`() throws {
        let request = PutItemRequest(
            tableName: "users",
            item: key,
            conditionExpression: "#b = :a AND #a = :b",
            expressionAttributeNames: ["#b": "bb", "#a": "aa"],
            expressionAttributeValues: [":b": .bool(true), ":a": .null],
            returnValues: .allOld,
            returnValuesOnConditionCheckFailure: .allOld,
            returnConsumedCapacity: true
        )
        #expect(
            try body(request) == """
                {"TableName":"users","Item":{"id":{"S":"u1"}},"ConditionExpression":"#b = :a AND #a = :b",\
                "ExpressionAttributeNames":{"#a":"aa","#b":"bb"},\
                "ExpressionAttributeValues":{":a":{"NULL":true},":b":{"BOOL":true}},"ReturnValues":"ALL_OLD",\
                "ReturnValuesOnConditionCheckFailure":"ALL_OLD","ReturnConsumedCapacity":"TOTAL"}
                """
        )
    }

    @Test func `a put sends the legacy condition`() throws {
        let request = PutItemRequest(
            tableName: "users",
            item: key,
            expected: [
                "c": ExpectedAttribute(comparisonOperator: .between, attributeValueList: [number("1"), number("9")]),
                "b": ExpectedAttribute(exists: false),
                "a": ExpectedAttribute(value: .string("x")),
                "d": ExpectedAttribute(comparisonOperator: .notNull),
            ],
            conditionalOperator: .or
        )
        #expect(
            try body(request) == """
                {"TableName":"users","Item":{"id":{"S":"u1"}},"Expected":{"a":{"Value":{"S":"x"}},\
                "b":{"Exists":false},"c":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"1"},{"N":"9"}]},\
                "d":{"ComparisonOperator":"NOT_NULL"}},"ConditionalOperator":"OR"}
                """
        )
    }

    @Test func `a delete sends table and key alone`() throws {
        let request = DeleteItemRequest(tableName: "users", key: key)
        #expect(try body(request) == #"{"TableName":"users","Key":{"id":{"S":"u1"}}}"#)
        #expect(request.routedTable == "users")
    }

    @Test func `a delete sends every member`() throws {
        let request = DeleteItemRequest(
            tableName: "users",
            key: key,
            conditionExpression: "#a = :a",
            expressionAttributeNames: ["#a": "age"],
            expressionAttributeValues: [":a": number("1")],
            returnValues: .allOld,
            returnValuesOnConditionCheckFailure: .allOld,
            returnConsumedCapacity: true,
            expected: ["a": ExpectedAttribute(exists: true)],
            conditionalOperator: .and
        )
        #expect(
            try body(request) == """
                {"TableName":"users","Key":{"id":{"S":"u1"}},"ConditionExpression":"#a = :a",\
                "ExpressionAttributeNames":{"#a":"age"},"ExpressionAttributeValues":{":a":{"N":"1"}},\
                "Expected":{"a":{"Exists":true}},"ConditionalOperator":"AND","ReturnValues":"ALL_OLD",\
                "ReturnValuesOnConditionCheckFailure":"ALL_OLD","ReturnConsumedCapacity":"TOTAL"}
                """
        )
    }

    @Test func `an update sends expressions`() throws {
        let request = UpdateItemRequest(
            tableName: "users",
            key: key,
            updateExpression: "SET #n = :n",
            conditionExpression: "attribute_exists(#n)",
            expressionAttributeNames: ["#n": "name"],
            expressionAttributeValues: [":n": .string("Ada")],
            returnValues: .updatedNew,
            returnValuesOnConditionCheckFailure: .allOld,
            returnConsumedCapacity: true
        )
        #expect(
            try body(request) == """
                {"TableName":"users","Key":{"id":{"S":"u1"}},"UpdateExpression":"SET #n = :n",\
                "ConditionExpression":"attribute_exists(#n)","ExpressionAttributeNames":{"#n":"name"},\
                "ExpressionAttributeValues":{":n":{"S":"Ada"}},"ReturnValues":"UPDATED_NEW",\
                "ReturnValuesOnConditionCheckFailure":"ALL_OLD","ReturnConsumedCapacity":"TOTAL"}
                """
        )
    }

    @Test func `an update sends legacy changes`() throws {
        let request = UpdateItemRequest(
            tableName: "users",
            key: key,
            attributeUpdates: [
                "a": AttributeValueUpdate(action: .add, value: number("1")),
                "b": AttributeValueUpdate(action: .delete),
                "c": AttributeValueUpdate(value: .bool(false)),
            ]
        )
        #expect(
            try body(request) == """
                {"TableName":"users","Key":{"id":{"S":"u1"}},"AttributeUpdates":{\
                "a":{"Value":{"N":"1"},"Action":"ADD"},"b":{"Action":"DELETE"},"c":{"Value":{"BOOL":false}}}}
                """
        )
    }

    @Test func `an update without changes is table and key`() throws {
        let request = UpdateItemRequest(tableName: "users", key: key)
        #expect(try body(request) == #"{"TableName":"users","Key":{"id":{"S":"u1"}}}"#)
    }

    @Test func `a get sends table and key alone`() throws {
        let request = GetItemRequest(tableName: "users", key: key)
        #expect(try body(request) == #"{"TableName":"users","Key":{"id":{"S":"u1"}}}"#)
    }

    @Test func `a get sends every member`() throws {
        let request = GetItemRequest(
            tableName: "users",
            key: key,
            consistentRead: true,
            projectionExpression: "#a, b",
            expressionAttributeNames: ["#a": "a"],
            returnConsumedCapacity: true,
            attributesToGet: ["c", "d"]
        )
        #expect(
            try body(request) == """
                {"TableName":"users","Key":{"id":{"S":"u1"}},"ConsistentRead":true,"ProjectionExpression":"#a, b",\
                "ExpressionAttributeNames":{"#a":"a"},"AttributesToGet":["c","d"],"ReturnConsumedCapacity":"TOTAL"}
                """
        )
    }

    @Test func `a batch get names each table's keys`() throws {
        let request = BatchGetItemRequest(
            requestItems: [
                "b": KeysAndAttributes(
                    keys: [["id": .string("x")], ["id": .string("y")]],
                    consistentRead: true,
                    projectionExpression: "#a",
                    expressionAttributeNames: ["#a": "a"]
                ),
                "a": KeysAndAttributes(keys: [["id": number("1")]], attributesToGet: ["q"]),
            ],
            returnConsumedCapacity: true
        )
        #expect(
            try body(request) == """
                {"RequestItems":{"a":{"Keys":[{"id":{"N":"1"}}],"AttributesToGet":["q"]},\
                "b":{"Keys":[{"id":{"S":"x"}},{"id":{"S":"y"}}],"ConsistentRead":true,"ProjectionExpression":"#a",\
                "ExpressionAttributeNames":{"#a":"a"}}},"ReturnConsumedCapacity":"TOTAL"}
                """
        )
        #expect(request.routedTable == nil)
        #expect(BatchGetItemRequest(requestItems: ["a": KeysAndAttributes(keys: [])]).routedTable == "a")
    }

    @Test func `a batch write leaves out tables without entries`() throws {
        let request = BatchWriteItemRequest(requestItems: [
            "b": [.put(["id": .string("x")]), .delete(["id": .string("y")])],
            "a": [],
        ])
        #expect(
            try body(request) == """
                {"RequestItems":{"b":[{"PutRequest":{"Item":{"id":{"S":"x"}}}},\
                {"DeleteRequest":{"Key":{"id":{"S":"y"}}}}]}}
                """
        )
    }

    @Test func `a word this package does not know is sent as it is`() throws {
        let request = PutItemRequest(tableName: "t", item: [:], returnValues: ReturnValues(rawValue: "NEW_WORD"))
        #expect(try body(request) == #"{"TableName":"t","Item":{},"ReturnValues":"NEW_WORD"}"#)
    }

    @Test func `names are escaped`() throws {
        let request = DeleteItemRequest(tableName: "a\"b\\c\n", key: ["é\"": .string("\u{1}")])
        #expect(try body(request) == "{\"TableName\":\"a\\\"b\\\\c\\n\",\"Key\":{\"é\\\"\":{\"S\":\"\\u0001\"}}}")
    }
}

import AlternatorWire
import Testing

@Suite struct AnswerTests {
    @Test func `an empty object is a complete answer to a write`() throws {
        #expect(try answer("{}", as: PutItemResponse.self) == PutItemResponse())
        #expect(try answer("{}", as: DeleteItemResponse.self) == DeleteItemResponse())
        #expect(try answer("{}", as: UpdateItemResponse.self) == UpdateItemResponse())
        #expect(try answer("{}", as: TagResourceResponse.self) == TagResourceResponse())
        #expect(try answer("{}", as: UntagResourceResponse.self) == UntagResourceResponse())
    }

    @Test func `a get tells a missing item from one without the attributes asked for`() throws {
        #expect(try answer("{}", as: GetItemResponse.self).item == nil)
        #expect(try answer(#"{"Item":null}"#, as: GetItemResponse.self).item == nil)
        #expect(try answer(#"{"Item":{}}"#, as: GetItemResponse.self).item == [:])
        #expect(try answer(#"{"Item":{"a":{"S":"x"}}}"#, as: GetItemResponse.self).item == ["a": .string("x")])
    }

    @Test func `unknown members of any kind are passed over`() throws {
        let text = """
            { "New" : {"deep": [1, {"x": null}, "]"]}, "Item": {"a": {"BOOL": true}}, "Z": [], "Y": 1.5e3 }
            """
        #expect(try answer(text, as: GetItemResponse.self).item == ["a": .bool(true)])
    }

    @Test func `capacity is read without a table name and in a list`() throws {
        let single = try answer(#"{"ConsumedCapacity":{"CapacityUnits":0.5}}"#, as: GetItemResponse.self)
        #expect(single.consumedCapacity == ConsumedCapacity(capacityUnits: 0.5))
        let listed = try answer(
            #"{"ConsumedCapacity": [{"TableName":"t","CapacityUnits":2}]}"#,
            as: PutItemResponse.self
        )
        #expect(listed.consumedCapacity == ConsumedCapacity(tableName: "t", capacityUnits: 2))
        let batch = try answer(
            #"{"ConsumedCapacity":[{"TableName":"a","CapacityUnits":1},{"TableName":"b","CapacityUnits":2.5}]}"#,
            as: BatchWriteItemResponse.self
        )
        #expect(batch.consumedCapacity.map(\.capacityUnits) == [1, 2.5])
        let alone = try answer(#"{"ConsumedCapacity":{"CapacityUnits":3}}"#, as: BatchGetItemResponse.self)
        #expect(alone.consumedCapacity == [ConsumedCapacity(capacityUnits: 3)])
        let split = try answer(
            #"{"ConsumedCapacity":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}}"#,
            as: UpdateItemResponse.self
        )
        #expect(split.consumedCapacity == ConsumedCapacity(readCapacityUnits: 1, writeCapacityUnits: 2))
    }

    @Test func `writes return attributes`() throws {
        let attributes: [String: AttributeValue] = ["n": number("1"), "l": .list([.null])]
        let text = #"{"Attributes":{"n":{"N":"1"},"l":{"L":[{"NULL":true}]}}}"#
        #expect(try answer(text, as: PutItemResponse.self).attributes == attributes)
        #expect(try answer(text, as: DeleteItemResponse.self).attributes == attributes)
        #expect(try answer(text, as: UpdateItemResponse.self).attributes == attributes)
    }

    @Test func `a page of a query is read`() throws {
        let page = try answer(
            """
            {"Items":[{"id":{"S":"a"}},{"id":{"S":"b"}}],"Count":2,"ScannedCount":7,\
            "LastEvaluatedKey":{"id":{"S":"b"}},"Scores":[0.75,1]}
            """,
            as: QueryResponse.self
        )
        #expect(page.items == [["id": .string("a")], ["id": .string("b")]])
        #expect(page.count == 2)
        #expect(page.scannedCount == 7)
        #expect(page.lastEvaluatedKey == ["id": .string("b")])
        #expect(page.scores == [0.75, 1])
    }

    @Test func `a count has no items`() throws {
        let page = try answer(#"{"Count":41,"ScannedCount":50}"#, as: ScanResponse.self)
        #expect(page.items.isEmpty)
        #expect(page.count == 41)
        #expect(page.scannedCount == 50)
        #expect(page.lastEvaluatedKey == nil)
    }

    @Test func `an empty page with a key says that there is more`() throws {
        let page = try answer(
            #"{"Items":[],"Count":0,"ScannedCount":3,"LastEvaluatedKey":{":scylla:paging:weight":{"N":"1"}}}"#,
            as: ScanResponse.self
        )
        #expect(page.items.isEmpty)
        #expect(page.lastEvaluatedKey == [":scylla:paging:weight": number("1")])
    }

    @Test func `missing counts are those of the items`() throws {
        let page = try answer(#"{"Items":[{},{}]}"#, as: QueryResponse.self)
        #expect(page.count == 2)
        #expect(page.scannedCount == 2)
    }

    @Test func `a batch get tells what is left`() throws {
        let response = try answer(
            """
            {"Responses":{"a":[{"id":{"S":"1"}}],"b":[]},"UnprocessedKeys":{"b":{"Keys":[{"id":{"S":"2"}}],\
            "ConsistentRead":true,"ProjectionExpression":"#x","ExpressionAttributeNames":{"#x":"x"},\
            "AttributesToGet":["y"],"New":1}}}
            """,
            as: BatchGetItemResponse.self
        )
        #expect(response.responses == ["a": [["id": .string("1")]], "b": []])
        #expect(
            response.unprocessedKeys == [
                "b": KeysAndAttributes(
                    keys: [["id": .string("2")]],
                    consistentRead: true,
                    projectionExpression: "#x",
                    expressionAttributeNames: ["#x": "x"],
                    attributesToGet: ["y"]
                )
            ]
        )
        // What is left can be sent as it came.
        let again = try body(BatchGetItemRequest(requestItems: response.unprocessedKeys))
        #expect(
            again == """
                {"RequestItems":{"b":{"Keys":[{"id":{"S":"2"}}],"ConsistentRead":true,"ProjectionExpression":"#x",\
                "ExpressionAttributeNames":{"#x":"x"},"AttributesToGet":["y"]}}}
                """
        )
    }

    @Test func `a batch write tells what is left`() throws {
        #expect(try answer(#"{"UnprocessedItems":{}}"#, as: BatchWriteItemResponse.self).unprocessedItems.isEmpty)
        let response = try answer(
            """
            {"UnprocessedItems":{"t":[{"PutRequest":{"Item":{"id":{"S":"1"}}}},\
            {"DeleteRequest":{"Key":{"id":{"S":"2"}}}}]}}
            """,
            as: BatchWriteItemResponse.self
        )
        #expect(response.unprocessedItems == ["t": [.put(["id": .string("1")]), .delete(["id": .string("2")])]])
    }

    @Test func `an entry that neither puts nor deletes is refused`() {
        #expect(throws: JSONError.self) {
            try answer(#"{"UnprocessedItems":{"t":[{"Other":{}}]}}"#, as: BatchWriteItemResponse.self)
        }
        #expect(throws: JSONError.self) {
            try answer(#"{"UnprocessedItems":{"t":[{"PutRequest":{}}]}}"#, as: BatchWriteItemResponse.self)
        }
    }

    @Test(arguments: ["[]", "\"x\"", "3", "", "{", #"{"Items":{}}"#, #"{"Count":"3"}"#, #"{"Items":[3]}"#, "{}x"])
    func `an answer of another shape is refused`(text: String) {
        #expect(throws: JSONError.self) { try answer(text, as: QueryResponse.self) }
    }

    @Test func `every cut of an answer is refused without a trap`() throws {
        let text = """
            {"Items":[{"id":{"S":"aé\\u00e9"},"n":{"N":"1.5"}}],"Count":1,"ScannedCount":1,\
            "LastEvaluatedKey":{"id":{"S":"b"}},"Scores":[0.5],"ConsumedCapacity":{"CapacityUnits":0.5}}
            """
        let bytes = Array(text.utf8)
        _ = try answer(text, as: QueryResponse.self)
        for length in bytes.indices {
            var reader = JSONReader(Array(bytes[..<length]))
            #expect(throws: JSONError.self) { try QueryResponse(from: &reader) }
        }
    }
}

import AlternatorCore
import AlternatorRouting
import AlternatorWire
import Testing

@Suite struct RequestSafetyTests {
    private let key: [String: AttributeValue] = ["id": .string("u1")]

    @Test func `a plain put and delete may be repeated`() {
        #expect(PutItemRequest(tableName: "t", item: key).safety == .idempotent)
        #expect(DeleteItemRequest(tableName: "t", key: key).safety == .idempotent)
        let returning = ReturnValues(rawValue: "NONE")
        #expect(PutItemRequest(tableName: "t", item: key, returnValues: returning).safety == .idempotent)
    }

    @Test func `a condition of either form makes a write conditional`() {
        let text = "attribute_not_exists(id)"
        let expected = ["id": ExpectedAttribute(exists: false)]
        #expect(PutItemRequest(tableName: "t", item: key, conditionExpression: text).safety == .conditional)
        #expect(PutItemRequest(tableName: "t", item: key, expected: expected).safety == .conditional)
        #expect(DeleteItemRequest(tableName: "t", key: key, conditionExpression: text).safety == .conditional)
        #expect(DeleteItemRequest(tableName: "t", key: key, expected: expected).safety == .conditional)
        #expect(UpdateItemRequest(tableName: "t", key: key, conditionExpression: text).safety == .conditional)
        #expect(UpdateItemRequest(tableName: "t", key: key, expected: expected).safety == .conditional)
    }

    @Test func `old values are told once`() {
        #expect(PutItemRequest(tableName: "t", item: key, returnValues: .allOld).safety == .counting)
        #expect(DeleteItemRequest(tableName: "t", key: key, returnValues: .allOld).safety == .counting)
        #expect(UpdateItemRequest(tableName: "t", key: key, returnValues: .updatedOld).safety == .counting)
        #expect(UpdateItemRequest(tableName: "t", key: key, returnValues: .allNew).safety == .idempotent)
    }

    @Test(arguments: [
        ("SET a = :v", RetrySafety.idempotent), ("SET #a = if_not_exists(a, :v)", .idempotent),
        ("REMOVE a", .idempotent),
        ("ADD a :set", .idempotent), ("DELETE a :set", .idempotent), ("ADD a :v", .counting),
        ("SET a = a + :v", .counting), ("SET a = b", .counting), ("SET a[0] = :v", .counting),
        ("REMOVE a[0]", .counting), ("SET a = list_append(a, :l)", .counting), ("nonsense", .counting),
    ])
    func `an update expression is rated by what it does`(expression: String, safety: RetrySafety) {
        let request = UpdateItemRequest(
            tableName: "t",
            key: key,
            updateExpression: expression,
            expressionAttributeNames: ["#a": "a"],
            expressionAttributeValues: [":v": .number(AttributeNumber(1)), ":set": .stringSet(["x"]), ":l": .list([])]
        )
        #expect(request.safety == safety)
    }

    @Test func `legacy changes are rated by their action`() {
        func safety(_ update: AttributeValueUpdate) -> RetrySafety {
            UpdateItemRequest(tableName: "t", key: key, attributeUpdates: ["a": update]).safety
        }
        let one = AttributeValue.number(AttributeNumber(1))
        #expect(safety(AttributeValueUpdate(value: one)) == .idempotent)
        #expect(safety(AttributeValueUpdate(action: .put, value: one)) == .idempotent)
        #expect(safety(AttributeValueUpdate(action: .delete)) == .idempotent)
        #expect(safety(AttributeValueUpdate(action: .add, value: .stringSet(["x"]))) == .idempotent)
        #expect(safety(AttributeValueUpdate(action: .add, value: one)) == .counting)
        #expect(safety(AttributeValueUpdate(action: .add, value: .list([one]))) == .counting)
    }

    @Test func `changes of a table that are refused a second time are not repeated`() {
        #expect(UpdateTableRequest(tableName: "t", billingMode: .payPerRequest).safety == .idempotent)
        let index = UpdateTableRequest(tableName: "t", globalSecondaryIndexUpdates: [.delete(indexName: "i")])
        #expect(index.safety == .conditional)
        let vector = UpdateTableRequest(tableName: "t", vectorIndexUpdates: [.delete(indexName: "i")])
        #expect(vector.safety == .conditional)
        let stream = StreamSpecification(streamEnabled: true)
        #expect(UpdateTableRequest(tableName: "t", streamSpecification: stream).safety == .conditional)
        let timeToLive = UpdateTimeToLiveRequest(
            tableName: "t",
            timeToLiveSpecification: TimeToLiveSpecification(attributeName: "e", enabled: true)
        )
        #expect(timeToLive.safety == .conditional)
    }
}

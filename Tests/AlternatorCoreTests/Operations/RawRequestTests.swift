import AlternatorRouting
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct RawRequestTests {
    private func facts(_ operation: OperationName, _ json: String) -> RawFacts { RawFacts(operation, Array(json.utf8)) }

    @Test func `the bytes go out and come back as they are`() async throws {
        let json = #"{ "TableName":"users",  "Key":{"id":{"S":"u1"}}, "FutureMember":[1, 2.50] }"#
        let answer = #"{"Item":{"id":{"S":"u1"}},"AlsoNew":true}"#
        let bench = try await Bench(prepare: { $0.everywhere { call in call.isDiscovery ? nil : .ok(answer) } })
        let got = try await bench.client.send(.getItem, json: Array(json.utf8))
        #expect(String(decoding: got, as: UTF8.self) == answer)
        let sent = try #require(bench.transport.calls.last { !$0.isDiscovery })
        #expect(String(decoding: sent.body, as: UTF8.self) == json)
        #expect(sent.header("X-Amz-Target") == "DynamoDB_20120810.GetItem")
    }

    @Test(arguments: [
        (OperationName.getItem, "{}", RetrySafety.idempotent),
        (.getItem, "broken", .idempotent),
        (.batchWriteItem, #"{"RequestItems":{}}"#, .idempotent),
        (.putItem, #"{"TableName":"t","Item":{"id":{"S":"u1"}}}"#, .idempotent),
        (.putItem, #"{"TableName":"t","ConditionExpression":"attribute_not_exists(id)"}"#, .conditional),
        (.putItem, #"{"TableName":"t","ReturnValues":"ALL_OLD"}"#, .counting),
        (.deleteItem, #"{"TableName":"t","Expected":{}}"#, .conditional),
        (.updateItem, #"{"UpdateExpression":"SET a = :v","ExpressionAttributeValues":{":v":{"N":"1"}}}"#, .idempotent),
        (.updateItem, #"{"UpdateExpression":"ADD a :v","ExpressionAttributeValues":{":v":{"N":"1"}}}"#, .counting),
        (.updateItem, #"{"UpdateExpression":"ADD a :v","ExpressionAttributeValues":{":v":{"SS":["x"]}}}"#, .idempotent),
        (
            .updateItem,
            ##"{"UpdateExpression":"SET #a = if_not_exists(b, :v)","ExpressionAttributeNames":{"#a":"b"}}"##,
            .idempotent
        ),
        (.updateItem, #"{"AttributeUpdates":{"a":{"Action":"ADD","Value":{"N":"1"}}}}"#, .counting),
        (.updateItem, #"{"AttributeUpdates":{"a":{"Action":"PUT","Value":{"N":"1"}}}}"#, .idempotent),
        (.updateItem, #"{"UpdateExpression":5}"#, .counting),
        (.putItem, #"{"TableName":"t"} more"#, .counting),
        (.updateTimeToLive, "{}", .conditional),
    ])
    func `a write is repeated only where its JSON shows that it may be`(
        operation: OperationName,
        json: String,
        safety: RetrySafety
    ) {
        #expect(facts(operation, json).safety == safety)
    }

    @Test func `an error names the table of the JSON`() async throws {
        let bench = try await Bench(prepare: {
            $0.everywhere { call in
                call.isDiscovery ? nil : .error("ResourceNotFoundException")
            }
        })
        let thrown = await #expect(throws: AlternatorError.self) {
            try await bench.client.send(.getItem, json: Array(#"{"TableName":"users"}"#.utf8))
        }
        #expect(thrown?.code == .tableNotFound)
        #expect(thrown?.table == "users")
    }
}

import AlternatorWire
import Testing

@testable import AlternatorLocal

/// A node checks the outer form of an attribute and nothing in it.
@Suite struct NestedValueTests {
    private static let odd = [
        #"{"L":[{"N":"dog"},{"S":3},{"DOG":"x"},{"S":"a","N":"1"},{},7,null,"x",[1],{"B":"*"},{"BOOL":"true"}]}"#,
        #"{"L":[{"NULL":false},{"SS":[]},{"NS":["1","dog"]},{"BS":["*"]},{"L":{}},{"M":[]},{"N":5}]}"#,
        #"{"M":{"":{"N":""},"m":{"M":{"x":{"N":"000"},"y":{"Y":[{"S":"z"}]}}},"n":{"N":"1e400"}}}"#,
        #"{"L":3}"#, #"{"M":"x"}"#, #"{"NULL":"x"}"#, #"{"SS":[1]}"#, #"{"NS":["dog"]}"#, #"{"BS":["*"]}"#,
        #"{"L":[{"L":[{"L":[{"N":"dog"}],"S":"x"}],"S":"x"}]}"#, #"{"M":{"f":{"FLOAT32VECTOR":["x"]}}}"#,
    ]

    @Test(arguments: odd)
    func `what is nested comes back as it was sent, however it was written`(value: String) throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"put"},"a":\#(value)}}"#)
        let batch = #"{"RequestItems":{"users":[{"PutRequest":{"Item":{"id":{"S":"batch"},"a":\#(value)}}}]}}"#
        try server.call("BatchWriteItem", batch)
        let update = #"{"TableName":"users","Key":{"id":{"S":"set"}},"UpdateExpression":"SET a = :a","#
        try server.call("UpdateItem", update + #""ExpressionAttributeValues":{":a":\#(value)}}"#)
        let legacy = #"{"TableName":"users","Key":{"id":{"S":"legacy"}},"AttributeUpdates":{"a":"#
        try server.call("UpdateItem", legacy + #"{"Action":"PUT","Value":\#(value)}}}"#)
        let sent = try LocalServer.tree(value)
        for id in ["put", "batch", "set", "legacy"] {
            // A second write reads the item and stores it anew.
            let key = #""TableName":"users","Key":{"id":{"S":"\#(id)"}}"#
            let change = #"{\#(key),"UpdateExpression":"SET b = if_not_exists(b, :b)","#
            let answer = try server.call(
                "UpdateItem",
                change + #""ReturnValues":"ALL_NEW","ExpressionAttributeValues":{":b":{"N":"1"}}}"#
            )
            #expect(answer["Attributes"]?["a"] == sent, "\(id)")
            let whole = try server.call("GetItem", "{\(key)}")
            #expect(whole["Item"]?["a"] == sent, "\(id)")
            let part = try server.call("GetItem", #"{\#(key),"ProjectionExpression":"a"}"#)
            #expect(part["Item"]?["a"] == sent, "\(id)")
        }
        let filtered =
            #"{"TableName":"users","FilterExpression":"a = :a","ExpressionAttributeValues":{":a":\#(value)}}"#
        #expect(try server.call("Scan", filtered)["Count"] == .number("4"))
    }

    @Test(arguments: [
        (#"3"#, "ValidationException", "improperly formatted value '3'"),
        (#"{}"#, "ValidationException", "improperly formatted value"),
        (#"{"S":"x","N":"1"}"#, "ValidationException", "improperly formatted value"),
        (#"{"S":3}"#, "ValidationException", #"improperly formatted value '{"S":3}'"#),
        (#"{"B":3}"#, "ValidationException", "improperly formatted value"),
        (#"{"SS":"x"}"#, "ValidationException", "improperly formatted set"),
        (#"{"NS":[]}"#, "ValidationException", "empty set not allowed"),
        (#"{"DOG":"x"}"#, "ValidationException", "unknown type DOG"),
        (#"{"N":"dog"}"#, "ValidationException", "numeric value: dog"),
        (#"{"N":3}"#, "SerializationException", "must be encoded as string"),
        (#"{"B":"*"}"#, "SerializationException", "base64"),
    ])
    func `the outer form is checked`(value: String, type: String, words: String) throws {
        let server = try LocalServer()
        try server.createUsers()
        let put = try server.error("PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"},"a":\#(value)}}"#)
        #expect(put.type == type)
        #expect(put.message.contains(words), "\(put.message)")
        let update = #"{"TableName":"users","Key":{"id":{"S":"a"}},"UpdateExpression":"SET a = :a","#
        let set = try server.error("UpdateItem", update + #""ExpressionAttributeValues":{":a":\#(value)}}"#)
        #expect(set.type == type)
        #expect(set.message.contains(words), "\(set.message)")
    }

    /// One item with a bad number, a bad string and a good number in a map.
    private func server() throws -> LocalServer {
        let server = try LocalServer()
        try server.createUsers()
        let map = #"{"M":{"bad":{"N":"dog"},"text":{"S":3},"good":{"N":"7"}}}"#
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"},"m":\#(map)}}"#)
        return server
    }

    @Test(arguments: [
        ("SET x = m.bad + :one", "numeric value: dog"),
        ("SET x = :one - m.bad", "numeric value: dog"),
        ("ADD m.bad :one", "numeric value: dog"),
        ("SET x = m.text + :one", "found type S"),
    ])
    func `a bad number is found where it is used`(update: String, words: String) throws {
        let request = #"{"TableName":"users","Key":{"id":{"S":"a"}},"UpdateExpression":"\#(update)","#
        let error = try server().error("UpdateItem", request + #""ExpressionAttributeValues":{":one":{"N":"1"}}}"#)
        #expect(error.type == "ValidationException")
        #expect(error.message.contains(words), "\(error.message)")
    }

    @Test(arguments: ["m.bad = :one", "m.bad <> :one", "m.bad < :one", ":one >= m.bad", "m.bad BETWEEN :one AND :one"])
    func `a bad number compares with no number`(condition: String) throws {
        let request = #"{"TableName":"users","FilterExpression":"\#(condition)","#
        let error = try server().error("Scan", request + #""ExpressionAttributeValues":{":one":{"N":"1"}}}"#)
        #expect(error.message.contains("numeric value: dog"), "\(error.message)")
    }

    @Test(arguments: [
        ("attribute_type(m.bad, :n)", true), ("attribute_type(m.text, :n)", false), ("m.bad = :s", false),
        ("m.text <> :s", true), ("attribute_exists(m.bad)", true), ("contains(m.bad, :s)", false),
        ("size(m) = :three", true),
    ])
    func `other uses take it for a value of its type`(condition: String, holds: Bool) throws {
        var names = #""#
        for (name, value) in [
            (":n", #"{"S":"N"}"#), (":s", #"{"S":"N"}"#), (":one", #"{"N":"1"}"#), (":three", #"{"N":"3"}"#),
        ]
        where condition.contains(name) {
            names += (names.isEmpty ? "" : ",") + "\"\(name)\":\(value)"
        }
        let request =
            #"{"TableName":"users","FilterExpression":"\#(condition)","ExpressionAttributeValues":{\#(names)}}"#
        #expect(try server().call("Scan", request)["Count"] == .number(holds ? "1" : "0"))
    }

    @Test func `parts can be replaced and removed`() throws {
        let server = try server()
        let request =
            #"{"TableName":"users","Key":{"id":{"S":"a"}},"UpdateExpression":"SET m.bad = :one REMOVE m.text","#
        let answer = try server.call(
            "UpdateItem",
            request + #""ReturnValues":"ALL_NEW","ExpressionAttributeValues":{":one":{"N":"1"}}}"#
        )
        let expected = try LocalServer.tree(#"{"M":{"bad":{"N":"1"},"good":{"N":"7"}}}"#)
        #expect(answer["Attributes"]?["m"] == expected)
    }
}

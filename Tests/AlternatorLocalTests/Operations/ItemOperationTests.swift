import AlternatorTransport
import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct ItemOperationTests {
    @Test func `an item that was put is got as it was sent`() throws {
        let server = try LocalServer()
        try server.createUsers()
        let item = #"{"id":{"S":"u1"},"tags":{"L":[{"S":"a"},{"N":"1.50"},{"NULL":true}]},"on":{"BOOL":true}}"#
        let put = try server.call("PutItem", #"{"TableName":"users","Item":\#(item)}"#)
        #expect(put == .object([]))
        let got = try server.call("GetItem", #"{"TableName":"users","Key":{"id":{"S":"u1"}}}"#)
        #expect(try got == LocalServer.tree(#"{"Item":\#(item)}"#))
    }

    @Test func `a missing item is an answer without Item`() throws {
        let server = try LocalServer()
        try server.createUsers()
        #expect(try server.call("GetItem", #"{"TableName":"users","Key":{"id":{"S":"u1"}}}"#) == .object([]))
    }

    @Test(arguments: [
        ("1e3", "1000"), ("-0", "0"), (".5", "0.5"), ("+3", "3"), ("0001.2300", "1.23"), ("1e-5", "0.00001"),
        ("0e126", "0"), ("12345678901234567890123456789012345678e2", "1234567890123456789012345678901234567800"),
    ])
    func `a number outside lists and maps comes back in plain decimal`(sent: String, kept: String) throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"},"n":{"N":"\#(sent)"}}}"#)
        let got = try server.call("GetItem", #"{"TableName":"users","Key":{"id":{"S":"a"}}}"#)
        #expect(got["Item"]?["n"]?["N"]?.text == kept)
    }

    @Test func `partition keys of one value but two spellings are two items`() throws {
        let server = try LocalServer()
        try server.call(
            "CreateTable",
            """
            {"TableName":"nums","KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],
            "AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"}],"BillingMode":"PAY_PER_REQUEST"}
            """
        )
        try server.call("PutItem", #"{"TableName":"nums","Item":{"n":{"N":"1000"}}}"#)
        try server.call("PutItem", #"{"TableName":"nums","Item":{"n":{"N":"1e3"}}}"#)
        #expect(try server.call("Scan", #"{"TableName":"nums"}"#)["Count"]?.integer == 2)
    }

    @Test(arguments: [
        (#"{"TableName":"users","Item":{"name":{"S":"x"}}}"#, "Key column id not found"),
        (
            #"{"TableName":"users","Item":{"id":{"N":"1"}}}"#,
            "Type mismatch: expected type S for key column id, got type N"
        ),
        (
            #"{"TableName":"users","Item":{"id":{"BOOL":false}}}"#,
            "Type mismatch: expected type S for key column id, got type BOOL"
        ),
        (#"{"TableName":"users","Item":{"id":{"S":""}}}"#, "cannot contain an empty string value. Key: id"),
        (#"{"TableName":"users","Item":{"id":"x"}}"#, "Malformed value object for key column id"),
        (#"{"TableName":"users"}"#, "Item"),
        (#"{"Item":{"id":{"S":"x"}}}"#, "Missing TableName field in request"),
        (#"{"TableName":7,"Item":{"id":{"S":"x"}}}"#, "Non-string TableName field in request"),
        (#"{"TableName":"users","Item":{"id":{"S":"x"},"a":{"SS":[]}}}"#, "empty set"),
        (#"{"TableName":"users","Item":{"id":{"S":"x"},"a":{"X":"1"}}}"#, "unknown type X"),
        (#"{"TableName":"users","Item":{"id":{"S":"x"},"a":{"N":"1e126"}}}"#, "overflow"),
        (#"{"TableName":"users","Item":{"id":{"S":"x"},"a":{"N":"1e-131"}}}"#, "underflow"),
        (
            #"{"TableName":"users","Item":{"id":{"S":"x"},"a":{"N":"123456789012345678901234567890123456789"}}}"#,
            "too precise"
        ),
        (#"{"TableName":"users","Item":{"id":{"S":"x"},"a":{"N":"dog"}}}"#, "cannot be converted to a numeric value"),
        (#"{"TableName":"users","Item":{"id":{"S":"x"}},"ReturnValues":"ALL_NEW"}"#, "ReturnValues"),
        (#"{"TableName":"users","Item":{"id":{"S":"x"}},"ReturnConsumedCapacity":"NONE"}"#, "consumed capacity"),
        (#"{"TableName":"x","Item":{"id":{"S":"x"}}}"#, "at least 3 characters long"),
    ])
    func `a bad PutItem is a ValidationException`(body: String, part: String) throws {
        let server = try LocalServer()
        try server.createUsers()
        let error = try server.error("PutItem", body)
        #expect(error.type == "ValidationException")
        #expect(error.message.contains(part), "\(error.message)")
    }

    @Test(arguments: [#"{"N":3}"#, #"{"B":"YQ"}"#, #"{"B":"not base64!"}"#])
    func `a value in the wrong form is a SerializationException`(value: String) throws {
        let server = try LocalServer()
        try server.createUsers()
        let error = try server.error("PutItem", #"{"TableName":"users","Item":{"id":{"S":"x"},"a":\#(value)}}"#)
        #expect(error.type == "SerializationException")
    }

    @Test func `a table that is not there is a ResourceNotFoundException`() throws {
        let server = try LocalServer()
        let error = try server.error("GetItem", #"{"TableName":"absent","Key":{"id":{"S":"x"}}}"#)
        #expect(error.type == "ResourceNotFoundException")
        #expect(error.message == "Requested resource not found: Table: absent not found")
    }

    @Test func `a key with more than the key attributes is refused`() throws {
        let server = try LocalServer()
        try server.createUsers()
        let error = try server.error("GetItem", #"{"TableName":"users","Key":{"id":{"S":"x"},"a":{"S":"y"}}}"#)
        #expect(error.message == "Given key attribute not in schema")
    }

    @Test func `a failed condition answers with the item if asked`() throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"x"},"v":{"N":"1"}}}"#)
        let response = try server.send(
            headers: [("x-amz-target", "DynamoDB_20120810.PutItem")],
            body: """
                {"TableName":"users","Item":{"id":{"S":"x"}},"ConditionExpression":"attribute_not_exists(id)",
                "ReturnValuesOnConditionCheckFailure":"ALL_OLD"}
                """
        )
        #expect(response.status == 400)
        let tree = try LocalServer.tree(response.body)
        #expect(tree["__type"]?.text == "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException")
        #expect(tree["Item"]?["v"]?["N"]?.text == "1")
    }

    @Test func `an update counts, sets and answers with what it touched`() throws {
        let server = try LocalServer()
        try server.createUsers()
        let answer = try server.call(
            "UpdateItem",
            """
            {"TableName":"users","Key":{"id":{"S":"x"}},"UpdateExpression":"SET #n = :n ADD visits :one",
            "ExpressionAttributeNames":{"#n":"name"},
            "ExpressionAttributeValues":{":n":{"S":"Ada"},":one":{"N":"1"}},"ReturnValues":"UPDATED_NEW"}
            """
        )
        #expect(try answer == LocalServer.tree(#"{"Attributes":{"name":{"S":"Ada"},"visits":{"N":"1"}}}"#))
        let got = try server.call("GetItem", #"{"TableName":"users","Key":{"id":{"S":"x"}}}"#)
        #expect(got["Item"]?["id"]?["S"]?.text == "x")
    }

    @Test func `an update without actions creates the item, one that only removes does not`() throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call("UpdateItem", #"{"TableName":"users","Key":{"id":{"S":"a"}}}"#)
        try server.call("UpdateItem", #"{"TableName":"users","Key":{"id":{"S":"b"}},"UpdateExpression":"REMOVE x"}"#)
        let scan = try server.call("Scan", #"{"TableName":"users"}"#)
        #expect(try scan["Items"] == LocalServer.tree(#"[{"id":{"S":"a"}}]"#))
    }

    @Test func `a delete answers with the old item if asked`() throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"x"},"v":{"N":"1"}}}"#)
        let body = #"{"TableName":"users","Key":{"id":{"S":"x"}},"ReturnValues":"ALL_OLD"}"#
        let first = try server.call("DeleteItem", body)
        #expect(try first == LocalServer.tree(#"{"Attributes":{"id":{"S":"x"},"v":{"N":"1"}}}"#))
        #expect(try server.call("DeleteItem", body) == .object([]))
    }

    @Test func `capacity is told for TOTAL, without a table name`() throws {
        let server = try LocalServer()
        try server.createUsers()
        let put = try server.call(
            "PutItem",
            #"{"TableName":"users","Item":{"id":{"S":"x"}},"ReturnConsumedCapacity":"TOTAL"}"#
        )
        #expect(try put == LocalServer.tree(#"{"ConsumedCapacity":{"CapacityUnits":1.0}}"#))
        let get = try server.call(
            "GetItem",
            #"{"TableName":"users","Key":{"id":{"S":"x"}},"ReturnConsumedCapacity":"TOTAL"}"#
        )
        #expect(try get["ConsumedCapacity"] == LocalServer.tree(#"{"CapacityUnits":0.5}"#))
    }

    @Test func `the magnitude of a number costs no capacity`() throws {
        let server = try LocalServer()
        try server.createUsers()
        // 4 bytes of scale and 16 of digits, whether 38 digits stand alone or before 30 zeros.
        for number in ["31415926535897932384626433832795028841", "31415926535897932384626433832795028841e30"] {
            for (count, units) in [(1024 - 27, "1.0"), (1024 - 26, "2.0")] {
                let text = String(repeating: "x", count: count)
                let put = try server.call(
                    "PutItem",
                    """
                    {"TableName":"users","Item":{"id":{"S":"a"},"n":{"N":"\(number)"},"v":{"S":"\(text)"},"w":{"S":"b"}},
                    "ReturnConsumedCapacity":"TOTAL"}
                    """
                )
                #expect(put["ConsumedCapacity"]?["CapacityUnits"] == .number(units), "\(number) with \(count)")
            }
        }
    }

    @Test func `forbid_rmw refuses a conditional write but not a plain one`() throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call(
            "TagResource",
            """
            {"ResourceArn":"arn:scylla:alternator:alternator_users:scylla:table/users",
            "Tags":[{"Key":"system:write_isolation","Value":"forbid_rmw"}]}
            """
        )
        let error = try server.error(
            "PutItem",
            #"{"TableName":"users","Item":{"id":{"S":"x"}},"ConditionExpression":"attribute_not_exists(id)"}"#
        )
        #expect(error.type == "ValidationException")
        #expect(error.message.contains("write isolation policy"))
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"x"}}}"#)
    }
}

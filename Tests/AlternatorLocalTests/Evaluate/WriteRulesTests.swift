import AlternatorLocal
import AlternatorWire
import Testing

/// What may not be mixed, and what makes a write a read-modify-write.
@Suite struct WriteRulesTests {
    private static let updates = #""AttributeUpdates": {"a": {"Action": "PUT", "Value": {"N": "1"}}}"#

    @Test(arguments: [
        (#"{"UpdateExpression": "REMOVE a", \#(updates)}"#, "UpdateExpression"),
        (#"{\#(updates), "ConditionExpression": "attribute_exists(a)"}"#, "ConditionExpression"),
        (#"{"UpdateExpression": "REMOVE a", "Expected": {"a": {"Exists": false}}}"#, "UpdateExpression"),
        (#"{"UpdateExpression": "REMOVE a", "ReturnValues": "DOG"}"#, "ReturnValues"),
        (#"{"UpdateExpression": "REMOVE a", "ReturnValues": 1}"#, "ReturnValues"),
        (#"{"UpdateExpression": "REMOVE a", "ReturnValues": "none"}"#, "ReturnValues"),
        (#"{"ReturnValuesOnConditionCheckFailure": "ALL_NEW"}"#, "ReturnValuesOnConditionCheckFailure"),
        (#"{"UpdateExpression": 1}"#, "string"), (#"{"AttributeUpdates": []}"#, "object"),
        (##"{"ExpressionAttributeNames": {"#a": "a"}}"##, "spurious"),
        (#"{"ExpressionAttributeValues": {":a": {"N": "1"}}, \#(updates)}"#, "spurious"),
    ])
    func `what UpdateItem refuses`(text: String, words: String) {
        expectRefusal(words, text) { _ = try UpdateWrite(request: json(text), keyNames: ["p"]) }
    }

    @Test(arguments: ["UPDATED_OLD", "UPDATED_NEW", "ALL_NEW", "DOG", "none"])
    func `PutItem and DeleteItem return the old item or nothing`(word: String) {
        expectRefusal("ReturnValues") {
            _ = try ConditionalWrite(request: json(#"{"ReturnValues": "\#(word)"}"#), operation: "DeleteItem")
        }
    }

    @Test(arguments: [
        ("{}", false), (#"{"ReturnValues": "NONE"}"#, false), (#"{"ReturnValues": "ALL_OLD"}"#, true),
        (#"{"ConditionExpression": "attribute_exists(a)"}"#, true), (#"{"Expected": {}}"#, true),
        (#"{"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}"#, false),
    ])
    func `a put or delete reads the item for`(text: String, readsItem: Bool) throws {
        #expect(try ConditionalWrite(request: json(text), operation: "PutItem").readsItem == readsItem)
    }

    @Test(arguments: [
        (#"{}"#, false), (#"{"UpdateExpression": "SET a = :v REMOVE b"}"#, false),
        (#"{"UpdateExpression": "SET a = :v + :v"}"#, false),
        (#"{"UpdateExpression": "SET a = list_append(:v, :v)"}"#, false),
        (#"{"UpdateExpression": "SET a = b, c2 = :v"}"#, true),
        (#"{"UpdateExpression": "SET a = :v - b"}"#, true),
        (#"{"UpdateExpression": "SET a = if_not_exists(a, :v)"}"#, true),
        (#"{"UpdateExpression": "SET a.b = :v"}"#, true), (#"{"UpdateExpression": "REMOVE a[0] SET b = :v"}"#, true),
        (#"{"UpdateExpression": "ADD a :v"}"#, true), (#"{"UpdateExpression": "DELETE a :v"}"#, true),
        (#"{"UpdateExpression": "SET a = :v", "ReturnValues": "UPDATED_NEW"}"#, false),
        (#"{"UpdateExpression": "SET a = :v", "ReturnValues": "UPDATED_OLD"}"#, true),
        (#"{"UpdateExpression": "SET a = :v", "ReturnValues": "ALL_NEW"}"#, true),
        (#"{"UpdateExpression": "SET a = :v", "ConditionExpression": "a = :v"}"#, true), (#"{"Expected": {}}"#, true),
        (#"{\#(updates)}"#, false), (#"{"AttributeUpdates": {"a": {"Action": "DELETE"}}}"#, false),
        (#"{"AttributeUpdates": {"a": {"Action": "DELETE", "Value": {"SS": ["x"]}}}}"#, true),
        (#"{"AttributeUpdates": {"a": {"Action": "ADD", "Value": {"N": "1"}}}}"#, true),
    ])
    func `an update reads the item for`(text: String, readsItem: Bool) throws {
        guard case .object(var members) = try json(text) else { return }
        if text.contains(":v") { members.append(.init("ExpressionAttributeValues", try json(#"{":v": {"N": "1"}}"#))) }
        #expect(try UpdateWrite(request: .object(members), keyNames: ["p"]).readsItem == readsItem, "\(text)")
    }

    @Test func `a failed condition carries the item only where asked`() throws {
        let old: [String: ItemValue] = ["p": "k", "a": 1]
        let asking = try ConditionalWrite(
            request: json(
                #"{"ConditionExpression": "attribute_not_exists(p)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}"#
            ),
            operation: "PutItem"
        )
        #expect(try !asking.condition.holds(for: old))
        #expect(asking.failureItem(old) == old)
        #expect(asking.failureItem(nil) == nil)
        let silent = try ConditionalWrite(
            request: json(
                #"{"ConditionExpression": "attribute_not_exists(p)", "ReturnValuesOnConditionCheckFailure": "NONE"}"#
            ),
            operation: "PutItem"
        )
        #expect(silent.failureItem(old) == nil)
        let error = LocalError.conditionFailed(item: asking.failureItem(old))
        #expect(error.type == "ConditionalCheckFailedException" && error.status == 400 && error.item == old)
    }

    @Test func `forbid_rmw is refused with the policy's name`() {
        #expect(Evaluate.forbiddenReadModifyWrite.type == "ValidationException")
        #expect(Evaluate.forbiddenReadModifyWrite.message.contains("write isolation policy"))
    }
}

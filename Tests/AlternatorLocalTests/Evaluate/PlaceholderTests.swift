import AlternatorLocal
import AlternatorWire
import Testing

@Suite struct PlaceholderTests {
    @Test(arguments: [
        (##"{"ConditionExpression": "#a = :v"}"##, "#a"),
        (##"{"ConditionExpression": "#a = b", "ExpressionAttributeNames": {"#b": "b"}}"##, "#a"),
        (##"{"ConditionExpression": "#a = b", "ExpressionAttributeNames": {"#a": 1}}"##, "#a"),
        (##"{"ConditionExpression": "a = :v"}"##, ":v"),
        (##"{"ConditionExpression": "a = :v", "ExpressionAttributeValues": {":w": {"N": "1"}}}"##, ":v"),
        (##"{"ConditionExpression": "a = :v", "ExpressionAttributeValues": {":v": null}}"##, ":v"),
        (##"{"ConditionExpression": "a = :v", "ExpressionAttributeValues": {":v": {"SS": []}}}"##, "empty"),
        (
            ##"{"ConditionExpression": "a = :v", "ExpressionAttributeValues": {":v": {"N": "1"}, ":w": {"N": "1"}}}"##,
            "spurious ':w'"
        ),
        (##"{"ConditionExpression": "a = b", "ExpressionAttributeNames": {"#a": "a"}}"##, "spurious '#a'"),
        (##"{"ExpressionAttributeNames": {}}"##, "ExpressionAttributeNames cannot be used without ConditionExpression"),
        (
            ##"{"ExpressionAttributeValues": {}}"##,
            "ExpressionAttributeValues cannot be used without ConditionExpression"
        ),
        (##"{"ConditionExpression": ""}"##, "empty"),
        (##"{"ConditionExpression": 1}"##, "string"),
        (##"{"ConditionExpression": "a = "}"##, "syntax error"),
        (##"{"ConditionExpression": "a IN ()"}"##, "syntax error"),
    ])
    func `missing and unused placeholders are refused`(text: String, words: String) {
        expectRefusal(words, text) { _ = try ConditionalWrite(request: json(text), operation: "PutItem") }
    }

    @Test func `a long attribute name behind a placeholder is refused`() throws {
        let request = JSONValue.object([
            .init("ConditionExpression", .string("attribute_exists(#a)")),
            .init(
                "ExpressionAttributeNames",
                .object([.init("#a", .string(String(repeating: "x", count: 65_536)))])
            ),
        ])
        expectRefusal("65536") { _ = try ConditionalWrite(request: request, operation: "PutItem") }
    }

    @Test func `a placeholder counts as used in a branch that is not evaluated`() throws {
        let write = try ConditionalWrite(
            request: json(
                ##"{"ConditionExpression": "#a = :v OR #b = :w", "ExpressionAttributeNames": {"#a": "a", "#b": "b"},"##
                    + ##" "ExpressionAttributeValues": {":v": {"N": "1"}, ":w": {"N": "2"}}}"##
            ),
            operation: "DeleteItem"
        )
        #expect(try write.condition.holds(for: ["a": 1]))
    }

    @Test func `one map serves all expressions of a request`() throws {
        let request = try json(
            ##"{"UpdateExpression": "SET #a = :v", "ConditionExpression": "#b = :w", "##
                + ##""ExpressionAttributeNames": {"#a": "a", "#b": "b"}, "##
                + ##""ExpressionAttributeValues": {":v": {"N": "1"}, ":w": {"N": "2"}}}"##
        )
        let update = try UpdateWrite(request: request, keyNames: ["p"])
        #expect(try update.condition.holds(for: ["b": 2]))
    }

    @Test func `a name with a dot is one name`() throws {
        let write = try ConditionalWrite(
            request: json(
                ##"{"ConditionExpression": "attribute_exists(#a)", "ExpressionAttributeNames": {"#a": "a.b"}}"##
            ),
            operation: "PutItem"
        )
        #expect(try write.condition.holds(for: ["a.b": 1]))
        #expect(try !write.condition.holds(for: ["a": ["b": 1]]))
    }
}

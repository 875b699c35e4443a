import AlternatorLocal
import AlternatorWire
import Testing

/// Expected, QueryFilter, ScanFilter and AttributeUpdates.
@Suite struct LegacyTests {
    private static let stored = #"""
        {"one": {"N": "1"}, "two": {"N": "2"}, "cat": {"S": "cat"}, "bin": {"B": "aGkgdGhlcmU="}, "set": {"NS": ["2", "4"]},
         "list": {"L": [{"N": "2"}]}, "null": {"NULL": true}}
        """#

    private func check(_ text: String, _ verdict: Verdict, _ more: String = "") throws {
        let write = try ConditionalWrite(request: json(#"{"Expected": \#(text)\#(more)}"#), operation: "PutItem")
        #expect(write.readsItem)
        let item = try item(Self.stored)
        verdict.check(text) { () throws(LocalError) in try write.condition.holds(for: item) }
    }

    @Test(
        arguments: [
            ("one", "EQ", #"{"N": "1.0"}"#, .holds), ("one", "EQ", #"{"N": "2"}"#, .fails),
            ("one", "EQ", #"{"S": "1"}"#, .fails),
            ("q", "EQ", #"{"N": "1"}"#, .fails), ("set", "EQ", #"{"NS": ["4", "2"]}"#, .holds),
            ("one", "EQ", #"{"N": "1"}, {"N": "2"}"#, .refused("size 1")), ("one", "EQ", "", .refused("size 1")),
            ("one", "NE", #"{"N": "2"}"#, .holds), ("one", "NE", #"{"N": "1"}"#, .fails),
            ("one", "NE", #"{"S": "1"}"#, .holds),
            ("q", "NE", #"{"N": "1"}"#, .holds), ("one", "NE", #"{"N": "1"}, {"N": "2"}"#, .refused("size 1")),
            ("one", "LE", #"{"N": "1"}"#, .holds), ("one", "LE", #"{"N": "0"}"#, .fails),
            ("one", "LE", #"{"S": "1"}"#, .fails),
            ("cat", "LE", #"{"S": "dog"}"#, .holds), ("cat", "LT", #"{"S": "cat"}"#, .fails),
            ("bin", "LT", #"{"B": "/w=="}"#, .holds),
            ("one", "LT", #"{"N": "2"}"#, .holds), ("one", "GE", #"{"N": "1"}"#, .holds),
            ("one", "GE", #"{"N": "2"}"#, .fails),
            ("one", "GT", #"{"N": "0"}"#, .holds), ("one", "GT", #"{"N": "1"}"#, .fails),
            ("q", "GT", #"{"N": "1"}"#, .fails),
            ("list", "GT", #"{"N": "1"}"#, .fails), ("one", "LT", #"{"NS": ["1"]}"#, .refused(" type")),
            ("q", "LT", #"{"BOOL": true}"#, .refused(" type")), ("one", "LT", "", .refused("size 1")),
            ("one", "NOT_NULL", "", .holds), ("null", "NOT_NULL", "", .holds), ("q", "NOT_NULL", "", .fails),
            ("one", "NOT_NULL", #"{"N": "1"}"#, .refused("empty")), ("q", "NULL", "", .holds),
            ("null", "NULL", "", .fails),
            ("one", "NULL", #"{"N": "1"}"#, .refused("empty")),
            ("cat", "CONTAINS", #"{"S": "a"}"#, .holds), ("cat", "CONTAINS", #"{"S": "dog"}"#, .fails),
            ("cat", "CONTAINS", #"{"N": "1"}"#, .fails),
            ("set", "CONTAINS", #"{"N": "4.0"}"#, .holds), ("list", "CONTAINS", #"{"N": "2"}"#, .holds),
            ("bin", "CONTAINS", #"{"B": "aGVyZQ=="}"#, .holds),
            ("q", "CONTAINS", #"{"N": "2"}"#, .fails), ("list", "CONTAINS", #"{"L": [{"N": "2"}]}"#, .refused(" type")),
            ("cat", "CONTAINS", "", .refused("size 1")),
            ("cat", "NOT_CONTAINS", #"{"S": "dog"}"#, .holds), ("cat", "NOT_CONTAINS", #"{"S": "a"}"#, .fails),
            ("cat", "NOT_CONTAINS", #"{"N": "1"}"#, .holds), ("q", "NOT_CONTAINS", #"{"N": "1"}"#, .fails),
            ("cat", "NOT_CONTAINS", #"{"M": {}}"#, .refused(" type")),
            ("cat", "BEGINS_WITH", #"{"S": "ca"}"#, .holds), ("cat", "BEGINS_WITH", #"{"S": "at"}"#, .fails),
            ("bin", "BEGINS_WITH", #"{"B": "aGk="}"#, .holds),
            ("one", "BEGINS_WITH", #"{"S": "1"}"#, .fails), ("cat", "BEGINS_WITH", #"{"N": "1"}"#, .refused(" type")),
            ("cat", "BEGINS_WITH", #"{"S": "c"}, {"S": "a"}"#, .refused("size 1")),
            ("one", "IN", #"{"N": "2"}, {"N": "1e0"}"#, .holds), ("one", "IN", #"{"N": "2"}"#, .fails),
            ("set", "IN", #"{"N": "2"}"#, .fails),
            ("one", "IN", #"{"N": "1"}, {"S": "dog"}"#, .refused(" type")), ("one", "IN", "", .refused("non-empty")),
            ("one", "IN", #"{"L": []}"#, .refused(" type")), ("q", "IN", #"{"N": "1"}, {"S": "dog"}"#, .fails),
            ("two", "BETWEEN", #"{"N": "1"}, {"N": "2"}"#, .holds),
            ("two", "BETWEEN", #"{"N": "3"}, {"N": "4"}"#, .fails),
            ("two", "BETWEEN", #"{"S": "a"}, {"S": "b"}"#, .fails),
            ("q", "BETWEEN", #"{"N": "1"}, {"N": "2"}"#, .fails),
            ("two", "BETWEEN", #"{"N": "2"}"#, .refused("BETWEEN")),
            ("two", "BETWEEN", #"{"N": "4"}, {"N": "3"}"#, .refused("BETWEEN")),
            ("two", "BETWEEN", #"{"N": "4"}, {"S": "dog"}"#, .refused(" type")),
            ("set", "BETWEEN", #"{"NS": ["1"]}, {"NS": ["2"]}"#, .refused(" type")),
            ("one", "eq", #"{"N": "1"}"#, .refused("eq")), ("one", "DOG", #"{"N": "1"}"#, .refused("DOG")),
        ] as [(String, String, String, Verdict)]
    )
    func `the 13 operators`(attribute: String, name: String, operands: String, verdict: Verdict) throws {
        try check(
            #"{"\#(attribute)": {"ComparisonOperator": "\#(name)", "AttributeValueList": [\#(operands)]}}"#,
            verdict
        )
    }

    @Test(
        arguments: [
            (#"{"one": {"Value": {"N": "1"}}}"#, .holds), (#"{"one": {"Value": {"N": "2"}}}"#, .fails),
            (#"{"q": {"Value": {"N": "2"}}}"#, .fails),
            (#"{"one": {"Value": {"N": "1"}, "Exists": true}}"#, .holds), (#"{"q": {"Exists": false}}"#, .holds),
            (#"{"one": {"Exists": false}}"#, .fails), (#"{"one": {"Exists": true}}"#, .refused("Value")),
            (#"{"one": {"Value": {"N": "1"}, "Exists": false}}"#, .refused("Exists")),
            (#"{"one": {"Value": {"N": "1"}, "ComparisonOperator": "NULL"}}"#, .refused("ComparisonOperator")),
            (#"{"one": {"Exists": false, "ComparisonOperator": "NULL"}}"#, .refused("ComparisonOperator")),
            (#"{"one": {}}"#, .refused("Missing")), (#"{"one": {"ComparisonOperator": 1}}"#, .refused("operator")),
            (#"{"one": {"ComparisonOperator": "EQ"}}"#, .refused("AttributeValueList")),
            (#"{"q": {"ComparisonOperator": "NULL"}}"#, .holds),
            (#"{"one": 1}"#, .refused("object")), ("{}", .holds),
            // All of them; a false one ends the search, so that the bad one behind is not seen.
            (#"{"one": {"Value": {"N": "1"}}, "two": {"Value": {"N": "2"}}}"#, .holds),
            (#"{"one": {"Value": {"N": "1"}}, "two": {"Value": {"N": "1"}}}"#, .fails),
            (#"{"one": {"Value": {"N": "7"}}, "two": {}}"#, .fails),
            (#"{"one": {"Value": {"N": "1"}}, "two": {}}"#, .refused("Missing")),
        ] as [(String, Verdict)]
    )
    func `Value and Exists`(text: String, verdict: Verdict) throws {
        try check(text, verdict)
    }

    @Test func `ConditionalOperator joins`() throws {
        let mixed = #"{"one": {"Value": {"N": "7"}}, "two": {"Value": {"N": "2"}}}"#
        let wrong = #"{"one": {"Value": {"N": "7"}}, "two": {"Value": {"N": "7"}}}"#
        try check(mixed, .fails, #", "ConditionalOperator": "AND""#)
        try check(mixed, .holds, #", "ConditionalOperator": "OR""#)
        try check(wrong, .fails, #", "ConditionalOperator": "OR""#)
        for text in [
            #"{"ConditionalOperator": "OR"}"#, #"{"ConditionalOperator": "AND", "Expected": {}}"#,
            #"{"ConditionalOperator": "and", "Expected": {"a": {"Exists": false}}}"#,
            #"{"ConditionalOperator": 1, "Expected": {"a": {"Exists": false}}}"#,
        ] {
            expectRefusal("ConditionalOperator", text) {
                _ = try ConditionalWrite(request: json(text), operation: "PutItem").condition.holds(for: nil)
            }
        }
        expectRefusal("Expected") {
            _ = try ConditionalWrite(request: json(#"{"Expected": []}"#), operation: "PutItem").condition.holds(
                for: nil
            )
        }
    }

    // MARK: AttributeUpdates

    @Test(arguments: [
        (
            #"{"a": {"Action": "PUT", "Value": {"N": "7"}}}"#, #"{"b": {"N": "1"}}"#,
            #"{"a": {"N": "7"}, "b": {"N": "1"}}"#
        ),
        (#"{"a": {"Action": "DELETE"}}"#, #"{"a": {"N": "1"}}"#, "{}"),
        (
            #"{"a": {"Action": "DELETE", "Value": {"SS": ["x"]}}}"#, #"{"a": {"SS": ["x", "y"]}}"#,
            #"{"a": {"SS": ["y"]}}"#
        ),
        (#"{"a": {"Action": "DELETE", "Value": {"SS": ["x"]}}}"#, #"{"a": {"SS": ["x"]}}"#, "{}"),
        (#"{"a": {"Action": "DELETE", "Value": {"SS": ["x"]}}}"#, "{}", "{}"),
        (#"{"a": {"Action": "ADD", "Value": {"N": "2"}}}"#, #"{"a": {"N": "1"}}"#, #"{"a": {"N": "3"}}"#),
        (#"{"a": {"Action": "ADD", "Value": {"N": "2"}}}"#, "{}", #"{"a": {"N": "2"}}"#),
        (#"{"a": {"Action": "ADD", "Value": {"SS": ["x"]}}}"#, #"{"a": {"SS": ["y"]}}"#, #"{"a": {"SS": ["x", "y"]}}"#),
        // Unlike in an UpdateExpression, lists are appended.
        (
            #"{"a": {"Action": "ADD", "Value": {"L": [{"N": "2"}]}}}"#, #"{"a": {"L": [{"N": "1"}]}}"#,
            #"{"a": {"L": [{"N": "1"}, {"N": "2"}]}}"#
        ),
        (#"{"a": {"Action": "ADD", "Value": {"L": [{"N": "2"}]}}}"#, "{}", #"{"a": {"L": [{"N": "2"}]}}"#),
        ("{}", #"{"a": {"N": "1"}}"#, #"{"a": {"N": "1"}}"#),
    ])
    func `AttributeUpdates change attributes`(text: String, before: String, after: String) throws {
        let update = try UpdateWrite(request: json(#"{"AttributeUpdates": \#(text)}"#), keyNames: ["p"])
        var changed: [String: ItemValue]? = try item(before).merging(["p": "k"]) { old, _ in old }
        try update.plan.apply(to: &changed, key: ["p": "k"])
        #expect(try changed == item(after).merging(["p": "k"]) { old, _ in old })
    }

    @Test(arguments: [
        (#"{"n": {"Action": "ADD", "Value": {"SS": ["x"]}}}"#, "type"),
        (#"{"n": {"Action": "DELETE", "Value": {"SS": ["x"]}}}"#, "mismatch"),
        (#"{"s": {"Action": "DELETE", "Value": {"NS": ["1"]}}}"#, "mismatch"),
        (#"{"s": {"Action": "ADD", "Value": {"S": "x"}}}"#, "type"),
        (#"{"q": {"Action": "ADD", "Value": {"S": "x"}}}"#, "type"),
        (#"{"q": {"Action": "ADD", "Value": {"M": {}}}}"#, "type"),
        (#"{"n": {"Action": "DELETE", "Value": {"N": "1"}}}"#, "sets"),
        (#"{"n": {"Action": "DELETE", "Value": {"NS": ["1"]}}}"#, "type"),
        (#"{"n": {"Action": "PUT"}}"#, "Value"), (#"{"n": {"Action": "ADD"}}"#, "Value"),
        (#"{"n": {"Action": "DOG", "Value": {"N": "1"}}}"#, "DOG"),
        (#"{"n": {"Value": {"N": "1"}}}"#, "Action"), (#"{"n": {"Action": "PUT", "Value": {"SS": []}}}"#, "empty"),
        (#"{"p": {"Action": "PUT", "Value": {"S": "x"}}}"#, "key"), (#"{"p": {"Action": "DELETE"}}"#, "key"),
    ])
    func `wrong AttributeUpdates are refused when applied`(text: String, words: String) throws {
        let update = try UpdateWrite(request: json(#"{"AttributeUpdates": \#(text)}"#), keyNames: ["p"])
        let before: [String: ItemValue] = ["p": "k", "n": 1, "s": "x"]
        var changed: [String: ItemValue]? = before
        expectRefusal(words, text) { try update.plan.apply(to: &changed, key: ["p": "k"]) }
        #expect(changed == before)
    }

    @Test(arguments: [
        (#"{"a": {"Action": "PUT", "Value": {"N": "7"}}}"#, true),
        (#"{"a": {"Action": "ADD", "Value": {"N": "7"}}}"#, true),
        (#"{"a": {"Action": "DELETE"}}"#, false), (#"{"a": {"Action": "DELETE", "Value": {"SS": ["x"]}}}"#, false),
        ("{}", true),
    ])
    func `removals alone do not create an item`(text: String, isCreated: Bool) throws {
        let update = try UpdateWrite(request: json(#"{"AttributeUpdates": \#(text)}"#), keyNames: ["p"])
        var created: [String: ItemValue]?
        try update.plan.apply(to: &created, key: ["p": "k"])
        #expect((created != nil) == isCreated)
    }
}

import AlternatorLocal
import AlternatorWire
import Testing

@Suite struct ItemFilterTests {
    private func filter(_ text: String, of operation: ItemFilter.Operation = .query(keyNames: ["p", "c"])) throws
        -> ItemFilter
    {
        let request = try json(text)
        var placeholders = Placeholders(request: request)
        let filter = try ItemFilter(request: request, of: operation, placeholders: &placeholders)
        try placeholders.checkAllUsed(by: "Query")
        return filter
    }

    private static func expression(_ text: String, _ values: String = "{}") -> String {
        #"{"FilterExpression": "\#(text)", "ExpressionAttributeValues": \#(values)}"#
    }

    private static let n = #"{":n": {"N": "3"}}"#

    @Test(arguments: [
        (expression("a > :n", n), [4]), (expression("a IN (b, :n)", n), [3]), (expression("attribute_exists(b)"), []),
        ("{}", [2, 3, 4]), (#"{"QueryFilter": {}}"#, [2, 3, 4]),
        (#"{"QueryFilter": {"a": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "3"}]}}}"#, [3, 4]),
        (
            #"{"QueryFilter": {"a": {"ComparisonOperator": "EQ", "AttributeValueList": [{"N": "2"}]}, "b": {"ComparisonOperator": "NOT_NULL"}}, "ConditionalOperator": "OR"}"#,
            [2]
        ),
        // A wrong type in an item only skips it.
        (expression("l <= :n", n), []), (expression("s BETWEEN l AND :n", n), []),
    ])
    func `items pass that satisfy the filter`(text: String, expected: [Int]) throws {
        let filter = try filter(text)
        let passing = try [2, 3, 4].filter { try filter.accepts(["a": ItemValue($0), "l": [1], "s": "x"]) }
        #expect(passing == expected, "\(text)")
    }

    @Test(arguments: [
        (expression(""), "empty"), (expression("i != :n", n), "syntax error"), (expression("i = :n"), ":n"),
        (expression("i = j", n), ":n"), (expression("p = :n", n), " p"), (expression("c = :n", n), " key "),
        (expression("i = c"), " c"), (expression("begins_with(#c, :n)", n), "#c"),
        (expression("contains(p.x, :n)", n), " p"),
        (#"{"QueryFilter": {"p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "k"}]}}}"#, " p"),
        (
            #"{"QueryFilter": {"c": {"ComparisonOperator": "EQ", "AttributeValueList": [{"N": "1"}]}, "i": {"ComparisonOperator": "NULL"}}}"#,
            " key "
        ),
        (#"{"FilterExpression": "a = b", "QueryFilter": {}}"#, "not allowed together"),
        (#"{"FilterExpression": "a = b", "AttributesToGet": ["a"]}"#, " both"),
        (#"{"QueryFilter": {"i": {"ComparisonOperator": "NULL"}}, "ProjectionExpression": "a"}"#, " both"),
        (#"{"FilterExpression": "a = b", "ConditionalOperator": "AND"}"#, "ConditionalOperator"),
        (#"{"QueryFilter": {}, "ConditionalOperator": "AND"}"#, "ConditionalOperator"),
        // A filter is checked at once, whether or not there are items.
        (expression("begins_with(s, :n)", n), "Invalid FilterExpression: begins_with"),
        (expression("begins_with(s)"), "Invalid FilterExpression: begins_with"),
        (expression("a = b OR dog(s, :n)", n), "Invalid FilterExpression: unknown function 'dog'"),
        (expression("list_append(s, :n) = :n", n), "Invalid FilterExpression: list_append"),
        (expression("if_not_exists(s, :n) = :n", n), "Invalid FilterExpression: if_not_exists"),
        (expression("attribute_type(s, i)"), "attribute_type"),
        (expression("NOT size(s)"), "Invalid FilterExpression: size"),
        (expression("i BETWEEN :n AND :m", #"{":n": {"N": "3"}, ":m": {"N": "2"}}"#), " BETWEEN"),
        (expression("i < :l", #"{":l": {"L": []}}"#), "Invalid FilterExpression"),
        (expression("contains(size(:n), s)", n), "Invalid FilterExpression"),
    ])
    func `a wrong filter is refused before any item is read`(text: String, words: String) {
        expectRefusal(words, text) { _ = try filter(text) }
    }

    @Test func `Scan may filter on keys, and has its own legacy parameter`() throws {
        #expect(try filter(Self.expression("p = :n AND c = :n", Self.n), of: .scan).accepts(["p": 3, "c": 3]))
        let legacy = try filter(#"{"ScanFilter": {"p": {"ComparisonOperator": "NOT_NULL"}}}"#, of: .scan)
        #expect(try legacy.accepts(["p": 1]))
        #expect(try !legacy.accepts(["q": 1]))
        #expect(try filter(#"{"QueryFilter": {"p": {"ComparisonOperator": "NULL"}}}"#, of: .scan).acceptsAll)
    }

    @Test func `a wrong legacy filter shows only where an item reaches it`() throws {
        let filter = try filter(#"{"QueryFilter": {"i": {"ComparisonOperator": "DOG"}}}"#)
        expectRefusal("DOG") { _ = try filter.accepts(["i": 1]) }
    }
}

import AlternatorLocal
import AlternatorWire
import Testing

@Suite struct KeyConditionTests {
    private static let hash = KeyColumn(name: "p", type: .string)
    private static let number = KeyColumn(name: "c", type: .number)
    private static let string = KeyColumn(name: "c", type: .string)

    private func condition(
        _ text: String,
        _ values: String,
        sort: KeyColumn? = KeyConditionTests.number
    ) throws -> KeyCondition {
        let request = try JSONValue.object([
            .init("KeyConditionExpression", .string(text)),
            .init("ExpressionAttributeValues", json(values)),
            .init("ExpressionAttributeNames", json(text.contains("#") ? ##"{"#p": "p", "#c": "c"}"## : "{}")),
        ])
        var placeholders = Placeholders(request: request)
        let condition = try KeyCondition(request: request, hash: Self.hash, sort: sort, placeholders: &placeholders)
        try placeholders.checkAllUsed(by: "Query")
        return condition
    }

    private static let p = #"{":p": {"S": "k"}}"#
    private static let pc = #"{":p": {"S": "k"}, ":c": {"N": "3"}}"#
    private static let pcd = #"{":p": {"S": "k"}, ":c": {"N": "3"}, ":d": {"N": "7"}}"#
    private static let ps = #"{":p": {"S": "k"}, ":c": {"S": "00"}}"#

    @Test(
        arguments: [
            ("p = :p", p, nil), (" :p=p", p, nil), ("p = :p AND c = :c", pc, .equal(3)),
            ("c=:c aNd p=:p", pc, .equal(3)),
            ("p = :p AND c < :c", pc, .less(3)), ("p = :p AND c <= :c", pc, .lessOrEqual(3)),
            ("p = :p AND c > :c", pc, .greater(3)),
            ("p = :p AND c >= :c", pc, .greaterOrEqual(3)), ("p = :p AND :c < c", pc, .greater(3)),
            ("p = :p AND :c <= c", pc, .greaterOrEqual(3)), ("p = :p AND :c > c", pc, .less(3)),
            ("p = :p AND :c >= c", pc, .lessOrEqual(3)), ("p = :p AND :c = c", pc, .equal(3)),
            ("p = :p AND c BeTwEeN :c aNd :d", pcd, .between(3, 7)),
            ("p = :p AND c BETWEEN :d AND :c", pcd, .between(7, 3)),
            ("((c=:c) AND (p=:p))", pc, .equal(3)), ("#p = :p AND #c = :c", pc, .equal(3)),
        ] as [(String, String, KeyCondition.SortCondition?)]
    )
    func `a key condition names one partition and perhaps a range`(
        text: String,
        values: String,
        sort: KeyCondition.SortCondition?
    ) throws {
        let condition = try condition(text, values)
        #expect(condition.hash == "k")
        #expect(condition.sort == sort, "\(text)")
    }

    @Test func `begins_with suits strings and binaries`() throws {
        #expect(try condition("p = :p AND begins_with(c, :c)", Self.ps, sort: Self.string).sort == .beginsWith("00"))
        let binary = KeyColumn(name: "c", type: .binary)
        #expect(
            try condition("p = :p AND begins_with(c, :c)", #"{":p": {"S": "k"}, ":c": {"B": "AQ=="}}"#, sort: binary)
                .sort
                == .beginsWith(.binary([1]))
        )
    }

    @Test(arguments: [
        ("", p, "empty"), ("p != :p", p, "syntax error"), ("p = :p AND p = :p", p, "one"),
        ("c = :c", #"{":c": {"N": "3"}}"#, " p"),
        ("p < :p", p, "supported"), ("p = :p AND c > :c AND c > :c", pc, "one"),
        ("p = :p AND c > :c AND c < :d", pcd, "one"),
        ("p = :p AND c <> :c", pc, "operator"), ("p = :p AND c IN (:c)", pc, "operator"),
        ("c = :c OR p = :p", pc, "OR"),
        ("NOT c = :c AND p = :p", pc, "NOT"), ("p = :p AND dog(c, :c)", pc, "dog"),
        ("p = :p AND BEGINS_WITH(c, :c)", pc, "BEGINS_WITH"),
        ("p = :p AND attribute_exists(c)", p, "attribute_exists"), ("p = :p AND begins_with(c, :c)", pc, "begins_with"),
        ("p = :p AND begins_with(c)", p, "begins_with"), ("p = :p AND begins_with(:p, c)", p, "begins_with"),
        ("p = :p AND size(c) = :c", pc, "constant"), ("p = :p AND a < :c", pc, "key"),
        ("p = :p AND c < :c AND a < :c", pc, "key"),
        ("p = :p AND c.b < :c", pc, "nested"), ("p = c", "{}", "constant"), (":p = :p", p, "constant"),
        ("p", "{}", "value"), (":p", p, "value"),
        ("p = :p AND c BETWEEN :c AND p", pc, "constant"), ("p = :c", #"{":c": {"N": "3"}}"#, "type"),
        ("p = :p AND c = :p", p, "type"),
        ("p = :p AND c BETWEEN :c AND :p", pc, "type"), ("p = :e", #"{":e": {"S": ""}}"#, "empty"),
        ("p = :p", "{}", ":p"), ("p = :p", pc, ":c"), ("#q = :p", p, "#q"),
    ])
    func `anything else is refused`(text: String, values: String, words: String) {
        expectRefusal(words, text) { _ = try condition(text, values) }
    }

    @Test func `a sort condition needs a sort key`() {
        expectRefusal("non-key attribute c") { _ = try condition("p = :p AND c = :c", Self.pc, sort: nil) }
    }

    @Test func `both forms or none are refused`() throws {
        for text in ["{}", #"{"KeyConditionExpression": "p = :p", "KeyConditions": {}}"#] {
            let request = try json(text)
            var placeholders = Placeholders(request: request)
            expectRefusal("Condition", text) {
                _ = try KeyCondition(request: request, hash: Self.hash, sort: nil, placeholders: &placeholders)
            }
        }
    }

    // MARK: KeyConditions

    private func legacy(_ text: String, sort: KeyColumn? = KeyConditionTests.number) throws -> KeyCondition {
        let request = try JSONValue.object([.init("KeyConditions", json(text))])
        var placeholders = Placeholders(request: request)
        return try KeyCondition(request: request, hash: Self.hash, sort: sort, placeholders: &placeholders)
    }

    private static func conditions(_ name: String, _ operands: String) -> String {
        #"{"p": {"AttributeValueList": [{"S": "k"}], "ComparisonOperator": "EQ"}, "#
            + #""c": {"AttributeValueList": [\#(operands)], "ComparisonOperator": "\#(name)"}}"#
    }

    @Test(
        arguments: [
            ("EQ", #"{"N": "3"}"#, .equal(3)), ("LT", #"{"N": "3"}"#, .less(3)),
            ("LE", #"{"N": "3"}"#, .lessOrEqual(3)),
            ("GT", #"{"N": "3"}"#, .greater(3)), ("GE", #"{"N": "3"}"#, .greaterOrEqual(3)),
            ("BETWEEN", #"{"N": "3"}, {"N": "7"}"#, .between(3, 7)),
        ] as [(String, String, KeyCondition.SortCondition)]
    )
    func `KeyConditions say the same the old way`(
        name: String,
        operands: String,
        sort: KeyCondition.SortCondition
    ) throws {
        let condition = try legacy(Self.conditions(name, operands))
        #expect(condition.hash == "k")
        #expect(condition.sort == sort)
    }

    @Test func `BEGINS_WITH suits strings`() throws {
        #expect(try legacy(Self.conditions("BEGINS_WITH", #"{"S": "0"}"#), sort: Self.string).sort == .beginsWith("0"))
        expectRefusal("BEGINS_WITH") { _ = try legacy(Self.conditions("BEGINS_WITH", #"{"N": "0"}"#)) }
    }

    @Test(arguments: [
        (#"{"p": {"AttributeValueList": [{"S": "k"}], "ComparisonOperator": "eq"}}"#, "comparison"),
        (#"{"p": {"AttributeValueList": [{"S": "k"}], "ComparisonOperator": "LE"}}"#, "not supported"),
        (#"{"p": {"AttributeValueList": [], "ComparisonOperator": "EQ"}}"#, "EQ"),
        (#"{"p": {"AttributeValueList": [{"S": "k"}, {"S": "k"}], "ComparisonOperator": "EQ"}}"#, "EQ"),
        (#"{"p": {"AttributeValueList": [{"N": "1"}], "ComparisonOperator": "EQ"}}"#, " type"),
        (#"{"p": {"AttributeValueList": [{"S": ""}], "ComparisonOperator": "EQ"}}"#, "empty"),
        (#"{"p": {"ComparisonOperator": "EQ"}}"#, "AttributeValueList"),
        (#"{"p": {"AttributeValueList": [{"S": "k"}]}}"#, "ComparisonOperator"),
        (#"{"c": {"AttributeValueList": [{"N": "1"}], "ComparisonOperator": "EQ"}}"#, " miss"),
        (#"{}"#, " miss"),
        (#"[]"#, "object"),
        (
            #"{"p": {"AttributeValueList": [{"S": "k"}], "ComparisonOperator": "EQ"}, "a": {"AttributeValueList": [{"S": "k"}], "ComparisonOperator": "EQ"}}"#,
            "missing condition on sort key"
        ),
        (conditions("NE", #"{"N": "3"}"#), "not supported"), (conditions("CONTAINS", #"{"N": "3"}"#), "not supported"),
        (conditions("NULL", ""), "1 arguments"), (conditions("BETWEEN", #"{"N": "3"}"#), "2 arguments"),
        (conditions("EQ", #"{"S": "3"}"#), " type"), (conditions("DOG", #"{"N": "3"}"#), "comparison"),
    ])
    func `wrong KeyConditions are refused`(text: String, words: String) {
        expectRefusal(words, text) { _ = try legacy(text) }
    }

    @Test func `a table without a sort key takes one condition`() {
        expectRefusal("Only one condition") { _ = try legacy(Self.conditions("EQ", #"{"N": "3"}"#), sort: nil) }
    }

    // MARK: Matching

    @Test(
        arguments: [
            (nil, [1, 2, 3, 4]), (.equal(2), [2]), (.less(2), [1]), (.lessOrEqual(2), [1, 2]), (.greater(2), [3, 4]),
            (.greaterOrEqual(2), [2, 3, 4]), (.between(2, 3), [2, 3]), (.between(3, 2), []), (.beginsWith("1"), []),
        ] as [(KeyCondition.SortCondition?, [Int])]
    )
    func `sort keys are matched by value`(sort: KeyCondition.SortCondition?, expected: [Int]) throws {
        let text: String? =
            switch sort {
            case nil: nil
            case .equal: "c = :c"
            case .less: "c < :c"
            case .lessOrEqual: "c <= :c"
            case .greater: "c > :c"
            case .greaterOrEqual: "c >= :c"
            case .between: "c BETWEEN :c AND :d"
            case .beginsWith: "begins_with(c, :c)"
            }
        var values = #"{":p": {"S": "k"}"#
        var column = Self.number
        switch sort {
        case .between(let low, _):
            values += low == 2 ? #", ":c": {"N": "2.0"}, ":d": {"N": "3"}"# : #", ":c": {"N": "3"}, ":d": {"N": "2"}"#
        case .beginsWith:
            values += #", ":c": {"S": "1"}"#
            column = Self.string
        case nil: break
        default: values += #", ":c": {"N": "2e0"}"#
        }
        let condition = try condition(
            ["p = :p", text].compactMap { $0 }.joined(separator: " AND "),
            values + "}",
            sort: column
        )
        #expect([1, 2, 3, 4].filter { condition.accepts(sort: ItemValue($0)) } == expected)
        #expect(condition.accepts(sort: nil) == (sort == nil))
    }
}

import AlternatorWire
import Testing

private func path(_ parts: PathPart...) -> DocumentPath { DocumentPath(parts) }
private func name(_ name: String) -> Operand { .path(path(.name(name))) }

@Suite struct ExpressionGrammarTests {
    // MARK: Paths

    @Test func `a path has members, placeholders and indexes, with blanks anywhere between`() throws {
        let parsed = try ProjectionExpression.parse(" a . #b\t[ 3 ]\n.c_1,d")
        #expect(
            parsed.paths == [
                path(.name("a"), .placeholder("#b"), .index(3), .name("c_1")),
                path(.name("d")),
            ]
        )
        #expect(parsed.description == "a.#b[3].c_1, d")
    }

    @Test(arguments: [
        "", " ", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[-1]", "a[:i]", "a[1", "a]", "a b", "a,", ",a", "1a",
        "_a", "a-b", "#", "#-", ":a", "a.1", "a.5b", "[0]", "a[99999999999]", "a[2147483648]", "a*", "a.*", "é",
        "\"a\"", "a(b)", "set", "a.remove", "SeT.x", "in", "And", "or", "nOt", "between", "delete", "add",
    ])
    func `a bad projection is refused`(text: String) {
        #expect(throws: ExpressionError.self) { try ProjectionExpression.parse(text) }
    }

    @Test(arguments: [
        "name", "size", "status", "o_", "in1", "s3t", "add_", "betwee", "betweens", "deleted", "sets", "android", "inn",
        "a_", "A1", "#1", "#_", "#set", "a[2147483647]",
    ])
    func `names that DynamoDB reserves or that only look like keywords are fine`(text: String) throws {
        #expect(try ProjectionExpression.parse(text).description == text)
    }

    @Test func `a path has at most 32 parts`() throws {
        let longest = Array(repeating: "a", count: 32).joined(separator: ".")
        #expect(try ProjectionExpression.parse(longest).paths[0].parts.count == 32)
        let error = #expect(throws: ExpressionError.self) { try ProjectionExpression.parse(longest + "[0]") }
        #expect(error?.message.contains("Document path exceeded 32 nesting levels") == true)
    }

    // MARK: Conditions

    @Test func `AND binds tighter than OR and NOT tighter than AND`() throws {
        let parsed = try ConditionExpression.parse("a = :a or not b < c and NOT (d>=:d OR e<>#e)")
        #expect(
            parsed.root
                == .or([
                    .compare(.equal, name("a"), .value(":a")),
                    .and([
                        .not(.compare(.less, name("b"), name("c"))),
                        .not(
                            .or([
                                .compare(.greaterOrEqual, name("d"), .value(":d")),
                                .compare(.notEqual, name("e"), .path(path(.placeholder("#e")))),
                            ])
                        ),
                    ]),
                ])
        )
    }

    @Test func `BETWEEN takes its own AND`() throws {
        let parsed = try ConditionExpression.parse("a between :x and size(b) AND c")
        #expect(
            parsed.root
                == .and([
                    .between(
                        name("a"),
                        low: .value(":x"),
                        high: .function(name: "size", arguments: [name("b")])
                    ),
                    .alone(name("c")),
                ])
        )
    }

    @Test func `comparison signs of two characters may have a blank inside, as at the server`() throws {
        #expect(try ConditionExpression.parse("a < > b").root == .compare(.notEqual, name("a"), name("b")))
        #expect(try ConditionExpression.parse("a < = b").root == .compare(.lessOrEqual, name("a"), name("b")))
        #expect(try ConditionExpression.parse("a > = b").root == .compare(.greaterOrEqual, name("a"), name("b")))
    }

    @Test func `functions nest, and their names keep their case`() throws {
        let parsed = try ConditionExpression.parse("Contains(a.b, f(:x,g(c)))")
        #expect(
            parsed.root
                == .alone(
                    .function(
                        name: "Contains",
                        arguments: [
                            .path(path(.name("a"), .name("b"))),
                            .function(
                                name: "f",
                                arguments: [.value(":x"), .function(name: "g", arguments: [name("c")])]
                            ),
                        ]
                    )
                )
        )
    }

    @Test func `a list of IN has one operand or more`() throws {
        #expect(
            try ConditionExpression.parse("a IN (:a, b)").root == .isIn(name("a"), [.value(":a"), name("b")])
        )
        #expect(try ConditionExpression.parse("a IN(:a)").root == .isIn(name("a"), [.value(":a")]))
    }

    @Test(arguments: [
        "", "()", "a =", "= a", "a = b c", "a == b", "a != b", "a >< b", "a => b", "(a = b", "a = b)", "a = (b)",
        "a and", "or a", "a not b", "not", "a in :x", "a in ()", "a in (:x", "a in (:x,)", "a between :x",
        "a between :x, :y", "a between :x or :y", "f()", "f(a", "f(a,)", "f(a b)", "a.f(b)", "#f(a)", "a = :",
        "a = b + c",
        "a = b AND AND c", "a = b = c", "a = 3", "a = 'x'", "f(a = b)", "(a) = b", "a <= > b", "a & b",
    ])
    func `a bad condition is refused`(text: String) {
        #expect(throws: ExpressionError.self) { try ConditionExpression.parse(text) }
    }

    @Test func `an error names the parameter, the text and the place`() {
        let error = #expect(throws: ExpressionError.self) {
            try ConditionExpression.parse("a = b)", as: .filter)
        }
        #expect(error?.message == "Failed parsing FilterExpression 'a = b)': syntax error: unexpected ')' at char 5")
        #expect(error?.offset == 5)
    }

    // MARK: Updates

    @Test func `an update has four clauses in any order and case`() throws {
        let parsed = try UpdateExpression.parse(
            "delete e :e Set a = :a, b[1].c = b[1].c + :n,d=if_not_exists(d,:z) - :m REMOVE f, g[0] aDD h :h"
        )
        let bPath = path(.name("b"), .index(1), .name("c"))
        #expect(
            parsed
                == UpdateExpression(
                    sets: [
                        .init(target: path(.name("a")), value: .operand(.value(":a"))),
                        .init(target: bPath, value: .plus(.path(bPath), .value(":n"))),
                        .init(
                            target: path(.name("d")),
                            value: .minus(
                                .function(name: "if_not_exists", arguments: [name("d"), .value(":z")]),
                                .value(":m")
                            )
                        ),
                    ],
                    removes: [path(.name("f")), path(.name("g"), .index(0))],
                    adds: [.init(target: path(.name("h")), value: ":h")],
                    deletes: [.init(target: path(.name("e")), value: ":e")]
                )
        )
    }

    @Test func `an empty update parses, for the server has its own words for it`() throws {
        #expect(try UpdateExpression.parse("  ").isEmpty)
    }

    @Test(arguments: [
        "SET", "SET a", "SET a =", "SET a = :x,", "SET a = :x b = :y", "SET a :x", "SET a = :x + ",
        "SET a = :x + :y + :z",
        "SET a = (:x)", "SET :a = :x", "SET a = -:x", "REMOVE", "REMOVE a = :x", "REMOVE :x", "ADD a", "ADD a b",
        "ADD a = :x",
        "ADD a :x + :y", "DELETE a", "DELETE a b", "a = :x", "SET a = :x SET b = :y", "REMOVE a remove b",
        "ADD a :x DELETE b :y add c :z", "SET a = :x;", "SET SET = :x",
    ])
    func `a bad update is refused`(text: String) {
        #expect(throws: ExpressionError.self) { try UpdateExpression.parse(text) }
    }

    @Test func `a clause given twice has its own message`() {
        let error = #expect(throws: ExpressionError.self) { try UpdateExpression.parse("SET a = :x SET b = :y") }
        #expect(error?.message.contains("may only appear once in UpdateExpression") == true)
    }

    // MARK: Limits

    @Test func `an expression has at most 4096 bytes`() throws {
        let text = "a = :" + String(repeating: "x", count: 4091)
        #expect(text.utf8.count == 4096)
        _ = try ConditionExpression.parse(text)
        let error = #expect(throws: ExpressionError.self) { try ConditionExpression.parse(text + "x") }
        #expect(error?.message == "ConditionExpression expression size 4097 exceeds allowed maximum 4096.")
    }

    @Test func `parentheses, NOTs and calls nest 400 deep and no deeper`() throws {
        func parse(_ text: String) throws { _ = try ConditionExpression.parse(text) }
        for (open, close) in [("(", ")"), ("NOT ", ""), ("f(", ")"), ("NOT (", ")")] {
            let levels = open == "NOT (" ? 200 : 400
            let good = String(repeating: open, count: levels) + "a" + String(repeating: close, count: levels)
            try parse(good)
            let bad = String(repeating: open, count: levels + 1) + "a" + String(repeating: close, count: levels + 1)
            let error = #expect(throws: ExpressionError.self) { try parse(bad) }
            #expect(error?.message.contains("expression nested too deeply") == true)
        }
    }

    @Test func `many operators on one level are no nesting`() throws {
        // 585 comparisons, the longest that fits; see test_deeply_nested_expression_2a of the server's tests.
        let text = "a<b " + String(repeating: "or a<b ", count: 584)
        guard case .or(let nodes) = try ConditionExpression.parse(text).root else {
            Issue.record("not an OR")
            return
        }
        #expect(nodes.count == 585)
    }

    @Test(arguments: ["(", "NOT ", "f(", "a AND (", "a.", "a[0]", "a,", "not(", "f(:x,"])
    func `hostile nesting is an error and not a crash`(unit: String) {
        let text = String(repeating: unit, count: 4096 / unit.utf8.count)
        #expect(throws: ExpressionError.self) { try ConditionExpression.parse(text) }
        #expect(throws: ExpressionError.self) { try UpdateExpression.parse(text) }
    }
}

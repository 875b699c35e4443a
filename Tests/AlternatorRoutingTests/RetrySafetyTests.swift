import AlternatorRouting
import AlternatorWire
import Testing

struct RetrySafetyTests {
    /// Update expressions with their classes, each by hand from the rule; `:n` is a number, `:s` a set, `:l` a list, `:v`
    /// a string, `:m` missing from the values.
    static let updates: [(String, RetrySafety)] = [
        // Constants.
        ("SET a = :v", .idempotent),
        ("SET a = :v, b = :n", .idempotent),
        ("set a=:v remove b", .idempotent),
        ("SET a.b.c = :v", .idempotent),
        ("SET a[0].b = :v", .idempotent),
        ("SET #a = :v", .idempotent),
        ("SET a = list_append(:l, :l)", .idempotent),
        ("SET a = :n + :n", .idempotent),
        ("REMOVE a", .idempotent),
        ("REMOVE a, b.c", .idempotent),
        ("REMOVE a[1].b", .idempotent),
        // Keeping what is there.
        ("SET a = if_not_exists(a, :v)", .idempotent),
        ("SET a.b = if_not_exists(a.b, :v)", .idempotent),
        ("SET #a = if_not_exists(#a, :v)", .idempotent),
        ("SET #a = if_not_exists(a, :v)", .idempotent),
        ("SET a = if_not_exists(#a, :v)", .idempotent),
        // Sets.
        ("ADD a :s", .idempotent),
        ("DELETE a :s", .idempotent),
        ("ADD a :s DELETE b :s", .idempotent),
        ("SET c = :v ADD a :s REMOVE d", .idempotent),
        // Reading a path.
        ("SET a = a + :n", .counting),
        ("SET a = :n + a", .counting),
        ("SET a = a - :n", .counting),
        ("SET a = b", .counting),
        ("SET a = b.c", .counting),
        ("SET a = a", .counting),
        ("SET a = #b", .counting),
        ("SET a = if_not_exists(b, :v)", .counting),
        ("SET a = if_not_exists(a.b, :v)", .counting),
        ("SET a = if_not_exists(a, b)", .counting),
        ("SET a = if_not_exists(a, :n) + :n", .counting),
        ("SET a = :n - if_not_exists(a, :n)", .counting),
        ("SET #a = if_not_exists(#b, :v)", .counting),
        ("SET a = list_append(a, :l)", .counting),
        ("SET a = list_append(:l, a)", .counting),
        ("SET a = list_append(if_not_exists(a, :l), :l)", .counting),
        ("SET a = :v, b = b + :n", .counting),
        // List indexes.
        ("SET a[0] = :v", .counting),
        ("SET a.b[7] = :v", .counting),
        ("REMOVE a[0]", .counting),
        ("REMOVE b, a.c[2]", .counting),
        ("SET a[1] = if_not_exists(a[1], :v)", .counting),
        // ADD of anything but a set.
        ("ADD a :n", .counting),
        ("ADD a :l", .counting),
        ("ADD a :v", .counting),
        ("ADD a :m", .counting),
        ("ADD a :s, b :n", .counting),
        ("SET c = :v ADD a :n", .counting),
        // What does not parse.
        ("SET", .counting),
        ("SET a", .counting),
        ("SET a = ", .counting),
        ("INCREMENT a :n", .counting),
        ("ADD a + :n", .counting),
        ("SET a = :v SET b = :v", .counting),
        ("SET a = (", .counting),
    ]

    private static let names = ["#a": "a", "#b": "b"]

    private static let one = AttributeNumber("1")

    private func facts(_ update: String?, condition: String? = nil, returnValues: String? = nil) -> WriteFacts {
        WriteFacts(
            updateExpression: update,
            conditionExpression: condition,
            names: Self.names,
            values: [
                ":v": .string("x"), ":s": .stringSet(["x"]), ":l": .list([]),
                ":n": Self.one.map { .number($0) } ?? .null,
            ],
            returnValues: returnValues
        )
    }

    @Test(arguments: updates)
    func `an update expression has its class`(expression: String, safety: RetrySafety) {
        #expect(facts(expression).safety == safety)
    }

    @Test(arguments: updates)
    func `a condition makes an idempotent update conditional and leaves a counting one`(
        expression: String,
        safety: RetrySafety
    ) {
        let wanted: RetrySafety = safety == .idempotent ? .conditional : .counting
        #expect(facts(expression, condition: "attribute_exists(id)").safety == wanted)
    }

    @Test(arguments: [
        ("attribute_not_exists(id)", RetrySafety.conditional), ("a = :v AND size(b) > :n", .conditional),
        ("a =", .counting), ("", .counting),
    ])
    func `a put or delete with a condition is conditional, with a broken one counting`(
        condition: String,
        safety: RetrySafety
    ) {
        #expect(facts(nil, condition: condition).safety == safety)
    }

    @Test func `asking for old values makes any write counting`() {
        for wanted in ["ALL_OLD", "UPDATED_OLD"] {
            #expect(facts(nil, returnValues: wanted).safety == .counting)
            #expect(facts("SET a = :v", returnValues: wanted).safety == .counting)
            #expect(facts(nil, condition: "attribute_exists(a)", returnValues: wanted).safety == .counting)
        }
        for wanted in ["NONE", "ALL_NEW", "UPDATED_NEW"] {
            #expect(facts("SET a = :v", returnValues: wanted).safety == .idempotent)
        }
    }

    @Test func `legacy parameters are classified too`() {
        func legacy(_ action: String?, _ value: AttributeValue?, expected: Bool = false) -> RetrySafety {
            WriteFacts(
                hasExpected: expected,
                attributeUpdates: [.init(action: action, value: value)]
            ).safety
        }
        #expect(legacy("PUT", .string("x")) == .idempotent)
        #expect(legacy(nil, .string("x")) == .idempotent)
        #expect(legacy("DELETE", nil) == .idempotent)
        #expect(legacy("DELETE", .stringSet(["x"])) == .idempotent)
        #expect(legacy("ADD", .stringSet(["x"])) == .idempotent)
        #expect(legacy("ADD", .list([])) == .counting)
        #expect(legacy("ADD", .string("1")) == .counting)
        #expect(legacy("ADD", nil) == .counting)
        #expect(legacy("PUT", .string("x"), expected: true) == .conditional)
        #expect(legacy("ADD", .list([]), expected: true) == .counting)
        #expect(WriteFacts(hasExpected: true).safety == .conditional)
        #expect(WriteFacts().safety == .idempotent)
    }
}

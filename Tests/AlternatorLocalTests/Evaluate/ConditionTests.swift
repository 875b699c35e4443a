import AlternatorLocal
import AlternatorWire
import Testing

/// Operators and functions of ConditionExpression, one row each.
@Suite struct ConditionTests {
    private static let stored = #"""
        {"p": {"S": "key"}, "one": {"N": "1"}, "uno": {"N": "1.0"}, "two": {"N": "2"}, "s": {"S": "hello"},
         "u": {"S": "grüße"}, "b": {"B": "aGkgdGhlcmU="}, "t": {"BOOL": true}, "z": {"NULL": true},
         "l": {"L": [{"N": "2"}, {"S": "dog"}, {"SS": ["x", "y"]}]}, "m": {"M": {"x": {"N": "1"}, "y": {"L": [{"N": "-1"}]}}},
         "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]}, "bs": {"BS": ["AQ==", "Ag=="]}, "type": {"S": "S"}}
        """#

    private static let values = #"""
        {":one": {"N": "1"}, ":1e0": {"N": "1e0"}, ":two": {"N": "2"}, ":nine": {"N": "9"}, ":ten": {"N": "10"},
         ":hello": {"S": "hello"}, ":hell": {"S": "hell"}, ":ell": {"S": "ell"}, ":empty": {"S": ""}, ":S": {"S": "S"},
         ":DOG": {"S": "DOG"}, ":hi": {"B": "aGk="}, ":here": {"B": "aGVyZQ=="}, ":true": {"BOOL": true},
         ":false": {"BOOL": false}, ":null": {"NULL": true}, ":list": {"L": [{"N": "1"}]}, ":yx": {"SS": ["y", "x"]},
         ":ba": {"SS": ["b", "a"]}, ":21": {"NS": ["2.0", "1"]}, ":bs": {"BS": ["Ag==", "AQ=="]},
         ":m": {"M": {"y": {"L": [{"N": "-1.0"}]}, "x": {"N": "1"}}}, ":a": {"S": "a"}, ":seven": {"N": "7"},
         ":decomposed": {"S": "gru\u0308\u00dfe"}, ":one_text": {"S": "1"}}
        """#

    private func check(_ text: String, _ verdict: Verdict, item stored: [String: ItemValue]?) throws {
        // Only the values that are used, for unused ones are refused.
        guard case .object(let all) = try json(Self.values) else { return }
        let words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }.map(String.init))
        let used = all.filter { words.contains($0.name) }
        var members: [JSONValue.Member] = [.init("ConditionExpression", .string(text))]
        if !used.isEmpty { members.append(.init("ExpressionAttributeValues", .object(used))) }
        let write = try ConditionalWrite(request: .object(members), operation: "PutItem")
        #expect(write.readsItem)
        verdict.check(text) { () throws(LocalError) in try write.condition.holds(for: stored) }
    }

    @Test(
        arguments: [
            // = is deep and by value; sets have no order; types differ, values differ.
            ("one = :one", .holds), ("one = :1e0", .holds), ("one = uno", .holds), ("one = :two", .fails),
            (":one = one", .holds), ("one = :one_text", .fails), ("s = :hello", .holds), ("s = :hell", .fails),
            ("ss = :ba", .holds), ("ss = :yx", .fails), ("ns = :21", .holds), ("bs = :bs", .holds), ("m = :m", .holds),
            ("t = :true", .holds), ("t = :false", .fails), ("z = :null", .holds), ("l = :list", .fails),
            ("z = t", .fails),
            ("u = :decomposed", .fails),
            // What is missing equals nothing and differs from everything.
            ("q = :one", .fails), ("q = r", .fails), ("q <> :one", .holds), ("q <> r", .holds),
            ("NOT q = :one", .holds),
            ("one <> :two", .holds), ("one <> :1e0", .fails), ("one <> :one_text", .holds), ("ss <> :ba", .fails),
            // Order: numbers by value, strings and binaries by bytes, nothing else.
            ("one < :two", .holds), ("two < :one", .fails), ("one < :1e0", .fails), ("one <= :1e0", .holds),
            ("two > one", .holds), ("two >= two", .holds), (":nine < :ten", .holds), ("s < :hell", .fails),
            ("s > :hell", .holds), ("s >= :hello", .holds), ("b > :hi", .holds), ("one < :hello", .fails),
            ("one > :hello", .fails), ("q < :one", .fails), (":one < q", .fails), ("q >= r", .fails),
            ("l < :one", .fails),
            (":one >= l", .fails), ("t < :one", .fails), ("NOT t < :one", .holds),
            ("one < :list", .refused("String, Number, or Binary")),
            (":true >= one", .refused("String, Number, or Binary")),
            ("q > :null", .refused("String, Number, or Binary")),
            // BETWEEN.
            ("one BETWEEN :one AND :two", .holds), ("two BETWEEN :one AND :two", .holds),
            ("one between two and :nine", .fails),
            ("s BETWEEN :hell AND :hello", .holds), ("one BETWEEN :hell AND :hello", .fails),
            ("q BETWEEN :one AND :two", .fails),
            ("one BETWEEN l AND :two", .fails), ("one BETWEEN two AND :one", .fails),
            ("one BETWEEN two AND :hello", .fails),
            ("one BETWEEN :two AND :one", .refused("BETWEEN")), ("one BETWEEN :two AND :hello", .refused("BETWEEN")),
            ("one BETWEEN :list AND :two", .refused("BETWEEN")), (":true BETWEEN one AND two", .refused("BETWEEN")),
            // IN.
            ("one IN (:two, :1e0)", .holds), ("one IN (:hello, :one)", .holds), ("one IN (:two)", .fails),
            ("q IN (:one, r)", .fails),
            ("ss IN (:ba)", .holds), ("one IN (uno)", .holds),
        ] as [(String, Verdict)]
    )
    func `comparison operators follow the server's rules`(text: String, verdict: Verdict) throws {
        try check(text, verdict, item: item(Self.stored))
    }

    @Test(
        arguments: [
            ("attribute_exists(one)", .holds), ("attribute_exists(q)", .fails), ("attribute_exists(m.x)", .holds),
            ("attribute_exists(m.y[0])", .holds), ("attribute_exists(m.y[1])", .fails),
            ("attribute_exists(m[0])", .fails),
            ("attribute_exists(l.x)", .fails), ("attribute_exists(z)", .holds), ("attribute_not_exists(q)", .holds),
            ("attribute_not_exists(one)", .fails), ("attribute_not_exists(m.q.r)", .holds),
            ("attribute_exists(:one)", .refused("path")), ("attribute_not_exists(:one)", .refused("path")),
            ("attribute_exists(one, two)", .refused("got 2")),
            ("attribute_exists(one) = :true", .refused("not allowed")),
            ("attribute_type(s, :S)", .holds), ("attribute_type(one, :S)", .fails), ("attribute_type(q, :S)", .fails),
            ("attribute_type(:hello, :S)", .holds), ("attribute_type(s, type)", .refused("attribute_type")),
            ("attribute_type(s, :one)", .refused("string")), ("attribute_type(s, :DOG)", .refused("DOG")),
            ("begins_with(s, :hell)", .holds), ("begins_with(s, :ell)", .fails), ("begins_with(s, :empty)", .holds),
            ("begins_with(b, :hi)", .holds), ("begins_with(b, :here)", .fails), ("begins_with(b, :hell)", .fails),
            ("begins_with(one, :hell)", .fails), ("begins_with(q, :hell)", .fails), ("begins_with(s, one)", .fails),
            ("begins_with(:hello, type)", .fails), ("begins_with(s, s)", .holds),
            ("begins_with(s, :one)", .refused("begins_with")),
            ("begins_with(:one, s)", .refused("begins_with")), ("begins_with(s)", .refused("got 1")),
            ("contains(s, :ell)", .holds), ("contains(s, :DOG)", .fails), ("contains(s, :empty)", .holds),
            ("contains(b, :here)", .holds), ("contains(b, :ell)", .fails), ("contains(ss, :a)", .holds),
            ("contains(ss, :hello)", .fails), ("contains(ss, :ba)", .fails), ("contains(ns, :1e0)", .holds),
            ("contains(l, :two)", .holds), ("contains(l, :yx)", .holds), ("contains(l, :list)", .fails),
            ("contains(m, :one)", .fails), ("contains(t, :true)", .fails), ("contains(q, :one)", .fails),
            ("contains(s, q)", .fails),
            ("contains(s, :one)", .fails), ("contains(:hello, type)", .fails),
            ("size(s) = :seven", .fails), ("size(u) = :seven", .holds), ("size(b) = :seven", .fails),
            ("size(ss) = two", .holds),
            ("size(l) > :two", .holds), ("size(m) = :two", .holds), ("size(one) = :one", .fails),
            ("size(one) < :nine", .fails),
            ("size(one) <> :one", .holds), ("size(q) < :nine", .fails), ("size(:ell) > :two", .holds),
            ("size(s) = :hello", .fails),
            ("size(s)", .refused("not allowed")), ("size(s, s) = :one", .refused("got 2")),
            ("size(:one) = :one", .refused("size")),
            ("size(size(s)) = :one", .refused("size")), ("size(s) BETWEEN :one AND :nine", .holds),
            ("size(s) IN (:one)", .fails),
            ("dog(s) = :one", .refused("function")), ("Size(s) = :one", .refused("function")),
            ("if_not_exists(s, s) = :one", .refused("not allowed")),
            ("list_append(l, l) = :one", .refused("not allowed")),
            ("contains(s, :ell) = :true", .refused("not allowed")), ("s", .refused("boolean")), ("t", .holds),
            (":false", .fails),
            ("q", .refused("boolean")),
        ] as [(String, Verdict)]
    )
    func `functions follow the server's rules`(text: String, verdict: Verdict) throws {
        try check(text, verdict, item: item(Self.stored))
    }

    @Test(
        arguments: [
            ("one = :one AND two = :two", .holds), ("one = :two OR two = :two", .holds),
            ("one = :one AND NOT two = :two", .fails),
            ("NOT NOT one = :one", .holds), ("one = :one OR two = :one AND one = :two", .holds),
            ("(one = :one OR two = :one) AND one = :two", .fails), ("NOT one = :two AND two = :two", .holds),
            // Evaluation stops where the result is certain: the wrong call behind is not reached.
            ("one = :one OR dog(s)", .holds), ("one = :two AND dog(s)", .fails),
            ("one = :two OR dog(s)", .refused("dog")),
            ("one = :one AND dog(s)", .refused("dog")), ("m.x < two", .holds), ("m.x > m.y[0]", .holds),
            ("m.q < two", .fails),
        ] as [(String, Verdict)]
    )
    func `boolean operators stop where the result is certain`(text: String, verdict: Verdict) throws {
        try check(text, verdict, item: item(Self.stored))
    }

    @Test(
        arguments: [
            ("attribute_not_exists(p)", .holds), ("attribute_exists(p)", .fails), ("one = :one", .fails),
            ("one <> :one", .holds),
            ("NOT one = :one", .holds), ("one < :list", .refused("String, Number, or Binary")),
            ("size(s) > :one", .fails),
        ] as [(String, Verdict)]
    )
    func `a missing item has no attributes`(text: String, verdict: Verdict) throws {
        try check(text, verdict, item: nil)
    }

    @Test func `text is searched in linear time`() throws {
        let text = String(repeating: "a", count: 200_000) + "b"
        let pattern = String(repeating: "a", count: 100_000) + "b"
        let write = try ConditionalWrite(
            request: .object([
                .init("ConditionExpression", .string("contains(s, :p)")),
                .init(
                    "ExpressionAttributeValues",
                    .object([.init(":p", .object([.init("S", .string(pattern))]))])
                ),
            ]),
            operation: "PutItem"
        )
        // Trying every position anew would take 10^10 steps.
        #expect(try write.condition.holds(for: ["s": .string(text)]))
        #expect(try !write.condition.holds(for: ["s": .string(String(text.dropLast()))]))
    }
}

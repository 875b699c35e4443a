import AlternatorLocal
import AlternatorWire
import TestSupport
import Testing

/// UpdateExpression: what it makes of an item.
@Suite struct UpdateTests {
    private static let values = #"""
        {":n": {"N": "7"}, ":m": {"N": "-2"}, ":s": {"S": "x"}, ":l": {"L": [{"N": "1"}]}, ":k": {"L": [{"S": "k"}]},
         ":ss": {"SS": ["a", "b"]}, ":sa": {"SS": ["a"]}, ":ns": {"NS": ["1"]}, ":big": {"N": "9e125"}, ":map": {"M": {}},
         ":huge": {"N": "1e50"}}
        """#

    private func update(_ text: String, names: String? = nil) throws -> UpdateWrite {
        guard case .object(let all) = try json(Self.values) else { throw LocalError.validation("test") }
        let words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }.map(String.init))
        let used = all.filter { words.contains($0.name) }
        var members: [JSONValue.Member] = [.init("UpdateExpression", .string(text))]
        if !used.isEmpty { members.append(.init("ExpressionAttributeValues", .object(used))) }
        if let names { members.append(.init("ExpressionAttributeNames", try json(names))) }
        return try UpdateWrite(request: .object(members), keyNames: ["p", "c"])
    }

    @Test(arguments: [
        ("SET a = :n", "{}", #"{"a": {"N": "7"}}"#),
        (
            "SET a = :n, b = :s REMOVE c2", #"{"c2": {"N": "1"}, "d": {"N": "2"}}"#,
            #"{"a": {"N": "7"}, "b": {"S": "x"}, "d": {"N": "2"}}"#
        ),
        // All right sides see the item as it was.
        ("SET a = b, b = a", #"{"a": {"N": "1"}, "b": {"N": "2"}}"#, #"{"a": {"N": "2"}, "b": {"N": "1"}}"#),
        ("REMOVE a SET b = a", #"{"a": {"N": "1"}}"#, #"{"b": {"N": "1"}}"#),
        ("SET a = p", "{}", #"{"a": {"S": "key"}}"#),
        ("SET a = a + :n", #"{"a": {"N": "0.5"}}"#, #"{"a": {"N": "7.5"}}"#),
        ("SET a = :n - a", #"{"a": {"N": "0.5"}}"#, #"{"a": {"N": "6.5"}}"#),
        ("SET a = :n + :m", "{}", #"{"a": {"N": "5"}}"#),
        ("SET a = if_not_exists(a, :n)", "{}", #"{"a": {"N": "7"}}"#),
        ("SET a = if_not_exists(a, :n)", #"{"a": {"S": "old"}}"#, #"{"a": {"S": "old"}}"#),
        ("SET a = if_not_exists(b.c3, :n) + :m", "{}", #"{"a": {"N": "5"}}"#),
        (
            "SET a = if_not_exists(x, if_not_exists(y, :n))", #"{"y": {"N": "3"}}"#,
            #"{"y": {"N": "3"}, "a": {"N": "3"}}"#
        ),
        ("SET a = list_append(:l, :k)", "{}", #"{"a": {"L": [{"N": "1"}, {"S": "k"}]}}"#),
        ("SET a = list_append(a, :k)", #"{"a": {"L": [{"N": "1"}]}}"#, #"{"a": {"L": [{"N": "1"}, {"S": "k"}]}}"#),
        (
            "SET a = list_append(if_not_exists(a, :l), :k)", "{}", #"{"a": {"L": [{"N": "1"}, {"S": "k"}]}}"#
        ),
        ("ADD a :n", "{}", #"{"a": {"N": "7"}}"#),
        ("ADD a :n", #"{"a": {"N": "1"}}"#, #"{"a": {"N": "8"}}"#),
        ("ADD a :ss", "{}", #"{"a": {"SS": ["a", "b"]}}"#),
        ("ADD a :ss", #"{"a": {"SS": ["b", "c"]}}"#, #"{"a": {"SS": ["a", "b", "c"]}}"#),
        ("DELETE a :sa", #"{"a": {"SS": ["a", "c"]}}"#, #"{"a": {"SS": ["c"]}}"#),
        ("DELETE a :sa", #"{"a": {"SS": ["a"]}}"#, "{}"),
        ("DELETE a :sa", #"{"a": {"SS": ["c"]}}"#, #"{"a": {"SS": ["c"]}}"#),
        ("DELETE a :sa", "{}", "{}"),
        ("REMOVE a", "{}", "{}"),
        // Nested.
        ("SET a.b = :n", #"{"a": {"M": {"c": {"N": "1"}}}}"#, #"{"a": {"M": {"b": {"N": "7"}, "c": {"N": "1"}}}}"#),
        ("SET a[1] = :n", #"{"a": {"L": [{"N": "1"}, {"N": "2"}]}}"#, #"{"a": {"L": [{"N": "1"}, {"N": "7"}]}}"#),
        (
            "SET a[9] = :n, a[4] = :m, a[7] = :s", #"{"a": {"L": [{"N": "1"}]}}"#,
            #"{"a": {"L": [{"N": "1"}, {"N": "-2"}, {"S": "x"}, {"N": "7"}]}}"#
        ),
        (
            "REMOVE a[1] SET a[3] = :n", #"{"a": {"L": [{"N": "2"}, {"N": "3"}, {"N": "4"}, {"N": "5"}, {"N": "6"}]}}"#,
            #"{"a": {"L": [{"N": "2"}, {"N": "4"}, {"N": "7"}, {"N": "6"}]}}"#
        ),
        (
            "REMOVE a[0], a[2], a[9]", #"{"a": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]}}"#,
            #"{"a": {"L": [{"N": "1"}]}}"#
        ),
        ("REMOVE a.b", #"{"a": {"M": {"b": {"N": "1"}}}}"#, #"{"a": {"M": {}}}"#),
        ("REMOVE a[0]", #"{"a": {"L": [{"N": "1"}]}}"#, #"{"a": {"L": []}}"#),
        ("REMOVE a.q", #"{"a": {"M": {}}}"#, #"{"a": {"M": {}}}"#),
        ("ADD a.b :n", #"{"a": {"M": {"b": {"N": "1"}}}}"#, #"{"a": {"M": {"b": {"N": "8"}}}}"#),
        ("DELETE a.b :sa", #"{"a": {"M": {"b": {"SS": ["a"]}}}}"#, #"{"a": {"M": {}}}"#),
        (
            "SET a[0].x.y[1] = a[0].x.y[0]",
            #"{"a": {"L": [{"M": {"x": {"M": {"y": {"L": [{"N": "3"}, {"N": "5"}]}}}}}]}}"#,
            #"{"a": {"L": [{"M": {"x": {"M": {"y": {"L": [{"N": "3"}, {"N": "3"}]}}}}}]}}"#
        ),
        (
            "SET a.b = :n, a.c.d = :s, b.x = :m REMOVE a.x, b.y",
            #"{"a": {"M": {"x": {"N": "3"}, "y": {"N": "4"}, "c": {"M": {"y": {"N": "3"}}}}}, "b": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}}"#,
            #"{"a": {"M": {"y": {"N": "4"}, "b": {"N": "7"}, "c": {"M": {"y": {"N": "3"}, "d": {"S": "x"}}}}}, "b": {"M": {"x": {"N": "-2"}}}}"#
        ),
    ])
    func `an update makes of an item`(text: String, before: String, after: String) throws {
        var changed: [String: ItemValue]? = try item(before).merging(["p": "key"]) { old, _ in old }
        try update(text).plan.apply(to: &changed, key: ["p": "key"])
        #expect(try changed == item(after).merging(["p": "key"]) { old, _ in old }, "\(text)")
    }

    @Test(arguments: [
        ("SET a = q", "does not exist"), ("SET a = a", "does not exist"), ("SET a = q + :n", "does not exist"),
        ("SET a = s + :n", "type"), ("SET a = :s + :n", "type"), ("SET a = :n - :l", "type"),
        ("SET a = :big + :big", "overflow"), ("SET a = :huge + :n", "number"),
        ("SET a = list_append(:l)", "got 1"), ("SET a = list_append(:l, :s)", "non-list"),
        ("SET a = list_append(q, :l)", "non-list"),
        ("SET a = LIST_APPEND(:l, :k)", "LIST_APPEND"), ("SET a = size(s)", "not allowed"),
        ("SET a = f123_hi(s)", "f123_hi"),
        ("SET a = if_not_exists(:n, :m)", "path"), ("SET a = if_not_exists(if_not_exists(a, :n), :m)", "path"),
        ("ADD n :s", "type"), ("ADD s :n", "type"), ("ADD n :ss", "type"), ("ADD ss :ns", "type"),
        ("ADD ss :s", "type"),
        ("ADD l :l", "operand"), ("ADD ss :l", "operand"), ("ADD l :ss", "operand"), ("ADD q :l", "operand"),
        ("ADD q :s", "type"),
        ("DELETE ss :s", "type"), ("DELETE ss :ns", "type"), ("DELETE n :ss", "type"),
        ("SET s.x = :n", "path"), ("SET l.x = :n", "path"), ("SET q.x = :n", "path"), ("SET m[0] = :n", "path"),
        ("SET m.q.r = :n", "path"), ("SET l[5].x = :n", "path"), ("REMOVE s.x", "path"), ("REMOVE q.x", "path"),
        ("REMOVE s[0]", "path"),
        ("SET p = :n", "key"), ("REMOVE c", "key"), ("ADD p :n", "key"), ("SET p.x = :n", "key"),
        ("DELETE c :ss", "key"),
    ])
    func `a wrong update is refused and changes nothing`(text: String, words: String) throws {
        let before = try item(
            #"{"p": {"S": "key"}, "n": {"N": "1"}, "s": {"S": "x"}, "l": {"L": [{"N": "1"}]}, "m": {"M": {}}, "ss": {"SS": ["a"]}}"#
        )
        var changed: [String: ItemValue]? = before
        expectRefusal(words, text) { try update(text).plan.apply(to: &changed, key: ["p": "key"]) }
        #expect(changed == before)
    }

    @Test(arguments: [
        ("SET a = :n, a = :m", "overlap"), ("REMOVE a SET a = :n", "overlap"), ("SET a = :n, a.b = :m", "overlap"),
        ("SET a.b = :n, a = :m", "overlap"), ("SET a.b = :n, a.b.c.d = :m", "overlap"),
        ("SET a[1][1] = :n, a[1] = :m", "overlap"),
        ("SET a[1] = :n, a[1] = :m", "overlap"), ("SET a.b = :n ADD a.b :m", "overlap"),
        ("SET a.b = :n, a[1] = :m", "conflict"), ("SET a.b.c = :n, a.b[2] = :m", "conflict"),
        ("", "empty"), (" ", "empty"), ("SET a = _f(:n)", "syntax error"), ("SET a[:n] = :m", "syntax error"),
        ("SET a = :n SET b = :m", "once"), ("SET a = :undefined", ":undefined"),
    ])
    func `a bad update is refused before it is applied`(text: String, words: String) {
        expectRefusal(words, text) { _ = try update(text) }
    }

    @Test func `paths are compared after names are replaced`() {
        expectRefusal("overlap") { _ = try update("SET #x = :n, #y = :m", names: ##"{"#x": "a", "#y": "a"}"##) }
    }

    @Test(arguments: [
        ("SET a = :n", true), ("ADD a :n", true), ("REMOVE a", false), ("DELETE a :ss", false),
        ("REMOVE a, b DELETE c2 :ss", false),
        ("REMOVE a SET b = :n", true),
    ])
    func `a missing item is created unless all actions are removals`(text: String, isCreated: Bool) throws {
        var created: [String: ItemValue]?
        let touched = try update(text).plan.apply(to: &created, key: ["p": "key", "c": 1])
        #expect((created != nil) == isCreated)
        #expect(touched.createdItem == isCreated)
        if isCreated { #expect(created?["p"] == "key" && created?["c"] == 1) }
    }

    @Test func `a nested path needs an item`() throws {
        var missing: [String: ItemValue]?
        expectRefusal("path") { try update("SET a.b = :n").plan.apply(to: &missing, key: ["p": "key"]) }
        #expect(missing == nil)
    }

    @Test func `without an action the item is created empty`() throws {
        var created: [String: ItemValue]?
        let update = try UpdateWrite(request: json("{}"), keyNames: ["p"])
        #expect(!update.readsItem)
        try update.plan.apply(to: &created, key: ["p": "key"])
        #expect(created == ["p": "key"])
    }

    // MARK: ReturnValues

    @Test(
        arguments: [
            ("NONE", nil),
            (
                "ALL_OLD",
                #"{"p": {"S": "key"}, "a": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}, "b": {"N": "3"}, "l": {"L": [{"N": "0"}]}}"#
            ),
            ("UPDATED_OLD", #"{"a": {"M": {"x": {"N": "1"}}}, "b": {"N": "3"}}"#),
            (
                "ALL_NEW",
                #"{"p": {"S": "key"}, "a": {"M": {"x": {"N": "7"}, "y": {"N": "2"}}}, "l": {"L": [{"N": "0"}, {"S": "x"}]}, "d": {"N": "-2"}}"#
            ),
            // b is gone, and l[5] is not where the new element went.
            ("UPDATED_NEW", #"{"a": {"M": {"x": {"N": "7"}}}, "d": {"N": "-2"}}"#),
        ] as [(String, String?)]
    )
    func `ReturnValues choose what is answered`(word: String, expected: String?) throws {
        let old = try item(
            #"{"p": {"S": "key"}, "a": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}, "b": {"N": "3"}, "l": {"L": [{"N": "0"}]}}"#
        )
        let update = try UpdateWrite(
            request: json(
                #"{"UpdateExpression": "SET a.x = :n, d = :m, l[5] = :s REMOVE b", "ReturnValues": "\#(word)", "#
                    + #""ExpressionAttributeValues": {":n": {"N": "7"}, ":m": {"N": "-2"}, ":s": {"S": "x"}}}"#
            ),
            keyNames: ["p"]
        )
        var new: [String: ItemValue]? = old
        let touched = try update.plan.apply(to: &new, key: ["p": "key"])
        #expect(try update.attributes(touched, old: old, new: new) == expected.map(item))
    }

    @Test func `UPDATED values that are empty are not answered, nor is a new item that was not created`() throws {
        for word in ["UPDATED_OLD", "UPDATED_NEW", "ALL_NEW", "ALL_OLD"] {
            let update = try UpdateWrite(
                request: json(#"{"UpdateExpression": "REMOVE a", "ReturnValues": "\#(word)"}"#),
                keyNames: ["p"]
            )
            var new: [String: ItemValue]?
            let touched = try update.plan.apply(to: &new, key: ["p": "key"])
            #expect(update.attributes(touched, old: nil, new: new) == nil, "\(word)")
        }
    }

    @Test(
        arguments: [
            (
                "SET a.c[1] = :n, a.b = :s", "UPDATED_OLD",
                #"{"a": {"M": {"b": {"S": "dog"}, "c": {"L": [{"N": "2"}]}}}}"#
            ),
            ("SET a.c[1] = :n, a.b = :s", "UPDATED_NEW", #"{"a": {"M": {"b": {"S": "x"}, "c": {"L": [{"N": "7"}]}}}}"#),
            // Only what was there; and what moves into the place of a removed element is taken for new.
            ("REMOVE a.c[1], a.c[9]", "UPDATED_OLD", #"{"a": {"M": {"c": {"L": [{"N": "2"}]}}}}"#),
            ("REMOVE a.c[1], a.c[9]", "UPDATED_NEW", #"{"a": {"M": {"c": {"L": [{"N": "3"}]}}}}"#),
            ("SET a.x = :n", "UPDATED_OLD", nil), ("SET a.x = :n", "UPDATED_NEW", #"{"a": {"M": {"x": {"N": "7"}}}}"#),
            ("SET a.c[100] = :n", "UPDATED_NEW", nil), ("REMOVE d", "UPDATED_OLD", #"{"d": {"S": "cat"}}"#),
            ("REMOVE d", "UPDATED_NEW", nil),
        ] as [(String, String, String?)]
    )
    func `UPDATED values of nested paths keep their parents`(text: String, word: String, expected: String?) throws {
        let old = try item(
            #"{"p": {"S": "key"}, "a": {"M": {"b": {"S": "dog"}, "c": {"L": [{"N": "1"}, {"N": "2"}, {"N": "3"}]}}}, "d": {"S": "cat"}}"#
        )
        guard case .object(let all) = try json(Self.values) else { return }
        let used = all.filter { text.contains($0.name) }
        let update = try UpdateWrite(
            request: .object([
                .init("UpdateExpression", .string(text)), .init("ReturnValues", .string(word)),
                .init("ExpressionAttributeValues", .object(used)),
            ]),
            keyNames: ["p"]
        )
        var new: [String: ItemValue]? = old
        let touched = try update.plan.apply(to: &new, key: ["p": "key"])
        #expect(try update.attributes(touched, old: old, new: new) == expected.map(item), "\(text)")
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `list indexes are those of the list as it was`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let count = Int.random(in: 0...8, using: &random)
            let list = (0..<count).map { ItemValue($0) }
            let indexes = (0...11).filter { _ in Bool.random(using: &random) }
            let removed = Set(indexes.filter { _ in Bool.random(using: &random) })
            let written = indexes.filter { !removed.contains($0) }
            // What stays, in its order, then what was written beyond the end, in the order of its indexes.
            var expected: [ItemValue] = []
            for index in 0..<count where !removed.contains(index) {
                expected.append(written.contains(index) ? "new" : ItemValue(index))
            }
            expected += written.filter { $0 >= count }.map { _ in "new" }
            let sets = written.shuffled(using: &random).map { "a[\($0)] = :s" }.joined(separator: ", ")
            let removes = removed.shuffled(using: &random).map { "a[\($0)]" }.joined(separator: ", ")
            guard !indexes.isEmpty else { continue }
            let text = [sets.isEmpty ? "" : "SET \(sets)", removes.isEmpty ? "" : "REMOVE \(removes)"].joined(
                separator: " "
            )
            var members: [JSONValue.Member] = [.init("UpdateExpression", .string(text))]
            if !sets.isEmpty { members.append(.init("ExpressionAttributeValues", try json(#"{":s": {"S": "new"}}"#))) }
            var changed: [String: ItemValue]? = ["a": .list(list)]
            try UpdateWrite(request: .object(members), keyNames: []).plan.apply(to: &changed, key: [:])
            #expect(changed == ["a": .list(expected)], "seed \(seed): \(text) on \(count) elements")
        }
    }
}

import AlternatorLocal
import AlternatorWire
import Testing

@Suite struct ProjectionTests {
    private static let stored = #"""
        {"p": {"S": "key"}, "a": {"M": {"b": {"L": [{"N": "2"}, {"N": "4"}, {"M": {"x": {"S": "hi"}, "y": {"S": "yo"}}}]}, "c": {"N": "5"}}},
         "b": {"S": "hello"}, "a.b": {"S": "dotted"}}
        """#

    private func projected(_ text: String, names: String? = nil) throws -> [String: ItemValue] {
        var members: [JSONValue.Member] = [.init("ProjectionExpression", .string(text))]
        if let names { members.append(.init("ExpressionAttributeNames", try json(names))) }
        return try Projection(ofGetRequest: .object(members)).apply(to: item(Self.stored))
    }

    @Test(arguments: [
        ("b", #"{"b": {"S": "hello"}}"#), (" p ,b", #"{"p": {"S": "key"}, "b": {"S": "hello"}}"#), ("q", "{}"),
        ("q, b", #"{"b": {"S": "hello"}}"#),
        ("a.c", #"{"a": {"M": {"c": {"N": "5"}}}}"#), ("a.b[0]", #"{"a": {"M": {"b": {"L": [{"N": "2"}]}}}}"#),
        ("a.b[2].y", #"{"a": {"M": {"b": {"L": [{"M": {"y": {"S": "yo"}}}]}}}}"#),
        // List elements close up, in the order of the list.
        ("a.b[2].x, a.b[0]", #"{"a": {"M": {"b": {"L": [{"N": "2"}, {"M": {"x": {"S": "hi"}}}]}}}}"#),
        ("a.b[1], a.c, b", #"{"a": {"M": {"b": {"L": [{"N": "4"}]}, "c": {"N": "5"}}}, "b": {"S": "hello"}}"#),
        // What leads nowhere leaves nothing, not even its parents.
        ("a.b[3]", "{}"), ("a.x", "{}"), ("a.x.y", "{}"), ("a.b[3].x", "{}"), ("a.b.x", "{}"), ("a[0]", "{}"),
        ("a.b[0].x", "{}"),
        ("a.b[0][0]", "{}"), ("b.c", "{}"), ("a.x, a.b[0], x, a.b[3].x", #"{"a": {"M": {"b": {"L": [{"N": "2"}]}}}}"#),
    ])
    func `a projection keeps the named parts in their places`(text: String, expected: String) throws {
        #expect(try projected(text) == item(expected))
    }

    @Test func `a name placeholder is one part, whatever is in it`() throws {
        #expect(try projected("#n", names: ##"{"#n": "a.b"}"##) == ["a.b": "dotted"])
        #expect(try projected("#a.#c", names: ##"{"#a": "a", "#c": "c"}"##) == ["a": ["c": 5]])
    }

    @Test(arguments: [
        ("a, a", " overlap"), ("a.b, a.b", " overlap"), ("a[1], a[1]", " overlap"), ("a, a.b", " overlap"),
        ("a.b, a", " overlap"),
        ("a.b.d.e, a.b", " overlap"), ("a.b, a.b[2]", " overlap"), ("a.b, a[1]", " conflict"),
        ("a.b.c, a.b[1].c", " conflict"),
        ("", "empty"), ("a,", "syntax error"), ("#n", "#n"),
    ])
    func `paths that overlap or conflict are refused`(text: String, words: String) {
        expectRefusal(words, text) { _ = try projected(text) }
    }

    @Test(arguments: ["a, b", "a.b, a.c", "a.b.d, a.b.e", "a[1], a[2]", "a.b, a.c[2]", "a[1].x, a[1].y"])
    func `paths with a common start do not overlap`(text: String) throws {
        _ = try projected(text)
    }

    @Test func `AttributesToGet lists attributes, each once`() throws {
        let projection = try Projection(ofGetRequest: json(#"{"AttributesToGet": ["a.b", "q", "b"]}"#))
        #expect(try projection.apply(to: item(Self.stored)) == ["a.b": "dotted", "b": "hello"])
        for (text, words) in [
            (#"{"AttributesToGet": []}"#, "Empty AttributesToGet"),
            (#"{"AttributesToGet": ["a", "a"]}"#, "Duplicate attribute: a"),
            (#"{"AttributesToGet": "a"}"#, "list"),
            (#"{"AttributesToGet": [1]}"#, "strings"),
            (#"{"AttributesToGet": ["a"], "ProjectionExpression": "a"}"#, "Both"),
            (##"{"AttributesToGet": ["a"], "ExpressionAttributeNames": {"#a": "a"}}"##, "spurious"),
            (##"{"ProjectionExpression": "#a", "ExpressionAttributeNames": {"#a": "a", "#b": "b"}}"##, "spurious"),
        ] {
            expectRefusal(words, text) { _ = try Projection(ofGetRequest: json(text)) }
        }
    }

    @Test func `without a projection the item is answered whole, and COUNT answers nothing`() throws {
        let all = try Projection(ofGetRequest: json("{}"))
        #expect(all.isAll)
        #expect(all.apply(to: ["a": 1]) == ["a": 1])
        var placeholders = try Placeholders(request: json("{}"))
        let none = try Projection(request: json("{}"), countOnly: true, placeholders: &placeholders)
        #expect(!none.isAll)
        #expect(none.apply(to: ["a": 1]).isEmpty)
    }
}

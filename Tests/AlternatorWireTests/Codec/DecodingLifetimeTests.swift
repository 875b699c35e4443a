import AlternatorWire
import Testing

/// Decoders, containers and the memory behind them: nothing is read from another item, whoever keeps what.
struct DecodingLifetimeTests {
    /// What an `init(from:)` has kept.
    private final class Kept {
        var decoder: (any Decoder)?
        var members: KeyedDecodingContainer<Keys>?
        var elements: (any UnkeyedDecodingContainer)?
        var value: (any SingleValueDecodingContainer)?
    }

    private enum Keys: String, CodingKey { case name, tags, part, count }

    /// Keeps all it is given.
    private struct Keeper: Decodable {
        let name: String
        let kept: Kept

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Keys.self)
            name = try members.decode(String.self, forKey: .name)
            kept = Kept()
            kept.decoder = decoder
            kept.members = members
            kept.elements = try members.nestedUnkeyedContainer(forKey: .tags)
            kept.value = try members.superDecoder(forKey: .count).singleValueContainer()
        }
    }

    private static func json(_ name: String) -> String {
        #"{"name":{"S":"\#(name)"},"tags":{"L":[{"S":"\#(name)"}]},"part":{"M":{"name":{"S":"\#(name)"}}},"#
            + #""count":{"N":"1"}}"#
    }

    /// Expects the error that a decoder gives when its item has been read.
    private func expectOver<Value>(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Value
    ) {
        let error = #expect(throws: DecodingError.self, sourceLocation: sourceLocation) { _ = try body() }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
            return
        }
        #expect(context.debugDescription.contains("after its item was read"), sourceLocation: sourceLocation)
    }

    private func expectAllOver(_ kept: Kept) throws {
        let decoder = try #require(kept.decoder)
        let members = try #require(kept.members)
        let value = try #require(kept.value)
        var elements = try #require(kept.elements)
        expectOver { try decoder.container(keyedBy: Keys.self) }
        expectOver { try members.decode(String.self, forKey: .name) }
        expectOver { try members.decode(Int.self, forKey: .count) }
        expectOver { try members.decode([String].self, forKey: .tags) }
        expectOver { try members.decode(Set<String>.self, forKey: .tags) }
        expectOver { try members.decode(Extras.self, forKey: .part) }
        expectOver { try members.decodeNil(forKey: .name) }
        expectOver { try members.decodeIfPresent(String.self, forKey: .name) }
        expectOver { try members.decodeIfPresent([String].self, forKey: .tags) }
        expectOver { try members.decodeIfPresent(Extras.self, forKey: .part) }
        expectOver { try members.nestedContainer(keyedBy: Keys.self, forKey: .part) }
        expectOver { try members.nestedUnkeyedContainer(forKey: .tags) }
        expectOver { try members.superDecoder() }
        expectOver { try members.superDecoder(forKey: .name) }
        expectOver { try value.decode(Int.self) }
        expectOver { try value.decode(String.self) }
        expectOver { try value.decode(AttributeValue.self) }
        expectOver { try elements.decode(String.self) }
        expectOver { try elements.decode([String].self) }
        expectOver { try elements.decodeNil() }
        expectOver { try elements.nestedContainer(keyedBy: Keys.self) }
        expectOver { try decoder.unkeyedContainer().isAtEnd ? "" : throwOver(decoder) }
        // What cannot throw does not pretend that there is nothing to ask for.
        #expect(members.contains(.name))
        #expect(members.allKeys.isEmpty)
        #expect(!elements.isAtEnd)
        #expect(!value.decodeNil())
        #expect(decoder.codingPath.isEmpty && members.codingPath.isEmpty && value.codingPath.isEmpty)
        #expect(decoder.userInfo.isEmpty)
    }

    private func throwOver(_ decoder: any Decoder) throws -> String {
        var elements = try decoder.unkeyedContainer()
        return try elements.decode(String.self)
    }

    @Test func `a decoder that is kept is an error afterwards, and never another item's`() throws {
        let first = try decoded(Keeper.self, Self.json("first"))
        #expect(first.name == "first")
        try expectAllOver(first.kept)
        let second = try decoded(Keeper.self, Self.json("second"))
        #expect(second.name == "second")
        try expectAllOver(first.kept)
        try expectAllOver(second.kept)
    }

    @Test func `a page whose items keep their containers is read right`() throws {
        let names = (0..<100).map { "item \($0)" }
        let page = "[" + names.map(Self.json).joined(separator: ",") + "]"
        var reader = JSONReader(Array(page.utf8))
        var items: [Keeper] = []
        try reader.beginArray()
        try ItemDecoder().run(over: reader.bytes) { run in
            while try reader.nextElement() {
                items.append(try run.decodeItem(Keeper.self, by: nil, from: &reader))
                // While the page is still being read.
                if items.count > 1 { try expectAllOver(items[items.count - 2].kept) }
            }
        }
        #expect(items.map(\.name) == names)
        for item in items { try expectAllOver(item.kept) }
    }

    /// Reads a member before and one after the inner maps, which have keys of the same type.
    private struct Tree: Decodable, Equatable {
        var name: String
        var children: [Tree] = []
        var count: Int

        enum Keys: String, CodingKey { case name, children, count }

        init(_ name: String, _ children: [Tree] = [], count: Int) {
            (self.name, self.children, self.count) = (name, children, count)
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Keys.self)
            name = try members.decode(String.self, forKey: .name)
            children = try members.decodeIfPresent([Tree].self, forKey: .children) ?? []
            count = try members.decode(Int.self, forKey: .count)
        }

        var json: String {
            let inner = children.map { #"{"M":\#($0.json)}"# }.joined(separator: ",")
            return #"{"name":{"S":"\#(name)"},"children":{"L":[\#(inner)]},"count":{"N":"\#(count)"}}"#
        }
    }

    @Test(arguments: [1, 2, 15, 16, 17, 60])
    func `maps inside maps of the same type do not get into each other's way`(depth: Int) throws {
        var tree = Tree("leaf", count: 0)
        for level in 1...depth {
            tree = Tree("\(level)", [Tree("left", count: -level), tree, Tree("right", count: level)], count: level)
        }
        for _ in 0..<3 { #expect(try decoded(Tree.self, tree.json) == tree) }
    }

    /// Reads two maps in turn.
    private struct Pair: Decodable {
        var texts: [String] = []

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Keys.self)
            let again = try decoder.container(keyedBy: Keys.self)
            let part = try members.nestedContainer(keyedBy: Keys.self, forKey: .part)
            let tags = try members.nestedContainer(keyedBy: Keys.self, forKey: .tags)
            for container in [members, part, tags, again, part, members] {
                texts.append(try container.decode(String.self, forKey: .name))
            }
        }
    }

    @Test func `containers of one type that are open at the same time each read their own map`() throws {
        let json = #"{"name":{"S":"0"},"part":{"M":{"name":{"S":"1"}}},"tags":{"M":{"name":{"S":"2"}}}}"#
        for _ in 0..<5 { #expect(try decoded(Pair.self, json).texts == ["0", "1", "2", "0", "1", "0"]) }
    }

    /// A type of its own, with keys of its own, for each tag.
    private struct Tagged<Tag>: Decodable {
        var name: String
    }
    private struct Deeper<Tag> {}

    private func names<Tag>(_ tag: Tag.Type, _ levels: Int) throws -> [String] {
        let name = try decoded(Tagged<Tag>.self, #"{"name":{"S":"\#(levels)"}}"#).name
        return levels == 0 ? [name] : [name] + (try names(Deeper<Tag>.self, levels - 1))
    }

    @Test func `more types of keys than containers are kept for`() throws {
        let expected = (0...40).reversed().map { "\($0)" }
        for _ in 0..<3 { #expect(try names(Int.self, 40) == expected) }
    }

    /// Decodes another item while it is being read itself.
    private struct Outer: Decodable {
        var name: String
        var inner: String
        var count: Int

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Keys.self)
            name = try members.decode(String.self, forKey: .name)
            inner = try decoded(Keeper.self, DecodingLifetimeTests.json("inner of \(name)")).name
            count = try members.decode(Int.self, forKey: .count)
        }
    }

    @Test func `an item is decoded within the decoding of another`() throws {
        let item = try decoded(Outer.self, Self.json("outer"))
        #expect(item.name == "outer")
        #expect(item.inner == "inner of outer")
        #expect(item.count == 1)
    }

    @Test func `many tasks decode at the same time`() async throws {
        let results = await withTaskGroup(of: Bool.self, returning: [Bool].self) { group in
            for task in 0..<16 {
                group.addTask {
                    (0..<200).allSatisfy { round in
                        let name = "\(task) \(round)"
                        let tree = Tree(name, [Tree(name, count: task)], count: round)
                        return (try? decoded(Tree.self, tree.json)) == tree
                            && (try? decoded(Outer.self, Self.json(name)))?.inner == "inner of \(name)"
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results == Array(repeating: true, count: 16))
    }

    private final class Token: Sendable {}

    @Test func `what a decoder carries for its types is let go when the item is read`() throws {
        let key = try #require(CodingUserInfoKey(rawValue: "token"))
        weak var weakToken: Token?
        do {
            let token = Token()
            weakToken = token
            var decoder = ItemDecoder()
            decoder.userInfo[key] = token
            #expect(try decoded(Outer.self, Self.json("a"), decoder).name == "a")
            #expect(weakToken != nil)
        }
        #expect(weakToken == nil)
    }

    @Test func `a long item leaves nothing wrong for the short one after it`() throws {
        let long = (0..<20_000).map { #"{"S":"\#($0)"}"# }.joined(separator: ",")
        for _ in 0..<2 {
            #expect(try decoded(Box<[String]>.self, #"{"a":{"L":[\#(long)]}}"#).a.count == 20_000)
            #expect(try decoded(Box<[String]>.self, #"{"a":{"L":[{"S":"x"}]}}"#).a == ["x"])
            expectError(.decoding) { try decoded(Box<[String]>.self, #"{"a":{"L":[{"N":"1"}]}}"#) }
            expectError(.protocolViolation) { try decoded(Box<[String]>.self, #"{"a":{"L":[{"S":"x"}"#) }
        }
    }

    @Test(arguments: ["plain", "ünïcode", #"\u0041\n"#, "", String(repeating: "a", count: 40), "é", "naïve and longer"])
    func `text of every kind is read as it is`(text: String) throws {
        let expected = text == #"\u0041\n"# ? "A\n" : text
        // With other text behind it, and at the end of the document.
        let json = #"{"a":{"S":"\#(text)"},"name":{"S":"é"},"b":{"S":"\#(text)"}}"#
        struct Two: Decodable { var a, b: String }
        let two = try decoded(Two.self, json)
        #expect(two.a == expected && two.b == expected)
        #expect(Array(two.a.utf8) == Array(expected.utf8))
        #expect(try decodedValue(String.self, #"{"S":"\#(text)"}"#) == expected)
    }
}

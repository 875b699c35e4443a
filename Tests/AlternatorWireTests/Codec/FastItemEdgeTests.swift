import AlternatorWire
import Testing

/// What is rare in an item written or read by hand comes out as with `Codable`.
struct FastItemEdgeTests {
    private struct Hand: FastItem {
        var body: @Sendable (inout ItemWriter) -> Void = { _ in }
        init(_ body: @escaping @Sendable (inout ItemWriter) -> Void) { self.body = body }
        func write(into writer: inout ItemWriter) { body(&writer) }
        init(from reader: inout ItemReader) throws {}
        init(from decoder: any Decoder) throws {}
        func encode(to encoder: any Encoder) throws {}
    }

    /// A set behind a single-value container, as a wrapper has it.
    private struct Wrapped: Codable {
        var set: Set<String>
        init(_ set: Set<String>) { self.set = set }
        init(from decoder: any Decoder) throws { set = try decoder.singleValueContainer().decode(Set<String>.self) }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(set)
        }
    }

    /// Writes to its outer container after an inner one was begun and goes back to that.
    private struct Late: Codable {
        enum Keys: String, CodingKey { case inner, a, b }
        init() {}
        init(from decoder: any Decoder) throws {}
        func encode(to encoder: any Encoder) throws {
            var outer = encoder.container(keyedBy: Keys.self)
            var inner = outer.nestedContainer(keyedBy: Keys.self, forKey: .inner)
            try inner.encode(1, forKey: .a)
            try outer.encode("x", forKey: .a)
            try inner.encode(2, forKey: .b)
        }
    }

    /// Tells the path it is encoded at.
    private struct Place: Codable {
        init() {}
        init(from decoder: any Decoder) throws {}
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(encoder.codingPath.map(\.stringValue).joined(separator: "."))
        }
    }

    @Test func `an empty set is left out wherever it is found`() throws {
        let none: Set<String> = []
        let item = Hand { writer in
            writer.value("first", Wrapped([]))
            writer.value("second", none)
            writer.string("a", "x")
            writer.value("third", Wrapped([]))
            writer.value("fourth", Wrapped(["y"]))
            writer.value("third", "once more")
        }
        let rest = #""fourth":{"SS":["y"]},"third":{"S":"once more"}"#
        #expect(try itemJSON(item) == #"{"a":{"S":"x"},\#(rest)}"#)
    }

    @Test func `what a value writes late stands in its place`() throws {
        let item = Hand { writer in
            writer.string("before", "1")
            writer.value("late", Late())
            writer.map("part", Hand { $0.value("late", Late()) })
            writer.string("after", "2")
        }
        let late = #""late":{"M":{"inner":{"M":{"a":{"N":"1"},"b":{"N":"2"}}},"a":{"S":"x"}}}"#
        let expected = #"{"before":{"S":"1"},\#(late),"part":{"M":{\#(late)}},"after":{"S":"2"}}"#
        #expect(try itemJSON(item) == expected)
    }

    @Test func `a value is told its whole path`() throws {
        let item = Hand { writer in
            writer.value("top", Place())
            writer.map("a\"b", Hand { $0.map("inner", Hand { $0.value("leaf", Place()) }) })
            writer.map("gone", Hand { $0.string("x", "y") })
            writer.value("last", [Place()])
        }
        let inner = #""inner":{"M":{"leaf":{"S":"a\"b.inner.leaf"}}}"#
        let gone = #""gone":{"M":{"x":{"S":"y"}}}"#
        let expected = #"{"top":{"S":"top"},"a\"b":{"M":{\#(inner)}},\#(gone),"last":{"L":[{"S":"last.Index 0"}]}}"#
        #expect(try itemJSON(item) == expected.replacing("a\"b.inner", with: "a\\\"b.inner"))
    }

    @Test func `a name twice is refused whatever writes it`() {
        let writers: [@Sendable (inout ItemWriter) -> Void] = [
            { $0.string("n", "x") }, { $0.integer("n", 1) }, { $0.double("n", 0.5) }, { $0.double("n", 1e40) },
            { $0.bool("n", true) }, { $0.strings("n", ["x"]) }, { $0.binary("n", [1]) },
            { $0.map("n", Hand { $0.string("n", "x") }) }, { $0.value("n", Late()) }, { $0.value("n", 5) },
            { $0.value("n", AttributeValue.null) }, { $0.value("rest", Extras(["n": .null])) },
        ]
        for first in writers {
            #expect(throws: Never.self) { try itemJSON(Hand { first(&$0) }) }
            for second in writers {
                let item = Hand { writer in
                    first(&writer)
                    writer.string("other", "x")
                    second(&writer)
                }
                expectError(.mapping, "attribute n", "twice") { try itemJSON(item) }
                expectError(.mapping, "attribute m.n", "twice") { try itemJSON(Hand { $0.map("m", item) }) }
            }
        }
    }

    @Test(arguments: [1, 15, 16, 17, 40, 200])
    func `among many names one is found that is there twice`(_ count: Int) throws {
        let all = Hand { writer in
            for number in 0..<count { writer.integer("name \(number)", number) }
            writer.map("inner", Hand { for number in 0..<count { $0.integer("name \(number)", number) } })
        }
        let item = try decoded([String: AttributeValue].self, try itemJSON(all))
        #expect(item.count == count + 1)
        for place in Set([0, count / 2, count - 1]) {
            let twice = Hand { writer in
                all.write(into: &writer)
                writer.bool("name \(place)", true)
            }
            expectError(.mapping, "name \(place)", "twice") { try itemJSON(twice) }
        }
    }

    @Test func `a member is whole wherever the room behind the bytes ends`() throws {
        // A buffer is longer by some hundred bytes each time: each member comes to stand at each place before its end.
        for length in 0..<640 {
            let filling = String(repeating: "f", count: length)
            let item = Hand { writer in
                writer.string("f", filling)
                writer.string("a name that is long", "a text that is long")
                writer.string("sixteen letters.", "sixteen letters.")
                writer.integer("sixteen letters,", -99_999_999)
                writer.integer("i", .min)
                writer.double("d", -123_456_789.12345)
                writer.bool("b", false)
                writer.strings("l", ["sixteen letters.", "a text that is long", "x"])
                writer.map("m", Hand { $0.binary("n", [0]) })
            }
            let expected =
                #"{"f":{"S":"\#(filling)"},"a name that is long":{"S":"a text that is long"},"#
                + #""sixteen letters.":{"S":"sixteen letters."},"sixteen letters,":{"N":"-99999999"},"#
                + #""i":{"N":"-9223372036854775808"},"d":{"N":"-123456789.12345"},"b":{"BOOL":false},"#
                + #""l":{"L":[{"S":"sixteen letters."},{"S":"a text that is long"},{"S":"x"}]},"#
                + #""m":{"M":{"n":{"B":"AA=="}}}}"#
            #expect(try itemJSON(item) == expected)
        }
    }

    @Test func `a member of any kind has the name it was given`() throws {
        for length in 1...20 {
            let name = String("abcdefghijklmnopqrst".prefix(length))
            for place in 0...length {
                // With a quote at each place, and last without one.
                let letters = name.enumerated().map { $0.offset == place ? "\"" : String($0.element) }
                let escaped = letters.map { $0 == "\"" ? "\\\"" : $0 }.joined()
                let item = Hand { writer in
                    writer.string("1" + letters.joined(), letters.joined())
                    writer.integer("2" + letters.joined(), 2)
                    writer.double("3" + letters.joined(), 0.5)
                    writer.bool("4" + letters.joined(), true)
                    writer.strings("5" + letters.joined(), [letters.joined(), ""])
                    writer.map("6" + letters.joined(), Hand { _ in })
                }
                let expected =
                    #"{"1\#(escaped)":{"S":"\#(escaped)"},"2\#(escaped)":{"N":"2"},"3\#(escaped)":{"N":"0.5"},"#
                    + #""4\#(escaped)":{"BOOL":true},"5\#(escaped)":{"L":[{"S":"\#(escaped)"},{"S":""}]},"#
                    + #""6\#(escaped)":{"M":{}}}"#
                #expect(try itemJSON(item) == expected)
            }
        }
    }

    @Test func `a name is found again whichever way each of them is written`() {
        for length in 0...18 {
            let name = String("abcdefghijklmnopqr".prefix(length))
            for (first, second) in [(1, 1), (1, .max), (.min, 1), (.max, .min)] {
                let twice = Hand { writer in
                    writer.integer(name, first)
                    writer.integer(name, second)
                }
                expectError(.mapping, "attribute \(name)", "twice") { try itemJSON(twice) }
            }
        }
    }

    @Test func `names that begin and end alike are compared to the end`() throws {
        // Eight bytes at both ends are the same, so that only comparing tells them apart.
        let middles = ["", "1", "2", "12", "\"", "\"1", "\"2", "\\", "\\\\", "\\\"", "\\1"]
        let names = middles.map { "abcdefgh\($0)ijklmnop" }
        let item = Hand { writer in
            for (number, name) in names.enumerated() { writer.integer(name, number) }
        }
        let read = try decoded([String: Int].self, try itemJSON(item))
        #expect(read == Dictionary(uniqueKeysWithValues: zip(names, 0...)))
        for name in names {
            let twice = Hand { writer in
                item.write(into: &writer)
                writer.bool(name, true)
            }
            expectError(.mapping, "attribute \(name)", "twice") { try itemJSON(twice) }
        }
    }

    @Test func `a map inside hides no name around it and lends it none`() throws {
        let inner = Hand { writer in
            writer.integer("b", 2)
            writer.map("deep", Hand { $0.integer("c", 3) })
        }
        let around = Hand { writer in
            writer.integer("a", 1)
            writer.map("m", inner)
        }
        let item = Hand { writer in
            around.write(into: &writer)
            for name in ["b", "c", "deep"] { writer.bool(name, true) }
        }
        let expected =
            #"{"a":{"N":"1"},"m":{"M":{"b":{"N":"2"},"deep":{"M":{"c":{"N":"3"}}}}},"#
            + #""b":{"BOOL":true},"c":{"BOOL":true},"deep":{"BOOL":true}}"#
        #expect(try itemJSON(item) == expected)
        for name in ["a", "m"] {
            let twice = Hand { writer in
                around.write(into: &writer)
                writer.bool(name, true)
            }
            expectError(.mapping, "attribute \(name)", "twice") { try itemJSON(twice) }
        }
        for name in ["b", "deep"] {
            let twice = Hand { writer in
                writer.map(
                    "o",
                    Hand { writer in
                        inner.write(into: &writer)
                        writer.bool(name, true)
                    }
                )
            }
            expectError(.mapping, "attribute o.\(name)", "twice") { try itemJSON(twice) }
        }
    }

    @Test func `names with escapes and without text are names like others`() throws {
        let item = Hand { writer in
            writer.integer("", 1)
            writer.string("\"", "quote")
            writer.bool("\n", false)
            writer.strings("é", ["\\"])
        }
        let expected = #"{"":{"N":"1"},"\"":{"S":"quote"},"\n":{"BOOL":false},"é":{"L":[{"S":"\\"}]}}"#
        #expect(try itemJSON(item) == expected)
        for name in ["", "\"", "\n", "é"] {
            let twice = Hand { writer in
                item.write(into: &writer)
                writer.integer(name, 2)
            }
            expectError(.mapping, "twice") { try itemJSON(twice) }
        }
    }

    private struct Chain: FastItem {
        var next: [Chain]
        init(_ levels: Int) { next = levels > 0 ? [Chain(levels - 1)] : [] }
        func write(into writer: inout ItemWriter) { writer.map("n", next.first) }
        init(from reader: inout ItemReader) throws {
            next = try reader.mapIfPresent("n", as: Chain.self).map { [$0] } ?? []
        }
        var levels: Int { next.first.map { $0.levels + 1 } ?? 0 }
    }

    @Test func `maps nest as deep as the limit and no deeper`() throws {
        let deepest = try itemJSON(Chain(32))
        #expect(try decoded(Chain.self, deepest).levels == 32)
        let path = Array(repeating: "n", count: 33).joined(separator: ".")
        expectError(.mapping, "attribute \(path):", "nested more than 32 levels deep") { try itemJSON(Chain(33)) }
        var encoder = ItemEncoder()
        encoder.maximumDepth = 1
        let item = Hand { $0.map("a", Hand { $0.value("b", ["c": 1]) }) }
        expectError(.mapping, "attribute a.b:", "nested more than 1 levels deep") { try itemJSON(item, encoder) }
    }

    private struct Reading: FastItem {
        var read: [String]
        func write(into writer: inout ItemWriter) {}
        init(from reader: inout ItemReader) throws {
            let first = try reader.integer("a")
            let part = try reader.map("m", as: Part.self)
            let second = try reader.stringIfPresent("b")
            let list = try reader.stringsIfPresent("l")
            let again = try reader.double("a")
            let last = try reader.value("z", as: [Int].self)
            read = ["\(first)", part.text, second ?? "nil", "\(list ?? [])", "\(again)", "\(last)"]
        }

        struct Part: FastItem {
            var text: String
            func write(into writer: inout ItemWriter) {}
            init(from reader: inout ItemReader) throws {
                text = try reader.string("a") + (try reader.boolIfPresent("b").map { "\($0)" } ?? "nil")
            }
        }
    }

    @Test func `attributes are read in any order, around and inside maps`() throws {
        let members = [
            #""a":{"N":"1"}"#, #""b":{"S":"two\u0021"}"#, #""l":{"L":[{"S":"x"},{"S":"\"y"}]}"#,
            #""m":{"M":{"b":{"BOOL":true},"a":{"S":"in"}}}"#, #""z":{"L":[{"N":"3"},{"N":"4"}]}"#, #""a2":{"S":"no"}"#,
        ]
        let expected = ["1", "intrue", "two!", #"["x", "\"y"]"#, "1.0", "[3, 4]"]
        for shift in members.indices {
            let turned = Array(members[shift...] + members[..<shift])
            for order in [turned, turned.reversed()] {
                #expect(try decoded(Reading.self, "{\(order.joined(separator: ","))}").read == expected)
            }
        }
        // A name may be spelled with escapes.
        let escaped = members.joined(separator: ",").replacing(#""a":"#, with: #""\u0061":"#)
        #expect(try decoded(Reading.self, "{\(escaped)}").read == expected)
    }

    @Test func `an attribute of another type is refused with its path wherever it stands`() {
        let good = #""a":{"N":"1"},"m":{"M":{"a":{"S":"in"}}},"z":{"L":[]}"#
        expectError(.decoding, "attribute l[1]", "expected S, found N") {
            try decoded(Reading.self, #"{\#(good),"l":{"L":[{"S":"x"},{"N":"1"}]}}"#)
        }
        expectError(.decoding, "attribute b", "expected S") { try decoded(Reading.self, #"{\#(good),"b":{"N":"1"}}"#) }
        expectError(.decoding, "attribute l", "expected L") { try decoded(Reading.self, #"{\#(good),"l":{"S":"x"}}"#) }
        expectError(.decoding, "attribute m", "expected M") {
            try decoded(Reading.self, #"{"a":{"N":"1"},"m":{"S":""}}"#)
        }
        expectError(.decoding, "attribute m.b", "expected BOOL") {
            try decoded(Reading.self, #"{"a":{"N":"1"},"m":{"M":{"a":{"S":"x"},"b":{"N":"1"}}}}"#)
        }
        expectError(.decoding, "attribute a", "fraction") { try decoded(Reading.self, #"{"a":{"N":"1.5"}}"#) }
        expectError(.decoding, "attribute a", "missing") { try decoded(Reading.self, "{}") }
        expectError(.decoding, "attribute m.a", "missing") {
            try decoded(Reading.self, #"{"a":{"N":"1"},"m":{"M":{}}}"#)
        }
    }
}

import AlternatorWire
import TestSupport
import Testing

struct JSONReaderTests {
    private func value(_ json: String) throws -> AttributeValue {
        var reader = JSONReader(Array(json.utf8))
        let value = try reader.readAttributeValue()
        try reader.finish()
        return value
    }

    private func tree(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes)
        let tree = try reader.readTree()
        try reader.finish()
        return tree
    }

    private func tree(_ json: String) throws(JSONError) -> JSONValue { try tree(Array(json.utf8)) }

    @Test func `a document is read member by member`() throws {
        let json = #" { "a" : 1 , "b":[true,false ,null], "c\u0041":{}, "d":"x\ny", "e":-1.5e2, "f":[] } "#
        var reader = JSONReader(Array(json.utf8))
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        #expect(try reader.readInt() == 1)
        #expect(try reader.nextKey() == "b")
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(try reader.readBool() == true)
        #expect(try reader.nextElement())
        #expect(try reader.readNull() == false)
        #expect(try reader.readBool() == false)
        #expect(try reader.nextElement())
        #expect(try reader.readNull())
        #expect(try reader.nextElement() == false)
        #expect(try reader.nextKey() == "cA")
        #expect(try reader.valueRange().count == 2)
        #expect(try reader.nextKey() == "d")
        #expect(try reader.readString() == "x\ny")
        #expect(try reader.nextKey() == "e")
        #expect(try reader.readDouble() == -150)
        #expect(try reader.nextKey() == "f")
        try reader.beginArray()
        #expect(try reader.nextElement() == false)
        #expect(try reader.nextKey() == nil)
        try reader.finish()
    }

    @Test(arguments: [
        (#"{"S":"é\u00e9\ud83d\ude00\/"}"#, AttributeValue.string("éé😀/")), (#"{"N":"+1.50"}"#, .number(1.5)),
        (#"{ "B" : "AAE=" }"#, .binary([0, 1])), (#"{"B":"\/\/79\/A=="}"#, .binary([255, 254, 253, 252])),
        (#"{"BOOL":true}"#, .bool(true)), (#"{"BOOL": "true"}"#, .bool(true)), (#"{"BOOL":"false"}"#, .bool(false)),
        (#"{"NULL":true}"#, .null), (#"{"L":[{"S":"a"},{"L":[]}]}"#, .list([.string("a"), .list([])])),
        (#"{"M":{"a":{"M":{}}}}"#, .map(["a": .map([:])])), (#"{"SS":["a","b","a"]}"#, .stringSet(["a", "b"])),
        (#"{"NS":["1","1.0","2"]}"#, .numberSet([1, 2])), (#"{"BS":["AA==",""]}"#, .binarySet([[0], []])),
        (#"{"FLOAT32VECTOR":[1.0,2.5,-3e-2]}"#, .float32Vector([1, 2.5, -0.03])), (#"{"SS":[]}"#, .stringSet([])),
    ])
    func `attribute values are read`(json: String, expected: AttributeValue) throws {
        #expect(try value(json) == expected)
    }

    @Test(arguments: [
        (#"{}"#, "one type member"), (#"{"S":"a","N":"1"}"#, "only one type"),
        (#"{"X":"a"}"#, "unknown attribute type 'X'"),
        (#"{"SX":[]}"#, "unknown attribute type 'SX'"), (#"{"":"a"}"#, "unknown attribute type ''"),
        (#"{"S":1}"#, "expected a string"), (#"{"N":1}"#, "in a string"), (#"{"N":"abc"}"#, "not a decimal"),
        (#"{"N":"1e126"}"#, "overflow"), (#"{"B":"AA="}"#, "base64"), (#"{"B":"AB=="}"#, "base64"),
        (#"{"B":"A==="}"#, "base64"),
        (#"{"B":"===="}"#, "base64"), (#"{"B":"AA ="}"#, "base64"), (#"{"B":"AA==AA=="}"#, "base64"),
        (#"{"B":"AAA"}"#, "base64"),
        (#"{"BOOL":"yes"}"#, "true or false"), (#"{"NULL":"x"}"#, "true or false"),
        (#"{"M":[]}"#, "expected an object"),
        (#"{"L":{}}"#, "expected an array"), (#"{"M":{"a":{"S":"1"},"a":{"S":"2"}}}"#, "duplicate"),
        (#"[]"#, "expected an object"),
        (#"{"FLOAT32VECTOR":[1e99]}"#, "32-bit"), (#"{"FLOAT32VECTOR":["1"]}"#, "expected a number"),
        (#"{"this is a very long type name that goes on":1}"#, "unknown attribute type 'this is a very long '"),
    ])
    func `a malformed attribute value is a clear error`(json: String, reason: String) {
        let error = #expect(throws: JSONError.self) { try value(json) }
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    }

    @Test func `empty sets are refused on request`() {
        var limits = JSONLimits()
        limits.allowsEmptySets = false
        for json in [#"{"SS":[]}"#, #"{"NS":[]}"#, #"{"BS":[]}"#] {
            var reader = JSONReader(Array(json.utf8), limits: limits)
            #expect(throws: JSONError.self) { try reader.readAttributeValue() }
        }
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
        "{'a':1}",
        "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{,}", "[1]]", "{}{}", "1 2", "nul", "nulll", "tru", "truex", "fals", "True",
        "NaN", "-",
        "+1", "01", "-01", "1.", ".5", "1.e5", "1e", "1e+", "0x1", "1_0", "--1", "\"", "\"abc", "\"\\\"", "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"", "\"\n\"", "\"\t\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800x\"", "\"\\ud800\\n\"",
        "\"\\ud800\\u0041\"",
        "\"\\ud800\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\u\"", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
        "\u{FEFF}1",
        "{\"x\":{\"b\":1,\"b\":2}}", "[{\"b\":1,\"c\":0,\"b\":2}]", "/**/1", "1//", "\u{a0}1",
    ])
    func `broken documents are refused by reader and skipper alike`(json: String) {
        let bytes = Array(json.utf8)
        #expect(throws: JSONError.self) { try tree(bytes) }
        #expect(throws: JSONError.self) {
            var reader = JSONReader(bytes)
            try reader.skipValue()
            try reader.finish()
        }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3], [0xE2, 0x82], [0xC3, 0x28],
        ] as [[UInt8]]
    )
    func `invalid and overlong UTF-8 is refused wherever it stands`(sequence: [UInt8]) {
        for padding in 0..<17 {
            let text = [UInt8](repeating: 0x61, count: padding) + sequence
            for tail in [[], Array("bcdefghijk".utf8), Array("\\n".utf8)] as [[UInt8]] {
                let bytes = [0x22] + text + tail + [0x22]
                #expect(throws: JSONError.self) { try tree(bytes) }
                var reader = JSONReader(bytes)
                #expect(throws: JSONError.self) { try reader.skipValue() }
            }
        }
    }

    @Test func `text of every length and alphabet comes back`() throws {
        for length in 0..<40 {
            for letter in ["a", "é", "€", "😀", "\"", "\\", "\n", "\u{0}", "\u{7f}"] {
                let text = String(repeating: "x", count: length) + letter + String(repeating: "y", count: length % 11)
                var writer = JSONWriter()
                writer.string(text)
                #expect(try tree(writer.bytes) == .string(text))
            }
        }
    }

    @Test func `nesting is bounded without using up the stack`() {
        for depth in [513, 100_000] {
            let arrays = [UInt8](repeating: UInt8(ascii: "["), count: depth)
            #expect(throws: JSONError.self) { try tree(arrays) }
            var reader = JSONReader(arrays)
            #expect(throws: JSONError.self) { try reader.skipValue() }
            let lists = Array(String(repeating: #"{"L":["#, count: depth).utf8)
            var second = JSONReader(lists)
            #expect(throws: JSONError.self) { try second.readAttributeValue() }
        }
    }

    @Test func `depth is counted down again after a container`() throws {
        let json = "[" + Array(repeating: "[[]]", count: 2000).joined(separator: ",") + "]"
        #expect(throws: Never.self) { try tree(json) }
        var limits = JSONLimits()
        limits.maximumDepth = 3
        var reader = JSONReader(Array(json.utf8), limits: limits)
        #expect(try reader.valueRange() == 0..<json.utf8.count)
    }

    @Test func `a document over the limit is refused`() {
        var limits = JSONLimits()
        limits.maximumBytes = 4
        var reader = JSONReader(Array("[1,2]".utf8), limits: limits)
        #expect(throws: JSONError.self) { try reader.readTree() }
    }

    @Test func `a start outside the bytes is an error`() {
        for start in [-1, 3, Int.max, Int.min] {
            var reader = JSONReader(Array("[]".utf8), from: start)
            #expect(throws: JSONError.self) { try reader.readTree() }
        }
    }

    @Test func `an object is entered at its first member, or left for the long way`() throws {
        func entered(_ json: String, from start: Int = 0) -> Int? {
            var reader = JSONReader(Array(json.utf8), from: start)
            return reader.enter(at: "Item") ? reader.offset : nil
        }
        #expect(entered(#"{"Item":{}}"#) == 8)
        #expect(entered(#"xx{"Item":1}"#, from: 2) == 10)
        #expect(entered(#"{"Item":"#) == 8)
        for other in [
            "", "{", #"{"Item""#, #"{"Item" :1}"#, #"{ "Item":1}"#, #" {"Item":1}"#, #"{"Itemx":1}"#, #"{"Itex":1}"#,
            #"{"Ite\u006d":1}"#, #"["Item":1]"#, #"{'Item':1}"#, #"{"":1}"#,
        ] {
            #expect(entered(other) == nil, "\(other)")
        }
        var reader = JSONReader(Array(#"{"Item":[1],"b":2}"#.utf8))
        let isEntered = reader.enter(at: "Item")
        #expect(isEntered)
        #expect(try reader.readTree() == .array([.number("1")]))
        #expect(try reader.nextKey() == "b")
        #expect(try reader.readInt() == 2)
        #expect(try reader.nextKey() == nil)
        try reader.finish()
        var limits = JSONLimits()
        limits.maximumBytes = 10
        var bounded = JSONReader(Array(#"{"Item":[1]}"#.utf8), limits: limits)
        let isBoundedEntered = bounded.enter(at: "Item")
        #expect(!isBoundedEntered && bounded.offset == 0)
    }

    /// Few names are compared one by one, many through a set.
    @Test func `a duplicate is found however many names there are`() throws {
        for count in 1...30 {
            let members = (0..<count).map { "\"name\($0)\":\($0)" }.joined(separator: ",")
            #expect(throws: Never.self) { try tree("{\(members)}") }
            for number in 0..<count {
                #expect(throws: JSONError.self) { try tree("{\(members),\"name\(number)\":1}") }
            }
            // The same text to a reader, another name to the server.
            #expect(throws: Never.self) { try tree("{\(members),\"\u{E9}\":1,\"e\u{301}\":2}") }
        }
    }

    @Test func `a large object with many names is read and its duplicates are found`() throws {
        let members = (0..<5000).map { "\"name\($0)\":\($0)" }.joined(separator: ",")
        #expect(throws: Never.self) { try tree("{\(members)}") }
        var reader = JSONReader(Array("{\(members)}".utf8))
        #expect(throws: Never.self) { try reader.skipValue() }
        var duplicate = JSONReader(Array("{\(members),\"name77\":1}".utf8))
        #expect(throws: JSONError.self) { try duplicate.skipValue() }
        #expect(throws: JSONError.self) { try tree("{\(members),\"name77\":1}") }
    }

    @Test func `names that only look equal after Unicode normalisation are two names`() throws {
        let document = try tree("{\"\u{e9}\":1,\"e\u{301}\":2}")
        guard case .object(let members) = document else { return #expect(Bool(false)) }
        #expect(members.count == 2)
    }

    // MARK: Hostile input

    /// An item with every type, escapes and non-ASCII text.
    static let sample = Array(
        #"""
        {"pk":{"S":"user#1"},"é\n\u00e9\ud83d\ude00":{"N":"-12.5e3"},"b":{"B":"AAEC/w=="},"t":{"BOOL":true},
        "n":{"NULL":true},"l":{"L":[{"S":"€uro"},{"M":{"x":{"N":"1"}}},{"L":[]}]},"ss":{"SS":["a","b"]},
        "ns":{"NS":["1","2"]},"bs":{"BS":["AA=="]},"v":{"FLOAT32VECTOR":[1.0,-2.5]},"f":{"BOOL":"false"}}
        """#.utf8
    )

    @Test func `every truncation of a document is an error`() throws {
        var whole = JSONReader(Self.sample)
        #expect(try whole.readItem().count == 11)
        for length in 0..<Self.sample.count {
            let bytes = Array(Self.sample[..<length])
            var item = JSONReader(bytes)
            #expect(throws: JSONError.self) { try item.readItem() }
            var skip = JSONReader(bytes)
            #expect(throws: JSONError.self) { try skip.skipValue() }
            #expect(throws: JSONError.self) { try tree(bytes) }
        }
    }

    @Test(.ownThread) func `random mutations never trap, and reader and skipper agree on what is JSON`() {
        let seed: UInt64 = 7
        var random = SeededGenerator(seed: seed)
        for round in 0..<4000 {
            var bytes = Self.sample
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: bytes[place] = Array("{}[]\",:\\u".utf8).randomElement(using: &random) ?? 0
                }
            }
            var skip = JSONReader(bytes)
            let skipped = (try? skip.skipValue()) != nil && (try? skip.finish()) != nil
            let read = (try? tree(bytes)) != nil
            #expect(skipped == read, "seed \(seed), round \(round)")
            var item = JSONReader(bytes)
            let isItem = (try? item.readItem()) != nil && (try? item.finish()) != nil
            #expect(!isItem || read, "seed \(seed), round \(round)")
        }
    }

    @Test func `random bytes never trap`() {
        let seed: UInt64 = 99
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("{}[]\",:\\untrfalse0123456789.-+eE SNBML\u{0}é".utf8)
        for _ in 0..<4000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            var reader = JSONReader(bytes)
            _ = try? reader.readItem()
            _ = try? reader.skipValue()
            _ = try? reader.nextKey()
            _ = try? reader.nextElement()
            _ = try? reader.readInt()
            _ = try? reader.readDouble()
            #expect(reader.offset <= bytes.count)
        }
    }
}

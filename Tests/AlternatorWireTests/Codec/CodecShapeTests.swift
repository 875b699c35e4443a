import AlternatorWire
import FoundationEssentials
import TestSupport
import Testing

/// The pitfalls of `Codable` on DynamoDB from 13 on: containers, shapes, limits.
struct CodecShapeTests {
    // MARK: 13 superEncoder

    class Animal: Codable {
        var name: String
        init(name: String) { self.name = name }
    }

    final class Dog: Animal {
        var tricks: [String]
        enum Keys: String, CodingKey { case tricks, base }
        init(name: String, tricks: [String]) {
            self.tricks = tricks
            super.init(name: name)
        }
        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            tricks = try container.decode([String].self, forKey: .tricks)
            try super.init(from: container.superDecoder())
        }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try super.encode(to: container.superEncoder())
            try container.encode(tricks, forKey: .tricks)
        }
    }

    /// Encodes by a closure, for shapes no synthesized code has.
    struct Custom: Encodable {
        let body: (any Encoder) throws -> Void
        func encode(to encoder: any Encoder) throws { try body(encoder) }
    }

    enum K: String, CodingKey { case a, b, c, d }

    @Test func `13: class hierarchies keep their base under super`() throws {
        let json = try itemJSON(Dog(name: "Rex", tricks: ["sit"]))
        #expect(json == #"{"super":{"M":{"name":{"S":"Rex"}}},"tricks":{"L":[{"S":"sit"}]}}"#)
        let dog = try decoded(Dog.self, json)
        #expect(dog.name == "Rex" && dog.tricks == ["sit"])
    }

    @Test func `13: a super encoder may hold any value, be written late, and stand in a list`() throws {
        let late = Custom { encoder in
            var map = encoder.container(keyedBy: K.self)
            let first = map.superEncoder(forKey: .a)
            try map.encode(2, forKey: .b)
            let second = map.superEncoder()
            try map.encode(3, forKey: .c)
            var value = first.singleValueContainer()
            try value.encode("late")
            var list = second.unkeyedContainer()
            try list.encode(true)
            try list.superEncoder().singleValueContainer().encodeSelf(7)
            try list.encode(8)
        }
        #expect(
            try itemJSON(late)
                == #"{"a":{"S":"late"},"b":{"N":"2"},"super":{"L":[{"BOOL":true},{"N":"7"},{"N":"8"}]},"c":{"N":"3"}}"#
        )
    }

    @Test func `13: an escaped super encoder writes after its parent is done`() throws {
        final class Escaped { var encoder: (any Encoder)? }
        let escaped = Escaped()
        let item = Custom { encoder in
            var map = encoder.container(keyedBy: K.self)
            try map.encode(
                Custom { inner in
                    var innerMap = inner.container(keyedBy: K.self)
                    escaped.encoder = innerMap.superEncoder(forKey: .b)
                },
                forKey: .a
            )
            try map.encode(1, forKey: .c)
            var late = try #require(escaped.encoder).container(keyedBy: K.self)
            try late.encode("x", forKey: .d)
        }
        #expect(try itemJSON(item) == #"{"a":{"M":{"b":{"M":{"d":{"S":"x"}}}}},"c":{"N":"1"}}"#)
    }

    @Test func `13: a super encoder nothing was written to is an error`() {
        expectError(.mapping, "attribute b", "wrote nothing") {
            try itemJSON(
                Custom { encoder in
                    var map = encoder.container(keyedBy: K.self)
                    _ = map.superEncoder(forKey: .b)
                }
            )
        }
    }

    @Test func `13: an empty set in a super encoder is an error, for its name is written already`() {
        expectError(.mapping, "attribute b", "empty set") {
            try itemJSON(
                Custom { encoder in
                    var map = encoder.container(keyedBy: K.self)
                    var value = map.superEncoder(forKey: .b).singleValueContainer()
                    try value.encode(Set<Int>())
                    try map.encode(1, forKey: .a)
                }
            )
        }
    }

    // MARK: 14 single values

    struct UserID: RawRepresentable, Codable, Hashable, KeyValue { var rawValue: String }

    @Test func `14: wrappers are what they wrap`() throws {
        #expect(try valueJSON(UserID(rawValue: "u1")) == #"{"S":"u1"}"#)
        #expect(try UserID(rawValue: "u1").keyAttribute == .string("u1"))
        #expect(UserID.scalarType == .s)
        #expect(try decodedValue(UserID.self, #"{"S":"u1"}"#).rawValue == "u1")
        let item = Custom { encoder in
            var value = encoder.singleValueContainer()
            try value.encode(Box(a: 1))
        }
        #expect(try itemJSON(item) == #"{"a":{"N":"1"}}"#)
    }

    @Test func `14: what is no item or no value is a clear error`() {
        expectError(.mapping, "must be a map") { try itemJSON([1, 2]) }
        expectError(.mapping, "must be a map") { try itemJSON("text") }
        expectError(.mapping, "must be a map") { try itemJSON(AttributeValue.list([])) }
        expectError(.mapping, "must be a map") { try itemJSON(Set(["a"])) }
        expectError(.mapping, "wrote nothing") { try itemJSON(Custom { _ in }) }
        expectError(.mapping, "wrote nothing", "attribute a") { try itemJSON(Box(a: Custom { _ in })) }
        expectError(.mapping, "more than one value", "attribute a") {
            try itemJSON(
                Box(
                    a: Custom { encoder in
                        var value = encoder.singleValueContainer()
                        try value.encode(1)
                        try value.encode(2)
                    }
                )
            )
        }
        expectError(.mapping, "more than one value") {
            try itemJSON(
                Box(
                    a: Custom { encoder in
                        var map = encoder.container(keyedBy: K.self)
                        try map.encode(1, forKey: .a)
                        var value = encoder.singleValueContainer()
                        try value.encode(2)
                    }
                )
            )
        }
    }

    @Test func `14: the writer is as before after an error`() {
        var writer = JSONWriter()
        writer.raw("before")
        #expect(throws: AlternatorError.self) { try ItemEncoder().encodeItem(Box(a: Double.nan), into: &writer) }
        #expect(throws: AlternatorError.self) {
            try ItemEncoder().encodeItem(Box(a: ["k": [Double.nan]]), into: &writer)
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "before")
    }

    // MARK: 15 repeated containers

    struct Flat: Encodable {
        var base: Box<Int>
        var own: String
        func encode(to encoder: any Encoder) throws {
            try base.encode(to: encoder)
            var container = encoder.container(keyedBy: K.self)
            try container.encode(own, forKey: .b)
        }
    }

    @Test func `15: a second keyed container continues the first`() throws {
        #expect(try itemJSON(Flat(base: Box(a: 1), own: "x")) == #"{"a":{"N":"1"},"b":{"S":"x"}}"#)
        #expect(try itemJSON(Box(a: Flat(base: Box(a: 1), own: "x"))) == #"{"a":{"M":{"a":{"N":"1"},"b":{"S":"x"}}}}"#)
        let twice = Custom { encoder in
            var map = encoder.container(keyedBy: K.self)
            var first = map.nestedContainer(keyedBy: K.self, forKey: .a)
            try first.encode(1, forKey: .a)
            try map.encode(2, forKey: .b)
            var second = map.nestedContainer(keyedBy: K.self, forKey: .a)
            try second.encode(3, forKey: .c)
            try first.encode(4, forKey: .d)
        }
        #expect(
            try itemJSON(twice) == #"{"a":{"M":{"a":{"N":"1"},"c":{"N":"3"},"d":{"N":"4"}}},"b":{"N":"2"}}"#
        )
    }

    @Test func `15: keyed after unkeyed is an error and no crash`() {
        for order in 0..<3 {
            expectError(.mapping, "more than one kind", "attribute a") {
                try itemJSON(
                    Box(
                        a: Custom { encoder in
                            switch order {
                            case 0:
                                _ = encoder.unkeyedContainer()
                                var map = encoder.container(keyedBy: K.self)
                                try map.encode(1, forKey: .a)
                            case 1:
                                var map = encoder.container(keyedBy: K.self)
                                try map.encode(1, forKey: .a)
                                var list = encoder.unkeyedContainer()
                                try list.encode(1)
                                _ = list.nestedContainer(keyedBy: K.self)
                                _ = list.superEncoder().unkeyedContainer()
                            default:
                                var value = encoder.singleValueContainer()
                                try value.encode(1)
                                _ = encoder.container(keyedBy: K.self)
                            }
                        }
                    )
                )
            }
        }
    }

    @Test func `15: an attribute written twice is an error that names it`() {
        expectError(.mapping, "attribute a", "written twice") {
            try itemJSON(
                Custom { encoder in
                    var map = encoder.container(keyedBy: K.self)
                    try map.encode(1, forKey: .a)
                    try map.encode(2, forKey: .b)
                    try map.encode(3, forKey: .a)
                }
            )
        }
    }

    @Test func `15: interleaved nested containers give the bytes of the orderly spelling`() throws {
        let interleaved = Custom { encoder in
            var map = encoder.container(keyedBy: K.self)
            var list = map.nestedUnkeyedContainer(forKey: .a)
            var inner = list.nestedContainer(keyedBy: K.self)
            try map.encode("x", forKey: .b)
            try list.encode(1)
            try inner.encode(2, forKey: .a)
            try map.encode("y", forKey: .c)
            var deep = inner.nestedUnkeyedContainer(forKey: .b)
            try list.encode(3)
            try deep.encode(4)
            try inner.encode(5, forKey: .c)
            try deep.encode(6)
            try map.encode(Box(a: [7]), forKey: .d)
            try list.encode([8])
        }
        #expect(
            try itemJSON(interleaved)
                == #"{"a":{"L":[{"M":{"a":{"N":"2"},"b":{"L":[{"N":"4"},{"N":"6"}]},"c":{"N":"5"}}},{"N":"1"},{"N":"3"},"#
                + #"{"L":[{"N":"8"}]}]},"b":{"S":"x"},"c":{"S":"y"},"d":{"M":{"a":{"L":[{"N":"7"}]}}}}"#
        )
    }

    @Test func `15: an error that is caught leaves no half of a member`() throws {
        let item = Custom { encoder in
            var map = encoder.container(keyedBy: K.self)
            try map.encode(1, forKey: .a)
            try? map.encode(["x": ["y": Double.nan]], forKey: .b)
            try? map.encode(Custom { _ in }, forKey: .c)
            try map.encode(2, forKey: .b)
            try? map.encode(3, forKey: .b)
            var list = map.nestedUnkeyedContainer(forKey: .d)
            try? list.encode([Double.infinity])
            try list.encode(4)
        }
        #expect(try itemJSON(item) == #"{"a":{"N":"1"},"b":{"N":"2"},"d":{"L":[{"N":"4"}]}}"#)
    }

    // MARK: 16 paths and unkeyed containers

    struct Line: Codable { var qty: Int }
    struct Order: Codable { var lines: [Line] }

    @Test func `16: errors name the place as an expression would`() {
        expectError(.decoding, "attribute lines[2].qty", "expected N, found S", secret: "hunter2") {
            try decoded(
                Order.self,
                #"{"lines":{"L":[{"M":{"qty":{"N":"1"}}},{"M":{"qty":{"N":"1"}}},{"M":{"qty":{"S":"hunter2"}}}]}}"#
            )
        }
        expectError(.decoding, "attribute lines[0].qty", "missing") {
            try decoded(Order.self, #"{"lines":{"L":[{"M":{}}]}}"#)
        }
        expectError(.decoding, "lines[1]", "expected M, found N") {
            try decoded(Order.self, #"{"lines":{"L":[{"M":{"qty":{"N":"1"}}},{"N":"5"}]}}"#)
        }
        expectError(.mapping, "a[1].k[0]") { try itemJSON(Box(a: [["k": [0.5]], ["k": [Double.nan]]])) }
    }

    @Test func `16: unkeyed containers keep their contract`() throws {
        struct Probe: Decodable {
            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                #expect(list.count == 4 && list.currentIndex == 0 && !list.isAtEnd)
                #expect(throws: DecodingError.self) { try list.decode(String.self) }
                #expect(list.currentIndex == 0)
                #expect(try list.decodeNil() == false)
                #expect(try list.decode(Int.self) == 1)
                #expect(try list.decodeNil())
                #expect(list.currentIndex == 2)
                var inner = try list.nestedUnkeyedContainer()
                #expect(inner.codingPath.map(\.intValue) == [2])
                #expect(try inner.decode(String.self) == "x")
                #expect(inner.isAtEnd)
                let map = try list.nestedContainer(keyedBy: K.self)
                #expect(map.allKeys == [.a] && map.contains(.a) && !map.contains(.b))
                #expect(list.isAtEnd)
                #expect(throws: DecodingError.self) { try list.decode(Int.self) }
                #expect(throws: DecodingError.self) { try list.superDecoder() }
            }
        }
        _ = try decodedValue(
            Probe.self,
            #"{"L":[{"N":"1"},{"NULL":true},{"L":[{"S":"x"}]},{"M":{"a":{"N":"1"},"z":{"S":""}}}]}"#
        )
    }

    // MARK: 17 enums

    enum Shape: Codable, Equatable { case circle(r: Int), pair(Int, String), none }
    enum Kind: String, Codable, CaseIterable, KeyValue { case small, large }

    @Test func `17: enums with payloads are maps, raw ones are scalars`() throws {
        #expect(try valueJSON(Shape.circle(r: 1)) == #"{"M":{"circle":{"M":{"r":{"N":"1"}}}}}"#)
        #expect(try valueJSON(Shape.pair(1, "x")) == #"{"M":{"pair":{"M":{"_0":{"N":"1"},"_1":{"S":"x"}}}}}"#)
        #expect(try valueJSON(Shape.none) == #"{"M":{"none":{"M":{}}}}"#)
        for shape in [Shape.circle(r: 1), .pair(1, "x"), .none] {
            #expect(try decodedValue(Shape.self, valueJSON(shape)) == shape)
        }
        #expect(try valueJSON(Kind.small) == #"{"S":"small"}"#)
        #expect(try Kind.large.keyAttribute == .string("large"))
        expectError(.decoding, "small, large", "attribute a", secret: "medium") {
            try decoded(Box<Kind>.self, #"{"a":{"S":"medium"}}"#)
        }
        expectError(.decoding) { try decodedValue(Shape.self, #"{"M":{"square":{"M":{}}}}"#) }
    }

    // MARK: 18 names

    @Test func `18: any name comes through`() throws {
        struct Odd: Codable, Equatable {
            var a = 1, b = 2, c = 3, d = 4, e = 5, f = 6
            enum CodingKeys: String, CodingKey {
                case a = "name", b = "a.b", c = "a b", d = "é", e = "#x\"\\\n", f = ":y"
            }
        }
        #expect(
            try itemJSON(Odd())
                == ##"{"name":{"N":"1"},"a.b":{"N":"2"},"a b":{"N":"3"},"é":{"N":"4"},"#x\"\\\n":{"N":"5"},":y":{"N":"6"}}"##
        )
        #expect(try decoded(Odd.self, itemJSON(Odd())) == Odd())
        #expect(try decoded(Box<Int>.self, #"{"\u0061":{"N":"1"}}"#).a == 1)
    }

    // MARK: 19 defaults

    enum New: DefaultValue { static var defaultValue: String { "new" } }
    struct Ticket: Codable, Equatable {
        var id: Int
        @Defaulted<New> var state: String
        @Defaulted<Defaults.Zero<Int>> var visits: Int
        @Defaulted<Defaults.EmptyList<String>> var tags: [String]
    }
    struct Tickets: Codable { var all: [Ticket] }

    @Test func `19: a defaulted attribute may be missing or NULL`() throws {
        let missing = try decoded(Ticket.self, #"{"id":{"N":"1"}}"#)
        #expect(missing.state == "new" && missing.visits == 0 && missing.tags == [])
        let null = try decoded(Ticket.self, #"{"id":{"N":"1"},"state":{"NULL":true},"visits":{"NULL":true}}"#)
        #expect(null.state == "new" && null.visits == 0)
        let present = try decoded(Ticket.self, #"{"id":{"N":"1"},"state":{"S":"old"},"visits":{"N":"3"}}"#)
        #expect(present.state == "old" && present.visits == 3)
        #expect(try decoded(Tickets.self, #"{"all":{"L":[{"M":{"id":{"N":"1"}}}]}}"#).all[0].state == "new")
        #expect(try itemJSON(present) == #"{"id":{"N":"1"},"state":{"S":"old"},"visits":{"N":"3"},"tags":{"L":[]}}"#)
        expectError(.decoding, "attribute state", "expected S, found N") {
            try decoded(Ticket.self, #"{"id":{"N":"1"},"state":{"N":"1"}}"#)
        }
    }

    // MARK: 20 keys

    @Test func `20: a key that encodes to another type than it says is refused`() {
        struct Lying: KeyValue {
            static var scalarType: ScalarType { .n }
            var text = "x"
        }
        expectError(.mapping, "scalarType N", "encodes as M") { try Lying().keyAttribute }
    }

    // MARK: 21 Foundation types

    @Test func `21: URL and UUID are strings`() throws {
        let url = try #require(URL(string: "https://example.com/a?b=1"))
        #expect(try valueJSON(url) == #"{"S":"https://example.com/a?b=1"}"#)
        let relative = try #require(URL(string: "x/y", relativeTo: URL(string: "https://example.com/z/")))
        #expect(try valueJSON(relative) == #"{"S":"https://example.com/z/x/y"}"#)
        #expect(try decodedValue(URL.self, #"{"S":"https://example.com/a?b=1"}"#) == url)
        let id = try #require(UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F"))
        #expect(try decodedValue(UUID.self, #"{"S":"e621e1f8-c36c-495a-93fc-0c247a3e6e5f"}"#) == id)
        expectError(.decoding, "UUID", secret: "nobody") { try decodedValue(UUID.self, #"{"S":"nobody"}"#) }
    }

    // MARK: 22 strictness

    @Test func `22: types are strict unless numbers in strings are asked for`() throws {
        expectError(.decoding, "expected N, found S") { try decoded(Box<Int>.self, #"{"a":{"S":"1"}}"#) }
        expectError(.decoding, "expected S, found N") { try decoded(Box<String>.self, #"{"a":{"N":"1"}}"#) }
        expectError(.decoding, "expected BOOL, found N") { try decoded(Box<Bool>.self, #"{"a":{"N":"1"}}"#) }
        var lenient = ItemDecoder()
        lenient.readsNumbersInStrings = true
        #expect(try decoded(Box<Int>.self, #"{"a":{"S":"1"}}"#, lenient).a == 1)
        #expect(try decoded(Box<Double>.self, #"{"a":{"S":"1.5"}}"#, lenient).a == 1.5)
        expectError(.decoding, "not a decimal") { try decoded(Box<Int>.self, #"{"a":{"S":"x"}}"#, lenient) }
    }

    // MARK: 23 speed

    @Test(.ownThread) func `23: a large map takes time in proportion to its size`() throws {
        // Work is counted in allocations of nothing but bytes: a quadratic encoder or decoder would need minutes here.
        let wide = Dictionary(uniqueKeysWithValues: (0..<20_000).map { ("name\($0)", $0) })
        #expect(try decoded([String: Int].self, itemJSON(wide)) == wide)
    }

    // MARK: 24 use from many tasks

    @Test func `24: one codec serves many tasks`() async throws {
        let encoder = ItemEncoder(), decoder = ItemDecoder()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<200 {
                        let order = Order(lines: (0..<5).map { Line(qty: $0 + task * 1000 + round) })
                        let attributes = try encoder.attributes(of: order)
                        let back = try decoder.decode(Order.self, from: attributes)
                        guard back.lines.map(\.qty) == order.lines.map(\.qty) else { return false }
                    }
                    return true
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    // MARK: 25 depth and size

    private func nested(_ depth: Int) -> AttributeValue {
        (0..<depth).reduce(.string("x")) { inner, _ in .list([inner]) }
    }

    private indirect enum Tree: Encodable {
        case leaf
        case node(Tree)
        func encode(to encoder: any Encoder) throws {
            guard case .node(let inner) = self else {
                var value = encoder.singleValueContainer()
                return try value.encode("x")
            }
            var list = encoder.unkeyedContainer()
            try list.encode(inner)
        }
    }

    @Test func `25: 32 levels are written, 33 are refused`() throws {
        func tree(_ depth: Int) -> Tree { (0..<depth).reduce(.leaf) { inner, _ in .node(inner) } }
        let deepest =
            #"{"a":"# + String(repeating: #"{"L":["#, count: 32) + #"{"S":"x"}"# + String(repeating: "]}", count: 32)
            + "}"
        #expect(try itemJSON(Box(a: nested(32))) == deepest)
        #expect(try itemJSON(Box(a: tree(32))) == deepest)
        #expect(try ItemEncoder().attributes(of: Box(a: tree(32)))["a"] == nested(32))
        for attempt in [{ try itemJSON(Box(a: self.nested(33))) }, { try itemJSON(Box(a: tree(33))) }] {
            expectError(.mapping, "32 levels") { try attempt() }
        }
        #expect(throws: Never.self) { try valueJSON(nested(32)) }
        expectError(.mapping, "32 levels") { try valueJSON([nested(32)]) }
        expectError(.mapping, "32 levels") { try valueJSON(tree(33)) }
        expectError(.mapping, "32 levels") { try itemJSON(Box(a: tree(5000))) }
        var deeper = ItemEncoder()
        deeper.maximumDepth = 40
        #expect(throws: Never.self) { try itemJSON(Box(a: tree(40)), deeper) }
    }

    @Test func `25: an item over the size limit is refused, counted as DynamoDB counts`() throws {
        var encoder = ItemEncoder()
        encoder.itemSizeLimit = 400 * 1024
        // One byte for the name.
        let most = String(repeating: "x", count: 400 * 1024 - 1)
        #expect(throws: Never.self) { try itemJSON(Box(a: most), encoder) }
        expectError(.mapping, "409601 bytes", "409600") { try itemJSON(Box(a: most + "x"), encoder) }
        encoder.itemSizeLimit = 10
        // a + 3 for the map + 1 for its entry + k + 2 for the number = 8
        #expect(throws: Never.self) { try itemJSON(Box(a: ["k": 10]), encoder) }
        // a + 3 for the list + 2 entries with 1 each for themselves and the value's own = 8
        #expect(throws: Never.self) { try itemJSON(Box(a: [true, false]), encoder) }
        expectError(.mapping, "11 bytes") { try itemJSON(Box(a: ["k": 1_234_567]), encoder) }
        #expect(throws: Never.self) { try itemJSON(Box(a: String(repeating: "x", count: 1 << 20))) }
    }

    // MARK: 26 unknown attributes

    @Test func `26: attributes the type does not know are ignored`() throws {
        let json = #"{"x":{"S":"1"},"a":{"N":"1"},"y":{"M":{"a":{"S":"2"}}},"z":{"FLOAT32VECTOR":[1.5]}}"#
        #expect(try decoded(Box<Int>.self, json).a == 1)
        #expect(try decoded([String: AttributeValue].self, json).count == 4)
        #expect(try decoded(Box<Shape>.self, #"{"a":{"M":{"none":{"M":{}},"extra":{"N":"1"}}}}"#).a == .none)
        struct Keys: Decodable {
            init(from decoder: any Decoder) throws {
                #expect(try decoder.container(keyedBy: K.self).allKeys == [.a])
            }
        }
        _ = try decoded(Keys.self, json)
    }

    // 27: there are no key strategies; CodingKeys are the only way to another name, see 18.

    // MARK: 28 userInfo

    @Test func `28: userInfo is passed through and marked`() throws {
        let tag = try #require(CodingUserInfoKey(rawValue: "tag"))
        struct Branching: Codable {
            static let tag = CodingUserInfoKey(rawValue: "tag")
            var text: String
            init() { text = "" }
            init(from decoder: any Decoder) throws {
                text =
                    "\(decoder.userInfo[.isDynamoDB] as? Bool == true), "
                    + (Self.tag.flatMap { decoder.userInfo[$0] as? String } ?? "-")
            }
            func encode(to encoder: any Encoder) throws {
                var map = encoder.container(keyedBy: K.self)
                try map.encode(encoder.userInfo[.isDynamoDB] as? Bool == true, forKey: .a)
                try map.encodeIfPresent(Self.tag.flatMap { encoder.userInfo[$0] as? String }, forKey: .b)
            }
        }
        var encoder = ItemEncoder(), decoder = ItemDecoder()
        #expect(try itemJSON(Branching(), encoder) == #"{"a":{"BOOL":true}}"#)
        encoder.userInfo[tag] = "t"
        decoder.userInfo[tag] = "u"
        #expect(try itemJSON(Branching(), encoder) == #"{"a":{"BOOL":true},"b":{"S":"t"}}"#)
        #expect(try decoded(Branching.self, "{}", decoder).text == "true, u")
        #expect(try decoded(Branching.self, "{}").text == "true, -")
    }

    // MARK: Vectors

    @Test func `a vector is written as FLOAT32VECTOR only where the model asks, and read from both forms`() throws {
        #expect(try valueJSON(Float32Vector([1, 2.5])) == #"{"FLOAT32VECTOR":[1.0,2.5]}"#)
        #expect(try valueJSON([Float(1), 2.5]) == #"{"L":[{"N":"1"},{"N":"2.5"}]}"#)
        for json in [#"{"FLOAT32VECTOR":[1.0,2.5]}"#, #"{"L":[{"N":"1"},{"N":"2.5"}]}"#] {
            #expect(try decodedValue(Float32Vector.self, json) == [1, 2.5])
            #expect(try decodedValue([Float].self, json) == [1, 2.5])
            #expect(try decodedValue([Double].self, json) == [1, 2.5])
        }
        expectError(.mapping, "not finite") { try valueJSON(Float32Vector([.nan])) }
    }
}

extension SingleValueEncodingContainer {
    fileprivate consuming func encodeSelf(_ value: Int) throws {
        var container = self
        try container.encode(value)
    }
}

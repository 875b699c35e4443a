import AlternatorWire
import FoundationEssentials
import TestSupport
import Testing

/// Random values there and back; the seed stands in every message.
struct CodecPropertyTests {
    static let seed: UInt64 = 2026

    private func text(_ random: inout SeededGenerator) -> String {
        let letters = [
            "a", "Z", "0", " ", "\"", "\\", "\n", "\u{0}", "/", "é", "€", "😀", "\u{301}", "\u{7f}", ".", "#",
        ]
        return (0..<Int.random(in: 0...20, using: &random))
            .map { _ in letters.randomElement(using: &random) ?? "" }.joined()
    }

    private func number(_ random: inout SeededGenerator) -> AttributeNumber {
        let digits = (0..<Int.random(in: 1...38, using: &random)).map { _ in "\(Int.random(in: 0...9, using: &random))"
        }
        let sign = ["", "-", "+"].randomElement(using: &random) ?? ""
        let exponent = ["", "e\(Int.random(in: -80...80, using: &random))"].randomElement(using: &random) ?? ""
        return AttributeNumber(sign + digits.joined() + exponent) ?? 0
    }

    private func bytes(_ random: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...20, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private func value(_ random: inout SeededGenerator, depth: Int) -> AttributeValue {
        let count = Int.random(in: 0...4, using: &random)
        switch Int.random(in: 0..<(depth > 0 ? 11 : 9), using: &random) {
        case 0: return .string(text(&random))
        case 1: return .number(number(&random))
        case 2: return .binary(bytes(&random))
        case 3: return .bool(Bool.random(using: &random))
        case 4: return .null
        case 5: return .stringSet(Set((0...count).map { _ in text(&random) }))
        case 6: return .numberSet(Set((0...count).map { _ in number(&random) }))
        case 7: return .binarySet(Set((0...count).map { _ in bytes(&random) }))
        case 8: return .float32Vector((0...count).map { _ in Float.random(in: -1e6...1e6, using: &random) })
        case 9: return .list((0..<count).map { _ in value(&random, depth: depth - 1) })
        default:
            return .map(
                Dictionary((0..<count).map { _ in (text(&random), value(&random, depth: depth - 1)) }) { $1 }
            )
        }
    }

    @Test(.ownThread) func `random attribute values come back through JSON, the encoder and the decoder`() throws {
        var random = SeededGenerator(seed: Self.seed)
        for round in 0..<500 {
            let item = Dictionary((0..<4).map { _ in (text(&random), value(&random, depth: 4)) }) { $1 }
            var writer = JSONWriter()
            writer.item(item)
            var reader = JSONReader(writer.bytes)
            #expect(try reader.readItem() == item, "seed \(Self.seed), round \(round)")
            #expect(try ItemEncoder().attributes(of: item) == item, "seed \(Self.seed), round \(round)")
            #expect(
                try decoded([String: AttributeValue].self, itemJSON(item)) == item,
                "seed \(Self.seed), round \(round)"
            )
            var again = JSONReader(writer.bytes)
            #expect(try again.valueRange() == 0..<writer.bytes.count, "seed \(Self.seed), round \(round)")
        }
    }

    struct Inner: Codable, Hashable {
        var id: Int64
        var label: String?
    }

    struct Model: Codable, Equatable {
        var text: String
        var count: Int
        var small: UInt8?
        var ratio: Double
        var single: Float
        var flag: Bool
        var data: Data
        var date: Date
        var amount: Decimal
        var tags: Set<String>
        var counts: Set<Int>
        var list: [Inner]
        var map: [String: Inner]
        var any: AttributeValue
        var inner: Inner?
    }

    @Test(.ownThread) func `random models come back`() throws {
        var random = SeededGenerator(seed: Self.seed)
        func inner() -> Inner {
            Inner(
                id: Int64.random(in: .min ... .max, using: &random),
                label: Bool.random(using: &random) ? text(&random) : nil
            )
        }
        for round in 0..<300 {
            let ratio = Double(bitPattern: UInt64.random(in: .min ... .max, using: &random))
            let model = Model(
                text: text(&random),
                count: Int.random(in: .min ... .max, using: &random),
                small: Bool.random(using: &random) ? 7 : nil,
                ratio: ratio.isFinite && ratio.magnitude < 1e125 && ratio.magnitude > 1e-130 ? ratio : 0.5,
                single: Float.random(in: -1e30...1e30, using: &random),
                flag: Bool.random(using: &random),
                data: Data(bytes(&random)),
                date: Date(timeIntervalSinceReferenceDate: Double.random(in: -1e9...1e9, using: &random)),
                amount: Decimal(Int.random(in: -1_000_000...1_000_000, using: &random)) / 1000,
                tags: Set((0..<3).map { _ in text(&random) }),
                counts: Set(
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: -9...9, using: &random) }
                ),
                list: (0..<Int.random(in: 0...3, using: &random)).map { _ in inner() },
                map: Dictionary((0..<Int.random(in: 0...3, using: &random)).map { _ in (text(&random), inner()) }) {
                    $1
                },
                any: value(&random, depth: 2),
                inner: Bool.random(using: &random) ? inner() : nil
            )
            let json = try itemJSON(model)
            #expect(try decoded(Model.self, json) == model, "seed \(Self.seed), round \(round)")
            let attributes = try ItemEncoder().attributes(of: model)
            #expect(
                try ItemDecoder().decode(Model.self, from: attributes) == model,
                "seed \(Self.seed), round \(round)"
            )
        }
    }

    @Test func `broken items never trap a decoder`() throws {
        var random = SeededGenerator(seed: Self.seed)
        let whole = Array(
            try itemJSON(
                Model(
                    text: "é\n",
                    count: 1,
                    small: 2,
                    ratio: 0.5,
                    single: 1,
                    flag: true,
                    data: Data([1]),
                    date: Date(timeIntervalSince1970: 1),
                    amount: 5,
                    tags: ["a"],
                    counts: [1],
                    list: [Inner(id: 1)],
                    map: ["k": Inner(id: 2)],
                    any: [1, nil],
                    inner: nil
                )
            ).utf8
        )
        for length in 0..<whole.count {
            var reader = JSONReader(Array(whole[..<length]))
            let error = #expect(throws: AlternatorError.self) {
                try ItemDecoder().decodeItem(Model.self, from: &reader)
            }
            #expect(error?.code == .protocolViolation)
        }
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var reader = JSONReader(bytes)
            do {
                _ = try ItemDecoder().decodeItem(Model.self, from: &reader)
            } catch {
                #expect(error.code == .protocolViolation || error.code == .decoding)
            }
        }
    }

    @Test func `the tape refuses what the reader refuses`() {
        let broken = [
            #"{"a":{}}"#, #"{"a":{"S":"x","N":"1"}}"#, #"{"a":{"X":"x"}}"#, #"{"a":{"S":1}}"#, #"{"a":{"S":"x"}"#,
            #"{"a":{"S":"\ud800"}}"#,
            #"{"a":{"L":[{"S":"x"},]}}"#, #"{"a":{"SS":["x",]}}"#, #"{"a":{"BOOL":"yes"}}"#, #"{"a":{"NULL":"true"}}"#,
            #"{"a" {"S":"x"}}"#,
            #"{"a":{"FLOAT32VECTOR":[01]}}"#, "[]", "", "{", #"{"a":null}"#,
            String(repeating: #"{"a":{"M":"#, count: 600),
            String(repeating: #"{"a":{"L":["#, count: 600), "{\"a\":{\"S\":\"\u{1}\"}}",
        ]
        for json in broken {
            expectError(.protocolViolation) { try decoded([String: AttributeValue].self, json) }
        }
        expectError(.decoding, "twice") {
            try decoded([String: AttributeValue].self, #"{"a":{"S":"1"},"a":{"S":"2"}}"#)
        }
    }

    @Test func `items of a page are read one after another from one reader`() throws {
        let bytes = Array(#"{"Items":[{"a":{"N":"1"}},{"a":{"N":"2"}} , {"a":{"N":"3"}}],"Count":3}"#.utf8)
        var reader = JSONReader(bytes)
        try reader.beginObject()
        #expect(try reader.nextKey() == "Items")
        try reader.beginArray()
        var found: [Int] = []
        while try reader.nextElement() { found.append(try ItemDecoder().decodeItem(Box<Int>.self, from: &reader).a) }
        #expect(found == [1, 2, 3])
        #expect(try reader.nextKey() == "Count")
        #expect(try reader.readInt() == 3)
        #expect(try reader.nextKey() == nil)
        try reader.finish()
    }

    @Test func `one attribute is read out of an encoded item`() throws {
        let bytes = Array(#"{"x":{"M":{"a":{"S":"inner"}}},"\u0061":{"N":"1"},"z":{"S":"2"}}"#.utf8)
        #expect(try JSONReader.attribute(named: "a", in: bytes) == .number(1))
        #expect(try JSONReader.attribute(named: "z", in: bytes) == .string("2"))
        #expect(try JSONReader.attribute(named: "y", in: bytes) == nil)
        #expect(throws: JSONError.self) { try JSONReader.attribute(named: "a", in: Array("{\"b\":".utf8)) }
    }

    @Test func `attribute values pass through other coders`() throws {
        // A coder of another package is stood in for by a wrapper that hides the type from the special cases.
        struct Hidden: Codable {
            var value: AttributeValue
            init(_ value: AttributeValue) { self.value = value }
            init(from decoder: any Decoder) throws { value = try AttributeValue(from: decoder) }
            func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
        }
        #expect(try valueJSON(Hidden(.string("x"))) == #"{"M":{"S":{"S":"x"}}}"#)
        #expect(try valueJSON(Hidden(.binary([1]))) == #"{"M":{"B":{"S":"AQ=="}}}"#)
        var random = SeededGenerator(seed: Self.seed)
        for _ in 0..<100 {
            let value = value(&random, depth: 2)
            #expect(try decodedValue(Hidden.self, valueJSON(Hidden(value))).value == value)
        }
    }
}

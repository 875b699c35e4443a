import TestSupport
import Testing

@testable import AlternatorWire

/// The shorter ways through the codec give what the general ones give.
struct FastPathTests {
    /// Numbers at the edges of the shorter ways and beyond them.
    private static let doubles: [Double] = [
        0.1, 0.25, 97.25, 0.5, 0.05, 0.00001, 0.00002, 0.000011, 1.00001, 99_999.99999, 123_456_789.12345,
        999_999_999.99999, 1e9 + 0.5, 1e14 + 0.5, 0.1 + 0.2, 1.0 / 3, 2.0 / 3, .pi, 4.35, 2.675, 1.005, 0.3, 1.1, 2.2,
        3.3,
        1e-7, 1e-129, 5e-5, 12345.6789, 1234.567891, 0.99999, 0.999995, 0.999999999, 9.5, 99.95, 100.005, 8.41, 1.15,
        0.07,
        299.99, 52.520008, 13.404954, 8_388_608.5, 1e15 + 0.5, 4_503_599_627_370_497.5,
    ]

    @Test func `a double is written as its shortest text, whichever way finds it`() throws {
        for double in FastPathTests.doubles.flatMap({ [$0, -$0, $0.nextUp, $0.nextDown] }) {
            let expected = try #require(DecimalParts.plainText(ofShortest: double))
            #expect(try itemJSON(Box(a: double)) == #"{"a":{"N":"\#(expected)"}}"#, "\(double)")
        }
    }

    @Test(.ownThread) func `a number of few digits is never written longer or shorter than it has to be`() throws {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0 ... .max, using: &generator)
        var state = seed
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 11
        }
        let scales: [Double] = [10, 100, 1000, 10_000, 100_000, 1_000_000]
        for _ in 0..<20_000 {
            let digits = next() % 10_000_000_000
            let double = Double(digits) / scales[Int(next() % 6)]
            let expected = try #require(DecimalParts.plainText(ofShortest: double))
            #expect(try itemJSON(Box(a: double)) == #"{"a":{"N":"\#(expected)"}}"#, "\(double), seed \(seed)")
        }
    }

    @Test func `the short form of a number is written out by hand`() throws {
        for (double, text) in [
            (0.05, "0.05"), (-0.05, "-0.05"), (97.25, "97.25"), (100.005, "100.005"), (0.00001, "0.00001"),
            (999_999_999.5, "999999999.5"), (123_456_789.12345, "123456789.12345"), (-0.0, "0"), (1.5, "1.5"),
        ] {
            #expect(try itemJSON(Box(a: double)) == #"{"a":{"N":"\#(text)"}}"#)
        }
        #expect(ShortDecimal(.nan) == nil && ShortDecimal(.infinity) == nil && ShortDecimal(3) == nil)
        #expect(ShortDecimal(0.1 + 0.2) == nil && ShortDecimal(1e-7) == nil && ShortDecimal(1e9 + 0.5) == nil)
    }

    @Test func `an integer of any length is written with all its digits`() throws {
        var numbers = [0, 7, 10, 99_999_999, 100_000_000, 100_000_001, 1_000_000_007, 10_000_000_000_000_000]
        numbers += [Int.max, Int.min, Int.min + 1, 1_795_246_560_123, 9_999_999_999_999_999, 900_000_000_000_000_001]
        for number in numbers.flatMap({ [$0, ~$0] }) {
            #expect(try itemJSON(Box(a: number)) == #"{"a":{"N":"\#(String(number))"}}"#)
            #expect(try decoded(Box<Int>.self, #"{"a":{"N":"\#(String(number))"}}"#).a == number)
        }
        #expect(try itemJSON(Box(a: UInt64.max)) == #"{"a":{"N":"18446744073709551615"}}"#)
    }

    @Test func `digits found side by side are those of the number`() throws {
        // All of a thousand, and around every power of ten and every carry into the upper half.
        var numbers = Array(0..<1000)
        for power in [1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000] {
            for digit in 1...9 { numbers += (digit * power - 2)...(digit * power + 2) }
            numbers += [power + power / 10 - 1, power + 9999, power + 99, 9 * power + 990]
        }
        for number in numbers {
            let text = String(number)
            let negative = String(-number)
            #expect(try itemJSON(Box(a: [number, -number])) == #"{"a":{"L":[{"N":"\#(text)"},{"N":"\#(negative)"}]}}"#)
            #expect(try itemJSON(["a": number, "b": -number]) == #"{"a":{"N":"\#(text)"},"b":{"N":"\#(negative)"}}"#)
        }
    }

    @Test func `text of every length is copied whole, with and without what needs an escape`() throws {
        for length in 0...40 {
            let plain = String("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQR".prefix(length))
            #expect(try itemJSON(Box(a: plain)) == #"{"a":{"S":"\#(plain)"}}"#)
            #expect(try itemJSON([plain: 1]) == #"{"\#(plain)":{"N":"1"}}"#)
            for place in 0..<length {
                var bytes = Array(plain.utf8)
                bytes[place] = UInt8(ascii: "\"")
                let quoted = String(decoding: bytes, as: UTF8.self)
                let escaped = quoted.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
                #expect(try itemJSON(Box(a: quoted)) == #"{"a":{"S":"\#(escaped)"}}"#)
                #expect(try decoded(Box<String>.self, #"{"a":{"S":"\#(escaped)"}}"#).a == quoted)
                bytes[place] = 0xC3
                bytes.insert(0xA9, at: place + 1)
                let accented = String(decoding: bytes, as: UTF8.self)
                #expect(try itemJSON(Box(a: accented)) == #"{"a":{"S":"\#(accented)"}}"#)
                #expect(try decoded(Box<String>.self, #"{"a":{"S":"\#(accented)"}}"#).a == accented)
            }
        }
    }

    @Test func `text is ASCII or not by its own bytes, whatever follows it`() throws {
        // The next name begins within the eight bytes that hold the closing quote.
        let item = try decoded([String: [String: String]].self, #"{"m":{"M":{"a":{"S":"x"},"é":{"S":"y"}}}}"#)
        #expect(item == ["m": ["a": "x", "é": "y"]])
        let list = try decoded(Box<[String]>.self, #"{"a":{"SS":["x","é","\u00e9x","ü"]}}"#)
        #expect(list.a == ["x", "é", "éx", "ü"])
    }

    @Test func `invalid UTF-8 is refused also right behind a clean text`() {
        for text: [UInt8] in [[0xFF], [0xC3], [0x61, 0xED, 0xA0, 0x80], [0xC0, 0x80]] {
            var bytes = Array(#"{"a":{"S":"x"},"b":{"S":""#.utf8)
            bytes += text
            bytes += Array(#""}}"#.utf8)
            expectError(.protocolViolation, "UTF-8") {
                var reader = JSONReader(bytes)
                _ = try ItemDecoder().decodeItem([String: String].self, from: &reader)
            }
        }
    }

    @Test func `names of one length are told apart in every byte`() throws {
        for length in 1...20 {
            let name = String("abcdefghijklmnopqrst".prefix(length))
            for place in 0..<length {
                var bytes = Array(name.utf8)
                bytes[place] = UInt8(ascii: "_")
                let other = String(decoding: bytes, as: UTF8.self)
                let item = try decoded(
                    Named.self,
                    #"{"\#(other)":{"N":"1"},"\#(name)":{"N":"2"}}"#,
                    asking(name, other)
                )
                #expect(item.values == [2, 1])
                expectError(.decoding, "missing") {
                    try decoded(Named.self, #"{"\#(other)":{"N":"1"}}"#, asking(name))
                }
            }
        }
    }

    private static let names = CodingUserInfoKey(rawValue: "names")

    private func asking(_ names: String...) -> ItemDecoder {
        var decoder = ItemDecoder()
        if let key = FastPathTests.names { decoder.userInfo[key] = names }
        return decoder
    }

    /// The numbers under the names that the decoder's user info has.
    private struct Named: Decodable {
        var values: [Int]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: PathKey.self)
            let names = FastPathTests.names.flatMap { decoder.userInfo[$0] as? [String] } ?? []
            values = try names.map { try container.decode(Int.self, forKey: PathKey(stringValue: $0)) }
        }
    }

    @Test func `a type is known for what it is, each time it is asked for`() {
        for _ in 0..<3 {
            for type: Any.Type in [String.self, Int.self, [String].self, AttributeValue.self, Binary.self] {
                #expect(TypeFacts.of(type) == [.encodesSpecially, .decodesSpecially])
            }
            #expect(TypeFacts.of(Set<Int>.self) == .encodesSpecially)
            #expect(TypeFacts.of([String: Int].self) == .encodesSpecially)
            #expect(TypeFacts.of([Int: Int].self).isEmpty)
            #expect(TypeFacts.of(Box<Int>.self).isEmpty)
            #expect(TypeFacts.of(Quick<Int>.self) == .isFast)
            #expect(AnyFastType.of(Quick<Int>.self) != nil)
            #expect(AnyFastType.of(Quick<String>.self) != nil)
            #expect(AnyFastType.of(Box<Int>.self) == nil)
        }
    }

    @Test func `many types share the places of the facts without mixing them up`() throws {
        // Optionals, arrays and dictionaries of each other: 121 types for each of two, twice as many as there are places.
        func descend<T>(_ type: T.Type, _ depth: Int) {
            #expect(TypeFacts.of(Quick<T>.self) == .isFast)
            #expect(TypeFacts.of(Box<T>.self).isEmpty)
            #expect(AnyFastType.of(Quick<T>.self) != nil)
            guard depth > 0 else { return }
            descend(T?.self, depth - 1)
            descend([T].self, depth - 1)
            descend([String: T].self, depth - 1)
        }
        for _ in 0..<2 {
            descend(Int.self, 4)
            descend(String.self, 4)
        }
    }

    private struct Quick<T>: FastItem {
        var a = 1
        func write(into writer: inout ItemWriter) { writer.integer("a", a) }
        init(from reader: inout ItemReader) throws { a = try reader.integer("a") }
    }

    @Test func `integers and maps of an item read by hand have forms without a type`() throws {
        let smallest = #""i":{"N":"-9223372036854775808"}"#
        let rest = #""w":{"N":"255"},"m":{"M":{"a":{"N":"5"}}}"#
        let item = try decoded(Hand.self, "{\(smallest),\"n\":{\"NULL\":true},\(rest)}")
        #expect(item.i == .min && item.n == nil && item.p == nil && item.w == 255 && item.m.a == 5 && item.o == nil)
        #expect(try itemJSON(item) == "{\(smallest),\(rest)}")
        expectError(.decoding, "attribute i", "does not fit") {
            try decoded(Hand.self, #"{"i":{"N":"9223372036854775808"}}"#)
        }
    }

    private struct Hand: FastItem {
        var i: Int
        var n: Int?
        var p: Int?
        var w: UInt8
        var m: Quick<Int>
        var o: Quick<Int>?

        init(from reader: inout ItemReader) throws {
            i = try reader.integer("i")
            n = try reader.integerIfPresent("n")
            p = try reader.integerIfPresent("p")
            w = try reader.integer("w", as: UInt8.self)
            m = try reader.map("m")
            o = try reader.mapIfPresent("o")
        }

        func write(into writer: inout ItemWriter) {
            writer.integer("i", i)
            writer.integer("n", n)
            writer.integer("w", Int(w))
            writer.map("m", m)
            writer.map("o", o)
        }
    }
}

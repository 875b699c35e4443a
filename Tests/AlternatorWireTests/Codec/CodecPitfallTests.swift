import AlternatorWire
import FoundationEssentials
import Testing

/// The pitfalls of `Codable` on DynamoDB, by number; part two is in `CodecShapeTests`.
struct CodecPitfallTests {
    enum Color: String, Codable, CaseIterable { case red, green }
    struct Point: Codable, Hashable { var x: Int }

    // MARK: 1 sets and arrays

    @Test func `1: sets of scalars are SS, NS, BS and other sets are L`() throws {
        let id = try #require(UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F"))
        #expect(try valueJSON(Set(["b", "a"])) == #"{"SS":["a","b"]}"#)
        #expect(try valueJSON(Set([10, 9, -1])) == #"{"NS":["-1","9","10"]}"#)
        #expect(try valueJSON(Set([id])) == #"{"SS":["E621E1F8-C36C-495A-93FC-0C247A3E6E5F"]}"#)
        #expect(try valueJSON(Set([Data([2]), Data([1])])) == #"{"BS":["AQ==","Ag=="]}"#)
        #expect(try valueJSON(Set([Color.red, .green])) == #"{"SS":["green","red"]}"#)
        #expect(
            try valueJSON(Set([Point(x: 2), Point(x: 1)])) == #"{"L":[{"M":{"x":{"N":"1"}}},{"M":{"x":{"N":"2"}}}]}"#
        )
        #expect(try valueJSON(["k": Set([1])]) == #"{"M":{"k":{"NS":["1"]}}}"#)
        #expect(try itemJSON(Box<Set<String>?>(a: ["x"])) == #"{"a":{"SS":["x"]}}"#)
        #expect(try valueJSON(["b", "a"]) == #"{"L":[{"S":"b"},{"S":"a"}]}"#)
    }

    @Test func `1: sets and arrays are read from sets and lists alike`() throws {
        for json in [#"{"SS":["a","b"]}"#, #"{"L":[{"S":"a"},{"S":"b"}]}"#] {
            #expect(try decodedValue(Set<String>.self, json) == ["a", "b"])
            #expect(try decodedValue([String].self, json) == ["a", "b"])
            #expect(try decodedValue([String?].self, json) == ["a", "b"])
            #expect(try decodedValue(Set<String>?.self, json) == ["a", "b"])
        }
        #expect(try decodedValue(Set<Int>.self, #"{"NS":["1","2.0"]}"#) == [1, 2])
        #expect(try decodedValue([Data].self, #"{"BS":["AQ==",""]}"#) == [Data([1]), Data()])
        #expect(try decodedValue(Set<Color>.self, #"{"SS":["red"]}"#) == [.red])
    }

    // MARK: 2 empty sets

    @Test func `2: an empty set is left out and a missing one is read as empty`() throws {
        #expect(try itemJSON(Box(a: Set<String>())) == "{}")
        #expect(try decoded(Box<Set<String>>.self, "{}").a == [])
        struct Maybe: Decodable { var a: Set<String>? }
        #expect(try decoded(Maybe.self, "{}").a == nil)
        struct Two: Encodable { var a: Set<Int> = [], b = 1, c: Set<Data> = [] }
        #expect(try itemJSON(Two()) == #"{"b":{"N":"1"}}"#)
        struct Tags: Encodable {
            var values: Set<String>
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode(values)
            }
        }
        struct Tagged: Encodable { var a = 1, tags = Tags(values: []), b = 2 }
        #expect(try itemJSON(Tagged()) == #"{"a":{"N":"1"},"b":{"N":"2"}}"#)
    }

    @Test func `2: an update can tell an empty set from a value`() throws {
        let encoder = ItemEncoder()
        var writer = JSONWriter()
        #expect(encoder.isEmptySet(Set<Int>()))
        #expect(!encoder.isEmptySet([Int]()))
        #expect(try encoder.encodeValueUnlessEmptySet(Set<Int>(), into: &writer) == false)
        #expect(writer.bytes == [])
        #expect(try encoder.encodeValueUnlessEmptySet(Set([1]), into: &writer) == true)
        expectError(.mapping, "empty set") { try valueJSON(Set<Int>()) }
        expectError(.mapping, "empty set", "a[0]") { try itemJSON(Box(a: [Set<Int>()])) }
    }

    // MARK: 3 duplicates after coding

    @Test func `3: numbers of a set are canonical and then unique`() throws {
        struct Half: Codable, Hashable {
            var value: Int
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode(value / 2)
            }
        }
        #expect(try valueJSON(Set([1.0, 1.5])) == #"{"NS":["1","1.5"]}"#)
        #expect(try valueJSON(Set([Decimal(1), Decimal(string: "1.00") ?? 0])) == #"{"NS":["1"]}"#)
        #expect(try valueJSON(Set([Half(value: 2), Half(value: 3)])) == #"{"NS":["1"]}"#)
        let spellings = Set(["1e1", "2.50"].compactMap { AttributeNumber($0) })
        #expect(try valueJSON(spellings) == #"{"NS":["2.5","10"]}"#)
    }

    // MARK: 4 binary

    @Test func `4: data is B in every place`() throws {
        struct Wrapper: Codable, Equatable {
            var data: Data
            init(_ data: Data) { self.data = data }
            init(from decoder: any Decoder) throws { data = try decoder.singleValueContainer().decode(Data.self) }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode(data)
            }
        }
        let data = Data([1, 2, 3])
        #expect(try valueJSON(data) == #"{"B":"AQID"}"#)
        #expect(try itemJSON(Box(a: data)) == #"{"a":{"B":"AQID"}}"#)
        #expect(try itemJSON(Box<Data?>(a: data)) == #"{"a":{"B":"AQID"}}"#)
        #expect(try valueJSON([data, Data()]) == #"{"L":[{"B":"AQID"},{"B":""}]}"#)
        #expect(try valueJSON(["k": data]) == #"{"M":{"k":{"B":"AQID"}}}"#)
        #expect(try valueJSON(Wrapper(data)) == #"{"B":"AQID"}"#)
        #expect(try valueJSON([UInt8(1)]) == #"{"L":[{"N":"1"}]}"#)
        #expect(try valueJSON(Binary([1, 2, 3])) == #"{"B":"AQID"}"#)
        #expect(try decodedValue(Data.self, #"{"B":"AQID"}"#) == data)
        #expect(try decodedValue(Binary.self, #"{"B":"AQID"}"#) == [1, 2, 3])
        #expect(try decodedValue(Wrapper.self, #"{"B":"AQID"}"#) == Wrapper(data))
        expectError(.decoding, "expected B", "found L") { try decodedValue(Data.self, #"{"L":[{"N":"1"}]}"#) }
        expectError(.decoding, "expected B", "found S") { try decodedValue(Data.self, #"{"S":"AQID"}"#) }
    }

    // MARK: 5 empty text

    @Test func `5: empty strings and binaries are values`() throws {
        #expect(try itemJSON(Box(a: "")) == #"{"a":{"S":""}}"#)
        #expect(try decoded(Box<String>.self, #"{"a":{"S":""}}"#).a == "")
        #expect(try decoded(Box<Data>.self, #"{"a":{"B":""}}"#).a == Data())
    }

    // MARK: 6 Decimal

    @Test func `6: decimals are plain text and never rounded`() throws {
        let digits = "12345678901234567890123456789012345678"
        #expect(try valueJSON(try #require(Decimal(string: digits))) == #"{"N":"\#(digits)"}"#)
        #expect(try valueJSON(try #require(Decimal(string: "0.10"))) == #"{"N":"0.1"}"#)
        #expect(try valueJSON(try #require(Decimal(string: "-0"))) == #"{"N":"0"}"#)
        #expect(try valueJSON(try #require(Decimal(string: "1e125"))).count == 126 + 8)
        #expect(try decodedValue(Decimal.self, #"{"N":"\#(digits)"}"#).description == digits)
        #expect(try decodedValue(Decimal.self, #"{"N":"1e125"}"#) == Decimal(string: "1e125"))
        expectError(.mapping, "NaN") { try valueJSON(Decimal.nan) }
        expectError(.decoding, "without loss") { try decodedValue(Decimal.self, #"{"N":"1e-130"}"#) }
        #expect(try decodedValue(AttributeValue.self, #"{"N":"1e-130"}"#).numberValue?.description == "1e-130")
    }

    // MARK: 7 integers

    @Test(arguments: [
        ("1.0", 1), ("1E+2", 100), ("+5", 5), ("100.000", 100), ("9007199254740993", 9_007_199_254_740_993),
        ("-9223372036854775808", Int.min), ("9223372036854775807", Int.max), ("-0", 0), ("0", 0), ("-17", -17),
        ("000123", 123), ("999999999999999999", 999_999_999_999_999_999),
    ])
    func `7: integers are exact from any spelling`(text: String, value: Int) throws {
        #expect(try decodedValue(Int.self, #"{"N":"\#(text)"}"#) == value)
        #expect(try decoded(Box<Int>.self, #"{"a":{"N":"\#(text)"}}"#).a == value)
        #expect(try decodedValue([Int].self, #"{"NS":["\#(text)"]}"#) == [value])
    }

    @Test func `7: what is no such integer is an error with its path`() throws {
        expectError(.decoding, "attribute a", "fraction", secret: "1.5") {
            try decoded(Box<Int>.self, #"{"a":{"N":"1.5"}}"#)
        }
        expectError(.decoding, "does not fit", secret: "9223372036854775808") {
            try decoded(Box<Int>.self, #"{"a":{"N":"9223372036854775808"}}"#)
        }
        expectError(.decoding, "does not fit into UInt8") { try decodedValue(UInt8.self, #"{"N":"256"}"#) }
        expectError(.decoding, "does not fit into UInt") { try decodedValue(UInt.self, #"{"N":"-1"}"#) }
        expectError(.decoding, "not a decimal") { try decodedValue(Int.self, #"{"N":"12x"}"#) }
        expectError(.decoding, "not a decimal") { try decodedValue(Int.self, #"{"N":""}"#) }
        expectError(.decoding, "not a decimal") { try decodedValue(Double.self, #"{"N":"-"}"#) }
        #expect(try decodedValue(UInt64.self, #"{"N":"18446744073709551615"}"#) == .max)
    }

    struct Widths: Codable, Equatable {
        var a = Int8.min, b = Int16.min, c = Int32.min, d = Int64.min, e = UInt8.max, f = UInt16.max, g = UInt32.max
        var h = UInt64.max, i = UInt.max, j = Int.min
    }

    @Test func `7: integers of every width come back`() throws {
        let json = try itemJSON(Widths())
        #expect(
            json.hasPrefix(
                #"{"a":{"N":"-128"},"b":{"N":"-32768"},"c":{"N":"-2147483648"},"d":{"N":"-9223372036854775808"}"#
            )
        )
        #expect(json.contains(#""h":{"N":"18446744073709551615"}"#))
        #expect(try decoded(Widths.self, json) == Widths())
    }

    // MARK: 8 binary floating point

    @Test func `8: doubles and floats are the shortest plain decimal`() throws {
        let cases: [(Double, String)] = [
            (1, "1"), (1e-7, "0.0000001"), (0.1, "0.1"), (-2.5, "-2.5"), (1e21, "1000000000000000000000"), (-0.0, "0"),
            (98.125, "98.125"), (5e-130, "0." + String(repeating: "0", count: 129) + "5"),
        ]
        for (value, text) in cases {
            #expect(try valueJSON(value) == #"{"N":"\#(text)"}"#)
            #expect(try itemJSON(Box(a: value)) == #"{"a":{"N":"\#(text)"}}"#)
            #expect(try decoded(Box<Double>.self, #"{"a":{"N":"\#(text)"}}"#).a == value)
        }
        #expect(try valueJSON(Float(0.1)) == #"{"N":"0.1"}"#)
        #expect(try decodedValue(Float.self, #"{"N":"0.1"}"#) == 0.1)
        #expect(try decodedValue(Double.self, #"{"N":"+1.5e3"}"#) == 1500)
        #expect(try decodedValue(Double.self, #"{"N":"3.14159265358979312"}"#) == 3.141592653589793)
        for bad in [Double.nan, .infinity, -.infinity] {
            expectError(.mapping, "attribute a", "NaN or infinite") { try itemJSON(Box(a: bad)) }
            expectError(.mapping, "a[0]") { try itemJSON(Box(a: [bad])) }
        }
        expectError(.mapping, "magnitudes", secret: "1e+126") { try itemJSON(Box(a: 1e126)) }
        expectError(.mapping, "magnitudes") { try itemJSON(Box(a: 1e-131)) }
        expectError(.mapping, "NaN or infinite") { try itemJSON(Box(a: Float.nan)) }
    }

    // MARK: 9 integers of 128 bits

    @Test func `9: integers of 128 bits work in all containers`() throws {
        let large = Int128(9_223_372_036_854_775_807) * 1000
        let text = "9223372036854775807000"
        #expect(try itemJSON(Box(a: large)) == #"{"a":{"N":"\#(text)"}}"#)
        #expect(try valueJSON([large]) == #"{"L":[{"N":"\#(text)"}]}"#)
        #expect(try valueJSON(large) == #"{"N":"\#(text)"}"#)
        #expect(try valueJSON([UInt128(large)]) == #"{"L":[{"N":"\#(text)"}]}"#)
        #expect(try itemJSON(Box(a: UInt128(large))) == #"{"a":{"N":"\#(text)"}}"#)
        #expect(try decoded(Box<Int128>.self, #"{"a":{"N":"\#(text)"}}"#).a == large)
        #expect(try decodedValue([UInt128].self, #"{"L":[{"N":"\#(text)"}]}"#) == [UInt128(large)])
        #expect(try decodedValue(Int128.self, #"{"N":"-\#(text)"}"#) == -large)
        expectError(.mapping, "38 significant digits", "attribute a") { try itemJSON(Box(a: Int128.max)) }
        expectError(.mapping, "a[0]") { try itemJSON(Box(a: [UInt128.max])) }
    }

    // MARK: 10 dates

    @Test func `10: dates are epoch seconds with their fraction, or text of fixed width`() throws {
        var iso = ItemEncoder()
        iso.dateFormat = .iso8601
        func date(_ seconds: Double) -> Date { Date(timeIntervalSince1970: seconds) }
        #expect(try valueJSON(date(1_700_000_000.123)) == #"{"N":"1700000000.123"}"#)
        #expect(try valueJSON(date(0)) == #"{"N":"0"}"#)
        #expect(try valueJSON(date(-1.5)) == #"{"N":"-1.5"}"#)
        #expect(try valueJSON(date(0), iso) == #"{"S":"1970-01-01T00:00:00.000Z"}"#)
        #expect(try valueJSON(date(-0.5), iso) == #"{"S":"1969-12-31T23:59:59.500Z"}"#)
        #expect(try valueJSON(date(951_782_400), iso) == #"{"S":"2000-02-29T00:00:00.000Z"}"#)
        #expect(try valueJSON(date(4_107_542_399), iso) == #"{"S":"2100-02-28T23:59:59.000Z"}"#)
        let ordered = try [28.991, 29.0, 29.017].map { try valueJSON(date($0), iso) }
        #expect(ordered == ordered.sorted())
        #expect(ordered[1] == #"{"S":"1970-01-01T00:00:29.000Z"}"#)
        expectError(.mapping, "years 0 to 9999") { try valueJSON(Date.distantFuture.addingTimeInterval(1e13), iso) }
        expectError(.mapping, "not finite") { try valueJSON(Date(timeIntervalSince1970: .nan)) }
    }

    @Test func `10: both forms are read, whatever the encoder's choice`() throws {
        struct Both: Decodable { var n: Date, s: Date }
        let both = try decoded(
            Both.self,
            #"{"n":{"N":"1.7000000005e9"},"s":{"S":"2023-11-14T22:13:20.500Z"}}"#
        )
        #expect(both.n == both.s)
        let same = ["2023-11-15T00:13:20.5+02:00", "2023-11-14T17:13:20,5-0500", "2023-11-14 22:13:20.500000Z"]
        for text in same { #expect(try decodedValue(Date.self, #"{"S":"\#(text)"}"#) == both.s, "\(text)") }
        let broken = [
            "", "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-01-01", "2023-01-01T24:00:00Z",
            "2023-01-01T00:00:00",
            "2023-01-01T00:00:00.Z", "2023-01-01T00:00:00Zx", "yesterday", "2023-1-01T00:00:00Z",
        ]
        for text in broken { expectError(.decoding, "ISO 8601") { try decodedValue(Date.self, #"{"S":"\#(text)"}"#) } }
    }

    @Test func `10: every date comes back as it was`() throws {
        for seconds in [0.1, -0.1, 721_692_800.1234567, 1e-9, 700_000_000.0000001, 1e10 + 0.3, -978_307_200.1] {
            let date = Date(timeIntervalSinceReferenceDate: seconds)
            #expect(try decodedValue(Date.self, valueJSON(date)) == date, "\(seconds)")
        }
        var iso = ItemEncoder()
        iso.dateFormat = .iso8601
        for millisecond in 0..<1000 {
            let date = Date(timeIntervalSince1970: (1_700_000_000_000 + Double(millisecond)) / 1000)
            #expect(try decodedValue(Date.self, valueJSON(date, iso)) == date)
        }
    }

    // MARK: 11 nil and NULL

    struct Optionals: Codable, Equatable { var a: Int?, b: String?, c: Point?, d: UInt8?, e: AttributeValue? }
    struct Doubled: Encodable { var a: Int?? }

    @Test func `11: nil is left out, an explicit nil is NULL, both are read as nil`() throws {
        #expect(try itemJSON(Optionals()) == "{}")
        #expect(try itemJSON(Doubled(a: .some(nil))) == #"{"a":{"NULL":true}}"#)
        #expect(try valueJSON([1, nil] as [Int?]) == #"{"L":[{"N":"1"},{"NULL":true}]}"#)
        #expect(try decoded(Optionals.self, "{}") == Optionals())
        #expect(try decoded(Optionals.self, #"{"a":{"NULL":true}}"#).a == nil)
        #expect(try decoded(Optionals.self, #"{"b":{"NULL":true}}"#).b == nil)
        #expect(try decoded(Optionals.self, #"{"c":{"NULL":true}}"#).c == nil)
        #expect(try decoded(Optionals.self, #"{"d":{"NULL":true}}"#).d == nil)
        #expect(try decodedValue([Int?].self, #"{"L":[{"N":"1"},{"NULL":true}]}"#) == [1, nil])
        #expect(try decoded(Optionals.self, #"{"e":{"NULL":true}}"#).e == .some(.null))
    }

    @Test func `11: NULL where a value is needed is valueNotFound with the path`() {
        expectError(.decoding, "attribute a", "NULL") { try decoded(Box<Int>.self, #"{"a":{"NULL":true}}"#) }
        expectError(.decoding, "attribute a", "missing") { try decoded(Box<Int>.self, "{}") }
        let error = #expect(throws: AlternatorError.self) { try decoded(Box<String>.self, #"{"a":{"NULL":true}}"#) }
        guard case DecodingError.valueNotFound(_, let context)? = error?.cause else {
            Issue.record("not valueNotFound")
            return
        }
        #expect(context.codingPath.map(\.stringValue) == ["a"])
    }

    // MARK: 12 dictionaries

    struct Code: Codable, Hashable, CodingKeyRepresentable {
        var text: String
        var codingKey: any CodingKey { Key(stringValue: text) }
        init(_ text: String) { self.text = text }
        init?(codingKey: some CodingKey) { text = codingKey.stringValue }
        struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
    }

    @Test func `12: dictionaries keep the shape Codable gives them`() throws {
        #expect(try valueJSON(["b.c": 2, "#a": 1]) == ##"{"M":{"#a":{"N":"1"},"b.c":{"N":"2"}}}"##)
        #expect(try valueJSON([1: "x"]) == #"{"M":{"1":{"S":"x"}}}"#)
        #expect(try valueJSON([Code("k"): 1]) == #"{"M":{"k":{"N":"1"}}}"#)
        let id = try #require(UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F"))
        #expect(try valueJSON([id: 1]) == #"{"L":[{"S":"E621E1F8-C36C-495A-93FC-0C247A3E6E5F"},{"N":"1"}]}"#)
        #expect(
            try decodedValue([String: Int].self, ##"{"M":{"#a":{"N":"1"},"b.c":{"N":"2"}}}"##) == ["b.c": 2, "#a": 1]
        )
        #expect(try decodedValue([Int: String].self, #"{"M":{"1":{"S":"x"}}}"#) == [1: "x"])
        #expect(try decodedValue([Code: Int].self, #"{"M":{"k":{"N":"1"}}}"#) == [Code("k"): 1])
        #expect(try decodedValue([UUID: Int].self, valueJSON([id: 1])) == [id: 1])
    }

    @Test func `12: a dictionary is an item, its names in a fixed order`() throws {
        let item: [String: AttributeValue] = ["b": 1, "a": "x", "n": nil, "m": ["k": [1, 2]]]
        let json = #"{"a":{"S":"x"},"b":{"N":"1"},"m":{"M":{"k":{"L":[{"N":"1"},{"N":"2"}]}}},"n":{"NULL":true}}"#
        #expect(try itemJSON(item) == json)
        #expect(try decoded([String: AttributeValue].self, json) == item)
        #expect(try itemJSON(["b": 1, "a": 2]) == #"{"a":{"N":"2"},"b":{"N":"1"}}"#)
        let raw = try #require(AttributeNumber("1e3"))
        #expect(try itemJSON(Box(a: AttributeValue.number(raw))) == #"{"a":{"N":"1e3"}}"#)
        #expect(try itemJSON(Box(a: raw)) == #"{"a":{"N":"1000"}}"#)
    }
}

import Testing

@testable import AlternatorWire

/// Runs of usual members and elements give the tape that the general way gives, and hand over to it where they end.
struct TapeRunTests {
    /// The same document with a space where JSON allows one: nothing of it is part of a run.
    private static func spaced(_ json: String) -> String {
        var text = ""
        var isInString = false
        var isEscaped = false
        for character in json {
            if isInString {
                text.append(character)
                if !isEscaped, character == "\"" { isInString = false }
                isEscaped = !isEscaped && character == "\\"
                continue
            }
            if character == "\"" { isInString = true }
            text += " \(character)"
            if !isInString, "{}[]:,".contains(character) { text += "\n" }
        }
        // `t r u e` is no literal.
        return text.replacing(" t r u e", with: " true").replacing(" f a l s e", with: " false")
    }

    private static func item(_ json: String) throws -> [String: AttributeValue] {
        var reader = JSONReader(Array(json.utf8))
        return try ItemDecoder().decodeItem([String: AttributeValue].self, from: &reader)
    }

    private static let documents = [
        #"{}"#,
        #"{"a":{"S":""}}"#,
        #"{"":{"S":"x"},"b":{"N":"1"}}"#,
        #"{"a":{"S":"x"},"b":{"BOOL":true},"c":{"BOOL":false},"d":{"NULL":true},"e":{"N":"-1.5"}}"#,
        #"{"a":{"BOOL":true}}"#,
        #"{"a":{"BOOL":false}}"#,
        #"{"m":{"M":{}},"l":{"L":[]}}"#,
        #"{"m":{"M":{"a":{"S":"x"},"m":{"M":{"l":{"L":[{"M":{"z":{"N":"7"}}},{"S":"y"}]}}}}},"z":{"S":"end"}}"#,
        #"{"l":{"L":[{"S":"admin"},{"S":"beta"},{"N":"3"},{"S":"early"}]}}"#,
        #"{"l":{"L":[{"N":"1"},{"N":"2"}]},"s":{"SS":["a","b"]},"n":{"NS":["1","2"]},"b":{"B":"AAEC"}}"#,
        #"{"l":{"L":[{"BOOL":true},{"S":"x"},{"L":[{"S":"y"}]},{"S":"z"}]}}"#,
        #"{"a\"b":{"S":"quote \" and \\ and \n"},"é":{"S":"ü"},"日本":{"S":"東京, a long text in Japanese 日本語"}}"#,
        #"{"a":{"S":"\u00e9"},"b\u0041":{"N":"5"},"c":{"L":[{"S":"\u0041"},{"S":"é"},{"S":"plain"}]}}"#,
        #"{"S":{"S":"S"},"\":{\"S\":\"":{"S":"},{\"S\":\""},"x":{"N":"1"}}"#,
    ]

    @Test func `a document without white space reads as the same one with it`() throws {
        for document in TapeRunTests.documents {
            #expect(try TapeRunTests.item(document) == TapeRunTests.item(TapeRunTests.spaced(document)), "\(document)")
        }
    }

    @Test func `a run ends at every kind of white space and goes on behind it`() throws {
        let document = #"{"a":{"S":"x"},"b":{"N":"1"},"l":{"L":[{"S":"y"},{"S":"z"}]},"c":{"BOOL":true},"d":{"S":"w"}}"#
        let expected = try TapeRunTests.item(document)
        var isInString = false
        for (place, character) in document.enumerated() {
            if character == "\"" { isInString.toggle() }
            guard !isInString, "{}[]:,".contains(character) else { continue }
            for space in [" ", "\n", "\r", "\t", "   "] {
                var text = document
                text.insert(contentsOf: space, at: text.index(text.startIndex, offsetBy: place))
                #expect(try TapeRunTests.item(text) == expected, "\(text)")
            }
        }
    }

    @Test func `a document cut anywhere or with one byte changed is refused as ever and never traps`() throws {
        for document in TapeRunTests.documents {
            let bytes = Array(document.utf8)
            for end in 0..<bytes.count {
                var reader = JSONReader(Array(bytes[..<end]))
                #expect(throws: JSONError.self) { _ = try reader.scanItem() }
            }
            for place in bytes.indices {
                for byte: UInt8 in [0, 0x20, 0x22, 0x2C, 0x5C, 0x7B, 0x7D, 0x80, 0xFF] {
                    var changed = bytes
                    changed[place] = byte
                    var reader = JSONReader(changed)
                    // What the tape takes is JSON: the general reader takes it too.
                    if (try? reader.scanItem()) != nil {
                        var other = JSONReader(changed)
                        #expect(throws: Never.self) { try other.skipValue() }
                    }
                }
            }
        }
    }

    @Test func `errors within what a run reads are those of the general way`() {
        for (document, message) in [
            (#"{"a":{"S":"x"},"b":{"S":"y","N":"1"}}"#, "only one type member"),
            (#"{"a":{"S":"x"},"b":{"X":"y"}}"#, "unknown attribute type 'X'"),
            (#"{"a":{"BOOL":truf}}"#, "expected true or false"),
            (#"{"a":{"S":"x"} "b":{"S":"y"}}"#, "expected '}'"),
            (#"{"a":{"S":"x"},}"#, "expected '\"'"),
            (#"{"l":{"L":[{"S":"x"},]}}"#, "expected '{'"),
            (#"{"l":{"L":[{"S":"x"}}}"#, "expected ']'"),
            (#"{"m":{"M":{"a":{"S":"x"}]}}"#, "expected '}'"),
            ("{\"a\":{\"S\":\"x\u{1}\"}}", "control character"),
            (#"{"a":{"S":"\q"}}"#, "unknown escape"),
        ] {
            expectError(.protocolViolation, message) { _ = try TapeRunTests.item(document) }
        }
    }

    @Test func `containers read in runs count as deep as others`() throws {
        func nested(_ levels: Int) -> [UInt8] {
            let open = String(repeating: #"{"m":{"M":"#, count: levels)
            return Array((open + "{}" + String(repeating: "}}", count: levels)).utf8)
        }
        var limits = JSONLimits()
        limits.maximumDepth = 10
        var reader = JSONReader(nested(9), limits: limits)
        #expect(try reader.scanItem() == 10)
        var deep = JSONReader(nested(10), limits: limits)
        #expect(throws: JSONError.self) { _ = try deep.scanItem() }
    }

    @Test func `a tape that outgrows its room keeps all that it has`() throws {
        let members = (0..<500).map { #""name\#($0)":{"L":[{"S":"\#($0)"},{"N":"\#($0)"}]}"# }
        let item = try TapeRunTests.item("{" + members.joined(separator: ",") + "}")
        #expect(item.count == 500)
        for number in 0..<500 {
            #expect(item["name\(number)"] == .list([.string("\(number)"), .number(AttributeNumber(number))]))
        }
    }

    @Test func `the tape of one item is used again for the next, shorter or longer`() throws {
        let items = [
            #"{"a":{"S":"x"},"b":{"L":[{"S":"y"},{"S":"z"}]}}"#, #"{"a":{"S":"w"}}"#, "{}",
            #"{"m":{"M":{"a":{"N":"1"},"b":{"N":"2"},"c":{"N":"3"}}},"l":{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]}}"#,
        ]
        var reader = JSONReader(Array(("[" + items.joined(separator: ",") + "]").utf8))
        try reader.beginArray()
        var found: [[String: AttributeValue]] = []
        while try reader.nextElement() {
            found.append(try ItemDecoder().decodeItem([String: AttributeValue].self, from: &reader))
        }
        #expect(try found == items.map { try TapeRunTests.item($0) })
    }
}

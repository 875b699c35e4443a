import AlternatorWire
import Testing

struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("a\"b", #""a\"b""#), ("back\\slash", #""back\\slash""#),
        ("tab\tnew\nret\r", #""tab\tnew\nret\r""#), ("\u{8}\u{c}", #""\b\f""#), ("\u{1}\u{1f}", #""\u0001\u001f""#),
        ("\u{7f}/é€😀", "\"\u{7f}/é€😀\""), ("0123456789\"", #""0123456789\"""#),
        ("01234567\n", #""01234567\n""#), ("0123456789abcdef\u{0}", #""0123456789abcdef\u0000""#),
    ])
    func `strings carry exactly the escapes JSON needs`(text: String, json: String) {
        #expect(written { $0.string(text) } == json)
    }

    @Test(arguments: [
        (0, "0"), (7, "7"), (10, "10"), (-1, "-1"), (Int.max, "9223372036854775807"), (Int.min, "-9223372036854775808"),
    ])
    func `integers are plain decimal`(value: Int, json: String) {
        #expect(written { $0.integer(value) } == json)
    }

    @Test func `members are separated by commas at every level`() {
        let json = written { writer in
            writer.object { writer in
                writer.key("a")
                writer.integer(1)
                writer.key("b")
                writer.object {
                    $0.key("c"); $0.bool(true); $0.key("d"); $0.null()
                }
                writer.key("e")
                writer.object { _ in }
                writer.key("f")
                writer.array(of: [1, 2]) { $0.integer($1) }
            }
        }
        #expect(json == #"{"a":1,"b":{"c":true,"d":null},"e":{},"f":[1,2]}"#)
    }

    @Test(arguments: [
        (AttributeValue.string("é"), #"{"S":"é"}"#), (.number(AttributeNumber("1e3") ?? 0), #"{"N":"1e3"}"#),
        (.binary([]), #"{"B":""}"#), (.binary([0]), #"{"B":"AA=="}"#), (.binary([0, 1]), #"{"B":"AAE="}"#),
        (.binary([255, 254, 253, 252]), #"{"B":"//79/A=="}"#), (.bool(false), #"{"BOOL":false}"#),
        (.null, #"{"NULL":true}"#),
        (.list([.null, .bool(true)]), #"{"L":[{"NULL":true},{"BOOL":true}]}"#), (.list([]), #"{"L":[]}"#),
        (.map(["b": .string("2"), "a": .string("1")]), #"{"M":{"a":{"S":"1"},"b":{"S":"2"}}}"#),
        (.stringSet(["b", "a", "é", "Z"]), #"{"SS":["Z","a","b","é"]}"#),
        (.numberSet([10, 9, -1, 1.5]), #"{"NS":["-1","1.5","9","10"]}"#),
        (.binarySet([[2], [1, 0], [1]]), #"{"BS":["AQ==","AQA=","Ag=="]}"#),
        (.float32Vector([1, 2.5, -0.1]), #"{"FLOAT32VECTOR":[1.0,2.5,-0.1]}"#),
    ])
    func `attribute values are written in DynamoDB JSON in a fixed order`(value: AttributeValue, json: String) {
        #expect(written { $0.attributeValue(value) } == json)
    }

    @Test func `a component that is no number makes the vector null, never broken JSON`() {
        #expect(written { $0.attributeValue(.float32Vector([.nan])) } == #"{"FLOAT32VECTOR":[null]}"#)
    }
}

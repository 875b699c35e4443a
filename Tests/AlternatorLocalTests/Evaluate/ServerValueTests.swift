import AlternatorLocal
import AlternatorWire
import Testing

@Suite struct ServerValueTests {
    @Test func `every type is read`() throws {
        let parsed = try item(
            #"""
            {"s": {"S": "x"}, "n": {"N": "1e3"}, "b": {"B": "AQI="}, "t": {"BOOL": true}, "z": {"NULL": true},
             "l": {"L": [{"S": ""}, {"L": []}]}, "m": {"M": {"a": {"N": "1"}}}, "ss": {"SS": ["a", "b"]},
             "ns": {"NS": ["1", "2"]}, "bs": {"BS": ["AA=="]}, "f": {"FLOAT32VECTOR": [1.5, -2]}}
            """#
        )
        #expect(
            parsed == [
                "s": .string("x"), "n": 1000, "b": .binary([1, 2]), "t": true, "z": nil,
                "l": .list([.string(""), .list([])]), "m": .map(["a": 1]), "ss": .stringSet(["a", "b"]),
                "ns": .numberSet([1, 2]), "bs": .binarySet([[0]]), "f": .float32Vector([1.5, -2]),
            ]
        )
    }

    @Test(arguments: [
        (#"{"a": 1}"#, "improperly formatted"),
        (#"{"a": {}}"#, "improperly formatted"),
        (#"{"a": {"S": "x", "N": "1"}}"#, "improperly formatted"),
        (#"{"a": {"S": 1}}"#, "improperly formatted"),
        (#"{"a": {"BOOL": "true"}}"#, "improperly formatted"),
        (#"{"a": {"SS": "x"}}"#, "improperly formatted set"),
        (#"{"a": {"SS": []}}"#, "empty set"),
        (#"{"a": {"X": "x"}}"#, "unknown type X"),
        (#"{"a": {"N": "NaN"}}"#, "numeric"),
        (#"{"a": {"N": " 1"}}"#, "numeric"),
        (#"{"a": {"N": ""}}"#, "numeric"),
        (#"{"a": {"N": "1e126"}}"#, "overflow"),
        (#"{"a": {"N": "1e-131"}}"#, "underflow"),
        (#"{"a": {"N": "314159265358979323846264338327950288419"}}"#, "significant"),
        (#"{"a": {"FLOAT32VECTOR": ["1"]}}"#, "vector elements must be numbers"),
        (#"{"a": {"FLOAT32VECTOR": [1e60]}}"#, "32-bit float"),
    ])
    func `a wrong value is a validation error`(text: String, words: String) {
        expectRefusal(words, text) { _ = try item(text) }
    }

    @Test(arguments: [#"{"a": {"N": 1}}"#, #"{"a": {"B": "A"}}"#, #"{"a": {"B": "AQJ="}}"#])
    func `a number outside quotes and bad base64 are serialization errors`(text: String) {
        expectRefusal("", type: "SerializationException", text) { _ = try item(text) }
    }

    @Test func `names may have 65535 bytes, key names 255`() throws {
        try Evaluate.checkName(String(repeating: "é", count: 32_767) + "x", source: "test")
        expectRefusal("less than 65536 bytes") {
            try Evaluate.checkName(String(repeating: "x", count: 65_536), source: "test")
        }
        try Evaluate.checkName(String(repeating: "x", count: 255), source: "test", isKey: true)
        expectRefusal("less than 256 bytes") {
            try Evaluate.checkName(String(repeating: "x", count: 256), source: "test", isKey: true)
        }
    }
}

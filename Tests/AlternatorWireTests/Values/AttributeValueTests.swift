import AlternatorWire
import FoundationEssentials
import Testing

struct AttributeValueTests {
    @Test func `literals make the type they look like`() {
        let name = "Ada"
        let item: [String: AttributeValue] = [
            "s": "text", "i": "Hello \(name)", "n": 30, "d": 1.5, "b": true, "nil": nil, "l": [1, "a", [false]],
            "m": ["zip": 10001],
        ]
        #expect(item["s"] == .string("text"))
        #expect(item["i"] == .string("Hello Ada"))
        #expect(item["n"] == .number(30))
        #expect(item["d"] == .number(1.5))
        #expect(item["b"] == .bool(true))
        #expect(item["nil"] == .null)
        #expect(item["l"] == .list([.number(1), .string("a"), .list([.bool(false)])]))
        #expect(item["m"] == .map(["zip": .number(10001)]))
        #expect(item["m"]?["zip"]?.numberValue == 10001)
    }

    @Test func `a name given twice in a literal keeps its last value`() {
        let value: AttributeValue = ["a": 1, "a": 2]
        #expect(value == .map(["a": .number(2)]))
    }

    @Test func `values of the usual types convert without a label`() {
        let count = 3, small: UInt8 = 255, half = 0.5
        #expect(AttributeValue(count) == .number(3))
        #expect(AttributeValue(small) == .number(255))
        #expect(AttributeValue(half) == .number(0.5))
        #expect(AttributeValue(Double.nan) == nil)
        #expect(AttributeValue("x"[...]) == .string("x"))
        #expect(AttributeValue(Data([1, 2])) == .binary([1, 2]))
        #expect(AttributeValue(Decimal(5)) == .number(5))
        #expect(AttributeValue(exactly: Int128(7)) == .number(7))
    }

    @Test func `a floating-point number where no nil is taken is N, or an error`() throws {
        let (half, tenth): (Double, Float) = (0.5, 0.1)
        let values: [String: AttributeValue] = ["a": try .init(half), "b": try .init(tenth), "c": "text"]
        #expect(values == ["a": .number(AttributeNumber("0.5")!), "b": .number(AttributeNumber("0.1")!), "c": "text"])
        for bad in [Double.nan, .infinity, 1e126, 1e-131] {
            let error = #expect(throws: AlternatorError.self) { () throws(AlternatorError) -> AttributeValue in
                try .init(bad)
            }
            #expect(error?.code == .mapping)
            #expect(error?.message.contains("\(bad)") == true)
        }
    }

    @Test func `accessors give the value of their own type alone`() {
        #expect(AttributeValue.string("a").stringValue == "a")
        #expect(AttributeValue.string("1").numberValue == nil)
        #expect(AttributeValue.binary([1]).binaryValue == [1])
        #expect(AttributeValue.bool(false).boolValue == false)
        #expect(AttributeValue.list([.null]).listValue == [.null])
        #expect(AttributeValue.null.isNull)
        #expect(AttributeValue.map([:]).mapValue == [:])
        #expect(AttributeValue.list([])["a"] == nil)
    }

    @Test func `keys are scalars, numbers in one form`() throws {
        #expect("a".keyAttribute == .string("a"))
        #expect(Int8(-3).keyAttribute == .number(-3))
        let id = try #require(UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F"))
        #expect(id.keyAttribute == .string("E621E1F8-C36C-495A-93FC-0C247A3E6E5F"))
        #expect(Data([7]).keyAttribute == .binary([7]))
        let number = try #require(AttributeNumber("1.50e1"))
        #expect(number.keyAttribute.numberValue?.description == "15")
        #expect(throws: AlternatorError.self) { try Decimal.nan.keyAttribute }
        #expect(Int.scalarType == .n && String.scalarType == .s && Data.scalarType == .b && UUID.scalarType == .s)
    }
}

import AlternatorRouting
import AlternatorWire
import Foundation
import Testing

struct PartitionTokenTests {
    @Test func `every published key has its serialised form and its token`() throws {
        for entry in try Vectors("token_vectors").cases("values") {
            let text = try #require((entry["value"] ?? entry["value_base64"])?.string)
            let serialized: [UInt8]?
            switch try #require(entry["type"]?.string) {
            case "S": serialized = PartitionToken.serialized(.string(text))
            case "N": serialized = PartitionToken.decimal(text)
            case "B": serialized = PartitionToken.serialized(.binary([UInt8](try #require(Data(base64Encoded: text)))))
            case let type: throw VectorError(description: "unknown type \(type)")
            }
            let made = try #require(serialized)
            // Binaries stand for themselves; the file shows the form of the others.
            if let hex = entry["serialized_hex"]?.string { #expect(made == bytes(hex: hex)) }
            #expect(PartitionToken.token(ofSerialized: made) == entry["token"]?.int64)
        }
    }

    // By hand: scale in four bytes, then two's complement.
    @Test(arguments: [
        ("0", "0000000000"), ("-0", "0000000000"), ("1", "0000000001"), ("-1", "00000000ff"), ("127", "000000007f"),
        ("128", "000000000080"), ("-128", "0000000080"), ("-129", "00000000ff7f"), ("255", "0000000000ff"),
        ("-256", "00000000ff00"), ("1.0", "000000010a"), (".5", "0000000105"), ("100", "0000000064"),
        ("1E+2", "fffffffe01"), ("1e-2", "0000000201"), ("0001.20", "0000000278"), ("+7", "0000000007"),
    ])
    func `a number is a CQL decimal of its literal`(literal: String, hex: String) {
        #expect(PartitionToken.decimal(literal) == bytes(hex: hex))
    }

    @Test(arguments: ["", "abc", "1e", "--1", ".", "e5", "1.2.3", " 1", "NaN", "1e99999999999999999999"])
    func `what is no number has no token`(literal: String) {
        #expect(PartitionToken.decimal(literal) == nil)
    }

    @Test func `only keys have tokens`() {
        // Source: the published vector of "a".
        #expect(PartitionToken.token(of: .string("a")) == -8_839_064_797_231_613_815)
        #expect(PartitionToken.token(of: .bool(true)) == nil)
        #expect(PartitionToken.token(of: .list([])) == nil)
    }
}

/// Base64 as the server takes it: the standard alphabet, padded, and nothing in the unused bits.
enum CanonicalBase64 {
    /// The bytes; `nil` for a text that is not the one canonical form of some bytes.
    static func decode(_ text: String) -> [UInt8]? {
        let input = Array(text.utf8)
        guard input.count % 4 == 0 else { return nil }
        guard !input.isEmpty else { return [] }
        let padding = input.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var output: [UInt8] = []
        output.reserveCapacity(input.count / 4 * 3)
        var buffer: UInt32 = 0
        for (position, byte) in input.dropLast(padding).enumerated() {
            guard let sextet = sextet(byte) else { return nil }
            buffer = buffer << 6 | UInt32(sextet)
            guard position % 4 == 3 else { continue }
            output.append(UInt8(truncatingIfNeeded: buffer >> 16))
            output.append(UInt8(truncatingIfNeeded: buffer >> 8))
            output.append(UInt8(truncatingIfNeeded: buffer))
        }
        switch padding {
        case 1:
            // 18 bits hold two bytes; the last two must be zero.
            guard buffer & 0b11 == 0 else { return nil }
            output.append(UInt8(truncatingIfNeeded: buffer >> 10))
            output.append(UInt8(truncatingIfNeeded: buffer >> 2))
        case 2:
            guard buffer & 0b1111 == 0 else { return nil }
            output.append(UInt8(truncatingIfNeeded: buffer >> 4))
        default:
            break
        }
        return output
    }

    private static func sextet(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

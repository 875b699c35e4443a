package import AlternatorWire

/// The server's own placement of a partition key: Cassandra's Murmur3 over the CQL form of the value.
package enum PartitionToken {
    /// The token of a key; `nil` for what cannot be one.
    package static func token(of value: AttributeValue) -> Int64? {
        serialized(value).map { token(ofSerialized: $0) }
    }

    /// The token of serialised bytes: `Int64.min` is never one, the server puts `Int64.max` in its place.
    package static func token(ofSerialized bytes: [UInt8]) -> Int64 {
        let hash = Murmur3.cassandraHash(bytes.span)
        return hash == .min ? .max : hash
    }

    /// The CQL form: UTF-8 of a string, the bytes of a binary, a `decimal` for a number; `nil` for other types.
    package static func serialized(_ value: AttributeValue) -> [UInt8]? {
        switch value {
        case .string(let text): Array(text.utf8)
        case .number(let number): decimal(number.description)
        case .binary(let bytes): bytes
        case .bool, .null, .list, .map, .stringSet, .numberSet, .binarySet, .float32Vector: nil
        }
    }

    /// A CQL decimal: the scale in four bytes, then the unscaled integer in as few bytes as two's complement allows, both
    /// big endian.
    ///
    /// Taken from the literal as written, since the server does not normalise: `1.0` is scale 1, integer 10; `1E+2` is
    /// scale −2, integer 1.
    ///
    /// - Parameter literal: a number as the server accepts it.
    /// - Returns: the bytes; `nil` for text that is no such number.
    package static func decimal(_ literal: String) -> [UInt8]? {
        guard let parts = DecimalLiteral(literal), let scale = Int32(exactly: parts.scale) else { return nil }
        let scaleBytes = (0..<4).map { UInt8(truncatingIfNeeded: scale >> (24 - 8 * Int32($0))) }
        return scaleBytes + twosComplement(parts.digits, negative: parts.isNegative)
    }

    private static func twosComplement(_ digits: [UInt8], negative: Bool) -> [UInt8] {
        var magnitude: [UInt8] = [0]
        for digit in digits {
            var carry = Int(digit)
            for index in magnitude.indices.reversed() {
                carry += Int(magnitude[index]) * 10
                magnitude[index] = UInt8(carry & 0xFF)
                carry >>= 8
            }
            if carry > 0 { magnitude.insert(UInt8(carry), at: 0) }
        }
        if negative, magnitude != [0] {
            var carry = 1
            magnitude.insert(0, at: 0)
            for index in magnitude.indices.reversed() {
                carry += Int(~magnitude[index])
                magnitude[index] = UInt8(carry & 0xFF)
                carry >>= 8
            }
        } else {
            magnitude.insert(0, at: 0)
        }
        // Leading bytes that only repeat the sign go.
        while magnitude.count > 1, magnitude[0] == (magnitude[1] & 0x80 == 0 ? 0x00 : 0xFF) { magnitude.removeFirst() }
        return magnitude
    }
}

/// A number's text taken apart: sign, digits without the point, and how many of them stand after it.
struct DecimalLiteral {
    let isNegative: Bool
    /// 0 to 9 each.
    let digits: [UInt8]
    /// Digits after the point, less the exponent.
    let scale: Int

    /// Reads `[+-] digits [. digits] [e [+-] digits]` with at least one digit before the exponent; `nil` for anything else.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        isNegative = Self.takeSign(&rest)
        let whole = Self.takeDigits(&rest)
        var fraction: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = Self.takeDigits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent = 0
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            let negative = Self.takeSign(&rest)
            let power = Self.takeDigits(&rest)
            guard !power.isEmpty else { return nil }
            // Far beyond any number's magnitude; the cap keeps the sum from overflowing.
            for digit in power { exponent = min(exponent * 10 + Int(digit), 1 << 40) }
            if negative { exponent = -exponent }
        }
        guard rest.isEmpty else { return nil }
        digits = whole + fraction
        scale = fraction.count - exponent
    }

    private static func takeSign(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") else { return false }
        rest.removeFirst()
        return first == UInt8(ascii: "-")
    }

    private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.map { $0 - 0x30 }
        rest = rest.dropFirst(digits.count)
        return digits
    }
}

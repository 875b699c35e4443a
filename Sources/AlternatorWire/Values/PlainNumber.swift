/// The commonest texts of numbers, read without taking them apart first; other texts, also broken ones, give `nil`.
enum PlainNumber {
    /// The commonest text: up to 18 digits, perhaps after a minus.
    @inline(__always)
    static func integer(_ text: Span<UInt8>) -> Int? {
        var index = 0
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        guard text.count > index, text.count &- index <= 18 else { return nil }
        var value = 0
        while index < text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value &* 10 &+ Int(digit)
            index &+= 1
        }
        return isNegative ? -value : value
    }

    /// Up to 15 digits and a point: both parts are exact in a `Double`, so one division rounds correctly.
    ///
    /// Source: W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990.
    static func double(_ text: Span<UInt8>) -> Double? {
        var index = 0
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        guard text.count > index, text.count &- index <= 16 else { return nil }
        var mantissa = 0
        var digits = 0
        var fraction = -1
        while index < text.count {
            let byte = text[index]
            index &+= 1
            if byte == UInt8(ascii: ".") {
                guard fraction < 0 else { return nil }
                fraction = 0
                continue
            }
            let digit = byte &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            mantissa = mantissa &* 10 &+ Int(digit)
            digits &+= 1
            if fraction >= 0 { fraction &+= 1 }
        }
        guard digits > 0, digits <= 15 else { return nil }
        let value = Double(mantissa) / PlainNumber.exactPowers[max(0, fraction)]
        return isNegative ? -value : value
    }

    private static let exactPowers: [Double] = (0...15).map { power in (0..<power).reduce(1) { value, _ in value * 10 }
    }
}

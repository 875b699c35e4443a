extension DecimalParts {
    /// The coefficient's digits, most significant first, as ASCII; empty for zero.
    private var digits: [UInt8] {
        var reversed: [UInt8] = []
        reversed.reserveCapacity(digitCount)
        var rest = coefficient
        // Two 64-bit halves: a 128-bit division per digit would cost ten times as much.
        let half: UInt128 = 10_000_000_000_000_000_000
        while rest > UInt128(UInt64.max) {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: half)
            var low = UInt64(truncatingIfNeeded: remainder)
            for _ in 0..<19 {
                reversed.append(UInt8(ascii: "0") + UInt8(low % 10))
                low /= 10
            }
            rest = quotient
        }
        var low = UInt64(truncatingIfNeeded: rest)
        while low > 0 {
            reversed.append(UInt8(ascii: "0") + UInt8(low % 10))
            low /= 10
        }
        return reversed.reversed()
    }

    /// Plain decimal, without exponent, plus, leading or trailing zeros.
    var plainText: String {
        if isZero { return "0" }
        let digits = digits
        var text: [UInt8] = []
        if isNegative { text.append(UInt8(ascii: "-")) }
        let zero = UInt8(ascii: "0")
        let integerDigits = exponent + digits.count
        if exponent >= 0 {
            text += digits
            text += [UInt8](repeating: zero, count: exponent)
        } else if integerDigits > 0 {
            text += digits[..<integerDigits]
            text.append(UInt8(ascii: "."))
            text += digits[integerDigits...]
        } else {
            text += [zero, UInt8(ascii: ".")]
            text += [UInt8](repeating: zero, count: -integerDigits)
            text += digits
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Bytes whose unsigned order is the numeric order, the same for equal values.
    ///
    /// First the sign: 1 below zero, 2 zero, 3 above. Then the magnitude as one byte (−130 → 0), then two digits a
    /// byte as 1…100, then a 0 that ends the number, so that it may be followed by something else. Below zero every
    /// byte after the sign is inverted.
    var sortBytes: [UInt8] {
        if isZero { return [2] }
        var body: [UInt8] = [UInt8(magnitude - DecimalParts.magnitudes.lowerBound)]
        let digits = digits
        var index = 0
        while index < digits.count {
            let tens = digits[index] - UInt8(ascii: "0")
            let ones = index + 1 < digits.count ? digits[index + 1] - UInt8(ascii: "0") : 0
            body.append(tens * 10 + ones + 1)
            index += 2
        }
        body.append(0)
        return isNegative ? [1] + body.map { ~$0 } : [3] + body
    }
}

extension AttributeNumber {
    /// Bytes whose unsigned order (memcmp) is the numeric order, the same for every spelling of a value.
    ///
    /// No encoding is a prefix of another, so the bytes may stand inside a longer key.
    package var sortBytes: [UInt8] { parts.sortBytes }
}

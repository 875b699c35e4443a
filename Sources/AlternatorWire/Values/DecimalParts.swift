/// A number of at most 38 significant digits, taken apart: `± coefficient × 10^exponent`.
///
/// The coefficient has no trailing zeros and zero has exponent 0 and no sign, so equal values have equal parts.
struct DecimalParts: Hashable {
    /// Significant digits a number may have.
    static let maximumDigits = 38
    /// Powers of ten a number's first digit may stand at.
    static let magnitudes = -130...125

    private(set) var isNegative = false
    private(set) var coefficient: UInt128 = 0
    private(set) var exponent = 0
    /// Digits of the coefficient; 0 for zero.
    private(set) var digitCount = 0

    /// The power of ten of the first digit.
    var magnitude: Int { exponent + digitCount - 1 }
    var isZero: Bool { coefficient == 0 }

    /// Zero.
    init() {}

    /// Strips trailing zeros, then checks both bounds.
    init(negative: Bool, coefficient: UInt128, exponent: Int) throws(AttributeNumber.Problem) {
        guard coefficient != 0 else { return }
        var rest = coefficient
        var exponent = exponent
        while true {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
            guard remainder == 0 else { break }
            rest = quotient
            exponent += 1
        }
        isNegative = negative
        self.coefficient = rest
        self.exponent = exponent
        digitCount = DecimalParts.countDigits(of: rest)
        try checkBounds()
    }

    /// Reads text in any form the server accepts, from ASCII bytes.
    init(parsing text: Span<UInt8>) throws(AttributeNumber.Problem) {
        var scan = DecimalScan()
        try scan.run(over: text)
        guard scan.coefficient != 0 else { return }
        isNegative = scan.isNegative
        coefficient = scan.coefficient
        digitCount = scan.digitCount
        exponent = scan.exponent
        try checkBounds()
    }

    private func checkBounds() throws(AttributeNumber.Problem) {
        if digitCount > DecimalParts.maximumDigits { throw .tooPrecise }
        if magnitude > DecimalParts.magnitudes.upperBound { throw .overflow }
        if magnitude < DecimalParts.magnitudes.lowerBound { throw .underflow }
    }

    private static func countDigits(of value: UInt128) -> Int {
        var count = 1
        while count < powersOfTen.count, value >= powersOfTen[count] { count += 1 }
        return count
    }

    /// 10^0 … 10^38, all that fit into 128 bits.
    static let powersOfTen: [UInt128] = (0...38).map { power in (0..<power).reduce(1) { product, _ in product * 10 } }

    /// Whether the value is integral.
    var isIntegral: Bool { exponent >= 0 }

    /// The value as an integer of any width; `nil` where it has a fraction or does not fit.
    func integer<Integer: FixedWidthInteger>(as type: Integer.Type) -> Integer? {
        guard isIntegral else { return nil }
        // 39 digits is the widest an integer of 128 bits has; wider types than that do not exist here.
        guard exponent + digitCount <= 39 else { return nil }
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: DecimalParts.powersOfTen[exponent])
        guard !overflow else { return nil }
        guard isNegative else { return Integer(exactly: product) }
        // -2^127 has a magnitude that Int128 has not.
        if product == UInt128(1) << 127 { return Integer(exactly: Int128.min) }
        guard let positive = Int128(exactly: product) else { return nil }
        return Integer(exactly: -positive)
    }
}

extension DecimalParts: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? isCloserToZero(right, left) : isCloserToZero(left, right)
    }

    private static func isCloserToZero(_ left: Self, _ right: Self) -> Bool {
        if left.isZero || right.isZero { return left.isZero && !right.isZero }
        if left.magnitude != right.magnitude { return left.magnitude < right.magnitude }
        // Equal magnitudes: as many digits on both sides make the coefficients comparable.
        let width = max(left.digitCount, right.digitCount)
        return left.coefficient * powersOfTen[width - left.digitCount]
            < right.coefficient * powersOfTen[width - right.digitCount]
    }
}

extension DecimalParts {
    var negated: Self {
        var copy = self
        copy.isNegative = !isNegative && !isZero
        return copy
    }

    /// The exact sum.
    func adding(_ other: Self) throws(AttributeNumber.Problem) -> Self {
        if isZero { return other }
        if other.isZero { return self }
        let (high, low) = exponent >= other.exponent ? (self, other) : (other, self)
        let shift = high.exponent - low.exponent
        // With different exponents the last digit of `low` stays in the result. From 40 digits on, `high` is at
        // least 10^39 in units of that digit and `low` below 10^38, so the result has 39 digits or more.
        guard high.digitCount + shift < 40 else { throw .tooPrecise }
        // A product over 2^128 (3.4 × 10^38) less a number below 10^38 has 39 digits too.
        let (aligned, overflow) = high.coefficient.multipliedReportingOverflow(by: DecimalParts.powersOfTen[shift])
        guard !overflow else { throw .tooPrecise }
        if high.isNegative == low.isNegative {
            let (sum, carried) = aligned.addingReportingOverflow(low.coefficient)
            guard !carried else { throw .tooPrecise }
            return try Self(negative: high.isNegative, coefficient: sum, exponent: low.exponent)
        }
        if aligned >= low.coefficient {
            return try Self(
                negative: high.isNegative,
                coefficient: aligned - low.coefficient,
                exponent: low.exponent
            )
        }
        return try Self(negative: low.isNegative, coefficient: low.coefficient - aligned, exponent: low.exponent)
    }
}

/// The digits of a number while its text is read.
private struct DecimalScan {
    var isNegative = false
    var coefficient: UInt128 = 0
    var digitCount = 0
    var exponent = 0

    mutating func run(over text: Span<UInt8>) throws(AttributeNumber.Problem) {
        var index = 0
        if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        var digitsSeen = 0
        var fractionDigits = 0
        var pointSeen = false
        // Zeros after a significant digit count only once another digit follows them.
        var pendingZeros = 0
        var isTooPrecise = false
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "."), !pointSeen {
                pointSeen = true
                index += 1
                continue
            }
            let digit = byte &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            index += 1
            digitsSeen += 1
            if pointSeen { fractionDigits += 1 }
            if digit == 0 {
                if coefficient != 0 { pendingZeros += 1 }
                continue
            }
            digitCount += pendingZeros + 1
            guard digitCount <= DecimalParts.maximumDigits else {
                // Go on, so that text which is no number at all is called that.
                isTooPrecise = true
                pendingZeros = 0
                continue
            }
            coefficient = coefficient * DecimalParts.powersOfTen[pendingZeros + 1] + UInt128(digit)
            pendingZeros = 0
        }
        guard digitsSeen > 0 else { throw .notANumber }
        let written = try readExponent(text, at: index)
        if isTooPrecise { throw .tooPrecise }
        guard coefficient != 0 else { return }
        exponent = written - fractionDigits + pendingZeros
    }

    /// The part after `e`, of any length; a value too wide for use is clamped, the caller's bounds refuse it.
    private func readExponent(_ text: Span<UInt8>, at start: Int) throws(AttributeNumber.Problem) -> Int {
        guard start < text.count else { return 0 }
        guard text[start] == UInt8(ascii: "e") || text[start] == UInt8(ascii: "E") else { throw .notANumber }
        var index = start + 1
        var isNegative = false
        if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        guard index < text.count else { throw .notANumber }
        var value = 0
        while index < text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { throw .notANumber }
            // The server reads exponents as 32-bit integers; a clamp far beyond any magnitude keeps the sum safe.
            value = min(value * 10 + Int(digit), 1 << 40)
            index += 1
        }
        if value > Int(Int32.max) { throw isNegative ? .underflow : .overflow }
        return isNegative ? -value : value
    }
}

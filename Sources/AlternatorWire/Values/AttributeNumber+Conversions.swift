extension AttributeNumber {
    // One initialiser per type: none can fail, while the 128-bit types can.
    /// The number of an integer.
    public init(_ value: Int) { description = String(value) }
    /// The number of an integer.
    public init(_ value: Int8) { description = String(value) }
    /// The number of an integer.
    public init(_ value: Int16) { description = String(value) }
    /// The number of an integer.
    public init(_ value: Int32) { description = String(value) }
    /// The number of an integer.
    public init(_ value: Int64) { description = String(value) }
    /// The number of an integer.
    public init(_ value: UInt) { description = String(value) }
    /// The number of an integer.
    public init(_ value: UInt8) { description = String(value) }
    /// The number of an integer.
    public init(_ value: UInt16) { description = String(value) }
    /// The number of an integer.
    public init(_ value: UInt32) { description = String(value) }
    /// The number of an integer.
    public init(_ value: UInt64) { description = String(value) }

    /// An integer of any type, 128 bits included; `nil` where it has more than 38 significant digits.
    public init?(exactly value: some BinaryInteger) { self.init(String(value)) }

    /// The shortest decimal that reads back as the same `Double`, in canonical form.
    ///
    /// `nil` for NaN, infinities and magnitudes the server has not: over 9.9E+125, or below 1E-130 and not zero.
    public init?(_ value: Double) {
        guard let text = DecimalParts.plainText(ofShortest: value) else { return nil }
        description = text
    }

    /// The shortest decimal that reads back as the same `Float`: `0.1`, not `0.10000000149011612`.
    ///
    /// `nil` for NaN and infinities.
    public init?(_ value: Float) {
        guard let text = DecimalParts.plainText(ofShortest: value) else { return nil }
        description = text
    }
}

extension DecimalParts {
    /// Canonical text of the shortest round trip of a binary number; `nil` where the server has no such number.
    static func plainText(ofShortest value: some BinaryFloatingPoint & CustomStringConvertible) -> String? {
        guard value.isFinite else { return nil }
        let text = value.description
        // Without an exponent the text is canonical but for `.0` and the sign of zero.
        if value != 0, !hasExponent(text.utf8.span) {
            return endsWhole(text.utf8.span) ? String(text.dropLast(2)) : text
        }
        return (try? DecimalParts(parsing: text.utf8.span))?.plainText
    }

    private static func hasExponent(_ text: Span<UInt8>) -> Bool {
        for index in 0..<text.count where text[index] == UInt8(ascii: "e") { return true }
        return false
    }

    /// Whether a text ends in `.0`.
    private static func endsWhole(_ text: Span<UInt8>) -> Bool {
        let count = text.count
        return count > 2 && text[count - 1] == UInt8(ascii: "0") && text[count - 2] == UInt8(ascii: ".")
    }
}

extension AttributeNumber: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// The number of a literal.
    public init(integerLiteral value: Int) { self.init(value) }

    /// A literal outside the server's magnitudes stops the program: no input can cause it.
    public init(floatLiteral value: Double) {
        guard let number = AttributeNumber(value) else {
            preconditionFailure("A number literal must be zero or between 1E-130 and 9.9E+125.")
        }
        self = number
    }
}

extension FixedWidthInteger {
    /// The integer a number is, in whichever form it was written (`1.0`, `1E+2`).
    ///
    /// `nil` where the number has a fraction or does not fit; never rounded.
    public init?(exactly number: AttributeNumber) {
        guard let value = number.parts.integer(as: Self.self) else { return nil }
        self = value
    }
}

extension Double {
    /// The nearest `Double`; every DynamoDB number is in its range.
    public init(_ number: AttributeNumber) { self = Double(number.description) ?? Double(number.canonical) ?? .nan }
}

extension Float {
    /// The nearest `Float`: infinite from about 3.4E+38 on, zero below about 1.4E-45.
    public init(_ number: AttributeNumber) { self = Float(number.description) ?? Float(number.canonical) ?? .nan }
}

extension AttributeNumber: Codable {
    /// For coders other than this package's own: the text, or a JSON number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            guard let number = AttributeNumber(text) else {
                throw DecodingError.dataCorruptedError(
                    in: container,
                    debugDescription: "The string is not a number of at most 38 digits."
                )
            }
            self = number
        } else if let integer = try? container.decode(Int.self) {
            self.init(integer)
        } else if let number = AttributeNumber(try container.decode(Double.self)) {
            self = number
        } else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "The number is outside 1E-130 to 9.9E+125."
            )
        }
    }

    /// For coders other than this package's own: the text as given.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

public import FoundationEssentials

extension AttributeNumber {
    /// The exact value in canonical form; `nil` for NaN, and where more than 38 digits would be needed.
    public init?(_ value: Decimal) {
        guard !value.isNaN, let number = AttributeNumber(value.description) else { return nil }
        self = number.canonicalized
    }
}

extension Decimal {
    /// The same value; `nil` where `Decimal` has not the range for it (below 1E-128), never rounded.
    public init?(exactly number: AttributeNumber) {
        // `Decimal` reads text of its own form only; its exponents end at ±127 and rounding is silent,
        // so the result is read back and compared.
        guard let value = Decimal(string: number.canonical), AttributeNumber(value) == number else { return nil }
        self = value
    }
}

extension AttributeValue {
    /// A B.
    public init(_ value: Data) { self = .binary([UInt8](value)) }
    /// An S in upper case, as `uuidString` writes it.
    public init(_ value: UUID) { self = .string(value.uuidString) }
    /// An N with the exact value; `nil` for NaN.
    public init?(_ value: Decimal) {
        guard let number = AttributeNumber(value) else { return nil }
        self = .number(number)
    }
}

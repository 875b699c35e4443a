import AlternatorWire
public import FoundationEssentials

/// What may stand in a composite key: it has a text, and can be made from that again.
///
/// Enums with a raw value that is one need only the conformance: `enum Status: String, KeyPart { … }`.
public protocol KeyPart: Sendable {
    /// The text; `nil` where there is no value, so that there is no key either.
    var keyText: String? { get }
    /// Reads the text; `nil` where it is none.
    init?(keyText: String)
}

extension String: KeyPart {
    /// The string itself.
    public var keyText: String? { self }
    /// The text itself.
    public init?(keyText: String) { self = keyText }
}

extension KeyPart where Self: FixedWidthInteger {
    /// Decimal, with a minus before negative numbers; give a width in the template to make order and text order agree.
    public var keyText: String? { String(self) }
    /// Reads decimal digits.
    public init?(keyText: String) { self.init(keyText, radix: 10) }
}

extension Int: KeyPart {}
extension Int8: KeyPart {}
extension Int16: KeyPart {}
extension Int32: KeyPart {}
extension Int64: KeyPart {}
extension UInt: KeyPart {}
extension UInt8: KeyPart {}
extension UInt16: KeyPart {}
extension UInt32: KeyPart {}
extension UInt64: KeyPart {}

extension Bool: KeyPart {
    /// `true` or `false`.
    public var keyText: String? { self ? "true" : "false" }
    /// Reads `true` or `false`.
    public init?(keyText: String) { self.init(keyText) }
}

extension UUID: KeyPart {
    /// The usual form with hyphens, in capitals.
    public var keyText: String? { uuidString }
    /// Reads the usual form.
    public init?(keyText: String) { self.init(uuidString: keyText) }
}

extension Date: KeyPart {
    /// ISO 8601 of fixed width, so that text order is time order: `2026-01-31T23:59:59.123Z`; none outside the years 0 to
    /// 9999.
    public var keyText: String? { (try? DateForm.iso8601.attribute(self))?.stringValue }
    /// Reads ISO 8601.
    public init?(keyText: String) {
        guard let date = try? ItemDecoder().decode(Date.self, from: .string(keyText)) else { return nil }
        self = date
    }
}

extension KeyPart where Self: RawRepresentable, RawValue: KeyPart {
    /// That of the raw value.
    public var keyText: String? { rawValue.keyText }
    /// Reads the raw value.
    public init?(keyText: String) {
        guard let raw = RawValue(keyText: keyText) else { return nil }
        self.init(rawValue: raw)
    }
}

extension Optional: KeyPart where Wrapped: KeyPart {
    /// That of the value; none for `nil`, which leaves the key out and so makes an index sparse.
    public var keyText: String? { self?.keyText }
    /// Reads a value.
    public init?(keyText: String) {
        guard let wrapped = Wrapped(keyText: keyText) else { return nil }
        self = wrapped
    }
}

/// A DynamoDB number: up to 38 significant digits, kept as the text it was given in.
///
/// Equality, hashing and order go by numeric value, so `1`, `1.0` and `1e0` are equal;
/// `description` is the text as given, `canonical` its one normal form.
public struct AttributeNumber: Sendable {
    /// The number as it was given and as it is sent.
    public let description: String

    /// Reads a number in any form the server accepts; `nil` for anything else.
    ///
    /// Accepted: `+3`, `.123`, `0001.23`, `1e+5`. Refused: blanks, `NaN`, `Infinity`, more than 38
    /// significant digits, a magnitude outside −130…125.
    public init?(_ text: String) { fatalError("skeleton") }

    /// Plain decimal: no exponent, no plus, no leading or trailing zeros, `0` for −0.
    public var canonical: String { fatalError("skeleton") }
}

extension AttributeNumber: Hashable, Comparable, CustomStringConvertible {
    public static func == (left: Self, right: Self) -> Bool { fatalError("skeleton") }
    public static func < (left: Self, right: Self) -> Bool { fatalError("skeleton") }
    public func hash(into hasher: inout Hasher) { fatalError("skeleton") }
}

extension AttributeNumber {
    /// Exact sum; throws `.validation` where the result needs more than 38 digits or leaves the magnitudes.
    public func adding(_ other: Self) throws(AlternatorError) -> Self { fatalError("skeleton") }
    /// Exact difference, with the bounds of `adding`.
    public func subtracting(_ other: Self) throws(AlternatorError) -> Self { fatalError("skeleton") }
}

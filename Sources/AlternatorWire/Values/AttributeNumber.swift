/// A DynamoDB number: up to 38 significant digits, kept as the text it was given in.
///
/// Equality, hashing and order go by numeric value, so `1`, `1.0` and `1e0` are equal;
/// `description` is the text as given, `canonical` its one normal form.
public struct AttributeNumber: Sendable {
    /// Why some text or value is no DynamoDB number.
    package enum Problem: Error, Sendable, Equatable {
        /// Not a decimal number at all: blanks, `NaN`, `Infinity`, `0x10`.
        case notANumber
        /// Over 9.9…E+125.
        case overflow
        /// Closer to zero than 1E-130.
        case underflow
        /// More than 38 significant digits.
        case tooPrecise

        /// One clause without the number itself, such as "more than 38 significant digits".
        package var reason: String {
            switch self {
            case .notANumber: "not a decimal number"
            case .overflow: "number overflow: a magnitude larger than 9.9E+125"
            case .underflow: "number underflow: a magnitude smaller than 1E-130"
            case .tooPrecise: "number too precise: more than 38 significant digits"
            }
        }
    }

    /// The number as it was given and as it is sent.
    public let description: String

    /// Reads a number in any form the server accepts; `nil` for anything else.
    ///
    /// Accepted: `+3`, `.123`, `0001.23`, `1e+5`. Refused: blanks, `NaN`, `Infinity`, more than 38
    /// significant digits, a magnitude outside −130…125.
    public init?(_ text: String) {
        guard let number = try? AttributeNumber(checking: text) else { return nil }
        self = number
    }

    /// Reads a number and says what is wrong with it.
    package init(checking text: String) throws(Problem) {
        _ = try DecimalParts(parsing: text.utf8.span)
        description = text
    }

    /// For text that is known to be a number.
    init(unchecked text: String) { description = text }

    init(_ parts: DecimalParts) { description = parts.plainText }

    /// Cannot fail: every initialiser has checked the text.
    var parts: DecimalParts { (try? DecimalParts(parsing: description.utf8.span)) ?? DecimalParts() }

    /// Plain decimal: no exponent, no plus, no leading or trailing zeros, `0` for −0.
    public var canonical: String { parts.plainText }

    /// The same number with `canonical` as its text.
    public var canonicalized: AttributeNumber { AttributeNumber(parts) }

    /// Whether the value is below zero.
    public var isNegative: Bool { parts.isNegative }

    /// Whether the value is zero, in any spelling.
    public var isZero: Bool { parts.isZero }
}

extension AttributeNumber: Hashable, Comparable, CustomStringConvertible {
    /// Whether both have one value, whatever their text.
    public static func == (left: Self, right: Self) -> Bool {
        left.description == right.description || left.parts == right.parts
    }

    /// Whether the value is smaller.
    public static func < (left: Self, right: Self) -> Bool { left.parts < right.parts }

    /// By value, so that equal numbers have one hash.
    public func hash(into hasher: inout Hasher) { hasher.combine(parts) }
}

extension AttributeNumber {
    /// Exact sum; throws `.validation` where the result needs more than 38 digits or leaves the magnitudes.
    public func adding(_ other: Self) throws(AlternatorError) -> Self {
        do {
            return AttributeNumber(try parts.adding(other.parts))
        } catch {
            throw AlternatorError(.validation, message: "The sum cannot be stored, \(error.reason).")
        }
    }

    /// Exact difference, with the bounds of `adding`.
    public func subtracting(_ other: Self) throws(AlternatorError) -> Self {
        do {
            return AttributeNumber(try parts.adding(other.parts.negated))
        } catch {
            throw AlternatorError(.validation, message: "The difference cannot be stored, \(error.reason).")
        }
    }

    /// The negative of the number, in canonical form.
    public var negated: Self { AttributeNumber(parts.negated) }
}

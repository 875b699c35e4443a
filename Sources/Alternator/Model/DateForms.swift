import AlternatorWire
import FoundationEssentials

/// How dates are written at the attributes whose form the model declares: the expiry and the timestamps.
struct DateForms: Sendable {
    /// Forms by attribute name; a date at any other attribute is seconds since 1970 with their fraction.
    var forms: [String: DateForm] = [:]

    /// The form at a path, if it is a top-level attribute with one.
    func form(at path: Operand.Node) -> DateForm? {
        guard !forms.isEmpty, case .path(let elements) = path, elements.count == 1, case .name(let name) = elements[0]
        else { return nil }
        return forms[name]
    }
}

/// The form of a date in an attribute.
enum DateForm: Sendable, Hashable {
    /// N, seconds since 1970, rounded down.
    case wholeSeconds
    /// N, milliseconds since 1970, rounded to the nearest.
    case milliseconds
    /// S of fixed width: `2026-01-31T23:59:59.123Z`.
    case iso8601

    /// A date in this form; throws `.mapping` for text outside the years 0 to 9999.
    func attribute(_ date: Date) throws(AlternatorError) -> AttributeValue {
        switch self {
        case .wholeSeconds: return .number(AttributeNumber(Self.wholeSeconds(date)))
        case .milliseconds: return .number(AttributeNumber(Self.clamped(date.timeIntervalSince1970 * 1000)))
        case .iso8601:
            var encoder = ItemEncoder()
            encoder.dateFormat = .iso8601
            return try encoder.attribute(of: date)
        }
    }

    /// Whole seconds since 1970, rounded down; far dates are cut to what an `Int64` holds.
    static func wholeSeconds(_ date: Date) -> Int64 {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        return Int64(exactly: seconds) ?? (seconds < 0 ? .min : .max)
    }

    private static func clamped(_ value: Double) -> Int64 {
        Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max)
    }
}

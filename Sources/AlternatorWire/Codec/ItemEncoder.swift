/// Writes any `Encodable` as DynamoDB JSON, in one pass and without a tree in between.
///
/// | Swift | attribute |
/// | --- | --- |
/// | `String`, `UUID`, `URL`, raw-value enums of them | S |
/// | integers of all widths, `Double`, `Float`, `Decimal`, `AttributeNumber` | N in plain decimal: no exponent, no needless zeros |
/// | `Date` | N, seconds since 1970 with their fraction; or S, see `dateFormat` |
/// | `Data`, `Binary` | B (`[UInt8]` stays a list) |
/// | `Set` of what is S, N or B | SS, NS, BS; an empty one is left out |
/// | arrays and other sets | L |
/// | structs, classes, enums with payload, dictionaries with `String` or `Int` keys | M |
/// | `nil` | left out; an explicit `encodeNil` is NULL |
///
/// A value: copy it freely, use it from many tasks.
public struct ItemEncoder: Sendable {
    /// Passed to `encode(to:)`.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]
    /// How a `Date` is written; the decoder reads both forms.
    public var dateFormat: DateFormat = .epochSeconds
    /// Lists and maps inside each other; DynamoDB's limit of 32 by default.
    public var maximumDepth = 32
    /// Bytes an item may have as DynamoDB counts them (names and values, not JSON); no limit by default.
    ///
    /// DynamoDB's own limit is 400 KB (409,600); Alternator has none but the 16 MiB of a request.
    public var itemSizeLimit: Int?

    /// An encoder with the defaults above.
    public init() {}

    /// How a `Date` is written.
    public struct DateFormat: Sendable, Hashable {
        enum Kind { case epochSeconds, iso8601 }
        let kind: Kind

        /// N: seconds since 1970, fraction kept, so that every date comes back equal.
        public static let epochSeconds = DateFormat(kind: .epochSeconds)
        /// S of fixed width, so that text order is time order: `2026-01-31T23:59:59.123Z`.
        ///
        /// UTC, rounded to milliseconds, years 0 to 9999.
        public static let iso8601 = DateFormat(kind: .iso8601)
    }

    /// An item: `{"id":{"S":"u1"}}`.
    ///
    /// Throws `.mapping` where the value is no map or holds what DynamoDB has not; the writer is then as before.
    package func encodeItem<T: Encodable>(_ item: T, into writer: inout JSONWriter) throws(AlternatorError) {
        try encodeItem(item, by: AnyFastType.of(T.self), into: &writer)
    }

    /// As before, of a type of which it is known how it is written.
    package func encodeItem<T: Encodable>(
        _ item: T,
        by fast: FastType<T>?,
        into writer: inout JSONWriter
    ) throws(AlternatorError) {
        let start = writer.bytes.count
        if let fast {
            do {
                try encode(item, by: fast, into: &writer)
            } catch {
                throw AlternatorError(encoding: error, subject: "\(T.self)")
            }
        } else {
            try encode(item, into: &writer, isItem: true)
        }
        if let itemSizeLimit, writer.bytes.count - start > itemSizeLimit {
            // DynamoDB JSON is always longer than what it counts as, so only a long text must be counted.
            do {
                try checkSize(of: writer.bytes, from: start, limit: itemSizeLimit, subject: "\(T.self)")
            } catch {
                writer.bytes.removeLast(writer.bytes.count - start)
                throw error
            }
        }
    }

    /// One value: `{"S":"u1"}`.
    ///
    /// Throws `.mapping` for an empty set, which DynamoDB has not; see `encodeValueUnlessEmptySet`.
    package func encodeValue<T: Encodable>(_ value: T, into writer: inout JSONWriter) throws(AlternatorError) {
        try encode(value, into: &writer, isItem: false)
    }

    /// One value, or nothing for an empty set: an update has to remove the attribute then.
    ///
    /// - Returns: whether a value was written.
    package func encodeValueUnlessEmptySet<T: Encodable>(
        _ value: T,
        into writer: inout JSONWriter
    ) throws(AlternatorError) -> Bool {
        if isEmptySet(value) { return false }
        try encodeValue(value, into: &writer)
        return true
    }

    /// Whether a value is a `Set` without members, which is stored by leaving the attribute out.
    package func isEmptySet(_ value: some Encodable) -> Bool { (value as? any SpecialContainer)?.isEmptySet ?? false }

    /// An item as attributes.
    public func attributes(of item: some Encodable) throws(AlternatorError) -> [String: AttributeValue] {
        var writer = JSONWriter()
        try encodeItem(item, into: &writer)
        do {
            var reader = JSONReader(writer.bytes, limits: limitsForReading)
            return try reader.readItem()
        } catch {
            throw AlternatorError(.mapping, message: "\(type(of: item)) cannot be read back: \(error).")
        }
    }

    /// A value as an attribute.
    public func attribute(of value: some Encodable) throws(AlternatorError) -> AttributeValue {
        switch value {
        case let value as AttributeValue: return value
        case let value as String: return .string(value)
        case let value as Int: return .number(AttributeNumber(value))
        case let value as Bool: return .bool(value)
        default: break
        }
        var writer = JSONWriter()
        try encodeValue(value, into: &writer)
        do {
            var reader = JSONReader(writer.bytes, limits: limitsForReading)
            return try reader.readAttributeValue()
        } catch {
            throw AlternatorError(.mapping, message: "\(type(of: value)) cannot be read back: \(error).")
        }
    }

    /// The encoder's own output: bounded by the depth limit, not by that of foreign documents.
    private var limitsForReading: JSONLimits {
        var limits = JSONLimits()
        limits.maximumDepth = 2 * maximumDepth + 8
        limits.maximumBytes = .max
        return limits
    }

    var codingUserInfo: [CodingUserInfoKey: Any] {
        var all: [CodingUserInfoKey: Any] = userInfo
        all[.isDynamoDB] = true
        return all
    }

    private func encode<T: Encodable>(
        _ value: T,
        into writer: inout JSONWriter,
        isItem: Bool
    ) throws(AlternatorError) {
        let start = writer.bytes.count
        var taken: [UInt8] = []
        swap(&taken, &writer.bytes)
        let session = EncodingSession(consume taken, options: self, isItem: isItem)
        do {
            try session.wrapped(value, in: 0)
            writer.bytes = try session.state.finish()
        } catch {
            writer.bytes = session.state.abandoned(keeping: start)
            throw AlternatorError(encoding: error, subject: "\(T.self)")
        }
    }
}

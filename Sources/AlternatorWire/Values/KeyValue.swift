/// How a key attribute is stored.
public enum ScalarType: String, Sendable, Hashable, Codable {
    /// A string, ordered by its UTF-8 bytes.
    case s = "S"
    /// A number, ordered by value.
    case n = "N"
    /// Bytes, ordered unsigned.
    case b = "B"
}

/// What may stand as a value in an `ItemKey`: any `KeyValue`, or an `AttributeValue`.
public protocol KeyConvertible: Sendable {
    /// The value as it is sent; throws `.mapping` where it cannot be.
    var keyAttribute: AttributeValue { get throws(AlternatorError) }
}

extension AttributeValue: KeyConvertible {
    /// The value itself.
    public var keyAttribute: AttributeValue { self }
}

/// What may be a key: one scalar of type S, N or B.
///
/// Types with a raw value that is one need only the conformance: `enum Kind: String, KeyValue { … }`.
public protocol KeyValue: Codable, Hashable, KeyConvertible {
    /// The type of the attribute; what the value encodes to must agree.
    static var scalarType: ScalarType { get }
}

extension KeyValue {
    /// What the value encodes to; throws `.mapping` where that is not of `scalarType`.
    public var keyAttribute: AttributeValue {
        get throws(AlternatorError) {
            let value = try AttributeValue(encoding: self)
            guard value.typeName == Self.scalarType.rawValue else {
                throw AlternatorError(
                    .mapping,
                    message: "\(Self.self) declares scalarType \(Self.scalarType.rawValue) but encodes as "
                        + "\(value.typeName); a key attribute must be what its type says."
                )
            }
            return value
        }
    }
}

extension KeyValue where Self: RawRepresentable, RawValue: KeyValue {
    /// That of the raw value.
    public static var scalarType: ScalarType { RawValue.scalarType }
}

extension String: KeyValue {
    /// Stored as S.
    public static var scalarType: ScalarType { .s }
    /// The string.
    public var keyAttribute: AttributeValue { .string(self) }
}

extension AttributeNumber: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// In canonical form: the server hashes a partition key's text, so `1.0` and `1` would be two items.
    public var keyAttribute: AttributeValue { .number(canonicalized) }
}

extension Int: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form, since the server hashes its text.
    public var keyAttribute: AttributeValue { .number(AttributeNumber(self)) }
}

extension Int8: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form, since the server hashes its text.
    public var keyAttribute: AttributeValue { .number(AttributeNumber(self)) }
}

extension Int16: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form, since the server hashes its text.
    public var keyAttribute: AttributeValue { .number(AttributeNumber(self)) }
}

extension Int32: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form, since the server hashes its text.
    public var keyAttribute: AttributeValue { .number(AttributeNumber(self)) }
}

extension Int64: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form, since the server hashes its text.
    public var keyAttribute: AttributeValue { .number(AttributeNumber(self)) }
}

extension UInt: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form, since the server hashes its text.
    public var keyAttribute: AttributeValue { .number(AttributeNumber(self)) }
}

extension UInt8: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form, since the server hashes its text.
    public var keyAttribute: AttributeValue { .number(AttributeNumber(self)) }
}

extension UInt16: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form, since the server hashes its text.
    public var keyAttribute: AttributeValue { .number(AttributeNumber(self)) }
}

extension UInt32: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form, since the server hashes its text.
    public var keyAttribute: AttributeValue { .number(AttributeNumber(self)) }
}

extension UInt64: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form, since the server hashes its text.
    public var keyAttribute: AttributeValue { .number(AttributeNumber(self)) }
}

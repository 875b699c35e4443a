public import FoundationEssentials

extension UUID: KeyValue {
    /// Stored as S.
    public static var scalarType: ScalarType { .s }
    /// The text in capitals.
    public var keyAttribute: AttributeValue { .string(uuidString) }
}

extension Data: KeyValue {
    /// Stored as B.
    public static var scalarType: ScalarType { .b }
    /// The bytes.
    public var keyAttribute: AttributeValue { .binary([UInt8](self)) }
}

extension Decimal: KeyValue {
    /// Stored as N.
    public static var scalarType: ScalarType { .n }
    /// The number in canonical form; throws `.mapping` for NaN and what N cannot hold.
    public var keyAttribute: AttributeValue {
        get throws(AlternatorError) {
            guard let number = AttributeNumber(self) else {
                throw AlternatorError(.mapping, message: "NaN cannot be a key.")
            }
            return .number(number)
        }
    }
}

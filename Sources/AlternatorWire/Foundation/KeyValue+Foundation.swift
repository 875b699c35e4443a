public import FoundationEssentials

extension UUID: KeyValue {
    public static var scalarType: ScalarType { .s }
    public var keyAttribute: AttributeValue { .string(uuidString) }
}

extension Data: KeyValue {
    public static var scalarType: ScalarType { .b }
    public var keyAttribute: AttributeValue { .binary([UInt8](self)) }
}

extension Decimal: KeyValue {
    public static var scalarType: ScalarType { .n }
    public var keyAttribute: AttributeValue {
        get throws(AlternatorError) {
            guard let number = AttributeNumber(self) else {
                throw AlternatorError(.mapping, message: "NaN cannot be a key.")
            }
            return .number(number)
        }
    }
}

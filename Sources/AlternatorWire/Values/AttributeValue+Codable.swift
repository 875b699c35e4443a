extension AttributeValue {
    /// Encodes any value; throws `.mapping` where it holds what DynamoDB has not.
    public init(encoding value: some Encodable) throws(AlternatorError) {
        self = try ItemEncoder().attribute(of: value)
    }

    /// Decodes the value; throws `.decoding` where it does not fit.
    public func decode<T: Decodable>(_ type: T.Type = T.self) throws(AlternatorError) -> T {
        try ItemDecoder().decode(type, from: self)
    }
}

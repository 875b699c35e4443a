/// Reads any `Decodable` from DynamoDB JSON.
///
/// A value: copy it freely, use it from many tasks.
public struct ItemDecoder: Sendable {
    /// Passed to `init(from:)`.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]

    public init() {}

    /// The item at the reader's place; throws `.decoding` with the path, or `.protocolViolation` for broken JSON.
    package func decodeItem<T: Decodable>(
        _ type: T.Type,
        from reader: inout JSONReader
    ) throws(AlternatorError) -> T {
        fatalError("skeleton")
    }

    /// An item from attributes.
    public func decode<T: Decodable>(
        _ type: T.Type,
        from item: [String: AttributeValue]
    ) throws(AlternatorError) -> T {
        fatalError("skeleton")
    }

    /// A value from an attribute.
    public func decode<T: Decodable>(_ type: T.Type, from value: AttributeValue) throws(AlternatorError) -> T {
        fatalError("skeleton")
    }
}

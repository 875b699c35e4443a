/// Writes any `Encodable` as DynamoDB JSON, in one pass and without a tree in between.
///
/// A value: copy it freely, use it from many tasks.
public struct ItemEncoder: Sendable {
    /// Passed to `encode(to:)`.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]

    public init() {}

    /// An item: `{"id":{"S":"u1"}}`. Throws `.mapping` where the value is no map or holds what DynamoDB has not.
    package func encodeItem<T: Encodable>(_ item: T, into writer: inout JSONWriter) throws(AlternatorError) {
        fatalError("skeleton")
    }

    /// One value: `{"S":"u1"}`.
    package func encodeValue<T: Encodable>(_ value: T, into writer: inout JSONWriter) throws(AlternatorError) {
        fatalError("skeleton")
    }

    /// An item as attributes.
    public func attributes(of item: some Encodable) throws(AlternatorError) -> [String: AttributeValue] {
        fatalError("skeleton")
    }

    /// A value as an attribute.
    public func attribute(of value: some Encodable) throws(AlternatorError) -> AttributeValue {
        fatalError("skeleton")
    }
}

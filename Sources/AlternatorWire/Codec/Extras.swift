/// Attributes that a model does not know: they are kept on the way from `get` to `put`.
///
/// A property of this type, under whatever name, takes every attribute of its map for which the model has no coding key,
/// and writes them back beside the model's own. It is never an attribute itself. Works in nested types too, each for the
/// map it is in. Without such a property unknown attributes are ignored when reading, and a put, which replaces the whole
/// item, drops them.
///
/// ```swift
/// struct User: TableItem { var id: String; var name: String; var rest: Extras … }
/// var user = try await users.get("u1")!           // {"id":…, "name":…, "color":{"S":"red"}}
/// user.rest["color"]                               // "red"
/// try await users.put(user)                        // "color" is still there
/// try await users.update("u1") { $0.rest["color"].set("blue") }
/// ```
///
/// Only this package's coders treat it so; others see a map of its own.
public struct Extras: Sendable, Hashable {
    /// The attributes by name.
    ///
    /// One that has the name of a coding key of the model is refused when the item is written.
    public var attributes: [String: AttributeValue]

    /// None, or those given.
    public init(_ attributes: [String: AttributeValue] = [:]) { self.attributes = attributes }

    /// Whether there are none.
    public var isEmpty: Bool { attributes.isEmpty }

    /// One of them; `nil` where it is missing, and to take it out.
    public subscript(_ name: String) -> AttributeValue? {
        get { attributes[name] }
        set { attributes[name] = newValue }
    }

    /// One of them as a type; `nil` where it is missing or NULL.
    ///
    /// - Throws: `.decoding` where it is no such value.
    public func value<Value: Decodable>(_ name: String, as type: Value.Type) throws(AlternatorError) -> Value? {
        guard let value = attributes[name], value != .null else { return nil }
        return try ItemDecoder().decode(type, from: value)
    }

    /// Sets one of them to any value.
    ///
    /// - Throws: `.mapping` where the value cannot be stored.
    public mutating func set(_ value: some Encodable, for name: String) throws(AlternatorError) {
        attributes[name] = try ItemEncoder().attribute(of: value)
    }
}

extension Extras: ExpressibleByDictionaryLiteral {
    /// Those of a literal; the last of a repeated name wins.
    public init(dictionaryLiteral elements: (String, AttributeValue)...) {
        self.init(Dictionary(elements) { $1 })
    }
}

extension Extras: Codable {
    /// For other coders than this package's: a map.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([String: AttributeValue].self))
    }

    /// For other coders than this package's: a map.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(attributes)
    }
}

extension KeyedDecodingContainer {
    /// Found by synthesized `init(from:)`: with other decoders a missing map is an empty one.
    public func decode(_ type: Extras.Type, forKey key: Key) throws -> Extras {
        try decodeIfPresent(type, forKey: key) ?? Extras()
    }
}

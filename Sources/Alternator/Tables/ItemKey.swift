public import AlternatorWire

/// A primary key by name: `["id": "u1"]`, `["id": id, "n": 5]`.
public struct ItemKey: Sendable, ExpressibleByDictionaryLiteral {
    private let values: [(name: String, value: any KeyConvertible)]

    /// One or two attributes, in any order.
    public init(dictionaryLiteral elements: (String, any KeyConvertible)...) {
        values = elements.map { (name: $0, value: $1) }
    }

    /// From attributes, such as those of an item read before.
    public init(_ attributes: [String: AttributeValue]) {
        values = attributes.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    /// The checked attributes; throws `.mapping` for what can be no key.
    func checked() throws(AlternatorError) -> ItemKeyValues {
        guard values.count == 1 || values.count == 2 else {
            throw AlternatorError(
                .mapping,
                message: "A key has one or two attributes, not \(values.count): [\"id\": \"u1\", \"n\": 5]."
            )
        }
        guard values.count == 1 || values[0].name != values[1].name else {
            throw AlternatorError(.mapping, message: "The key names attribute \"\(values[0].name)\" twice.")
        }
        var attributes: [ItemKeyValues.Attribute] = []
        for (name, value) in values {
            guard !name.isEmpty else { throw AlternatorError(.mapping, message: "A key attribute has an empty name.") }
            let attribute = try value.keyAttribute
            try ItemKeyValues.check(attribute, of: name)
            attributes.append(.init(name: name, value: attribute))
        }
        return ItemKeyValues(attributes: attributes)
    }
}

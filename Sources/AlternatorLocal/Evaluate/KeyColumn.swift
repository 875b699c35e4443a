package import AlternatorWire

/// A key attribute of a table or index, and the checks of its values.
package struct KeyColumn: Sendable, Hashable {
    package let name: String
    /// S, N or B.
    package let type: ScalarAttributeType

    package init(name: String, type: ScalarAttributeType) {
        self.name = name
        self.type = type
    }

    /// Reads its value from a request; refuses a missing one, what is not a string inside, another type, and an
    /// empty string or binary, in this order.
    package func value(of json: JSONValue?) throws(LocalError) -> ItemValue {
        guard let json else { throw .validation("Key column \(name) not found") }
        guard let (given, content) = json.typed else { throw malformed(json) }
        guard given == type.rawValue else {
            throw .validation("Type mismatch: expected type \(type.rawValue) for key column \(name), got type \(given)")
        }
        guard content.text != nil else { throw malformed(json) }
        let value = try ServerValue.parse(json, source: "Key \(name)")
        try check(value)
        return value
    }

    /// Refuses another type, and an empty string or binary.
    package func check(_ value: ItemValue) throws(LocalError) {
        let found = value.typeName
        guard found == type.rawValue else {
            throw .validation(
                "Type mismatch: expected type \(type.rawValue) for key column \(name), got type \(found)"
            )
        }
        let isEmpty =
            switch value {
            case .string(let text): text.isEmpty
            case .binary(let bytes): bytes.isEmpty
            default: false
            }
        guard !isEmpty else {
            throw .validation(
                "The AttributeValue for a key attribute cannot contain an empty string value. Key: \(name)"
            )
        }
    }

    func malformed(_ value: JSONValue) -> LocalError {
        .validation("Malformed value object for key column \(name): \(value.printed)")
    }
}

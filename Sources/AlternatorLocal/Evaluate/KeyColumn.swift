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

    /// Reads its value from a request; refuses a missing one, another type, and an empty string or binary.
    package func value(of json: JSONValue?) throws(LocalError) -> AttributeValue {
        guard let json else { throw .validation("Key column \(name) not found") }
        let value = try ServerValue.parse(json, source: "Key \(name)")
        try check(value)
        return value
    }

    /// Refuses another type, and an empty string or binary.
    package func check(_ value: AttributeValue) throws(LocalError) {
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
}

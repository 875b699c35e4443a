import AlternatorWire

/// The key of one item: attribute names with checked values.
struct ItemKeyValues: Sendable, Hashable {
    /// The partition key first where it is known; sorted by name otherwise.
    let attributes: [Attribute]

    struct Attribute: Sendable, Hashable {
        let name: String
        let value: AttributeValue
    }

    func write(to writer: inout JSONWriter) {
        writer.byte(UInt8(ascii: "{"))
        for attribute in attributes {
            writer.key(attribute.name)
            writer.attributeValue(attribute.value)
        }
        writer.byte(UInt8(ascii: "}"))
    }

    subscript(_ name: String) -> AttributeValue? {
        attributes.first { $0.name == name }?.value
    }

    /// Refuses what the server refuses in keys: other types than S, N and B, and empty values.
    static func check(_ value: AttributeValue, of name: String, type: ScalarType? = nil) throws(AlternatorError) {
        let found: ScalarType
        switch value {
        case .string(let text):
            found = .s
            guard !text.isEmpty else { throw empty(name, "string") }
        case .number: found = .n
        case .binary(let bytes):
            found = .b
            guard !bytes.isEmpty else { throw empty(name, "binary") }
        case .bool, .null, .list, .map, .stringSet, .numberSet, .binarySet, .float32Vector:
            throw AlternatorError(
                .mapping,
                message: "Key attribute \"\(name)\" must be a string, a number or binary."
            )
        }
        guard let type, type != found else { return }
        throw AlternatorError(
            .mapping,
            message: "Key attribute \"\(name)\" is declared \(type.rawValue) but its value is \(found.rawValue)."
        )
    }

    private static func empty(_ name: String, _ kind: String) -> AlternatorError {
        AlternatorError(
            .mapping,
            message: "Key attribute \"\(name)\" is an empty \(kind); the server takes no empty keys."
        )
    }
}

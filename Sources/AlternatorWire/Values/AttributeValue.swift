/// One value of an item.
///
/// Where the type is known, literals make one:
///
/// ```swift
/// let item: [String: AttributeValue] = ["id": "u1", "age": 30, "tags": ["a", "b"], "address": ["zip": 10001]]
/// ```
public enum AttributeValue: Sendable, Hashable {
    case string(String)
    case number(AttributeNumber)
    case binary([UInt8])
    case bool(Bool)
    case null
    case list([AttributeValue])
    case map([String: AttributeValue])
    case stringSet(Set<String>)
    case numberSet(Set<AttributeNumber>)
    case binarySet(Set<[UInt8]>)
    /// ScyllaDB's vector type: read back from any table, written only where a model asks for it.
    case float32Vector([Float])
}

extension AttributeValue {
    /// The name of the type as DynamoDB writes it: `S`, `N`, `BOOL`, `FLOAT32VECTOR`.
    public var typeName: String {
        switch self {
        case .string: "S"
        case .number: "N"
        case .binary: "B"
        case .bool: "BOOL"
        case .null: "NULL"
        case .list: "L"
        case .map: "M"
        case .stringSet: "SS"
        case .numberSet: "NS"
        case .binarySet: "BS"
        case .float32Vector: "FLOAT32VECTOR"
        }
    }

    /// The text of an S; `nil` for any other type.
    public var stringValue: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The number of an N; `nil` for any other type.
    public var numberValue: AttributeNumber? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// The bytes of a B; `nil` for any other type.
    public var binaryValue: [UInt8]? {
        guard case .binary(let bytes) = self else { return nil }
        return bytes
    }

    /// The truth of a BOOL; `nil` for any other type.
    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// Whether this is NULL.
    public var isNull: Bool { self == .null }

    /// The elements of an L; `nil` for any other type.
    public var listValue: [AttributeValue]? {
        guard case .list(let elements) = self else { return nil }
        return elements
    }

    /// The members of an M; `nil` for any other type.
    public var mapValue: [String: AttributeValue]? {
        guard case .map(let members) = self else { return nil }
        return members
    }

    /// A member of an M; `nil` elsewhere or where it is missing.
    public subscript(_ name: String) -> AttributeValue? { mapValue?[name] }
}

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

extension AttributeValue: Codable {
    private enum TypeKey: String, CodingKey, CaseIterable {
        case string = "S"
        case number = "N"
        case binary = "B"
        case bool = "BOOL"
        case null = "NULL"
        case list = "L"
        case map = "M"
        case stringSet = "SS"
        case numberSet = "NS"
        case binarySet = "BS"
        case float32Vector = "FLOAT32VECTOR"
    }

    /// For coders other than this package's own: the form of DynamoDB JSON, `{"S":"…"}`, with B as base64.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: TypeKey.self)
        guard container.allKeys.count == 1, let type = container.allKeys.first else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    "an attribute value needs exactly one known type member",
                    at: container.codingPath
                )
            )
        }
        switch type {
        case .string: self = .string(try container.decode(String.self, forKey: type))
        case .number: self = .number(try container.decode(AttributeNumber.self, forKey: type))
        case .binary:
            self = .binary(try AttributeValue.bytes(try container.decode(String.self, forKey: type), container))
        case .bool: self = .bool(try container.decode(Bool.self, forKey: type))
        case .null: self = .null
        case .list: self = .list(try container.decode([AttributeValue].self, forKey: type))
        case .map: self = .map(try container.decode([String: AttributeValue].self, forKey: type))
        case .stringSet: self = .stringSet(Set(try container.decode([String].self, forKey: type)))
        case .numberSet: self = .numberSet(Set(try container.decode([AttributeNumber].self, forKey: type)))
        case .binarySet:
            let texts = try container.decode([String].self, forKey: type)
            self = .binarySet(Set(try texts.map { try AttributeValue.bytes($0, container) }))
        case .float32Vector: self = .float32Vector(try container.decode([Float].self, forKey: type))
        }
    }

    private static func bytes(_ text: String, _ container: KeyedDecodingContainer<TypeKey>) throws -> [UInt8] {
        guard let bytes = Base64.decode(text.utf8.span) else {
            throw DecodingError.dataCorrupted(DecodingError.Context("not canonical base64", at: container.codingPath))
        }
        return bytes
    }

    private static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        Base64.append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// For coders other than this package's own: the form of DynamoDB JSON, `{"S":"…"}`, with B as base64.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: TypeKey.self)
        switch self {
        case .string(let text): try container.encode(text, forKey: .string)
        case .number(let number): try container.encode(number, forKey: .number)
        case .binary(let bytes): try container.encode(AttributeValue.text(bytes), forKey: .binary)
        case .bool(let flag): try container.encode(flag, forKey: .bool)
        case .null: try container.encode(true, forKey: .null)
        case .list(let elements): try container.encode(elements, forKey: .list)
        case .map(let members): try container.encode(members, forKey: .map)
        case .stringSet(let strings):
            try container.encode(strings.sorted(by: JSONWriter.precedes), forKey: .stringSet)
        case .numberSet(let numbers): try container.encode(numbers.sorted(), forKey: .numberSet)
        case .binarySet(let binaries):
            let sorted = binaries.sorted { $0.lexicographicallyPrecedes($1) }
            try container.encode(sorted.map(AttributeValue.text), forKey: .binarySet)
        case .float32Vector(let components): try container.encode(components, forKey: .float32Vector)
        }
    }
}

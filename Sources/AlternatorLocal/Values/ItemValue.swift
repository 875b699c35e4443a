package import AlternatorWire

/// A value of an item as a node holds it.
///
/// Unlike `AttributeValue` it takes everything a client can get into a table: a node checks the outer form of an
/// attribute alone and stores what is nested as it was sent.
package enum ItemValue: Sendable, Hashable {
    case string(String)
    case number(AttributeNumber)
    case binary([UInt8])
    case bool(Bool)
    case null
    case list([ItemValue])
    case map([String: ItemValue])
    case stringSet(Set<String>)
    case numberSet(Set<AttributeNumber>)
    case binarySet(Set<[UInt8]>)
    case float32Vector([Float])
    /// What does not have the form its type asks for: `{"N": "dog"}` inside a list. Kept as it was sent.
    case malformed(JSONValue)
}

extension ItemValue {
    package func hash(into hasher: inout Hasher) {
        hasher.combine(typeName)
        hasher.combine(leaf)
    }

    /// The name of the type; that of a malformed value is its only member's, and empty where it has not just one.
    package var typeName: String {
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
        case .malformed(let json): json.typed?.type ?? ""
        }
    }

    /// A value read by the client's rules.
    package init(_ value: AttributeValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .number(let number): self = .number(number)
        case .binary(let bytes): self = .binary(bytes)
        case .bool(let flag): self = .bool(flag)
        case .null: self = .null
        case .list(let elements): self = .list(elements.map(ItemValue.init))
        case .map(let members): self = .map(members.mapValues(ItemValue.init))
        case .stringSet(let set): self = .stringSet(set)
        case .numberSet(let set): self = .numberSet(set)
        case .binarySet(let set): self = .binarySet(set)
        case .float32Vector(let floats): self = .float32Vector(floats)
        }
    }

    /// The value for what knows the client's type; `nil` for lists, maps and what is malformed.
    package var leaf: AttributeValue? {
        switch self {
        case .string(let text): .string(text)
        case .number(let number): .number(number)
        case .binary(let bytes): .binary(bytes)
        case .bool(let flag): .bool(flag)
        case .null: .null
        case .stringSet(let set): .stringSet(set)
        case .numberSet(let set): .numberSet(set)
        case .binarySet(let set): .binarySet(set)
        case .float32Vector(let floats): .float32Vector(floats)
        case .list, .map, .malformed: nil
        }
    }

    /// Refuses a malformed number where a number is about to be used.
    func checkNumber() throws(LocalError) {
        guard case .malformed(let json) = self, let (type, content) = json.typed, type == "N" else { return }
        guard let text = content.text else { throw .validation("A number must be encoded as string: \(json.printed)") }
        _ = try ServerValue.number(text)
    }

    /// Reads what is nested in a list or a map: all is taken.
    ///
    /// Recursion is bounded by the depth of the request.
    package init(nested json: JSONValue) {
        switch json.typed {
        case ("L", .array(let elements))?: self = .list(elements.map(ItemValue.init(nested:)))
        case ("M", .object(let members))?:
            self = .map(Dictionary(members.map { ($0.name, ItemValue(nested: $0.value)) }) { first, _ in first })
        case let (type, content)?: self = ItemValue(type: type, content: content) ?? .malformed(json)
        case nil: self = .malformed(json)
        }
    }

    /// A value without others inside; `nil` where the content does not fit the type.
    package init?(type: String, content: JSONValue) {
        switch (type, content) {
        case ("S", .string(let text)): self = .string(text)
        case ("N", .string(let text)):
            guard let number = AttributeNumber(text) else { return nil }
            self = .number(number)
        case ("B", .string(let text)):
            guard let bytes = Base64.decode(text.utf8.span) else { return nil }
            self = .binary(bytes)
        case ("BOOL", .bool(let flag)): self = .bool(flag)
        case ("NULL", .bool(true)): self = .null
        case ("SS", .array(let elements)):
            guard let set = Self.set(elements, of: { $0 }) else { return nil }
            self = .stringSet(set)
        case ("NS", .array(let elements)):
            guard let set = Self.set(elements, of: { AttributeNumber($0) }) else { return nil }
            self = .numberSet(set)
        case ("BS", .array(let elements)):
            guard let set = Self.set(elements, of: { Base64.decode($0.utf8.span) }) else { return nil }
            self = .binarySet(set)
        case ("FLOAT32VECTOR", .array(let elements)):
            var floats: [Float] = []
            for element in elements {
                // By way of 64 bits as at the server, which rounds twice.
                guard case .number(let text) = element, let double = Double(text), Float(double).isFinite
                else { return nil }
                floats.append(Float(double))
            }
            self = .float32Vector(floats)
        default: return nil
        }
    }

    private static func set<Element: Hashable>(
        _ elements: [JSONValue],
        of read: (String) -> Element?
    ) -> Set<Element>? {
        var set: Set<Element> = []
        for element in elements {
            guard let text = element.text, let member = read(text) else { return nil }
            set.insert(member)
        }
        return set
    }
}

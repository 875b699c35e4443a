package import AlternatorWire

/// Reads attribute values out of a request, with the refusals of a node.
package enum ServerValue {
    /// Reads one typed value: `{"S": "…"}`.
    ///
    /// Stricter than a node in one respect: the content of lists and maps is checked too, so what is stored can
    /// always be read back. Sets are not searched for duplicates; they collapse.
    ///
    /// - Parameters:
    ///   - json: the value.
    ///   - source: the parameter it came in, for messages.
    /// - Returns: the value.
    /// - Throws: a validation error; a serialization error for `{"N": 3}` and for bad base64.
    package static func parse(_ json: JSONValue, source: String) throws(LocalError) -> AttributeValue {
        guard case .object(let members) = json, members.count == 1, let member = members.first else {
            throw .validation("\(source): improperly formatted value; one member with the type's name is expected")
        }
        switch (member.name, member.value) {
        case ("S", .string(let text)): return .string(text)
        case ("N", .string(let text)): return .number(try number(text))
        case ("N", _): throw .serialization("\(source): a number value must be encoded as a string")
        case ("B", .string(let text)): return .binary(try binary(text))
        case ("BOOL", .bool(let flag)): return .bool(flag)
        case ("NULL", .bool): return .null
        case ("L", .array(let elements)):
            var values: [AttributeValue] = []
            values.reserveCapacity(elements.count)
            for element in elements { values.append(try parse(element, source: source)) }
            return .list(values)
        case ("M", .object): return .map(try parseItem(member.value, source: source))
        case ("SS", .array(let elements)): return .stringSet(try set(elements, source: source) { text in text })
        case ("NS", .array(let elements)): return .numberSet(try set(elements, source: source, number))
        case ("BS", .array(let elements)): return .binarySet(try set(elements, source: source, binary))
        case ("FLOAT32VECTOR", .array(let elements)): return .float32Vector(try vector(elements, source: source))
        case ("SS", _), ("NS", _), ("BS", _): throw .validation("\(source): improperly formatted set")
        case ("FLOAT32VECTOR", _): throw .validation("\(source): improperly formatted vector")
        case ("S", _), ("B", _), ("BOOL", _), ("NULL", _), ("L", _), ("M", _):
            throw .validation("\(source): improperly formatted value of type \(member.name)")
        default:
            throw .validation("\(source): unknown type \(member.name)")
        }
    }

    /// Reads an item, or the content of a map; names of any length are taken.
    package static func parseItem(
        _ json: JSONValue,
        source: String
    ) throws(LocalError) -> [String: AttributeValue] {
        guard case .object(let members) = json else { throw .validation("\(source) must be an object") }
        var item: [String: AttributeValue] = [:]
        item.reserveCapacity(members.count)
        for member in members { item[member.name] = try parse(member.value, source: source) }
        return item
    }

    /// Reads a number in any legal form, telling overflow, underflow and excess digits apart.
    package static func number(_ text: String) throws(LocalError) -> AttributeNumber {
        do {
            return try AttributeNumber(checking: text)
        } catch {
            guard error != .notANumber else {
                throw .validation("The parameter cannot be converted to a numeric value: \(text)")
            }
            throw .validation("Invalid number \(text): \(error.reason)")
        }
    }

    private static func binary(_ text: String) throws(LocalError) -> [UInt8] {
        guard let bytes = Base64.decode(text.utf8.span) else { throw .serialization("Invalid base64 data") }
        return bytes
    }

    private static func set<Element: Hashable>(
        _ elements: [JSONValue],
        source: String,
        _ read: (String) throws(LocalError) -> Element
    ) throws(LocalError) -> Set<Element> {
        guard !elements.isEmpty else { throw .validation("\(source): empty set not allowed") }
        var set: Set<Element> = []
        for element in elements {
            guard case .string(let text) = element else {
                throw .validation("\(source): improperly formatted set; its elements must be strings")
            }
            set.insert(try read(text))
        }
        return set
    }

    private static func vector(_ elements: [JSONValue], source: String) throws(LocalError) -> [Float] {
        var floats: [Float] = []
        for element in elements {
            guard case .number(let text) = element else {
                throw .validation("\(source): vector elements must be numbers")
            }
            guard let float = Float(text), float.isFinite else {
                throw .validation("\(source): vector element \(text) cannot be represented as a 32-bit float")
            }
            floats.append(float)
        }
        return floats
    }
}

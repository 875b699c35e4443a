package import AlternatorWire

/// Reads attribute values out of a request, with the refusals of a node.
package enum ServerValue {
    /// Reads one typed value: `{"S": "…"}`.
    ///
    /// Only the outer form is checked, as on a node: what is nested is taken as it is, and so are the members of
    /// sets. Sets are not searched for duplicates; they collapse.
    ///
    /// - Parameters:
    ///   - json: the value.
    ///   - source: the parameter it came in, for messages.
    /// - Returns: the value.
    /// - Throws: a validation error; a serialization error for `{"N": 3}` and for bad base64.
    package static func parse(_ json: JSONValue, source: String) throws(LocalError) -> ItemValue {
        guard let (type, content) = json.typed else { throw improper(json, source) }
        switch type {
        case "S":
            guard content.text != nil else { throw improper(json, source) }
        case "N":
            guard let text = content.text else {
                throw .serialization("\(source): number value must be encoded as string '\(json.printed)'")
            }
            return .number(try number(text))
        case "B":
            guard let text = content.text else { throw improper(json, source) }
            guard let bytes = Base64.decode(text.utf8.span) else { throw .serialization("Invalid base64 data") }
            return .binary(bytes)
        case "BOOL":
            guard case .bool = content else { throw improper(json, source) }
        case "SS", "NS", "BS":
            guard let elements = content.elements else {
                throw .validation("\(source): improperly formatted set '\(json.printed)'")
            }
            guard !elements.isEmpty else { throw .validation("\(source): empty set not allowed") }
        case "FLOAT32VECTOR":
            try checkVector(content, of: json, source: source)
        case "L", "M", "NULL":
            break
        default:
            throw .validation("\(source): unknown type \(type) for value \(json.printed)")
        }
        return ItemValue(nested: json)
    }

    /// Reads an item, or the content of a map; names of any length are taken.
    package static func parseItem(
        _ json: JSONValue,
        source: String
    ) throws(LocalError) -> [String: ItemValue] {
        guard case .object(let members) = json else { throw .validation("\(source) must be an object") }
        var item: [String: ItemValue] = [:]
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

    private static func improper(_ json: JSONValue, _ source: String) -> LocalError {
        .validation("\(source): improperly formatted value '\(json.printed)'")
    }

    private static func checkVector(_ content: JSONValue, of json: JSONValue, source: String) throws(LocalError) {
        guard let elements = content.elements else {
            throw .validation("\(source): improperly formatted vector '\(json.printed)'")
        }
        for element in elements {
            guard case .number(let text) = element else {
                throw .validation("\(source): vector elements must be numbers")
            }
            // By way of 64 bits as at the server, which rounds twice.
            guard let double = Double(text), Float(double).isFinite else {
                throw .validation("\(source): vector element \(text) cannot be represented as a 32-bit float")
            }
        }
    }
}

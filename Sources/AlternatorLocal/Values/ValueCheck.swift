import AlternatorWire

/// The checks a node makes on values it is given, with its words.
enum ValueCheck {
    /// Checks the form of one value and gives it as it is stored: numbers in plain decimal, all else as it was sent.
    static func stored(_ value: JSONValue, caller: String) throws(LocalError) -> JSONValue {
        guard let (type, content) = value.typed else {
            throw .validation("\(caller): improperly formatted value '\(value.printed)'")
        }
        switch type {
        case "S":
            guard content.text != nil else {
                throw .validation("\(caller): improperly formatted value '\(value.printed)'")
            }
        case "N":
            guard let text = content.text else {
                throw .serialization("\(caller): number value must be encoded as string '\(value.printed)'")
            }
            let canonical = try ServerValue.number(text).canonical
            return canonical == text ? value : .object([.init("N", .string(canonical))])
        case "L", "M", "NULL": break
        case "FLOAT32VECTOR":
            // It is stored with the precision of its type, and read back so.
            guard case .float32Vector(let components) = try ServerValue.parse(value, source: caller) else { break }
            return .object([.init(type, .array(components.map { .number(String($0)) }))])
        default: _ = try ServerValue.parse(value, source: caller)
        }
        return value
    }

    /// What a member of the wrong JSON kind gets where the server does not look before it takes it.
    static func jsonAssert(_ condition: String) -> LocalError {
        .validation("JSON assert failed on condition '\(condition)'")
    }
}

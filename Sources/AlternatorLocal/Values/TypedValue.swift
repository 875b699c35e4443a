import AlternatorWire

extension JSONValue {
    /// The type and content of `{"S": …}`; `nil` unless it is an object of one member.
    var typed: (type: String, content: JSONValue)? {
        guard case .object(let members) = self, members.count == 1 else { return nil }
        return (members[0].name, members[0].value)
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// The JSON text, for messages.
    var printed: String {
        var writer = JSONWriter()
        writer.tree(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONWriter {
    /// Any JSON tree, compact.
    mutating func tree(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let flag): bool(flag)
        case .number(let text): raw(Array(text.utf8))
        case .string(let text): string(text)
        case .array(let elements):
            byte(UInt8(ascii: "["))
            var isFirst = true
            for element in elements {
                if !isFirst { byte(UInt8(ascii: ",")) }
                isFirst = false
                tree(element)
            }
            byte(UInt8(ascii: "]"))
        case .object(let members):
            byte(UInt8(ascii: "{"))
            var isFirst = true
            for member in members {
                if !isFirst { byte(UInt8(ascii: ",")) }
                isFirst = false
                string(member.name)
                byte(UInt8(ascii: ":"))
                tree(member.value)
            }
            byte(UInt8(ascii: "}"))
        }
    }
}

extension JSONValue {
    /// The whole document; the caller has seen its limits.
    var encoded: [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.tree(self)
        return writer.bytes
    }
}

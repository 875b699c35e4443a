extension JSONReader {
    /// `{"S":"…"}` and so on: an object with exactly one member, which names the type.
    ///
    /// Duplicates inside a set are dropped. `{"BOOL":"true"}` is read too: the server writes booleans of its
    /// system tables that way.
    package mutating func readAttributeValue() throws(JSONError) -> AttributeValue {
        try beginObject()
        let start = offset
        guard let name = try nextKeyRange() else {
            throw JSONError("an attribute value needs one type member", at: start)
        }
        guard let kind = AttributeKind(bytes.span, name.range) else {
            throw unknownType(name)
        }
        let value = try readContent(of: kind)
        guard try nextKeyRange() == nil else {
            throw JSONError("an attribute value has only one type member", at: start)
        }
        return value
    }

    /// `{"id":{"S":"u1"}, …}`.
    package mutating func readItem() throws(JSONError) -> [String: AttributeValue] {
        try beginObject()
        var item: [String: AttributeValue] = [:]
        while true {
            let start = offset
            guard let name = try nextKey() else { return item }
            if item.updateValue(try readAttributeValue(), forKey: name) != nil {
                throw JSONError("duplicate member name", at: start)
            }
        }
    }

    /// Any JSON as a tree, for callers that must look at all of it (the embedded server, `DescribeTable`).
    package mutating func readTree() throws(JSONError) -> JSONValue {
        switch peek() {
        case UInt8(ascii: "{"):
            return .object(try readMembers())
        case UInt8(ascii: "["):
            try beginArray()
            var elements: [JSONValue] = []
            while try nextElement() { elements.append(try readTree()) }
            return .array(elements)
        case UInt8(ascii: "\""):
            return .string(try readString())
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            return .bool(try readBool())
        case UInt8(ascii: "n"):
            guard try readNull() else { throw JSONError("expected null", at: offset) }
            return .null
        case .some:
            let range = try readNumberRange()
            return .number(JSONText.text(bytes.span, range, hasEscapes: false))
        case nil:
            throw JSONError("unexpected end of text", at: offset)
        }
    }

    private static let fewMembers = 12

    private mutating func readMembers() throws(JSONError) -> [JSONValue.Member] {
        try beginObject()
        var members: [JSONValue.Member] = []
        // Of few members each is compared with all: a set would cost more.
        var names: Set<String> = []
        while true {
            let start = offset
            guard let name = try nextKey() else { return members }
            if members.count == Self.fewMembers { names = Set(members.map(\.name)) }
            let isSuspect = members.count < Self.fewMembers || !names.insert(name).inserted
            // `String` equality would also merge different spellings of one Unicode text (é as one or two scalars).
            if isSuspect, members.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
                throw JSONError("duplicate member name", at: start)
            }
            members.append(JSONValue.Member(name, try readTree()))
        }
    }

    // MARK: Contents

    private mutating func readContent(of kind: AttributeKind) throws(JSONError) -> AttributeValue {
        switch kind {
        case .string: return .string(try readString())
        case .number: return .number(try readNumber())
        case .binary: return .binary(try readBinary())
        case .bool: return .bool(try readAttributeBool())
        case .null:
            _ = try readBool()
            return .null
        case .map: return .map(try readItem())
        case .list:
            try beginArray()
            var elements: [AttributeValue] = []
            while try nextElement() { elements.append(try readAttributeValue()) }
            return .list(elements)
        case .stringSet: return .stringSet(try readSet { reader throws(JSONError) in try reader.readString() })
        case .numberSet: return .numberSet(try readSet { reader throws(JSONError) in try reader.readNumber() })
        case .binarySet: return .binarySet(try readSet { reader throws(JSONError) in try reader.readBinary() })
        case .vector: return .float32Vector(try readVector())
        }
    }

    /// The text of a number, checked by the server's rules.
    private mutating func readNumber() throws(JSONError) -> AttributeNumber {
        let found = try readStringRange("a number's text belongs in a string")
        let text = JSONText.text(bytes.span, found.range, hasEscapes: found.hasEscapes)
        do {
            return try AttributeNumber(checking: text)
        } catch {
            throw JSONError(error.reason, at: found.range.lowerBound)
        }
    }

    private mutating func readBinary() throws(JSONError) -> [UInt8] {
        let found = try readStringRange("base64 belongs in a string")
        let decoded =
            found.hasEscapes
            ? Base64.decode(JSONText.unescaped(bytes.span, found.range).span)
            : Base64.decode(bytes.span.extracting(found.range))
        guard let decoded else { throw JSONError("not canonical base64", at: found.range.lowerBound) }
        return decoded
    }

    private mutating func readAttributeBool() throws(JSONError) -> Bool {
        if matches("\"true\"") {
            offset += 6
            return true
        }
        if matches("\"false\"") {
            offset += 7
            return false
        }
        guard peek() == UInt8(ascii: "\"") else { return try readBool() }
        let start = offset
        switch try readString() {
        case "true": return true
        case "false": return false
        default: throw JSONError("expected true or false", at: start)
        }
    }

    private mutating func readSet<Element: Hashable>(
        _ element: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> Set<Element> {
        try beginArray()
        var members: Set<Element> = []
        while try nextElement() { members.insert(try element(&self)) }
        if members.isEmpty, !limits.allowsEmptySets { throw JSONError("a set may not be empty", at: offset) }
        return members
    }

    private mutating func readVector() throws(JSONError) -> [Float] {
        try beginArray()
        var components: [Float] = []
        while try nextElement() {
            let range = try readNumberRange()
            guard let component = Float(JSONText.text(bytes.span, range, hasEscapes: false)), component.isFinite else {
                throw JSONError("a component out of the range of 32-bit floats", at: range.lowerBound)
            }
            components.append(component)
        }
        return components
    }

    private func unknownType(_ name: (range: Range<Int>, hasEscapes: Bool)) -> JSONError {
        let shown = JSONText.text(bytes.span, name.range, hasEscapes: name.hasEscapes).prefix(20)
        return JSONError("unknown attribute type '\(shown)'", at: name.range.lowerBound)
    }
}

/// The type member of an attribute value.
enum AttributeKind: UInt8 {
    case string, number, binary, bool, null, list, map, stringSet, numberSet, binarySet, vector

    /// From a name's bytes; `nil` for no type known here.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let first = range.isEmpty ? 0 : bytes[range.lowerBound]
        switch range.count {
        case 1:
            switch first {
            case UInt8(ascii: "S"): self = .string
            case UInt8(ascii: "N"): self = .number
            case UInt8(ascii: "B"): self = .binary
            case UInt8(ascii: "M"): self = .map
            case UInt8(ascii: "L"): self = .list
            default: return nil
            }
        case 2:
            guard bytes[range.lowerBound + 1] == UInt8(ascii: "S") else { return nil }
            switch first {
            case UInt8(ascii: "S"): self = .stringSet
            case UInt8(ascii: "N"): self = .numberSet
            case UInt8(ascii: "B"): self = .binarySet
            default: return nil
            }
        default:
            self.init(longName: bytes.extracting(range))
        }
    }

    private init?(longName name: Span<UInt8>) {
        func matches(_ text: String) -> Bool {
            let text = text.utf8.span
            guard text.count == name.count else { return false }
            for index in 0..<name.count where name[index] != text[index] { return false }
            return true
        }
        if matches("BOOL") {
            self = .bool
        } else if matches("NULL") {
            self = .null
        } else if matches("FLOAT32VECTOR") {
            self = .vector
        } else {
            return nil
        }
    }

    /// The name as DynamoDB writes it.
    var name: String {
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
        case .vector: "FLOAT32VECTOR"
        }
    }
}

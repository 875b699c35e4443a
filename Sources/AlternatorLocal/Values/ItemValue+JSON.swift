import AlternatorWire

extension JSONReader {
    /// An item out of the store.
    mutating func readStoredItem() throws(JSONError) -> [String: ItemValue] {
        try beginObject()
        var item: [String: ItemValue] = [:]
        while let name = try nextKey() { item[name] = try readStoredValue() }
        return item
    }

    /// One value: what does not have the form of its type becomes `malformed`.
    private mutating func readStoredValue() throws(JSONError) -> ItemValue {
        let start = self
        do {
            if let value = try readFormedValue(from: start) { return value }
        } catch {
            // Read again below, by no rules but JSON's.
        }
        self = start
        return .malformed(try readTree())
    }

    private mutating func readFormedValue(from start: JSONReader) throws(JSONError) -> ItemValue? {
        guard peek() == UInt8(ascii: "{") else { return nil }
        try beginObject()
        let value: ItemValue
        switch try nextKey() {
        case "L":
            guard peek() == UInt8(ascii: "[") else { return nil }
            try beginArray()
            var elements: [ItemValue] = []
            while try nextElement() { elements.append(try readStoredValue()) }
            value = .list(elements)
        case "M":
            guard peek() == UInt8(ascii: "{") else { return nil }
            value = .map(try readStoredItem())
        case "BOOL": value = .bool(try readBool())
        case "NULL":
            guard try readBool() else { return nil }
            value = .null
        default:
            self = start
            return ItemValue(try readAttributeValue())
        }
        return try nextKey() == nil ? value : nil
    }
}

extension JSONWriter {
    /// `{"id":{"S":"u1"}}`; members in the order of their names, so that bytes are stable.
    mutating func item(_ item: [String: ItemValue]) {
        byte(UInt8(ascii: "{"))
        var isFirst = true
        for (name, value) in item.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            if !isFirst { byte(UInt8(ascii: ",")) }
            isFirst = false
            string(name)
            byte(UInt8(ascii: ":"))
            itemValue(value)
        }
        byte(UInt8(ascii: "}"))
    }

    /// `{"S":"…"}` and so on; recursion is bounded by the depth of requests.
    mutating func itemValue(_ value: ItemValue) {
        switch value {
        case .list(let elements):
            raw("{\"L\":[")
            var isFirst = true
            for element in elements {
                if !isFirst { byte(UInt8(ascii: ",")) }
                isFirst = false
                itemValue(element)
            }
            raw("]}")
        case .map(let members):
            raw("{\"M\":")
            item(members)
            byte(UInt8(ascii: "}"))
        case .malformed(let json): tree(json)
        default: if let leaf = value.leaf { attributeValue(leaf) }
        }
    }
}

/// Part of a request: writes itself as one JSON value.
package protocol WireWritable: Sendable {
    func write(into json: inout JSONWriter)
}

/// Part of an answer: reads itself from one JSON value, passing over members it does not know.
package protocol WireReadable: Sendable {
    init(from reader: inout JSONReader) throws(JSONError)
}

extension JSONWriter {
    /// `"name":"value"`; nothing for `nil`.
    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        key(name)
        string(value)
    }

    /// `"name":3`; nothing for `nil`.
    mutating func member(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        key(name)
        integer(value)
    }

    /// `"name":true`; nothing for `nil`.
    mutating func member(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        key(name)
        bool(value)
    }

    /// `"name":"ALL_OLD"`; nothing for `nil`.
    mutating func member(_ name: StaticString, word: (some WireWord)?) {
        member(name, word?.rawValue)
    }

    /// `"name":{…}`; nothing for `nil`.
    mutating func member(_ name: StaticString, shape: (some WireWritable)?) {
        guard let shape else { return }
        key(name)
        shape.write(into: &self)
    }

    /// `"name":[…]`; nothing for an empty list, which the server would refuse.
    mutating func member(_ name: StaticString, shapes: [some WireWritable]) {
        guard !shapes.isEmpty else { return }
        key(name)
        list(shapes) { $1.write(into: &$0) }
    }

    /// `"name":["a","b"]`; nothing for an empty list.
    mutating func member(_ name: StaticString, strings: [String]) {
        guard !strings.isEmpty else { return }
        key(name)
        list(strings) { $0.string($1) }
    }

    /// `"name":{"a":{"S":"x"}}`; nothing for `nil`.
    mutating func member(_ name: StaticString, item: [String: AttributeValue]?) {
        guard let item else { return }
        key(name)
        self.item(item)
    }

    /// `"name":[{"S":"x"}]`; nothing for an empty list.
    mutating func member(_ name: StaticString, values: [AttributeValue]) {
        guard !values.isEmpty else { return }
        key(name)
        list(values) { $0.attributeValue($1) }
    }

    /// `"name":{"a":…}` in the order of the keys; nothing for an empty map.
    mutating func member(_ name: StaticString, map: [String: some WireWritable]) {
        guard !map.isEmpty else { return }
        key(name)
        members(of: map) { $1.write(into: &$0) }
    }

    /// The names and values that expressions refer to; empty ones are left out, as the server refuses unused ones.
    mutating func placeholders(names: [String: String], values: [String: AttributeValue] = [:]) {
        if !names.isEmpty {
            key("ExpressionAttributeNames")
            members(of: names) { $0.string($1) }
        }
        if !values.isEmpty { member("ExpressionAttributeValues", item: values) }
    }

    /// `"ReturnConsumedCapacity":"TOTAL"`, the only level that Alternator accepts; it refuses even `NONE`.
    mutating func returnConsumedCapacity(_ wanted: Bool) {
        if wanted { member("ReturnConsumedCapacity", "TOTAL") }
    }

    /// `[…]` with commas.
    mutating func list<Element>(_ elements: [Element], _ body: (inout JSONWriter, Element) -> Void) {
        byte(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { byte(UInt8(ascii: ",")) }
            isFirst = false
            body(&self, element)
        }
        byte(UInt8(ascii: "]"))
    }

    /// `{…}` with the members in the order of their names, so that equal requests have equal bytes.
    mutating func members<Value>(of map: [String: Value], _ body: (inout JSONWriter, Value) -> Void) {
        object { json in
            for (name, value) in map.sorted(by: { $0.key < $1.key }) {
                json.key(name)
                body(&json, value)
            }
        }
    }
}

extension JSONReader {
    /// The name of the next member that has a value other than `null`; `nil` with the object's end read.
    mutating func nextMember() throws(JSONError) -> String? {
        while let name = try nextKey() {
            if try !readNull() { return name }
        }
        return nil
    }

    /// A list; `null` elements are left out.
    mutating func readList<Element>(
        _ element: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        var elements: [Element] = []
        try beginArray()
        while try nextElement() {
            if try !readNull() { elements.append(try element(&self)) }
        }
        return elements
    }

    /// An object whose member names are data, such as table names.
    mutating func readMap<Value>(
        _ value: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> [String: Value] {
        var map: [String: Value] = [:]
        try beginObject()
        while let name = try nextMember() { map[name] = try value(&self) }
        return map
    }

    mutating func readStrings() throws(JSONError) -> [String] {
        try readList { (reader: inout JSONReader) throws(JSONError) in try reader.readString() }
    }

    mutating func readItems() throws(JSONError) -> [[String: AttributeValue]] {
        try readList { (reader: inout JSONReader) throws(JSONError) in try reader.readItem() }
    }

    mutating func readWord<Word: WireWord>() throws(JSONError) -> Word { Word(rawValue: try readString()) }

    /// The value of a member that a shape cannot be without.
    func required<Value>(_ value: Value?, _ member: StaticString) throws(JSONError) -> Value {
        guard let value else { throw JSONError("missing member '\(member)'", at: offset) }
        return value
    }
}

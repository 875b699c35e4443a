import AlternatorWire

/// Turns a line into the JSON of an item.
///
/// Three forms are told apart by what every item has, a key that is one scalar: `{"Item":{"id":{"S":"u1"}}}` as DynamoDB
/// exports, `{"id":{"S":"u1"}}` as its API writes, and plain JSON, `{"id":"u1"}`. In the first two each attribute is an
/// object, in plain JSON the key is none.
struct ImportLine {
    /// The key attributes of the table with their types.
    let keys: [(name: String, type: ScalarType)]
    /// Reads the item as a model, so that what the model cannot read is a bad line; `nil` without a model.
    let check: (@Sendable (inout JSONReader) throws(AlternatorError) -> Void)?

    /// An item found in a line.
    struct Item {
        /// Where it is in the bytes; `nil` where it was plain and had to be written anew.
        var range: Range<Int>?
        var written: [UInt8]
        var key: [AttributeValue]
    }

    /// The item of a line; `nil` for an empty line, an error for anything else that is none.
    func item(in bytes: [UInt8], _ line: Range<Int>) throws(AlternatorError) -> Item? {
        guard let first = line.first(where: { bytes[$0] > 0x20 }) else { return nil }
        guard bytes[first] == UInt8(ascii: "{") else { throw Self.bad("it is no JSON object") }
        do throws(JSONError) {
            let (range, end) = try Self.extent(bytes, from: first)
            guard end <= line.upperBound else { throw JSONError("the line is too short", at: line.upperBound) }
            guard bytes[end..<line.upperBound].allSatisfy({ $0 <= 0x20 }) else {
                throw JSONError("text follows the item", at: end)
            }
            if let item = try typed(bytes, range) { return item }
            return try plain(bytes, first..<end)
        } catch {
            // The bytes go on with the next line, which is not what is wrong with this one.
            guard error.offset < line.upperBound else { throw Self.bad("the line ends before its item") }
            throw Self.bad("\(error.reason) at byte \(max(error.offset - line.lowerBound, 0)) of the line")
        }
    }

    /// Where the item is, and where the object of the line ends; they differ for `{"Item":{…}}`.
    private static func extent(_ bytes: [UInt8], from start: Int) throws(JSONError) -> (item: Range<Int>, end: Int) {
        var reader = JSONReader(bytes, from: start)
        try reader.beginObject()
        if try reader.nextKey() == "Item", reader.peek() == UInt8(ascii: "{") {
            var inside = reader
            try inside.beginObject()
            // A key attribute called Item has `{"S":"…"}` here, whose member is no object.
            let isItem = if try inside.nextKey() == nil { true } else { inside.peek() == UInt8(ascii: "{") }
            if isItem {
                let item = try reader.valueRange()
                if try reader.nextKey() == nil { return (item, reader.offset) }
            }
        }
        reader = JSONReader(bytes, from: start)
        let whole = try reader.valueRange()
        return (whole, whole.upperBound)
    }

    // MARK: Typed

    /// Anything that is an item by its shape.
    private struct AnyItem: Decodable {
        init(from decoder: any Decoder) {}
    }

    /// `nil` if an attribute is no object, as in plain JSON.
    private func typed(_ bytes: [UInt8], _ range: Range<Int>) throws(JSONError) -> Item? {
        var reader = JSONReader(bytes, from: range.lowerBound)
        do throws(AlternatorError) {
            _ = try ItemDecoder().decodeItem(AnyItem.self, from: &reader)
        } catch {
            var attributes = JSONReader(bytes, from: range.lowerBound)
            try attributes.beginObject()
            while try attributes.nextKey() != nil {
                if attributes.peek() != UInt8(ascii: "{") { return nil }
                try attributes.skipValue()
            }
            throw JSONError(
                "an attribute has no type that DynamoDB knows, or no value of its type",
                at: range.lowerBound
            )
        }
        var values: [AttributeValue] = []
        for key in keys {
            let value = try JSONReader.attribute(named: key.name, in: bytes, from: range.lowerBound)
            values.append(try checked(value, key, range.lowerBound))
        }
        try model(bytes, range.lowerBound)
        return Item(range: range, written: [], key: values)
    }

    private func checked(
        _ value: AttributeValue?,
        _ key: (name: String, type: ScalarType),
        _ offset: Int
    ) throws(JSONError) -> AttributeValue {
        guard let value else { throw JSONError("the key attribute \"\(key.name)\" is missing", at: offset) }
        do throws(AlternatorError) {
            try ItemKeyValues.check(value, of: key.name, type: key.type)
        } catch {
            throw JSONError(error.message, at: offset)
        }
        return value
    }

    private func model(_ bytes: [UInt8], _ start: Int) throws(JSONError) {
        guard let check else { return }
        var reader = JSONReader(bytes, from: start)
        do throws(AlternatorError) {
            try check(&reader)
        } catch {
            throw JSONError(error.message, at: start)
        }
    }

    // MARK: Plain

    private func plain(_ bytes: [UInt8], _ range: Range<Int>) throws(JSONError) -> Item {
        var reader = JSONReader(bytes, from: range.lowerBound)
        guard case .object(let members) = try reader.readTree() else {
            throw JSONError("it is no JSON object", at: range.lowerBound)
        }
        var item: [String: AttributeValue] = [:]
        for member in members { item[member.name] = try Self.value(member.value, range.lowerBound) }
        var values: [AttributeValue] = []
        for key in keys { values.append(try checked(item[key.name], key, range.lowerBound)) }
        var writer = JSONWriter()
        writer.item(item)
        try model(writer.bytes, 0)
        return Item(range: nil, written: writer.bytes, key: values)
    }

    /// Plain JSON knows strings, numbers, truth values, null, arrays and objects; nothing else is guessed.
    private static func value(_ json: JSONValue, _ offset: Int) throws(JSONError) -> AttributeValue {
        switch json {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .string(let text): return .string(text)
        case .number(let text):
            guard let number = AttributeNumber(text) else {
                throw JSONError("a number has more than 38 digits, or is too large or too small", at: offset)
            }
            return .number(number)
        case .array(let elements):
            var list: [AttributeValue] = []
            for element in elements { list.append(try value(element, offset)) }
            return .list(list)
        case .object(let members):
            var map: [String: AttributeValue] = [:]
            for member in members { map[member.name] = try value(member.value, offset) }
            return .map(map)
        }
    }

    private static func bad(_ reason: String) -> AlternatorError { AlternatorError(.mapping, message: reason) }
}

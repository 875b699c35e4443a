import AlternatorWire

/// Looks into an item that was just written as JSON.
///
/// What is read here was produced by our own writer, so a JSON error is reported as a fault of the model's encoding.
struct EncodedItem {
    let bytes: [UInt8]
    let start: Int

    /// The values of some top-level attributes, in the order asked for; `nil` where one is missing.
    func values(of names: [String]) throws(AlternatorError) -> [AttributeValue?] {
        var found = [AttributeValue?](repeating: nil, count: names.count)
        var missing = names.count
        do {
            var reader = JSONReader(bytes, from: start)
            try reader.beginObject()
            while missing > 0, let key = try reader.nextKey() {
                if let index = names.firstIndex(of: key) {
                    found[index] = try reader.readAttributeValue()
                    missing -= 1
                } else {
                    try reader.skipValue()
                }
            }
        } catch {
            throw Self.unreadable(error)
        }
        return found
    }

    /// The names of its attributes, in their order.
    func names() throws(AlternatorError) -> [String] {
        var names: [String] = []
        do {
            var reader = JSONReader(bytes, from: start)
            try reader.beginObject()
            while let name = try reader.nextKey() {
                names.append(name)
                try reader.skipValue()
            }
        } catch {
            throw Self.unreadable(error)
        }
        return names
    }

    /// All of it.
    func attributes() throws(AlternatorError) -> [String: AttributeValue] {
        do {
            var reader = JSONReader(bytes, from: start)
            return try reader.readItem()
        } catch {
            throw Self.unreadable(error)
        }
    }

    /// Where the value of a top-level attribute stands in `bytes`; `nil` if it is missing.
    func range(of name: String) throws(AlternatorError) -> Range<Int>? {
        do {
            var reader = JSONReader(bytes, from: start)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let range = try reader.valueRange()
                if key == name { return range }
            }
            return nil
        } catch {
            throw Self.unreadable(error)
        }
    }

    /// The text of a top-level S; `nil` where it is missing or another type.
    func text(of name: String) throws(AlternatorError) -> String? { try values(of: [name])[0]?.stringValue }

    /// Writes the item again, at its end of the writer, with some attributes set or (by `nil`) taken out.
    func rewrite(
        setting edits: [(name: String, value: AttributeValue?)],
        in writer: inout JSONWriter
    ) throws(AlternatorError) {
        writer.bytes.removeLast(writer.bytes.count - start)
        writer.byte(UInt8(ascii: "{"))
        do {
            var reader = JSONReader(bytes, from: start)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let range = try reader.valueRange()
                if edits.contains(where: { $0.name == key }) { continue }
                writer.key(key)
                writer.raw(bytes[range])
            }
        } catch {
            throw Self.unreadable(error)
        }
        for (name, value) in edits {
            guard let value else { continue }
            writer.key(name)
            writer.attributeValue(value)
        }
        writer.byte(UInt8(ascii: "}"))
    }

    private static func unreadable(_ error: JSONError) -> AlternatorError {
        AlternatorError(.mapping, message: "The model encodes to something that is no item: \(error).", cause: error)
    }
}

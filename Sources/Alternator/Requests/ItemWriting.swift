import AlternatorWire
import FoundationEssentials

/// Writes whole items.
enum ItemWriting {
    /// A model value, with what its type declares: expiry in whole seconds, timestamps, keys made from properties.
    static func item<Item: Encodable>(
        _ item: Item,
        _ purpose: WritePurpose = .put,
        traits: ItemTraits<Item>,
        now: () -> Date,
        into writer: inout JSONWriter
    ) throws(AlternatorError) {
        let start = writer.bytes.count
        try ItemEncoder().encodeItem(item, by: traits.fast, into: &writer)
        try traits.finish(item, purpose, now, from: start, in: &writer)
    }

    /// Attributes as given.
    ///
    /// An empty set is left out, as in a model, because the server cannot store one.
    static func attributes(_ item: [String: AttributeValue], into writer: inout JSONWriter) throws(AlternatorError) {
        guard !item.isEmpty else { throw AlternatorError(.mapping, message: "The item has no attributes.") }
        let hasEmptySet = item.values.contains { value in
            if case .emptySet = GivenValue(value) { true } else { false }
        }
        guard hasEmptySet else {
            writer.item(item)
            return
        }
        writer.item(
            item.filter { _, value in
                if case .emptySet = GivenValue(value) { false } else { true }
            }
        )
    }

    /// Rounds the number in an attribute down; anything that is no number there is a mistake of the model.
    static func writeWholeSeconds(
        _ name: String,
        from start: Int,
        in writer: inout JSONWriter
    ) throws(AlternatorError) {
        let encoded = EncodedItem(bytes: writer.bytes, start: start)
        guard let range = try encoded.range(of: name), let value = try encoded.values(of: [name])[0], value != .null
        else { return }
        guard case .number(let number) = value, let seconds = Double(number.canonical) else {
            throw AlternatorError(
                .mapping,
                message: "The expiry attribute \"\(name)\" is not written as a number of seconds; "
                    + "encode it as a Date without a strategy of its own."
            )
        }
        let whole = DateForm.wholeSeconds(Date(timeIntervalSince1970: seconds))
        writer.bytes.replaceSubrange(range, with: Array("{\"N\":\"\(whole)\"}".utf8))
    }
}

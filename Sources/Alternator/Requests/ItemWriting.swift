import AlternatorWire
import FoundationEssentials

/// Writes whole items.
enum ItemWriting {
    /// A model value; the attribute called `expiryName` becomes whole seconds.
    static func item<Item: Encodable>(
        _ item: Item,
        expiryName: String?,
        into writer: inout JSONWriter
    ) throws(AlternatorError) {
        let start = writer.bytes.count
        try ItemEncoder().encodeItem(item, into: &writer)
        if let expiryName { try writeWholeSeconds(expiryName, from: start, in: &writer) }
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
    private static func writeWholeSeconds(
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
        let whole = ExpirySeconds.of(Date(timeIntervalSince1970: seconds))
        writer.bytes.replaceSubrange(range, with: Array("{\"N\":\"\(whole)\"}".utf8))
    }
}

/// The expiry attribute of a type, if it has one.
enum ExpiryName {
    static func of(_ type: Any.Type) throws(AlternatorError) -> String? {
        guard let type = type as? any ExpiringItem.Type else { return nil }
        return try name(type)
    }

    static func orFailure(of type: Any.Type) -> Result<String?, AlternatorError> {
        Result { () throws(AlternatorError) in try of(type) }
    }

    private static func name<T: ExpiringItem>(_ type: T.Type) throws(AlternatorError) -> String {
        try type.expiry.path.topLevelName(of: "The expiry of \(T.self)")
    }
}

import AlternatorWire

extension EncodedItem {
    /// Refuses an item, which goes to the end of the bytes, that is larger than `AlternatorConfig.itemSizeLimit`.
    func check(_ limit: Int) throws(AlternatorError) {
        // JSON is always longer than what it counts as, so only a long text must be counted.
        guard bytes.count - start > limit else { return }
        let size = ItemSize.bytes(of: try attributes())
        guard size > limit else { return }
        throw AlternatorError(
            .mapping,
            message: "The item has \(size) bytes as DynamoDB counts them; AlternatorConfig.itemSizeLimit is \(limit)."
        )
    }
}

extension TableHandle {
    /// Bytes an item may have; `nil` for no limit.
    var itemSizeLimit: Int? { client.config.itemSizeLimit.bytes }
}

public import AlternatorWire

extension Table {
    /// All items of an index, which may be fewer than the table's, as `type`.
    public func scan<Item: Decodable>(_ type: Item.Type, index: String) -> Scan<Item, Item> {
        Scan(ReadPlan(.scan, on: handle, index: index).reading(type))
    }

    /// All items of an index as attributes.
    public func scan(index: String) -> Scan<UntypedItem, [String: AttributeValue]> {
        Scan(ReadPlan(.scan, on: handle, index: index))
    }

    /// The item with this key as a partial type: only the attributes named are sent by the server.
    ///
    /// Without `attributes` these are the type's coding keys, so a type that reads others should be given them.
    public func get<Partial: Decodable>(
        partial type: Partial.Type,
        key: ItemKey,
        attributes: [String]? = nil,
        consistent: Bool = false
    ) async throws(AlternatorError) -> Partial? {
        let request = try handle.make(.getItem) { () throws(AlternatorError) in
            let key = try key.checked()
            return try ReadRequests.get(
                table: name,
                key: key,
                partitionKey: handle.partitionKey(of: key),
                consistent: consistent,
                projection: attributes ?? Projection.of(type)
            )
        }
        return try handle.item(type, under: "Item", of: try await handle.send(request), .getItem)
    }

    /// The items with these keys as attributes, in no order; see `get(_:keys:)`.
    public func get(
        keys: [ItemKey],
        consistent: Bool = false,
        options: BatchOptions = BatchOptions()
    ) async throws(AlternatorError) -> [[String: AttributeValue]] {
        try await get([String: AttributeValue].self, keys: keys, consistent: consistent, options: options)
    }
}

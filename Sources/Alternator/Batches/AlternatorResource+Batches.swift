public import AlternatorCore
public import AlternatorWire

extension AlternatorResource {
    /// Writes over any tables in as few requests as the limits allow; see `TypedTable.batchWrite`.
    ///
    /// - Parameters:
    ///   - requests: puts and deletes, made by the tables.
    ///   - options: how they are cut into requests.
    ///   - requestOptions: what each request overrides of the client's configuration.
    /// - Returns: what is left.
    /// - Throws: where a request cannot be made or sent; parts may have been written.
    public func batchWrite(
        _ requests: [WriteRequest],
        options: BatchOptions = BatchOptions(),
        requestOptions: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> BatchReport {
        try await BatchWriter.report(requests, self, requestOptions, options)
    }

    /// Always throws `.unsupportedByServer`: ScyllaDB has no transactions.
    ///
    /// Use conditions on single items, or a version attribute with `save` and `modify`.
    public func transactWrite(_ requests: [WriteRequest], token: String? = nil) async throws(AlternatorError) {
        throw AlternatorError(
            .unsupportedByServer,
            message: "ScyllaDB Alternator has no transactions; use conditions on single items, or a version attribute.",
            operation: "TransactWriteItems"
        )
    }
}

extension Table {
    /// A put to be sent in a batch; duplicates are not noticed, since the key is not known here.
    public func putRequest<Item: Encodable>(_ item: Item) -> WriteRequest {
        WriteRequest(table: name) { () throws(AlternatorError) in
            var writer = JSONWriter()
            if let attributes = item as? [String: AttributeValue] {
                try ItemWriting.attributes(attributes, into: &writer)
            } else {
                try ItemWriting.item(item, traits: try .shared(), now: handle.now, into: &writer)
            }
            return .init(
                kind: .put,
                attributes: writer.bytes,
                key: nil,
                hasCondition: false,
                isVersioned: Item.self is any VersionedItem.Type
            )
        }
    }

    /// A delete to be sent in a batch.
    public func deleteRequest(key: ItemKey) -> WriteRequest {
        WriteRequest(table: name) { () throws(AlternatorError) in
            let values = try key.checked()
            var writer = JSONWriter()
            values.write(to: &writer)
            return .init(
                kind: .delete,
                attributes: writer.bytes,
                key: nil,
                hasCondition: false,
                isVersioned: false
            )
        }
    }

    /// Puts and deletes, cut into requests; several writes of one key are refused by the server.
    ///
    /// Not atomic. Where it throws, parts may have been written; sending all again is safe.
    public func batchWrite<Item: Encodable>(
        put: [Item],
        delete: [ItemKey] = [],
        options: BatchOptions = BatchOptions()
    ) async throws(AlternatorError) -> BatchReport {
        let requests = put.map { putRequest($0) } + delete.map { deleteRequest(key: $0) }
        return try await BatchWriter.report(requests, resource, handle.options, options)
    }

    /// The items with these keys, in no order; 100 keys a request, leftovers asked for again.
    public func get<Item: Decodable>(
        _ type: Item.Type,
        keys: [ItemKey],
        consistent: Bool = false,
        options: BatchOptions = BatchOptions()
    ) async throws(AlternatorError) -> [Item] {
        let wanted = try handle.make(.batchGetItem) { () throws(AlternatorError) in
            var wanted: Set<Set<ItemKeyValues.Attribute>> = []
            var distinct: [ItemKeyValues] = []
            for key in keys {
                let values = try key.checked()
                if wanted.insert(Set(values.attributes)).inserted { distinct.append(values) }
            }
            return distinct
        }
        let reader = BatchReader(handle: handle, consistent: consistent, options: options)
        var items: [Item] = []
        for response in try await reader.responses(for: wanted) {
            items += try reader.items(type, in: response).map(\.item)
        }
        return items
    }
}

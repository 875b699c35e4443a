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
    /// A put to be sent in a batch, or by `writeEach`; duplicates are not noticed, since the key is not known here.
    public func putRequest<Item: Encodable>(_ item: Item) -> WriteRequest { putRequest(item, .always) }

    /// A put of attributes under a condition, to be sent by `writeEach`.
    public func putRequest(_ item: [String: AttributeValue], if condition: When<UntypedItem>) -> WriteRequest {
        putRequest(item, condition(Fields()).node)
    }

    private func putRequest<Item: Encodable>(_ item: Item, _ condition: ConditionNode) -> WriteRequest {
        let handle = handle
        // Written now, because the item need not be Sendable.
        let written = Result { () throws(AlternatorError) -> [UInt8] in
            guard !(Item.self is any VersionedItem.Type) else { throw WriteRequest.ignoresVersion(Item.self, .putItem) }
            var writer = JSONWriter()
            if let attributes = item as? [String: AttributeValue] {
                try ItemWriting.attributes(attributes, into: &writer)
            } else {
                try ItemWriting.item(item, traits: try .shared(), now: handle.now, into: &writer)
            }
            if let limit = handle.itemSizeLimit { try EncodedItem(bytes: writer.bytes, start: 0).check(limit) }
            return writer.bytes
        }
        return WriteRequest(handle) { () throws(AlternatorError) in
            let bytes = try handle.make(.putItem) { () throws(AlternatorError) in try written.get() }
            return try WriteRequests.put(table: handle.name, condition: condition, sizeLimit: nil) {
                writer throws(AlternatorError) in
                writer.raw(bytes)
            } partitionKey: { encoded throws(AlternatorError) in
                guard let keyName = handle.knownPartitionKey else { return nil }
                return try encoded.values(of: [keyName])[0]
            }
        } _: { () throws(AlternatorError) in
            .init(
                kind: .put,
                attributes: try written.get(),
                key: nil,
                hasCondition: !condition.isAlways,
                isVersioned: false
            )
        }
    }

    /// An update without a model, to be sent by `writeEach`.
    public func updateRequest(
        key: ItemKey,
        if condition: When<UntypedItem> = { _ in .always },
        @UpdateBuilder<UntypedItem> _ changes: Changing<UntypedItem>
    ) -> WriteRequest {
        let (handle, node, actions) = (handle, condition(Fields()).node, changes(Fields()).map(\.change))
        return WriteRequest(handle) { () throws(AlternatorError) in
            let key = try handle.make(.updateItem) { () throws(AlternatorError) in try key.checked() }
            return try WriteRequests.update(
                table: handle.name,
                key: key,
                partitionKey: handle.partitionKey(of: key),
                condition: node,
                changes: actions
            )
        }
    }

    /// A delete to be sent in a batch, or by `writeEach`, which alone takes conditions.
    public func deleteRequest(key: ItemKey, if condition: When<UntypedItem> = { _ in .always }) -> WriteRequest {
        let (handle, node) = (handle, condition(Fields()).node)
        return WriteRequest(handle) { () throws(AlternatorError) in
            let key = try handle.make(.deleteItem) { () throws(AlternatorError) in try key.checked() }
            return try WriteRequests.delete(
                table: handle.name,
                key: key,
                partitionKey: handle.partitionKey(of: key),
                condition: node
            )
        } _: { () throws(AlternatorError) in
            let values = try key.checked()
            var writer = JSONWriter()
            values.write(to: &writer)
            return .init(
                kind: .delete,
                attributes: writer.bytes,
                key: nil,
                hasCondition: !node.isAlways,
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

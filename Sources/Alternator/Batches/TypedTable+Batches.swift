public import AlternatorWire

// MARK: - Reading

extension TypedTable {
    /// The items with these keys: 100 a request, duplicates dropped, leftovers asked for again.
    ///
    /// Keys without an item are not in the result.
    public func get(
        keys: [Key],
        consistent: Bool = false,
        options: BatchOptions = BatchOptions()
    ) async throws(AlternatorError) -> [Key: Item] {
        try await find(keys, as: Item.self, projection: nil, consistent, options)
    }

    /// The items with these keys as a partial type: only the attributes of its coding keys, and the key, are sent.
    public func get<Partial: Decodable>(
        keys: [Key],
        as type: Partial.Type,
        consistent: Bool = false,
        options: BatchOptions = BatchOptions()
    ) async throws(AlternatorError) -> [Key: Partial] {
        try await find(keys, as: type, projection: Projection.of(type), consistent, options)
    }

    private func find<Found: Decodable>(
        _ keys: [Key],
        as type: Found.Type,
        projection: [String]?,
        _ consistent: Bool,
        _ options: BatchOptions
    ) async throws(AlternatorError) -> [Key: Found] {
        let schema = try handle.make(.batchGetItem) { () throws(AlternatorError) in try self.schema() }
        let wanted = try handle.make(.batchGetItem) { () throws(AlternatorError) in
            var wanted: [ItemKeyValues: Key] = [:]
            for key in keys { wanted[try schema.key(key.partition, key.sort)] = key }
            return wanted
        }
        // Which item is whose is told by its key.
        let attributes = projection.map { names in names + schema.keyNames.filter { !names.contains($0) } }
        let reader = BatchReader(handle: handle, consistent: consistent, options: options, projection: attributes)
        var found: [Key: Found] = [:]
        for response in try await reader.responses(for: Array(wanted.keys)) {
            for (item, start) in try reader.items(type, in: response) {
                let values = try EncodedItem(bytes: response.bytes, start: start).values(of: schema.keyNames)
                let attributes = zip(schema.keyNames, values).compactMap { name, value in
                    value.map { ItemKeyValues.Attribute(name: name, value: $0) }
                }
                if let key = wanted[ItemKeyValues(attributes: attributes)] { found[key] = item }
            }
        }
        return found
    }
}

extension TypedTable where Item.SortKey == NoSortKey {
    /// The items with these partition keys; see `get(keys:)`.
    public func get(
        _ partitions: [Item.PartitionKey],
        consistent: Bool = false
    ) async throws(AlternatorError) -> [Item.PartitionKey: Item] {
        let found = try await get(keys: partitions.map { Key($0) }, consistent: consistent)
        return Dictionary(found.map { ($0.key.partition, $0.value) }) { first, _ in first }
    }
}

// MARK: - Writing

extension TypedTable {
    /// A put to be sent in a batch, or by `writeEach`, which alone takes conditions.
    public func putRequest(_ item: Item, if condition: When<Item> = { _ in .always }) -> WriteRequest {
        let node = condition(Fields()).node
        let hasCondition = !node.isAlways
        let table = self
        return WriteRequest(handle) { () throws(AlternatorError) in
            guard try table.schema().version == nil else { throw WriteRequest.ignoresVersion(Item.self, .putItem) }
            return try table.encodedPut(item, if: node)
        } _: { () throws(AlternatorError) in
            let schema = try schema()
            var writer = JSONWriter()
            try ItemWriting.item(item, traits: schema.traits, now: handle.now, into: &writer)
            let encoded = EncodedItem(bytes: writer.bytes, start: 0)
            if let limit = handle.itemSizeLimit { try encoded.check(limit) }
            let key = try schema.key(of: item, encoded: encoded)
            return .init(
                kind: .put,
                attributes: writer.bytes,
                key: key,
                hasCondition: hasCondition,
                isVersioned: schema.version != nil
            )
        }
    }

    /// An update to be sent by `writeEach`; counts the version up where the model has one.
    public func updateRequest(
        _ key: Key,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) -> WriteRequest {
        let (table, node, actions) = (self, condition(Fields()).node, changes(Fields()).map(\.change))
        return WriteRequest(handle) { () throws(AlternatorError) in
            try table.encodedUpdate(key, if: node, actions)
        }
    }

    /// A delete to be sent in a batch, or by `writeEach`, which alone takes conditions.
    public func deleteRequest(_ key: Key, if condition: When<Item> = { _ in .always }) -> WriteRequest {
        let node = condition(Fields()).node
        let table = self
        return WriteRequest(handle) { () throws(AlternatorError) in
            guard try table.schema().version == nil else { throw WriteRequest.ignoresVersion(Item.self, .deleteItem) }
            return try table.encodedDelete(key, if: node)
        } _: { () throws(AlternatorError) in
            let schema = try schema()
            let values = try schema.key(key.partition, key.sort)
            var writer = JSONWriter()
            values.write(to: &writer)
            return .init(
                kind: .delete,
                attributes: writer.bytes,
                key: values,
                hasCondition: !node.isAlways,
                isVersioned: schema.version != nil
            )
        }
    }
}

extension TypedTable where Item.Locking == Unversioned {
    /// Puts and deletes, cut into requests; of several writes of one key only the last is sent, deletes after puts.
    ///
    /// Not atomic. Where it throws, parts may have been written; sending all again is safe.
    public func batchWrite(
        put: [Item] = [],
        delete: [Key] = [],
        options: BatchOptions = BatchOptions()
    ) async throws(AlternatorError) -> BatchReport {
        let requests = put.map { putRequest($0) } + delete.map { deleteRequest($0) }
        return try await BatchWriter.report(requests, resource, handle.options, options)
    }

    /// Many single puts under a condition, `concurrency` at once, with one outcome per item in their order.
    ///
    /// What batches cannot do. Nothing is thrown: an item that could not be written has its error in the result.
    public func putEach(
        _ items: [Item],
        concurrency: Int = 16,
        if condition: When<Item> = { _ in .always }
    ) async -> [Result<PutOutcome<Item>, AlternatorError>] {
        let node = condition(Fields()).node
        let table = self
        let results = await concurrentResults(items, limit: concurrency, stopsAtFailure: false) {
            item async throws(AlternatorError) in
            try await table.tryPut(item, if: { _ in Condition(node) })
        }
        return results.map {
            $0 ?? .failure(AlternatorError(.cancelled, message: "The put was not begun.", operation: "PutItem"))
        }
    }
}

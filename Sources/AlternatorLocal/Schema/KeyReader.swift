import AlternatorWire

extension KeyColumn {
    /// The value of a request as partition key: as CQL serialises it.
    ///
    /// Numbers are taken as written, so `1.0` and `1` are two keys, as at the server.
    func partitionBytes(_ value: JSONValue) throws(LocalError) -> [UInt8] {
        guard let bytes = partitionBytes(of: try self.value(of: value)) else { throw malformed(value) }
        return bytes
    }

    /// The value of a request as sort key: bytes in the order of the values.
    func sortBytes(_ value: JSONValue) throws(LocalError) -> [UInt8] {
        guard let bytes = sortBytes(of: try self.value(of: value)) else { throw malformed(value) }
        return bytes
    }

    private func member(of item: JSONValue) throws(LocalError) -> JSONValue {
        guard let value = item[name] else { throw .validation("Key column \(name) not found") }
        return value
    }

    fileprivate func partitionBytes(in item: JSONValue) throws(LocalError) -> [UInt8] {
        try partitionBytes(member(of: item))
    }

    fileprivate func sortBytes(in item: JSONValue) throws(LocalError) -> [UInt8] {
        try sortBytes(member(of: item))
    }
}

extension TableDefinition {
    /// The place of an item, from its key attributes; others are not looked at.
    func key(of item: JSONValue) throws(LocalError) -> RowKey {
        guard case .object = item else { throw ValueCheck.jsonAssert("IsObject()") }
        let partition = try hash.partitionBytes(in: item)
        let sortBytes = try sort?.sortBytes(in: item) ?? []
        let longest = max(partition.count, sortBytes.count)
        guard longest <= KeyColumn.maximumBytes else {
            throw .internalServerError("Key size too large: \(longest) > \(KeyColumn.maximumBytes)")
        }
        return RowKey(partition: partition, sort: sortBytes)
    }

    /// The place named by a `Key`, which must have the key attributes and nothing else.
    func exactKey(_ key: JSONValue) throws(LocalError) -> RowKey {
        let place = try self.key(of: key)
        guard key.members?.count == (sort == nil ? 1 : 2) else {
            throw .validation("Given key attribute not in schema")
        }
        return place
    }

    /// The token of the partition an ExclusiveStartKey names.
    func startToken(_ key: JSONValue, through index: IndexDefinition?) throws(LocalError) -> Int64 {
        guard case .object = key else { throw ValueCheck.jsonAssert("IsObject()") }
        return try RowKey(partition: (index?.hash ?? hash).partitionBytes(in: key), sort: []).token
    }

    /// The place an ExclusiveStartKey names.
    func start(
        _ key: JSONValue,
        through index: IndexDefinition?
    ) throws(LocalError) -> (after: RowKey, base: RowKey?) {
        guard let index else { return try (self.key(of: key), nil) }
        guard case .object = key else { throw ValueCheck.jsonAssert("IsObject()") }
        let partition = try index.hash.partitionBytes(in: key)
        let sort = try index.sort?.sortBytes(in: key) ?? []
        return try (RowKey(partition: partition, sort: sort), self.key(of: key))
    }
}

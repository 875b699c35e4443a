public import AlternatorWire

extension Table {
    /// Creates a table without a model; returns when it can be used.
    ///
    /// ```swift
    /// try await resource.table("users").create(partitionKey: KeyDefinition("id", .s))
    /// ```
    public func create(
        partitionKey: KeyDefinition,
        sortKey: KeyDefinition? = nil,
        indexes: [IndexDefinition] = [],
        _ options: CreateOptions = CreateOptions(),
        ifNotExists: Bool = false
    ) async throws(AlternatorError) {
        let request = try handle.make(.createTable) { () throws(AlternatorError) in
            let keys = [partitionKey] + (sortKey.map { [$0] } ?? [])
            return try TableLayout.request(
                name,
                keys: keys.map { KeyAttribute(name: $0.name, type: $0.type) },
                indexes: indexes.map(\.schema),
                options: options
            )
        }
        _ = try await handle.create(request, ifNotExists: ifNotExists)
    }

    /// What the server says of the table.
    public func describe() async throws(AlternatorError) -> TableDescription { try await handle.describe() }

    /// Returns when the table can be used, with `indexes` also when its indexes are built; else goes on asking.
    public func waitUntilActive(indexes: Bool = false) async throws(AlternatorError) {
        try await handle.waitUntilActive(indexes: indexes)
    }

    /// Deletes the table with everything in it.
    public func deleteTable(ifExists: Bool = false) async throws(AlternatorError) {
        try await handle.delete(ifExists: ifExists)
    }

    /// Adds a global index; it is built in the background, see `waitUntilActive(indexes:)`.
    public func addIndex(_ index: IndexDefinition) async throws(AlternatorError) {
        try await handle.addIndex(index.schema)
    }

    /// Removes a global index.
    public func removeIndex(_ indexName: String) async throws(AlternatorError) {
        try await handle.removeIndex(indexName)
    }

    /// Turns expiry of items by an attribute on or off; nothing happens where it is so already.
    public func setTimeToLive(_ attribute: String, _ isOn: Bool) async throws(AlternatorError) {
        try await handle.setTimeToLive(attribute, enabled: isOn)
    }

    /// The table's tags; of those that begin with `system:` the ones a user may set.
    public func tags() async throws(AlternatorError) -> [String: String] { try await handle.tags() }

    /// Sets tags; others stay.
    public func setTags(_ tags: [String: String]) async throws(AlternatorError) { try await handle.setTags(tags) }

    /// Removes tags.
    public func removeTags(_ keys: [String]) async throws(AlternatorError) { try await handle.removeTags(keys) }
}

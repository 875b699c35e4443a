public import AlternatorWire

extension TypedTable {
    /// Creates the table as the model declares it: keys, indexes, expiry, tags; returns when it can be used.
    ///
    /// With `ifNotExists` a table that is there is left as it is, whatever its keys; see `verifySchema`.
    public func create(
        _ options: CreateOptions = CreateOptions(),
        ifNotExists: Bool = false
    ) async throws(AlternatorError) {
        let request = try createTableRequest(options)
        do throws(AlternatorError) {
            guard try await handle.create(request, ifNotExists: ifNotExists) else { return }
        } catch {
            throw request.vectorIndexes.isEmpty ? error : VectorSupport.error(error)
        }
        try await verifyVectorIndexes(request.vectorIndexes.map(\.indexName))
        if let expiryName = try schema().expiryName {
            try await handle.setTimeToLive(expiryName, enabled: true)
        }
    }

    func createTableRequest(_ options: CreateOptions) throws(AlternatorError) -> CreateTableRequest {
        try handle.make(.createTable) { () throws(AlternatorError) in
            let schema = try schema()
            let keys = [schema.partition] + (schema.sort.map { [$0] } ?? [])
            return try TableLayout.request(
                name,
                keys: keys,
                indexes: schema.indexes,
                vectorIndexes: try VectorIndexes.requests(of: Item.self),
                options: options
            )
        }
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

    /// Where the table differs from what the model declares; asks the server, changes nothing.
    public func verifySchema() async throws(AlternatorError) -> [SchemaDifference] {
        let schema = try handle.make(.describeTable) { () throws(AlternatorError) in try self.schema() }
        let table = try await describe()
        var differences = SchemaDifference.keys(
            "the table",
            declared: [schema.partition] + (schema.sort.map { [$0] } ?? []),
            found: table.keySchema,
            table
        )
        for index in schema.indexes {
            let found = (index.isLocal ? table.localSecondaryIndexes : table.globalSecondaryIndexes)
                .first { $0.indexName == index.name }
            guard let found else {
                differences.append(
                    SchemaDifference("\(index.isLocal ? "local" : "global") index \(index.name) is missing")
                )
                continue
            }
            differences += SchemaDifference.keys(
                "index \(index.name)",
                declared: index.keys,
                found: found.keySchema,
                table
            )
        }
        for index in try handle.make(
            .describeTable,
            { () throws(AlternatorError) in try VectorIndexes.requests(of: Item.self) }
        ) {
            differences += SchemaDifference.vectors(
                index,
                table.vectorIndexes.first { $0.indexName == index.indexName }
            )
        }
        if let expiryName = schema.expiryName {
            let expiry = try await handle.perform(DescribeTimeToLiveRequest(tableName: name))
            let isOn = expiry.timeToLiveStatus == .enabled || expiry.timeToLiveStatus == .enabling
            if !isOn {
                differences.append(SchemaDifference("expiry is off; the model declares it on \(expiryName)"))
            } else if expiry.attributeName != expiryName {
                let found = expiry.attributeName ?? "none"
                differences.append(SchemaDifference("expiry is on \(found); the model declares \(expiryName)"))
            }
        }
        return differences
    }

    // MARK: Indexes, expiry, tags

    /// Adds a global index; it is built in the background, see `waitUntilActive(indexes:)`.
    public func addIndex<Partition, Sort>(
        _ index: SecondaryIndex<Item, Partition, Sort>
    ) async throws(AlternatorError) {
        let schema = try handle.make(.updateTable) { () throws(AlternatorError) in try index.schema() }
        try await handle.addIndex(schema)
    }

    /// Removes a global index.
    public func removeIndex(_ indexName: String) async throws(AlternatorError) {
        try await handle.removeIndex(indexName)
    }

    /// The table's tags; of those that begin with `system:` the ones a user may set.
    public func tags() async throws(AlternatorError) -> [String: String] { try await handle.tags() }

    /// Sets tags; others stay.
    ///
    /// `system:write_isolation` changes how writes are done.
    public func setTags(_ tags: [String: String]) async throws(AlternatorError) { try await handle.setTags(tags) }

    /// Removes tags.
    public func removeTags(_ keys: [String]) async throws(AlternatorError) { try await handle.removeTags(keys) }
}

extension TypedTable where Item: ExpiringItem {
    /// Turns expiry by the model's attribute on or off; nothing happens where it is so already.
    public func setTimeToLive(_ isOn: Bool) async throws(AlternatorError) {
        guard let expiryName = try schema().expiryName else { return }
        try await handle.setTimeToLive(expiryName, enabled: isOn)
    }
}

/// One difference between a model and its table.
public struct SchemaDifference: Sendable, Hashable, CustomStringConvertible {
    /// A clause: `index byEmail is missing`.
    public let description: String

    init(_ description: String) { self.description = description }

    static func vectors(_ declared: VectorIndex, _ found: VectorIndexDescription?) -> [SchemaDifference] {
        guard let found else { return [SchemaDifference("vector index \(declared.indexName) is missing")] }
        func text(_ attribute: String, _ dimensions: Int?, _ similarity: SimilarityFunction?) -> String {
            "\(attribute) with \(dimensions.map(String.init) ?? "?") dimensions by "
                + (similarity ?? .cosine).rawValue
        }
        let declaredText = text(declared.attributeName, declared.dimensions, declared.similarityFunction)
        let foundText = text(found.attributeName ?? "?", found.dimensions, found.similarityFunction)
        return declaredText == foundText
            ? []
            : [
                SchemaDifference(
                    "vector index \(declared.indexName) is over \(foundText); the model declares \(declaredText)"
                )
            ]
    }

    static func keys(
        _ what: String,
        declared: [KeyAttribute],
        found: [KeySchemaElement],
        _ table: TableDescription
    ) -> [SchemaDifference] {
        func text(_ keys: [(String, String)]) -> String {
            keys.map { "\($0.0) (\($0.1))" }.joined(separator: ", ")
        }
        let types = Dictionary(
            table.attributeDefinitions.map { ($0.attributeName, $0.attributeType.rawValue) }
        ) { $1 }
        let declaredText = text(declared.map { ($0.name, $0.type.rawValue) })
        let foundText = text(
            found.sorted { $0.keyType == .hash && $1.keyType != .hash }
                .map { ($0.attributeName, types[$0.attributeName] ?? "?") }
        )
        return declaredText == foundText
            ? [] : [SchemaDifference("\(what) has the key \(foundText); the model declares \(declaredText)")]
    }
}

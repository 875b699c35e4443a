import AlternatorCore
import AlternatorWire
import Synchronization

extension TableHandle {
    /// The partition key's name, if the configuration has it.
    var knownPartitionKey: String? { client.config.tablePKMap[name] }

    /// The value of the partition key in a key given by name, as far as it can be told.
    ///
    /// Where it cannot, the client finds it in the request by itself.
    func partitionKey(of key: ItemKeyValues) -> AttributeValue? {
        if key.attributes.count == 1 { return key.attributes[0].value }
        return knownPartitionKey.flatMap { key[$0] }
    }

    /// The partition key's name, by one DescribeTable per table where the configuration does not have it.
    func partitionKeyName() async throws(AlternatorError) -> String {
        if let known = knownPartitionKey { return known }
        return try await keyNames(index: nil)[0]
    }

    /// The key attributes of the table, after those of the index; by one DescribeTable per table and resource.
    func keyNames(index: String?) async throws(AlternatorError) -> [String] {
        let keys: TableKeys
        if let known = resource.tableKeys.withLock({ $0[name] }), index == nil || known.indexes[index ?? ""] != nil {
            keys = known
        } else {
            keys = try await describeKeys()
            resource.tableKeys.withLock { $0[name] = keys }
        }
        guard let index else { return keys.table }
        guard let indexKeys = keys.indexes[index] else {
            throw AlternatorError(
                .validation,
                message: "The table has no index \"\(index)\".",
                operation: "DescribeTable",
                table: name
            )
        }
        return indexKeys + keys.table.filter { !indexKeys.contains($0) }
    }

    /// The key attributes of the table with their types, by a DescribeTable.
    func keyAttributes() async throws(AlternatorError) -> [(name: String, type: ScalarType)] {
        let table = try await describe()
        let types = Dictionary(table.attributeDefinitions.map { ($0.attributeName, $0.attributeType.rawValue) }) { $1 }
        var keys: [(name: String, type: ScalarType)] = []
        for name in TableKeys.names(table.keySchema) {
            guard let type = types[name].flatMap(ScalarType.init(rawValue:)) else {
                throw AlternatorError(
                    .protocolViolation,
                    message: "The table's description has no type for its key attribute \"\(name)\".",
                    operation: "DescribeTable",
                    table: self.name
                )
            }
            keys.append((name, type))
        }
        return keys
    }

    private func describeKeys() async throws(AlternatorError) -> TableKeys {
        let table = try await describe()
        let keys = TableKeys.names(table.keySchema)
        guard !keys.isEmpty else {
            throw AlternatorError(
                .protocolViolation,
                message: "The table's description has no key schema.",
                operation: "DescribeTable",
                table: name
            )
        }
        let indexes = (table.globalSecondaryIndexes + table.localSecondaryIndexes)
            .map { ($0.indexName, TableKeys.names($0.keySchema)) }
        return TableKeys(table: keys, indexes: Dictionary(indexes) { $1 })
    }
}

/// The key attributes of a table and its indexes, partition key first.
struct TableKeys: Sendable {
    let table: [String]
    let indexes: [String: [String]]

    fileprivate static func names(_ schema: [KeySchemaElement]) -> [String] {
        schema.filter { $0.keyType == .hash }.map(\.attributeName)
            + schema.filter { $0.keyType != .hash }.map(\.attributeName)
    }
}

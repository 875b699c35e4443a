import AlternatorWire

extension SchemaReader {
    /// Reads LocalSecondaryIndexes of CreateTable.
    ///
    /// `hash` and `sort` are the new table's keys; `names` are those used so far, to which these are added.
    mutating func localIndexes(
        _ list: JSONValue,
        table: String,
        hash: KeyColumn,
        sort: KeyColumn?,
        names: inout Set<String>,
        nextNumber: () -> Int
    ) throws(LocalError) -> [IndexDefinition] {
        guard let elements = list.elements else { throw .validation("LocalSecondaryIndexes must be an array.") }
        var indexes: [IndexDefinition] = []
        for element in elements {
            let name = try Self.indexName(element, in: "LocalSecondaryIndexes", names: &names)
            try Names.checkIndex(name, of: table, isLocal: true)
            guard sort != nil else {
                throw .validation("LocalSecondaryIndex requires that the base table have a range key")
            }
            let keys = try Self.keySchema(element, context: "Local Secondary Index")
            guard keys.hash == hash.name else {
                throw .validation("LocalSecondaryIndex hash key must match the base table hash key")
            }
            guard let sortName = keys.sort else {
                throw .validation("LocalSecondaryIndex must specify a sort key")
            }
            guard sortName != hash.name else {
                throw .validation("LocalSecondaryIndex sort key cannot be the same as hash key")
            }
            try indexes.append(
                IndexDefinition(name: name, isLocal: true, hash: hash, sort: column(sortName), number: nextNumber())
            )
        }
        return indexes
    }

    /// Reads GlobalSecondaryIndexes of CreateTable; parameters as for `localIndexes`.
    mutating func globalIndexes(
        _ list: JSONValue,
        table: String,
        names: inout Set<String>,
        nextNumber: () -> Int
    ) throws(LocalError) -> [IndexDefinition] {
        guard let elements = list.elements else { throw .validation("GlobalSecondaryIndexes must be an array.") }
        var indexes: [IndexDefinition] = []
        for element in elements {
            let name = try Self.indexName(element, in: "GlobalSecondaryIndexes", names: &names)
            try Names.checkIndex(name, of: table, isLocal: false)
            try indexes.append(
                globalIndex(element, named: name, context: "GlobalSecondaryIndexes", number: nextNumber())
            )
        }
        return indexes
    }

    /// Reads the KeySchema of one global index.
    mutating func globalIndex(
        _ element: JSONValue,
        named name: String,
        context: String,
        number: Int
    ) throws(LocalError) -> IndexDefinition {
        let keys = try Self.keySchema(element, context: context)
        let hash = try column(keys.hash)
        var sort: KeyColumn?
        if let sortName = keys.sort {
            guard sortName != keys.hash else {
                throw .validation("KeySchema: the RANGE key '\(sortName)' cannot be the same as the HASH key")
            }
            sort = try column(sortName)
        }
        return IndexDefinition(name: name, isLocal: false, hash: hash, sort: sort, number: number)
    }

    private static func indexName(
        _ element: JSONValue,
        in parameter: String,
        names: inout Set<String>
    ) throws(LocalError) -> String {
        guard let name = element["IndexName"]?.text else {
            throw .validation("\(parameter) IndexName must be a string.")
        }
        guard names.insert(name).inserted else { throw .validation("Duplicate IndexName '\(name)', ") }
        return name
    }
}

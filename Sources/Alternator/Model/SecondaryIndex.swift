import AlternatorWire

/// A secondary index of a model's table.
///
/// An item is in the index if it has the index's key attributes, so optional properties make a sparse index.
public struct SecondaryIndex<Root: Codable & Sendable, Partition: KeyValue, Sort: KeyValue>: Sendable {
    /// The index's name on the server.
    public let name: String
    let isLocal: Bool
    let partition: Path<Root, Partition>
    let sort: Path<Root, Sort>?

    private init(_ name: String, isLocal: Bool, _ partition: [PathElement], _ sort: [PathElement]?) {
        self.name = name
        self.isLocal = isLocal
        self.partition = Path(elements: partition)
        self.sort = sort.map { Path(elements: $0) }
    }

    /// A global index with a partition key.
    public static func global(_ name: String, _ partition: KeyPath<Root, Partition>) -> Self where Sort == NoSortKey {
        Self(name, isLocal: false, Path(partition).elements, nil)
    }

    /// A sparse global index with a partition key.
    public static func global(_ name: String, _ partition: KeyPath<Root, Partition?>) -> Self where Sort == NoSortKey {
        Self(name, isLocal: false, Path(partition).elements, nil)
    }

    /// A global index with a partition key and a sort key.
    public static func global(_ name: String, _ partition: KeyPath<Root, Partition>, _ sort: KeyPath<Root, Sort>)
        -> Self
    {
        Self(name, isLocal: false, Path(partition).elements, Path(sort).elements)
    }

    /// A global index, sparse by its partition key.
    public static func global(
        _ name: String,
        _ partition: KeyPath<Root, Partition?>,
        _ sort: KeyPath<Root, Sort>
    ) -> Self {
        Self(name, isLocal: false, Path(partition).elements, Path(sort).elements)
    }

    /// A global index, sparse by both keys.
    public static func global(
        _ name: String,
        _ partition: KeyPath<Root, Partition?>,
        _ sort: KeyPath<Root, Sort?>
    ) -> Self {
        Self(name, isLocal: false, Path(partition).elements, Path(sort).elements)
    }

    /// A global index, sparse by its sort key.
    public static func global(
        _ name: String,
        _ partition: KeyPath<Root, Partition>,
        _ sort: KeyPath<Root, Sort?>
    ) -> Self {
        Self(name, isLocal: false, Path(partition).elements, Path(sort).elements)
    }

    /// A local index: the table's partition key with another sort key; made with the table only.
    public static func local(_ name: String, _ partition: KeyPath<Root, Partition>, _ sort: KeyPath<Root, Sort>) -> Self
    {
        Self(name, isLocal: true, Path(partition).elements, Path(sort).elements)
    }

    /// A local index, sparse by its sort key.
    public static func local(_ name: String, _ partition: KeyPath<Root, Partition>, _ sort: KeyPath<Root, Sort?>)
        -> Self
    {
        Self(name, isLocal: true, Path(partition).elements, Path(sort).elements)
    }

    /// The index with its names told; throws `.mapping` naming the index where they cannot be.
    func schema() throws(AlternatorError) -> IndexSchema {
        let partitionName = try partition.topLevelName(of: "The partition key of index \(name)")
        var keys = [KeyAttribute(name: partitionName, type: Partition.scalarType)]
        if let sort {
            let sortName = try sort.topLevelName(of: "The sort key of index \(name)")
            keys.append(KeyAttribute(name: sortName, type: Sort.scalarType))
        }
        return IndexSchema(name: name, isLocal: isLocal, keys: keys)
    }
}

/// The indexes of a model: `Indexes(byEmail, byStatus)`.
public struct Indexes<Root: Codable & Sendable>: Sendable {
    let schemas: @Sendable () throws(AlternatorError) -> [IndexSchema]

    public init<each Partition, each Sort>(_ index: repeat SecondaryIndex<Root, each Partition, each Sort>) {
        var results: [Result<IndexSchema, AlternatorError>] = []
        for index in repeat each index {
            results.append(Result { () throws(AlternatorError) in try index.schema() })
        }
        let all = results
        schemas = { () throws(AlternatorError) in
            var schemas: [IndexSchema] = []
            for result in all { schemas.append(try result.get()) }
            return schemas
        }
    }
}

/// A key attribute with its name told.
struct KeyAttribute: Sendable, Hashable {
    let name: String
    let type: ScalarType
}

/// An index with its names told.
struct IndexSchema: Sendable, Hashable {
    let name: String
    let isLocal: Bool
    /// The partition key, then the sort key if there is one.
    let keys: [KeyAttribute]
}

import AlternatorWire

/// A secondary index of a model's table.
///
/// An item is in the index if it has the index's key attributes, so optional properties make a sparse index. A key may
/// also be made from properties: see `CompositeKey` and `ComputedKey`.
public struct SecondaryIndex<Root: Codable & Sendable, Partition: KeyValue, Sort: KeyValue>: Sendable {
    /// The index's name on the server.
    public let name: String
    let isLocal: Bool
    let partition: Path<Root, Partition>
    let sort: Path<Root, Sort>?
    /// Reads the declared attributes from a model value, in the order of the keys; nothing where one has no such way.
    let reads: [@Sendable (Root) throws(AlternatorError) -> AttributeValue?]
    /// The keys that are made from properties.
    let computed: [ComputedAttribute<Root>]

    private init<P: KeyValue, S: KeyValue>(
        _ name: String,
        isLocal: Bool = false,
        _ partition: IndexPart<Root, P>,
        _ sort: IndexPart<Root, S>?
    ) {
        self.name = name
        self.isLocal = isLocal
        self.partition = Path(elements: partition.elements)
        self.sort = sort.map { Path(elements: $0.elements) }
        reads = [partition.read] + (sort.map { [$0.read] } ?? [])
        computed = [partition.computed, sort?.computed].compactMap(\.self)
    }

    /// A global index with a partition key.
    public static func global(
        _ name: String,
        _ partition: any KeyPath<Root, Partition> & Sendable
    ) -> Self where Sort == NoSortKey {
        Self(name, IndexPart(partition), IndexPart<Root, NoSortKey>?.none)
    }

    /// A sparse global index with a partition key.
    public static func global(
        _ name: String,
        _ partition: any KeyPath<Root, Partition?> & Sendable
    ) -> Self where Sort == NoSortKey {
        Self(name, IndexPart(partition), IndexPart<Root, NoSortKey>?.none)
    }

    /// A global index whose partition key is made from properties; sparse where that may be `nil`.
    public static func global(
        _ name: String,
        _ partition: some KeySource<Root, Partition>
    ) -> Self where Sort == NoSortKey {
        Self(name, IndexPart(partition), IndexPart<Root, NoSortKey>?.none)
    }

    /// A global index with a partition key and a sort key.
    public static func global(
        _ name: String,
        _ partition: any KeyPath<Root, Partition> & Sendable,
        _ sort: any KeyPath<Root, Sort> & Sendable
    ) -> Self {
        Self(name, IndexPart(partition), IndexPart(sort))
    }

    /// A global index, sparse by its partition key.
    public static func global(
        _ name: String,
        _ partition: any KeyPath<Root, Partition?> & Sendable,
        _ sort: any KeyPath<Root, Sort> & Sendable
    ) -> Self {
        Self(name, IndexPart(partition), IndexPart(sort))
    }

    /// A global index, sparse by both keys.
    public static func global(
        _ name: String,
        _ partition: any KeyPath<Root, Partition?> & Sendable,
        _ sort: any KeyPath<Root, Sort?> & Sendable
    ) -> Self {
        Self(name, IndexPart(partition), IndexPart(sort))
    }

    /// A global index, sparse by its sort key.
    public static func global(
        _ name: String,
        _ partition: any KeyPath<Root, Partition> & Sendable,
        _ sort: any KeyPath<Root, Sort?> & Sendable
    ) -> Self {
        Self(name, IndexPart(partition), IndexPart(sort))
    }

    /// A global index whose keys are made from properties.
    public static func global(
        _ name: String,
        _ partition: some KeySource<Root, Partition>,
        _ sort: some KeySource<Root, Sort>
    ) -> Self {
        Self(name, IndexPart(partition), IndexPart(sort))
    }

    /// A global index whose sort key is made from properties.
    public static func global(
        _ name: String,
        _ partition: any KeyPath<Root, Partition> & Sendable,
        _ sort: some KeySource<Root, Sort>
    ) -> Self {
        Self(name, IndexPart(partition), IndexPart(sort))
    }

    /// A global index, sparse by its partition key, whose sort key is made from properties.
    public static func global(
        _ name: String,
        _ partition: any KeyPath<Root, Partition?> & Sendable,
        _ sort: some KeySource<Root, Sort>
    ) -> Self {
        Self(name, IndexPart(partition), IndexPart(sort))
    }

    /// A global index whose partition key is made from properties.
    public static func global(
        _ name: String,
        _ partition: some KeySource<Root, Partition>,
        _ sort: any KeyPath<Root, Sort> & Sendable
    ) -> Self {
        Self(name, IndexPart(partition), IndexPart(sort))
    }

    /// A global index whose partition key is made from properties, sparse by its sort key.
    public static func global(
        _ name: String,
        _ partition: some KeySource<Root, Partition>,
        _ sort: any KeyPath<Root, Sort?> & Sendable
    ) -> Self {
        Self(name, IndexPart(partition), IndexPart(sort))
    }

    /// A local index: the table's partition key with another sort key; made with the table only.
    public static func local(
        _ name: String,
        _ partition: any KeyPath<Root, Partition> & Sendable,
        _ sort: any KeyPath<Root, Sort> & Sendable
    ) -> Self {
        Self(name, isLocal: true, IndexPart(partition), IndexPart(sort))
    }

    /// A local index, sparse by its sort key.
    public static func local(
        _ name: String,
        _ partition: any KeyPath<Root, Partition> & Sendable,
        _ sort: any KeyPath<Root, Sort?> & Sendable
    ) -> Self {
        Self(name, isLocal: true, IndexPart(partition), IndexPart(sort))
    }

    /// A local index whose sort key is made from properties.
    public static func local(
        _ name: String,
        _ partition: any KeyPath<Root, Partition> & Sendable,
        _ sort: some KeySource<Root, Sort>
    ) -> Self {
        Self(name, isLocal: true, IndexPart(partition), IndexPart(sort))
    }

    /// A local index of a table whose partition key is made from properties.
    public static func local(
        _ name: String,
        _ partition: some KeySource<Root, Partition>,
        _ sort: any KeyPath<Root, Sort> & Sendable
    ) -> Self {
        Self(name, isLocal: true, IndexPart(partition), IndexPart(sort))
    }

    /// A local index of such a table, sparse by its sort key.
    public static func local(
        _ name: String,
        _ partition: some KeySource<Root, Partition>,
        _ sort: any KeyPath<Root, Sort?> & Sendable
    ) -> Self {
        Self(name, isLocal: true, IndexPart(partition), IndexPart(sort))
    }

    /// A local index whose keys are made from properties.
    public static func local(
        _ name: String,
        _ partition: some KeySource<Root, Partition>,
        _ sort: some KeySource<Root, Sort>
    ) -> Self {
        Self(name, isLocal: true, IndexPart(partition), IndexPart(sort))
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
    /// The attributes made from properties, each once.
    let computed: [ComputedAttribute<Root>]
    /// For each index, how its keys are read from a model value.
    let reads: [[@Sendable (Root) throws(AlternatorError) -> AttributeValue?]]

    /// Indexes of one model, each of its own types.
    public init<each Partition, each Sort>(_ index: repeat SecondaryIndex<Root, each Partition, each Sort>) {
        var results: [Result<IndexSchema, AlternatorError>] = []
        var computed: [ComputedAttribute<Root>] = []
        var reads: [[@Sendable (Root) throws(AlternatorError) -> AttributeValue?]] = []
        for index in repeat each index {
            results.append(Result { () throws(AlternatorError) in try index.schema() })
            for attribute in index.computed where !computed.contains(where: { $0.name == attribute.name }) {
                computed.append(attribute)
            }
            reads.append(index.reads)
        }
        self.computed = computed
        self.reads = reads
        let all = results
        schemas = { () throws(AlternatorError) in
            var schemas: [IndexSchema] = []
            for result in all { schemas.append(try result.get()) }
            return schemas
        }
    }
}

/// One key attribute of an index as declared.
private struct IndexPart<Root: Codable & Sendable, Value: KeyValue> {
    let elements: [PathElement]
    let read: @Sendable (Root) throws(AlternatorError) -> AttributeValue?
    var computed: ComputedAttribute<Root>?

    init(_ property: any KeyPath<Root, Value> & Sendable) {
        elements = Path(property).elements
        read = { root throws(AlternatorError) in try root[keyPath: property].keyAttribute }
    }

    init(_ property: any KeyPath<Root, Value?> & Sendable) {
        elements = Path(property).elements
        read = { root throws(AlternatorError) in try root[keyPath: property]?.keyAttribute }
    }

    init(_ source: some KeySource<Root, Value>) {
        let attribute = source.computedKey.attribute
        elements = [.name(attribute.name)]
        read = attribute.compute
        computed = attribute
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

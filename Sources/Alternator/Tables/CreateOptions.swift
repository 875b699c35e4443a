public import AlternatorWire

/// What a table is created with beside its keys and indexes.
public struct CreateOptions: Sendable {
    /// How writes with conditions are done: `always_use_lwt`, `only_rmw_uses_lwt`, `forbid_rmw` or `unsafe_rmw`.
    ///
    /// `nil`: the node's `alternator_write_isolation`. Sets the tag `system:write_isolation`.
    public var writeIsolation: String?
    /// A number of tablets to begin with, or `none` for virtual nodes; sets the tag `system:initial_tablets`.
    public var initialTablets: String?
    /// Further tags.
    public var tags: [String: String]
    /// What the table's stream of changes carries; `nil` for no stream.
    public var stream: StreamViewType?

    /// One of these parts.
    public init(
        writeIsolation: String? = nil,
        initialTablets: String? = nil,
        tags: [String: String] = [:],
        stream: StreamViewType? = nil
    ) {
        self.writeIsolation = writeIsolation
        self.initialTablets = initialTablets
        self.tags = tags
        self.stream = stream
    }

    var allTags: [String: String] {
        var all = tags
        if let writeIsolation { all["system:write_isolation"] = writeIsolation }
        if let initialTablets { all["system:initial_tablets"] = initialTablets }
        return all
    }
}

/// A key attribute given by name and type, for tables without a model.
public struct KeyDefinition: Sendable, Hashable {
    /// The attribute's name.
    public let name: String
    /// How it is stored.
    public let type: ScalarType

    /// A key attribute: `KeyDefinition("id", .s)`.
    public init(_ name: String, _ type: ScalarType) {
        self.name = name
        self.type = type
    }
}

/// A secondary index given by name, for tables without a model.
public struct IndexDefinition: Sendable, Hashable {
    /// The index's name.
    public let name: String
    /// Its partition key; for a local index that of the table.
    public let partitionKey: KeyDefinition
    /// Its sort key, if there is one.
    public let sortKey: KeyDefinition?
    /// Whether it is local: within the table's partitions, made with the table only.
    public let isLocal: Bool

    /// A global index.
    public static func global(_ name: String, _ partitionKey: KeyDefinition, _ sortKey: KeyDefinition? = nil) -> Self {
        Self(name: name, partitionKey: partitionKey, sortKey: sortKey, isLocal: false)
    }

    /// A local index: the table's partition key with another sort key.
    public static func local(_ name: String, _ partitionKey: KeyDefinition, _ sortKey: KeyDefinition) -> Self {
        Self(name: name, partitionKey: partitionKey, sortKey: sortKey, isLocal: true)
    }

    private init(name: String, partitionKey: KeyDefinition, sortKey: KeyDefinition?, isLocal: Bool) {
        self.name = name
        self.partitionKey = partitionKey
        self.sortKey = sortKey
        self.isLocal = isLocal
    }

    var schema: IndexSchema {
        let keys = [partitionKey] + (sortKey.map { [$0] } ?? [])
        return IndexSchema(name: name, isLocal: isLocal, keys: keys.map { KeyAttribute(name: $0.name, type: $0.type) })
    }
}

/// Makes a CreateTable request from keys and indexes.
enum TableLayout {
    static func request(
        _ table: String,
        keys: [KeyAttribute],
        indexes: [IndexSchema],
        vectorIndexes: [VectorIndex] = [],
        options: CreateOptions
    ) throws(AlternatorError) -> CreateTableRequest {
        let definitions = try definitions(keys + indexes.flatMap(\.keys))
        let global = indexes.filter { !$0.isLocal }.map {
            GlobalSecondaryIndex(indexName: $0.name, keySchema: schema($0.keys))
        }
        let local = indexes.filter(\.isLocal).map {
            LocalSecondaryIndex(indexName: $0.name, keySchema: schema($0.keys))
        }
        return CreateTableRequest(
            tableName: table,
            keySchema: schema(keys),
            attributeDefinitions: definitions,
            globalSecondaryIndexes: global,
            localSecondaryIndexes: local,
            vectorIndexes: vectorIndexes,
            streamSpecification: options.stream.map { StreamSpecification(streamEnabled: true, streamViewType: $0) },
            tags: options.allTags
        )
    }

    static func schema(_ keys: [KeyAttribute]) -> [KeySchemaElement] {
        keys.enumerated().map { KeySchemaElement($1.name, $0 == 0 ? .hash : .range) }
    }

    /// Each attribute once; the server refuses repeated and unused ones.
    static func definitions(_ keys: [KeyAttribute]) throws(AlternatorError) -> [AttributeDefinition] {
        var types: [String: ScalarType] = [:]
        var definitions: [AttributeDefinition] = []
        for key in keys {
            if let known = types[key.name] {
                guard known == key.type else {
                    throw AlternatorError(
                        .mapping,
                        message: "Attribute \"\(key.name)\" is declared as a key of type \(known.rawValue) and of type "
                            + "\(key.type.rawValue); it has one type in all indexes."
                    )
                }
                continue
            }
            types[key.name] = key.type
            definitions.append(AttributeDefinition(key.name, ScalarAttributeType(rawValue: key.type.rawValue)))
        }
        return definitions
    }
}

import AlternatorWire

/// An index of a table.
struct IndexDefinition: Sendable {
    let name: String
    let isLocal: Bool
    let hash: KeyColumn
    let sort: KeyColumn?
    /// The number of its entries in the store.
    let number: Int
    /// Whether it is still being filled: `CREATING` and `Backfilling`.
    var isBackfilling = false

    /// The attributes an item needs to be in the index.
    var columns: [KeyColumn] { sort.map { [hash, $0] } ?? [hash] }
}

/// What is known of a table besides its items.
struct TableDefinition: Sendable {
    let name: String
    let id: String
    /// Milliseconds since 1970.
    let createdAt: Int64
    let hash: KeyColumn
    let sort: KeyColumn?
    /// The number of its rows in the store.
    let number: Int
    /// Read and write units; `nil` for PAY_PER_REQUEST.
    var throughput: Throughput?
    /// Whether it was given the class STANDARD_INFREQUENT_ACCESS; it only tells so.
    var isInfrequentAccess = false
    /// The units per second asked for as WarmThroughput, told without effect; `nil` if there never were any.
    var warmThroughput: Throughput?
    var tags: [String: String] = [:]
    var indexes: [IndexDefinition] = []
    /// The attribute with the expiry time, if TTL is on.
    var ttlAttribute: String?
    var stream: StreamSettings?
    var vectorIndexes: [VectorIndex] = []
    /// How many tablets were asked for when it was made, 0 for the usual; `nil` for virtual nodes.
    var initialTablets: Int?

    var usesTablets: Bool { initialTablets != nil }

    struct Throughput: Sendable, Hashable {
        let read: Int
        let write: Int
    }

    struct StreamSettings: Sendable, Hashable {
        let viewType: String
        /// When it was switched on, in milliseconds since 1970: the label of the stream.
        var startedAt: Int64
        /// When it was switched off; it can still be read.
        var endedAt: Int64?

        var isEnabled: Bool { endedAt == nil }
    }

    var columns: [KeyColumn] { sort.map { [hash, $0] } ?? [hash] }

    /// Whether that attribute is a key of the table.
    func isKey(_ attribute: String) -> Bool { hash.name == attribute || sort?.name == attribute }

    func index(named name: String) -> IndexDefinition? { indexes.first { $0.name == name } }

    /// Attributes that are keys of some index, with the type they must have.
    ///
    /// The key of the table is part of every index and so is listed too, as at the server.
    var indexKeyTypes: [String: ScalarAttributeType] {
        var types: [String: ScalarAttributeType] = [:]
        for index in indexes { for column in index.columns { types[column.name] = column.type } }
        return types
    }

    /// Keys of an answer's LastEvaluatedKey: those of the index first, then of the table.
    func pagingColumns(through index: IndexDefinition?) -> [KeyColumn] {
        guard let index else { return columns }
        return index.columns + columns.filter { !index.columns.contains($0) }
    }
}

// MARK: - As it is saved

extension TableDefinition {
    var encoded: [UInt8] {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("id", .string(id)), .init("created", .number(String(createdAt))),
            .init("hash", hash.encoded), .init("number", .number(String(number))),
            .init("tags", .object(tags.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })),
            .init("indexes", .array(indexes.map(\.encoded))),
        ]
        if let sort { members.append(.init("sort", sort.encoded)) }
        if !vectorIndexes.isEmpty { members.append(.init("vectors", .array(vectorIndexes.map(\.encoded)))) }
        if let initialTablets { members.append(.init("tablets", .number(String(initialTablets)))) }
        if let ttlAttribute { members.append(.init("ttl", .string(ttlAttribute))) }
        if let throughput {
            members.append(.init("read", .number(String(throughput.read))))
            members.append(.init("write", .number(String(throughput.write))))
        }
        if isInfrequentAccess { members.append(.init("infrequent", .bool(true))) }
        if let warmThroughput {
            members.append(.init("warmRead", .number(String(warmThroughput.read))))
            members.append(.init("warmWrite", .number(String(warmThroughput.write))))
        }
        if let stream {
            members.append(.init("streamView", .string(stream.viewType)))
            members.append(.init("streamStart", .number(String(stream.startedAt))))
            if let end = stream.endedAt { members.append(.init("streamEnd", .number(String(end)))) }
        }
        return JSONValue.object(members).encoded
    }

    /// Reads what `encoded` gave; `nil` if it is something else.
    init?(_ saved: JSONValue) {
        guard let name = saved["name"]?.text, let id = saved["id"]?.text, let created = saved["created"]?.integer,
            let hash = saved["hash"].flatMap(KeyColumn.init), let number = saved["number"]?.integer,
            let tags = saved["tags"]?.members, let indexes = saved["indexes"]?.elements
        else { return nil }
        self.name = name
        self.id = id
        createdAt = Int64(created)
        self.hash = hash
        sort = saved["sort"].flatMap(KeyColumn.init)
        self.number = number
        for tag in tags { self.tags[tag.name] = tag.value.text ?? "" }
        for index in indexes {
            guard let index = IndexDefinition(index) else { return nil }
            self.indexes.append(index)
        }
        for vector in saved["vectors"]?.elements ?? [] {
            guard let vector = VectorIndex(vector) else { return nil }
            vectorIndexes.append(vector)
        }
        initialTablets = saved["tablets"]?.integer
        ttlAttribute = saved["ttl"]?.text
        if let read = saved["read"]?.integer, let write = saved["write"]?.integer {
            throughput = Throughput(read: read, write: write)
        }
        isInfrequentAccess = saved["infrequent"] == .bool(true)
        if let read = saved["warmRead"]?.integer, let write = saved["warmWrite"]?.integer {
            warmThroughput = Throughput(read: read, write: write)
        }
        if let view = saved["streamView"]?.text, let start = saved["streamStart"]?.integer {
            stream = StreamSettings(
                viewType: view,
                startedAt: Int64(start),
                endedAt: saved["streamEnd"]?.integer.map(Int64.init)
            )
        }
    }
}

extension IndexDefinition {
    var encoded: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("local", .bool(isLocal)), .init("hash", hash.encoded),
            .init("number", .number(String(number))),
        ]
        if let sort { members.append(.init("sort", sort.encoded)) }
        return .object(members)
    }

    init?(_ saved: JSONValue) {
        guard let name = saved["name"]?.text, let hash = saved["hash"].flatMap(KeyColumn.init),
            let number = saved["number"]?.integer
        else { return nil }
        self.init(
            name: name,
            isLocal: saved["local"] == .bool(true),
            hash: hash,
            sort: saved["sort"].flatMap(KeyColumn.init),
            number: number
        )
    }
}

extension KeyColumn {
    var encoded: JSONValue { .object([.init(type.rawValue, .string(name))]) }

    init?(_ saved: JSONValue) {
        guard let (type, content) = saved.typed, let type = ScalarAttributeType(key: type), let name = content.text
        else {
            return nil
        }
        self.init(name: name, type: type)
    }
}

extension JSONValue {
    /// A whole number that fits; `nil` for anything else.
    var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
}

extension ScalarAttributeType {
    /// One of the three types a key can have.
    init?(key type: String) {
        guard ["S", "N", "B"].contains(type) else { return nil }
        self.init(rawValue: type)
    }
}

import AlternatorWire
import FoundationEssentials
import Synchronization

/// What is known of a model once its paths have names: made once per type, on first use.
final class ModelSchema<Item: TableItem>: Sendable {
    let partition: KeyAttribute
    let sort: KeyAttribute?
    let expiryName: String?
    let versionName: String?
    let version: VersionAttribute<Item>?
    let indexes: [IndexSchema]
    private let readKey: (@Sendable (Item) -> (Item.PartitionKey, Item.SortKey?))?
    private let isVerified = Atomic<Bool>(false)

    private init() throws(AlternatorError) {
        let key = Item.primaryKey
        partition = KeyAttribute(
            name: try key.partition.topLevelName(of: "The partition key of \(Item.self)"),
            type: Item.PartitionKey.scalarType
        )
        if let sortPath = key.sort {
            sort = KeyAttribute(
                name: try sortPath.topLevelName(of: "The sort key of \(Item.self)"),
                type: Item.SortKey.scalarType
            )
        } else {
            sort = nil
        }
        readKey = key.read
        expiryName = try (Item.self as? any ExpiringItem.Type).map { (type) throws(AlternatorError) in
            try Self.expiryName(type)
        }
        indexes =
            try (Item.self as? any IndexedItem.Type).map { (type) throws(AlternatorError) in
                try Self.indexSchemas(type)
            } ?? []
        version = (Item.self as? any VersionedItem.Type).flatMap {
            Self.versionAttribute($0) as? VersionAttribute<Item>
        }
        versionName = try version.map { (version) throws(AlternatorError) in
            try version.path.topLevelName(of: "The version of \(Item.self)")
        }
    }

    /// The schema of `Item`; throws `.mapping` where a declared path has no name.
    ///
    /// Errors are not kept.
    static func shared() throws(AlternatorError) -> ModelSchema<Item> {
        let id = ObjectIdentifier(Item.self)
        if let known = SchemaCache.schemas.withLock({ $0[id] }) as? ModelSchema<Item> { return known }
        let made = try ModelSchema<Item>()
        // Two tasks may make it at once; all use the one that came first, so the first-write check runs once.
        let kept = SchemaCache.schemas.withLock { schemas in
            if let first = schemas[id] { return first }
            schemas[id] = made
            return made
        }
        return kept as? ModelSchema<Item> ?? made
    }

    private static func expiryName<T: ExpiringItem>(_ type: T.Type) throws(AlternatorError) -> String {
        try type.expiry.path.topLevelName(of: "The expiry of \(T.self)")
    }

    private static func indexSchemas<T: IndexedItem>(_ type: T.Type) throws(AlternatorError) -> [IndexSchema] {
        try type.indexes.schemas()
    }

    private static func versionAttribute<T: VersionedItem>(_ type: T.Type) -> Any { type.version }

    // MARK: Keys

    /// The names of the primary key's attributes.
    var keyNames: [String] { [partition.name] + (sort.map { [$0.name] } ?? []) }

    /// A key as attributes, checked as the server would.
    func key(_ partition: Item.PartitionKey, _ sort: Item.SortKey?) throws(AlternatorError) -> ItemKeyValues {
        let partitionValue = try partition.keyAttribute
        try ItemKeyValues.check(partitionValue, of: self.partition.name, type: self.partition.type)
        guard let sortAttribute = self.sort, let sort else {
            return ItemKeyValues(attributes: [.init(name: self.partition.name, value: partitionValue)])
        }
        let sortValue = try sort.keyAttribute
        try ItemKeyValues.check(sortValue, of: sortAttribute.name, type: sortAttribute.type)
        return ItemKeyValues(attributes: [
            .init(name: self.partition.name, value: partitionValue), .init(name: sortAttribute.name, value: sortValue),
        ])
    }

    /// The key of an item, from the model value if its properties are declared, else from its encoded form.
    func key(of item: Item, encoded: EncodedItem) throws(AlternatorError) -> ItemKeyValues {
        if let readKey {
            let (partition, sort) = readKey(item)
            let key = try key(partition, sort)
            try verify(item, key, encoded)
            return key
        }
        return try self.key(in: encoded)
    }

    private func key(in encoded: EncodedItem) throws(AlternatorError) -> ItemKeyValues {
        let declared = [partition] + (sort.map { [$0] } ?? [])
        let values = try encoded.values(of: declared.map(\.name))
        var attributes: [ItemKeyValues.Attribute] = []
        for (attribute, value) in zip(declared, values) {
            guard let value else { throw missing(attribute.name) }
            try ItemKeyValues.check(value, of: attribute.name, type: attribute.type)
            attributes.append(.init(name: attribute.name, value: value))
        }
        return ItemKeyValues(attributes: attributes)
    }

    private func missing(_ name: String) -> AlternatorError {
        AlternatorError(.mapping, message: "\(Item.self) encodes no attribute \"\(name)\", which is part of its key.")
    }

    // MARK: The first write

    /// Compares, on the first write of a type, what the declared properties hold with what was encoded under their names.
    ///
    /// Catches codings that store a property under another name than its coding key says: without this an item could be
    /// written under one key and read under another.
    private func verify(_ item: Item, _ key: ItemKeyValues, _ encoded: EncodedItem) throws(AlternatorError) {
        guard !isVerified.load(ordering: .relaxed) else { return }
        let attributes = try encoded.attributes()
        for declared in key.attributes {
            guard let found = attributes[declared.name] else { throw missing(declared.name) }
            guard found == declared.value else { throw differs(declared.name, "key") }
        }
        if let version, let versionName {
            let expected = version.read(item).flatMap { AttributeNumber(String($0)) }.map(AttributeValue.number)
            let found = attributes[versionName].flatMap { $0 == .null ? nil : $0 }
            guard found == expected else { throw differs(versionName, "version") }
        }
        for index in indexes {
            for attribute in index.keys {
                guard let found = attributes[attribute.name], found != .null else { continue }
                try ItemKeyValues.check(found, of: attribute.name, type: attribute.type)
            }
        }
        isVerified.store(true, ordering: .relaxed)
    }

    private func differs(_ name: String, _ what: String) -> AlternatorError {
        AlternatorError(
            .mapping,
            message: "\(Item.self) stores something else in attribute \"\(name)\" than its \(what) property holds; "
                + "declare the attribute it is stored in by hand, or fix its encode(to:)."
        )
    }
}

private enum SchemaCache {
    static let schemas = Mutex<[ObjectIdentifier: any AnyObject & Sendable]>([:])
}

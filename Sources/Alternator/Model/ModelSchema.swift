import AlternatorWire
import FoundationEssentials
import Synchronization

/// What is known of a model once its paths have names: made once per type, on first use.
final class ModelSchema<Item: TableItem>: Sendable {
    let partition: KeyAttribute
    let sort: KeyAttribute?
    let versionName: String?
    let version: VersionAttribute<Item>?
    let indexes: [IndexSchema]
    let traits: ItemTraits<Item>
    private let primaryKey: PrimaryKey<Item, Item.PartitionKey, Item.SortKey>
    private let declarations: DeclarationCheck<Item>

    var expiryName: String? { traits.expiryName }
    var dates: DateForms { traits.dates }

    private init() throws(AlternatorError) {
        let key = Item.primaryKey
        primaryKey = key
        partition = KeyAttribute(
            name: try key.partition.path.topLevelName(of: "The partition key of \(Item.self)"),
            type: Item.PartitionKey.scalarType
        )
        if let sortPart = key.sort {
            sort = KeyAttribute(
                name: try sortPart.path.topLevelName(of: "The sort key of \(Item.self)"),
                type: Item.SortKey.scalarType
            )
        } else {
            sort = nil
        }
        traits = try ItemTraits<Item>.shared()
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
        declarations = try DeclarationCheck(
            partition: partition,
            sort: sort,
            version: version,
            versionName: versionName,
            expiryName: traits.expiryName,
            indexes: indexes
        )
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

    /// The key of a model value; `nil` where it is declared by name and has to be read from the encoded item.
    func readKey(_ item: Item) throws(AlternatorError) -> (partition: Item.PartitionKey, sort: Item.SortKey?)? {
        guard let readPartition = primaryKey.partition.read else { return nil }
        guard let sortPart = primaryKey.sort else { return (try readPartition(item), nil) }
        guard let readSort = sortPart.read else { return nil }
        return (try readPartition(item), try readSort(item))
    }

    /// The key of an item about to be written, from the model value if its properties are declared, else from its encoded
    /// form; checks the declarations of the model against what was encoded.
    func key(of item: Item, encoded: EncodedItem) throws(AlternatorError) -> ItemKeyValues {
        if let (partition, sort) = try readKey(item) {
            let key = try key(partition, sort)
            try declarations.check(item, encoded, key)
            return key
        }
        let key = try self.key(in: encoded)
        try declarations.check(item, encoded, nil)
        return key
    }

    /// Checks everything the model declares against one value of it.
    func verify(_ item: Item, _ encoded: EncodedItem) throws(AlternatorError) {
        let read = try readKey(item)
        try declarations.checkAll(
            item,
            encoded,
            try read.map { (read) throws(AlternatorError) in
                try key(read.partition, read.sort)
            }
        )
        if read == nil { _ = try key(in: encoded) }
    }

    private func key(in encoded: EncodedItem) throws(AlternatorError) -> ItemKeyValues {
        let declared = [partition] + (sort.map { [$0] } ?? [])
        let values = try encoded.values(of: declared.map(\.name))
        var attributes: [ItemKeyValues.Attribute] = []
        for (attribute, value) in zip(declared, values) {
            guard let value else { throw DeclarationCheck<Item>.missing(attribute.name) }
            try ItemKeyValues.check(value, of: attribute.name, type: attribute.type)
            attributes.append(.init(name: attribute.name, value: value))
        }
        return ItemKeyValues(attributes: attributes)
    }

    // MARK: Updates

    /// The changes of an update with what the model declares: a version counted up, timestamps, keys made from properties.
    func completed(
        _ changes: [Change],
        of partition: Item.PartitionKey,
        _ sort: Item.SortKey?,
        _ now: () -> Date
    ) throws(AlternatorError) -> [Change] {
        guard !changes.isEmpty else { return changes }
        var all = changes
        if !traits.computed.isEmpty {
            var known = primaryKey.partition.known(partition)
            if let sort, let sortPart = primaryKey.sort { known.merge(sortPart.known(sort)) { first, _ in first } }
            for attribute in traits.computed {
                let isKey = keyNames.contains(attribute.name)
                if let change = try attribute.change(beside: changes, known: known, isKey: isKey) { all.append(change) }
            }
        }
        if let stamps = traits.stamps { all += try stamps.changes(beside: changes, now()) }
        if let versionName, !changes.contains(where: { $0.path == [.name(versionName)] }) {
            all.append(Change(path: [.name(versionName)], kind: .addNumber(1)))
        }
        return all
    }
}

private enum SchemaCache {
    static let schemas = Mutex<[ObjectIdentifier: any AnyObject & Sendable]>([:])
}

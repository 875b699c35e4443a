import AlternatorWire
import FoundationEssentials
import Synchronization

/// What is done to a model's items beside its own coding when they are written: found once per type.
struct ItemTraits<Item: Encodable>: Sendable {
    /// `nil` for a type that is written by `Codable` alone.
    let fast = AnyFastType.of(Item.self)
    var dates = DateForms()
    var expiryName: String?
    var isVersioned = false
    /// The times of writes; `nil` for models without.
    var stamps: (any Stamping)?
    /// Keys made from properties.
    var computed: [ComputedAttribute<Item>] = []
    /// Does the same for the model inside a union, and writes what tells it apart.
    var union: (any UnionWriting)?

    /// The traits of a type; throws `.mapping` where a declaration cannot be used.
    static func shared() throws(AlternatorError) -> ItemTraits<Item> {
        let id = ObjectIdentifier(Item.self)
        if let known = TraitsCache.writing.withLock({ $0[id] }) as? ItemTraits<Item> { return known }
        let made = try make()
        TraitsCache.writing.withLock { $0[id] = made }
        return made
    }

    private static func make() throws(AlternatorError) -> ItemTraits<Item> {
        var traits = ItemTraits<Item>()
        if let type = Item.self as? any TableItem.Type { traits = try model(type) }
        if let type = Item.self as? any ItemUnion.Type { try traits.addUnion(type) }
        return traits
    }

    private static func model<Model: TableItem>(_ type: Model.Type) throws(AlternatorError) -> ItemTraits<Item> {
        var traits = ItemTraits<Model>()
        traits.isVersioned = type is any VersionedItem.Type
        if let expiring = type as? any ExpiringItem.Type {
            let name = try Declared.expiryName(expiring)
            traits.expiryName = name
            traits.dates.forms[name] = .wholeSeconds
        }
        if let stamped = type as? any TimestampedItem.Type { try traits.addTimestamps(stamped) }
        let key = Model.primaryKey
        traits.computed = [key.partition.computed, key.sort?.computed].compactMap(\.self)
        if let indexed = type as? any IndexedItem.Type,
            let found = Declared.computed(indexed) as? [ComputedAttribute<Model>]
        {
            for attribute in found where !traits.computed.contains(where: { $0.name == attribute.name }) {
                traits.computed.append(attribute)
            }
        }
        // `Model` is `Item`, which the compiler cannot know.
        return traits as? ItemTraits<Item> ?? ItemTraits<Item>()
    }

    private mutating func addTimestamps<Model: TimestampedItem>(_ type: Model.Type) throws(AlternatorError) {
        let plan = try StampPlan<Model>(type.timestamps)
        for name in plan.names {
            guard name != expiryName else {
                throw AlternatorError(
                    .mapping,
                    message: "\(Model.self) declares \"\(name)\" as the expiry and as a timestamp."
                )
            }
            dates.forms[name] = plan.form
        }
        stamps = plan
    }

    private mutating func addUnion<Union: ItemUnion>(_ type: Union.Type) throws(AlternatorError) {
        union = UnionWriter<Union>(members: try type.members.checked(Union.self))
    }

    /// Completes the item that was encoded at `start`: expiry, timestamps, keys made from properties.
    func finish(
        _ item: Item,
        _ purpose: WritePurpose,
        _ now: () -> Date,
        from start: Int,
        in writer: inout JSONWriter
    ) throws(AlternatorError) {
        if let union { try union.finish(item, purpose, now, from: start, in: &writer) }
        if let expiryName { try ItemWriting.writeWholeSeconds(expiryName, from: start, in: &writer) }
        var edits: [(name: String, value: AttributeValue?)] = []
        if let stamps { edits += try stamps.values(of: item, purpose, now()) }
        for attribute in computed {
            let value = try attribute.compute(item)
            if let value { try ItemKeyValues.check(value, of: attribute.name, type: attribute.type) }
            edits.append((attribute.name, value))
        }
        guard !edits.isEmpty else { return }
        try EncodedItem(bytes: writer.bytes, start: start).rewrite(setting: edits, in: &writer)
    }
}

/// Timestamps without the model's type.
protocol Stamping: Sendable {
    /// The attributes for a written item.
    func values(
        of item: any Encodable,
        _ purpose: WritePurpose,
        _ now: Date
    ) throws(AlternatorError) -> [(name: String, value: AttributeValue?)]
    /// The changes of an update, unless it sets them itself.
    func changes(beside changes: [Change], _ now: Date) throws(AlternatorError) -> [Change]
}

/// Completes what was written for a union.
protocol UnionWriting: Sendable {
    func finish(
        _ item: any Encodable,
        _ purpose: WritePurpose,
        _ now: () -> Date,
        from start: Int,
        in writer: inout JSONWriter
    ) throws(AlternatorError)
}

private struct UnionWriter<Union: ItemUnion>: UnionWriting {
    let members: Members<Union>

    func finish(
        _ item: any Encodable,
        _ purpose: WritePurpose,
        _ now: () -> Date,
        from start: Int,
        in writer: inout JSONWriter
    ) throws(AlternatorError) {
        guard let union = item as? Union else { return }
        try finishModel(union.model, purpose, now, from: start, in: &writer)
        guard let tag = members.tag(of: union) else { return }
        let encoded = EncodedItem(bytes: writer.bytes, start: start)
        let found = try encoded.values(of: [members.discriminator])[0]
        guard found != .string(tag) else { return }
        guard found == nil || found == .null else {
            throw AlternatorError(
                .mapping,
                message:
                    "A member of \(Union.self) stores something else in attribute \"\(members.discriminator)\" than "
                    + "what it is told apart by."
            )
        }
        try encoded.rewrite(setting: [(members.discriminator, .string(tag))], in: &writer)
    }

    private func finishModel<Model: Document>(
        _ model: Model,
        _ purpose: WritePurpose,
        _ now: () -> Date,
        from start: Int,
        in writer: inout JSONWriter
    ) throws(AlternatorError) {
        let traits = try ItemTraits<Model>.shared()
        guard !traits.isVersioned else {
            throw AlternatorError(
                .mapping,
                message: "\(Model.self) has a version, which a write of \(Union.self) would ignore; "
                    + "write it through a table of its own with insert, save or modify."
            )
        }
        try traits.finish(model, purpose, now, from: start, in: &writer)
    }
}

/// Declarations read through their protocols.
private enum Declared {
    static func expiryName<T: ExpiringItem>(_ type: T.Type) throws(AlternatorError) -> String {
        try type.expiry.path.topLevelName(of: "The expiry of \(T.self)")
    }

    static func computed<T: IndexedItem>(_ type: T.Type) -> Any { type.indexes.computed }
}

/// Traits by type.
enum TraitsCache {
    static let writing = Mutex<[ObjectIdentifier: any Sendable]>([:])
    static let reading = Mutex<[ObjectIdentifier: ReadTraits]>([:])
}

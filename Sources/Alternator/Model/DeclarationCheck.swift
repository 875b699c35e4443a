import AlternatorWire
import FoundationEssentials
import Synchronization

/// Compares what a model's declared properties hold with what was encoded under their names.
///
/// Catches codings that store a property under another name than its coding key says: without this an item could be
/// written under one key and read under another, or never expire. Done on the first writes of a type in a program, before
/// anything is sent, until each declared attribute was there once; attributes of which no item has any are given up after
/// a hundred writes.
final class DeclarationCheck<Item: TableItem>: Sendable {
    private struct Declared: Sendable {
        let name: String
        let what: String
        let type: ScalarType?
        /// The value that must be stored; `nil` in the closure's result where there is none.
        let expected: (@Sendable (Item) throws(AlternatorError) -> AttributeValue?)?
    }

    private static var maximumWrites: Int { 100 }

    private let declared: [Declared]
    /// A bit for each declared attribute that was not seen yet.
    private let unseen: Atomic<UInt64>
    private let writes = Atomic<Int>(0)

    init(
        partition: KeyAttribute,
        sort: KeyAttribute?,
        version: VersionAttribute<Item>?,
        versionName: String?,
        expiryName: String?,
        indexes: [IndexSchema]
    ) throws(AlternatorError) {
        var declared: [Declared] = []
        if let version, let versionName {
            declared.append(
                Declared(name: versionName, what: "version", type: nil) { item throws(AlternatorError) in
                    version.read(item).map { .number(AttributeNumber($0)) }
                }
            )
        }
        if let expiryName, let type = Item.self as? any ExpiringItem.Type {
            declared.append(Declared(name: expiryName, what: "expiry", type: .n, expected: Self.expiry(type)))
        }
        if let type = Item.self as? any IndexedItem.Type, let reads = Self.reads(type) as? Reads {
            for (index, reads) in zip(indexes, reads) {
                for (attribute, read) in zip(index.keys, reads) {
                    declared.append(
                        Declared(
                            name: attribute.name,
                            what: "index \(index.name)",
                            type: attribute.type,
                            expected: read
                        )
                    )
                }
            }
        }
        self.declared = Array(declared.prefix(63))
        // The highest bit is the primary key's.
        unseen = Atomic(1 << 63 | (1 << UInt64(self.declared.count)) - 1)
    }

    private typealias Reads = [[@Sendable (Item) throws(AlternatorError) -> AttributeValue?]]

    private static func reads<T: IndexedItem>(_ type: T.Type) -> Any { type.indexes.reads }

    private static func expiry<T: ExpiringItem>(
        _ type: T.Type
    ) -> (@Sendable (Item) throws(AlternatorError) -> AttributeValue?)? {
        guard let read = type.expiry.read else { return nil }
        return { item throws(AlternatorError) in
            guard let item = item as? T, let date = read(item) else { return nil }
            return try DateForm.wholeSeconds.attribute(date)
        }
    }

    /// Checks what was not seen yet.
    func check(_ item: Item, _ encoded: EncodedItem, _ key: ItemKeyValues?) throws(AlternatorError) {
        let open = unseen.load(ordering: .relaxed)
        guard open != 0 else { return }
        let seen = try check(item, encoded, key, open)
        unseen.bitwiseAnd(~seen, ordering: .relaxed)
        if writes.add(1, ordering: .relaxed).newValue >= Self.maximumWrites { unseen.store(0, ordering: .relaxed) }
    }

    /// Checks everything, whatever was seen.
    func checkAll(_ item: Item, _ encoded: EncodedItem, _ key: ItemKeyValues?) throws(AlternatorError) {
        _ = try check(item, encoded, key, .max)
    }

    /// Returns the bits of the attributes that were there.
    private func check(
        _ item: Item,
        _ encoded: EncodedItem,
        _ key: ItemKeyValues?,
        _ open: UInt64
    ) throws(AlternatorError) -> UInt64 {
        let attributes = try encoded.attributes()
        for declared in key?.attributes ?? [] {
            guard let found = attributes[declared.name] else { throw Self.missing(declared.name) }
            guard found == declared.value else { throw Self.differs(declared.name, "key") }
        }
        var seen: UInt64 = 1 << 63
        for (number, declared) in declared.enumerated() where open & 1 << UInt64(number) != 0 {
            let found = attributes[declared.name].flatMap { $0 == .null ? nil : $0 }
            if let found, let type = declared.type { try ItemKeyValues.check(found, of: declared.name, type: type) }
            if let expected = declared.expected {
                guard try expected(item) == found else { throw Self.differs(declared.name, declared.what) }
            }
            if found != nil { seen |= 1 << UInt64(number) }
        }
        return seen
    }

    static func missing(_ name: String) -> AlternatorError {
        AlternatorError(.mapping, message: "\(Item.self) encodes no attribute \"\(name)\", which is part of its key.")
    }

    private static func differs(_ name: String, _ what: String) -> AlternatorError {
        AlternatorError(
            .mapping,
            message: "\(Item.self) stores something else in attribute \"\(name)\" than its \(what) property holds; "
                + "declare the attribute it is stored in by hand, or fix its encode(to:)."
        )
    }
}

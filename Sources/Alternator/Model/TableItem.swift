import AlternatorWire
public import FoundationEssentials

/// A model whose values are whole items of a table.
///
/// ```swift
/// struct User: TableItem {
///     var id: String
///     var name: String
///     static let primaryKey = PrimaryKey(\User.id)
/// }
/// ```
///
/// Anything more is a protocol of its own, without defaults, so that a declaration of a slightly other type is refused by
/// the compiler instead of being ignored: `NamedTableItem`, `VersionedItem`, `ExpiringItem`, `IndexedItem`,
/// `ExplicitNames`.
public protocol TableItem: Document {
    associatedtype PartitionKey: KeyValue
    associatedtype SortKey: KeyValue = NoSortKey
    associatedtype Locking: LockingMode = Unversioned

    /// `PrimaryKey(\Model.partition)` or `PrimaryKey(\Model.partition, \Model.sort)`.
    static var primaryKey: PrimaryKey<Self, PartitionKey, SortKey> { get }
}

/// Whether every write of a model checks a version.
public protocol LockingMode {}
/// A model whose writes check nothing unless told to.
public enum Unversioned: LockingMode {}
/// A model with optimistic locking; see `VersionedItem`.
public enum Versioned: LockingMode {}

/// A model with a table of its own, for `resource.table(Order.self)`.
public protocol NamedTableItem: TableItem {
    static var tableName: String { get }
}

/// A model with optimistic locking: every write of it is conditional.
///
/// It is written with `insert`, `save`, `modify`, `update` and `delete(item)`; writes that would ignore the version do
/// not exist for it, since mixing plain and conditional writes of one item is unsafe on the server.
public protocol VersionedItem: TableItem where Locking == Versioned {
    static var version: VersionAttribute<Self> { get }
}

/// A model whose items expire: the attribute is written as whole seconds since 1970, as the server wants it.
public protocol ExpiringItem: TableItem {
    static var expiry: ExpiryAttribute<Self> { get }
}

/// A model with secondary indexes, made by `create`.
public protocol IndexedItem: TableItem {
    static var indexes: Indexes<Self> { get }
}

/// Attribute names that cannot be told from coding keys: of wrapped or observed properties, or of hand-written codings.
public protocol ExplicitNames: Document {
    static var attributeNames: AttributeNames<Self> { get }
}

/// Attribute names by property: `[\.note: "nt"]`.
public struct AttributeNames<Root>: Sendable, ExpressibleByDictionaryLiteral {
    private let names: [KeyPathBox: String]

    /// Names by property; the last of a repeated property wins.
    public init(dictionaryLiteral elements: (PartialKeyPath<Root>, String)...) { self.init(elements) }

    /// For names made in a loop; the last of a repeated property wins.
    public init(_ names: [(PartialKeyPath<Root>, String)]) {
        self.names = Dictionary(names.map { (KeyPathBox(keyPath: $0), $1) }) { $1 }
    }

    func name(of keyPath: AnyKeyPath) -> String? { names[KeyPathBox(keyPath: keyPath)] }
}

/// The attribute that holds the time an item expires at.
public struct ExpiryAttribute<Root: Codable & Sendable>: Sendable {
    let path: Path<Root, Date?>
    /// Reads the time from a model value; `nil` where the attribute was declared by name.
    let read: (@Sendable (Root) -> Date?)?

    /// An optional property: items without a value do not expire.
    public init(_ expiry: any KeyPath<Root, Date?> & Sendable) {
        path = Path(expiry)
        read = { $0[keyPath: expiry] }
    }

    /// A property: every item expires.
    public init(_ expiry: any KeyPath<Root, Date> & Sendable) {
        path = Path(elements: Path(expiry).elements)
        read = { $0[keyPath: expiry] }
    }

    /// An attribute by hand.
    public init(_ expiry: Path<Root, Date?>) {
        path = expiry
        read = nil
    }
}

/// The attribute that counts the writes of an item.
///
/// `nil` (or a missing attribute) means that the item was never saved; it is never guessed otherwise.
public struct VersionAttribute<Root: Codable & Sendable>: Sendable {
    let path: Path<Root, Int?>
    /// The version in a model value.
    let read: @Sendable (Root) -> Int?
    /// The model value with another version; `nil` where the property cannot be set without changing the caller's object.
    let write: (@Sendable (inout Root, Int) -> Void)?

    /// An optional property, `nil` until the item is saved first.
    public init(_ version: any KeyPath<Root, Int?> & Sendable) {
        path = Path(version)
        read = { $0[keyPath: version] }
        let box = KeyPathBox(keyPath: version)
        if version is WritableKeyPath<Root, Int?>, !(version is ReferenceWritableKeyPath<Root, Int?>) {
            write = { root, number in
                if let path = box.keyPath as? WritableKeyPath<Root, Int?> { root[keyPath: path] = number }
            }
        } else {
            write = nil
        }
    }

    /// A property that always has a number: an item is new only if none is stored under its key.
    public init(_ version: any KeyPath<Root, Int> & Sendable) {
        path = Path(elements: Path(version).elements)
        read = { $0[keyPath: version] }
        let box = KeyPathBox(keyPath: version)
        if version is WritableKeyPath<Root, Int>, !(version is ReferenceWritableKeyPath<Root, Int>) {
            write = { root, number in
                if let path = box.keyPath as? WritableKeyPath<Root, Int> { root[keyPath: path] = number }
            }
        } else {
            write = nil
        }
    }
}

extension VersionAttribute {
    /// Not available: versions are counted.
    @available(*, unavailable, message: "a version is an Int or Int? property")
    public init<Other>(_ version: KeyPath<Root, Other>) { fatalError() }
}

import AlternatorWire
public import FoundationEssentials

/// The key of a model's table: a partition key, and a sort key if there is one.
///
/// Each is a property, an attribute by hand (`Path("pk", as: String.self)`), or made from properties (`CompositeKey`,
/// `ComputedKey`).
public struct PrimaryKey<Root: Codable & Sendable, Partition: KeyValue, Sort: KeyValue>: Sendable {
    let partition: Part<Partition>
    let sort: Part<Sort>?

    /// One of the two attributes.
    struct Part<Value: KeyValue>: Sendable {
        let path: Path<Root, Value>
        /// Reads it from a model value; `nil` where it was declared by name and is read from the encoded item.
        var read: (@Sendable (Root) throws(AlternatorError) -> Value)?
        /// Where it is made from properties.
        var computed: ComputedAttribute<Root>?
        /// The values of those properties in a key, by attribute name.
        var known: @Sendable (Value) -> [String: any Encodable & Sendable] = { _ in [:] }

        init(_ keyPath: any KeyPath<Root, Value> & Sendable) {
            let path = Path(keyPath)
            self.path = path
            read = { root throws(AlternatorError) in root[keyPath: keyPath] }
            if path.elements.count == 1, case .name(let name) = path.elements[0] { known = { [name: $0] } }
        }

        init(_ path: Path<Root, Value>) { self.path = path }

        init<Source: KeySource<Root, Value>>(_ source: Source) {
            let key = source.computedKey
            path = key.path
            computed = key.attribute
            read = { root throws(AlternatorError) in
                if let value = try key.value(root) { return value }
                throw AlternatorError(
                    .mapping,
                    message: "The key attribute \"\(key.name)\" of this \(Root.self) has no value."
                )
            }
            if let composite = source as? any KnownParts {
                known = { value in (value as? String).map { composite.known(in: $0) } ?? [:] }
            }
        }
    }

    private init(_ partition: Part<Partition>, _ sort: Part<Sort>?) {
        self.partition = partition
        self.sort = sort
    }

    /// A table with a partition key alone.
    public init(_ partition: any KeyPath<Root, Partition> & Sendable) where Sort == NoSortKey {
        self.init(Part(partition), nil)
    }

    /// A table with a partition key and a sort key.
    public init(_ partition: any KeyPath<Root, Partition> & Sendable, _ sort: any KeyPath<Root, Sort> & Sendable) {
        self.init(Part(partition), Part(sort))
    }

    /// A partition key by hand, such as `Path("pk", as: String.self)`.
    public init(_ partition: Path<Root, Partition>) where Sort == NoSortKey {
        self.init(Part(partition), nil)
    }

    /// Both keys by hand.
    public init(_ partition: Path<Root, Partition>, _ sort: Path<Root, Sort>) {
        self.init(Part(partition), Part(sort))
    }

    /// A partition key made from properties.
    public init(_ partition: some KeySource<Root, Partition>) where Sort == NoSortKey {
        self.init(Part(partition), nil)
    }

    /// Both keys made from properties.
    public init(_ partition: some KeySource<Root, Partition>, _ sort: some KeySource<Root, Sort>) {
        self.init(Part(partition), Part(sort))
    }

    /// A sort key made from properties.
    public init(_ partition: any KeyPath<Root, Partition> & Sendable, _ sort: some KeySource<Root, Sort>) {
        self.init(Part(partition), Part(sort))
    }

    /// A partition key made from properties.
    public init(_ partition: some KeySource<Root, Partition>, _ sort: any KeyPath<Root, Sort> & Sendable) {
        self.init(Part(partition), Part(sort))
    }
}

// These exist only to say what is wrong.
extension PrimaryKey where Partition == NoSortKey, Sort == NoSortKey {
    /// Not available: the property's type is no `KeyValue`.
    @available(
        *,
        unavailable,
        message: "a key property needs a KeyValue type: String, an integer, UUID, Data, or an enum declared as KeyValue"
    )
    public init<Other>(_ partition: KeyPath<Root, Other>) { fatalError() }

    /// Not available: one of the properties' types is no `KeyValue`.
    @available(
        *,
        unavailable,
        message: "a key property needs a KeyValue type: String, an integer, UUID, Data, or an enum declared as KeyValue"
    )
    public init<First, Second>(_ partition: KeyPath<Root, First>, _ sort: KeyPath<Root, Second>) { fatalError() }
}

/// A key that can be taken apart.
protocol KnownParts: Sendable {
    func known(in key: String) -> [String: any Encodable & Sendable]
}

/// A condition on the sort key of a query.
public struct SortCondition<Sort: KeyValue>: Sendable {
    enum Form: Sendable {
        case compare(String, Sort)
        case between(Sort, Sort)
        case prefix(AttributeValue, isEmpty: Bool)
    }
    let form: Form

    /// Sends `sort = :v`.
    public static func equal(_ value: Sort) -> Self { Self(form: .compare("=", value)) }
    /// Sends `sort < :v`.
    public static func less(_ value: Sort) -> Self { Self(form: .compare("<", value)) }
    /// Sends `sort <= :v`.
    public static func lessOrEqual(_ value: Sort) -> Self { Self(form: .compare("<=", value)) }
    /// Sends `sort > :v`.
    public static func greater(_ value: Sort) -> Self { Self(form: .compare(">", value)) }
    /// Sends `sort >= :v`.
    public static func greaterOrEqual(_ value: Sort) -> Self { Self(form: .compare(">=", value)) }
    /// Sends `sort BETWEEN :low AND :high`, both included.
    public static func between(_ low: Sort, _ high: Sort) -> Self { Self(form: .between(low, high)) }
    /// Sends `begins_with(sort, :prefix)`.
    public static func hasPrefix(_ prefix: String) -> Self where Sort == String {
        Self(form: .prefix(.string(prefix), isEmpty: prefix.isEmpty))
    }
    /// Sends `begins_with(sort, :prefix)` for a sort key of a type of its own that is a string.
    public static func hasPrefix(_ prefix: String) -> Self where Sort: RawRepresentable, Sort.RawValue == String {
        Self(form: .prefix(.string(prefix), isEmpty: prefix.isEmpty))
    }
    /// Sends `begins_with(sort, :prefix)` for a binary sort key.
    public static func hasPrefix(_ prefix: Data) -> Self where Sort == Data {
        Self(form: .prefix(.binary(Array(prefix)), isEmpty: prefix.isEmpty))
    }

    /// The condition on the attribute called `name`; `nil` for an empty prefix, which every value has and the server refuses.
    func node(on name: String) -> ConditionNode? {
        let path = Operand.Node.path([.name(name)])
        switch form {
        case .compare(let comparator, let value): return .compare(path, comparator, .value(value))
        case .between(let low, let high): return .between(path, .value(low), .value(high))
        case .prefix(let prefix, let isEmpty): return isEmpty ? nil : .call("begins_with", [path, .value(prefix)])
        }
    }
}

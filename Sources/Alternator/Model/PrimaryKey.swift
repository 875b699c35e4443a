import AlternatorWire

/// The key of a model's table: a partition key, and a sort key if there is one.
public struct PrimaryKey<Root: Codable & Sendable, Partition: KeyValue, Sort: KeyValue>: Sendable {
    let partition: Path<Root, Partition>
    let sort: Path<Root, Sort>?
    /// Reads the key of a model value; `nil` where the key was declared by name and is read from the encoded item.
    let read: (@Sendable (Root) -> (Partition, Sort?))?

    /// A table with a partition key alone.
    public init(_ partition: any KeyPath<Root, Partition> & Sendable) where Sort == NoSortKey {
        self.partition = Path(partition)
        sort = nil
        read = { ($0[keyPath: partition], nil) }
    }

    /// A table with a partition key and a sort key.
    public init(_ partition: any KeyPath<Root, Partition> & Sendable, _ sort: any KeyPath<Root, Sort> & Sendable) {
        self.partition = Path(partition)
        self.sort = Path(sort)
        read = { ($0[keyPath: partition], $0[keyPath: sort]) }
    }

    /// A partition key by hand, such as `Path("pk", as: String.self)`.
    public init(_ partition: Path<Root, Partition>) where Sort == NoSortKey {
        self.partition = partition
        sort = nil
        read = nil
    }

    /// Both keys by hand.
    public init(_ partition: Path<Root, Partition>, _ sort: Path<Root, Sort>) {
        self.partition = partition
        self.sort = sort
        read = nil
    }
}

/// A condition on the sort key of a query.
public struct SortCondition<Sort: KeyValue>: Sendable {
    enum Form: Sendable {
        case compare(String, Sort)
        case between(Sort, Sort)
        case prefix(String)
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
    public static func hasPrefix(_ prefix: String) -> Self where Sort == String { Self(form: .prefix(prefix)) }

    /// The condition on the attribute called `name`; `nil` for an empty prefix, which every value has and the server refuses.
    func node(on name: String) -> ConditionNode? {
        let path = Operand.Node.path([.name(name)])
        switch form {
        case .compare(let comparator, let value): return .compare(path, comparator, .value(value))
        case .between(let low, let high): return .between(path, .value(low), .value(high))
        case .prefix(let prefix): return prefix.isEmpty ? nil : .call("begins_with", [path, .value(prefix)])
        }
    }
}

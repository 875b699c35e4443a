public import AlternatorWire

/// A key attribute that is made from properties and is none itself: written with the item, used in queries.
///
/// Declared by being part of the primary key or of an index. Where the model also has a property for the attribute, what
/// is written is the computed value.
///
/// ```swift
/// struct Order: IndexedItem {
///     var id: String
///     var total: Int
///     var isOpen: Bool
///     static let primaryKey = PrimaryKey(\Order.id)
///     /// Only open orders are in the index.
///     static let openKey = ComputedKey("open", \Order.isOpen) { $0 ? "y" : nil }
///     static let byOpen = SecondaryIndex.global("byOpen", openKey, \Order.total)
///     static let indexes = Indexes(byOpen)
/// }
/// for try await order in orders.query(Order.byOpen, "y", .greater(100)) { … }
/// ```
///
/// An update that sets all the properties it is made from (with plain values) sets the attribute too; one that touches only
/// some of them, or changes them otherwise, is refused with `.mapping`, because the key would no longer fit the item.
/// Properties of the primary key count as set: their values are known.
public struct ComputedKey<Root: Codable & Sendable, Value: KeyValue>: KeySource {
    /// The attribute's name.
    public let name: String
    let attribute: ComputedAttribute<Root>
    let value: @Sendable (Root) throws(AlternatorError) -> Value?

    /// A key attribute made from properties.
    ///
    /// - Parameters:
    ///   - name: the attribute's name.
    ///   - source: the properties it is made from.
    ///   - compute: makes the value; `nil` leaves the attribute out, so that the item is not in the index.
    public init<each Source: AttributeScalar>(
        _ name: String,
        _ source: repeat any KeyPath<Root, each Source> & Sendable,
        compute: @escaping @Sendable (repeat each Source) -> Value?
    ) {
        var sources: [KeySourceName] = []
        for keyPath in repeat each source { sources.append(KeySourceName(keyPath)) }
        let value: @Sendable (Root) throws(AlternatorError) -> Value? = { root in
            compute(repeat root[keyPath: each source])
        }
        self.init(name, sources, value) { given throws(AlternatorError) in
            var given = given[...]
            // In the order of the properties: a pack is expanded from left to right.
            return compute(repeat try Self.next((each Source).self, &given))
        }
    }

    init(
        _ name: String,
        _ sources: [KeySourceName],
        _ value: @escaping @Sendable (Root) throws(AlternatorError) -> Value?,
        again: @escaping @Sendable ([any Encodable & Sendable]) throws(AlternatorError) -> Value?
    ) {
        self.name = name
        self.value = value
        attribute = ComputedAttribute(
            name: name,
            type: Value.scalarType,
            sources: sources,
            compute: { root throws(AlternatorError) in try value(root)?.keyAttribute },
            recompute: { values throws(AlternatorError) in try again(values)?.keyAttribute }
        )
    }

    static func next<Source>(
        _ type: Source.Type,
        _ values: inout ArraySlice<any Encodable & Sendable>
    ) throws(AlternatorError) -> Source {
        guard let value = values.popFirst(), let source = value as? Source else {
            throw AlternatorError(
                .mapping,
                message: "A computed key of \(Root.self) was given a value of another type."
            )
        }
        return source
    }

    /// The attribute in conditions: `{ _ in Order.openKey.path == "y" }`.
    public var path: Path<Root, Value> { Path(name) }

    /// The key itself.
    public var computedKey: ComputedKey<Root, Value> { self }
}

/// What can stand as a key in `PrimaryKey` and `SecondaryIndex` beside a property: a computed or composite key.
public protocol KeySource<Root, Value>: Sendable {
    /// The model.
    associatedtype Root: Codable & Sendable
    /// The type of the key.
    associatedtype Value: KeyValue
    /// The attribute and how it is made.
    var computedKey: ComputedKey<Root, Value> { get }
}

/// A property that a key is made from.
struct KeySourceName: Sendable {
    /// The attribute's name; `nil` for a property that is none, such as a computed one.
    let attribute: String?
    /// The property's name, where the key path has one.
    let property: String?

    init<Root: Decodable, Value>(_ keyPath: KeyPath<Root, Value>) {
        if case .name(let name) = NameResolver.element(keyPath) { attribute = name } else { attribute = nil }
        property = NameResolver.propertyName(keyPath)
    }
}

/// A computed key without the type of its value.
struct ComputedAttribute<Root>: Sendable {
    let name: String
    let type: ScalarType
    let sources: [KeySourceName]
    let compute: @Sendable (Root) throws(AlternatorError) -> AttributeValue?
    /// Makes it from the values of all sources, in their order.
    let recompute: @Sendable ([any Encodable & Sendable]) throws(AlternatorError) -> AttributeValue?

    /// What an update does to it: the change to send along, if any; throws `.mapping` where it would no longer fit.
    ///
    /// `known` are the values of properties that are part of the primary key, by attribute name.
    func change(
        beside changes: [Change],
        known: [String: any Encodable & Sendable],
        isKey: Bool
    ) throws(AlternatorError) -> Change? {
        let touched = Set(changes.compactMap { change in change.path.first })
        guard sources.contains(where: { $0.attribute.map { touched.contains(.name($0)) } ?? false }) else { return nil }
        guard !isKey else {
            throw AlternatorError(
                .mapping,
                message: "The update changes a property that the key attribute \"\(name)\" is made from; "
                    + "an item's key cannot change: delete it and insert another one."
            )
        }
        if touched.contains(.name(name)) { return nil }
        var values: [any Encodable & Sendable] = []
        for source in sources {
            guard let attribute = source.attribute, let value = Self.value(attribute, changes) ?? known[attribute]
            else {
                let missing = source.attribute ?? source.property ?? "a property"
                throw AlternatorError(
                    .mapping,
                    message:
                        "The update changes a part of the key attribute \"\(name)\" but does not set \"\(missing)\", "
                        + "which it is made from as well; set all of them to values, or save the whole item."
                )
            }
            values.append(value)
        }
        let path: [PathElement] = [.name(name)]
        guard let value = try recompute(values) else { return Change(path: path, kind: .remove) }
        return Change(path: path, kind: .set(.value(value)))
    }

    /// What the changes set an attribute to; `nil` where they do not, or not to a value known here.
    private static func value(_ attribute: String, _ changes: [Change]) -> (any Encodable & Sendable)? {
        for change in changes where change.path == [.name(attribute)] {
            if case .set(.value(let value)) = change.kind { return value }
        }
        return nil
    }
}

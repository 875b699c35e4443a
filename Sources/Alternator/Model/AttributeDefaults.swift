import AlternatorWire

/// A model with values for attributes that an item may lack, such as those added to the model later.
///
/// ```swift
/// struct Order: TableItem, DefaultingItem {
///     var id: String
///     var state: String
///     static let primaryKey = PrimaryKey(\Order.id)
///     static let defaults = AttributeDefaults<Order>().with(\.state, "new")
/// }
/// ```
///
/// A missing or NULL attribute is read as its default; Swift's own `var state = "new"` does not do that, because a
/// synthesized `init(from:)` throws for what is missing. Conditions and indexes see what is stored: a missing attribute
/// equals no value there. Holds for whole items; in nested types use `@Defaulted`.
public protocol DefaultingItem: Document {
    /// The defaults by property.
    static var defaults: AttributeDefaults<Self> { get }
}

/// Values for missing attributes, by property.
public struct AttributeDefaults<Root: Decodable>: Sendable {
    private let entries: [(element: PathElement, value: any Encodable & Sendable)]

    /// None.
    public init() { entries = [] }

    private init(_ entries: [(element: PathElement, value: any Encodable & Sendable)]) { self.entries = entries }

    /// The same and one more.
    public func with<Value: AttributeScalar>(_ property: KeyPath<Root, Value>, _ value: Value) -> Self {
        Self(entries + [(NameResolver.element(property), value)])
    }

    /// Names and values; throws `.mapping` where a property has no name or a value cannot be stored.
    func attributes() throws(AlternatorError) -> [(name: String, value: AttributeValue)] {
        var attributes: [(name: String, value: AttributeValue)] = []
        for entry in entries {
            let path = Path<Root, AttributeValue>(elements: [entry.element])
            let name = try path.topLevelName(of: "A default of \(Root.self)")
            // An optional's nil and an empty set are what a missing attribute gives anyway.
            guard case .value(let value) = GivenValue(entry.value) else { continue }
            attributes.append((name, try ItemEncoder().attribute(of: value)))
        }
        return attributes
    }
}

public import AlternatorWire

/// What may stand as the value of an attribute in conditions and updates.
public typealias AttributeScalar = Encodable & Sendable

/// Part of a model: the members of a `Document` are attributes of a map.
///
/// So `$0.ship.city` compiles where `ship` is a `Document`, and `$0.name.count` does not.
public protocol Document: Codable, Sendable {}

/// One step of a path.
enum PathElement: Sendable, Hashable {
    case name(String)
    case index(Int)
    /// The name could not be told; the operation that meets it throws the reason.
    case unresolved(String)
}

/// Where an attribute is, and the Swift type of what is there.
///
/// However it was made, by `$0.age` in a closure, `Path(\.age)`, `Path(\.age, CodingKeys.age)` or
/// `Path("age", as: Int.self)`, this is the only currency of conditions, updates, keys and indexes. A path whose name
/// cannot be told carries that as an error, which the operation using it throws as `.mapping` before sending anything.
@dynamicMemberLookup
public struct Path<Root, Value>: Sendable {
    let elements: [PathElement]

    init(elements: [PathElement]) { self.elements = elements }

    /// A top-level attribute by its name.
    public init(_ name: String, as: Value.Type = Value.self) { elements = [.name(name)] }

    /// A top-level attribute by its property; the name comes from the model's coding keys.
    public init(_ keyPath: KeyPath<Root, Value>) where Root: Decodable {
        elements = [NameResolver.element(keyPath)]
    }

    /// A top-level attribute by its coding key, with the type of the property.
    ///
    /// That both belong together is not checked.
    public init(_ keyPath: KeyPath<Root, Value>, _ key: some CodingKey) { elements = [.name(key.stringValue)] }

    private func appending<Member>(_ element: PathElement) -> Path<Root, Member> {
        Path<Root, Member>(elements: elements + [element])
    }

    // MARK: Members of maps

    /// A member of a nested document: `$0.ship.city`.
    public subscript<Member>(dynamicMember member: KeyPath<Value, Member>) -> Path<Root, Member>
    where Value: Document {
        appending(NameResolver.element(member))
    }

    /// A member of an optional document: `$0.bill.city`, of type `String?`.
    public subscript<Wrapped: Document, Member>(dynamicMember member: KeyPath<Wrapped, Member>) -> Path<Root, Member?>
    where Value == Wrapped? {
        appending(NameResolver.element(member))
    }

    /// An optional member of an optional document: `$0.bill.zip`, still of type `String?`.
    public subscript<Wrapped: Document, Member>(dynamicMember member: KeyPath<Wrapped, Member?>) -> Path<Root, Member?>
    where Value == Wrapped? {
        appending(NameResolver.element(member))
    }

    /// For members that share a name with one of `Path`'s own: `$0.ship[\.set]`.
    public subscript<Member>(_ member: KeyPath<Value, Member>) -> Path<Root, Member> where Value: Document {
        appending(NameResolver.element(member))
    }

    /// The same for an optional document.
    public subscript<Wrapped: Document, Member>(_ member: KeyPath<Wrapped, Member>) -> Path<Root, Member?>
    where Value == Wrapped? {
        appending(NameResolver.element(member))
    }

    // MARK: Elements of lists and dictionaries

    /// An element of a list, counted from 0.
    public subscript<Element>(_ index: Int) -> Path<Root, Element> where Value == [Element] {
        appending(.index(index))
    }

    /// An element of an optional list, counted from 0.
    public subscript<Element>(_ index: Int) -> Path<Root, Element> where Value == [Element]? {
        appending(.index(index))
    }

    /// A value of a dictionary; the key is one name whatever characters it has.
    public subscript<Element>(_ key: String) -> Path<Root, Element> where Value == [String: Element] {
        appending(.name(key))
    }

    /// A value of an optional dictionary.
    public subscript<Element>(_ key: String) -> Path<Root, Element> where Value == [String: Element]? {
        appending(.name(key))
    }

    /// An attribute that the model does not know: `$0.rest["color"]` is beside the model's own, not inside `rest`.
    public subscript(_ key: String) -> Path<Root, AttributeValue> where Value == Extras {
        Path<Root, AttributeValue>(elements: elements.dropLast() + [.name(key)])
    }

    /// The same with the type of what is there: `$0.rest["color", as: String.self]`.
    public subscript<Member>(_ key: String, as type: Member.Type) -> Path<Root, Member> where Value == Extras {
        Path<Root, Member>(elements: elements.dropLast() + [.name(key)])
    }

    /// The same in an optional document.
    public subscript(_ key: String) -> Path<Root, AttributeValue> where Value == Extras? {
        Path<Root, AttributeValue>(elements: elements.dropLast() + [.name(key)])
    }

    /// The same in an optional document with the type of what is there.
    public subscript<Member>(_ key: String, as type: Member.Type) -> Path<Root, Member> where Value == Extras? {
        Path<Root, Member>(elements: elements.dropLast() + [.name(key)])
    }

    /// A member of an untyped map.
    public subscript(_ key: String) -> Path<Root, AttributeValue> where Value == AttributeValue {
        appending(.name(key))
    }

    /// An element of an untyped list, counted from 0.
    public subscript(_ index: Int) -> Path<Root, AttributeValue> where Value == AttributeValue {
        appending(.index(index))
    }
}

extension Path {
    /// The one attribute name of a top-level path; throws `.mapping` for what cannot be told or lies deeper.
    func topLevelName(of what: String) throws(AlternatorError) -> String {
        guard elements.count == 1 else {
            throw AlternatorError(.mapping, message: "\(what) must be a top-level attribute.")
        }
        switch elements[0] {
        case .name(let name) where !name.isEmpty: return name
        case .name: throw AlternatorError(.mapping, message: "\(what) has an empty attribute name.")
        case .index: throw AlternatorError(.mapping, message: "\(what) must be an attribute, not a list element.")
        case .unresolved(let reason): throw AlternatorError(.mapping, message: "\(what): \(reason).")
        }
    }
}

/// The root of paths into items without a model: `$0["visits"]`.
public enum UntypedItem: Sendable {}

/// `$0` of every condition and update.
@dynamicMemberLookup
public struct Fields<Root>: Sendable {
    /// For conditions made outside of a closure: `Fields<User>().visits > 3`.
    public init() {}

    /// An attribute by its property.
    public subscript<Value>(dynamicMember member: KeyPath<Root, Value>) -> Path<Root, Value> where Root: Decodable {
        Path(member)
    }

    /// An attribute by its property, for names that `Fields` has itself: `$0[\.named]`.
    public subscript<Value>(_ member: KeyPath<Root, Value>) -> Path<Root, Value> where Root: Decodable {
        Path(member)
    }

    /// An attribute of an item without a model.
    public subscript(_ name: String) -> Path<Root, AttributeValue> where Root == UntypedItem { Path(name) }

    /// An attribute by hand, where the name cannot be told from the model.
    public func named<Value>(_ name: String, as: Value.Type) -> Path<Root, Value> { Path(name) }
}

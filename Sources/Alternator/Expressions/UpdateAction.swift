public import AlternatorWire

/// One change of an update.
public struct UpdateAction<Root>: Sendable {
    let change: Change

    init(_ path: [PathElement], _ kind: Change.Kind) { change = Change(path: path, kind: kind) }
}

/// A change without the model's type.
struct Change: Sendable {
    enum Kind: Sendable {
        case set(Operand.Node)
        case remove
        /// ADD of a number: twice is more than once.
        case addNumber(any Encodable & Sendable)
        /// ADD of members to a set.
        case addMembers(any Encodable & Sendable)
        /// DELETE of members of a set.
        case deleteMembers(any Encodable & Sendable)
    }
    let path: [PathElement]
    let kind: Kind
}

/// Collects the changes of an update closure; `if`, `switch` and `for` work as usual.
@resultBuilder public enum UpdateBuilder<Root> {
    public static func buildExpression(_ action: UpdateAction<Root>) -> [UpdateAction<Root>] { [action] }
    /// One after the other.
    public static func buildBlock(_ parts: [UpdateAction<Root>]...) -> [UpdateAction<Root>] { parts.flatMap { $0 } }
    /// An `if` without `else`.
    public static func buildOptional(_ part: [UpdateAction<Root>]?) -> [UpdateAction<Root>] { part ?? [] }
    /// The first branch of an `if` or `switch`.
    public static func buildEither(first part: [UpdateAction<Root>]) -> [UpdateAction<Root>] { part }
    /// Its other branch.
    public static func buildEither(second part: [UpdateAction<Root>]) -> [UpdateAction<Root>] { part }
    /// A `for` loop.
    public static func buildArray(_ parts: [[UpdateAction<Root>]]) -> [UpdateAction<Root>] { parts.flatMap { $0 } }
    /// An `if #available`.
    public static func buildLimitedAvailability(_ part: [UpdateAction<Root>]) -> [UpdateAction<Root>] { part }
}

// MARK: - SET and REMOVE

extension Path {
    /// Sends `SET #n0 = :v0`; with `nil` or an empty set: `REMOVE #n0`.
    ///
    /// Setting a member of a map that is not there is refused by the server: set the map first.
    public func set(_ value: Value) -> UpdateAction<Root> where Value: AttributeScalar {
        UpdateAction(elements, .set(.value(value)))
    }

    /// Sends `SET #n0 = #n1 + :v0` and the like: the right side is evaluated against the item as it was.
    public func set<Source: OperandConvertible>(_ source: Source) -> UpdateAction<Root>
    where Source.Root == Root, Source.Value == Value {
        UpdateAction(elements, .set(source.operand.node))
    }

    /// Sends `SET #n0 = if_not_exists(#n0, :v0)`.
    public func setIfMissing(_ value: Value) -> UpdateAction<Root> where Value: AttributeScalar {
        UpdateAction(elements, .set(.call("if_not_exists", [node, .value(value)])))
    }

    /// Sends `REMOVE #n0`.
    public func remove<Wrapped>() -> UpdateAction<Root> where Value == Wrapped? { UpdateAction(elements, .remove) }

    /// Sends `REMOVE #n0`.
    public func remove() -> UpdateAction<Root> where Value == AttributeValue { UpdateAction(elements, .remove) }

    /// Sends `REMOVE #n0[2]`: takes an element out of a list; several indexes count by the list as it was.
    public func removeElement<Element>(at index: Int) -> UpdateAction<Root> where Value == [Element] {
        UpdateAction(elements + [.index(index)], .remove)
    }

    /// Sends `REMOVE #n0.#n1`: takes a value out of a dictionary.
    public func removeValue<Element>(forKey key: String) -> UpdateAction<Root> where Value == [String: Element] {
        UpdateAction(elements + [.name(key)], .remove)
    }

    /// Sends `if_not_exists(#n0, :v0)` for the right side of `set`: this attribute, or the value where it is missing.
    public func or(_ value: Value) -> ValueExpression<Root, Value> where Value: AttributeScalar {
        ValueExpression(.call("if_not_exists", [node, .value(value)]))
    }

    /// The same for an optional attribute.
    public func or<Wrapped: AttributeScalar>(_ value: Wrapped) -> ValueExpression<Root, Wrapped>
    where Value == Wrapped? {
        ValueExpression(.call("if_not_exists", [node, .value(value)]))
    }
}

// MARK: - Numbers

extension Path {
    /// Sends `ADD #n0 :v0`: a missing attribute counts as 0.
    ///
    /// Counts twice if it is applied twice, so an unanswered one is not repeated but thrown as `.outcomeUnknown`.
    public func add(_ value: Value) -> UpdateAction<Root> where Value: Numeric & AttributeScalar {
        UpdateAction(elements, .addNumber(value))
    }

    /// Sends `ADD #n0 :v0` to an optional number: a missing attribute counts as 0.
    public func add<Number: Numeric & AttributeScalar>(_ value: Number) -> UpdateAction<Root> where Value == Number? {
        UpdateAction(elements, .addNumber(value))
    }

    /// Sends `SET #n0 = if_not_exists(#n0, :v0) + :v1`.
    public func increment(by value: Value, startingAt start: Value) -> UpdateAction<Root>
    where Value: Numeric & AttributeScalar {
        UpdateAction(
            elements,
            .set(.arithmetic(.call("if_not_exists", [node, .value(start)]), "+", .value(value)))
        )
    }

    /// Sends `#n0 + :v0` for the right side of `set`.
    public static func + (path: Self, value: Value) -> ValueExpression<Root, Value>
    where Value: Numeric & AttributeScalar {
        ValueExpression(.arithmetic(path.node, "+", .value(value)))
    }

    /// Sends `#n0 - :v0` for the right side of `set`.
    public static func - (path: Self, value: Value) -> ValueExpression<Root, Value>
    where Value: Numeric & AttributeScalar {
        ValueExpression(.arithmetic(path.node, "-", .value(value)))
    }

    /// Sends `#n0 + #n1` for the right side of `set`.
    public static func + (path: Self, other: Self) -> ValueExpression<Root, Value> where Value: Numeric {
        ValueExpression(.arithmetic(path.node, "+", other.node))
    }

    /// Sends `#n0 - #n1` for the right side of `set`.
    public static func - (path: Self, other: Self) -> ValueExpression<Root, Value> where Value: Numeric {
        ValueExpression(.arithmetic(path.node, "-", other.node))
    }
}

extension ValueExpression {
    /// Sends `if_not_exists(#n0, :v0) + :v1`; the server takes one `+` or `-` per value.
    public static func + (expression: Self, value: Value) -> ValueExpression<Root, Value>
    where Value: Numeric & AttributeScalar {
        ValueExpression(.arithmetic(expression.node, "+", .value(value)))
    }

    /// Sends `if_not_exists(#n0, :v0) - :v1`; the server takes one `+` or `-` per value.
    public static func - (expression: Self, value: Value) -> ValueExpression<Root, Value>
    where Value: Numeric & AttributeScalar {
        ValueExpression(.arithmetic(expression.node, "-", .value(value)))
    }
}

// MARK: - Lists

extension Path {
    /// Sends `SET #n0 = list_append(#n0, :v0)`; the list must be there.
    public func append<Element: AttributeScalar>(_ values: [Element]) -> UpdateAction<Root> where Value == [Element] {
        UpdateAction(elements, .set(.call("list_append", [node, .value(values)])))
    }

    /// Sends `SET #n0 = list_append(:v0, #n0)`; the list must be there.
    public func prepend<Element: AttributeScalar>(_ values: [Element]) -> UpdateAction<Root> where Value == [Element] {
        UpdateAction(elements, .set(.call("list_append", [.value(values), node])))
    }

    /// Sends `SET #n0 = list_append(if_not_exists(#n0, :v0), :v1)`: a missing list counts as empty.
    public func append<Element: AttributeScalar>(_ values: [Element]) -> UpdateAction<Root> where Value == [Element]? {
        UpdateAction(elements, .set(.call("list_append", [orEmpty([Element]()), .value(values)])))
    }

    /// Sends `SET #n0 = list_append(:v0, if_not_exists(#n0, :v1))`: a missing list counts as empty.
    public func prepend<Element: AttributeScalar>(_ values: [Element]) -> UpdateAction<Root> where Value == [Element]? {
        UpdateAction(elements, .set(.call("list_append", [.value(values), orEmpty([Element]())])))
    }

    private func orEmpty(_ empty: some AttributeScalar) -> Operand.Node {
        .call("if_not_exists", [node, .value(empty)])
    }
}

// MARK: - Sets

extension Path {
    /// Sends `ADD #n0 :v0`: members for a set; a missing attribute counts as empty, an empty argument changes nothing.
    public func insert<Element: AttributeScalar>(_ members: Set<Element>) -> UpdateAction<Root>
    where Value == Set<Element> {
        UpdateAction(elements, .addMembers(members))
    }

    /// The same for an optional set.
    public func insert<Element: AttributeScalar>(_ members: Set<Element>) -> UpdateAction<Root>
    where Value == Set<Element>? {
        UpdateAction(elements, .addMembers(members))
    }

    /// Sends `DELETE #n0 :v0`: takes members out of a set; the attribute goes with the last one.
    public func subtract<Element: AttributeScalar>(_ members: Set<Element>) -> UpdateAction<Root>
    where Value == Set<Element> {
        UpdateAction(elements, .deleteMembers(members))
    }

    /// The same for an optional set.
    public func subtract<Element: AttributeScalar>(_ members: Set<Element>) -> UpdateAction<Root>
    where Value == Set<Element>? {
        UpdateAction(elements, .deleteMembers(members))
    }
}

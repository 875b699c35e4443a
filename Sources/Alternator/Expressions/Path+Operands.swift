public import FoundationEssentials

// The less usual right sides: another attribute where mostly a value stands.

extension Path {
    /// Sends `#n0 BETWEEN #n1 AND #n2`, both included.
    public func between(_ low: Self, _ high: Self) -> Condition<Root> where Value: Ordered {
        Condition(.between(node, low.node, high.node))
    }

    /// Sends `#n0 IN (#n1, #n2)`; nothing is in an empty array.
    ///
    /// Disfavored, so that `isIn([])` is the one with values.
    @_disfavoredOverload
    public func isIn(_ others: [Self]) -> Condition<Root> { Condition(.isIn(node, others.map(\.node))) }

    /// Sends `begins_with(#n0, #n1)`.
    public func hasPrefix(_ other: Self) -> Condition<Root> where Value == String {
        Condition(.call("begins_with", [node, other.node]))
    }

    /// Sends `begins_with(#n0, :v0)`, byte by byte; false for a missing attribute.
    public func hasPrefix(_ prefix: Data) -> Condition<Root> where Value == Data? {
        Condition(.call("begins_with", [node, .value(prefix)]))
    }

    /// Sends `contains(#n0, #n1)`: a part of a string.
    public func contains(_ other: Self) -> Condition<Root> where Value == String {
        Condition(.call("contains", [node, other.node]))
    }

    /// Sends `contains(#n0, #n1)`: an element of a list.
    public func contains<Element>(_ other: Path<Root, Element>) -> Condition<Root> where Value == [Element] {
        Condition(.call("contains", [node, other.node]))
    }

    /// Sends `contains(#n0, #n1)`: a member of a set.
    public func contains<Element>(_ other: Path<Root, Element>) -> Condition<Root> where Value == Set<Element> {
        Condition(.call("contains", [node, other.node]))
    }
}

// MARK: - Sizes beside attributes

extension ValueExpression {
    /// Sends `size(#n0) = #n1`.
    public static func == (expression: Self, path: Path<Root, Value>) -> Condition<Root> {
        Condition(.compare(expression.node, "=", path.node))
    }
    /// Sends `size(#n0) <> #n1`.
    public static func != (expression: Self, path: Path<Root, Value>) -> Condition<Root> {
        Condition(.compare(expression.node, "<>", path.node))
    }
    /// Sends `size(#n0) < #n1`.
    public static func < (expression: Self, path: Path<Root, Value>) -> Condition<Root> where Value: Ordered {
        Condition(.compare(expression.node, "<", path.node))
    }
    /// Sends `size(#n0) <= #n1`.
    public static func <= (expression: Self, path: Path<Root, Value>) -> Condition<Root> where Value: Ordered {
        Condition(.compare(expression.node, "<=", path.node))
    }
    /// Sends `size(#n0) > #n1`.
    public static func > (expression: Self, path: Path<Root, Value>) -> Condition<Root> where Value: Ordered {
        Condition(.compare(expression.node, ">", path.node))
    }
    /// Sends `size(#n0) >= #n1`.
    public static func >= (expression: Self, path: Path<Root, Value>) -> Condition<Root> where Value: Ordered {
        Condition(.compare(expression.node, ">=", path.node))
    }
    /// Sends `size(#n0) IN (:v0, :v1)`; nothing is in an empty array.
    public func isIn(_ values: [Value]) -> Condition<Root> where Value: AttributeScalar {
        Condition(.isIn(node, values.map { .value($0) }))
    }
}

// MARK: - Updates

extension Path {
    /// Sends `SET #n0 = if_not_exists(#n1, :v0) + :v1` and the like to an optional attribute.
    public func set<Source: OperandConvertible>(_ source: Source) -> UpdateAction<Root>
    where Source.Root == Root, Value == Source.Value? {
        UpdateAction(elements, .set(source.operand.node))
    }

    /// Sends `SET #n0 = if_not_exists(#n0, :v0) + :v1` to an optional number.
    public func increment<Number: Numeric & AttributeScalar>(
        by value: Number,
        startingAt start: Number
    ) -> UpdateAction<Root> where Value == Number? {
        UpdateAction(
            elements,
            .set(.arithmetic(.call("if_not_exists", [node, .value(start)]), "+", .value(value)))
        )
    }

    /// Sends `SET #n0 = list_append(#n0, #n1)`; both lists must be there.
    public func append<Element>(_ other: Self) -> UpdateAction<Root> where Value == [Element] {
        UpdateAction(elements, .set(.call("list_append", [node, other.node])))
    }

    /// Sends `SET #n0 = list_append(#n1, #n0)`; both lists must be there.
    public func prepend<Element>(_ other: Self) -> UpdateAction<Root> where Value == [Element] {
        UpdateAction(elements, .set(.call("list_append", [other.node, node])))
    }

    /// Sends `REMOVE #n0[2]` of an optional list.
    public func removeElement<Element>(at index: Int) -> UpdateAction<Root> where Value == [Element]? {
        UpdateAction(elements + [.index(index)], .remove)
    }

    /// Sends `REMOVE #n0.#n1` of an optional dictionary.
    public func removeValue<Element>(forKey key: String) -> UpdateAction<Root> where Value == [String: Element]? {
        UpdateAction(elements + [.name(key)], .remove)
    }
}

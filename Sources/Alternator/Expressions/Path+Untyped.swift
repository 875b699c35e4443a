public import AlternatorWire

// Attributes without a model: any value may be given, and the server tells what does not fit.

extension Path where Value == AttributeValue {
    /// Sends `SET #n0 = :v0` with any Swift value.
    public func set(_ value: some AttributeScalar) -> UpdateAction<Root> { UpdateAction(elements, .set(.value(value))) }

    /// Sends `ADD #n0 :v0` with a number.
    public func add(_ value: some Numeric & AttributeScalar) -> UpdateAction<Root> {
        UpdateAction(elements, .addNumber(value))
    }

    /// Sends `ADD #n0 :v0` with a number or a set.
    public func add(_ value: AttributeValue) -> UpdateAction<Root> {
        switch value {
        case .stringSet, .numberSet, .binarySet: UpdateAction(elements, .addMembers(value))
        default: UpdateAction(elements, .addNumber(value))
        }
    }

    /// Sends `DELETE #n0 :v0` with a set.
    public func subtract(_ members: AttributeValue) -> UpdateAction<Root> {
        UpdateAction(elements, .deleteMembers(members))
    }

    /// Sends `SET #n0 = list_append(#n0, :v0)`; the list must be there.
    public func append(_ values: [AttributeValue]) -> UpdateAction<Root> {
        UpdateAction(elements, .set(.call("list_append", [node, .value(values)])))
    }

    /// Sends `SET #n0 = list_append(:v0, #n0)`; the list must be there.
    public func prepend(_ values: [AttributeValue]) -> UpdateAction<Root> {
        UpdateAction(elements, .set(.call("list_append", [.value(values), node])))
    }

    /// Sends `SET #n0 = if_not_exists(#n0, :v0) + :v1`.
    public func increment(by value: AttributeNumber, startingAt start: AttributeNumber) -> UpdateAction<Root> {
        UpdateAction(
            elements,
            .set(.arithmetic(.call("if_not_exists", [node, .value(start)]), "+", .value(value)))
        )
    }

    /// Sends `REMOVE #n0[2]`: takes an element out of a list.
    public func removeElement(at index: Int) -> UpdateAction<Root> {
        UpdateAction(elements + [.index(index)], .remove)
    }

    /// Sends `#n0 + :v0` for the right side of `set`.
    public static func + (path: Self, value: AttributeNumber) -> ValueExpression<Root, AttributeValue> {
        ValueExpression(.arithmetic(path.node, "+", .value(value)))
    }

    /// Sends `#n0 - :v0` for the right side of `set`.
    public static func - (path: Self, value: AttributeNumber) -> ValueExpression<Root, AttributeValue> {
        ValueExpression(.arithmetic(path.node, "-", .value(value)))
    }

    /// Sends `#n0 + #n1` for the right side of `set`.
    public static func + (path: Self, other: Self) -> ValueExpression<Root, AttributeValue> {
        ValueExpression(.arithmetic(path.node, "+", other.node))
    }

    /// Sends `#n0 - #n1` for the right side of `set`.
    public static func - (path: Self, other: Self) -> ValueExpression<Root, AttributeValue> {
        ValueExpression(.arithmetic(path.node, "-", other.node))
    }
}

extension ValueExpression where Value == AttributeValue {
    /// Sends `if_not_exists(#n0, :v0) + :v1`; the server takes one `+` or `-` per value.
    public static func + (expression: Self, value: AttributeNumber) -> ValueExpression<Root, AttributeValue> {
        ValueExpression(.arithmetic(expression.node, "+", .value(value)))
    }

    /// Sends `if_not_exists(#n0, :v0) - :v1`; the server takes one `+` or `-` per value.
    public static func - (expression: Self, value: AttributeNumber) -> ValueExpression<Root, AttributeValue> {
        ValueExpression(.arithmetic(expression.node, "-", .value(value)))
    }
}

public import AlternatorWire
public import FoundationEssentials

/// Types with an order on the server: strings, numbers, binary.
public protocol Ordered {}

extension String: Ordered {}
extension Int: Ordered {}
extension Int8: Ordered {}
extension Int16: Ordered {}
extension Int32: Ordered {}
extension Int64: Ordered {}
extension UInt: Ordered {}
extension UInt8: Ordered {}
extension UInt16: Ordered {}
extension UInt32: Ordered {}
extension UInt64: Ordered {}
extension Float: Ordered {}
extension Double: Ordered {}
extension Decimal: Ordered {}
extension Data: Ordered {}
extension Date: Ordered {}
extension UUID: Ordered {}
extension AttributeNumber: Ordered {}
extension AttributeValue: Ordered {}
extension Optional: Ordered where Wrapped: Ordered {}

private func compare<Root>(_ left: Operand.Node, _ comparator: String, _ right: Operand.Node) -> Condition<Root> {
    Condition(.compare(left, comparator, right))
}

// MARK: - Comparisons

extension Path {
    /// Sends `#n0 = :v0`; with `nil`: the attribute is missing or NULL; with an empty set: it is missing.
    public static func == (path: Self, value: Value) -> Condition<Root> where Value: AttributeScalar {
        compare(path.node, "=", .value(value))
    }

    /// Sends `#n0 <> :v0`; with `nil`: the attribute is there and not NULL.
    ///
    /// A missing attribute differs from every value.
    public static func != (path: Self, value: Value) -> Condition<Root> where Value: AttributeScalar {
        compare(path.node, "<>", .value(value))
    }

    /// Sends `#n0 = #n1`.
    public static func == (path: Self, other: Self) -> Condition<Root> { compare(path.node, "=", other.node) }
    /// Sends `#n0 <> #n1`.
    public static func != (path: Self, other: Self) -> Condition<Root> { compare(path.node, "<>", other.node) }
    /// Sends `#n0 < #n1`.
    public static func < (path: Self, other: Self) -> Condition<Root> where Value: Ordered {
        compare(path.node, "<", other.node)
    }
    /// Sends `#n0 <= #n1`.
    public static func <= (path: Self, other: Self) -> Condition<Root> where Value: Ordered {
        compare(path.node, "<=", other.node)
    }
    /// Sends `#n0 > #n1`.
    public static func > (path: Self, other: Self) -> Condition<Root> where Value: Ordered {
        compare(path.node, ">", other.node)
    }
    /// Sends `#n0 >= #n1`.
    public static func >= (path: Self, other: Self) -> Condition<Root> where Value: Ordered {
        compare(path.node, ">=", other.node)
    }
    /// Sends `#n0 < :v0`.
    public static func < (path: Self, value: Value) -> Condition<Root> where Value: AttributeScalar & Ordered {
        compare(path.node, "<", .value(value))
    }
    /// Sends `#n0 <= :v0`.
    public static func <= (path: Self, value: Value) -> Condition<Root> where Value: AttributeScalar & Ordered {
        compare(path.node, "<=", .value(value))
    }
    /// Sends `#n0 > :v0`.
    public static func > (path: Self, value: Value) -> Condition<Root> where Value: AttributeScalar & Ordered {
        compare(path.node, ">", .value(value))
    }
    /// Sends `#n0 >= :v0`.
    public static func >= (path: Self, value: Value) -> Condition<Root> where Value: AttributeScalar & Ordered {
        compare(path.node, ">=", .value(value))
    }

    /// Sends `#n0 BETWEEN :v0 AND :v1`, both included.
    public func between(_ low: Value, _ high: Value) -> Condition<Root> where Value: AttributeScalar & Ordered {
        Condition(.between(node, .value(low), .value(high)))
    }

    /// Sends `#n0 IN (:v0, :v1)`; nothing is in an empty array.
    public func isIn(_ values: [Value]) -> Condition<Root> where Value: AttributeScalar {
        Condition(.isIn(node, values.map { .value($0) }))
    }
}

// MARK: - Functions

extension Path {
    /// Sends `attribute_exists(#n0)`: the attribute is there, if only as NULL.
    public func exists() -> Condition<Root> { Condition(.call("attribute_exists", [node])) }

    /// Sends `attribute_not_exists(#n0)`.
    public func isMissing() -> Condition<Root> { Condition(.call("attribute_not_exists", [node])) }

    /// Sends `attribute_type(#n0, :v0)`.
    public func hasType(_ type: AttributeType) -> Condition<Root> {
        Condition(.call("attribute_type", [node, .value(type.rawValue)]))
    }

    /// Sends `begins_with(#n0, :v0)`.
    public func hasPrefix(_ prefix: String) -> Condition<Root> where Value == String { prefixed(prefix) }
    /// Sends `begins_with(#n0, :v0)`; false for a missing attribute.
    public func hasPrefix(_ prefix: String) -> Condition<Root> where Value == String? { prefixed(prefix) }
    /// Sends `begins_with(#n0, :v0)`.
    public func hasPrefix(_ prefix: String) -> Condition<Root> where Value == AttributeValue { prefixed(prefix) }
    /// Sends `begins_with(#n0, :v0)`, byte by byte.
    public func hasPrefix(_ prefix: Data) -> Condition<Root> where Value == Data { prefixed(prefix) }

    /// Sends `contains(#n0, :v0)`: a part of a string.
    public func contains(_ part: String) -> Condition<Root> where Value == String { containing(part) }
    /// Sends `contains(#n0, :v0)`: a part of a string; false for a missing attribute.
    public func contains(_ part: String) -> Condition<Root> where Value == String? { containing(part) }
    /// Sends `contains(#n0, :v0)`: a part of a string, a member of a set, an element of a list.
    public func contains(_ part: AttributeValue) -> Condition<Root> where Value == AttributeValue { containing(part) }
    /// Sends `contains(#n0, :v0)`: an element of a list.
    public func contains<Element: AttributeScalar>(_ element: Element) -> Condition<Root> where Value == [Element] {
        containing(element)
    }
    /// Sends `contains(#n0, :v0)`: an element of a list; false for a missing attribute.
    public func contains<Element: AttributeScalar>(_ element: Element) -> Condition<Root> where Value == [Element]? {
        containing(element)
    }
    /// Sends `contains(#n0, :v0)`: a member of a set.
    public func contains<Element: AttributeScalar>(_ element: Element) -> Condition<Root> where Value == Set<Element> {
        containing(element)
    }
    /// Sends `contains(#n0, :v0)`: a member of a set; false for a missing attribute.
    public func contains<Element: AttributeScalar>(_ element: Element) -> Condition<Root> where Value == Set<Element>? {
        containing(element)
    }

    /// Sends `size(#n0)`: bytes of a string or binary, members of a set, list or map.
    public var sizeOf: ValueExpression<Root, Int> { ValueExpression(.size(elements)) }

    private func prefixed(_ prefix: some AttributeScalar) -> Condition<Root> {
        Condition(.call("begins_with", [node, .value(prefix)]))
    }

    private func containing(_ part: some AttributeScalar) -> Condition<Root> {
        Condition(.call("contains", [node, .value(part)]))
    }
}

/// The type of a stored attribute, for `hasType`.
public enum AttributeType: String, Sendable, CaseIterable {
    case string = "S"
    case number = "N"
    case binary = "B"
    case bool = "BOOL"
    case null = "NULL"
    case list = "L"
    case map = "M"
    case stringSet = "SS"
    case numberSet = "NS"
    case binarySet = "BS"
}

// MARK: - Sizes

extension ValueExpression {
    /// Sends `size(#n0) = :v0`.
    public static func == (expression: Self, value: Value) -> Condition<Root> where Value: AttributeScalar {
        compare(expression.node, "=", .value(value))
    }
    /// Sends `size(#n0) <> :v0`.
    public static func != (expression: Self, value: Value) -> Condition<Root> where Value: AttributeScalar {
        compare(expression.node, "<>", .value(value))
    }
    /// Sends `size(#n0) < :v0`.
    public static func < (expression: Self, value: Value) -> Condition<Root> where Value: AttributeScalar & Ordered {
        compare(expression.node, "<", .value(value))
    }
    /// Sends `size(#n0) <= :v0`.
    public static func <= (expression: Self, value: Value) -> Condition<Root> where Value: AttributeScalar & Ordered {
        compare(expression.node, "<=", .value(value))
    }
    /// Sends `size(#n0) > :v0`.
    public static func > (expression: Self, value: Value) -> Condition<Root> where Value: AttributeScalar & Ordered {
        compare(expression.node, ">", .value(value))
    }
    /// Sends `size(#n0) >= :v0`.
    public static func >= (expression: Self, value: Value) -> Condition<Root> where Value: AttributeScalar & Ordered {
        compare(expression.node, ">=", .value(value))
    }
    /// Sends `size(#n0) BETWEEN :v0 AND :v1`.
    public func between(_ low: Value, _ high: Value) -> Condition<Root> where Value: AttributeScalar & Ordered {
        Condition(.between(node, .value(low), .value(high)))
    }
}

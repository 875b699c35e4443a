// Overloads that exist only to say what is wrong: the compiler prefers the usable ones and reports these otherwise.

extension Path {
    /// Not available: the attribute is needed to read the item.
    @available(*, unavailable, message: "only an optional attribute can be removed")
    public func remove() -> UpdateAction<Root> { fatalError() }

    /// Not available: ADD takes numbers.
    @available(*, unavailable, message: "add needs a number attribute and a number of its type; for sets use insert")
    public func add(_ value: some Any) -> UpdateAction<Root> { fatalError() }

    /// Not available: `begins_with` takes strings and binary.
    @available(*, unavailable, message: "hasPrefix needs a string attribute")
    public func hasPrefix(_ prefix: some Any) -> Condition<Root> { fatalError() }

    /// Not available: the server has no order for this type.
    @available(*, unavailable, message: "the server orders only strings, numbers and binary")
    public static func < (path: Self, value: Value) -> Condition<Root> { fatalError() }

    /// Not available: the server has no order for this type.
    @available(*, unavailable, message: "the server orders only strings, numbers and binary")
    public static func > (path: Self, value: Value) -> Condition<Root> { fatalError() }

    /// Not available: the server has no order for this type.
    @available(*, unavailable, message: "the server orders only strings, numbers and binary")
    public static func <= (path: Self, value: Value) -> Condition<Root> { fatalError() }

    /// Not available: the server has no order for this type.
    @available(*, unavailable, message: "the server orders only strings, numbers and binary")
    public static func >= (path: Self, value: Value) -> Condition<Root> { fatalError() }
}

extension SortCondition {
    /// Not available: `begins_with` takes no numbers.
    @available(*, unavailable, message: "hasPrefix needs a String sort key")
    public static func hasPrefix(_ prefix: some Any) -> Self { fatalError() }
}

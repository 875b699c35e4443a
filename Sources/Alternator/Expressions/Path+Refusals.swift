// Overloads that exist only to say what is wrong: the compiler prefers the usable ones and reports these otherwise.

extension Path {
    @available(*, unavailable, message: "only an optional attribute can be removed")
    public func remove() -> UpdateAction<Root> { fatalError() }

    @available(*, unavailable, message: "add needs a number attribute and a number of its type; for sets use insert")
    public func add(_ value: some Any) -> UpdateAction<Root> { fatalError() }

    @available(*, unavailable, message: "hasPrefix needs a string attribute")
    public func hasPrefix(_ prefix: some Any) -> Condition<Root> { fatalError() }

    @available(*, unavailable, message: "the server orders only strings, numbers and binary")
    public static func < (path: Self, value: Value) -> Condition<Root> { fatalError() }

    @available(*, unavailable, message: "the server orders only strings, numbers and binary")
    public static func > (path: Self, value: Value) -> Condition<Root> { fatalError() }

    @available(*, unavailable, message: "the server orders only strings, numbers and binary")
    public static func <= (path: Self, value: Value) -> Condition<Root> { fatalError() }

    @available(*, unavailable, message: "the server orders only strings, numbers and binary")
    public static func >= (path: Self, value: Value) -> Condition<Root> { fatalError() }
}

extension SortCondition {
    @available(*, unavailable, message: "hasPrefix needs a String sort key")
    public static func hasPrefix(_ prefix: some Any) -> Self { fatalError() }
}

public import AlternatorWire

/// The sort key of a table that has none.
public struct NoSortKey: KeyValue {
    init() {}

    /// None is ever stored.
    public static var scalarType: ScalarType { .s }
}

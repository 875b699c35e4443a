public import AlternatorWire

// Overloads that exist only to say what is wrong.

extension TypedTable {
    @available(*, unavailable, message: "this model has a sort key: get(partition, sort)")
    public func get(
        _ partition: Item.PartitionKey,
        consistent: Bool = false
    ) async throws(AlternatorError) -> Item? { fatalError() }

    @available(*, unavailable, message: "this model has a sort key: update(partition, sort) { … }")
    public func update(
        _ partition: Item.PartitionKey,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) async throws(AlternatorError) { fatalError() }

    @available(
        *,
        unavailable,
        message: "a model with a sort key: delete(partition, sort); a versioned model: delete(item)"
    )
    public func delete(
        _ partition: Item.PartitionKey,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) { fatalError() }

    @available(
        *,
        unavailable,
        message: "a model with a sort key: removed(partition, sort); a versioned model: removed(item)"
    )
    public func removed(
        _ partition: Item.PartitionKey,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) -> Item? { fatalError() }

    @available(
        *,
        unavailable,
        message:
            "a versioned model is written with insert, save or modify; generic code needs 'Item.Locking == Unversioned'"
    )
    public func put(_ item: Item, if condition: When<Item> = { _ in .always }) async throws(AlternatorError) {
        fatalError()
    }
}

extension TypedTable {
    @available(
        *,
        unavailable,
        message:
            "a versioned model is written with insert, save or modify; generic code needs 'Item.Locking == Unversioned'"
    )
    public func batchWrite(put: [Item] = [], delete: [Key] = []) async throws(AlternatorError) -> BatchReport {
        fatalError()
    }
}

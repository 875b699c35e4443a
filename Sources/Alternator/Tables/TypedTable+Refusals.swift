public import AlternatorWire

// Overloads that exist only to say what is wrong.

extension TypedTable {
    /// Not available: the key has two attributes.
    @available(*, unavailable, message: "this model has a sort key: get(partition, sort)")
    public func get(
        _ partition: Item.PartitionKey,
        consistent: Bool = false
    ) async throws(AlternatorError) -> Item? { fatalError() }

    /// Not available: the key has two attributes.
    @available(*, unavailable, message: "this model has a sort key: update(partition, sort) { … }")
    public func update(
        _ partition: Item.PartitionKey,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) async throws(AlternatorError) { fatalError() }

    /// Not available: the key has two attributes, or the version must be checked.
    @available(
        *,
        unavailable,
        message: "a model with a sort key: delete(partition, sort); a versioned model: delete(item)"
    )
    public func delete(
        _ partition: Item.PartitionKey,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) { fatalError() }

    /// Not available: the key has two attributes, or the version must be checked.
    @available(
        *,
        unavailable,
        message: "a model with a sort key: removed(partition, sort); a versioned model: removed(item)"
    )
    public func removed(
        _ partition: Item.PartitionKey,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) -> Item? { fatalError() }

    /// Not available: it would ignore the version.
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
    /// Not available: it would ignore the version.
    @available(
        *,
        unavailable,
        message:
            "a versioned model is written with insert, save or modify; generic code needs 'Item.Locking == Unversioned'"
    )
    public func replace(
        _ item: Item,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) -> Item? { fatalError() }

    /// Not available: it would ignore the version.
    @available(
        *,
        unavailable,
        message:
            "a versioned model is written with insert, save or modify; generic code needs 'Item.Locking == Unversioned'"
    )
    public func tryPut(_ item: Item, if condition: When<Item>) async throws(AlternatorError) -> PutOutcome<Item> {
        fatalError()
    }

    /// Not available: it would ignore the version; see `saveEach`.
    @available(
        *,
        unavailable,
        message:
            "a versioned model is written with insert, save or modify; generic code needs 'Item.Locking == Unversioned'"
    )
    public func putEach(
        _ items: [Item],
        concurrency: Int = 16,
        if condition: When<Item> = { _ in .always }
    ) async -> [Result<PutOutcome<Item>, AlternatorError>] { fatalError() }
}

extension TypedTable {
    /// Not available: it would ignore the version.
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

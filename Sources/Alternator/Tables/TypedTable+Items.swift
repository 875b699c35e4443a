public import AlternatorWire

// MARK: - Get

extension TypedTable {
    /// The item with this key; `nil` when there is none.
    public func get(key: Key, consistent: Bool = false) async throws(AlternatorError) -> Item? {
        let response = try await handle.send(try encodedGet(key, consistent: consistent, projection: nil))
        return try handle.item(Item.self, under: "Item", of: response, .getItem)
    }

    /// The item with this key as a partial type: only the attributes of its coding keys are sent by the server.
    public func get<Partial: Decodable>(
        key: Key,
        as type: Partial.Type,
        consistent: Bool = false
    ) async throws(AlternatorError) -> Partial? {
        let projection = Projection.of(type)
        let response = try await handle.send(try encodedGet(key, consistent: consistent, projection: projection))
        return try handle.item(type, under: "Item", of: response, .getItem)
    }

    /// The item with this key; `nil` when there is none.
    public func get(
        _ partition: Item.PartitionKey,
        _ sort: Item.SortKey,
        consistent: Bool = false
    ) async throws(AlternatorError) -> Item? {
        try await get(key: Key(partition, sort), consistent: consistent)
    }

    /// The item with this key as a partial type.
    public func get<Partial: Decodable>(
        _ partition: Item.PartitionKey,
        _ sort: Item.SortKey,
        as type: Partial.Type,
        consistent: Bool = false
    ) async throws(AlternatorError) -> Partial? {
        try await get(key: Key(partition, sort), as: type, consistent: consistent)
    }
}

extension TypedTable where Item.SortKey == NoSortKey {
    /// The item with this key; `nil` when there is none.
    public func get(
        _ partition: Item.PartitionKey,
        consistent: Bool = false
    ) async throws(AlternatorError) -> Item? {
        try await get(key: Key(partition), consistent: consistent)
    }

    /// The item with this key as a partial type.
    public func get<Partial: Decodable>(
        _ partition: Item.PartitionKey,
        as type: Partial.Type,
        consistent: Bool = false
    ) async throws(AlternatorError) -> Partial? {
        try await get(key: Key(partition), as: type, consistent: consistent)
    }
}

// MARK: - Put

extension TypedTable {
    /// A put that throws `.conditionFailed` if the primary key exists.
    ///
    /// If the answer is lost it is asked again; an item that is stored already and equal to this one then counts as
    /// inserted by this call, since an equal one of another writer cannot be told apart.
    ///
    /// ```swift
    /// // ConditionExpression: "attribute_not_exists(#n0)"   names: {"#n0":"id"}
    /// ```
    public func insert(_ item: Item) async throws(AlternatorError) {
        _ = try await handle.send(try encodedInsert(item))
    }
}

/// Writes that ignore a version attribute; not offered on `VersionedItem`.
extension TypedTable where Item.Locking == Unversioned {
    /// Writes the whole item.
    ///
    /// With a condition it throws `.conditionFailed` where that does not hold, with the stored item. Put replaces: what the
    /// model does not know of is gone afterwards. A write that timed out may still land after a newer one.
    public func put(_ item: Item, if condition: When<Item> = { _ in .always }) async throws(AlternatorError) {
        _ = try await handle.send(try encodedPut(item, if: condition(Fields()).node))
    }

    /// Like `put`, returning the old item; costs a lightweight transaction.
    public func replace(
        _ item: Item,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) -> Item? {
        let request = try encodedPut(item, if: condition(Fields()).node, returning: .old)
        let response = try await handle.send(request)
        return try handle.item(Item.self, under: "Attributes", of: response, .putItem)
    }

    /// Like `put`, but a failed condition is a result and not an error.
    public func tryPut(_ item: Item, if condition: When<Item>) async throws(AlternatorError) -> PutOutcome<Item> {
        do throws(AlternatorError) {
            _ = try await handle.send(try encodedPut(item, if: condition(Fields()).node))
            return .written
        } catch let error where error.code == .conditionFailed {
            guard let existing = error.existingItem else { return .conditionFailed(existing: nil) }
            return .conditionFailed(existing: try ItemReading<Item>().item(from: existing))
        }
    }
}

/// What `tryPut` did.
public enum PutOutcome<Item> {
    case written
    /// Nothing was written; `existing` is the item there, `nil` where there is none.
    case conditionFailed(existing: Item?)
}

extension PutOutcome: Sendable where Item: Sendable {}

// MARK: - Update

extension TypedTable {
    /// Changes some attributes, creating the item if there is none.
    ///
    /// ```swift
    /// try await orders.update("c1", 7, if: { $0.rev == 1 }) { $0.status.set(.closed); $0.size.add(1) }
    /// // UpdateExpression: "SET #n0 = :v0 ADD #n1 :v1"   ConditionExpression: "#n2 = :v2"
    /// ```
    ///
    /// An update without changes throws `.mapping`. A versioned model's version is counted up with every update.
    public func update(
        key: Key,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) async throws(AlternatorError) {
        let request = try encodedUpdate(key, if: condition(Fields()).node, changes(Fields()).map(\.change))
        _ = try await handle.send(request)
    }

    /// Like `update`, returning the new item; costs a lightweight transaction.
    public func updated(
        key: Key,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) async throws(AlternatorError) -> Item {
        let actions = changes(Fields()).map(\.change)
        let request = try encodedUpdate(key, if: condition(Fields()).node, actions, returning: .new)
        let response = try await handle.send(request)
        guard let item = try handle.item(Item.self, under: "Attributes", of: response, .updateItem) else {
            throw AlternatorError.updateLeftNothing(table: name, node: response.node, attempts: response.attempts)
        }
        return item
    }

    /// Changes some attributes; see `update(key:if:_:)`.
    public func update(
        _ partition: Item.PartitionKey,
        _ sort: Item.SortKey,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) async throws(AlternatorError) {
        try await update(key: Key(partition, sort), if: condition, changes)
    }

    /// Like `update`, returning the new item; costs a lightweight transaction.
    public func updated(
        _ partition: Item.PartitionKey,
        _ sort: Item.SortKey,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) async throws(AlternatorError) -> Item {
        try await updated(key: Key(partition, sort), if: condition, changes)
    }
}

extension TypedTable where Item.SortKey == NoSortKey {
    /// Changes some attributes; see `update(key:if:_:)`.
    public func update(
        _ partition: Item.PartitionKey,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) async throws(AlternatorError) {
        try await update(key: Key(partition), if: condition, changes)
    }

    /// Like `update`, returning the new item; costs a lightweight transaction.
    public func updated(
        _ partition: Item.PartitionKey,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) async throws(AlternatorError) -> Item {
        try await updated(key: Key(partition), if: condition, changes)
    }
}

extension AlternatorError {
    /// The server answers without attributes when the changes only removed from an item that was not there.
    static func updateLeftNothing(table: String, node: String?, attempts: Int) -> AlternatorError {
        AlternatorError(
            .itemNotFound,
            message: "The update left no item: it only removed attributes of one that is not there.",
            operation: "UpdateItem",
            table: table,
            node: node,
            attempts: attempts
        )
    }
}

public import AlternatorWire

extension TypedTable {
    /// Deletes the item with this one's key; of a versioned model, only if the stored version is this one's, else
    /// `.versionConflict`.
    public func delete(_ item: Item) async throws(AlternatorError) {
        let (key, condition) = try handle.make(.deleteItem) { () throws(AlternatorError) in
            (try self.key(of: item), try unchanged(item))
        }
        do throws(AlternatorError) {
            try await deleteItem(key, if: condition)
        } catch let error where error.code == .conditionFailed {
            throw VersionCondition.conflict(error)
        }
    }

    /// Like `delete(item)`, returning the stored item, `nil` if there was none; costs a lightweight transaction.
    public func removed(_ item: Item) async throws(AlternatorError) -> Item? {
        let (key, condition) = try handle.make(.deleteItem) { () throws(AlternatorError) in
            (try self.key(of: item), try unchanged(item))
        }
        do throws(AlternatorError) {
            let response = try await handle.send(try encodedDelete(key, if: condition, returning: .old))
            return try handle.item(Item.self, under: "Attributes", of: response, .deleteItem)
        } catch let error where error.code == .conditionFailed {
            throw VersionCondition.conflict(error)
        }
    }

    /// The condition that the stored version is this item's; none for models without.
    private func unchanged(_ item: Item) throws(AlternatorError) -> ConditionNode {
        let schema = try schema()
        guard let version = schema.version, let versionName = schema.versionName else { return .always }
        return VersionCondition.node(version.read(item), versionName)
    }

    func deleteItem(_ key: Key, if condition: ConditionNode) async throws(AlternatorError) {
        _ = try await handle.send(try encodedDelete(key, if: condition))
    }

    func removeItem(_ key: Key, if condition: ConditionNode) async throws(AlternatorError) -> Item? {
        let response = try await handle.send(try encodedDelete(key, if: condition, returning: .old))
        return try handle.item(Item.self, under: "Attributes", of: response, .deleteItem)
    }
}

extension TypedTable where Item.Locking == Unversioned {
    /// Deletes the item with this key; one that is not there is deleted as well.
    ///
    /// With a condition it throws `.conditionFailed` where that does not hold, with the stored item.
    public func delete(key: Key, if condition: When<Item> = { _ in .always }) async throws(AlternatorError) {
        try await deleteItem(key, if: condition(Fields()).node)
    }

    /// Deletes the item with this key.
    public func delete(
        _ partition: Item.PartitionKey,
        _ sort: Item.SortKey,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) {
        try await delete(key: Key(partition, sort), if: condition)
    }

    /// Like `delete`, returning the old item, `nil` if there was none; costs a lightweight transaction.
    public func removed(
        key: Key,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) -> Item? {
        try await removeItem(key, if: condition(Fields()).node)
    }

    /// Like `delete`, returning the old item; costs a lightweight transaction.
    public func removed(
        _ partition: Item.PartitionKey,
        _ sort: Item.SortKey,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) -> Item? {
        try await removed(key: Key(partition, sort), if: condition)
    }
}

extension TypedTable where Item.Locking == Unversioned, Item.SortKey == NoSortKey {
    /// Deletes the item with this key.
    public func delete(
        _ partition: Item.PartitionKey,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) {
        try await delete(key: Key(partition), if: condition)
    }

    /// Like `delete`, returning the old item; costs a lightweight transaction.
    public func removed(
        _ partition: Item.PartitionKey,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) -> Item? {
        try await removed(key: Key(partition), if: condition)
    }
}

/// A versioned model is deleted by key only under a condition of the caller's; `delete(item)` checks the version.
extension TypedTable where Item.Locking == Versioned {
    /// Deletes the item with this key if the condition holds; else throws `.conditionFailed` with the stored item.
    public func delete(key: Key, if condition: When<Item>) async throws(AlternatorError) {
        try await deleteItem(key, if: try checked(condition))
    }

    /// Like `delete`, returning the old item.
    public func removed(key: Key, if condition: When<Item>) async throws(AlternatorError) -> Item? {
        try await removeItem(key, if: try checked(condition))
    }

    /// Deletes the item with this key if the condition holds; see `delete(key:if:)`.
    public func delete(
        _ partition: Item.PartitionKey,
        _ sort: Item.SortKey,
        if condition: When<Item>
    ) async throws(AlternatorError) {
        try await delete(key: Key(partition, sort), if: condition)
    }

    /// Like `delete`, returning the old item.
    public func removed(
        _ partition: Item.PartitionKey,
        _ sort: Item.SortKey,
        if condition: When<Item>
    ) async throws(AlternatorError) -> Item? {
        try await removed(key: Key(partition, sort), if: condition)
    }

    /// `.always` would be the unchecked delete that does not exist for these models.
    private func checked(_ condition: When<Item>) throws(AlternatorError) -> ConditionNode {
        let node = condition(Fields()).node
        guard !node.isAlways else {
            throw AlternatorError(
                .mapping,
                message: "\(Item.self) has a version; delete(item) checks it, or give a condition.",
                operation: "DeleteItem",
                table: name
            )
        }
        return node
    }
}

extension TypedTable where Item.Locking == Versioned, Item.SortKey == NoSortKey {
    /// Deletes the item with this key if the condition holds; see `delete(key:if:)`.
    public func delete(_ partition: Item.PartitionKey, if condition: When<Item>) async throws(AlternatorError) {
        try await delete(key: Key(partition), if: condition)
    }

    /// Like `delete`, returning the old item.
    public func removed(_ partition: Item.PartitionKey, if condition: When<Item>) async throws(AlternatorError) -> Item?
    {
        try await removed(key: Key(partition), if: condition)
    }
}

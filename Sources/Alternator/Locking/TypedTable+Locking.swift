import AlternatorCore
public import AlternatorWire

extension TypedTable where Item: VersionedItem {
    /// Writes the item if the stored version is the one it was read with, and returns it with its new version.
    ///
    /// An item that was never saved has no version (`nil`) and is written if none is stored. Somebody else's write in
    /// between throws `.versionConflict` with the stored item. The condition also holds for items from before the model had
    /// a version.
    ///
    /// ```swift
    /// // ConditionExpression: "#n0 = :v0"   names: {"#n0":"rev"}   values: {":v0":{"N":"3"}}   Item: {… "rev":{"N":"4"}}
    /// ```
    @discardableResult
    public func save(_ item: Item) async throws(AlternatorError) -> Item {
        let (request, saved) = try handle.make(.putItem) { () throws(AlternatorError) in try encodedSave(item) }
        do throws(AlternatorError) {
            _ = try await handle.send(request)
        } catch let error where error.code == .conditionFailed {
            throw VersionCondition.conflict(error)
        }
        return saved
    }

    func encodedSave(_ item: Item) throws(AlternatorError) -> (request: EncodedRequest, saved: Item) {
        let schema = try schema()
        guard let version = schema.version, let versionName = schema.versionName else {
            throw AlternatorError(.mapping, message: "\(Item.self) declares no version.")
        }
        let current = version.read(item)
        let (next, overflow) = (current ?? 0).addingReportingOverflow(1)
        guard !overflow else {
            throw AlternatorError(.mapping, message: "The version of the item cannot be counted up any further.")
        }
        let saved = try version.changed(item, to: next, name: versionName)
        let purpose: WritePurpose = current == nil ? .insert : .put
        let request = try encodedPut(saved, purpose, if: VersionCondition.node(current, versionName))
        // Timestamps are in what is written, not in the value.
        guard schema.traits.stamps != nil, let written = request.writtenItem else {
            return (request.recognizingOwnItem(), saved)
        }
        return (request.recognizingOwnItem(), try ItemReading<Item>().item(from: written))
    }

    /// Reads the item consistently, changes it and saves it; again, up to `attempts` times, if somebody else was faster.
    ///
    /// `change` may run several times, each time on a fresh item, and must leave the key as it is. An error it throws
    /// arrives as the `cause` of `.abandoned`, with nothing written. Without an item it throws `.itemNotFound`; when the
    /// attempts are used up, `.versionConflict`.
    @discardableResult
    public func modify(
        key: Key,
        attempts: Int = 10,
        _ change: (inout Item) async throws -> Void
    ) async throws(AlternatorError) -> Item {
        var tried = 0
        while true {
            guard var item = try await get(key: key, consistent: true) else {
                throw AlternatorError(
                    .itemNotFound,
                    message: "There is no item with this key to modify.",
                    operation: "GetItem",
                    table: name
                )
            }
            do {
                try await change(&item)
            } catch {
                throw abandoned(error)
            }
            guard try self.key(of: item) == key else {
                throw AlternatorError(
                    .mapping,
                    message: "The change of modify touched the key; delete the item and insert another one.",
                    table: name
                )
            }
            tried += 1
            do throws(AlternatorError) {
                return try await save(item)
            } catch let error where error.code == .versionConflict && tried < attempts {
                try await handle.pause(tried, .putItem)
            }
        }
    }

    private func abandoned(_ error: any Error) -> AlternatorError {
        if error is CancellationError {
            return AlternatorError(
                .cancelled,
                message: "The task was cancelled while changing the item.",
                table: name,
                cause: error
            )
        }
        return AlternatorError(
            .abandoned,
            message: "The change of modify threw; nothing was written.",
            table: name,
            cause: error
        )
    }

    /// Reads, changes and saves; see `modify(key:attempts:_:)`.
    @discardableResult
    public func modify(
        _ partition: Item.PartitionKey,
        _ sort: Item.SortKey,
        attempts: Int = 10,
        _ change: (inout Item) async throws -> Void
    ) async throws(AlternatorError) -> Item {
        try await modify(key: Key(partition, sort), attempts: attempts, change)
    }
}

extension TypedTable where Item: VersionedItem, Item.SortKey == NoSortKey {
    /// Reads, changes and saves; see `modify(key:attempts:_:)`.
    @discardableResult
    public func modify(
        _ partition: Item.PartitionKey,
        attempts: Int = 10,
        _ change: (inout Item) async throws -> Void
    ) async throws(AlternatorError) -> Item {
        try await modify(key: Key(partition), attempts: attempts, change)
    }
}

extension VersionAttribute {
    /// The item with another version: by its property where that can be set, else through its encoded form, so that
    /// models with `let` and objects shared with others work too.
    func changed(_ item: Root, to version: Int, name: String) throws(AlternatorError) -> Root {
        if let write {
            var copy = item
            write(&copy, version)
            return copy
        }
        var attributes = try ItemEncoder().attributes(of: item)
        guard let number = AttributeNumber(String(version)) else {
            throw AlternatorError(.mapping, message: "The version of the item cannot be written as a number.")
        }
        attributes[name] = .number(number)
        return try ItemReading<Root>().item(from: attributes)
    }
}

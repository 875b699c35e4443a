public import AlternatorCore
import AlternatorRouting
public import AlternatorWire

/// A condition built from `$0`; never escapes, so no `self.` is needed inside.
public typealias When<Root> = (Fields<Root>) -> Condition<Root>
/// The changes of an update, collected by `UpdateBuilder`.
public typealias Changing<Root> = (Fields<Root>) -> [UpdateAction<Root>]

/// A table by name: each call says which type it reads or writes, or uses attributes without a model.
///
/// ```swift
/// let users = resource.table("users")
/// try await users.put(User(id: "u1", name: "Ada", visits: 1))
/// try await users.put(["id": "u2", "age": 30])
/// let ada = try await users.get(User.self, key: ["id": "u1"])
/// ```
///
/// A value: copy it freely. The key's attribute names, where routing wants them, come from the configuration's
/// `tablePKMap` or are discovered in the background.
public struct Table: Sendable {
    var handle: TableHandle

    /// The table's name on the server.
    public var name: String { handle.name }
    /// Where the table came from.
    public var resource: AlternatorResource { handle.resource }

    /// The same table with other options for each call.
    public func with(_ change: (inout RequestOptions) -> Void) -> Self {
        var copy = self
        change(&copy.handle.options)
        return copy
    }
}

// MARK: - Put

extension Table {
    /// Writes a whole item.
    ///
    /// Disfavored, so that a dictionary literal is read as attributes. Put replaces: attributes that the type does not have
    /// are gone afterwards. After a timeout the write may still land, even after a newer one.
    @_disfavoredOverload
    public func put<Item: Encodable>(_ item: Item) async throws(AlternatorError) {
        _ = try await handle.send(try encodedPut(item, if: .always))
    }

    /// Writes a whole item if the condition holds for what is stored; else throws `.conditionFailed` with that item.
    @_disfavoredOverload
    public func put<Item: Codable>(_ item: Item, if condition: When<Item>) async throws(AlternatorError) {
        _ = try await handle.send(try encodedPut(item, if: condition(Fields()).node))
    }

    /// Writes a whole item of attributes.
    public func put(_ item: [String: AttributeValue]) async throws(AlternatorError) {
        _ = try await handle.send(try encodedPut(item, if: .always))
    }

    /// Writes a whole item of attributes if the condition holds; else throws `.conditionFailed` with the stored item.
    public func put(
        _ item: [String: AttributeValue],
        if condition: When<UntypedItem>
    ) async throws(AlternatorError) {
        _ = try await handle.send(try encodedPut(item, if: condition(Fields()).node))
    }

    /// A put that throws `.conditionFailed` if the primary key exists.
    ///
    /// Needs to know the partition key's name: from `tablePKMap`, or from one DescribeTable per table.
    @_disfavoredOverload
    public func insert<Item: Encodable>(_ item: Item) async throws(AlternatorError) {
        let keyName = try await handle.partitionKeyName()
        let isAbsent = ConditionNode.call("attribute_not_exists", [.path([.name(keyName)])])
        _ = try await handle.send(try encodedPut(item, .insert, if: isAbsent).recognizingOwnItem())
    }

    /// A put of attributes that throws `.conditionFailed` if the primary key exists.
    public func insert(_ item: [String: AttributeValue]) async throws(AlternatorError) {
        let keyName = try await handle.partitionKeyName()
        let isAbsent = ConditionNode.call("attribute_not_exists", [.path([.name(keyName)])])
        _ = try await handle.send(try encodedPut(item, if: isAbsent).recognizingOwnItem())
    }

    /// Like `put`, returning the item that was replaced; costs a lightweight transaction.
    @_disfavoredOverload
    public func replace<Item: Codable>(
        _ item: Item,
        if condition: When<Item> = { _ in .always }
    ) async throws(AlternatorError) -> Item? {
        let request = try encodedPut(item, if: condition(Fields()).node, returning: .old)
        return try handle.item(Item.self, under: "Attributes", of: try await handle.send(request), .putItem)
    }

    /// Like `put`, returning the attributes that were replaced; costs a lightweight transaction.
    public func replace(
        _ item: [String: AttributeValue],
        if condition: When<UntypedItem> = { _ in .always }
    ) async throws(AlternatorError) -> [String: AttributeValue]? {
        let request = try encodedPut(item, if: condition(Fields()).node, returning: .old)
        let response = try await handle.send(request)
        return try handle.item([String: AttributeValue].self, under: "Attributes", of: response, .putItem)
    }

    /// Like `put`, but a failed condition is a result and not an error.
    @_disfavoredOverload
    public func tryPut<Item: Codable>(
        _ item: Item,
        if condition: When<Item>
    ) async throws(AlternatorError) -> PutOutcome<Item> {
        try await outcome(of: try encodedPut(item, if: condition(Fields()).node))
    }

    /// Like `put`, but a failed condition is a result and not an error.
    public func tryPut(
        _ item: [String: AttributeValue],
        if condition: When<UntypedItem>
    ) async throws(AlternatorError) -> PutOutcome<[String: AttributeValue]> {
        try await outcome(of: try encodedPut(item, if: condition(Fields()).node))
    }

    private func outcome<Item: Decodable>(
        of request: EncodedRequest
    ) async throws(AlternatorError) -> PutOutcome<Item> {
        do throws(AlternatorError) {
            _ = try await handle.send(request)
            return .written
        } catch let error where error.code == .conditionFailed {
            guard let existing = error.existingItem else { return .conditionFailed(existing: nil) }
            return .conditionFailed(existing: try ItemReading<Item>().item(from: existing))
        }
    }

    func encodedPut<Item: Encodable>(
        _ item: Item,
        _ purpose: WritePurpose = .put,
        if condition: ConditionNode,
        returning: ReturnedItem = .nothing
    ) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.putItem) { () throws(AlternatorError) in
            try refuseVersioned(Item.self)
            let traits = try ItemTraits<Item>.shared()
            return try WriteRequests.put(
                table: name,
                condition: condition,
                returning: returning,
                dates: traits.dates,
                sizeLimit: handle.itemSizeLimit
            ) { writer throws(AlternatorError) in
                try ItemWriting.item(item, purpose, traits: traits, now: handle.now, into: &writer)
            } partitionKey: { encoded throws(AlternatorError) in
                guard let keyName = handle.knownPartitionKey else { return nil }
                return try encoded.values(of: [keyName])[0]
            }
        }
    }

    /// By name a version would be neither checked nor counted up.
    func refuseVersioned<Item>(_ type: Item.Type) throws(AlternatorError) {
        guard type is any VersionedItem.Type else { return }
        throw AlternatorError(
            .mapping,
            message: "\(type) has a version; write it through table(_:of:), which checks it."
        )
    }

    func encodedPut(
        _ item: [String: AttributeValue],
        if condition: ConditionNode,
        returning: ReturnedItem = .nothing
    ) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.putItem) { () throws(AlternatorError) in
            try WriteRequests.put(
                table: name,
                condition: condition,
                returning: returning,
                sizeLimit: handle.itemSizeLimit
            ) { writer throws(AlternatorError) in
                try ItemWriting.attributes(item, into: &writer)
            } partitionKey: { _ throws(AlternatorError) in
                handle.knownPartitionKey.flatMap { item[$0] }
            }
        }
    }
}

// MARK: - Get

extension Table {
    /// The item with this key as `type`; `nil` when there is none.
    public func get<Item: Decodable>(
        _ type: Item.Type,
        key: ItemKey,
        consistent: Bool = false
    ) async throws(AlternatorError) -> Item? {
        let response = try await handle.send(try encodedGet(key, consistent))
        return try handle.item(type, under: "Item", of: response, .getItem)
    }

    /// The item with this key as attributes; `nil` when there is none.
    public func get(
        key: ItemKey,
        consistent: Bool = false
    ) async throws(AlternatorError) -> [String: AttributeValue]? {
        let response = try await handle.send(try encodedGet(key, consistent))
        return try handle.item([String: AttributeValue].self, under: "Item", of: response, .getItem)
    }

    private func encodedGet(_ key: ItemKey, _ consistent: Bool) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.getItem) { () throws(AlternatorError) in
            let key = try key.checked()
            return try ReadRequests.get(
                table: name,
                key: key,
                partitionKey: handle.partitionKey(of: key),
                consistent: consistent,
                projection: nil
            )
        }
    }
}

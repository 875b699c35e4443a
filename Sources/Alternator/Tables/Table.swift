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
    public func replace<Item: Codable>(_ item: Item) async throws(AlternatorError) -> Item? {
        let response = try await handle.send(try encodedPut(item, if: .always, returning: .old))
        return try handle.item(Item.self, under: "Attributes", of: response, .putItem)
    }

    /// Like `put`, returning the attributes that were replaced; costs a lightweight transaction.
    public func replace(_ item: [String: AttributeValue]) async throws(AlternatorError) -> [String: AttributeValue]? {
        let response = try await handle.send(try encodedPut(item, if: .always, returning: .old))
        return try handle.item([String: AttributeValue].self, under: "Attributes", of: response, .putItem)
    }

    private func encodedPut<Item: Encodable>(
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
                dates: traits.dates
            ) { writer throws(AlternatorError) in
                try ItemWriting.item(item, purpose, traits: traits, now: handle.now, into: &writer)
            } partitionKey: { encoded throws(AlternatorError) in
                guard let keyName = handle.knownPartitionKey else { return nil }
                return try encoded.values(of: [keyName])[0]
            }
        }
    }

    /// By name a version would be neither checked nor counted up.
    private func refuseVersioned<Item>(_ type: Item.Type) throws(AlternatorError) {
        guard type is any VersionedItem.Type else { return }
        throw AlternatorError(
            .mapping,
            message: "\(type) has a version; write it through table(_:of:), which checks it."
        )
    }

    private func encodedPut(
        _ item: [String: AttributeValue],
        if condition: ConditionNode,
        returning: ReturnedItem = .nothing
    ) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.putItem) { () throws(AlternatorError) in
            try WriteRequests.put(table: name, condition: condition, returning: returning) {
                writer throws(AlternatorError) in
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

// MARK: - Update and delete

extension Table {
    /// Changes some attributes of an item, creating it if there is none; an update without changes throws `.mapping`.
    ///
    /// What a `TableItem` declares is kept up as by a typed table; one with a version is refused.
    public func update<Item: Codable>(
        _ type: Item.Type,
        key: ItemKey,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) async throws(AlternatorError) {
        let conditionNode = condition(Fields()).node
        let actions = changes(Fields()).map(\.change)
        let all = try handle.make(.updateItem) { () throws(AlternatorError) in
            try refuseVersioned(type)
            return try completed(actions, type, key)
        }
        let dates = try ReadTraits.dates(of: type)
        let request = try encodedUpdate(key, conditionNode, dates: dates) { expressions throws(AlternatorError) in
            try expressions.update(all)
        }
        _ = try await handle.send(request)
    }

    /// The changes with timestamps and keys made from properties, where the type is a model that declares some.
    private func completed<Item>(
        _ changes: [Change],
        _ type: Item.Type,
        _ key: ItemKey
    ) throws(AlternatorError) -> [Change] {
        guard let model = type as? any TableItem.Type else { return changes }
        return try completed(changes, of: model, key)
    }

    private func completed<Model: TableItem>(
        _ changes: [Change],
        of type: Model.Type,
        _ key: ItemKey
    ) throws(AlternatorError) -> [Change] {
        let schema = try ModelSchema<Model>.shared()
        guard schema.traits.stamps != nil || !schema.traits.computed.isEmpty else { return changes }
        let values = try key.checked()
        guard let partition = values[schema.partition.name] else {
            throw AlternatorError(
                .mapping,
                message: "The key names no attribute \"\(schema.partition.name)\", the partition key of \(Model.self)."
            )
        }
        let sort = schema.sort.flatMap { values[$0.name] }
        return try schema.completed(
            changes,
            of: try ItemDecoder().decode(Model.PartitionKey.self, from: partition),
            try sort.map { (sort) throws(AlternatorError) in
                try ItemDecoder().decode(Model.SortKey.self, from: sort)
            },
            handle.now
        )
    }

    /// Changes some attributes of an item without a model: `{ $0["visits"].add(1) }`.
    public func update(
        key: ItemKey,
        if condition: When<UntypedItem> = { _ in .always },
        @UpdateBuilder<UntypedItem> _ changes: Changing<UntypedItem>
    ) async throws(AlternatorError) {
        let conditionNode = condition(Fields()).node
        let actions = changes(Fields()).map(\.change)
        let request = try encodedUpdate(key, conditionNode, dates: DateForms()) { expressions throws(AlternatorError) in
            try expressions.update(actions)
        }
        _ = try await handle.send(request)
    }

    /// Changes an item by an update expression: `"SET visits = visits + \(1)"`.
    ///
    /// An unanswered one is repeated only if its text says that twice is no more than once.
    public func update(
        key: ItemKey,
        expression: RawExpression,
        if condition: When<UntypedItem> = { _ in .always }
    ) async throws(AlternatorError) {
        let conditionNode = condition(Fields()).node
        let request = try encodedUpdate(key, conditionNode, dates: DateForms()) { expressions throws(AlternatorError) in
            try expressions.update(expression)
        }
        _ = try await handle.send(request)
    }

    /// Deletes an item; one that is not there is deleted as well.
    public func delete(
        key: ItemKey,
        if condition: When<UntypedItem> = { _ in .always }
    ) async throws(AlternatorError) {
        _ = try await handle.send(try encodedDelete(key, condition(Fields()).node, .nothing))
    }

    /// Like `delete`, returning the old item; costs a lightweight transaction.
    public func removed<Item: Decodable>(_ type: Item.Type, key: ItemKey) async throws(AlternatorError) -> Item? {
        try handle.make(.deleteItem) { () throws(AlternatorError) in try refuseVersioned(type) }
        let response = try await handle.send(try encodedDelete(key, .always, .old))
        return try handle.item(type, under: "Attributes", of: response, .deleteItem)
    }

    /// Like `delete`, returning the old item's attributes; costs a lightweight transaction.
    public func removed(key: ItemKey) async throws(AlternatorError) -> [String: AttributeValue]? {
        try await removed([String: AttributeValue].self, key: key)
    }

    private func encodedUpdate(
        _ key: ItemKey,
        _ condition: ConditionNode,
        dates: DateForms,
        _ text: (inout ExpressionWriter) throws(AlternatorError) -> UpdateText
    ) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.updateItem) { () throws(AlternatorError) in
            let key = try key.checked()
            return try WriteRequests.update(
                table: name,
                key: key,
                partitionKey: handle.partitionKey(of: key),
                condition: condition,
                returning: .nothing,
                dates: dates,
                text: text
            )
        }
    }

    private func encodedDelete(
        _ key: ItemKey,
        _ condition: ConditionNode,
        _ returning: ReturnedItem
    ) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.deleteItem) { () throws(AlternatorError) in
            let key = try key.checked()
            return try WriteRequests.delete(
                table: name,
                key: key,
                partitionKey: handle.partitionKey(of: key),
                condition: condition,
                returning: returning
            )
        }
    }
}

// MARK: - Query and scan

extension Table {
    /// The items with this partition key, or with this partition and sort key; of an index, if it is named.
    public func query<Item: Decodable>(
        _ type: Item.Type,
        key: ItemKey,
        index: String? = nil
    ) -> Query<Item, Item> {
        Query(queryPlan(key, index).reading(type))
    }

    /// The items with this key as attributes.
    public func query(key: ItemKey, index: String? = nil) -> Query<UntypedItem, [String: AttributeValue]> {
        Query(queryPlan(key, index))
    }

    /// The items whose key meets a condition: `{ $0.customer == id && $0.number.between(1, 9) }`.
    ///
    /// `matching` becomes the key condition: the partition key must be equal to something, the sort key may be compared.
    /// `where` stays the filter.
    public func query<Item: Codable>(
        _ type: Item.Type,
        matching keys: When<Item>,
        index: String? = nil
    ) -> Query<Item, Item> {
        Query(queryPlan(keys(Fields()).node, index).reading(type))
    }

    /// The same with attributes: `{ $0["pk"] == "c1" && $0["sk"] > 3 }`.
    public func query(
        matching keys: When<UntypedItem>,
        index: String? = nil
    ) -> Query<UntypedItem, [String: AttributeValue]> {
        Query(queryPlan(keys(Fields()).node, index))
    }

    /// All items as `type`.
    public func scan<Item: Decodable>(_ type: Item.Type) -> Scan<Item, Item> {
        Scan(ReadPlan(.scan, on: handle).reading(type))
    }

    /// All items as attributes.
    public func scan() -> Scan<UntypedItem, [String: AttributeValue]> { Scan(ReadPlan(.scan, on: handle)) }

    private func queryPlan(_ key: ItemKey, _ index: String?) -> ReadPlan {
        var plan = ReadPlan(.query, on: handle, index: index)
        do throws(AlternatorError) {
            let key = try key.checked()
            plan.partitionKey = index == nil ? handle.partitionKey(of: key) : nil
            for attribute in key.attributes {
                let equal = ConditionNode.compare(.path([.name(attribute.name)]), "=", .value(attribute.value))
                plan.keyCondition = .all(plan.keyCondition, equal)
            }
        } catch {
            plan.failure = error
        }
        return plan
    }

    private func queryPlan(_ condition: ConditionNode, _ index: String?) -> ReadPlan {
        var plan = ReadPlan(.query, on: handle, index: index)
        plan.keyCondition = condition
        if condition.isAlways {
            plan.failure = AlternatorError(
                .mapping,
                message: "A query needs a condition on the partition key; to read everything, use scan."
            )
        }
        if index == nil, let keyName = handle.knownPartitionKey {
            plan.partitionKey = condition.valueEqual(to: keyName)
        }
        return plan
    }
}

extension ReadPlan {
    /// The same with dates in the forms that a model declares.
    fileprivate func reading<Item>(_ type: Item.Type) -> ReadPlan {
        var plan = self
        do throws(AlternatorError) {
            plan.dates = try ReadTraits.dates(of: type)
        } catch {
            plan.failure = plan.failure ?? error
        }
        return plan
    }
}

extension ConditionNode {
    /// The value that the attribute must be equal to, if this condition says so.
    fileprivate func valueEqual(to name: String) -> AttributeValue? {
        switch self {
        case .compare(.path([.name(name)]), "=", .value(let value)):
            try? ItemEncoder().attribute(of: value)
        case .and(let parts, _):
            parts.lazy.compactMap { $0.valueEqual(to: name) }.first
        default: nil
        }
    }
}

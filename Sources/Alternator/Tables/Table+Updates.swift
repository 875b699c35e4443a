import AlternatorCore
import AlternatorRouting
public import AlternatorWire

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
        let actions = changes(Fields()).map(\.change)
        _ = try await handle.send(try encodedUpdate(type, key, condition(Fields()).node, actions))
    }

    private func encodedUpdate<Item>(
        _ type: Item.Type,
        _ key: ItemKey,
        _ condition: ConditionNode,
        _ changes: [Change],
        returning: ReturnedItem = .nothing
    ) throws(AlternatorError) -> EncodedRequest {
        let all = try handle.make(.updateItem) { () throws(AlternatorError) in
            try refuseVersioned(type)
            return try completed(changes, type, key)
        }
        let dates = try ReadTraits.dates(of: type)
        return try encodedUpdate(key, condition, returning: returning, dates: dates) {
            expressions throws(AlternatorError) in
            try expressions.update(all)
        }
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

    /// Like `update`, returning the new item; costs a lightweight transaction.
    public func updated<Item: Codable>(
        _ type: Item.Type,
        key: ItemKey,
        if condition: When<Item> = { _ in .always },
        @UpdateBuilder<Item> _ changes: Changing<Item>
    ) async throws(AlternatorError) -> Item {
        let request = try encodedUpdate(
            type,
            key,
            condition(Fields()).node,
            changes(Fields()).map(\.change),
            returning: .new
        )
        return try await itemAfter(request)
    }

    /// Like `update`, returning the new item's attributes; costs a lightweight transaction.
    public func updated(
        key: ItemKey,
        if condition: When<UntypedItem> = { _ in .always },
        @UpdateBuilder<UntypedItem> _ changes: Changing<UntypedItem>
    ) async throws(AlternatorError) -> [String: AttributeValue] {
        let conditionNode = condition(Fields()).node
        let actions = changes(Fields()).map(\.change)
        let request = try encodedUpdate(key, conditionNode, returning: .new, dates: DateForms()) {
            expressions throws(AlternatorError) in
            try expressions.update(actions)
        }
        return try await itemAfter(request)
    }

    private func itemAfter<Item: Decodable>(_ request: EncodedRequest) async throws(AlternatorError) -> Item {
        let response = try await handle.send(request)
        if let item = try handle.item(Item.self, under: "Attributes", of: response, .updateItem) { return item }
        throw AlternatorError.updateLeftNothing(table: name, node: response.node, attempts: response.attempts)
    }

    /// Deletes an item; one that is not there is deleted as well.
    public func delete(
        key: ItemKey,
        if condition: When<UntypedItem> = { _ in .always }
    ) async throws(AlternatorError) {
        _ = try await handle.send(try encodedDelete(key, condition(Fields()).node, .nothing))
    }

    /// Like `delete`, returning the old item; costs a lightweight transaction.
    public func removed<Item: Decodable>(
        _ type: Item.Type,
        key: ItemKey,
        if condition: When<UntypedItem> = { _ in .always }
    ) async throws(AlternatorError) -> Item? {
        try handle.make(.deleteItem) { () throws(AlternatorError) in try refuseVersioned(type) }
        let response = try await handle.send(try encodedDelete(key, condition(Fields()).node, .old))
        return try handle.item(type, under: "Attributes", of: response, .deleteItem)
    }

    /// Like `delete`, returning the old item's attributes; costs a lightweight transaction.
    public func removed(
        key: ItemKey,
        if condition: When<UntypedItem> = { _ in .always }
    ) async throws(AlternatorError) -> [String: AttributeValue]? {
        try await removed([String: AttributeValue].self, key: key, if: condition)
    }

    private func encodedUpdate(
        _ key: ItemKey,
        _ condition: ConditionNode,
        returning: ReturnedItem = .nothing,
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
                returning: returning,
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

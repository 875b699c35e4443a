import AlternatorCore
import AlternatorRouting
import AlternatorWire

/// Which item a write answers with; anything but `nothing` costs a lightweight transaction.
enum ReturnedItem {
    case nothing, old, new

    var text: String? {
        switch self {
        case .nothing: nil
        case .old: "ALL_OLD"
        case .new: "ALL_NEW"
        }
    }
}

/// Writes the three single-item writes as bytes, with the exact class for routing and retries.
///
/// The class (DESIGN: retry safety): counting if repeating it differs from doing it once or if it returns old values,
/// else conditional if it has a condition, else idempotent. Read-modify-write, for routing, is any condition, any
/// returned item, and any update that reads the item.
enum WriteRequests {
    /// A PutItem whose `Item` is written by `item`.
    ///
    /// `sizeLimit` is in bytes as `AlternatorConfig.itemSizeLimit` counts; `partitionKey` is asked for after the item is written, with the bytes and the item's place in them.
    static func put(
        table: String,
        condition: ConditionNode,
        returning: ReturnedItem = .nothing,
        dates: DateForms = DateForms(),
        sizeLimit: Int?,
        item: (inout JSONWriter) throws(AlternatorError) -> Void,
        partitionKey: (EncodedItem) throws(AlternatorError) -> AttributeValue?
    ) throws(AlternatorError) -> EncodedRequest {
        var body = RequestBody(table: table)
        body.writer.key("Item")
        let start = body.writer.bytes.count
        try item(&body.writer)
        // Both look at the bytes and let go of them: whoever held them would make the next write copy them all.
        if let sizeLimit { try EncodedItem(bytes: body.writer.bytes, start: start).check(sizeLimit) }
        let key = try partitionKey(EncodedItem(bytes: body.writer.bytes, start: start))
        var expressions = ExpressionWriter(dates: dates)
        try body.condition(condition, with: &expressions)
        if let text = returning.text { body.member("ReturnValues", text) }
        expressions.appendPlaceholders(to: &body.writer)
        return request(.putItem, table, body, key, condition, returning)
    }

    static func delete(
        table: String,
        key: ItemKeyValues,
        partitionKey: AttributeValue?,
        condition: ConditionNode,
        returning: ReturnedItem = .nothing,
        dates: DateForms = DateForms()
    ) throws(AlternatorError) -> EncodedRequest {
        var body = RequestBody(table: table)
        body.key(key)
        var expressions = ExpressionWriter(dates: dates)
        try body.condition(condition, with: &expressions)
        if let text = returning.text { body.member("ReturnValues", text) }
        expressions.appendPlaceholders(to: &body.writer)
        return request(.deleteItem, table, body, partitionKey, condition, returning)
    }

    static func update(
        table: String,
        key: ItemKeyValues,
        partitionKey: AttributeValue?,
        condition: ConditionNode,
        changes: [Change],
        returning: ReturnedItem = .nothing,
        dates: DateForms = DateForms()
    ) throws(AlternatorError) -> EncodedRequest {
        try update(
            table: table,
            key: key,
            partitionKey: partitionKey,
            condition: condition,
            returning: returning,
            dates: dates
        ) { expressions throws(AlternatorError) in
            try expressions.update(changes)
        }
    }

    /// An UpdateItem whose expression is made by `text`.
    static func update(
        table: String,
        key: ItemKeyValues,
        partitionKey: AttributeValue?,
        condition: ConditionNode,
        returning: ReturnedItem,
        dates: DateForms,
        text: (inout ExpressionWriter) throws(AlternatorError) -> UpdateText
    ) throws(AlternatorError) -> EncodedRequest {
        var body = RequestBody(table: table)
        body.key(key)
        var expressions = ExpressionWriter(dates: dates)
        let update = try text(&expressions)
        body.member("UpdateExpression", update.expression)
        try body.condition(condition, with: &expressions)
        if let text = returning.text { body.member("ReturnValues", text) }
        expressions.appendPlaceholders(to: &body.writer)
        return request(
            .updateItem,
            table,
            body,
            partitionKey,
            condition,
            returning,
            counts: update.counts,
            readsItem: update.readsItem
        )
    }

    private static func request(
        _ operation: OperationName,
        _ table: String,
        _ body: consuming RequestBody,
        _ partitionKey: AttributeValue?,
        _ condition: ConditionNode,
        _ returning: ReturnedItem,
        counts: Bool = false,
        readsItem: Bool = false
    ) -> EncodedRequest {
        let hasCondition = !condition.isAlways
        let returnsOld = if case .old = returning { true } else { false }
        let returnsItem = if case .nothing = returning { false } else { true }
        let safety: RetrySafety = counts || returnsOld ? .counting : hasCondition ? .conditional : .idempotent
        let access: RouteHint.Access = hasCondition || returnsItem || readsItem ? .readModifyWrite : .write
        return EncodedRequest(
            operation,
            table: table,
            body: body.finish(),
            hint: RouteHint(table: table, partitionKey: partitionKey, access: access),
            safety: safety
        )
    }
}

/// Writes GetItem as bytes.
enum ReadRequests {
    static func get(
        table: String,
        key: ItemKeyValues,
        partitionKey: AttributeValue?,
        consistent: Bool,
        projection: [String]?
    ) throws(AlternatorError) -> EncodedRequest {
        var body = RequestBody(table: table)
        body.key(key)
        if consistent { body.member("ConsistentRead", true) }
        var expressions = ExpressionWriter()
        try body.projection(projection, with: &expressions)
        expressions.appendPlaceholders(to: &body.writer)
        return EncodedRequest(
            .getItem,
            table: table,
            body: body.finish(),
            hint: RouteHint(table: table, partitionKey: partitionKey, access: .read),
            safety: .idempotent
        )
    }
}

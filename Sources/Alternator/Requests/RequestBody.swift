import AlternatorWire

/// A request body being written, from `{"TableName":"users",` to the last brace.
struct RequestBody {
    var writer: JSONWriter

    init(table: String, reserving capacity: Int = 256) {
        writer = JSONWriter(reserving: capacity)
        writer.byte(UInt8(ascii: "{"))
        writer.key("TableName")
        writer.string(table)
    }

    /// Goes on behind what was written before, from the first brace on.
    init(continuing beginning: [UInt8], reserving capacity: Int) {
        writer = JSONWriter(reserving: beginning.count + capacity)
        writer.raw(beginning)
    }

    mutating func member(_ name: StaticString, _ text: String) {
        writer.key(name)
        writer.string(text)
    }

    mutating func member(_ name: StaticString, _ number: Int) {
        writer.key(name)
        writer.integer(number)
    }

    mutating func member(_ name: StaticString, _ flag: Bool) {
        writer.key(name)
        writer.bool(flag)
    }

    /// Sends `"Key":{"id":{"S":"u1"}}`.
    mutating func key(_ key: ItemKeyValues) {
        writer.key("Key")
        key.write(to: &writer)
    }

    /// The condition, and the wish to see the item that makes it fail.
    mutating func condition(
        _ node: ConditionNode,
        with expressions: inout ExpressionWriter
    ) throws(AlternatorError) {
        guard let text = try expressions.condition(node) else { return }
        member("ConditionExpression", text)
        member("ReturnValuesOnConditionCheckFailure", "ALL_OLD")
    }

    /// A projection to top-level attributes.
    mutating func projection(_ names: [String]?, with expressions: inout ExpressionWriter) throws(AlternatorError) {
        guard let names, !names.isEmpty else { return }
        var parts: [String] = []
        for name in names { parts.append(try expressions.name(name)) }
        member("ProjectionExpression", parts.joined(separator: ", "))
    }

    /// The finished bytes; not to be written to afterwards.
    ///
    /// Not `consuming`: of what a variable holds that takes a copy, and the last byte would then copy the whole text.
    mutating func finish() -> [UInt8] {
        writer.byte(UInt8(ascii: "}"))
        return writer.bytes
    }
}

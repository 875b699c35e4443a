import AlternatorCore
import AlternatorRouting
import AlternatorWire

/// Makes requests that name one item of a typed table; what is the same for all of them is made once.
///
/// Not generic: a model's type is gone where its key has become attributes.
final class KeyRequests: Sendable {
    private let table: String
    private let partition: KeyAttribute
    private let sort: KeyAttribute?
    /// Such as `{"TableName":"users","Key":{"id":`.
    private let beginning: [UInt8]
    /// Such as `,"sort":`.
    private let joint: [UInt8]
    /// The same for keys that are strings, up to the text: `{"TableName":"users","Key":{"id":{"S":"`.
    private let textBeginning: [UInt8]
    /// From one text to the other: `"},"sort":{"S":"`.
    private let textJoint: [UInt8]
    private static let textEnd = Array("\"}".utf8)

    init(table: String, partition: KeyAttribute, sort: KeyAttribute?) {
        self.table = table
        self.partition = partition
        self.sort = sort
        var body = RequestBody(table: table)
        body.writer.key("Key")
        body.writer.byte(UInt8(ascii: "{"))
        body.writer.key(partition.name)
        beginning = body.writer.bytes
        var joint = JSONWriter(reserving: 32)
        if let sort {
            joint.byte(UInt8(ascii: ","))
            joint.string(sort.name)
            joint.byte(UInt8(ascii: ":"))
        }
        self.joint = joint.bytes
        let text = Array("{\"S\":\"".utf8)
        textBeginning = beginning + text
        textJoint = Self.textEnd + self.joint + text
    }

    /// Whether keys have a second attribute.
    var hasSort: Bool { sort != nil }

    /// A GetItem for a key, whose second value is `nil` in a table without a sort key.
    ///
    /// Refuses what the server refuses in keys, with `.mapping`.
    func get(
        _ partitionKey: AttributeValue,
        _ sortKey: AttributeValue?,
        consistent: Bool,
        projection: [String]?
    ) throws(AlternatorError) -> EncodedRequest {
        try ItemKeyValues.check(partitionKey, of: partition.name, type: partition.type)
        if let sort, let sortKey { try ItemKeyValues.check(sortKey, of: sort.name, type: sort.type) }
        var body = key(partitionKey, sortKey)
        body.writer.byte(UInt8(ascii: "}"))
        if consistent { body.member("ConsistentRead", true) }
        if let projection {
            var expressions = ExpressionWriter()
            try body.projection(projection, with: &expressions)
            expressions.appendPlaceholders(to: &body.writer)
        }
        return EncodedRequest(
            .getItem,
            table: table,
            body: body.finish(),
            hint: RouteHint(table: table, partitionKey: partitionKey, access: .read),
            safety: .idempotent
        )
    }

    /// A body up to the end of the key's last value.
    private func key(_ partitionKey: AttributeValue, _ sortKey: AttributeValue?) -> RequestBody {
        // Nearly all keys: few long pieces instead of many short ones.
        if case .string(let partitionText) = partitionKey {
            switch sortKey {
            case nil:
                var body = RequestBody(continuing: textBeginning, reserving: 160)
                body.writer.escaped(partitionText)
                body.writer.raw(Self.textEnd)
                return body
            case .string(let sortText)?:
                var body = RequestBody(continuing: textBeginning, reserving: 160)
                body.writer.escaped(partitionText)
                body.writer.raw(textJoint)
                body.writer.escaped(sortText)
                body.writer.raw(Self.textEnd)
                return body
            default: break
            }
        }
        var body = RequestBody(continuing: beginning, reserving: 160)
        body.writer.attributeValue(partitionKey)
        if let sortKey {
            body.writer.raw(joint)
            body.writer.attributeValue(sortKey)
        }
        return body
    }
}

import AlternatorCore
import AlternatorRouting
import AlternatorTransport
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
    /// From the last text to the body's end.
    private let textEnd = Array("\"}}}".utf8)
    private let consistentTextEnd = Array("\"}},\"ConsistentRead\":true}".utf8)

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
        textJoint = Array("\"}".utf8) + self.joint + text
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
        return EncodedRequest(
            .getItem,
            table: table,
            body: try body(partitionKey, sortKey, consistent: consistent, projection),
            hint: RouteHint(table: table, partitionKey: partitionKey, access: .read),
            safety: .idempotent
        )
    }

    /// The body for a key of strings, as nearly all are; `nil` where one needs escapes.
    private func body(ofTexts partition: String, _ sort: String?, consistent: Bool) -> [UInt8]? {
        guard JSONWriter.isClean(partition) else { return nil }
        if let sort, !JSONWriter.isClean(sort) { return nil }
        let end = consistent ? consistentTextEnd : textEnd
        let room =
            textBeginning.count + partition.utf8.count + (sort.map { textJoint.count + $0.utf8.count } ?? 0)
            + end.count
        return ByteBuilder.array(capacity: room) { body in
            body.append(textBeginning)
            body.append(partition)
            if let sort {
                body.append(textJoint)
                body.append(sort)
            }
            body.append(end)
        }
    }

    /// The body for any key.
    private func body(
        _ partitionKey: AttributeValue,
        _ sortKey: AttributeValue?,
        consistent: Bool,
        _ projection: [String]?
    ) throws(AlternatorError) -> [UInt8] {
        if projection == nil, case .string(let partition) = partitionKey {
            switch sortKey {
            case nil:
                if let body = body(ofTexts: partition, nil, consistent: consistent) { return body }
            case .string(let sort)?:
                if let body = body(ofTexts: partition, sort, consistent: consistent) { return body }
            default: break
            }
        }
        var body = RequestBody(continuing: beginning, reserving: 160)
        body.writer.attributeValue(partitionKey)
        if let sortKey {
            body.writer.raw(joint)
            body.writer.attributeValue(sortKey)
        }
        body.writer.byte(UInt8(ascii: "}"))
        if consistent { body.member("ConsistentRead", true) }
        if let projection {
            var expressions = ExpressionWriter()
            try body.projection(projection, with: &expressions)
            expressions.appendPlaceholders(to: &body.writer)
        }
        return body.finish()
    }
}

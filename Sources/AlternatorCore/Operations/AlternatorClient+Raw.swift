import AlternatorRouting
public import AlternatorWire

extension AlternatorClient {
    /// Sends a request whose JSON is made already, and gives the answer's JSON as it came.
    ///
    /// ```swift
    /// let json = #"{"TableName":"users","Key":{"id":{"S":"u1"}}}"#
    /// let answer = try await client.send(.getItem, json: Array(json.utf8))    // {"Item":{…}}
    /// ```
    ///
    /// For parameters and attributes that this package does not know. The body goes out byte for byte. Nodes, affinity
    /// and retries work as in the typed methods: a single write is read to tell whether it may be sent twice, and
    /// counts as one that may not where it cannot be read.
    ///
    /// - Parameters:
    ///   - operation: what to do.
    ///   - json: the request's body.
    ///   - options: what this call overrides.
    /// - Returns: the answer's body; empty if it has none.
    /// - Throws: what the server answered, or why no node could be asked.
    public func send(
        _ operation: OperationName,
        json: [UInt8],
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> [UInt8] {
        let facts = RawFacts(operation, json)
        let request = EncodedRequest(operation, table: facts.table, body: json, safety: facts.safety)
        let answer = try await execute(request, options: options)
        return Array(answer.bytes[answer.bodyOffset...])
    }
}

/// What is read of a request that comes as JSON: the table for errors, and what decides over repeating it.
struct RawFacts {
    private(set) var table: String?
    let safety: RetrySafety

    init(_ operation: OperationName, _ json: [UInt8]) {
        var reader = JSONReader(json)
        var write = WriteFacts()
        do throws(JSONError) {
            try reader.beginObject()
            while let name = try reader.nextKey() {
                switch name {
                case "TableName": table = try reader.readString()
                case "UpdateExpression" where operation.writesOneItem: write.updateExpression = try reader.readString()
                case "ConditionExpression" where operation.writesOneItem:
                    write.conditionExpression = try reader.readString()
                case "ReturnValues" where operation.writesOneItem: write.returnValues = try reader.readString()
                case "ExpressionAttributeNames" where operation.writesOneItem:
                    try reader.beginObject()
                    while let name = try reader.nextKey() { write.names[name] = try reader.readString() }
                case "ExpressionAttributeValues" where operation.writesOneItem: write.values = try reader.readItem()
                case "Expected":
                    write.hasExpected = true
                    try reader.skipValue()
                case "AttributeUpdates": write.attributeUpdates = try Self.legacyUpdates(&reader)
                default: try reader.skipValue()
                }
            }
            try reader.finish()
        } catch {
            // The server decides what is wrong with it; a write must not be repeated meanwhile.
            safety = operation.writesOneItem ? .counting : .idempotent
            return
        }
        switch operation {
        case .putItem, .updateItem, .deleteItem: safety = write.safety
        case .updateTable, .updateTimeToLive: safety = .conditional
        default: safety = .idempotent
        }
    }

    private static func legacyUpdates(_ reader: inout JSONReader) throws(JSONError) -> [WriteFacts.LegacyUpdate] {
        var updates: [WriteFacts.LegacyUpdate] = []
        try reader.beginObject()
        while try reader.nextKey() != nil {
            var action: String?
            var value: AttributeValue?
            try reader.beginObject()
            while let member = try reader.nextKey() {
                switch member {
                case "Action": action = try reader.readString()
                case "Value": value = try reader.readAttributeValue()
                default: try reader.skipValue()
                }
            }
            updates.append(.init(action: action, value: value))
        }
        return updates
    }
}

extension OperationName {
    fileprivate var writesOneItem: Bool { self == .putItem || self == .updateItem || self == .deleteItem }
}

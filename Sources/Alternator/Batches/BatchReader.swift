import AlternatorCore
import AlternatorRouting
import AlternatorWire

/// Fetches items by many keys, 100 a request.
struct BatchReader {
    let handle: TableHandle
    let consistent: Bool
    let options: BatchOptions
    /// The attributes to send; `nil` for all.
    var projection: [String]?

    private static let chunkSize = 100

    /// The answers of all requests; each key's item is in one of them, or nowhere if there is none.
    ///
    /// Throws `.throttled` where the server left keys unprocessed in every round.
    func responses(for keys: [ItemKeyValues]) async throws(AlternatorError) -> [EncodedResponse] {
        try handle.make(.batchGetItem) { () throws(AlternatorError) in try options.check() }
        guard !keys.isEmpty else { return [] }
        let chunks = stride(from: 0, to: keys.count, by: Self.chunkSize).map {
            Array(keys[$0..<min($0 + Self.chunkSize, keys.count)])
        }
        let answers = try await concurrently(chunks, limit: options.concurrency) {
            [self] chunk async throws(AlternatorError) in
            try await fetch(chunk)
        }
        return answers.flatMap { $0 }
    }

    private func fetch(_ keys: [ItemKeyValues]) async throws(AlternatorError) -> [EncodedResponse] {
        var responses: [EncodedResponse] = []
        var left: [UInt8]? = keysJSON(keys)
        while let wanted = left {
            let response = try await handle.send(
                try handle.make(.batchGetItem) { () throws(AlternatorError) in try request(wanted) }
            )
            responses.append(response)
            left = try handle.read(response, of: .batchGetItem) { reader in try self.unprocessed(in: &reader) }
            guard left != nil else { break }
            guard responses.count < options.rounds else {
                throw AlternatorError(
                    .throttled,
                    message: "The server left keys unprocessed in \(responses.count) rounds; ask again later.",
                    operation: OperationName.batchGetItem.rawValue,
                    table: handle.name,
                    node: response.node
                )
            }
            try await handle.pause(responses.count, .batchGetItem)
        }
        return responses
    }

    private func keysJSON(_ keys: [ItemKeyValues]) -> [UInt8] {
        var writer = JSONWriter(reserving: keys.count * 40)
        writer.byte(UInt8(ascii: "["))
        for (number, key) in keys.enumerated() {
            if number > 0 { writer.byte(UInt8(ascii: ",")) }
            key.write(to: &writer)
        }
        writer.byte(UInt8(ascii: "]"))
        return writer.bytes
    }

    private func request(_ keys: [UInt8]) throws(AlternatorError) -> EncodedRequest {
        var writer = JSONWriter(reserving: keys.count + 128)
        writer.raw("{\"RequestItems\":{")
        writer.key(handle.name)
        writer.raw("{\"Keys\":")
        writer.raw(keys)
        if consistent { writer.raw(",\"ConsistentRead\":true") }
        if let projection, !projection.isEmpty {
            var expressions = ExpressionWriter()
            var parts: [String] = []
            for name in projection { parts.append(try expressions.name(name)) }
            writer.key("ProjectionExpression")
            writer.string(parts.joined(separator: ", "))
            expressions.appendPlaceholders(to: &writer)
        }
        writer.raw("}}}")
        return EncodedRequest(.batchGetItem, table: handle.name, body: writer.bytes, safety: .idempotent)
    }

    /// The JSON of the unprocessed keys; `nil` if there are none.
    private func unprocessed(in reader: inout JSONReader) throws -> [UInt8]? {
        var keys: [UInt8]?
        try reader.beginObject()
        while let member = try reader.nextKey() {
            guard member == "UnprocessedKeys" else {
                try reader.skipValue()
                continue
            }
            try reader.beginObject()
            while try reader.nextKey() != nil {
                try reader.beginObject()
                while let part = try reader.nextKey() {
                    let range = try reader.valueRange()
                    // `[]` is two bytes: nothing is left.
                    if part == "Keys", range.count > 2 { keys = Array(reader.bytes[range]) }
                }
            }
        }
        return keys
    }

    /// The items of an answer, each with the place where it stands.
    func items<Item: Decodable>(
        _ type: Item.Type,
        in response: EncodedResponse
    ) throws(AlternatorError) -> [(item: Item, start: Int)] {
        try handle.read(response, of: .batchGetItem) { reader in
            var items: [(item: Item, start: Int)] = []
            let reading = try ItemReading<Item>()
            try reader.beginObject()
            while let member = try reader.nextKey() {
                guard member == "Responses" else {
                    try reader.skipValue()
                    continue
                }
                try reader.beginObject()
                while try reader.nextKey() != nil {
                    try reader.beginArray()
                    while try reader.nextElement() {
                        let start = reader.offset
                        if let item = try reading.itemUnlessSkipped(from: &reader) { items.append((item, start)) }
                    }
                }
            }
            return items
        }
    }
}

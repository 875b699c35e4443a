import AlternatorCore
import AlternatorRouting
import AlternatorWire

/// Sends writes in chunks until all are processed or the rounds are used up.
struct BatchWriter {
    let resource: AlternatorResource
    let requestOptions: RequestOptions
    let options: BatchOptions

    /// Room for the request around the items: the server takes 16 MiB in all.
    private static let maximumBytes = 15 << 20

    private typealias Entry = (request: WriteRequest, content: WriteRequest.Content)

    private struct Chunk: Sendable {
        var requests: [WriteRequest] = []
        var contents: [WriteRequest.Content] = []
        var bytes = 0
    }

    func run(_ requests: [WriteRequest]) async throws(AlternatorError) -> BatchReport {
        do throws(AlternatorError) {
            try options.check()
        } catch {
            throw error.with(operation: OperationName.batchWriteItem.rawValue)
        }
        let chunks = chunks(of: try distinct(requests))
        let reports = try await concurrently(chunks, limit: options.concurrency) {
            [self] chunk async throws(AlternatorError) in
            try await send(chunk)
        }
        var total = BatchReport()
        for report in reports {
            total.written += report.written
            total.requests += report.requests
            total.unprocessed += report.unprocessed
        }
        return total
    }

    // MARK: Cutting

    /// One write per table and key, the last one given, at the first one's place.
    private func distinct(_ requests: [WriteRequest]) throws(AlternatorError) -> [Entry] {
        struct Identity: Hashable {
            let table: String
            let key: ItemKeyValues
        }
        var places: [Identity: Int] = [:]
        var entries: [Entry] = []
        for request in requests {
            let content = try request.content.get()
            do throws(AlternatorError) {
                try content.checkForBatch()
            } catch {
                throw error.with(table: request.table)
            }
            guard let key = content.key else {
                entries.append((request, content))
                continue
            }
            let identity = Identity(table: request.table, key: key)
            if let place = places[identity] {
                entries[place] = (request, content)
            } else {
                places[identity] = entries.count
                entries.append((request, content))
            }
        }
        return entries
    }

    private func chunks(of entries: [Entry]) -> [Chunk] {
        var chunks: [Chunk] = []
        var current = Chunk()
        for entry in entries {
            let bytes = entry.content.attributes.count + 64
            if current.requests.count == options.chunkSize
                || !current.requests.isEmpty && current.bytes + bytes > Self.maximumBytes
            {
                chunks.append(current)
                current = Chunk()
            }
            current.requests.append(entry.request)
            current.contents.append(entry.content)
            current.bytes += bytes
        }
        if !current.requests.isEmpty { chunks.append(current) }
        return chunks
    }

    // MARK: Sending

    private func send(_ chunk: Chunk) async throws(AlternatorError) -> BatchReport {
        var report = BatchReport()
        var left = chunk
        while true {
            let handle = TableHandle(name: left.requests[0].table, resource: resource, options: requestOptions)
            let response = try await handle.send(request(for: left))
            report.requests += 1
            let unprocessed = try handle.read(response, of: .batchWriteItem) { reader in
                try self.unprocessed(in: &reader, of: left)
            }
            report.written += left.requests.count - unprocessed.requests.count
            if unprocessed.requests.isEmpty { return report }
            left = unprocessed
            guard report.requests < options.rounds else {
                report.unprocessed = left.requests
                return report
            }
            try await handle.pause(report.requests, .batchWriteItem)
        }
    }

    private func request(for chunk: Chunk) -> EncodedRequest {
        var tables: [String] = []
        for request in chunk.requests where !tables.contains(request.table) { tables.append(request.table) }
        var writer = JSONWriter(reserving: chunk.bytes + 128)
        writer.raw("{\"RequestItems\":{")
        for table in tables {
            writer.key(table)
            writer.byte(UInt8(ascii: "["))
            var isFirst = true
            for (request, content) in zip(chunk.requests, chunk.contents) where request.table == table {
                if !isFirst { writer.byte(UInt8(ascii: ",")) }
                isFirst = false
                content.write(to: &writer)
            }
            writer.byte(UInt8(ascii: "]"))
        }
        writer.raw("}}")
        let table = tables.count == 1 ? tables[0] : nil
        return EncodedRequest(.batchWriteItem, table: table, body: writer.bytes, safety: .idempotent)
    }

    private func unprocessed(in reader: inout JSONReader, of chunk: Chunk) throws -> Chunk {
        var left = Chunk()
        try reader.beginObject()
        while let member = try reader.nextKey() {
            guard member == "UnprocessedItems" else {
                try reader.skipValue()
                continue
            }
            try reader.beginObject()
            while let table = try reader.nextKey() {
                try reader.beginArray()
                while try reader.nextElement() {
                    let (kind, attributes) = try Self.entry(&reader)
                    let place = chunk.requests.indices.first {
                        chunk.requests[$0].table == table && chunk.contents[$0].matches(kind, attributes)
                    }
                    guard let place else {
                        throw AlternatorError(
                            .protocolViolation,
                            message: "The server returned an unprocessed write that was not sent."
                        )
                    }
                    left.requests.append(chunk.requests[place])
                    left.contents.append(chunk.contents[place])
                    left.bytes += chunk.contents[place].attributes.count + 64
                }
            }
        }
        return left
    }

    /// Sends `{"PutRequest":{"Item":{…}}}`.
    private static func entry(
        _ reader: inout JSONReader
    ) throws -> (WriteRequest.Content.Kind, [String: AttributeValue]) {
        var kind = WriteRequest.Content.Kind.put
        var attributes: [String: AttributeValue] = [:]
        try reader.beginObject()
        while let member = try reader.nextKey() {
            kind = member == "DeleteRequest" ? .delete : .put
            try reader.beginObject()
            while try reader.nextKey() != nil { attributes = try reader.readItem() }
        }
        return (kind, attributes)
    }
}

extension BatchWriter {
    /// An empty list of writes needs no request.
    static func report(
        _ requests: [WriteRequest],
        _ resource: AlternatorResource,
        _ requestOptions: RequestOptions,
        _ options: BatchOptions
    ) async throws(AlternatorError) -> BatchReport {
        guard !requests.isEmpty else { return BatchReport() }
        return try await BatchWriter(resource: resource, requestOptions: requestOptions, options: options).run(requests)
    }
}

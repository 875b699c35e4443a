import AlternatorCore
import AlternatorRouting
import AlternatorWire

/// Some lines that go to the server in one BatchWriteItem.
struct ImportChunk: Sendable {
    /// The entries with commas between them: `{"PutRequest":{"Item":{…}}},…`.
    private(set) var entries: [UInt8] = []
    /// Where each line's entry is in `entries`, its comma left out.
    private(set) var lines: [(number: Int, range: Range<Int>)] = []
    /// Where in the file the last line ends, whatever became of it.
    var endOffset = 0
    /// The number of that line.
    var lastLine = 0
    /// Lines left out since the chunk before.
    var skipped = 0

    var isEmpty: Bool { lines.isEmpty }

    mutating func append(_ item: ImportLine.Item, of line: LineSplitter.Line, in bytes: [UInt8]) {
        if !entries.isEmpty { entries.append(UInt8(ascii: ",")) }
        let start = entries.count
        entries += Self.entryStart
        if let range = item.range { entries += bytes[range] } else { entries += item.written }
        // Line breaks inside an item can only be between its values, and are none of a line.
        entries += Self.entryEnd
        lines.append((line.number, start..<entries.count))
    }

    /// Two chunks of half the lines each, in order.
    func halves() -> [ImportChunk] {
        let middle = lines.count / 2
        return [lines[..<middle], lines[middle...]].map { part in
            var half = ImportChunk()
            for line in part {
                if !half.entries.isEmpty { half.entries.append(UInt8(ascii: ",")) }
                let start = half.entries.count
                half.entries += entries[line.range]
                half.lines.append((line.number, start..<half.entries.count))
            }
            return half
        }
    }

    private static let entryStart = Array(#"{"PutRequest":{"Item":"#.utf8)
    private static let entryEnd = Array("}}".utf8)
}

/// Sends chunks until the server has taken them.
struct ImportSender: Sendable {
    let handle: TableHandle
    let rounds: Int
    /// Whether a refused line ends the import, so that the others behind it need not be tried.
    let stopsAtBadLine: Bool

    struct Outcome: Sendable {
        var written = 0
        var requests = 0
        var badLines: [BadLine] = []
    }

    /// Writes a chunk; where the server refuses it, halves of it, down to the lines it refuses.
    func send(_ chunk: ImportChunk) async throws(AlternatorError) -> Outcome {
        var outcome = Outcome()
        // A stack, the first lines on top.
        var waiting = [chunk]
        while let next = waiting.popLast() {
            do throws(AlternatorError) {
                outcome.requests += try await write(next)
                outcome.written += next.lines.count
            } catch let error where error.code == .validation || error.code == .payloadTooLarge {
                outcome.requests += 1
                if next.lines.count > 1 {
                    waiting += next.halves().reversed()
                } else {
                    outcome.badLines.append(BadLine(number: next.lines[0].number, reason: error.message))
                    if stopsAtBadLine { return outcome }
                }
            }
        }
        return outcome
    }

    /// - Returns: the requests it took.
    private func write(_ chunk: ImportChunk) async throws(AlternatorError) -> Int {
        var requests = 0
        var entries = chunk.entries[...]
        while true {
            let response = try await handle.send(request(entries))
            requests += 1
            let left = try handle.read(response, of: .batchWriteItem) { reader in try Self.unprocessed(&reader) }
            guard let left else { return requests }
            guard requests < rounds else {
                throw AlternatorError(
                    .throttled,
                    message: "The server left items of lines \(chunk.lines[0].number) to "
                        + "\(chunk.lines[chunk.lines.count - 1].number) unprocessed in \(requests) rounds; go on later "
                        + "from the checkpoint.",
                    operation: OperationName.batchWriteItem.rawValue,
                    table: handle.name,
                    node: response.node
                )
            }
            // What the server gives back has the form of what it was sent.
            entries = response.bytes[left]
            try await handle.pause(requests, .batchWriteItem)
        }
    }

    private func request(_ entries: ArraySlice<UInt8>) -> EncodedRequest {
        var writer = JSONWriter(reserving: entries.count + handle.name.utf8.count + 32)
        writer.raw("{\"RequestItems\":{")
        writer.key(handle.name)
        writer.byte(UInt8(ascii: "["))
        writer.raw(entries)
        writer.raw("]}}")
        return EncodedRequest(.batchWriteItem, table: handle.name, body: writer.bytes, safety: .idempotent)
    }

    /// Where the unprocessed entries are in the answer, without brackets; `nil` if there are none.
    private static func unprocessed(_ reader: inout JSONReader) throws -> Range<Int>? {
        var left: Range<Int>?
        try reader.beginObject()
        while let member = try reader.nextKey() {
            guard member == "UnprocessedItems" else {
                try reader.skipValue()
                continue
            }
            try reader.beginObject()
            while try reader.nextKey() != nil {
                let list = try reader.valueRange()
                // `[]` holds nothing.
                if list.count > 2 { left = (list.lowerBound + 1)..<(list.upperBound - 1) }
            }
        }
        return left
    }
}

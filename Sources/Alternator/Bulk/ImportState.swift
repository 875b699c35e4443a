import AlternatorWire

/// What an import has done, and up to where everything is done.
struct ImportState {
    /// Everything before this place is written or left out.
    private(set) var place: (offset: Int, line: Int) = (0, 0)
    private(set) var items = 0
    private(set) var requests = 0
    private(set) var skipped: [BadLine] = []
    private(set) var skippedCount = 0
    /// The first line that ended the import.
    private(set) var firstBadLine: BadLine?
    var reportedOffset = 0
    var savedOffset = 0

    /// Chunks from `place` on, in the order of the file.
    private var chunks: [Chunk] = []
    private var firstNumber = 0
    /// Items and lines left out before `place`, for the checkpoint.
    private var committed = (items: 0, skipped: 0)
    /// Keys of chunks that are not written yet, and of the one being filled.
    private var busy: Set<[AttributeValue]> = []
    private var filling: [[AttributeValue]] = []

    private struct Chunk {
        let endOffset: Int
        let lastLine: Int
        let keys: [[AttributeValue]]
        var skipped: Int
        var items: Int?
    }

    private static let maximumReported = 1000

    init(_ content: CheckpointContent?) throws(AlternatorError) {
        guard let content else { return }
        place = (try content.number("offset"), try content.number("line"))
        committed = (try content.number("items"), try content.number("skipped"))
        (items, skippedCount) = committed
        (reportedOffset, savedOffset) = (place.offset, place.offset)
    }

    func checkpoint(_ table: String, _ file: Int) -> BulkCheckpoint {
        CheckpointContent(
            .import,
            numbers: [
                "offset": place.offset, "line": place.line, "items": committed.items, "skipped": committed.skipped,
                "file": file,
            ],
            texts: ["table": table]
        )
        .checkpoint
    }

    // MARK: Keys

    func isBusy(_ key: [AttributeValue]) -> Bool { busy.contains(key) }

    mutating func use(_ key: [AttributeValue]) {
        busy.insert(key)
        filling.append(key)
    }

    // MARK: Chunks

    /// Notes the chunk that the keys since the last one belong to; returns its number.
    mutating func begin(_ chunk: ImportChunk) -> Int {
        chunks.append(
            Chunk(endOffset: chunk.endOffset, lastLine: chunk.lastLine, keys: filling, skipped: chunk.skipped)
        )
        filling = []
        return firstNumber + chunks.count - 1
    }

    mutating func end(_ number: Int, _ outcome: ImportSender.Outcome) {
        items += outcome.written
        requests += outcome.requests
        let index = number - firstNumber
        chunks[index].items = outcome.written
        chunks[index].skipped += outcome.badLines.count
        for key in chunks[index].keys { busy.remove(key) }
        var done = 0
        while done < chunks.count, let items = chunks[done].items {
            place = (chunks[done].endOffset, chunks[done].lastLine)
            committed.items += items
            committed.skipped += chunks[done].skipped
            done += 1
        }
        chunks.removeFirst(done)
        firstNumber += done
    }

    // MARK: Bad lines

    mutating func leaveOut(_ lines: [BadLine]) {
        skippedCount += lines.count
        skipped += lines.prefix(max(Self.maximumReported - skipped.count, 0))
    }

    mutating func fail(at lines: [BadLine]) {
        for line in lines where line.number < firstBadLine?.number ?? .max { firstBadLine = line }
    }
}

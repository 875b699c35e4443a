import AlternatorWire

/// Writes the items of a file into a table, in batches of lines.
///
/// Memory: a block of the file, and one chunk per request under way. Puts are idempotent, so going on from a checkpoint
/// may write some items again and loses none.
struct Importer {
    private let handle: TableHandle
    private let path: String
    private let options: ImportOptions
    private let check: (@Sendable (inout JSONReader) throws(AlternatorError) -> Void)?
    private let files = FileQueue()

    /// A chunk is sent before it holds more than this, so that `concurrency` of them fit in memory.
    private static let maximumBytes = 2 << 20
    /// Bytes of lines between two reports, and two writes of the checkpoint file.
    private static let reportInterval = 1 << 20
    private static let checkpointInterval = 4 << 20
    private static let maximumReported = 1000

    init(
        _ path: String,
        into handle: TableHandle,
        _ options: ImportOptions,
        check: (@Sendable (inout JSONReader) throws(AlternatorError) -> Void)? = nil
    ) {
        self.path = path
        self.handle = handle
        self.options = options
        self.check = check
    }

    func run(_ report: (ImportProgress) async throws -> Void) async throws(AlternatorError) -> ImportReport {
        guard (1...100).contains(options.chunkSize), options.concurrency >= 1 else {
            throw AlternatorError(
                .mapping,
                message:
                    "chunkSize is \(options.chunkSize), concurrency \(options.concurrency); a batch takes 1 to 100 "
                    + "writes, and one must be under way.",
                operation: OperationName.batchWriteItem.rawValue,
                table: handle.name
            )
        }
        let stored = options.checkpointFile.map { CheckpointFile(path: $0, files: files) }
        var checkpoint = options.checkpoint
        if checkpoint == nil, let stored { checkpoint = try await stored.read() }
        let content: CheckpointContent? = try checkpoint.map { (checkpoint) throws(AlternatorError) in
            try CheckpointContent(checkpoint, .import)
        }
        var state = try ImportState(content)
        let (path, offset) = (path, state.place.offset)
        let reader = try await files.run { () throws(AlternatorError) in try BlockReader(path, from: offset) }
        if let content { try matches(content, reader) }
        let lines = ImportLine(keys: try await handle.keyAttributes(), check: check)
        do throws(AlternatorError) {
            try await copy(reader, lines, &state, stored, report)
        } catch {
            // Where it got stays of use; failing to say so must not hide why it ended.
            if let stored { try? await stored.write(state.checkpoint(handle.name, reader.fingerprint)) }
            throw error
        }
        if let stored { try await stored.remove() }
        return ImportReport(
            items: state.items,
            lines: state.place.line,
            requests: state.requests,
            skippedCount: state.skippedCount,
            skipped: state.skipped
        )
    }

    private func matches(_ content: CheckpointContent, _ reader: BlockReader) throws(AlternatorError) {
        guard content.texts["table"] == handle.name else {
            throw AlternatorError(
                .tokenMismatch,
                message: "The checkpoint belongs to another table.",
                table: handle.name
            )
        }
        guard try content.number("file") == reader.fingerprint else {
            throw AlternatorError(
                .tokenMismatch,
                message: "The checkpoint belongs to another file, or \(path) was changed since.",
                table: handle.name
            )
        }
    }

    // MARK: Copying

    private typealias UnderWay = Flights<Int, ImportSender.Outcome>

    private func copy(
        _ reader: BlockReader,
        _ lines: ImportLine,
        _ state: inout ImportState,
        _ stored: CheckpointFile?,
        _ report: (ImportProgress) async throws -> Void
    ) async throws(AlternatorError) {
        let underWay = UnderWay()
        do throws(AlternatorError) {
            try await read(reader, lines, underWay, &state, stored, report)
        } catch {
            guard state.firstBadLine != nil else { throw error }
            // An earlier line may be under way and turn out to be bad: that one is the first.
            try await drain(underWay, to: 0, &state)
            throw badLine(state)
        }
    }

    private func read(
        _ reader: BlockReader,
        _ lines: ImportLine,
        _ underWay: UnderWay,
        _ state: inout ImportState,
        _ stored: CheckpointFile?,
        _ report: (ImportProgress) async throws -> Void
    ) async throws(AlternatorError) {
        var splitter = LineSplitter(from: state.place.offset, afterLine: state.place.line)
        var chunk = ImportChunk()
        var isAtEnd = false
        while !isAtEnd {
            if Task.isCancelled { throw cancelled }
            let block = try await files.run { () throws(AlternatorError) in try reader.next() }
            isAtEnd = block.isEmpty
            splitter.append(block)
            while let line = try isAtEnd ? splitter.last() : splitter.next() {
                try await take(line, splitter.bytes, lines, &chunk, underWay, &state)
                guard chunk.lines.count >= options.chunkSize || chunk.entries.count > Self.maximumBytes else {
                    continue
                }
                try await launch(&chunk, underWay, &state)
                try await tell(&state, reader, stored, report)
            }
        }
        try await launch(&chunk, underWay, &state)
        try await drain(underWay, to: 0, &state)
        try await tell(&state, reader, stored, report, isLast: true)
    }

    private func take(
        _ line: LineSplitter.Line,
        _ bytes: [UInt8],
        _ lines: ImportLine,
        _ chunk: inout ImportChunk,
        _ underWay: UnderWay,
        _ state: inout ImportState
    ) async throws(AlternatorError) {
        let item: ImportLine.Item?
        do throws(AlternatorError) {
            item = try lines.item(in: bytes, line.range)
        } catch {
            chunk.skipped += 1
            try left(out: [BadLine(number: line.number, reason: error.message)], &state)
            item = nil
        }
        if let item {
            if state.isBusy(item.key) {
                // Last wins: what came before is written before this one is sent.
                try await launch(&chunk, underWay, &state)
                try await drain(underWay, to: 0, &state)
            }
            state.use(item.key)
            chunk.append(item, of: line, in: bytes)
        }
        chunk.endOffset = line.endOffset
        chunk.lastLine = line.number
    }

    // MARK: Under way

    private func launch(
        _ chunk: inout ImportChunk,
        _ underWay: UnderWay,
        _ state: inout ImportState
    ) async throws(AlternatorError) {
        guard chunk.lastLine > 0 else { return }
        let launched = chunk
        chunk = ImportChunk()
        let number = state.begin(launched)
        guard !launched.isEmpty else {
            state.end(number, ImportSender.Outcome())
            return
        }
        let sender = ImportSender(handle: handle, rounds: options.rounds, stopsAtBadLine: options.badLines == .fail)
        underWay.launch(number) { () throws(AlternatorError) in try await sender.send(launched) }
        try await drain(underWay, to: options.concurrency - 1, &state)
    }

    /// Waits until at most `most` chunks are under way.
    private func drain(
        _ underWay: UnderWay,
        to most: Int,
        _ state: inout ImportState
    ) async throws(AlternatorError) {
        while underWay.count > most {
            guard let (number, result) = await underWay.next() else { throw cancelled }
            let outcome = try result.get()
            state.end(number, outcome)
            try left(out: outcome.badLines, &state)
        }
    }

    /// Notes bad lines; throws where the options say that they end the import.
    private func left(out lines: [BadLine], _ state: inout ImportState) throws(AlternatorError) {
        guard !lines.isEmpty else { return }
        state.leaveOut(lines)
        switch options.badLines {
        case .fail:
            state.fail(at: lines)
            throw badLine(state)
        case .skip(let most):
            guard state.skippedCount > most else { return }
            state.fail(at: lines)
            throw badLine(state)
        }
    }

    private func badLine(_ state: ImportState) -> AlternatorError {
        let line = state.firstBadLine.map { "Line \($0.number) cannot be imported: \($0.reason)" } ?? "A line is bad"
        return AlternatorError(
            .mapping,
            message: "\(path): \(line.hasSuffix(".") ? String(line.dropLast()) : line). "
                + "Correct it, or let ImportOptions.badLines skip it.",
            operation: OperationName.batchWriteItem.rawValue,
            table: handle.name
        )
    }

    private var cancelled: AlternatorError {
        AlternatorError(
            .cancelled,
            message: "The task was cancelled during an import.",
            operation: OperationName.batchWriteItem.rawValue,
            table: handle.name
        )
    }

    // MARK: Telling

    private func tell(
        _ state: inout ImportState,
        _ reader: BlockReader,
        _ stored: CheckpointFile?,
        _ report: (ImportProgress) async throws -> Void,
        isLast: Bool = false
    ) async throws(AlternatorError) {
        guard isLast || state.place.offset - state.reportedOffset >= Self.reportInterval else { return }
        state.reportedOffset = state.place.offset
        let checkpoint = state.checkpoint(handle.name, reader.fingerprint)
        if let stored, !isLast, state.place.offset - state.savedOffset >= Self.checkpointInterval {
            state.savedOffset = state.place.offset
            try await stored.write(checkpoint)
        }
        let progress = ImportProgress(
            items: state.items,
            lines: state.place.line,
            bytes: state.place.offset,
            fileBytes: isLast ? reader.fileSize : reader.fileBytes,
            fileSize: reader.fileSize,
            skipped: state.skippedCount,
            checkpoint: checkpoint
        )
        try await Reporting.call(operation: .batchWriteItem, table: handle.name) { try await report(progress) }
    }
}

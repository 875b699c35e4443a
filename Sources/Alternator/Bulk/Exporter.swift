import AlternatorTransport
import AlternatorWire

/// Writes what a read gives into a file, one line per item, in DynamoDB's own form: `{"Item":{"id":{"S":"u1"}}}`.
///
/// The items are copied as bytes and never decoded. Memory: the pages in flight and one block.
struct Exporter {
    private let plan: ReadPlan
    private let path: String
    private let options: ExportOptions
    private let files = FileQueue()

    /// Bytes of lines that are written at once; a gzip member each.
    private static let blockSize = 1 << 20
    /// Bytes between two writes of the checkpoint file.
    private static let checkpointInterval = 16 << 20

    init(_ plan: ReadPlan, to path: String, _ options: ExportOptions) {
        var plan = plan
        // A key order or limit makes a read of one segment; anything else is cut.
        if plan.operation == .scan, plan.totalSegments == nil, plan.limit == nil {
            plan.totalSegments = options.segments
            plan.concurrency = options.concurrency
        }
        if let pageSize = options.pageSize { plan.pageSize = pageSize }
        self.plan = plan
        self.path = path
        self.options = options
    }

    private struct State {
        var items = 0
        var bytes = 0
        var requests = 0
        /// Where the checkpoint file was last written.
        var savedBytes = 0
        /// The newest state of the file.
        var checkpoint: BulkCheckpoint?
    }

    func run(_ report: (ExportProgress) async throws -> Void) async throws(AlternatorError) -> ExportReport {
        let stored = options.checkpointFile.map { CheckpointFile(path: $0, files: files) }
        var checkpoint = options.checkpoint
        if checkpoint == nil, let stored { checkpoint = try await stored.read() }
        var state = State()
        var plan = plan
        if let checkpoint { try resume(checkpoint, &plan, &state) }
        let source = try PageSource(plan)
        let file = try await open(behind: checkpoint == nil ? nil : state.bytes)
        do throws(AlternatorError) {
            try await copy(source, to: file, stored, &state, report)
        } catch {
            // What is in the file stays of use; failing to say so must not hide why it ended.
            if let stored, let checkpoint = state.checkpoint { try? await stored.write(checkpoint) }
            throw error
        }
        try await files.run { () throws(AlternatorError) in try file.synchronize() }
        if let stored { try await stored.remove() }
        return ExportReport(items: state.items, bytes: state.bytes, requests: state.requests)
    }

    private func resume(
        _ checkpoint: BulkCheckpoint,
        _ plan: inout ReadPlan,
        _ state: inout State
    ) throws(AlternatorError) {
        let content = try CheckpointContent(checkpoint, .export)
        guard let token = content.texts["token"] else { throw CheckpointContent.mismatch("is damaged") }
        plan.token = PageToken(token)
        state.items = try content.number("items")
        state.bytes = try content.number("bytes")
        state.savedBytes = state.bytes
        state.checkpoint = checkpoint
        if let limit = plan.limit { plan.limit = max(limit - state.items, 0) }
    }

    private func open(behind length: Int?) async throws(AlternatorError) -> DataFile {
        let (path, replaces) = (path, options.replacesFile)
        return try await files.run { () throws(AlternatorError) in
            if let length { return try DataFile.appending(path, behind: length) }
            return try DataFile.creating(path, replacing: replaces)
        }
    }

    private func copy(
        _ source: PageSource,
        to file: DataFile,
        _ stored: CheckpointFile?,
        _ state: inout State,
        _ report: (ExportProgress) async throws -> Void
    ) async throws(AlternatorError) {
        var block: [UInt8] = []
        block.reserveCapacity(Self.blockSize + Self.blockSize / 4)
        var pending = 0
        while let count = try await source.nextLines(into: &block) {
            state.requests += 1
            pending += count
            guard block.count >= Self.blockSize else { continue }
            state.items += pending
            pending = 0
            try await write(&block, to: file, source, &state)
            try await save(&state, file, stored)
            try await tell(source, state, report)
        }
        state.items += pending
        try await write(&block, to: file, source, &state)
        try await tell(source, state, report)
    }

    private func write(
        _ block: inout [UInt8],
        to file: DataFile,
        _ source: PageSource,
        _ state: inout State
    ) async throws(AlternatorError) {
        if !block.isEmpty {
            let lines = block
            block.removeAll(keepingCapacity: false)
            let level = options.gzipLevel(for: path)
            state.bytes += try await files.run { () throws(AlternatorError) in
                // Whole members: the file can be cut behind any of them.
                let bytes = level.map { Compression.gzip.pack(lines, level: $0) } ?? lines
                try file.write(bytes)
                return bytes.count
            }
            block.reserveCapacity(lines.capacity)
        }
        state.checkpoint =
            CheckpointContent(
                .export,
                numbers: ["items": state.items, "bytes": state.bytes],
                texts: ["token": source.token.description]
            )
            .checkpoint
    }

    private func save(
        _ state: inout State,
        _ file: DataFile,
        _ stored: CheckpointFile?
    ) async throws(AlternatorError) {
        guard let stored, let checkpoint = state.checkpoint else { return }
        guard state.bytes - state.savedBytes >= Self.checkpointInterval || state.savedBytes == 0 else { return }
        state.savedBytes = state.bytes
        try await files.run { () throws(AlternatorError) in try file.synchronize() }
        try await stored.write(checkpoint)
    }

    private func tell(
        _ source: PageSource,
        _ state: State,
        _ report: (ExportProgress) async throws -> Void
    ) async throws(AlternatorError) {
        guard let checkpoint = state.checkpoint else { return }
        let progress = ExportProgress(
            items: state.items,
            bytes: state.bytes,
            requests: state.requests,
            segments: source.segmentStates,
            checkpoint: checkpoint
        )
        try await Reporting.call(operation: plan.operation, table: plan.handle.name) { try await report(progress) }
    }
}

/// Calls the caller's own code, whose errors arrive as the `cause` of `.abandoned`.
enum Reporting {
    static func call(
        operation: OperationName,
        table: String,
        _ body: () async throws -> Void
    ) async throws(AlternatorError) {
        do {
            try await body()
        } catch {
            throw AlternatorError(
                .abandoned,
                message: "The code that was told about the progress threw.",
                operation: operation.rawValue,
                table: table,
                cause: error
            )
        }
    }
}

/// How a file is written to a table.
public struct ImportOptions: Sendable {
    /// What to do with a line that is no item, or whose item the server refuses.
    public enum BadLines: Sendable, Hashable {
        /// The import ends with an error that tells the number of the first bad line; lines around it may be written.
        case fail
        /// It is left out and reported; more than `atMost` of them end the import.
        case skip(atMost: Int)

        /// Any number of bad lines is left out and reported.
        public static let skip = BadLines.skip(atMost: .max)
    }

    /// Writes per request: DynamoDB takes 25, ScyllaDB 100 unless configured otherwise.
    public var chunkSize: Int
    /// Requests under way at once.
    public var concurrency: Int
    /// Rounds of sending again what the server left unprocessed, with growing waits between them.
    public var rounds: Int
    /// What becomes of lines that are no items.
    public var badLines: BadLines
    /// Where an earlier import of the same file into the same table got; it goes on there.
    public var checkpoint: BulkCheckpoint?
    /// A file for the newest checkpoint: if it is there the import goes on from it.
    ///
    /// Written every 4 MB of lines, removed at the end.
    public var checkpointFile: String?

    /// One of these parts.
    public init(
        chunkSize: Int = 25,
        concurrency: Int = 8,
        rounds: Int = 10,
        badLines: BadLines = .fail,
        checkpoint: BulkCheckpoint? = nil,
        checkpointFile: String? = nil
    ) {
        self.chunkSize = chunkSize
        self.concurrency = concurrency
        self.rounds = rounds
        self.badLines = badLines
        self.checkpoint = checkpoint
        self.checkpointFile = checkpointFile
    }
}

/// A line that could not be imported.
public struct BadLine: Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    public let number: Int
    /// What is wrong with it; never the item's values.
    public let reason: String

    /// In one line, for a log.
    public var description: String { "line \(number): \(reason)" }
}

/// What an import has done so far.
public struct ImportProgress: Sendable {
    /// Items the server took.
    public let items: Int
    /// Lines read, bad ones and empty ones too.
    public let lines: Int
    /// Bytes of lines whose items are written, unpacked.
    public let bytes: Int
    /// Bytes of the file read so far, packed if it is; see `fraction`.
    public let fileBytes: Int
    /// The size of the file.
    public let fileSize: Int
    /// Lines left out.
    public let skipped: Int
    /// To go on from here, if the process ends now.
    public let checkpoint: BulkCheckpoint

    /// The share of the file that was read, 0 to 1.
    public var fraction: Double { fileSize == 0 ? 1 : min(Double(fileBytes) / Double(fileSize), 1) }
}

/// What an import did.
public struct ImportReport: Sendable, Hashable {
    /// Items written, those of earlier runs included.
    public let items: Int
    /// Lines of the file.
    public let lines: Int
    /// Requests of this run.
    public let requests: Int
    /// Lines left out, those of earlier runs included.
    public let skippedCount: Int
    /// The first 1000 lines that this run left out.
    public let skipped: [BadLine]
}

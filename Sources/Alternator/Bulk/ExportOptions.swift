/// How a table is written to a file.
public struct ExportOptions: Sendable {
    /// Whether the file is packed.
    public enum Packing: Sendable, Hashable {
        /// Packed if the path ends in `.gz`.
        case byName
        case none
        /// gzip; level 1 is fast, 9 is small.
        case gzip(level: Int)
    }

    /// Parts the table is cut into; many more than `concurrency`, so that large ones do not remain alone.
    public var segments: Int
    /// Parts read at once, and so pages in memory, of about 1 MB each.
    public var concurrency: Int
    /// Items per request; `nil` for the server's pages of about 1 MB.
    public var pageSize: Int?
    /// How the files are packed.
    public var packing: Packing
    /// Whether a file of that path is replaced; by default it is refused.
    public var replacesFile: Bool
    /// Where an earlier export of the same table into the same file got; it goes on there.
    public var checkpoint: BulkCheckpoint?
    /// A file for the newest checkpoint: if it is there the export goes on from it.
    ///
    /// Written every 16 MB, after the data is on the disk, and removed at the end.
    public var checkpointFile: String?

    /// One of these parts.
    public init(
        segments: Int = 64,
        concurrency: Int = 4,
        pageSize: Int? = nil,
        packing: Packing = .byName,
        replacesFile: Bool = false,
        checkpoint: BulkCheckpoint? = nil,
        checkpointFile: String? = nil
    ) {
        self.segments = segments
        self.concurrency = concurrency
        self.pageSize = pageSize
        self.packing = packing
        self.replacesFile = replacesFile
        self.checkpoint = checkpoint
        self.checkpointFile = checkpointFile
    }

    /// The gzip level for a path; `nil` for none.
    func gzipLevel(for path: String) -> Int? {
        switch packing {
        case .none: nil
        case .gzip(let level): level
        case .byName: path.hasSuffix(".gz") ? 6 : nil
        }
    }
}

/// How far a segment of a table was read.
public enum SegmentState: Sendable, Hashable {
    case waiting, reading, finished
}

/// What an export has done so far.
public struct ExportProgress: Sendable {
    /// Items in the file.
    public let items: Int
    /// Bytes of the file, packed if it is.
    public let bytes: Int
    /// Pages read.
    public let requests: Int
    /// The state of each segment.
    public let segments: [SegmentState]
    /// To go on from here, if the process ends now.
    public let checkpoint: BulkCheckpoint

    /// The share of finished segments, 0 to 1.
    public var fraction: Double {
        segments.isEmpty ? 1 : Double(segments.count { $0 == .finished }) / Double(segments.count)
    }
}

/// What an export did.
public struct ExportReport: Sendable, Hashable {
    /// Items in the file, those of earlier runs included.
    public let items: Int
    /// Bytes of the file.
    public let bytes: Int
    /// Requests of this run.
    public let requests: Int
}

/// What tells one state of a file from another without reading it.
struct FileStamp: Hashable, Sendable {
    let modified: Int64
    let inode: UInt64
    let size: Int64
}

/// Notices that files have changed; looks at most once a second.
struct FileWatch: Sendable {
    private let files: [String]
    /// `nil` for a file that is not there.
    private var stamps: [FileStamp?]
    private var lastLook: MonotonicTime
    private static let interval: Int64 = 1_000_000_000

    /// - Parameters:
    ///   - files: their paths.
    ///   - now: the time of the first look.
    ///   - stamp: looks at a file; asked before the files are read, so that no change is missed.
    init(_ files: [String], now: MonotonicTime, stamp: (String) -> FileStamp?) {
        self.files = files
        stamps = files.map(stamp)
        lastLook = now
    }

    /// Whether a file is another one than at the last call that looked.
    mutating func hasChanged(now: MonotonicTime, stamp: (String) -> FileStamp?) -> Bool {
        guard !files.isEmpty, now.nanoseconds(since: lastLook) >= FileWatch.interval else { return false }
        lastLook = now
        let seen = files.map(stamp)
        defer { stamps = seen }
        return seen != stamps
    }
}

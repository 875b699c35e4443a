import CSQLite

/// One prepared statement of a `Database`; used from first bind to `reset` by one caller at a time.
@safe
final class Statement {
    private let handle: OpaquePointer
    private unowned let database: Database
    /// Tells SQLite to copy what is bound.
    private static var transient: sqlite3_destructor_type? {
        unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    init(_ handle: OpaquePointer, of database: Database) {
        unsafe self.handle = handle
        self.database = database
    }

    deinit { unsafe sqlite3_finalize(handle) }

    func bind(_ value: Int64, at index: Int32) { unsafe sqlite3_bind_int64(handle, index, value) }

    /// An empty array is bound as an empty blob, not as NULL.
    func bind(_ bytes: [UInt8], at index: Int32) {
        if bytes.isEmpty {
            unsafe sqlite3_bind_zeroblob(handle, index, 0)
            return
        }
        unsafe bytes.withUnsafeBytes { buffer in
            _ = unsafe sqlite3_bind_blob64(
                handle,
                index,
                buffer.baseAddress,
                UInt64(buffer.count),
                Self.transient
            )
        }
    }

    /// Whether there is a row.
    func step() throws(LocalError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = database.failure("step")
            reset()
            throw error
        }
    }

    /// Runs it to its end and makes it ready for the next use.
    func execute() throws(LocalError) {
        while try step() {}
        reset()
    }

    /// Ends the use; what was bound is kept until it is bound again.
    func reset() { unsafe sqlite3_reset(handle) }

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    /// A copy of a blob or text.
    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
}

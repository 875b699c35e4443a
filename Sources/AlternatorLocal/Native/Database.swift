import CSQLite

/// One SQLite connection.
///
/// Not thread-safe by itself: its owner holds a lock around every call. Values go in and come out as plain
/// Swift values; nothing borrowed from SQLite leaves this folder.
@safe
final class Database {
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    /// Some of `statements`, by numbers that their users give them.
    private var numbered: [Int: Statement] = [:]
    /// How many prepared statements are kept; past it all are dropped, since a workload of so many forms is rare.
    private static let maximumStatements = 512

    /// Opens a database in memory (`path == nil`) or a file, which is made if it is missing.
    ///
    /// A file is written ahead with `synchronous=FULL`: a commit that returned survives the end of the process
    /// and of the machine.
    init(path: String?) throws(LocalError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = unsafe sqlite3_open_v2(path ?? ":memory:", &opened, flags, nil)
        guard code == SQLITE_OK, let connection = unsafe opened else {
            let reason = unsafe String(cString: sqlite3_errstr(code))
            unsafe sqlite3_close_v2(opened)
            throw .internalServerError("Cannot open \(path ?? "a database in memory"): \(reason)")
        }
        unsafe handle = connection
        unsafe sqlite3_busy_timeout(connection, 5000)
        if path != nil {
            try run("PRAGMA journal_mode=WAL")
            try run("PRAGMA synchronous=FULL")
        } else {
            try run("PRAGMA journal_mode=MEMORY")
            try run("PRAGMA synchronous=OFF")
        }
        try run("PRAGMA cache_size=-65536")
        try run("PRAGMA temp_store=MEMORY")
    }

    deinit {
        dropStatements()
        unsafe sqlite3_close_v2(handle)
    }

    /// The statement of that text, prepared once.
    func prepare(_ sql: String) throws(LocalError) -> Statement {
        if let known = statements[sql] { return known }
        if statements.count >= Self.maximumStatements { dropStatements() }
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let pointer = unsafe prepared else { throw failure("prepare \(sql)") }
        let statement = unsafe Statement(pointer, of: self)
        statements[sql] = statement
        return statement
    }

    /// The statement of that text, which is only made when it was not prepared yet: one number stands for one text.
    func prepare(_ number: Int, _ sql: () -> String) throws(LocalError) -> Statement {
        if let known = numbered[number] { return known }
        let statement = try prepare(sql())
        numbered[number] = statement
        return statement
    }

    /// Runs a statement without values, whatever rows it gives.
    func run(_ sql: String) throws(LocalError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(sql) }
    }

    /// Forgets prepared statements; needed before a table they use is dropped.
    func dropStatements() {
        numbered.removeAll()
        statements.removeAll()
    }

    /// The error of the last call as the server would report it.
    func failure(_ doing: String) -> LocalError {
        let reason = unsafe String(cString: sqlite3_errmsg(handle))
        return .internalServerError("Internal server error: storage: \(reason) (\(doing))")
    }
}

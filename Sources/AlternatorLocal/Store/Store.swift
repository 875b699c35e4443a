/// Tables of items in SQLite, ordered as the server orders them.
///
/// One SQLite table per Alternator table, with the primary key (token, partition key, sort key), so that Query
/// and Scan are range reads; an index is a table of entries that point to items. Used under the engine's lock.
final class Store {
    private let database: Database
    /// Deletes since the last compaction, by table number.
    var tombstones: [Int: Int] = [:]
    /// So many are kept for all tables; past it all go, as by a compaction, so that memory stays bounded.
    let maximumTombstones: Int

    init(path: String?, maximumTombstones: Int = 1 << 18) throws(LocalError) {
        self.maximumTombstones = maximumTombstones
        database = try Database(path: path)
        try database.run(
            "CREATE TABLE IF NOT EXISTS catalog(name BLOB PRIMARY KEY, definition BLOB NOT NULL) WITHOUT ROWID"
        )
        try database.run("CREATE TABLE IF NOT EXISTS settings(name TEXT PRIMARY KEY, content BLOB NOT NULL)")
    }

    func prepare(_ sql: String) throws(LocalError) -> Statement { try database.prepare(sql) }

    /// Runs a statement that changes tables; prepared ones that may use them are dropped first.
    func run(_ sql: String) throws(LocalError) {
        database.dropStatements()
        try database.run(sql)
    }

    // MARK: Definitions

    /// All definitions, as they were saved.
    func definitions() throws(LocalError) -> [[UInt8]] {
        let statement = try database.prepare("SELECT definition FROM catalog ORDER BY name")
        defer { statement.reset() }
        var found: [[UInt8]] = []
        while try statement.step() { found.append(statement.bytes(0)) }
        return found
    }

    func save(_ definition: [UInt8], as name: String) throws(LocalError) {
        let statement = try database.prepare("INSERT OR REPLACE INTO catalog(name, definition) VALUES(?, ?)")
        statement.bind(Array(name.utf8), at: 1)
        statement.bind(definition, at: 2)
        try statement.execute()
    }

    func forget(_ name: String) throws(LocalError) {
        let statement = try database.prepare("DELETE FROM catalog WHERE name = ?")
        statement.bind(Array(name.utf8), at: 1)
        try statement.execute()
    }

    // MARK: Tables

    func createTable(_ number: Int) throws(LocalError) {
        try database.run(
            """
            CREATE TABLE rows\(number)(token INTEGER NOT NULL, pk BLOB NOT NULL, sk BLOB NOT NULL, item BLOB NOT NULL,
            PRIMARY KEY(token, pk, sk)) WITHOUT ROWID
            """
        )
    }

    func dropTable(_ number: Int) throws(LocalError) {
        database.dropStatements()
        try forgetTombstones(of: number)
        try database.run("DROP TABLE IF EXISTS rows\(number)")
    }

    func createIndex(_ number: Int) throws(LocalError) {
        try database.run(
            """
            CREATE TABLE entries\(number)(token INTEGER NOT NULL, pk BLOB NOT NULL, sk BLOB NOT NULL,
            btoken INTEGER NOT NULL, bpk BLOB NOT NULL, bsk BLOB NOT NULL,
            PRIMARY KEY(token, pk, sk, bpk, bsk)) WITHOUT ROWID
            """
        )
    }

    func dropIndex(_ number: Int) throws(LocalError) {
        database.dropStatements()
        try database.run("DROP TABLE IF EXISTS entries\(number)")
    }

    /// Runs `body` as one transaction: all of its writes, or none.
    func transaction<Result>(_ body: () throws(LocalError) -> Result) throws(LocalError) -> Result {
        try database.run("SAVEPOINT work")
        let buried = tombstones
        do {
            let result = try body()
            try database.run("RELEASE work")
            return result
        } catch {
            // SQLite may have rolled back by itself, as it does when the disk is full; the first error is the one to tell.
            try? database.run("ROLLBACK TO work")
            try? database.run("RELEASE work")
            // Their tables come and go with the transaction.
            tombstones = buried
            throw error
        }
    }

    // MARK: Items

    /// Statements that are found by the number of their table.
    private enum Frequent: Int {
        case get, put, remove

        func number(_ table: Int) -> Int { table * 3 + rawValue }
    }

    func item(in table: Int, at key: RowKey) throws(LocalError) -> [UInt8]? {
        let statement = try database.prepare(Frequent.get.number(table)) {
            "SELECT item FROM rows\(table) WHERE token = ? AND pk = ? AND sk = ?"
        }
        bind(key, to: statement, from: 1)
        defer { statement.reset() }
        return try statement.step() ? statement.bytes(0) : nil
    }

    func put(_ item: [UInt8], in table: Int, at key: RowKey) throws(LocalError) {
        let statement = try database.prepare(Frequent.put.number(table)) {
            "INSERT OR REPLACE INTO rows\(table)(token, pk, sk, item) VALUES(?, ?, ?, ?)"
        }
        bind(key, to: statement, from: 1)
        statement.bind(item, at: 4)
        try statement.execute()
        try unbury(key, in: table)
    }

    func remove(from table: Int, at key: RowKey) throws(LocalError) {
        let statement = try database.prepare(Frequent.remove.number(table)) {
            "DELETE FROM rows\(table) WHERE token = ? AND pk = ? AND sk = ?"
        }
        bind(key, to: statement, from: 1)
        try statement.execute()
    }

    func add(_ entry: IndexEntry, to index: Int) throws(LocalError) {
        let statement = try database.prepare(
            "INSERT OR REPLACE INTO entries\(index)(token, pk, sk, btoken, bpk, bsk) VALUES(?, ?, ?, ?, ?, ?)"
        )
        bind(entry.key, to: statement, from: 1)
        bind(entry.base, to: statement, from: 4)
        try statement.execute()
    }

    func remove(_ entry: IndexEntry, from index: Int) throws(LocalError) {
        let statement = try database.prepare(
            "DELETE FROM entries\(index) WHERE token = ? AND pk = ? AND sk = ? AND bpk = ? AND bsk = ?"
        )
        bind(entry.key, to: statement, from: 1)
        statement.bind(entry.base.partition, at: 4)
        statement.bind(entry.base.sort, at: 5)
        try statement.execute()
    }

    /// Gives items of a range in order until there are no more or `body` returns `false`.
    ///
    /// `table` and `index` are numbers; without an index the table itself is read, and its tombstones are given
    /// in their places: for them `row` is the key alone.
    func read(
        _ range: RowRange,
        in table: Int,
        through index: Int? = nil,
        _ body: (_ row: [UInt8], _ isTombstone: Bool) throws(LocalError) -> Bool
    ) throws(LocalError) {
        guard !range.isEmpty else { return }
        let hasTombstones = index == nil && hasTombstones(in: table)
        let plan = RangeSQL(range, table: table, index: index, withTombstones: hasTombstones)
        let statement = try database.prepare(plan.text)
        defer { statement.reset() }
        var place: Int32 = 1
        for value in plan.values {
            switch value {
            case .integer(let number): statement.bind(number, at: place)
            case .blob(let bytes): statement.bind(bytes, at: place)
            }
            place += 1
        }
        while try statement.step() {
            guard try body(statement.bytes(0), hasTombstones && statement.integer(1) == 1) else { return }
        }
    }

    /// Gives every item of a table with its place.
    func readAll(
        in table: Int,
        _ body: (_ key: RowKey, _ item: [UInt8]) throws(LocalError) -> Void
    ) throws(LocalError) {
        let statement = try database.prepare("SELECT pk, sk, item FROM rows\(table) ORDER BY token, pk, sk")
        defer { statement.reset() }
        while try statement.step() {
            try body(RowKey(partition: statement.bytes(0), sort: statement.bytes(1)), statement.bytes(2))
        }
    }

    /// Bytes of all items of a table, about.
    func size(of table: Int) throws(LocalError) -> Int {
        let statement = try database.prepare("SELECT coalesce(sum(length(item)), 0) FROM rows\(table)")
        defer { statement.reset() }
        return try statement.step() ? Int(statement.integer(0)) : 0
    }

    func bind(_ key: RowKey, to statement: Statement, from place: Int32) {
        statement.bind(key.token, at: place)
        statement.bind(key.partition, at: place + 1)
        statement.bind(key.sort, at: place + 2)
    }
}

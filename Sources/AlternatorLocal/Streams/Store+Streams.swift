extension Store {
    struct StreamRow {
        let sequence: StreamSequence
        let record: [UInt8]
    }

    /// Changes are kept in one table for each table with a stream, in the order they were made.
    func createStream(_ table: Int) throws(LocalError) {
        try dropStream(table)
        try run(
            "CREATE TABLE changes\(table)(n INTEGER PRIMARY KEY, shard INTEGER NOT NULL, ms INTEGER NOT NULL, record BLOB NOT NULL)"
        )
        try run("CREATE INDEX changes\(table)_shard ON changes\(table)(shard, n)")
    }

    func dropStream(_ table: Int) throws(LocalError) { try run("DROP TABLE IF EXISTS changes\(table)") }

    func append(_ record: [UInt8], to table: Int, shard: StreamShard, at milliseconds: Int64) throws(LocalError) {
        let statement = try prepare("INSERT INTO changes\(table)(shard, ms, record) VALUES(?, ?, ?)")
        statement.bind(Int64(shard.index), at: 1)
        statement.bind(milliseconds, at: 2)
        statement.bind(record, at: 3)
        try statement.execute()
    }

    /// Records of a shard from a counter on that are old enough, in order.
    func changes(
        of table: Int,
        shard: Int,
        from counter: Int64,
        before milliseconds: Int64,
        limit: Int
    ) throws(LocalError) -> [StreamRow] {
        let statement = try prepare(
            "SELECT ms, n, record FROM changes\(table) WHERE shard = ? AND n >= ? AND ms <= ? ORDER BY n LIMIT ?"
        )
        statement.bind(Int64(shard), at: 1)
        statement.bind(counter, at: 2)
        statement.bind(milliseconds, at: 3)
        statement.bind(Int64(limit), at: 4)
        defer { statement.reset() }
        var rows: [StreamRow] = []
        while try statement.step() {
            let sequence = StreamSequence(milliseconds: statement.integer(0), counter: statement.integer(1))
            rows.append(StreamRow(sequence: sequence, record: statement.bytes(2)))
        }
        return rows
    }

    /// The counter that the next record will have, at least.
    func nextChange(of table: Int) throws(LocalError) -> Int64 {
        let statement = try prepare("SELECT coalesce(max(n), 0) + 1 FROM changes\(table)")
        defer { statement.reset() }
        return try statement.step() ? statement.integer(0) : 1
    }

    /// Forgets what is older than a stream keeps.
    func forgetChanges(of table: Int, before milliseconds: Int64) throws(LocalError) {
        // The last one stays, so that counters go on.
        let statement = try prepare(
            "DELETE FROM changes\(table) WHERE ms < ? AND n < (SELECT max(n) FROM changes\(table))"
        )
        statement.bind(milliseconds, at: 1)
        try statement.execute()
    }
}

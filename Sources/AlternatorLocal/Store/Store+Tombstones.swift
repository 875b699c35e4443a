/// What deletes leave behind, until it is compacted away.
///
/// A real node reads over every tombstone in its way, so after `query_tombstone_page_limit` of them a page ends,
/// perhaps without an item. They are kept in memory, also where the tables are in a file.
extension Store {
    /// Whether reads of a table may meet tombstones.
    func hasTombstones(in table: Int) -> Bool { tombstones[table] != nil }

    /// Marks a place as deleted; `keyAttributes` is its key as JSON.
    func bury(_ key: RowKey, as keyAttributes: [UInt8], in table: Int) throws(LocalError) {
        if tombstones.values.reduce(0, +) >= maximumTombstones {
            for number in tombstones.keys { try run("DELETE FROM temp.graves\(number)") }
            for number in tombstones.keys { tombstones[number] = 0 }
        }
        if tombstones[table] == nil {
            try run(
                """
                CREATE TEMP TABLE IF NOT EXISTS graves\(table)(token INTEGER NOT NULL, pk BLOB NOT NULL,
                sk BLOB NOT NULL, key BLOB NOT NULL, PRIMARY KEY(token, pk, sk)) WITHOUT ROWID
                """
            )
        }
        // Counts burials, not graves: a place buried twice counts twice until the next compaction.
        tombstones[table, default: 0] += 1
        let statement = try prepare(
            "INSERT OR REPLACE INTO temp.graves\(table)(token, pk, sk, key) VALUES(?, ?, ?, ?)"
        )
        bind(key, to: statement, from: 1)
        statement.bind(keyAttributes, at: 4)
        try statement.execute()
    }

    /// Takes the mark away, since there is an item again.
    func unbury(_ key: RowKey, in table: Int) throws(LocalError) {
        guard hasTombstones(in: table) else { return }
        let statement = try prepare("DELETE FROM temp.graves\(table) WHERE token = ? AND pk = ? AND sk = ?")
        bind(key, to: statement, from: 1)
        try statement.execute()
    }

    func forgetTombstones(of table: Int) throws(LocalError) {
        guard tombstones.removeValue(forKey: table) != nil else { return }
        try run("DROP TABLE IF EXISTS temp.graves\(table)")
    }
}

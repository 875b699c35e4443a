import AlternatorWire

/// One of the server's own tables, as Query and Scan see it under `.scylla.alternator.KEYSPACE.TABLE`.
struct SystemTable {
    let keyspace: String
    let name: String
    let hash: KeyColumn
    let sort: KeyColumn?
    /// Names of further clustering columns.
    let others: [String]
    /// Names of columns with truth values, which the server prints as `{"BOOL":"true"}`.
    let booleans: Set<String>
    /// Names of all columns; rows need not have all of them.
    let columns: [String]
    let rows: [[String: ItemValue]]

    /// A table of a keyspace and name; `keys` are its partition key and clustering columns.
    ///
    /// `booleans` are columns whose texts are truth values, `columns` those that no row may have at the moment. Rows
    /// come in any order.
    init(
        _ keyspace: String,
        _ name: String,
        keys: [String],
        booleans: Set<String> = [],
        columns: [String] = [],
        rows: [[String: ItemValue]]
    ) {
        self.keyspace = keyspace
        self.name = name
        hash = KeyColumn(name: keys[0], type: .string)
        sort = keys.count > 1 ? KeyColumn(name: keys[1], type: .string) : nil
        others = Array(keys.dropFirst(2))
        self.booleans = booleans
        self.columns = Set(rows.flatMap(\.keys) + columns + keys).sorted()
        // By partition key and clustering columns, so that pages follow each other.
        self.rows = rows.sorted { Self.place($0, keys) < Self.place($1, keys) }
    }

    var keys: [String] { [hash.name] + (sort.map { [$0.name] } ?? []) + others }

    private static func place(_ row: [String: ItemValue], _ keys: [String]) -> String {
        keys.map { text(row[$0]) }.joined(separator: "\u{0}")
    }

    private static func text(_ value: ItemValue?) -> String {
        if case .string(let text)? = value { text } else { "" }
    }

    /// One page of the rows that a condition and a filter let through.
    func page(
        start: JSONValue?,
        limit: Int?,
        isReversed: Bool,
        _ condition: KeyCondition?,
        _ filter: ItemFilter,
        _ projection: Projection,
        countsOnly: Bool
    ) throws(LocalError) -> Answer {
        var chosen = rows
        if let condition {
            chosen = rows.filter { row in
                row[hash.name] == condition.hash && (sort == nil || condition.accepts(sort: row[sort?.name ?? ""]))
            }
        }
        if isReversed { chosen.reverse() }
        if let start {
            let key = try place(of: start)
            chosen.removeAll { row in
                let place = Self.place(row, keys)
                return isReversed ? place >= key : place <= key
            }
        }
        let scanned = chosen.prefix(limit ?? .max)
        var kept: [[String: ItemValue]] = []
        for row in scanned where try filter.accepts(row) { kept.append(projection.apply(to: row)) }
        var writer = JSONWriter(reserving: 4096)
        writer.raw("{\"Count\":\(kept.count),\"ScannedCount\":\(scanned.count)")
        if !countsOnly {
            writer.raw(",\"Items\":[")
            for (place, item) in kept.enumerated() {
                if place > 0 { writer.byte(UInt8(ascii: ",")) }
                write(item, to: &writer)
            }
            writer.byte(UInt8(ascii: "]"))
        }
        if scanned.count == limit, let last = scanned.last {
            writer.raw(",\"LastEvaluatedKey\":")
            writer.item(last.filter { keys.contains($0.key) })
        }
        writer.byte(UInt8(ascii: "}"))
        return Answer(body: writer.bytes, isStreamed: writer.bytes.count > Answer.longBody)
    }

    private func write(_ item: [String: ItemValue], to writer: inout JSONWriter) {
        guard !booleans.isDisjoint(with: item.keys) else { return writer.item(item) }
        let members = item.sorted { $0.key < $1.key }.map { name, value in
            JSONValue.Member(
                name,
                .object([.init(booleans.contains(name) ? "BOOL" : "S", .string(Self.text(value)))])
            )
        }
        writer.tree(.object(members))
    }

    private func place(of key: JSONValue) throws(LocalError) -> String {
        var parts = [Self.text(try hash.value(of: key[hash.name]))]
        if let sort { parts.append(Self.text(try sort.value(of: key[sort.name]))) }
        for name in others {
            parts.append(Self.text(try KeyColumn(name: name, type: .string).value(of: key[name])))
        }
        return parts.joined(separator: "\u{0}")
    }
}

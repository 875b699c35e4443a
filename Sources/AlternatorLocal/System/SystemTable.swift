import AlternatorWire

/// One of the server's own tables, as Query and Scan see it under `.scylla.alternator.KEYSPACE.TABLE`.
struct SystemTable {
    let hash: KeyColumn
    let sort: KeyColumn?
    let rows: [[String: ItemValue]]

    init(hash: String, sort: String? = nil, rows: [[String: ItemValue]]) {
        self.hash = KeyColumn(name: hash, type: .string)
        self.sort = sort.map { KeyColumn(name: $0, type: .string) }
        // By partition key and sort key, so that pages follow each other.
        self.rows = rows.sorted { Self.place($0, hash, sort) < Self.place($1, hash, sort) }
    }

    private static func place(_ row: [String: ItemValue], _ hash: String, _ sort: String?) -> String {
        text(row[hash]) + "\u{0}" + (sort.map { text(row[$0]) } ?? "")
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
                let place = Self.place(row, hash.name, sort?.name)
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
                writer.item(item)
            }
            writer.byte(UInt8(ascii: "]"))
        }
        if scanned.count == limit, let last = scanned.last {
            writer.raw(",\"LastEvaluatedKey\":")
            let names = [hash.name] + (sort.map { [$0.name] } ?? [])
            writer.item(last.filter { names.contains($0.key) })
        }
        writer.byte(UInt8(ascii: "}"))
        return Answer(body: writer.bytes, isStreamed: writer.bytes.count > Answer.longBody)
    }

    private func place(of key: JSONValue) throws(LocalError) -> String {
        let partition = Self.text(try hash.value(of: key[hash.name]))
        guard let sort else { return partition + "\u{0}" }
        return partition + "\u{0}" + Self.text(try sort.value(of: key[sort.name]))
    }
}

import AlternatorWire

/// One page of a Query or Scan.
struct PageRequest {
    let table: TableDefinition
    let index: IndexDefinition?
    let range: RowRange
    /// Items read at most, before the filter; `nil` is as many as fit.
    let limit: Int?
    let filter: ItemFilter
    let projection: Projection
    let countsOnly: Bool
    /// A page ends after so many tombstones.
    let maximumTombstones: Int

    /// About how many bytes of items a page reads.
    static let maximumBytes = 1 << 20
    /// So much longer is a row of two short keys here than where the server counts it.
    private static let framing = 10

    func read(from store: Store) throws(LocalError) -> Answer {
        var items = JSONWriter(reserving: 4096)
        var scanned = 0
        var kept = 0
        var bytesRead = 0
        var tombstones = 0
        var last: [UInt8]?
        // Stays so unless the rows end before the page does; after exactly `limit` rows nobody has looked further.
        var isFull = false
        let copiesWhole = filter.acceptsAll && projection.isAll
        try store.read(range, in: table.number, through: index?.number) {
            (row, isTombstone) throws(LocalError) -> Bool in
            last = row
            if isTombstone {
                tombstones += 1
                isFull = tombstones >= maximumTombstones
                return !isFull
            }
            scanned += 1
            bytesRead += max(1, row.count - Self.framing)
            if copiesWhole {
                kept += 1
                if !countsOnly {
                    if kept > 1 { items.byte(UInt8(ascii: ",")) }
                    items.raw(row)
                }
            } else {
                let item = try StoredItem.decode(row)
                if try filter.accepts(item) {
                    kept += 1
                    if !countsOnly {
                        if kept > 1 { items.byte(UInt8(ascii: ",")) }
                        items.item(projection.apply(to: item))
                    }
                }
            }
            isFull = scanned == limit || bytesRead >= Self.maximumBytes
            return !isFull
        }
        return try answer(items.bytes, kept: kept, scanned: scanned, last: isFull ? last : nil)
    }

    private func answer(
        _ items: [UInt8],
        kept: Int,
        scanned: Int,
        last: [UInt8]?
    ) throws(LocalError) -> Answer {
        var writer = JSONWriter(reserving: items.count + 256)
        writer.raw("{\"Count\":")
        writer.integer(kept)
        writer.raw(",\"ScannedCount\":")
        writer.integer(scanned)
        if !countsOnly {
            writer.raw(",\"Items\":[")
            writer.raw(items)
            writer.byte(UInt8(ascii: "]"))
        }
        if let last {
            writer.raw(",\"LastEvaluatedKey\":")
            writer.raw(try StoredItem.keys(table.pagingColumns(through: index), of: last))
        }
        writer.byte(UInt8(ascii: "}"))
        let isLong = !countsOnly && kept >= Answer.longPage
        return Answer(body: writer.bytes, isStreamed: isLong || writer.bytes.count > Answer.longBody)
    }
}

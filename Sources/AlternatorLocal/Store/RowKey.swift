import AlternatorRouting

/// Where an item stands: partitions by token, then their key, items in a partition by sort key.
struct RowKey: Hashable, Sendable {
    let token: Int64
    /// The partition key as CQL serialises it.
    let partition: [UInt8]
    /// The sort key in a form whose byte order is the order of the values; empty where there is none.
    let sort: [UInt8]

    init(partition: [UInt8], sort: [UInt8]) {
        token = PartitionToken.token(ofSerialized: partition)
        self.partition = partition
        self.sort = sort
    }
}

/// One entry of an index: its own key, and the item it stands for.
struct IndexEntry: Hashable, Sendable {
    let key: RowKey
    let base: RowKey
}

/// Which rows to read, and in what order.
struct RowRange: Sendable {
    struct Bound: Sendable {
        let bytes: [UInt8]
        let isInclusive: Bool
    }

    /// One partition; `nil` reads the ring.
    var partition: RowKey?
    /// First and last token, both included.
    var tokens: ClosedRange<Int64> = .min ... .max
    var lower: Bound?
    var upper: Bound?
    /// Rows at or before this one, in reading order, are left out.
    var after: RowKey?
    /// The item of `after` in an index.
    var afterBase: RowKey?
    var isReversed = false
    /// Whether nothing is in it, whatever the rest says.
    var isEmpty = false
}

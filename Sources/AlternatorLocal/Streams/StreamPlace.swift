import AlternatorWire

/// The shards of a stream: equal slices of the token ring.
struct StreamShard: Sendable, Hashable {
    static let count = 4
    let index: Int

    init(index: Int) { self.index = index }

    /// The shard that holds a partition.
    init(token: Int64) {
        let place = UInt64(bitPattern: token) &+ (1 << 63)
        index = Int(place / (UInt64.max / UInt64(Self.count) + 1))
    }

    /// `H <time>:<id>`, both in hexadecimal; the time is when the stream began.
    func id(of stream: TableDefinition.StreamSettings) -> String {
        let id = UUIDText.hex(UInt64(index) << 62) + UUIDText.hex(UInt64(index) + 1)
        return "H \(String(stream.startedAt, radix: 16)):\(id)"
    }
}

/// The number of a record: milliseconds in the upper, a counter in the lower 64 bits, told in decimal.
struct StreamSequence: Sendable, Comparable {
    let milliseconds: Int64
    let counter: Int64

    init(milliseconds: Int64, counter: Int64) {
        self.milliseconds = milliseconds
        self.counter = counter
    }

    init?(_ text: String) {
        guard let number = UInt128(text), number >> 64 <= UInt128(Int64.max) else { return nil }
        milliseconds = Int64(number >> 64)
        guard let counter = Int64(exactly: number & UInt128(UInt64.max)) else { return nil }
        self.counter = counter
    }

    var text: String { String(UInt128(milliseconds) << 64 | UInt128(counter)) }

    static func < (left: Self, right: Self) -> Bool {
        (left.milliseconds, left.counter) < (right.milliseconds, right.counter)
    }
}

/// Where a reader of a shard stands.
struct ShardIterator: Sendable {
    let table: Int
    let startedAt: Int64
    let shard: Int
    /// The counter of the next record to read.
    let position: Int64

    init(table: Int, startedAt: Int64, shard: Int, position: Int64) {
        self.table = table
        self.startedAt = startedAt
        self.shard = shard
        self.position = position
    }

    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "i", let table = Int(parts[1]), let startedAt = Int64(parts[2]),
            let shard = Int(parts[3]), (0..<StreamShard.count).contains(shard), let position = Int64(parts[4]),
            position >= 0
        else { return nil }
        self.init(table: table, startedAt: startedAt, shard: shard, position: position)
    }

    var text: String { "i:\(table):\(startedAt):\(shard):\(position)" }
}

import AlternatorWire

/// What a Query or Scan answers: the `Select` parameter.
enum Select: Sendable {
    /// Whole items, or what a projection names.
    case items
    case count

    /// Reads and checks it.
    init(_ request: JSONValue, readsIndex: Bool) throws(LocalError) {
        let hasProjection = request["AttributesToGet"] != nil || request["ProjectionExpression"] != nil
        guard let select = request["Select"] else {
            self = .items
            return
        }
        guard let word = select.text else { throw .validation("Select parameter must be a string") }
        if word == "SPECIFIC_ATTRIBUTES" {
            guard hasProjection else {
                throw .validation("Select=SPECIFIC_ATTRIBUTES requires AttributesToGet or ProjectionExpression")
            }
            self = .items
            return
        }
        guard !hasProjection else {
            throw .validation(
                """
                AttributesToGet or ProjectionExpression require Select to be either SPECIFIC_ATTRIBUTES or missing
                """
            )
        }
        switch word {
        case "COUNT": self = .count
        case "ALL_ATTRIBUTES": self = .items
        case "ALL_PROJECTED_ATTRIBUTES":
            guard readsIndex else { throw .validation("ALL_PROJECTED_ATTRIBUTES only allowed for indexes") }
            self = .items
        default:
            throw .validation(
                """
                Unknown Select value '\(word)'. Allowed choices: ALL_ATTRIBUTES, SPECIFIC_ATTRIBUTES, \
                ALL_PROJECTED_ATTRIBUTES, COUNT
                """
            )
        }
    }
}

/// One of the equal slices of the token ring that a parallel scan reads.
struct ScanSegment: Sendable {
    let segment: Int
    let total: Int
    let range: ClosedRange<Int64>

    /// Reads `Segment` and `TotalSegments`; `nil` where neither is given.
    init?(_ request: JSONValue) throws(LocalError) {
        let segment = try request.integer("Segment")
        let total = try request.integer("TotalSegments")
        guard segment != nil || total != nil else { return nil }
        guard let segment, let total else {
            throw .validation("Both Segment and TotalSegments attributes need to be present for a parallel scan")
        }
        guard segment >= 0, segment < total else {
            throw .validation("Segment must be non-negative and less than TotalSegments")
        }
        guard total <= 1_000_000 else {
            throw .validation("TotalSegments must be non-negative and less or equal to 1000000")
        }
        self.segment = segment
        self.total = total
        let width = UInt64.max / UInt64(total)
        func edge(_ index: Int) -> Int64 { Int64(bitPattern: (1 << 63) &+ width &* UInt64(index)) }
        let first = segment == 0 ? Int64.min : edge(segment)
        range = first...(segment == total - 1 ? Int64.max : edge(segment + 1) - 1)
    }

    /// What an ExclusiveStartKey outside the segment gets.
    var excludesStart: LocalError {
        .validation(
            """
            The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey \
            with correct Segment. TotalSegments: \(total) Segment: \(segment)
            """
        )
    }
}

extension RowRange {
    /// The rows a key condition means.
    init(_ condition: KeyCondition, hash: KeyColumn, sort: KeyColumn?) throws(LocalError) {
        self.init()
        guard let partition = hash.partitionBytes(of: condition.hash) else {
            throw .validation("Malformed value object for key column \(hash.name)")
        }
        self.partition = RowKey(partition: partition, sort: [])
        guard let sort, let restriction = condition.sort else { return }
        func bytes(_ value: ItemValue) throws(LocalError) -> [UInt8] {
            guard let bytes = sort.sortBytes(of: value) else {
                throw .validation("Malformed value object for key column \(sort.name)")
            }
            return bytes
        }
        switch restriction {
        case .equal(let value):
            let bound = try Bound(bytes: bytes(value), isInclusive: true)
            (lower, upper) = (bound, bound)
        case .less(let value): upper = try Bound(bytes: bytes(value), isInclusive: false)
        case .lessOrEqual(let value): upper = try Bound(bytes: bytes(value), isInclusive: true)
        case .greater(let value): lower = try Bound(bytes: bytes(value), isInclusive: false)
        case .greaterOrEqual(let value): lower = try Bound(bytes: bytes(value), isInclusive: true)
        case .between(let low, let high):
            lower = try Bound(bytes: bytes(low), isInclusive: true)
            upper = try Bound(bytes: bytes(high), isInclusive: true)
        case .beginsWith(let prefix):
            let start = try bytes(prefix)
            lower = Bound(bytes: start, isInclusive: true)
            upper = Self.end(ofPrefix: start).map { Bound(bytes: $0, isInclusive: false) }
        }
    }

    /// The least bytes above all that begin so; `nil` where there are none.
    static func end(ofPrefix prefix: [UInt8]) -> [UInt8]? {
        var end = prefix
        while let last = end.popLast() {
            if last < 0xff { return end + [last + 1] }
        }
        return nil
    }
}

/// Which nodes hold which part of the token ring, spread as a node's tablets are.
///
/// Every table has as many equal ranges, a power of two and at least four per node. A range has three replicas in
/// each datacenter where the cluster has three nodes or more, one otherwise, in different racks as far as there are
/// some. All of it follows from the nodes alone, so every node tells the same.
struct TokenRanges: Sendable {
    struct Range: Sendable, Hashable {
        /// Not included; the lowest range begins at `Int64.min`, which is no key's token.
        let start: Int64
        /// Included.
        let end: Int64
        /// Addresses, in one datacenter.
        let replicas: [String]
    }

    /// By datacenter and rack, addresses in order.
    private let racks: [String: [[String]]]
    private let factor: Int
    /// Two to the power of this many ranges.
    private let bits: Int

    init(_ nodes: [NodePlace]) {
        factor = nodes.count >= 3 ? 3 : 1
        var bits = 2
        while 1 << bits < 4 * nodes.count { bits += 1 }
        self.bits = bits
        racks = Dictionary(grouping: nodes, by: \.datacenter).mapValues { members in
            Dictionary(grouping: members, by: \.rack).sorted { $0.key < $1.key }.map { rack in
                rack.value.map(\.address).sorted()
            }
        }
    }

    var count: Int { 1 << bits }

    /// How many racks a datacenter has.
    func rackCount(in datacenter: String) -> Int { racks[datacenter]?.count ?? 0 }

    /// The range that holds a token.
    func range(of token: Int64, table: String, in datacenter: String) -> Range {
        let place = UInt64(bitPattern: token) ^ (1 << 63)
        return range(Int(place >> UInt64(64 - bits)), table: table, in: datacenter)
    }

    /// The range of a number, counted from the lowest token.
    func range(_ index: Int, table: String, in datacenter: String) -> Range {
        let width: UInt64 = 1 << UInt64(64 - bits)
        let first = UInt64(index) &* width
        let start = index == 0 ? Int64.min : Int64(bitPattern: (first &- 1) ^ (1 << 63))
        return Range(
            start: start,
            end: Int64(bitPattern: (first &+ width &- 1) ^ (1 << 63)),
            replicas: replicas(index &+ Self.offset(of: table), in: datacenter)
        )
    }

    private func replicas(_ number: Int, in datacenter: String) -> [String] {
        guard let racks = racks[datacenter], !racks.isEmpty else { return [] }
        guard racks.count < factor else {
            return (0..<factor).map { step in
                let rack = racks[(number + step) % racks.count]
                return rack[number / racks.count % rack.count]
            }
        }
        // Fewer racks than replicas: by turns from each.
        let longest = racks.map(\.count).max() ?? 0
        let nodes = (0..<longest).flatMap { place in racks.compactMap { place < $0.count ? $0[place] : nil } }
        return (0..<min(factor, nodes.count)).map { nodes[(number + $0) % nodes.count] }
    }

    /// Where a table begins to count, so that the first ranges of all tables are not at the same nodes: FNV-1a.
    private static func offset(of table: String) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in table.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash >> 8)
    }
}

/// The partition a request was for, as the routing hint needs it.
struct RoutedKey: Sendable, Hashable {
    let table: String
    let token: Int64
}

extension TokenRanges {
    /// The header of a routing hint.
    static let headerName = "X-Scylla-Alternator-Routing-V1"

    /// What a node tells about a key: the range and its replicas in the node's datacenter; `nil` at a replica.
    ///
    /// `START,END,ADDR,ADDR,…`. Source: scylladb pull request 30214.
    func hint(for key: RoutedKey, at node: NodePlace) -> String? {
        let range = range(of: key.token, table: key.table, in: node.datacenter)
        guard !range.replicas.isEmpty, !range.replicas.contains(node.address) else { return nil }
        return ([String(range.start), String(range.end)] + range.replicas).joined(separator: ",")
    }
}

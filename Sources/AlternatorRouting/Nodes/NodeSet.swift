/// The nodes of one moment: sorted by canonical endpoint, without duplicates, immutable.
///
/// A reference, so that a plan that keeps it costs one retain and no copy.
package final class NodeSet: Sendable {
    /// In canonical order; plans speak of nodes by their position here.
    package let nodes: [Node]
    /// Their numbers, by position: a scan that needs no more touches no reference counts.
    package let ids: [NodeID]
    /// Positions in the order of version 2 of the Python client: bare host strings as spelled, by code point.
    package let hostOrder: [Int32]
    /// Per position, what rendezvous hashing mixes with a key's hash.
    package let rendezvousHashes: [UInt64]
    private let positions: [NodeID: Int32]

    /// Sorts and numbers; of several spellings of one endpoint the first one stays.
    package init(_ nodes: [Node]) {
        var seen: Set<NodeID> = []
        let sorted = nodes.filter { seen.insert($0.id).inserted }.sorted { $0.endpoint < $1.endpoint }
        self.nodes = sorted
        ids = sorted.map(\.id)
        hostOrder = sorted.indices.map(Int32.init)
            .sorted { left, right in
                let (first, second) = (sorted[Int(left)].endpoint, sorted[Int(right)].endpoint)
                return first.host == second.host ? left < right : first.host < second.host
            }
        rendezvousHashes = sorted.map { Murmur3.hash($0.endpoint.canonical.utf8Span.span).h1 }
        var positions: [NodeID: Int32] = [:]
        for (position, node) in sorted.enumerated() { positions[node.id] = Int32(position) }
        self.positions = positions
    }

    package static let empty = NodeSet([])

    package var count: Int { ids.count }
    package var isEmpty: Bool { ids.isEmpty }
    package subscript(_ position: Int32) -> Node { nodes[Int(position)] }
    /// Where a node stands in canonical order; `nil` if it is not in this set.
    package func position(of id: NodeID) -> Int32? { positions[id] }
    package func contains(_ id: NodeID) -> Bool { positions[id] != nil }
}

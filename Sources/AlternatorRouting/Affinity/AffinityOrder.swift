extension KeyAffinity.Order {
    /// The order in which a key's hash tries the nodes.
    package func planOrder(of hash: Int64) -> PlanOrder {
        switch self {
        case .specification: .seeded(GoRandom(seed: hash), overHosts: false)
        case .pythonClient: .seeded(GoRandom(seed: hash), overHosts: true)
        case .rendezvous: .rendezvous(hash: UInt64(bitPattern: hash))
        }
    }

    /// The position of a key's first node.
    package func firstPosition(of hash: Int64, over nodes: NodeSet) -> Int32? {
        var source = PositionSource(planOrder(of: hash), count: nodes.count)
        return source.next(nodes)
    }

    /// Positions in this order's own idea of canonical order: what ties and tails of batches follow.
    func canonicalPositions(of nodes: NodeSet) -> [Int32] {
        self == .pythonClient ? nodes.hostOrder : (0..<Int32(nodes.count)).map { $0 }
    }
}

/// The order of nodes for a batch: each key votes for its first node.
package enum BatchVote {
    /// Voted nodes by votes, most first, ties and the rest in canonical order; a whole order of positions.
    package static func order(
        of hashes: [Int64],
        over nodes: NodeSet,
        by order: KeyAffinity.Order
    ) -> [Int32] {
        var votes = [Int](repeating: 0, count: nodes.count)
        for hash in hashes {
            guard let position = order.firstPosition(of: hash, over: nodes) else { return [] }
            votes[Int(position)] += 1
        }
        let canonical = order.canonicalPositions(of: nodes)
        let rank = canonical.enumerated().reduce(into: [Int](repeating: 0, count: nodes.count)) { rank, entry in
            rank[Int(entry.element)] = entry.offset
        }
        // The specification's tail is canonical: nodes without votes are a tie at zero.
        return canonical.sorted { left, right in
            let (first, second) = (votes[Int(left)], votes[Int(right)])
            return first == second ? rank[Int(left)] < rank[Int(right)] : first > second
        }
    }
}

/// Where the nodes of a plan come from, one position at a time.
package enum PlanOrder: Sendable {
    /// A random order, seeded by the value; `first` is its first position, −1 for a random one.
    case random(SplitMix, first: Int32)
    /// The affinity order of a key's hash, over canonical or bare-host order.
    case seeded(GoRandom, overHosts: Bool)
    /// By falling score of key and node.
    case rendezvous(hash: UInt64)
    /// These first, then the rest in canonical order; each position once.
    case preferred([Int32])
    /// Canonical order, beginning at a position and going round.
    case rotation(start: Int)
    /// The fewest requests in flight first, at random among equals; each choice looks at the moment.
    case leastInFlight(SplitMix)
}

/// Draws a plan's positions in order, without repetition.
///
/// The first draw costs no allocation: later ones make the permutation that the first one stood for.
struct PositionSource: Sendable {
    private var order: PlanOrder
    private let count: Int
    private(set) var drawn = 0
    /// What pick-and-swap-remove has left, or a whole order; empty until the second draw.
    private var rest: [Int32] = []
    /// The index the first draw took.
    private var firstPick: Int32 = 0

    init(_ order: PlanOrder, count: Int) {
        self.order = order
        self.count = count
    }

    /// Whether another cycle over the same nodes has another order.
    var reshuffles: Bool {
        if case .random = order { return true }
        return false
    }

    /// Begins another random order, going on with the generator's numbers.
    mutating func reshuffle() {
        drawn = 0
        rest = []
    }

    mutating func next(_ nodes: NodeSet) -> Int32? {
        guard drawn < count else { return nil }
        defer { drawn += 1 }
        switch order {
        case .random(var generator, let first):
            if first >= 0 {
                order = .random(generator, first: -1)
                return take(Int(first), from: nil)
            }
            let index = drawn == count - 1 ? 0 : generator.below(count - drawn)
            order = .random(generator, first: -1)
            return take(index, from: nil)
        case .seeded(var generator, let overHosts):
            // The last node needs no draw: nothing is drawn after it.
            let index = drawn == count - 1 ? 0 : generator.below(count - drawn)
            order = .seeded(generator, overHosts: overHosts)
            return take(index, from: overHosts ? nodes.hostOrder : nil)
        case .rendezvous(let hash):
            return nextRendezvous(hash, nodes)
        case .preferred(let first):
            return nextPreferred(first)
        case .rotation(let start):
            let position = start + drawn
            return Int32(position < count ? position : position - count)
        case .leastInFlight:
            preconditionFailure("leastInFlight plans choose by load, not by a fixed order")
        }
    }

    /// Pick and swap-remove: `nodes[i]` is taken, the last one moves to its place.
    private mutating func take(_ index: Int, from base: [Int32]?) -> Int32 {
        if drawn == 0 {
            firstPick = Int32(index)
            return base?[index] ?? Int32(index)
        }
        if drawn == 1 {
            rest = base ?? Array(0..<Int32(count))
            remove(Int(firstPick))
        }
        return remove(index)
    }

    @discardableResult
    private mutating func remove(_ index: Int) -> Int32 {
        let taken = rest[index]
        rest[index] = rest[rest.count - 1]
        rest.removeLast()
        return taken
    }

    private mutating func nextRendezvous(_ hash: UInt64, _ nodes: NodeSet) -> Int32 {
        func score(_ position: Int32) -> UInt64 { SplitMix.mixed(hash ^ nodes.rendezvousHashes[Int(position)]) }
        if drawn == 0 {
            var best: Int32 = 0
            var bestScore = score(0)
            for position in 1..<Int32(max(count, 1)) {
                let candidate = score(position)
                if candidate > bestScore { (best, bestScore) = (position, candidate) }
            }
            return best
        }
        if rest.isEmpty {
            let scores: [UInt64] = (0..<Int32(count)).map(score)
            rest = (0..<Int32(count)).sorted { left, right in
                let (first, second) = (scores[Int(left)], scores[Int(right)])
                return first == second ? left < right : first > second
            }
        }
        return rest[drawn]
    }

    private mutating func nextPreferred(_ first: [Int32]) -> Int32 {
        if drawn < first.count { return first[drawn] }
        if rest.isEmpty {
            let taken = Set(first)
            rest = (0..<Int32(count)).filter { !taken.contains($0) }
        }
        return rest[drawn - first.count]
    }
}

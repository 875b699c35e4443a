/// The order in which one request tries the nodes: one plan for all its attempts.
///
/// It keeps the nodes of the moment it was made; later changes of the topology do not alter it. The order knows nothing
/// of health, each choice does: the first untried active node in order, else the first untried quarantined one, never a
/// down one. When all eligible nodes were tried and another attempt is asked for, a new cycle begins: a random plan is
/// shuffled anew, any other repeats its order.
package struct QueryPlan: Sendable {
    package let nodes: NodeSet
    /// Choices made so far.
    package private(set) var attempts = 0
    /// The node this plan chooses first is the one its client keeps.
    var setsSticky = false
    private let order: PlanOrder
    /// `false`: the plan ends after one pass.
    private let cycles: Bool
    private var source: PositionSource
    /// The usual plan tries its first node and is done: that node is kept here, and the arrays stay empty.
    private var onlyTried: Int32 = -1
    private var drawn: [Int32] = []
    private var tried: [Bool] = []

    package init(_ nodes: NodeSet, order: PlanOrder, cycles: Bool = true) {
        self.nodes = nodes
        self.order = order
        self.cycles = cycles
        source = PositionSource(order, count: nodes.count)
    }

    /// A plan without nodes.
    package static let empty = QueryPlan(.empty, order: .random(SplitMix(seed: 0), first: -1))

    /// Chooses the next node to try; `nil` if none is eligible.
    ///
    /// - Parameters:
    ///   - state: the node's health at this moment.
    ///   - load: its requests in flight; asked by `leastInFlight` plans only.
    /// - Returns: the position in `nodes`.
    package mutating func next(
        state: (NodeID) -> HealthState,
        load: (NodeID) -> Int
    ) -> Int32? {
        if case .leastInFlight(let generator) = order {
            return nextByLoad(generator, state: state, load: load)
        }
        if attempts == 0, let position = source.next(nodes) {
            if state(nodes.ids[Int(position)]) == .active {
                onlyTried = position
                attempts = 1
                return position
            }
            drawn = [position]
            tried = [false]
        }
        return nextInOrder(state)
    }

    private mutating func nextInOrder(_ state: (NodeID) -> HealthState) -> Int32? {
        keepOnlyTried()
        if let position = untried(state) { return position }
        guard cycles, tried.contains(true) else { return nil }
        if source.reshuffles {
            source.reshuffle()
            drawn.removeAll(keepingCapacity: true)
            tried.removeAll(keepingCapacity: true)
        } else {
            for index in tried.indices { tried[index] = false }
        }
        return untried(state)
    }

    private mutating func untried(_ state: (NodeID) -> HealthState) -> Int32? {
        var quarantined: Int?
        var index = 0
        while true {
            if index == drawn.count {
                guard let position = source.next(nodes) else { break }
                drawn.append(position)
                tried.append(false)
            }
            if !tried[index] {
                switch state(nodes.ids[Int(drawn[index])]) {
                case .active: return take(index)
                case .quarantined: quarantined = quarantined ?? index
                case .down: break
                }
            }
            index += 1
        }
        return quarantined.map { take($0) }
    }

    private mutating func take(_ index: Int) -> Int32 {
        tried[index] = true
        attempts += 1
        return drawn[index]
    }

    private mutating func keepOnlyTried() {
        guard onlyTried >= 0 else { return }
        drawn.append(onlyTried)
        tried.append(true)
        onlyTried = -1
    }

    // MARK: By load

    private mutating func nextByLoad(
        _ generator: SplitMix,
        state: (NodeID) -> HealthState,
        load: (NodeID) -> Int
    ) -> Int32? {
        // Each attempt draws its own numbers from the plan's seed.
        var generator = SplitMix(seed: SplitMix.next(of: generator, attempts))
        var position = leastLoaded(&generator, state: state, load: load)
        if position == nil, cycles, attempts > 0 {
            onlyTried = -1
            drawn.removeAll(keepingCapacity: true)
            position = leastLoaded(&generator, state: state, load: load)
        }
        guard let position else { return nil }
        if onlyTried < 0, drawn.isEmpty { onlyTried = position } else { drawn.append(position) }
        attempts += 1
        return position
    }

    private func leastLoaded(
        _ generator: inout SplitMix,
        state: (NodeID) -> HealthState,
        load: (NodeID) -> Int
    ) -> Int32? {
        var bestState = HealthState.down
        var bestLoad = Int.max
        var equals = 0
        for (position, id) in nodes.ids.enumerated() {
            let nodeState = state(id)
            guard nodeState != .down, nodeState.rawValue <= bestState.rawValue, !wasTried(Int32(position)) else {
                continue
            }
            let nodeLoad = load(id)
            if nodeState != bestState || nodeLoad < bestLoad {
                (bestState, bestLoad, equals) = (nodeState, nodeLoad, 1)
            } else if nodeLoad == bestLoad {
                equals += 1
            }
        }
        guard equals > 0 else { return nil }
        // One draw among the equals, which a second walk finds again.
        var left = equals == 1 ? 0 : generator.below(equals)
        for (position, id) in nodes.ids.enumerated() {
            guard state(id) == bestState, load(id) == bestLoad, !wasTried(Int32(position)) else { continue }
            if left == 0 { return Int32(position) }
            left -= 1
        }
        return nil
    }

    private func wasTried(_ position: Int32) -> Bool {
        position == onlyTried || (!drawn.isEmpty && drawn.contains(position))
    }
}

extension SplitMix {
    fileprivate static func next(of generator: SplitMix, _ attempt: Int) -> UInt64 {
        var generator = generator
        return generator.next() &+ UInt64(truncatingIfNeeded: attempt) &* 0x9E37_79B9_7F4A_7C15
    }
}

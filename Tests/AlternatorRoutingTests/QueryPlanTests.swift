import AlternatorRouting
import TestSupport
import Testing

struct QueryPlanTests {
    /// Positions tried one after the other, with the health of each node fixed.
    private func tried(
        _ order: PlanOrder,
        _ states: [HealthState],
        attempts: Int,
        cycles: Bool = true
    ) throws -> [Int32?] {
        let nodes = try nodeSet((0..<states.count).map { "10.0.0.\($0 + 1)" })
        var plan = QueryPlan(nodes, order: order, cycles: cycles)
        return (0..<attempts).map { _ in plan.next(state: { states[$0.index] }, load: { _ in 0 }) }
    }

    @Test func `active nodes come first, then quarantined ones, in plan order; down ones never`() throws {
        let states: [HealthState] = [.quarantined, .active, .down, .active, .quarantined]
        #expect(try tried(.preferred([0, 4, 3, 2, 1]), states, attempts: 5) == [3, 1, 0, 4, 3])
        #expect(try tried(.preferred([2]), states, attempts: 4) == [1, 3, 0, 4])
        #expect(try tried(.rotation(start: 4), states, attempts: 4) == [1, 3, 4, 0])
    }

    @Test func `with quarantined nodes alone they are used, with down ones alone none is`() throws {
        #expect(try tried(.rotation(start: 1), [.quarantined, .quarantined], attempts: 3) == [1, 0, 1])
        #expect(try tried(.rotation(start: 0), [.down, .down], attempts: 3) == [nil, nil, nil])
        #expect(try tried(.random(SplitMix(seed: 1), first: -1), [.down, .down], attempts: 2) == [nil, nil])
        #expect(try tried(.leastInFlight(SplitMix(seed: 1)), [.down, .down], attempts: 2) == [nil, nil])
        #expect(try tried(.random(SplitMix(seed: 1), first: -1), [], attempts: 2) == [nil, nil])
        #expect(try tried(.seeded(GoRandom(seed: 1), overHosts: false), [], attempts: 2) == [nil, nil])
        #expect(try tried(.rendezvous(hash: 1), [], attempts: 2) == [nil, nil])
        #expect(try tried(.leastInFlight(SplitMix(seed: 1)), [], attempts: 2) == [nil, nil])
    }

    @Test func `health is asked at each attempt, the order stays`() throws {
        let nodes = try nodeSet((1...4).map { "10.0.0.\($0)" })
        var plan = QueryPlan(nodes, order: .preferred([3, 2, 1, 0]))
        var states: [HealthState] = [.active, .active, .active, .quarantined]
        #expect(plan.next(state: { states[$0.index] }, load: { _ in 0 }) == 2)
        // Node 3 has become active meanwhile: it is earlier in the plan than node 1.
        states[3] = .active
        #expect(plan.next(state: { states[$0.index] }, load: { _ in 0 }) == 3)
        // Node 1 has gone down.
        states[1] = .down
        #expect(plan.next(state: { states[$0.index] }, load: { _ in 0 }) == 0)
        #expect(plan.attempts == 3)
    }

    @Test func `a plan without cycles ends after one pass`() throws {
        let states: [HealthState] = [.active, .quarantined, .down]
        #expect(try tried(.rotation(start: 0), states, attempts: 4, cycles: false) == [0, 1, nil, nil])
        let least = PlanOrder.leastInFlight(SplitMix(seed: 3))
        #expect(try tried(least, states, attempts: 4, cycles: false) == [0, 1, nil, nil])
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `a random plan tries every node once per cycle and shuffles the next cycle anew`(seed: UInt64) throws {
        let states = [HealthState](repeating: .active, count: 12)
        let order = try tried(.random(SplitMix(seed: seed), first: -1), states, attempts: 36).map { try #require($0) }
        let cycles = [order[..<12], order[12..<24], order[24...]]
        for cycle in cycles { #expect(Set(cycle) == Set(0..<12)) }
        #expect(cycles[0] != cycles[1], "seed \(seed)")
        #expect(cycles[1] != cycles[2], "seed \(seed)")
    }

    @Test func `each node is first in its share of random plans, and each pair of places too`() throws {
        let nodes = try nodeSet((1...4).map { "10.0.0.\($0)" })
        var generator = SeededGenerator(seed: 7)
        var first = [Int](repeating: 0, count: 4)
        var pairs: [[Int32?]: Int] = [:]
        for _ in 0..<12_000 {
            var plan = QueryPlan(nodes, order: .random(SplitMix(seed: generator.next()), first: -1))
            let tried = (0..<2).map { _ in plan.next(state: { _ in .active }, load: { _ in 0 }) }
            first[Int(try #require(tried[0]))] += 1
            pairs[tried, default: 0] += 1
        }
        // 3,000 and 1,000 expected; five standard deviations are 237 and 152.
        for count in first { #expect(abs(count - 3000) < 237) }
        #expect(pairs.count == 12)
        for count in pairs.values { #expect(abs(count - 1000) < 152) }
    }

    @Test func `by load the least busy active node is next, at random among equals`() throws {
        let nodes = try nodeSet((1...5).map { "10.0.0.\($0)" })
        let states: [HealthState] = [.active, .quarantined, .active, .active, .down]
        var loads = [5, 0, 3, 4, 0]
        var plan = QueryPlan(nodes, order: .leastInFlight(SplitMix(seed: 9)))
        func next() -> Int32? { plan.next(state: { states[$0.index] }, load: { loads[$0.index] }) }
        #expect((0..<6).map { _ in next() } == [2, 3, 0, 1, 2, 3])
        loads = [2, 0, 2, 7, 0]
        var firsts = [Int32: Int]()
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            var plan = QueryPlan(nodes, order: .leastInFlight(SplitMix(seed: generator.next())))
            let position = plan.next(state: { states[$0.index] }, load: { loads[$0.index] })
            firsts[try #require(position), default: 0] += 1
        }
        // 1,000 each expected; five standard deviations are 112.
        #expect(Set(firsts.keys) == [0, 2])
        #expect(abs((firsts[0] ?? 0) - 1000) < 112)
    }

    @Test func `rendezvous orders whole plans by score: leaving out a node leaves the rest in order`() throws {
        let all = try nodeSet((1...9).map { "10.0.0.\($0)" })
        for key in 0..<200 {
            let order = KeyAffinity.Order.rendezvous.planOrder(of: KeyHash.string("key \(key)"))
            let full = hosts(all, order)
            #expect(Set(full).count == 9)
            for left in full {
                let fewer = NodeSet(all.nodes.filter { $0.endpoint.host != left })
                #expect(hosts(fewer, order) == full.filter { $0 != left })
            }
        }
    }
}

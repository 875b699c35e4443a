import AlternatorRouting
import TestSupport
import Testing

/// Load, movement of keys and timing over many nodes, keys and clients: seeded, without a network.
struct SimulationTests {
    private static let keyCount = 1_000_000
    // Rendezvous scores every node for every key: 10⁹ scores take a second optimised, minutes without. An unoptimised
    // build counts 100,000 keys over 100 nodes instead.
    #if DEBUG
        private static let rendezvousKeyCount = 100_000
        private static let rendezvousNodeCount = 100
    #else
        private static let rendezvousKeyCount = 1_000_000
        private static let rendezvousNodeCount = 1000
    #endif

    /// 1,000 nodes in 3 datacentres of 3 racks each: `10.DC.RACK.N`.
    private static func cluster(_ count: Int = 1000) throws -> [Endpoint] {
        try (0..<count).map { try endpoint("10.\($0 % 3).\($0 / 3 % 3).\($0 / 9 + 1)") }
    }

    private static func nodeSet(_ endpoints: [Endpoint]) -> NodeSet {
        NodeSet(
            endpoints.enumerated().map { Node(id: NodeID(index: $0), endpoint: $1, connectHost: $1.host) }
        )
    }

    /// Fails unless every count is within five standard deviations of the mean and the chi-square of all has p > 0.001.
    private func expectEven(_ counts: [Int], _ comment: String) {
        let mean = Double(counts.reduce(0, +)) / Double(counts.count)
        let furthest = counts.map { abs(Double($0) - mean) }.max() ?? 0
        #expect(furthest < 5 * mean.squareRoot(), "\(comment): \(furthest) from \(mean)")
        let chiSquare = counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
        #expect(chiSquare < Self.chiSquareLimit(degrees: counts.count - 1), "\(comment): \(chiSquare)")
    }

    /// The value that chi-square exceeds with probability 0.001; Wilson and Hilferty's approximation, 1931.
    private static func chiSquareLimit(degrees: Int) -> Double {
        let freedom = Double(degrees)
        let root = 1 - 2 / (9 * freedom) + 3.0902 * (2 / (9 * freedom)).squareRoot()
        return freedom * root * root * root
    }

    @Test func `the chi-square limits are those of the tables`() {
        // Source: NIST/SEMATECH e-Handbook, table of upper critical values: 10 → 29.588, 100 → 149.449.
        #expect(abs(Self.chiSquareLimit(degrees: 10) - 29.588) < 0.2)
        #expect(abs(Self.chiSquareLimit(degrees: 100) - 149.449) < 0.2)
    }

    @Test(.ownThread, arguments: [KeyAffinity.Order.specification, .pythonClient])
    func `keys spread evenly over 1,000 nodes`(order: KeyAffinity.Order) throws {
        let nodes = Self.nodeSet(try Self.cluster())
        var counts = [Int](repeating: 0, count: nodes.count)
        for key in 0..<Self.keyCount {
            let position = order.firstPosition(of: KeyHash.string("user-\(key)"), over: nodes)
            counts[Int(position ?? 0)] += 1
        }
        expectEven(counts, "\(order)")
    }

    @Test(.ownThread) func `keys spread evenly by rendezvous`() throws {
        let nodes = Self.nodeSet(try Self.cluster(Self.rendezvousNodeCount))
        var counts = [Int](repeating: 0, count: nodes.count)
        for key in 0..<Self.rendezvousKeyCount {
            let hash = KeyHash.string("user-\(key)")
            let position = KeyAffinity.Order.rendezvous.firstPosition(of: hash, over: nodes)
            counts[Int(position ?? 0)] += 1
        }
        expectEven(counts, "rendezvous")
    }

    @Test func `requests without keys spread evenly over a rack, and keys of rack clients over their datacentre`()
        throws
    {
        let all = try Self.cluster(180).map { DiscoveredNode($0) }
        let rack = all.filter { $0.endpoint.host.hasPrefix("10.1.2.") }
        let datacenter = all.filter { $0.endpoint.host.hasPrefix("10.1.") }
        var state = RoutingState(seeds: [])
        _ = state.refreshed(rack, affinity: datacenter, now: .zero)
        for node in state.members { _ = state.discoveryAnswered(by: node.endpoint, now: .zero) }
        var generator = SeededGenerator(seed: 11)
        var plain = [NodeID: Int]()
        var keyed = [NodeID: Int]()
        for index in 0..<20_000 {
            var random = state.plan(for: .any, choice: generator.next())
            if let node = state.next(in: &random, now: .zero)?.node { plain[node.id, default: 0] += 1 }
            var plan = state.plan(for: .key(KeyHash.string("k\(index)")), choice: 0)
            if let node = state.next(in: &plan, now: .zero)?.node { keyed[node.id, default: 0] += 1 }
        }
        #expect(plain.count == 20)
        #expect(keyed.count == 60)
        expectEven(Array(plain.values), "rack")
        expectEven(Array(keyed.values), "datacentre")
        // A client of another rack of the datacentre sends each key to the same node.
        var other = RoutingState(seeds: [])
        _ = other.refreshed(
            datacenter.filter { $0.endpoint.host.hasPrefix("10.1.0.") },
            affinity: datacenter,
            now: .zero
        )
        for node in other.members { _ = other.discoveryAnswered(by: node.endpoint, now: .zero) }
        for index in 0..<500 {
            let target = RouteTarget.key(KeyHash.string("k\(index)"))
            var here = state.plan(for: target, choice: 1)
            var there = other.plan(for: target, choice: 2)
            let first = state.next(in: &here, now: .zero)?.node.endpoint
            #expect(first != nil)
            #expect(first == other.next(in: &there, now: .zero)?.node.endpoint)
        }
    }

    @Test func `by rendezvous exactly the keys of a leaving node move, and a joining one only takes`() throws {
        let endpoints = try Self.cluster(60)
        let before = Self.nodeSet(endpoints)
        let gone = endpoints[17]
        let after = Self.nodeSet(endpoints.filter { $0 != gone })
        let order = KeyAffinity.Order.rendezvous
        var moved = 0
        for key in 0..<5_000 {
            let hash = KeyHash.number("\(key)")
            let old = try #require(order.firstPosition(of: hash, over: before).map { before[$0].endpoint })
            let new = try #require(order.firstPosition(of: hash, over: after).map { after[$0].endpoint })
            // Read backwards, the same is a join: whatever moved, moved to the new node.
            if old == gone { moved += 1 } else { #expect(old == new) }
        }
        // 5,000 / 60 = 83 expected; five standard deviations are 46.
        #expect(abs(moved - 83) < 46)
    }

    @Test(.ownThread) func `10,000 clients that start together do not refresh together`() {
        var generator = SeededGenerator(seed: 23)
        let window = Duration.seconds(60)..<Duration.seconds(61)
        var buckets = [Int](repeating: 0, count: 100)
        for _ in 0..<10_000 {
            var schedule = RefreshSchedule(active: .seconds(1), idle: .seconds(60))
            var now = Duration.zero
            while now < window.upperBound {
                _ = schedule.activity(now: now)
                schedule.began()
                schedule.finished(now: now, jitter: Double.random(in: 0..<1, using: &generator))
                now = schedule.due ?? window.upperBound
                if window.contains(now) { buckets[Int((now - window.lowerBound) / .milliseconds(10))] += 1 }
            }
        }
        // 100 refreshes per 10 ms on average. At the start all 10,000 fell on one moment.
        let total = buckets.reduce(0, +)
        #expect(abs(total - 10_000) < 100)
        for count in buckets { #expect(abs(count - 100) < 50) }
    }

    @Test(.ownThread) func `the least busy node is chosen, so one that is ten times slower gets a tenth`() throws {
        var state = try RoutingState.active(10, balancing: .leastInFlight)
        let slow = state.nodes.nodes[4].id
        var generator = SeededGenerator(seed: 31)
        var counts = [NodeID: Int]()
        var running: [(end: Duration, selection: Selection)] = []
        var now = Duration.zero
        // 64 requests in flight throughout; 1 ms each, 10 ms on the slow node, give or take a fifth.
        for _ in 0..<20_000 {
            if running.count == 64 {
                let next = running.indices.min { running[$0].end < running[$1].end } ?? 0
                let (end, selection) = running.remove(at: next)
                now = end
                _ = state.finished(selection, .response(status: 200), now: now)
            }
            var plan = state.plan(for: .any, choice: generator.next())
            let selection = try state.choose(&plan, now: now)
            counts[selection.node.id, default: 0] += 1
            let service = Duration.microseconds(Int.random(in: 800..<1200, using: &generator))
            running.append((now + (selection.node.id == slow ? service * 10 : service), selection))
        }
        let others = (20_000 - (counts[slow] ?? 0)) / 9
        #expect((counts[slow] ?? 0) * 100 < others * 15, "\(counts[slow] ?? 0) of \(others)")
        #expect((counts[slow] ?? 0) > 0)
    }
}

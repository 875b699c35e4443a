import AlternatorRouting
import TestSupport
import Testing

struct RoutingStateTests {
    @Test func `seeds and new nodes start in quarantine, a node that answers discovery is active`() throws {
        var state = RoutingState(seeds: try discovered(1...2))
        #expect(state.nodes(in: .quarantined).count == 2)
        let changes = state.refreshed(try discovered([2, 3]), now: .seconds(1))
        #expect(changes.added.map(\.endpoint.host) == ["10.0.0.3"])
        #expect(changes.removed.map(\.endpoint.host) == ["10.0.0.1"])
        let change = state.discoveryAnswered(by: try endpoint("10.0.0.2"), now: .seconds(1))
        #expect(change?.from == .quarantined)
        #expect(change?.to == .active)
        #expect(state.nodes(in: .active).map(\.endpoint.host) == ["10.0.0.2"])
        // Being listed by another node proves nothing, and neither does an answer of a stranger.
        #expect(state.nodes(in: .quarantined).map(\.endpoint.host) == ["10.0.0.3"])
        #expect(state.discoveryAnswered(by: try endpoint("10.0.0.9"), now: .seconds(1)) == nil)
    }

    @Test func `numbers are dense, kept over removal, and not used for another node`() throws {
        var state = RoutingState(seeds: try discovered([5]))
        _ = state.refreshed(try discovered([7, 6]), now: .zero)
        _ = state.refreshed(try discovered([5, 6, 8]), now: .zero)
        let numbers = Dictionary(uniqueKeysWithValues: state.nodes.nodes.map { ($0.endpoint.host, $0.id.index) })
        // 5 was first; 7 and 6 came together, in the order listed; 8 last.
        #expect(numbers == ["10.0.0.5": 0, "10.0.0.6": 2, "10.0.0.8": 3])
    }

    @Test func `a node keeps its health while it is away`() throws {
        var state = try RoutingState.active(3)
        let node = state.nodes.nodes[0]
        state.takeDown(node)
        _ = state.refreshed(try discovered([2, 3]), now: .seconds(1))
        _ = state.refreshed(try discovered([1, 2, 3]), now: .seconds(2))
        #expect(state.state(of: node.id) == .down)
    }

    @Test func `duplicates fold to the first spelling and an empty list changes nothing`() throws {
        var state = RoutingState(seeds: [])
        let list = [
            DiscoveredNode(try endpoint("Node1")), DiscoveredNode(try endpoint("node1")),
            DiscoveredNode(try endpoint("a")),
        ]
        _ = state.refreshed(list, now: .zero)
        #expect(state.nodes.nodes.map(\.endpoint.host) == ["a", "Node1"])
        #expect(state.refreshed([], now: .zero).isEmpty)
        #expect(state.nodes.count == 2)
        #expect(state.refreshed(list, now: .zero).isEmpty)
    }

    @Test func `another address to connect to is another node with the same history`() throws {
        var state = try RoutingState.active(2)
        let old = state.nodes.nodes[0]
        state.takeDown(old)
        let moved = DiscoveredNode(old.endpoint, connectHost: "192.168.0.1")
        let changes = state.refreshed([moved] + (try discovered([2])), now: .zero)
        let new = try #require(changes.added.first)
        #expect(changes.removed == [old])
        #expect(new.connectHost == "192.168.0.1")
        #expect(new.id != old.id)
        #expect(state.state(of: new.id) == .down)
    }

    @Test func `a refresh that lists the same nodes changes nothing but asks for probes`() throws {
        var state = try RoutingState.active(3)
        _ = state.refreshed(try discovered(1...3), affinity: try discovered(1...5), now: .zero)
        let (nodes, wide) = (state.nodes, state.affinityNodes)
        state.takeDown(nodes.nodes[0])
        let changes = state.refreshed(try discovered(1...3), affinity: try discovered(1...5), now: .seconds(1))
        #expect(changes.isEmpty)
        #expect(state.nodes === nodes)
        #expect(state.affinityNodes === wide)
        #expect(try state.firstProbe(now: .seconds(1)).reason == .explicit)
        let narrower = state.refreshed(try discovered(1...3), affinity: nil, now: .seconds(2))
        #expect(narrower.removed.map(\.endpoint.host) == ["10.0.0.4", "10.0.0.5"])
    }

    @Test func `a plan keeps the nodes of its moment`() throws {
        var state = try RoutingState.active(3)
        var plan = state.plan(for: .any, choice: 4)
        _ = state.refreshed(try discovered([9]), now: .zero)
        let chosen = Set((0..<3).compactMap { _ in state.next(in: &plan, now: .zero)?.node.endpoint.host })
        #expect(chosen == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
    }

    @Test func `four server errors say nothing of a node, other statuses are successes`() throws {
        let settings = NodeHealthSettings.on(activeFailures: 2)
        for status in [200, 400, 403, 404, 413, 429, 501, 505, 599] {
            var state = try RoutingState.active(1, health: settings)
            let outcomes: [AttemptOutcome] = [.failed, .response(status: status), .failed]
            for outcome in outcomes {
                var plan = state.plan(for: .any, choice: 0)
                _ = state.finished(try state.choose(&plan), outcome, now: .zero)
            }
            #expect(state.nodes(in: .active).count == 1, "\(status)")
        }
        for status in [500, 502, 503, 504] {
            var state = try RoutingState.active(1, health: settings)
            var changes: [HealthChange] = []
            for outcome: AttemptOutcome in [.failed, .response(status: status), .ignored, .failed] {
                var plan = state.plan(for: .any, choice: 0)
                let report = state.finished(try state.choose(&plan), outcome, now: .zero)
                changes += report.change.map { [$0] } ?? []
            }
            #expect(changes.map(\.to) == [.down], "\(status)")
        }
    }

    /// For 1 to 6 nodes: how many may fall because others were faster; half of them, rounded up, stay.
    @Test(arguments: [(1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3)])
    func `being overtaken takes a node down, but never more than half of them`(count: Int, fallen: Int) throws {
        var state = try RoutingState.active(count)
        for _ in 0..<30 {
            for node in state.nodes.nodes where state.state(of: node.id) != .down {
                var plan = state.plan(for: .node(node.id), choice: 0)
                _ = state.finished(try state.choose(&plan), .overtaken, now: .zero)
            }
        }
        #expect(state.nodes(in: .down).count == fallen)
        // One real failure is enough for those that were spared.
        for node in state.nodes.nodes where state.state(of: node.id) != .down {
            var plan = state.plan(for: .node(node.id), choice: 0)
            #expect(state.finished(try state.choose(&plan), .failed, now: .zero).change?.to == .down)
        }
        #expect(state.nodes(in: .down).count == count)
    }

    @Test func `outcomes of attempts from before a node went down are rejected`() throws {
        let settings = NodeHealthSettings.on(activeFailures: 1, downRecovery: 1, quarantineFailures: 1)
        var state = try RoutingState.active(1, health: settings)
        var plan = state.plan(for: .any, choice: 0)
        let first = try state.choose(&plan)
        let second = try state.choose(&plan)
        #expect(state.inFlight(of: first.node.id) == 2)
        #expect(state.finished(first, .failed, now: .zero).change?.to == .down)
        state.requestProbe(of: first.node.id, now: .zero)
        let order = try state.firstProbe(now: .zero)
        #expect(state.probeFinished(order, .good, now: .zero)?.to == .quarantined)
        // The second attempt began in the older generation: its failure would take the node down again.
        #expect(state.finished(second, .failed, now: .zero).change == nil)
        #expect(state.state(of: first.node.id) == .quarantined)
        #expect(state.inFlight(of: first.node.id) == 0)
    }

    @Test func `that all nodes failed since their last success is reported once`() throws {
        var state = try RoutingState.active(3)
        var reports: [Bool] = []
        for index in [0, 1, 0, 2, 1] {
            var plan = state.plan(for: .node(state.nodes.nodes[index].id), choice: 0)
            let selection = try state.choose(&plan)
            reports.append(state.finished(selection, .failed, now: .zero).allNodesFailed)
        }
        #expect(reports == [false, false, false, true, false])
        // A success begins anew.
        var plan = state.plan(for: .node(state.nodes.nodes[1].id), choice: 0)
        _ = state.finished(try state.choose(&plan), .response(status: 200), now: .zero)
        plan = state.plan(for: .node(state.nodes.nodes[1].id), choice: 0)
        #expect(state.finished(try state.choose(&plan), .failed, now: .zero).allNodesFailed)
    }

    @Test func `with health off every node stays active and nothing is probed`() throws {
        var state = RoutingState(seeds: try discovered(1...2), health: .off)
        for _ in 0..<50 {
            var plan = state.plan(for: .any, choice: 3)
            #expect(state.finished(try state.choose(&plan), .failed, now: .zero).change == nil)
        }
        #expect(state.nodes(in: .active).count == 2)
        state.requestProbe(of: NodeID(index: 0), now: .zero)
        #expect(state.probesDue(now: .seconds(100)).isEmpty)
        #expect(state.nextProbe(now: .zero) == nil)
    }

    @Test func `affinity works over the wider list, ordinary requests over the scope`() throws {
        var state = RoutingState(seeds: try discovered([1]))
        let changes = state.refreshed(try discovered([1, 2]), affinity: try discovered(1...6), now: .zero)
        #expect(changes.added.count == 5)
        #expect(state.members.count == 6)
        var ordinary = state.plan(for: .any, choice: 1)
        let plain = Set((0..<2).compactMap { _ in state.next(in: &ordinary, now: .zero)?.node.endpoint.host })
        #expect(plain == ["10.0.0.1", "10.0.0.2"])
        let key = KeyHash.string("alice")
        var keyed = state.plan(for: .key(key), choice: 1)
        let order = (0..<6).compactMap { _ in state.next(in: &keyed, now: .zero)?.node.endpoint.host }
        #expect(
            order == hosts(try nodeSet((1...6).map { "10.0.0.\($0)" }), .seeded(GoRandom(seed: key), overHosts: false))
        )
        // Without a wider list affinity uses the scope's.
        _ = state.refreshed(try discovered([1, 2]), affinity: nil, now: .zero)
        #expect(state.affinityNodes.count == 2)
    }

    @Test(arguments: KeyAffinity.Order.allCases)
    func `a key's first node is where its plan begins`(order: KeyAffinity.Order) throws {
        var state = try RoutingState.active(9, order: order)
        for index in 0..<200 {
            let hash = KeyHash.string("key \(index)")
            var plan = state.plan(for: .key(hash), choice: 1)
            #expect(try state.choose(&plan).node.id == state.firstNode(of: hash))
        }
        #expect(RoutingState(seeds: []).firstNode(of: 1) == nil)
    }

    @Test func `no nodes, no choice`() {
        var state = RoutingState(seeds: [])
        for target: RouteTarget in [.any, .key(1), .keys([1, 2]), .keys([]), .node(NodeID(index: 0))] {
            var plan = state.plan(for: target, choice: 1)
            #expect(state.next(in: &plan, now: .zero) == nil)
            #expect(state.eligibleCount(in: plan) == 0)
        }
    }
}

struct WriteIsolationTests {
    @Test func `each spelling of a write isolation has its mode`() {
        let modes: [String: KeyAffinity.Mode] = [
            "a": .anyWrite, "always": .anyWrite, "always_use_lwt": .anyWrite, "o": .rmw, "only_rmw_uses_lwt": .rmw,
            "f": .off, "forbid": .off, "forbid_rmw": .off, "u": .off, "unsafe": .off, "unsafe_rmw": .off,
            "\"always_use_lwt\"": .anyWrite, " o ": .rmw,
        ]
        for (text, mode) in modes { #expect(KeyAffinity.Mode(writeIsolation: text) == mode, "\(text)") }
        for text in ["", " ", "\"\"", "Always", "lwt", "alway", "always_use_lwt2"] {
            #expect(KeyAffinity.Mode(writeIsolation: text) == nil, "\(text)")
        }
    }
}

struct BalancingTests {
    private func first(_ state: inout RoutingState, choice: UInt64) throws -> Int {
        var plan = state.plan(for: .any, choice: choice)
        let selection = try state.choose(&plan)
        _ = state.finished(selection, .response(status: 200), now: .zero)
        return selection.node.id.index
    }

    @Test func `round robin goes through the nodes in turn from a random start`() throws {
        var starts: Set<Int> = []
        for choice in 0..<40 as Range<UInt64> {
            var state = try RoutingState.active(4, balancing: .roundRobin)
            let firsts = try (0..<9).map { _ in try first(&state, choice: choice) }
            for (one, next) in zip(firsts, firsts.dropFirst()) { #expect(next == (one + 1) % 4) }
            starts.insert(firsts[0])
        }
        #expect(starts.count == 4)
    }

    @Test func `round robin gives a down node's share to all others`() throws {
        var state = try RoutingState.active(4, balancing: .roundRobin)
        let down = state.nodes.nodes[1]
        state.takeDown(down)
        var counts = [Int: Int]()
        for choice in 0..<300 as Range<UInt64> { counts[try first(&state, choice: choice), default: 0] += 1 }
        #expect(counts == [0: 100, 2: 100, 3: 100])
    }

    @Test func `round robin survives a change of the number of nodes`() throws {
        var state = try RoutingState.active(5, balancing: .roundRobin)
        for choice in 0..<4 as Range<UInt64> { _ = try first(&state, choice: choice) }
        _ = state.refreshed(try discovered([1, 2]), now: .zero)
        #expect(Set(try (0..<2).map { _ in try first(&state, choice: 0) }) == [0, 1])
    }

    @Test func `sticky keeps one node until it fails, then another one`() throws {
        var state = try RoutingState.active(6, balancing: .sticky)
        let node = try first(&state, choice: 1)
        for choice in 2..<30 as Range<UInt64> { #expect(try first(&state, choice: choice) == node) }
        var plan = state.plan(for: .any, choice: 31)
        let selection = try state.choose(&plan)
        #expect(selection.node.id.index == node)
        _ = state.finished(selection, .failed, now: .zero)
        let retry = try state.choose(&plan)
        #expect(retry.node.id.index != node)
        _ = state.finished(retry, .response(status: 200), now: .zero)
        for choice in 2..<30 as Range<UInt64> { #expect(try first(&state, choice: choice) == retry.node.id.index) }
    }

    @Test func `sticky clients as a whole spread over the nodes`() throws {
        var used: Set<Int> = []
        for choice in 0..<60 as Range<UInt64> {
            var state = try RoutingState.active(4, balancing: .sticky)
            used.insert(try first(&state, choice: choice &* 0x9E37_79B9_7F4A_7C15))
        }
        #expect(used.count == 4)
    }

    @Test func `sticky leaves a node that is gone from the list`() throws {
        var state = try RoutingState.active(3, balancing: .sticky)
        let node = try first(&state, choice: 1)
        let others = (1...3).filter { $0 != node + 1 }
        _ = state.refreshed(try discovered(others), now: .zero)
        let next = try first(&state, choice: 2)
        #expect(next != node)
        #expect(try first(&state, choice: 3) == next)
    }

    @Test func `per connection reuses idle ones and opens each new one to another node`() throws {
        var state = try RoutingState.active(7, balancing: .perConnection)
        // Seven callers at once: seven connections, one to each node.
        var open: [Selection] = []
        for choice in 0..<7 as Range<UInt64> {
            var plan = state.plan(for: .any, choice: choice)
            open.append(try state.choose(&plan))
        }
        #expect(Set(open.map(\.node.id)).count == 7)
        for selection in open { _ = state.finished(selection, .response(status: 200), now: .zero) }
        // Two of them close; then as many callers as connections are left need no new one.
        state.connectionClosed(open[0].node.id)
        state.connectionClosed(open[1].node.id)
        var again: Set<NodeID> = []
        for choice in 0..<5 as Range<UInt64> {
            var plan = state.plan(for: .any, choice: choice)
            again.insert(try state.choose(&plan).node.id)
        }
        #expect(again == Set(open[2...].map(\.node.id)))
    }

    @Test func `per connection opens nothing to a down node`() throws {
        var state = try RoutingState.active(3, balancing: .perConnection)
        let down = state.nodes.nodes[1]
        state.takeDown(down)
        for choice in 0..<20 as Range<UInt64> {
            var plan = state.plan(for: .any, choice: choice)
            #expect(state.next(in: &plan, now: .zero)?.node.id != down.id)
        }
    }

    @Test func `a wanted node comes first if it may be used`() throws {
        var state = try RoutingState.active(5)
        let wanted = state.nodes.nodes[3]
        for choice in 0..<10 as Range<UInt64> {
            var plan = state.plan(for: .node(wanted.id), choice: choice)
            let tried = (0..<5).compactMap { _ in state.next(in: &plan, now: .zero)?.node }
            #expect(tried.first == wanted)
            #expect(Set(tried).count == 5)
        }
        state.takeDown(wanted)
        var plan = state.plan(for: .node(wanted.id), choice: 1)
        #expect(state.next(in: &plan, now: .zero)?.node != wanted)
    }
}

import AlternatorRouting
import Testing

struct ProbeTests {
    private func millis(_ value: Int) -> Duration { .milliseconds(value) }

    @Test func `a new node is validated at once, an active one never probed`() throws {
        var state = RoutingState(seeds: try discovered(1...2))
        let orders = state.probesDue(now: .zero)
        #expect(orders.map(\.reason) == [.quarantineValidation, .quarantineValidation])
        // One under way per node.
        #expect(state.probesDue(now: .seconds(60)).isEmpty)
        #expect(state.probeFinished(orders[0], .good, now: millis(5))?.to == .active)
        #expect(state.probeFinished(orders[1], .bad, now: millis(5)) == nil)
        #expect(state.nextProbe(now: millis(5)) == .seconds(30))
        #expect(state.probesDue(now: .seconds(30)).map(\.node) == [orders[1].node])
    }

    @Test func `a down node that is listed is probed once a second, and after a good probe every 100 ms`() throws {
        var state = try RoutingState.active(3)
        let node = state.nodes.nodes[0]
        state.takeDown(node, now: .zero)
        var sent: [(Duration, ProbeOrder.Reason)] = []
        var changes: [HealthState] = []
        // Refreshes each 250 ms list it; probes fail until 3 s, then succeed.
        for step in 0..<100 {
            let now = millis(step * 50)
            if step % 5 == 0, state.state(of: node.id) == .down {
                _ = state.refreshed(try discovered(1...3), now: now)
            }
            for order in state.probesDue(now: now) {
                sent.append((now, order.reason))
                let outcome: ProbeOutcome = now < .seconds(3) ? .bad : .good
                if let change = state.probeFinished(order, outcome, now: now) { changes.append(change.to) }
            }
            if state.state(of: node.id) == .active { break }
        }
        #expect(sent.map(\.0) == [0, 1000, 2000, 3000, 3100, 3200, 4200].map(millis))
        #expect(
            sent.map(\.1)
                == [.explicit, .explicit, .explicit, .explicit, .downRecovery, .downRecovery, .quarantineValidation]
        )
        #expect(changes == [.quarantined, .active])
    }

    @Test func `a request that finds only down nodes asks for a probe of each, at most once a second`() throws {
        var state = try RoutingState.active(2)
        for node in state.nodes.nodes { state.takeDown(node) }
        var probes = 0
        for step in 0..<40 {
            var plan = state.plan(for: .any, choice: UInt64(step))
            #expect(state.next(in: &plan, now: millis(step * 100)) == nil)
            for order in state.probesDue(now: millis(step * 100)) {
                probes += 1
                _ = state.probeFinished(order, .bad, now: millis(step * 100))
            }
        }
        // Seconds 0 to 3, two nodes.
        #expect(probes == 8)
    }

    @Test func `the most urgent probes go first and no more than allowed are under way`() throws {
        var state = RoutingState(seeds: [], health: .on(activeFailures: 1, quarantineFailures: 1, probeConcurrency: 2))
        _ = state.refreshed(try discovered(1...6), now: .zero)
        let nodes = state.nodes.nodes
        // Node 0 and 1 down; 1 is asked for; the others wait for validation.
        state.takeDown(nodes[0])
        state.takeDown(nodes[1])
        state.requestProbe(of: nodes[1].id, now: .zero)
        let later = Duration.seconds(40)
        var order: [(NodeID, ProbeOrder.Reason)] = []
        var open = state.probesDue(now: later)
        #expect(open.count == 2)
        #expect(state.probesDue(now: later).isEmpty)
        while let probe = open.first {
            order.append((probe.node.id, probe.reason))
            open.removeFirst()
            _ = state.probeFinished(probe, .aborted, now: later)
            open += state.probesDue(now: later)
        }
        #expect(order.map(\.1).prefix(3) == [.explicit, .downRecovery, .quarantineValidation])
        #expect(order.map(\.0).prefix(2) == [nodes[1].id, nodes[0].id])
        #expect(order.count == 6)
    }

    @Test func `a success in quarantine makes one validation needless`() throws {
        var state = RoutingState(seeds: try discovered([1]))
        let first = try state.firstProbe(now: .zero)
        _ = state.probeFinished(first, .bad, now: .zero)
        var plan = state.plan(for: .any, choice: 1)
        let selection = try state.choose(&plan)
        #expect(selection.health == .quarantined)
        _ = state.finished(selection, .response(status: 200), now: .seconds(1))
        #expect(state.probesDue(now: .seconds(30)).isEmpty)
        #expect(state.nextProbe(now: .seconds(30)) == .seconds(60))
        #expect(state.probesDue(now: .seconds(60)).count == 1)
    }

    @Test func `an aborted probe counts as nothing, one of an older generation neither`() throws {
        let settings = NodeHealthSettings.on(activeFailures: 1, downRecovery: 2, quarantineFailures: 1)
        var state = RoutingState(seeds: try discovered([1]), health: settings)
        let validation = try state.firstProbe(now: .zero)
        // The node goes down while the probe is under way: its good answer is older than that.
        state.takeDown(validation.node)
        #expect(state.probeFinished(validation, .good, now: .zero) == nil)
        #expect(state.state(of: validation.node.id) == .down)
        state.requestProbe(of: validation.node.id, now: .seconds(5))
        let good = try state.firstProbe(now: .seconds(5))
        _ = state.probeFinished(good, .good, now: .seconds(5))
        let aborted = try state.firstProbe(now: .milliseconds(5100))
        #expect(state.probeFinished(aborted, .aborted, now: .milliseconds(5100)) == nil)
        state.requestProbe(of: validation.node.id, now: .seconds(7))
        let last = try state.firstProbe(now: .seconds(7))
        // The abort neither counted nor cleared: this is the second good one.
        #expect(state.probeFinished(last, .good, now: .seconds(7))?.to == .quarantined)
    }

    @Test func `an active node cannot be asked for a probe`() throws {
        var state = try RoutingState.active(1)
        state.requestProbe(of: NodeID(index: 0), now: .zero)
        #expect(state.probesDue(now: .seconds(100)).isEmpty)
        #expect(state.nextProbe(now: .zero) == nil)
    }

    /// Takes the node down at `start` and lists it every 250 ms until it is active; gives when it became so.
    private func recovery(of node: Node, in state: inout RoutingState, from start: Duration) throws -> Duration {
        state.takeDown(node, now: start)
        for step in 1..<1000 {
            let now = start + millis(step * 50)
            if step % 5 == 0 { _ = state.refreshed(try discovered(1...3), now: now) }
            for order in state.probesDue(now: now) { _ = state.probeFinished(order, .good, now: now) }
            if state.state(of: node.id) == .active { return now - start }
        }
        return .seconds(1000)
    }

    @Test func `a node that comes back without ever serving a request is left alone for longer each time`() throws {
        var state = try RoutingState.active(3)
        let node = state.nodes.nodes[0]
        var times: [Duration] = []
        for round in 0..<7 {
            times.append(try recovery(of: node, in: &state, from: .seconds(round * 100)))
        }
        // Rest, the refresh that lists it, three probes 100 ms apart, a second of quarantine.
        let rests = [0.25, 2, 4, 8, 16, 30, 30]
        let expected = rests.map { Duration.seconds($0) + millis(1200) }
        #expect(times == expected)
        // One answer, and it is taken back at once.
        var plan = state.plan(for: .node(node.id), choice: 0)
        _ = state.finished(try state.choose(&plan), .response(status: 200), now: .seconds(750))
        #expect(try recovery(of: node, in: &state, from: .seconds(800)) == millis(1450))
    }

    @Test func `a request without an eligible node does not wait for a rest`() throws {
        var state = try RoutingState.active(3)
        let node = state.nodes.nodes[0]
        for round in 0..<4 { _ = try recovery(of: node, in: &state, from: .seconds(round * 100)) }
        for each in state.nodes.nodes { state.takeDown(each, now: .seconds(400)) }
        _ = state.refreshed(try discovered(1...3), now: .seconds(401))
        let listed = state.probesDue(now: .seconds(401)).map(\.node)
        #expect(!listed.contains(node))
        var plan = state.plan(for: .any, choice: 0)
        #expect(state.next(in: &plan, now: .seconds(402)) == nil)
        let asked = state.probesDue(now: .seconds(402)).map(\.node)
        #expect(asked.contains(node))
    }
}

import AlternatorRouting
import TestSupport
import Testing

func endpoint(_ host: String, port: Int = 8000) throws -> Endpoint {
    try Endpoint(scheme: .http, host: host, port: port)
}

/// `10.0.0.1`, `10.0.0.2`, … as discovery lists them.
func discovered(_ numbers: some Sequence<Int>) throws -> [DiscoveredNode] {
    try numbers.map { DiscoveredNode(try endpoint("10.0.0.\($0)")) }
}

extension RoutingState {
    /// Every node active, as after each has answered discovery.
    static func active(
        _ count: Int,
        health: NodeHealthSettings = .on,
        balancing: Balancing = .random,
        order: KeyAffinity.Order = .specification
    ) throws -> RoutingState {
        var state = RoutingState(
            seeds: try discovered(1...count),
            health: health,
            balancing: balancing,
            affinityOrder: order
        )
        for node in state.nodes.nodes { _ = state.discoveryAnswered(by: node.endpoint, now: .zero) }
        return state
    }

    /// The node of one more attempt, which there must be.
    mutating func choose(_ plan: inout QueryPlan, now: Duration = .zero) throws -> Selection {
        let selection = next(in: &plan, now: now)
        return try #require(selection)
    }

    /// The most urgent probe due, which there must be.
    mutating func firstProbe(now: Duration) throws -> ProbeOrder {
        let orders = probesDue(now: now)
        return try #require(orders.first)
    }

    /// Requests that fail on one node until it is down.
    mutating func takeDown(_ node: Node, now: Duration = .zero) {
        var plan = plan(for: .node(node.id), choice: 1)
        while state(of: node.id) != .down {
            guard let selection = next(in: &plan, now: now) else { return }
            _ = finished(selection, selection.node == node ? .failed : .ignored, now: now)
            plan = self.plan(for: .node(node.id), choice: 1)
        }
    }
}

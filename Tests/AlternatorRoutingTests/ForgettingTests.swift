import AlternatorRouting
import TestSupport
import Testing

struct ForgettingTests {
    /// A list of one node that stays and one of a long row.
    private static func list(_ number: Int) throws -> [DiscoveredNode] {
        let host = "10.\(number >> 16).\(number >> 8 & 255).\(number & 255)"
        return [DiscoveredNode(try endpoint("192.168.0.1")), DiscoveredNode(try endpoint(host))]
    }

    @Test(.ownThread) func `of the nodes that left the newest ones are remembered, so memory has an end`() throws {
        let limit = RoutingState.rememberedDepartures
        var state = RoutingState(seeds: try Self.list(0))
        for number in 1...limit * 2 { _ = state.refreshed(try Self.list(number), now: .zero) }
        #expect(state.rememberedNodes <= limit + 3)
        #expect(state.recordCount <= limit + 3)
        // The newest half at least is known still, the oldest is not.
        let newest = try Self.list(limit * 2 - limit / 2)[1].endpoint
        #expect(state.id(of: newest) != nil)
        #expect(state.id(of: try Self.list(1)[1].endpoint) == nil)
        #expect(state.id(of: try endpoint("192.168.0.1")) == NodeID(index: 0))
    }

    @Test(.ownThread) func `nodes that are there never share a number, and a new one starts afresh`() throws {
        let limit = RoutingState.rememberedDepartures
        var state = RoutingState(seeds: try Self.list(0))
        let first = try #require(state.nodes.nodes.first { $0.endpoint.host != "192.168.0.1" })
        state.takeDown(first)
        var reused: Node?
        for number in 1...limit + 10 {
            let changes = state.refreshed(try Self.list(number), now: .zero)
            #expect(state.nodes.count == 2)
            reused = changes.added.first { $0.id == first.id } ?? reused
        }
        let node = try #require(reused)
        #expect(node.endpoint != first.endpoint)
        #expect(state.state(of: node.id) == .quarantined)
    }

    @Test(.ownThread) func `a node with requests in flight is not forgotten`() throws {
        let limit = RoutingState.rememberedDepartures
        var state = RoutingState(seeds: try Self.list(0))
        let first = try #require(state.nodes.nodes.first { $0.endpoint.host != "192.168.0.1" })
        var plan = state.plan(for: .node(first.id), choice: 1)
        let selection = try state.choose(&plan)
        #expect(selection.node == first)
        for number in 1...limit + 10 { _ = state.refreshed(try Self.list(number), now: .zero) }
        #expect(state.id(of: first.endpoint) == first.id)
        #expect(state.inFlight(of: first.id) == 1)
        _ = state.finished(selection, .response(status: 200), now: .zero)
        #expect(state.inFlight(of: first.id) == 0)
        for number in 1...limit { _ = state.refreshed(try Self.list(number + limit * 2), now: .zero) }
        #expect(state.id(of: first.endpoint) == nil)
    }
}

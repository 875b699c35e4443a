import AlternatorRouting
import Testing

/// Nodes at one port, numbered as they come.
func nodeSet(_ hosts: [String], scheme: Endpoint.Scheme = .http, port: Int = 8000) throws -> NodeSet {
    NodeSet(
        try hosts.enumerated().map { index, host in
            let endpoint = try Endpoint(scheme: scheme, host: host, port: port)
            return Node(id: NodeID(index: index), endpoint: endpoint, connectHost: host)
        }
    )
}

/// A plan's whole first cycle, as hosts.
func hosts(_ nodes: NodeSet, _ order: PlanOrder) -> [String] {
    var plan = QueryPlan(nodes, order: order)
    return (0..<nodes.count).compactMap { _ in
        plan.next(state: { _ in .active }, load: { _ in 0 }).map { nodes[$0].endpoint.host }
    }
}

struct NodeOrderTests {
    @Test func `every published node order holds`() throws {
        for list in try Vectors("node_order_vectors").cases("lists") {
            let input = try #require(list["input_nodes"]?.strings)
            let nodes = try nodeSet(input)
            #expect(nodes.nodes.map(\.endpoint.host) == list["canonical_spec_port_8000"]?.strings)
            #expect(nodes.hostOrder.map { nodes[$0].endpoint.host } == list["canonical_host_sorted"]?.strings)
            let plain = try nodeSet(input, port: 80)
            #expect(plain.nodes.map(\.endpoint.host) == list["canonical_spec_default_port"]?.strings)
            for entry in try list.cases("keys") + list.cases("raw_seeds") {
                let seed = try #require(entry["hash_int64"]?.int64 ?? entry["seed_int64"]?.int64)
                let python = try #require(entry["order"]?.strings)
                let specification = entry["order_spec"]?.strings ?? python
                #expect(hosts(nodes, KeyAffinity.Order.specification.planOrder(of: seed)) == specification)
                #expect(hosts(nodes, KeyAffinity.Order.pythonClient.planOrder(of: seed)) == python)
            }
        }
    }

    @Test func `the specification's complete orders hold`() throws {
        let names = (1...10).map { "node\($0).example.com" }
        let nodes = try nodeSet(names, port: 8043)
        for entry in try Vectors("upstream_spec_vectors").cases("query_plan") {
            let seed = try #require(entry["seed_int64"]?.int64)
            let expected = try #require(entry["complete_order"]?.strings).map { "node\($0).example.com" }
            #expect(hosts(nodes, KeyAffinity.Order.specification.planOrder(of: seed)) == expected)
        }
    }

    @Test(arguments: KeyAffinity.Order.allCases)
    func `an affinity plan repeats its order in the next cycle`(order: KeyAffinity.Order) throws {
        let nodes = try nodeSet((1...7).map { "10.0.0.\($0)" })
        var plan = QueryPlan(nodes, order: order.planOrder(of: -5_289_981_832_391_434_001))
        let tried = (0..<21).map { _ in plan.next(state: { _ in .active }, load: { _ in 0 }) }
        #expect(Set(tried[..<7]).count == 7)
        #expect(tried[7..<14] == tried[..<7])
        #expect(tried[14...] == tried[..<7])
    }
}

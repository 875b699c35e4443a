import AlternatorRouting
import AlternatorWire

/// Choosing nodes.
enum RoutingBenchmarks {
    static func all() throws -> [MicroBenchmark] {
        [3, 1000].flatMap { nodes in
            [
                benchmark("routing plan, \(nodes) nodes", nodes) { _ in .any },
                benchmark("affinity plan, \(nodes) nodes", nodes) { call in
                    .key(KeyHash.string(call & 1 == 0 ? "user#1234" : "user#4321"))
                },
            ]
        }
    }

    /// One request: a plan, its first node, the end of the attempt.
    private static func benchmark(
        _ name: String,
        _ nodes: Int,
        _ target: @escaping (Int) -> RouteTarget
    ) -> MicroBenchmark {
        let list = nodeList(nodes)
        var state = RoutingState(seeds: list)
        // Out of quarantine, as after the first seconds of a client.
        for node in list { _ = state.discoveryAnswered(by: node.endpoint, now: .zero) }
        var call = 0
        return MicroBenchmark(name) {
            call &+= 1
            var plan = state.plan(for: target(call), choice: UInt64(truncatingIfNeeded: call &* 0x9E37_79B9))
            guard let selection = state.next(in: &plan, now: .zero) else { return 0 }
            _ = state.finished(selection, .response(status: 200), now: .zero)
            return selection.node.id.index
        }
    }

    private static func nodeList(_ count: Int) -> [DiscoveredNode] {
        (0..<count).compactMap { number in
            let host = "10.0.\(number / 250).\(number % 250 + 1)"
            return (try? Endpoint(scheme: .http, host: host, port: 8000)).map { DiscoveredNode($0) }
        }
    }
}

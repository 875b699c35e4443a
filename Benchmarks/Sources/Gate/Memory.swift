import Alternator
import CountedMemory

/// What requests in flight and idle connections hold: what is allocated for them, and resident as the system sees it.
///
/// The server must answer GetItem late, so that all requests are in flight at once; each has a connection of its own.
enum Memory {
    private struct Holding {
        let resident = Int(counted_resident())
        let allocated = Int(counted_held())
    }

    /// `Gate --memory COUNT --port P [--ca FILE]` prints one line of JSON.
    ///
    /// - Parameters:
    ///   - count: of requests in flight.
    ///   - config: of a client with room for so many connections.
    /// - Throws: what a request throws.
    static func measure(_ count: Int, _ config: AlternatorConfig) async throws {
        try await AlternatorResource.withResource(config) { resource in
            let users = resource.table("gate_users", of: User.self)
            try await users.create(ifNotExists: true)
            try await users.put(.sample(0))
            // What is made once, per type and per thread.
            _ = try await users.get("user#0")
            let before = Holding()
            try await withThrowingTaskGroup { group in
                for _ in 0..<count {
                    group.addTask(executorPreference: resource.client.executor) { _ = try await users.get("user#0") }
                }
                try await wait(resource.client) { $0.open - $0.idle == count && $0.connecting == 0 }
                let inFlight = Holding()
                try await group.waitForAll()
                try await wait(resource.client) { $0.idle >= count }
                let idle = Holding()
                print(
                    "{\"residentPerRequestInFlight\":\((inFlight.resident - before.resident) / count),"
                        + "\"residentPerIdleConnection\":\((idle.resident - before.resident) / count),"
                        + "\"allocatedPerRequestInFlight\":\((inFlight.allocated - before.allocated) / count),"
                        + "\"allocatedPerIdleConnection\":\((idle.allocated - before.allocated) / count)}"
                )
            }
        }
    }

    private static func wait(
        _ client: AlternatorClient,
        until condition: (ClientMetrics.Connections) -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            if let node = client.metrics().nodes.first, condition(node.connections) { return }
            // Nothing tells when the last request has left; what is looked for lasts for seconds.
            try await Task.sleep(for: .milliseconds(20))
        }
        throw AlternatorError(.operationTimeout, message: "the connections are not as expected: \(client.metrics())")
    }
}

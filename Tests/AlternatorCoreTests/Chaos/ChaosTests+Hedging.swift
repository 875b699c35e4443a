import AlternatorRouting
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore
@testable import AlternatorLocal

extension ChaosTests {
    /// The slowest but one in a hundred, before and after a node begins to hang.
    private struct Slowest: CustomStringConvertible {
        let healthy: Duration
        let hanging: Duration

        var description: String { "healthy \(healthy), with a node that hangs \(hanging)" }
    }

    @Test func `with hedging a node that hangs makes reads at most three times as slow`() async throws {
        // Other work on the machine makes some rounds slow, and none fast.
        var rounds: [Slowest] = []
        for _ in 0..<6 where !rounds.contains(where: { $0.hanging <= $0.healthy * 3 }) {
            rounds.append(try await Self.hedgedRound())
        }
        #expect(rounds.contains { $0.hanging <= $0.healthy * 3 }, "\(rounds)")
    }

    private static func hedgedRound() async throws -> Slowest {
        var result: Slowest?
        try await run(gossipDelay: .seconds(60)) { cluster, plain in
            let item: [String: AttributeValue] = ["id": .string(Load.sharedKey)]
            try await plain.putItem(PutItemRequest(tableName: "users", item: item))
            let usual = try await Load.run(plain, others: .reading) { try await $0.progress(1500) }
            var config = plain.config
            // What nine of ten reads stay below, as the documentation advises.
            config.hedging = .after(usual.latency(within: 0.9))
            // Without a hedge a read of the victim would take at least so long.
            config.requestTimeout = .seconds(5)
            try await AlternatorClient.withClient(config) { client in
                try await poll("all nodes active") { client.activeNodes().count == 5 }
                var broken = ContinuousClock.now
                let outcomes = try await Load.run(client, others: .reading) { load in
                    try await load.progress(1500)
                    broken = .now
                    try cluster.setState(.hang, of: victim)
                    try await poll("the node's fall") { client.downNodes().contains(label(victim, cluster)) }
                    try await load.progress(1500)
                }
                outcomes.expectNoFailure()
                result = Slowest(
                    healthy: outcomes.filter { $0.ended < broken }.latency(within: 0.99),
                    hanging: outcomes.filter { $0.ended >= broken }.latency(within: 0.99)
                )
            }
        }
        return try #require(result)
    }
}

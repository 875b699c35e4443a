import AlternatorRouting
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

extension ChaosTests {
    /// Faults of one of five nodes, with moto behind them and 64 requests in flight.
    ///
    /// Inside the other suite, so that the two do not run at once.
    @Suite(.enabled(if: Peers.areEnabled, "needs Python: ALTERNATOR_TEST_PEERS=1"), .timeLimit(.minutes(10)))
    struct MotoTests {
        private static let victim = "127.0.0.3"

        private static func run(
            _ configure: (inout AlternatorConfig) -> Void = { _ in },
            _ body: (MotoCluster, AlternatorClient) async throws -> Void
        ) async throws {
            try await MotoCluster.run { cluster in
                var config = AlternatorConfig(seedHosts: Array(MotoCluster.addresses.prefix(2)), port: cluster.port)
                configure(&config)
                try await AlternatorClient.withClient(config) { client in
                    _ = try await client.createTable(Live.table)
                    try await poll("all nodes active") { client.activeNodes().count == 5 }
                    try await body(cluster, client)
                }
            }
        }

        @Test func `a node that is killed costs no request, and is used within 2 s of being listed again`() async throws
        {
            try await Self.run { cluster, client in
                let label = "\(Self.victim):\(cluster.port)"
                let outcomes = try await Load.run(client) { load in
                    try await load.progress(200)
                    try await expectRound(within: .seconds(2)) {
                        try await cluster.kill(Self.victim, .refuse)
                        try await poll("the node's fall") { client.downNodes().contains(label) }
                        try await load.progress(200)
                        let before = try await cluster.requests(Self.victim)
                        try await cluster.revive(Self.victim)
                        // The first call may join a refresh that asked before the node was back.
                        try await client.refreshNodes()
                        try await client.refreshNodes()
                        let listed = ContinuousClock.now
                        try await poll("its return") { !client.downNodes().contains(label) }
                        let time = ContinuousClock.now - listed
                        try await poll("requests to it") { try await cluster.requests(Self.victim) > before }
                        return time
                    }
                }
                outcomes.expectNoFailure()
                try await Checks.expectNothingLost(outcomes, client)
            }
        }

        @Test func `a node that hangs costs no request, and is left alone once it is down`() async throws {
            try await Self.run {
                $0.requestTimeout = .seconds(5)
            } _: { cluster, client in
                let label = "\(Self.victim):\(cluster.port)"
                var fell = ContinuousClock.now
                let outcomes = try await Load.run(client) { load in
                    try await load.progress(200)
                    try await cluster.kill(Self.victim, .hang)
                    try await poll("the node's fall") { client.downNodes().contains(label) }
                    fell = .now
                    try await load.progress(1200)
                    #expect(client.downNodes().contains(label))
                }
                outcomes.expectNoFailure()
                // A healthy node answers in time, so who needed a second attempt has touched the other one.
                let later = outcomes.filter { $0.started >= fell }
                let touching = later.count { $0.attempts > 1 }
                #expect(Double(touching) < 0.001 * Double(later.count), "\(touching) of \(later.count)")
                #expect(outcomes.contains { $0.attempts > 1 })
            }
        }

        @Test(arguments: [MotoCluster.Mode.error, .reset])
        func `broken answers of a node cost no idempotent request, and no write counts twice`(
            mode: MotoCluster.Mode
        ) async throws {
            try await Self.run { cluster, client in
                var broken = ContinuousClock.now
                let outcomes = try await Load.run(client, counting: 32) { load in
                    try await load.progress(200)
                    try await cluster.kill(Self.victim, mode)
                    broken = .now
                    try await poll("the first second's end") { .now > broken + .seconds(1) }
                    try await load.progress(300)
                    try await cluster.revive(Self.victim)
                    try await load.progress(100)
                }
                outcomes.idempotent.expectNoFailure()
                let later = outcomes.filter { $0.started >= broken + .seconds(1) }
                #expect(later.averageAttempts <= 2)
                #expect(outcomes.contains { $0.error?.code == .outcomeUnknown })
                try await Checks.expectCountedOnce(outcomes, client)
                try await Checks.expectNothingLost(outcomes, client)
            }
        }
    }
}

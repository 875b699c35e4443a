import AlternatorRouting
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore
@testable import AlternatorLocal

/// Faults of one of five nodes, or of all, while 64 requests are in flight.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ChaosTests {
    static let victim = "127.0.0.3"

    /// Five nodes and a client that knows them.
    static func run(
        gossipDelay: Duration = .zero,
        _ configure: (inout AlternatorConfig) -> Void = { _ in },
        _ body: (LocalCluster, AlternatorClient) async throws -> Void
    ) async throws {
        var configuration = LocalCluster.Configuration(nodes: 5)
        configuration.gossipDelay = gossipDelay
        let cluster = try await LocalCluster(configuration)
        var config = AlternatorConfig(seedHosts: Array(cluster.seedHosts.prefix(2)), port: cluster.port)
        configure(&config)
        let result: Result<Void, any Error>
        do {
            try await AlternatorClient.withClient(config) { client in
                _ = try await client.createTable(Live.table)
                try await poll("all nodes active") { client.activeNodes().count == 5 }
                try await body(cluster, client)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await cluster.close()
        try result.get()
    }

    static func label(_ address: String, _ cluster: LocalCluster) -> String { "\(address):\(cluster.port)" }

    private static func requests(_ cluster: LocalCluster, _ address: String) -> Int {
        cluster.requestCounts(of: address)["requests", default: 0]
    }

    /// With the shorter delay the others list the dead node no more, with the longer one all the time.
    @Test(arguments: [Duration.zero, .seconds(60)])
    func `a node that is killed costs no request, and is used within 2 s of being listed again`(
        gossipDelay: Duration
    ) async throws {
        try await Self.run(gossipDelay: gossipDelay) { cluster, client in
            let label = Self.label(Self.victim, cluster)
            let outcomes = try await Load.run(client) { load in
                try await load.progress(500)
                try await expectRound(within: .seconds(2)) {
                    try await cluster.stop(Self.victim)
                    try await load.progress(1500)
                    try await poll("the node's fall") { !client.activeNodes().contains(label) }
                    let before = Self.requests(cluster, Self.victim)
                    try await cluster.start(Self.victim)
                    // The first call may join a refresh that asked before the node was back.
                    try await client.refreshNodes()
                    try await client.refreshNodes()
                    let listed = ContinuousClock.now
                    #expect(client.nodes().contains(label))
                    try await poll("its return") { !client.downNodes().contains(label) }
                    let time = ContinuousClock.now - listed
                    try await poll("requests to it") { Self.requests(cluster, Self.victim) > before }
                    return time
                }
                try await load.progress(300)
            }
            outcomes.expectNoFailure()
        }
    }

    @Test func `a node that hangs costs no request, and is left alone once it is down`() async throws {
        try await Self.run(gossipDelay: .seconds(60)) {
            // Long enough for the nodes that are well, on a machine that has other work.
            $0.requestTimeout = .seconds(5)
        } _: { cluster, client in
            let label = Self.label(Self.victim, cluster)
            var fell = ContinuousClock.now
            let outcomes = try await Load.run(client) { load in
                try await load.progress(500)
                try cluster.setState(.hang, of: Self.victim)
                try await poll("the node's fall") { client.downNodes().contains(label) }
                fell = .now
                try await load.progress(4000)
                #expect(client.downNodes().contains(label))
            }
            outcomes.expectNoFailure()
            // Nothing else goes wrong here, so who needed a second attempt has touched it.
            let later = outcomes.filter { $0.started >= fell }
            let touching = later.count { $0.attempts > 1 }
            #expect(Double(touching) < 0.001 * Double(later.count), "\(touching) of \(later.count)")
            #expect(outcomes.contains { $0.attempts > 1 })
        }
    }

    private static let faults: [LocalCluster.Fault.Kind] = [
        .reset, .loseAnswer, .cutShort(after: 1), .garbage, .internalServerError, .internalServerErrorAfterwards,
    ]

    @Test(arguments: faults.indices)
    func `broken answers of a node cost no idempotent request, and no write counts twice`(index: Int) async throws {
        try await Self.run { cluster, client in
            var broken = ContinuousClock.now
            let outcomes = try await Load.run(client, counting: 32) { load in
                try await load.progress(300)
                try cluster.inject(LocalCluster.Fault(Self.faults[index]), at: Self.victim)
                broken = .now
                // So long that there is something after the first second.
                try await poll("the first second's end") { .now > broken + .seconds(1) }
                try await load.progress(500)
                try cluster.clearFaults()
                try await load.progress(100)
            }
            outcomes.idempotent.expectNoFailure()
            let later = outcomes.filter { $0.started >= broken + .seconds(1) }
            #expect(later.averageAttempts <= 2)
            try await Checks.expectCountedOnce(outcomes, client)
            try await Checks.expectNothingLost(outcomes, client)
            #expect(cluster.requestCounts(of: Self.victim)["faults", default: 0] > 10)
        }
    }

    @Test func `traffic follows the list of nodes, and what a removed node has to answer is waited for`() async throws {
        try await Self.run { cluster, client in
            let newcomer = "127.0.0.6"
            let listed = cluster.seedHosts.filter { $0 != Self.victim } + [newcomer]
            var followed = ContinuousClock.now
            let outcomes = try await Load.run(client) { load in
                try await load.progress(300)
                // So that there is always something in flight there.
                try cluster.inject(LocalCluster.Fault(.delay(.seconds(1))), at: Self.victim)
                try await load.progress(100)
                try await cluster.add(.init(address: newcomer))
                try cluster.inject(LocalCluster.Fault(.localNodes(listed)))
                try await poll("the new list") { client.nodes() == listed.map { Self.label($0, cluster) } }
                followed = .now
                try await poll("requests to the new node") { Self.requests(cluster, newcomer) > 0 }
                try await load.progress(500)
                try await poll("the end of the last connection to the removed node") {
                    cluster.localNodes.first { $0.node.place.address == Self.victim }?.connections == 0
                }
            }
            outcomes.expectNoFailure()
            // Nothing was cut, or it would have been sent again.
            #expect(outcomes.allSatisfy { $0.attempts == 1 })
            let atVictim = outcomes.filter { $0.node == Self.label(Self.victim, cluster) }
            #expect(atVictim.allSatisfy { $0.started <= followed })
            #expect(atVictim.contains { $0.ended > followed })
        }
    }

    @Test func `with all nodes down requests fail soon and clearly, and succeed within 2 s of the first's return`()
        async throws
    {
        try await Self.run(gossipDelay: .seconds(60)) {
            $0.requestTimeout = .seconds(20)
        } _: { cluster, client in
            var stopped = ContinuousClock.now
            var healed = ContinuousClock.now
            let outcomes = try await Load.run(client) { load in
                try await load.progress(300)
                stopped = .now
                try await expectRound(within: .seconds(2)) {
                    for node in cluster.seedHosts { try await cluster.stop(node) }
                    try await load.progress(1500)
                    try await cluster.start(Self.victim)
                    let restarted = ContinuousClock.now
                    try await poll("a success") {
                        load.outcomes.suffix(500).contains { $0.error == nil && $0.started > restarted }
                    }
                    let time = ContinuousClock.now - restarted
                    for node in cluster.seedHosts where node != Self.victim { try await cluster.start(node) }
                    try await poll("all nodes active") { client.activeNodes().count == 5 }
                    return time
                }
                healed = .now
                try await load.progress(300)
            }
            let failures = outcomes.filter { $0.error != nil }
            #expect(failures.allSatisfy { $0.started + .seconds(20) > $0.ended })
            let codes = Set(failures.compactMap { $0.error?.code })
            #expect(codes.isSubset(of: [.noNodeAvailable, .connectFailed, .connectionLost]), "\(codes)")
            let clear = failures.contains { $0.error?.message.contains("All 5 nodes are down") == true }
            #expect(clear, "\(failures.failures.suffix(3))")
            let repeated = outcomes.filter { $0.started >= stopped }.reduce(0) { $0 + Swift.max(0, $1.attempts - 1) }
            #expect(repeated <= 500 + outcomes.count { $0.error == nil } / 2)
            outcomes.filter { $0.started >= healed }.expectNoFailure()
            try await Checks.expectNothingLost(outcomes, client)
        }
    }

    @Test func `three rolling restarts cost no request and lose nothing`() async throws {
        try await Self.run {
            $0.activeRefreshInterval = .milliseconds(200)
        } _: { cluster, client in
            let outcomes = try await Load.run(client) { load in
                for _ in 0..<3 {
                    for node in cluster.seedHosts {
                        let label = Self.label(node, cluster)
                        try await cluster.stop(node)
                        try await load.progress(100)
                        try await poll("the fall of \(node)") { !client.activeNodes().contains(label) }
                        try await cluster.start(node)
                        // As an operator waits for "UN" before going on to the next one.
                        try await poll("the return of \(node)") {
                            client.nodes().contains(label) && !client.downNodes().contains(label)
                        }
                    }
                }
            }
            outcomes.expectNoFailure()
            try await Checks.expectNothingLost(outcomes, client)
        }
    }
}

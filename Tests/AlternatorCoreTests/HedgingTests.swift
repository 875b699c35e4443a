import AlternatorLocal
import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct HedgingTests {
    private static let delay = Duration.milliseconds(20)

    private static func bench(_ nodes: [String] = Bench.three, budget: Int = 500) async throws -> Bench {
        let bench = try await Bench(
            nodes,
            configure: {
                $0.hedging = .after(delay)
                $0.retry = .standard(budget: budget)
            }
        )
        try await bench.healthy()
        return bench
    }

    /// The first request hangs wherever it goes; later ones get `reply`, by default the usual answer.
    private static func firstHangs(_ bench: Bench, then reply: ScriptedTransport.Reply? = nil) {
        let isFirst = Mutex(true)
        bench.transport.everywhere { call in
            if call.isDiscovery { return nil }
            let hangs = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            return hangs ? .hang : reply
        }
    }

    private static func read(
        _ bench: Bench,
        _ operation: OperationName = .getItem,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> EncodedResponse {
        try await bench.client.execute(
            EncodedRequest(operation, table: "users", body: Array("{}".utf8), safety: .idempotent),
            options: options
        )
    }

    /// Lets the delay pass once the first exchange hangs and the hedge's timer runs.
    private static func passDelay(_ bench: Bench) async throws {
        try await eventually("a wait for the hedge") {
            bench.transport.hanging == 1 && bench.clock.waits.contains(delay)
        }
        bench.clock.advance(by: delay)
    }

    @Test(arguments: [OperationName.getItem, .batchGetItem, .query, .scan])
    func `a read without an answer in time asks a second node, and its answer wins`(operation: OperationName)
        async throws
    {
        let bench = try await Self.bench()
        Self.firstHangs(bench)
        async let answer = Self.read(bench, operation)
        try await Self.passDelay(bench)
        let response = try await answer
        let hosts = bench.transport.requests.map(\.host)
        #expect(hosts.count == 2 && Set(hosts).count == 2)
        #expect(response.node == hosts[1] + ":8000")
        #expect(response.attempts == 2)
        // The loser was cancelled, and nothing waits any more for this request.
        #expect(bench.transport.hanging == 0)
        #expect(!bench.clock.waits.contains { $0 <= Self.delay })
        await bench.client.close()
    }

    @Test func `nothing is hedged that answers in time, that writes, or where hedging is off`() async throws {
        let bench = try await Self.bench()
        for _ in 0..<20 { _ = try await Self.read(bench) }
        #expect(bench.transport.requests.count == 20)

        Self.firstHangs(bench)
        async let write = bench.put()
        try await eventually("a hanging write") { bench.transport.hanging == 1 }
        bench.clock.advance(by: Self.delay * 2)
        #expect(!bench.clock.waits.contains(Self.delay))
        for host in Bench.three { bench.transport.release(host) }
        #expect(try await write.attempts == 1)

        Self.firstHangs(bench)
        var options = RequestOptions()
        options.hedging = .off
        async let read = Self.read(bench, options: options)
        try await eventually("a hanging read") { bench.transport.hanging == 1 }
        #expect(!bench.clock.waits.contains(Self.delay))
        for host in Bench.three { bench.transport.release(host) }
        #expect(try await read.attempts == 1)
        await bench.client.close()
    }

    @Test func `one call may be hedged by a client that does not`() async throws {
        let bench = try await Bench()
        try await bench.healthy()
        Self.firstHangs(bench)
        var options = RequestOptions()
        options.hedging = .after(Self.delay)
        async let answer = Self.read(bench, options: options)
        try await Self.passDelay(bench)
        #expect(try await answer.attempts == 2)
        await bench.client.close()
    }

    @Test func `a loser without an answer counts as a failure of its node, at last the node is down`() async throws {
        let bench = try await Self.bench()
        bench.transport.at("10.0.0.2") { $0.isDiscovery ? nil : .hang }
        for _ in 0..<400 where bench.client.downNodes().isEmpty {
            let answer = await bench.whileTimePasses { () async -> EncodedResponse? in try? await Self.read(bench) }
            #expect(answer?.node.hasPrefix("10.0.0.2") == false)
        }
        #expect(bench.client.downNodes() == ["10.0.0.2:8000"])
        let failed = bench.transport.requests.count { $0.host == "10.0.0.2" }
        #expect(failed == NodeHealthSettings.on.activeFailures)
        await bench.client.close()
    }

    @Test func `a caller who gives up counts as nothing, however often`() async throws {
        let bench = try await Self.bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .hang }
        for _ in 0..<40 {
            let call = Task { await failure { try await Self.read(bench) } }
            try await Self.passDelay(bench)
            try await eventually("both exchanges") { bench.transport.hanging == 2 }
            call.cancel()
            #expect(await call.value?.code == .cancelled)
        }
        #expect(bench.client.activeNodes().count == 3)
        #expect(bench.transport.hanging == 0)
        await bench.client.close()
    }

    @Test func `a hedge that fails leaves the race to the first`() async throws {
        let bench = try await Self.bench()
        for reply in [ScriptedTransport.Reply.refused, .status(500, ""), .error("RequestLimitExceeded")] {
            Self.firstHangs(bench, then: reply)
            let before = bench.transport.requests.count
            async let answer = Self.read(bench)
            try await Self.passDelay(bench)
            try await eventually("the second exchange") { bench.transport.requests.count == before + 2 }
            let first = bench.transport.requests[before].host
            #expect(bench.transport.hanging == 1)
            bench.transport.release(first)
            #expect(try await answer.node == first + ":8000")
        }
        await bench.client.close()
    }

    @Test func `an error of the caller's is an answer like any other`() async throws {
        let bench = try await Self.bench()
        Self.firstHangs(bench, then: .error("ResourceNotFoundException"))
        async let error = failure { try await Self.read(bench) }
        try await Self.passDelay(bench)
        #expect(await error?.code == .tableNotFound)
        #expect(bench.transport.hanging == 0)
        await bench.client.close()
    }

    @Test func `each hedge takes one token, and without tokens there is none`() async throws {
        let bench = try await Self.bench(budget: 2)
        // A success gives half a token back: 2 → 1.5 → 1 → 0.5, and three hedges are paid.
        for hedged in [true, true, true, false] {
            Self.firstHangs(bench)
            let before = bench.transport.requests.count
            async let answer = Self.read(bench)
            try await Self.passDelay(bench)
            if !hedged {
                try await eventually("the end of the delay") { !bench.clock.waits.contains { $0 <= Self.delay } }
                for _ in 0..<200 { await Task.yield() }
                #expect(bench.transport.requests.count == before + 1)
                for host in Bench.three { bench.transport.release(host) }
            }
            #expect(try await answer.attempts == (hedged ? 2 : 1))
        }
        await bench.client.close()
    }

    @Test func `a lone node is not asked twice`() async throws {
        let bench = try await Self.bench(["10.0.0.1"])
        Self.firstHangs(bench)
        async let answer = Self.read(bench)
        try await Self.passDelay(bench)
        try await eventually("the end of the delay") { !bench.clock.waits.contains { $0 <= Self.delay } }
        for _ in 0..<200 { await Task.yield() }
        #expect(bench.transport.requests.count == 1)
        bench.transport.release("10.0.0.1")
        #expect(try await answer.attempts == 1)
        await bench.client.close()
    }

    @Test func `closing ends both exchanges of a race`() async throws {
        let bench = try await Self.bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .hang }
        async let error = failure { try await Self.read(bench) }
        try await Self.passDelay(bench)
        try await eventually("both exchanges") { bench.transport.hanging == 2 }
        await bench.client.close(within: .zero)
        #expect(await error?.code == .closed)
        #expect(bench.clock.waits.isEmpty)
    }

    // MARK: Over the network

    @Test func `with a node that hangs the slowest reads take no longer than three times as before`() async throws {
        let cluster = try await LocalCluster(nodes: 5)
        var config = AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port, eventLoopCount: 1)
        config.requestTimeout = .seconds(10)
        let plain = try await AlternatorClient(config)
        _ = try await plain.createTable(Live.table)
        for number in 0..<50 { try await plain.putItem(Live.item(number)) }
        // So that the node stays in use: a fifth of the reads meets it until the end.
        config.nodeHealth = .off
        // What a read takes is the servers' time and not the machine's, as in a cluster.
        let usual = LocalCluster.Fault(.delay(.milliseconds(2)), operation: "GetItem")
        try cluster.inject(usual)
        let broken = cluster.seedHosts[2]
        // Other work on the machine makes some rounds slow, and none fast.
        var rounds: [(healthy: Duration, hanging: Duration)] = []
        for _ in 0..<6 where !rounds.contains(where: { $0.hanging <= $0.healthy * 3 }) {
            let healthy = try await Self.slowest(plain)
            config.hedging = .after(healthy)
            let hedging = try await AlternatorClient(config)
            _ = try await Self.slowest(hedging, count: 50)
            try cluster.clearFaults(at: broken)
            try cluster.inject(LocalCluster.Fault(.hang), at: broken)
            rounds.append((healthy, try await Self.slowest(hedging)))
            try cluster.clearFaults(at: broken)
            try cluster.inject(usual, at: broken)
            await hedging.close(within: .zero)
        }
        #expect(rounds.contains { $0.hanging <= $0.healthy * 3 }, "\(rounds)")
        await plain.close()
        await cluster.close()
    }

    /// The 99th percentile of reads by four tasks.
    private static func slowest(_ client: AlternatorClient, count: Int = 200) async throws -> Duration {
        let times = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var times: [Duration] = []
                    for number in 0..<count {
                        let key = ["id": AttributeValue.string("u\((number + worker) % 50)")]
                        let start = ContinuousClock.now
                        _ = try await client.getItem(GetItemRequest(tableName: "users", key: key))
                        times.append(ContinuousClock.now - start)
                    }
                    return times
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        return times[times.count * 99 / 100]
    }
}

import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct ClientMetricsTests {
    private static func read(_ bench: Bench) async throws(AlternatorError) -> EncodedResponse {
        try await bench.client.execute(
            EncodedRequest(.getItem, table: "users", body: Array("{}".utf8), safety: .idempotent)
        )
    }

    private static func sum(_ metrics: ClientMetrics, _ value: (ClientMetrics.Node) -> Int) -> Int {
        metrics.nodes.reduce(0) { $0 + value($1) }
    }

    /// Attempts of an operation that were answered, over all nodes.
    private static func answers(_ metrics: ClientMetrics, _ operation: String) -> Int {
        metrics.nodes.flatMap(\.attempts).filter { $0.operation == operation }.reduce(0) { $0 + $1.latency.count }
    }

    @Test func `calls, attempts, retries and bytes are counted`() async throws {
        let bench = try await Bench()
        try await bench.healthy()
        for _ in 0..<5 { _ = try await bench.put() }
        let fails = Mutex(1)
        bench.transport.everywhere { call in
            guard !call.isDiscovery else { return nil }
            let now = fails.withLock { count in
                defer { count -= 1 }
                return count > 0
            }
            return now ? .error("InternalServerError", status: 500) : nil
        }
        _ = await bench.whileTimePasses { try? await Self.read(bench) }
        let metrics = bench.client.metrics()
        #expect(metrics.call("PutItem")?.latency.count == 5)
        #expect(metrics.call("PutItem")?.failures == [:])
        #expect(metrics.call("GetItem")?.latency.count == 1)
        #expect(metrics.call("Query") == nil)
        #expect(metrics.retries == 1)
        #expect(Self.sum(metrics, \.successes) == 6)
        #expect(Self.sum(metrics, \.serverErrors) == 1)
        #expect(Self.answers(metrics, "PutItem") == 5)
        #expect(Self.answers(metrics, "GetItem") == 2)
        let calls = bench.transport.requests
        #expect(calls.count == 7)
        let sent = calls.reduce(0) { $0 + $1.head.utf8.count + $1.body.count }
        #expect(Self.sum(metrics, \.bytesSent) == sent)
        #expect(Self.sum(metrics, \.bytesReceived) > 0)
        let names = Set(metrics.nodes.map(\.name))
        #expect(names.isSubset(of: bench.client.nodes()))
        await bench.client.close()
        // A closed client still tells what it did.
        #expect(bench.client.metrics().call("PutItem")?.latency.count == 5)
    }

    @Test func `latencies are those of the clock`() async throws {
        let bench = try await Bench(["10.0.0.1"])
        try await bench.healthy()
        bench.transport.everywhere { $0.isDiscovery ? nil : .hang }
        let call = Task { await failure { try await bench.put() } }
        try await eventually("it hangs") { bench.transport.hanging == 1 }
        bench.clock.advance(by: .milliseconds(20))
        bench.transport.release("10.0.0.1")
        #expect(await call.value == nil)
        let latency = bench.client.metrics().call("PutItem")?.latency
        #expect(latency?.sum == .milliseconds(20))
        let median = latency?.p50 ?? .zero
        #expect(median > .milliseconds(17))
        #expect(median < .milliseconds(23))
        let attempts = bench.client.metrics().node("10.0.0.1:8000")?.attempts
        #expect(attempts?.map(\.operation) == ["PutItem"])
        #expect(attempts?.first?.latency.sum == .milliseconds(20))
        await bench.client.close()
    }

    @Test func `failures are counted by code and by node`() async throws {
        let bench = try await Bench()
        try await bench.healthy()
        bench.transport.everywhere { $0.isDiscovery ? nil : .error("ConditionalCheckFailedException") }
        for _ in 0..<3 {
            let error = await failure { try await bench.put(.conditional) }
            #expect(error?.code == .conditionFailed)
        }
        bench.transport.everywhere { $0.isDiscovery ? nil : .refused }
        let refused = await bench.whileTimePasses { await failure { try await bench.put() } }
        #expect(refused?.code == .connectFailed)
        let metrics = bench.client.metrics()
        #expect(metrics.call("PutItem")?.failures == ["conditionFailed": 3, "connectFailed": 1])
        #expect(metrics.call("PutItem")?.latency.count == 4)
        #expect(Self.sum(metrics, \.refusals) == 3)
        let failures = metrics.nodes.reduce(0) { $0 + ($1.failures["connectFailed"] ?? 0) }
        #expect(failures >= 3)
        await bench.client.close()
    }

    @Test func `hedges are counted, and those that won`() async throws {
        let bench = try await Bench(configure: { $0.hedging = .after(.milliseconds(20)) })
        try await bench.healthy()
        let isFirst = Mutex(true)
        bench.transport.everywhere { call in
            if call.isDiscovery { return nil }
            return isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst ? .hang : nil
            }
        }
        let call = Task { await failure { try await Self.read(bench) } }
        try await eventually("a wait for the hedge") {
            bench.transport.hanging == 1 && bench.clock.waits.contains(.milliseconds(20))
        }
        bench.clock.advance(by: .milliseconds(20))
        #expect(await call.value == nil)
        let metrics = bench.client.metrics()
        #expect(metrics.hedges == 1)
        #expect(metrics.hedgesWon == 1)
        let cancelled = metrics.nodes.reduce(0) { $0 + ($1.failures["cancelled"] ?? 0) }
        #expect(cancelled == 1)
        await bench.client.close()
    }

    @Test func `a client that collects nothing shows nothing`() async throws {
        let bench = try await Bench(configure: { $0.collectsMetrics = false })
        _ = try await bench.put()
        let metrics = bench.client.metrics()
        #expect(metrics.calls.isEmpty)
        #expect(metrics.nodes.isEmpty)
        await bench.client.close()
    }

    @Test func `nodes without end take memory for 1,024`() {
        let meter = ClientMeter(lanes: 1)
        for number in 0..<3000 { meter.node("n\(number):1").failed(.connectFailed) }
        // One that comes back has its counts still.
        meter.node("n2999:1").failed(.connectFailed)
        let metrics = meter.metrics([:])
        #expect(metrics.nodes.count == 1024)
        #expect(metrics.node("n2999:1")?.failures == ["connectFailed": 2])
        #expect(metrics.node("n0:1") == nil)
    }

    @Test func `nothing of an item, a key or a table is in metrics or events`() async throws {
        let events = Mutex<[AlternatorEvent]>([])
        let bench = try await Bench(configure: { $0.observer = { event in events.withLock { $0.append(event) } } })
        try await bench.healthy()
        let secret = "Zq7secretZq7"
        for type in ["ValidationException", "ConditionalCheckFailedException", "InternalServerError"] {
            bench.transport.everywhere {
                $0.isDiscovery ? nil : .error(type, "bad value \(secret)", status: type.hasPrefix("Int") ? 500 : 400)
            }
            let error = await bench.whileTimePasses {
                await failure { try await bench.put(body: "{\"Item\":{\"id\":{\"S\":\"\(secret)\"}}}") }
            }
            #expect(error != nil)
        }
        let metrics = bench.client.metrics()
        #expect(metrics.call("PutItem")?.latency.count == 3)
        var dumped = ""
        dump(metrics, to: &dumped)
        #expect(!dumped.contains(secret))
        #expect(!metrics.prometheusText.contains(secret))
        #expect(!metrics.prometheusText.contains("users"))
        let told = events.withLock { $0.map { "\($0)" } }
        let failed = told.count { $0.hasPrefix("operationFailed") }
        #expect(failed == 2)
        let leaked = told.filter { $0.contains(secret) }
        #expect(leaked.isEmpty)
        await bench.client.close()
    }

    @Test func `a long wait for a connection is an event of its node`() throws {
        let events = Mutex<[AlternatorEvent]>([])
        var config = AlternatorConfig(seedHosts: ["a"], port: 1)
        config.observer = { event in events.withLock { $0.append(event) } }
        let sink = EventSink(config, secondsSinceEpoch: { 0 })
        ClientCore.tellWait(
            LongWait(
                peer: Peer(id: 0, host: "::1", port: 8000),
                waited: .microseconds(240_900),
                maximumConnections: 200,
                waiting: 7
            ),
            sink
        )
        let event = try #require(events.withLock { $0.first })
        #expect(event.level == .warning)
        #expect(
            event.description
                == "poolWait [::1]:8000: A request waited 240 ms for one of 200 connections (maxPoolConnections); 7 still wait."
        )
    }
}

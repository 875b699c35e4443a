import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct HealthTests {
    @Test func `the node that answered discovery is active, the others once they are probed`() async throws {
        let bench = try await Bench(prepare: { transport in
            transport.at("10.0.0.2") { $0.isDiscovery ? .status(500, "") : nil }
            transport.at("10.0.0.3") { $0.isDiscovery ? .status(500, "") : nil }
        })
        #expect(bench.client.activeNodes() == ["10.0.0.1:8000"])
        #expect(bench.client.quarantinedNodes() == ["10.0.0.2:8000", "10.0.0.3:8000"])
        #expect(try bench.client.nextNode() == "10.0.0.1:8000")
        bench.transport.at("10.0.0.2", nil)
        bench.transport.at("10.0.0.3", nil)
        _ = await bench.whileTimePasses {
            try? await eventually("all active") { bench.client.activeNodes().count == 3 }
        }
        #expect(bench.client.activeNodes().count == 3)
        await bench.client.close()
    }

    @Test func `a node that keeps failing is used no more, and is back soon after it answers again`() async throws {
        let bench = try await Bench()
        try await bench.healthy()
        bench.transport.at("10.0.0.2") { _ in .refused }
        for _ in 0..<200 { _ = try await bench.put() }
        #expect(bench.client.downNodes() == ["10.0.0.2:8000"])
        let before = bench.transport.requests.count
        for _ in 0..<50 { _ = try await bench.put() }
        #expect(!bench.transport.requests.dropFirst(before).contains { $0.host == "10.0.0.2" })

        bench.transport.at("10.0.0.2", nil)
        let start = bench.clock.now.offset
        try await eventually("an active wait") {
            bench.clock.waits.contains { $0 >= .milliseconds(900) && $0 <= .milliseconds(1100) }
        }
        // The next refresh lists it, which asks for a probe; two more follow 100 ms apart.
        bench.clock.advance(by: .milliseconds(1100))
        while !bench.client.downNodes().isEmpty {
            try await eventually("a short wait for a probe, or the end") {
                bench.client.downNodes().isEmpty || bench.clock.waits.contains { $0 <= .milliseconds(100) }
            }
            bench.clock.advance(by: .milliseconds(100))
        }
        #expect(bench.clock.now.offset - start < .seconds(2))
        await bench.client.close()
    }

    @Test func `with health off every node stays in use`() async throws {
        let bench = try await Bench(configure: { $0.nodeHealth = .off })
        bench.transport.at("10.0.0.2") { _ in .refused }
        for _ in 0..<200 { _ = try await bench.put() }
        #expect(bench.client.activeNodes().count == 3)
        #expect(bench.transport.requests.count { $0.host == "10.0.0.2" } > 30)
        await bench.client.close()
    }

    @Test func `when all nodes are down a request says so and sends nothing`() async throws {
        let bench = try await Bench(["10.0.0.1"])
        bench.transport.everywhere { _ in .refused }
        for _ in 0..<20 where bench.client.downNodes().isEmpty {
            _ = await bench.whileTimePasses { await failure { try await bench.put() } }
        }
        let before = bench.transport.requests.count
        let error = await failure { try await bench.put() }
        #expect(error?.code == .noNodeAvailable)
        #expect(error?.message.contains("10.0.0.1:8000") == true)
        #expect(bench.transport.requests.count == before)
        await bench.client.close()
    }
}

import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct CloseTests {
    @Test func `a closed client refuses requests and says so`() async throws {
        let bench = try await Bench()
        await bench.client.close()
        let error = await failure { try await bench.put() }
        #expect(error?.code == .closed)
        #expect(error?.operation == "PutItem")
        #expect(
            await failure { try await bench.client.refreshNodes() }?.code == .closed
        )
        #expect(throws: AlternatorError.self) { try bench.client.nextNode() }
        #expect(bench.transport.requests.isEmpty)
        #expect(bench.transport.isClosed)
    }

    @Test func `repeated and concurrent closes return together, and close once`() async throws {
        let bench = try await Bench()
        await withTaskGroup { group in
            for _ in 0..<20 { group.addTask { await bench.client.close() } }
        }
        await bench.client.close(within: .zero)
        #expect(bench.transport.closings == 1)
        // Nobody sleeps any more: loops and probes have ended.
        #expect(bench.clock.waits.isEmpty)
    }

    @Test func `requests in flight may finish`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .hang }
        async let answer = bench.put()
        try await eventually("a request under way") { bench.transport.hanging == 1 }
        async let closed: Void = bench.client.close(within: .seconds(10))
        try await eventually("closing") { bench.client.core.lifecycle.isClosing }
        let refused = await failure { try await bench.put() }
        #expect(refused?.code == .closed)
        #expect(!bench.transport.isClosed)
        for host in Bench.three { bench.transport.release(host) }
        _ = try await answer
        await closed
        #expect(bench.transport.isClosed)
    }

    @Test func `what is still in flight after the grace is ended`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .hang }
        async let error = failure { try await bench.put() }
        try await eventually("a request under way") { bench.transport.hanging == 1 }
        async let closed: Void = bench.client.close(within: .seconds(10))
        try await eventually("the grace") { bench.clock.waits == [.seconds(10)] }
        bench.clock.advance(by: .seconds(10))
        await closed
        #expect(await error?.code == .closed)
    }

    @Test func `closing ends a request that waits between two attempts`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .status(500, "") }
        async let error = failure { try await bench.put() }
        try await eventually("a wait between attempts") {
            (bench.clock.waits.first ?? .seconds(9)) < .milliseconds(100)
        }
        await bench.client.close(within: .zero)
        #expect(await error?.code == .closed)
    }

    @Test func `dropping the last reference closes in the background`() async throws {
        var bench: Bench? = try await Bench()
        let transport = try #require(bench?.transport)
        let clock = try #require(bench?.clock)
        weak let client = bench?.client
        weak let core = bench?.client.core
        bench = nil
        #expect(client == nil)
        try await eventually("closed") { transport.isClosed && clock.waits.isEmpty && core == nil }
    }
}

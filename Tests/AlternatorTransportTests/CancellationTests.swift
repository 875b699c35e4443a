import Dispatch
import TestSupport
import Testing

@testable import AlternatorTransport

/// Thousands of cancelled calls, at every stage, leave nothing behind.
@Suite(.timeLimit(.minutes(10))) struct CancellationTests {
    enum Stage: String, CaseIterable, Codable { case connecting, waiting, sent }

    // In a process of its own, since the figures are the process's. What 2,000 cancelled calls would leave if their bodies
    // stayed is 128 MiB.
    @Test(arguments: Stage.allCases)
    func `calls that are cancelled end at once and leave no descriptor, memory or waiter`(stage: Stage) async throws {
        await #expect(processExitsWith: .success) { [stage] in
            try await Self.cancelMany(at: stage)
        }
    }

    private static func cancelMany(at stage: Stage) async throws {
        let arrived = Counter()
        let test = try TestServer { _ in
            arrived.increment()
            return .hang
        }
        var configuration = TransportConfiguration()
        configuration.maxPoolConnections = stage == .waiting ? 1 : 200
        configuration.connectTimeout = .seconds(600)
        let isAnswered = DispatchSemaphore(value: 0)
        let resolver = Resolver(maximumThreads: 1) { _, _ in
            isAnswered.wait()
            return .success([])
        }
        let transport =
            stage == .connecting ? LoopTransport(configuration, resolver: resolver) : LoopTransport(configuration)
        let peer = Peer(id: 0, host: stage == .connecting ? "nowhere.invalid" : "127.0.0.1", port: test.port)
        let holder = stage == .waiting ? Task { await outcome(transport, request(), peer) } : nil
        if holder != nil { try await eventually("it is in use") { transport.snapshot().first?.open == 1 } }
        let kept = holder == nil ? 0 : 1
        // What is made once is made in the first rounds.
        for _ in 0..<5 { try await cancelHundred(at: stage, transport, peer, arrived, keeping: kept) }
        try await eventually("the server sees it") { test.server.connectionCount == kept }
        let before = try Footprint()
        for _ in 0..<20 { try await cancelHundred(at: stage, transport, peer, arrived, keeping: kept) }
        try await eventually("the server sees it") { test.server.connectionCount == kept }
        try await Footprint.expectNoGrowth(since: before, kilobytes: 16 << 10)
        isAnswered.signal()
        holder?.cancel()
        #expect(await holder?.value.error?.kind ?? .cancelled == .cancelled)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    private static func cancelHundred(
        at stage: Stage,
        _ transport: LoopTransport,
        _ peer: Peer,
        _ arrived: Counter,
        keeping kept: Int
    ) async throws {
        let before = arrived.value
        let tasks = (0..<100).map { _ in
            // A body of its own, so that a call that stayed would be seen.
            Task { await outcome(transport, request(body: [UInt8](repeating: 7, count: 64 << 10)), peer) }
        }
        switch stage {
        case .connecting, .waiting:
            try await eventually("all wait") { transport.snapshot().first?.waiting == 100 }
        case .sent:
            // A connection that is opened for a call, and not used by it, is kept for the next one.
            try await eventually("all were sent") { arrived.value == before + 100 }
        }
        for task in tasks { task.cancel() }
        for task in tasks {
            let error = await task.value.error
            #expect(error?.kind == .cancelled)
            #expect(stage == .sent || error?.sent == .incomplete)
        }
        try await eventually("none is left") {
            transport.snapshot().first.map { $0.waiting == 0 && $0.open == kept } ?? false
        }
    }

    @Test func `the connection of a call that was cancelled after its answer serves the next one`() async throws {
        let test = try TestServer { _ in .respond(ServerResponse(status: 200)) }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        for _ in 0..<200 {
            let task = Task { await outcome(transport, request(), peer) }
            _ = await task.value
            task.cancel()
        }
        #expect(transport.snapshot().first?.open == 1)
        await transport.close(within: .seconds(5))
        await test.stop()
    }
}

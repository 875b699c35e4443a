import Dispatch
import TestSupport
import Testing

@testable import AlternatorTransport

/// Where a caller's code runs when an exchange is over: where it ran before.
@Suite(.timeLimit(.minutes(10))) struct IsolationTests {
    private actor Counter {
        private(set) var count = 0

        func exchange(_ transport: LoopTransport, _ peer: Peer, times: Int) async throws {
            for _ in 0..<times {
                _ = try await transport.exchange(request(), with: peer, options: ExchangeOptions())
                // Stops the program where the code runs elsewhere, whatever the compiler believes.
                preconditionIsolated("An exchange must end where it began.")
                count += 1
            }
        }
    }

    private final class QueueExecutor: SerialExecutor {
        let queue = DispatchQueue(label: "queued")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
        }
    }

    /// An actor with an executor of its own.
    private actor Queued {
        private let executor = QueueExecutor()
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
        private(set) var count = 0

        func exchange(_ transport: LoopTransport, _ peer: Peer, times: Int) async throws {
            for _ in 0..<times {
                _ = try await transport.exchange(request(), with: peer, options: ExchangeOptions())
                dispatchPrecondition(condition: .onQueue(executor.queue))
                preconditionIsolated("An exchange must end where it began.")
                count += 1
            }
        }
    }

    @MainActor private func onMain(_ transport: LoopTransport, _ peer: Peer, times: Int) async throws -> Int {
        var count = 0
        for _ in 0..<times {
            _ = try await transport.exchange(request(), with: peer, options: ExchangeOptions())
            MainActor.preconditionIsolated("An exchange must end where it began.")
            count += 1
        }
        return count
    }

    private func withPeer(_ body: (LoopTransport, Peer) async throws -> Void) async throws {
        let test = try TestServer { _ in .respond(ServerResponse(status: 200)) }
        let transport = LoopTransport()
        try await body(transport, Peer(id: 0, host: "127.0.0.1", port: test.port))
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `an actor's code goes on on the actor`() async throws {
        try await withPeer { transport, peer in
            let counter = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await counter.exchange(transport, peer, times: 50) } }
                // Also where tasks prefer the loops.
                for _ in 0..<8 {
                    group.addTask(executorPreference: transport.executor) {
                        try await counter.exchange(transport, peer, times: 50)
                    }
                }
                try await group.waitForAll()
            }
            #expect(await counter.count == 800)
        }
    }

    @Test func `the code of an actor with its own executor goes on there`() async throws {
        try await withPeer { transport, peer in
            let queued = Queued()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await queued.exchange(transport, peer, times: 50) } }
                for _ in 0..<8 {
                    group.addTask(executorPreference: transport.executor) {
                        try await queued.exchange(transport, peer, times: 50)
                    }
                }
                try await group.waitForAll()
            }
            #expect(await queued.count == 800)
        }
    }

    @Test func `the main actor's code goes on there`() async throws {
        try await withPeer { transport, peer in
            let count = try await onMain(transport, peer, times: 200)
            #expect(count == 200)
        }
    }

    @Test func `a task that prefers the loops stays on them`() async throws {
        try await withPeer { transport, peer in
            let stayed = try await Task(executorPreference: transport.executor) {
                var stayed = 0
                for _ in 0..<200 {
                    _ = try await transport.exchange(request(), with: peer, options: ExchangeOptions())
                    if CurrentLoop.number != 0 { stayed += 1 }
                }
                return stayed
            }.value
            #expect(stayed == 200)
        }
    }

    @Test func `a cancelled caller's code goes on on its actor`() async throws {
        actor Canceller {
            func run(_ transport: LoopTransport, _ peer: Peer) async -> TransportError? {
                let outcome = await outcome(transport, request(), peer)
                preconditionIsolated("A cancelled exchange must end where it began.")
                return outcome.error
            }
        }
        let test = try TestServer { _ in .hang }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let canceller = Canceller()
        for _ in 0..<20 {
            let task = Task { await canceller.run(transport, peer) }
            await Task.yield()
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
        }
        await transport.close(within: .seconds(5))
        await test.stop()
    }
}

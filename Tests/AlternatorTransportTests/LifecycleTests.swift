import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AlternatorTransport

@Suite(.timeLimit(.minutes(10))) struct LifecycleTests {
    private static func configuration(loops: Int) -> TransportConfiguration {
        var configuration = TransportConfiguration()
        configuration.loopCount = loops
        return configuration
    }

    /// How much memory 1,000 rounds may add: a pool or a loop that stayed of each would take more.
    private static let kilobytes = 8192

    // Each in a process of its own, since the figures are the process's.

    @Test func `1,000 rounds of opening, asking and closing leave no thread, descriptor or memory`() async throws {
        await #expect(processExitsWith: .success) {
            try await Self.rounds { peer, round in
                let transport = LoopTransport(Self.configuration(loops: round % 3 + 1))
                let result = await outcome(transport, request(), peer)
                #expect(result.error == nil)
                await transport.close(within: .seconds(5))
            }
        }
    }

    @Test func `1,000 rounds of closing with requests in flight leave nothing, and each request ends once`()
        async throws
    {
        await #expect(processExitsWith: .success) {
            let arrived = Counter()
            try await Self.rounds {
                arrived.increment()
                return .hang
            } body: { peer, round in
                var configuration = Self.configuration(loops: round % 2 + 1)
                configuration.maxPoolConnections = 2
                let transport = LoopTransport(configuration)
                let target = arrived.value + 2
                async let first = outcome(transport, request(), peer)
                async let second = outcome(transport, request(), peer)
                async let third = outcome(transport, request(), peer)
                try await eventually("two have arrived") { arrived.value >= target }
                await transport.close(within: .zero)
                let errors = await [first.error, second.error, third.error]
                #expect(errors.allSatisfy { $0?.kind == .closed })
                // One waited for a connection, or came after the end.
                #expect(errors.filter { $0?.sent == .complete }.count == 2)
            }
        }
    }

    @Test func `1,000 transports dropped without close leave nothing`() async throws {
        await #expect(processExitsWith: .success) {
            try await Self.rounds { peer, _ in
                let transport = LoopTransport(Self.configuration(loops: 1))
                let result = await outcome(transport, request(), peer)
                #expect(result.error == nil)
            }
        }
    }

    /// 100 rounds, and 1,000 more that must leave nothing.
    private static func rounds(
        _ answer: @escaping @Sendable () -> ServerAction = { .respond(ServerResponse(status: 200)) },
        body: (Peer, Int) async throws -> Void
    ) async throws {
        let test = try TestServer { _ in answer() }
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        for round in 0..<100 { try await body(peer, round) }
        try await eventually("no connection is left") { test.server.connectionCount == 0 }
        let before = try Footprint()
        for round in 100..<1100 { try await body(peer, round) }
        try await eventually("no connection is left") { test.server.connectionCount == 0 }
        try await Footprint.expectNoGrowth(since: before, kilobytes: kilobytes)
        await test.stop()
    }

    @Test func `close lets a running exchange finish`() async throws {
        let arrived = Atomic<Bool>(false)
        let test = try TestServer { _ in
            arrived.store(true, ordering: .sequentiallyConsistent)
            return .respondLater(ServerResponse(status: 200, body: [0x61]), after: .milliseconds(50))
        }
        let transport = LoopTransport()
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        async let running = outcome(transport, request(), peer)
        try await eventually("the request has arrived") { arrived.load(ordering: .sequentiallyConsistent) }
        await transport.close(within: .seconds(20))
        #expect(try await running.get().bodyText == "a")
        let late = await outcome(transport, request(), peer)
        #expect(late.error?.kind == .closed)
        #expect(late.error?.sent == .incomplete)
        await test.stop()
    }

    @Test func `concurrent and repeated closes return together, from the executor as well`() async throws {
        let test = try TestServer { _ in .respond(ServerResponse(status: 200)) }
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        for loops in 1...3 {
            let transport = LoopTransport(Self.configuration(loops: loops))
            _ = await outcome(transport, request(), peer)
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<6 {
                    group.addTask(executorPreference: task % 2 == 0 ? transport.executor : nil) {
                        await transport.close(within: .seconds(5))
                    }
                }
            }
            await transport.close(within: .seconds(5))
            // The executor outlives its threads: work goes on elsewhere.
            let sum = await Task(executorPreference: transport.executor) { 40 + 2 }.value
            #expect(sum == 42)
        }
        let unused = LoopTransport()
        await unused.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `a task on the executor stays on its loop, and new tasks spread`() async throws {
        let test = try TestServer { _ in .respond(ServerResponse(status: 200)) }
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let transport = LoopTransport(Self.configuration(loops: 3))
        let visit: @Sendable () async -> Set<UInt64> = {
            var loops: Set<UInt64> = []
            for _ in 0..<5 {
                _ = await outcome(transport, request(), peer)
                loops.insert(CurrentLoop.number)
            }
            return loops
        }
        // One after the other: a request that has to wait in line gets the first free connection, of whatever loop,
        // and its task goes on there.
        var visited: [Set<UInt64>] = []
        for _ in 0..<30 { visited.append(await Task(executorPreference: transport.executor) { await visit() }.value) }
        #expect(visited.allSatisfy { $0.count == 1 })
        await withTaskGroup(of: Set<UInt64>.self) { group in
            for _ in 0..<30 { group.addTask(executorPreference: transport.executor) { await visit() } }
            for await loops in group { visited.append(loops) }
        }
        let all = visited.reduce(into: Set<UInt64>()) { $0.formUnion($1) }
        #expect(all.count == 3)
        #expect(!all.contains(0))
        await transport.close(within: .seconds(5))
        await test.stop()
    }
}

@Suite(.timeLimit(.minutes(10))) struct ResolverTests {
    @Test func `a name is looked up, and its addresses are tried in turn`() async throws {
        let test = try TestServer { _ in .respond(ServerResponse(status: 200)) }
        let asked = Mutex<[String]>([])
        let resolver = Resolver { host, port in
            asked.withLock { $0.append(host) }
            // Nothing listens at the first.
            return .success([
                SocketAddress.numeric(host: "127.9.9.9", port: port)!,
                SocketAddress.numeric(host: "127.0.0.1", port: port)!,
            ])
        }
        let transport = LoopTransport(TransportConfiguration(), resolver: resolver)
        let result = await outcome(transport, request(), Peer(id: 0, host: "node.example", port: test.port))
        #expect(result.error == nil)
        #expect(asked.withLock { $0 } == ["node.example"])
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `the system's resolver knows localhost and refuses what is no name`() async throws {
        let test = try TestServer { _ in .respond(ServerResponse(status: 200)) }
        let transport = LoopTransport()
        #expect(await outcome(transport, request(), Peer(id: 0, host: "localhost", port: test.port)).error == nil)
        for (id, host) in ["", "a b", "x\u{0}y"].enumerated() {
            let result = await outcome(transport, request(), Peer(id: id + 1, host: host, port: test.port))
            #expect(result.error?.kind == .resolveFailed)
            #expect(result.error?.sent == .incomplete)
        }
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `a lookup that hangs holds up nobody else and ends by the connect timeout`() async throws {
        let test = try TestServer { _ in .respond(ServerResponse(status: 200)) }
        let released = Atomic<Bool>(false)
        let lookups = Atomic<Int>(0)
        let resolver = Resolver(maximumThreads: 2) { host, port in
            lookups.add(1, ordering: .sequentiallyConsistent)
            while host == "hangs", !released.load(ordering: .sequentiallyConsistent) { usleep(200) }
            return .success([SocketAddress.numeric(host: "127.0.0.1", port: port)!])
        }
        var configuration = TransportConfiguration()
        configuration.connectTimeout = .milliseconds(200)
        let impatient = LoopTransport(configuration, resolver: resolver)
        // The same threads look up for both; on a busy machine 200 ms may be short for a whole connection.
        let transport = LoopTransport(TransportConfiguration(), resolver: resolver)
        async let first = outcome(impatient, request(), Peer(id: 0, host: "hangs", port: test.port))
        async let second = outcome(impatient, request(), Peer(id: 0, host: "hangs", port: test.port))
        for id in 1...5 {
            let result = await outcome(transport, request(), Peer(id: id, host: "n\(id)", port: test.port))
            #expect(result.error == nil)
        }
        let errors = await [first.error, second.error]
        #expect(errors.map { $0?.kind } == [.resolveFailed, .resolveFailed])
        // One lookup served both.
        #expect(lookups.load(ordering: .sequentiallyConsistent) == 6)
        released.store(true, ordering: .sequentiallyConsistent)
        await impatient.close(within: .seconds(5))
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `an address that never answers leaves time for the next one`() async throws {
        let test = try TestServer { _ in .respond(ServerResponse(status: 200)) }
        // A full backlog drops SYNs: the listener never accepts, and its queue holds one connection.
        let deaf = try ListeningSocket(at: SocketAddress.numeric(host: "127.0.0.2", port: test.port)!, backlog: 0)
        let fillers = try (0..<4).map { _ in try ByteStream.connecting(to: deaf.address) }
        let resolver = Resolver { _, port in
            .success([deaf.address, SocketAddress.numeric(host: "127.0.0.1", port: port)!])
        }
        var configuration = TransportConfiguration()
        configuration.connectTimeout = .seconds(3)
        let transport = LoopTransport(configuration, resolver: resolver)
        #expect(await outcome(transport, request(), Peer(id: 0, host: "two.example", port: test.port)).error == nil)
        let result = await outcome(transport, request(), Peer(id: 1, host: "127.0.0.2", port: test.port))
        #expect(result.error?.kind == .connectTimeout)
        #expect(result.error?.sent == .incomplete)
        for filler in fillers { filler.close() }
        deaf.close()
        await transport.close(within: .seconds(5))
        await test.stop()
    }
}

import Dispatch
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import AlternatorTransport

@Suite(.timeLimit(.minutes(10))) struct PoolTests {
    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    private func repeatable(_ mayRepeat: Bool = true) -> ExchangeOptions {
        var options = ExchangeOptions()
        options.mayRepeat = mayRepeat
        return options
    }

    // MARK: Connections that the server has closed

    @Test(arguments: [ScriptedServer.Step.close, .reset], [true, false])
    func `a request that meets a dying connection is sent over a new one if it may be`(
        end: ScriptedServer.Step,
        mayRepeat: Bool
    ) async throws {
        // The server closes when the second request comes: for the client that is the same as just before.
        let server = try ScriptedServer { connection, requests in
            if requests == 0 { return [] }
            return connection == 0 && requests == 2 ? [end] : [.send(Self.answer)]
        }
        let transport = LoopTransport()
        _ = try await transport.exchange(request(), with: server.peer, options: repeatable(mayRepeat))
        let result = await outcome(transport, request(), server.peer, repeatable(mayRepeat))
        if mayRepeat {
            #expect(result.error == nil)
            #expect(server.requests == 3)
            #expect(server.connections == 2)
        } else {
            #expect(result.error?.kind == .connectionLost)
            #expect(result.error?.sent == .complete)
            #expect(server.requests == 2)
        }
        await transport.close(within: .seconds(5))
        await server.stop()
    }

    @Test func `a request that did not leave as a whole is sent over a new connection whatever it does`() async throws {
        let server = try ScriptedServer { connection, requests in
            if requests == 0 { return [] }
            return connection == 0 && requests == 2 ? [.reset] : [.send(Self.answer)]
        }
        let transport = LoopTransport()
        _ = try await transport.exchange(request(), with: server.peer, options: repeatable(false))
        // More than the kernel takes at once: the server ends the connection when it has seen the head.
        let large = request(body: [UInt8](repeating: 7, count: 32 << 20))
        #expect(await outcome(transport, large, server.peer, repeatable(false)).error == nil)
        #expect(server.connections == 2)
        #expect(server.requests == 3)
        await transport.close(within: .seconds(5))
        await server.stop()
    }

    @Test func `it is repeated once, and passes over connections as old as the dead one`() async throws {
        // Three warm connections, which the server ends at their first request; so it does with new ones.
        let server = try ScriptedServer { _, requests in requests == 0 ? [] : [.close] }
        let transport = LoopTransport()
        transport.warm(server.peer, connections: 3)
        try await eventually("three are open") { transport.snapshot().first?.idle == 3 }
        let result = await outcome(transport, request(), server.peer, repeatable())
        #expect(result.error?.kind == .connectionLost)
        #expect(result.error?.sent == .complete)
        #expect(server.requests == 2)
        #expect(server.connections == 4)
        await transport.close(within: .seconds(5))
        await server.stop()
    }

    @Test(arguments: [(0, ""), (1, "HTTP/1.1 2")])
    func `a new connection, or an answer that began, is not repeated`(served: Int, begun: String) async throws {
        let server = try ScriptedServer { _, requests in
            requests == 0 ? [] : (requests <= served ? [.send(Self.answer)] : [.send(begun), .close])
        }
        let transport = LoopTransport()
        for _ in 0..<served { _ = try await transport.exchange(request(), with: server.peer, options: repeatable()) }
        let result = await outcome(transport, request(), server.peer, repeatable())
        #expect(result.error?.kind == .connectionLost)
        #expect(server.connections == 1)
        await transport.close(within: .seconds(5))
        await server.stop()
    }

    // MARK: Warming

    @Test func `warm connections are opened at once, within the limit, and used`() async throws {
        let server = try ScriptedServer { _, requests in requests == 0 ? [] : [.send(Self.answer)] }
        var configuration = TransportConfiguration()
        configuration.maxPoolConnections = 4
        configuration.loopCount = 2
        let transport = LoopTransport(configuration)
        transport.warm(server.peer, connections: 3)
        try await eventually("three are idle") { transport.snapshot().first?.idle == 3 }
        transport.warm(server.peer, connections: 3)
        #expect(transport.snapshot().first.map { $0.open + $0.connecting } == 3)
        transport.warm(server.peer, connections: 100)
        try await eventually("four are idle") { transport.snapshot().first?.idle == 4 }
        for _ in 0..<8 { _ = try await transport.exchange(request(), with: server.peer, options: repeatable()) }
        #expect(server.connections == 4)
        await transport.close(within: .seconds(5))
        await server.stop()
    }

    @Test func `warming a node that is not there leaves nothing, and its next request tells`() async throws {
        let server = try ScriptedServer { _, _ in [] }
        let peer = server.peer
        await server.stop()
        let transport = LoopTransport()
        transport.warm(peer, connections: 3)
        try await eventually("all have failed") {
            transport.snapshot().first.map { $0.open + $0.connecting } == 0
        }
        let result = await outcome(transport, request(), peer)
        #expect(result.error?.kind == .connectFailed)
        await transport.close(within: .seconds(5))
    }

    // MARK: Limits

    @Test func `the limit holds over all loops`() async throws {
        let most = Most()
        let test = try TestServer(loops: 2) { _ in .respond(ServerResponse(status: 200)) }
        let server = test.server
        var configuration = TransportConfiguration()
        configuration.maxPoolConnections = 5
        configuration.loopCount = 3
        let transport = LoopTransport(configuration)
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask(executorPreference: transport.executor) {
                    for _ in 0..<25 {
                        let result = await outcome(transport, request(), peer)
                        #expect(result.error == nil)
                        let count = server.connectionCount
                        most.count.withLock { $0 = max($0, count) }
                    }
                }
            }
        }
        let seen = most.count.withLock { $0 }
        #expect(seen <= 5)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `an acquire timeout names its fields and the state of the pool`() async throws {
        let test = try TestServer { _ in .hang }
        var configuration = TransportConfiguration()
        configuration.maxPoolConnections = 2
        configuration.acquireTimeout = .milliseconds(40)
        let transport = LoopTransport(configuration)
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let holding = (0..<2).map { _ in Task { await outcome(transport, request(), peer) } }
        try await eventually("both are in use") { transport.snapshot().first?.open == 2 }
        let error = await outcome(transport, request(), peer).error
        #expect(error?.kind == .acquireTimeout)
        #expect(error?.sent == .incomplete)
        #expect(
            error?.message
                == "none of the 2 connections to 127.0.0.1:\(test.port) (maxPoolConnections) became free within "
                + "0.04 seconds (acquireTimeout): 2 in use, 0 idle, 0 connecting, 0 still waiting"
        )
        for task in holding { task.cancel() }
        for task in holding { #expect(await task.value.error?.kind == .cancelled) }
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `a long wait for a connection is told`() async throws {
        let told = Mutex<[LongWait]>([])
        let mayAnswer = DispatchSemaphore(value: 0)
        let test = try TestServer { _ in
            // The limit is there for a test that would hang.
            _ = mayAnswer.wait(timeout: .now() + 300)
            return .respond(ServerResponse(status: 200))
        }
        var configuration = TransportConfiguration()
        configuration.maxPoolConnections = 1
        configuration.onLongWait = { wait in told.withLock { $0.append(wait) } }
        let transport = LoopTransport(configuration)
        let peer = Peer(id: 7, host: "127.0.0.1", port: test.port)
        let calls = (0..<3).map { _ in Task { await outcome(transport, request(), peer) } }
        try await eventually("one is served, two wait") {
            transport.snapshot().first.map { $0.open == 1 && $0.waiting == 2 } ?? false
        }
        let begun = MonotonicTime.now
        try await eventually("a long wait") { MonotonicTime.now >= begun.advanced(by: .milliseconds(110)) }
        for _ in calls { mayAnswer.signal() }
        for call in calls { #expect(await call.value.error == nil) }
        let waits = told.withLock { $0 }
        let first = try #require(waits.first)
        #expect(first.waited > .milliseconds(100))
        #expect(first.peer == peer)
        #expect(first.maximumConnections == 1)
        // The third one, which is not told within the same second.
        #expect(first.waiting == 1)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `connections have no Nagle and notice dead peers`() async throws {
        let test = try TestServer { _ in .respond(ServerResponse(status: 200)) }
        let transport = LoopTransport()
        _ = try await transport.exchange(
            request(),
            with: Peer(id: 0, host: "127.0.0.1", port: test.port),
            options: repeatable()
        )
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init)
        let mine = descriptors.filter { Self.remotePort(of: $0) == test.port }
        #expect(mine.count == 1)
        for descriptor in mine {
            #expect(Self.option(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY) == 1)
            #expect(Self.option(descriptor, SOL_SOCKET, SO_KEEPALIVE) == 1)
            #expect(Self.option(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE) == 60)
        }
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    private final class Most: Sendable {
        let count = Mutex(0)
    }

    private static func remotePort(of descriptor: Int32) -> Int? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getpeername(descriptor, $0, &length)
            }
        }
        return code == 0 && address.sin_family == AF_INET ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    private static func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = -1
        var length = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe getsockopt(descriptor, level, name, &value, &length)
        return value
    }
}

import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import AlternatorLocal
@testable import AlternatorTransport

@Suite(.serialized, .timeLimit(.minutes(10))) struct ConnectionTests {
    /// The connections of one process here and of another there: both need as many descriptors.
    private static let hasDescriptors: Bool = {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return limit.rlim_cur > 10_600
    }()

    private func get(_ path: String) -> [UInt8] { Array("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n".utf8) }

    /// What `/nodes` of the admin port tells of the only node.
    private func openConnections(_ client: ClusterClient, admin: Int) async throws -> Int {
        let answer = try await client.transport.exchange(
            OutgoingRequest(head: get("/nodes"), body: []),
            with: Peer(id: 1, host: "127.0.0.1", port: admin),
            options: ExchangeOptions()
        )
        let nodes = try LocalServer.tree(Array(answer.bytes[answer.bodyOffset...]))
        return nodes.elements?.first?["open_connections"]?.integer ?? 0
    }

    @Test(.enabled(if: hasDescriptors, "needs 10,600 descriptors; raise `ulimit -n`"))
    func `10,000 connections stay open, in bounded memory, and each is served`() async throws {
        let count = 10_000
        let admin = Int.random(in: 20_000..<30_000)
        try await ServerProcess.run(["--admin-port", "\(admin)"]) { server in
            let address = try #require(SocketAddress.numeric(host: "127.0.0.1", port: server.port))
            let before = try #require(server.residentKilobytes)
            var streams: [ByteStream] = []
            defer { for stream in streams { stream.close() } }
            // In parts, so that no listener's backlog overflows.
            while streams.count < count {
                for _ in 0..<250 { streams.append(try ByteStream.connecting(to: address)) }
                let expected = streams.count
                var open = 0
                repeat { open = try await openConnections(server.client, admin: admin) } while open < expected
            }
            // A large body is announced and never sent: the claim alone must not cost memory.
            let claim = Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 16000000\r\n\r\n{".utf8)
            for stream in streams[(count / 2)...] { _ = stream.write(claim, [], from: 0) }
            var buffer = [UInt8](repeating: 0, count: 4096)
            for stream in streams[..<(count / 2)] { _ = stream.write(get("/"), [], from: 0) }
            for (place, stream) in streams[..<(count / 2)].enumerated() {
                var answer: [UInt8] = []
                while !answer.contains(UInt8(ascii: ":"))
                    || !String(decoding: answer, as: UTF8.self).contains("healthy")
                {
                    switch stream.read(into: &buffer) {
                    case .bytes(let read, _): answer += buffer[..<read]
                    case .wouldBlock: await Task.yield()
                    case .end, .failed: throw NeverHappened(description: "connection \(place) was closed")
                    }
                }
            }
            #expect(try await openConnections(server.client, admin: admin) == count)
            let after = try #require(server.residentKilobytes)
            // A connection has its parser, its table entry and a descriptor: 20 KB each are plenty.
            #expect(after - before < 20 * count, "\(after - before) KB more for \(count) connections")
            #expect(server.isRunning)
        }
    }
}

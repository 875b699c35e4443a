import AlternatorTransport
import Foundation
import TestSupport
import Testing

/// Five nodes of `Tests/Servers/moto_cluster.py`: an implementation of DynamoDB that nobody here wrote.
struct MotoCluster {
    let port: Int
    private let adminPort: Int
    private let transport: LoopTransport

    static let addresses = (1...5).map { "127.0.0.\($0)" }

    /// What a node is made to do.
    enum Mode: String, Sendable, CaseIterable {
        case refuse, hang, error, reset
    }

    /// Runs the program, with further `arguments`, for the time of `body`.
    static func run(_ arguments: [String] = [], _ body: (MotoCluster) async throws -> Void) async throws {
        try await Peers.withFolder { folder in
            let (port, adminPort) = try await freePorts()
            // A dead node stays listed, as with real gossip for some seconds; it ends by itself if this process dies.
            let process = try Peers.start(
                "Tests/Servers/moto_cluster.py",
                [
                    "--nodes", "5", "--port", "\(port)", "--admin-port", "\(adminPort)", "--detect-ms", "60000",
                    "--max-seconds", "300",
                ] + arguments,
                in: folder
            )
            let transport = LoopTransport()
            let cluster = MotoCluster(port: port, adminPort: adminPort, transport: transport)
            let result: Result<Void, any Error>
            do {
                try await poll("moto's start", within: .seconds(60)) {
                    let errors = try Peers.text("errors", in: folder)
                    try #require(process.isRunning, "moto_cluster.py ended: \(errors.suffix(1000))")
                    return try Peers.text("output", in: folder).hasPrefix("ready")
                }
                try await body(cluster)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await transport.close(within: .zero)
            Peers.stop(process)
            try await poll("moto's end") { !process.isRunning }
            try result.get()
        }
    }

    func kill(_ address: String, _ mode: Mode) async throws { _ = try await admin("kill/\(address)?mode=\(mode)") }

    func revive(_ address: String) async throws { _ = try await admin("revive/\(address)") }

    /// Operations that a node has had.
    func requests(_ address: String) async throws -> Int { try await count("requests", address) }

    /// One of a node's counters: `requests`, `compressed_requests`, `compressed_responses`, or an operation's name.
    func count(_ name: String, _ address: String) async throws -> Int {
        let nodes = try JSONSerialization.jsonObject(with: Data(try await admin("nodes"))) as? [[String: Any]]
        let node = nodes?.first { $0["address"] as? String == address }
        let counts = try #require(node?["counts"] as? [String: Any])
        return counts[name] as? Int ?? 0
    }

    /// Sends an order to the admin port; returns the body of the answer.
    private func admin(_ order: String) async throws -> [UInt8] {
        let head = "POST /\(order) HTTP/1.1\r\nHost: 127.0.0.1:\(adminPort)\r\nContent-Length: 0\r\n\r\n"
        let answer = try await transport.exchange(
            OutgoingRequest(head: Array(head.utf8), body: []),
            with: Peer(id: 0, host: "127.0.0.1", port: adminPort),
            options: ExchangeOptions()
        )
        try #require(answer.status == 200, "\(order): HTTP \(answer.status)")
        return Array(answer.bytes[answer.bodyOffset...])
    }

    private struct Nothing: ServerHandler {
        func handle(_ request: ServerRequest) -> ServerAction { .reset }
    }

    /// A port that is free at all addresses, and another one.
    private static func freePorts() async throws -> (Int, Int) {
        let group = LoopGroup(count: 1)
        let nodes = try addresses.map { try HTTPServer(host: $0, port: 0, group: group, handler: Nothing()) }
        let admin = try HTTPServer(host: "127.0.0.1", port: 0, group: group, handler: Nothing())
        try await HTTPServer.start(nodes, port: 0)
        try admin.start()
        let ports = (nodes[0].port, admin.port)
        for server in nodes + [admin] { await server.stop() }
        await group.shutDown()
        return ports
    }
}

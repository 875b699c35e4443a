import AlternatorTransport
import AlternatorWire

@testable import AlternatorLocal

/// Sends operations to the nodes of a cluster over HTTP.
struct ClusterClient: Sendable {
    let transport = LoopTransport()
    let port: Int

    init(_ cluster: LocalCluster) { port = cluster.port }

    init(port: Int) { self.port = port }

    func send(
        _ method: String,
        _ path: String,
        to host: String,
        headers: String = "",
        body: String = ""
    ) async throws -> IncomingResponse {
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n"
        let last = host.split(separator: ".").last.flatMap { Int($0) } ?? 0
        return try await transport.exchange(
            OutgoingRequest(head: Array(head.utf8), body: Array(body.utf8)),
            with: Peer(id: last, host: host, port: port),
            options: ExchangeOptions()
        )
    }

    /// An operation's status and answer.
    func call(
        _ operation: String,
        _ body: String,
        at host: String = "127.0.0.1"
    ) async throws -> (status: Int, answer: JSONValue) {
        let response = try await send("POST", "/", to: host, headers: "X-Amz-Target: D.\(operation)\r\n", body: body)
        return (response.status, try LocalServer.tree(Array(response.bytes[response.bodyOffset...])))
    }

    func close() async { await transport.close(within: .zero) }
}

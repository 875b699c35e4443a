import AlternatorTransport
import Foundation
import Synchronization
import Testing

/// Nodes that write down which of them got which operation, and answer everything with `{}`.
final class RecordingNodes: Sendable {
    private struct Node: ServerHandler {
        let address: String
        let nodes: RecordingNodes

        func handle(_ request: ServerRequest) -> ServerAction { nodes.handle(request, at: address) }
    }

    private struct Record {
        var nodes: [Int: [String]] = [:]
        var strangers: [String] = []
    }

    let addresses: [String]
    private let record = Mutex(Record())

    private init(_ addresses: [String]) { self.addresses = addresses }

    /// Runs nodes at these addresses, all at one free port, for the time of `body`.
    static func run<Value>(
        _ addresses: [String],
        _ body: (RecordingNodes, Int) async throws -> Value
    ) async throws -> Value {
        let nodes = RecordingNodes(addresses)
        let group = LoopGroup(count: 1)
        let servers = try addresses.map {
            try HTTPServer(host: $0, port: 0, group: group, handler: Node(address: $0, nodes: nodes))
        }
        try await HTTPServer.start(servers, port: 0)
        let result: Result<Value, any Error>
        do { result = .success(try await body(nodes, servers[0].port)) } catch { result = .failure(error) }
        for server in servers { await server.stop() }
        await group.shutDown()
        return try result.get()
    }

    /// Which node got each operation since the last call; each must have come once.
    func take() throws -> [Int: String] {
        let taken = record.withLock { record in
            defer { record = Record() }
            return record
        }
        #expect(taken.strangers.isEmpty, "requests that are no writes: \(taken.strangers.prefix(5))")
        return try taken.nodes.mapValues { nodes in
            try #require(nodes.count == 1, "sent more than once: \(nodes)")
            return nodes[0]
        }
    }

    private func handle(_ request: ServerRequest, at address: String) -> ServerAction {
        let json: String
        if request.method == "GET", request.path == "/localnodes" {
            json = "[" + addresses.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        } else {
            json = "{}"
            record.withLock { record in
                if let number = Self.operation(of: request) {
                    record.nodes[number, default: []].append(address)
                } else if request.method == "POST" {
                    record.strangers.append(request.header("x-amz-target") ?? "?")
                }
            }
        }
        let type = "application/x-amz-json-1.0"
        return .respond(ServerResponse(status: 200, headers: [("Content-Type", type)], body: Array(json.utf8)))
    }

    /// The number in the attribute `op` of the item, or of the first one of a batch.
    private static func operation(of request: ServerRequest) -> Int? {
        guard let body = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any] else {
            return nil
        }
        let tables = body["RequestItems"] as? [String: [[String: [String: Any]]]]
        let item = body["Item"] ?? tables?.first?.value.first?["PutRequest"]?["Item"]
        guard let op = (item as? [String: Any])?["op"] as? [String: String] else { return nil }
        return op["S"].flatMap { Int($0) }
    }
}

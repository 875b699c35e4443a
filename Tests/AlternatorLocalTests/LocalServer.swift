import AlternatorTransport
import AlternatorWire
import Synchronization
import Testing

@testable import AlternatorLocal

/// One node without a network: requests go straight to its handler.
final class LocalServer: Sendable {
    let handler: NodeHandler
    let clock: ManualTime

    /// Milliseconds since 1970, set by tests.
    final class ManualTime: Sendable {
        private let milliseconds: Mutex<Int64>

        init(_ start: Int64 = 1_700_000_000_123) { milliseconds = Mutex(start) }

        var now: Int64 { milliseconds.withLock { $0 } }

        func advance(milliseconds step: Int64) { milliseconds.withLock { $0 += step } }
    }

    init(path: String? = nil, _ adjust: (inout EngineSettings) -> Void = { _ in }) throws {
        let clock = ManualTime()
        self.clock = clock
        var settings = EngineSettings()
        settings.path = path
        settings.now = { clock.now }
        adjust(&settings)
        let node = LocalNode(NodePlace(address: "127.0.0.1", datacenter: "dc1", rack: "rack1"))
        node.update { $0.state = .up }
        handler = try NodeHandler(
            node: node,
            engine: Engine(settings),
            topology: Topology([node], now: { clock.now })
        )
    }

    func send(
        _ method: String = "POST",
        _ path: String = "/",
        query: String? = nil,
        headers: [(name: String, value: String)] = [],
        body: String = ""
    ) throws -> ServerResponse {
        let request = ServerRequest(
            method: method,
            path: path,
            query: query,
            headers: [("host", "127.0.0.1:8000")] + headers,
            body: Array(body.utf8),
            remoteAddress: "127.0.0.9"
        )
        switch handler.handle(request) {
        case .respond(let response): return response
        case let other: throw Unexpected(description: "\(other)")
        }
    }

    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    /// The answer of an operation that must succeed.
    @discardableResult
    func call(_ operation: String, _ body: String) throws -> JSONValue {
        let response = try send(headers: [("x-amz-target", "DynamoDB_20120810.\(operation)")], body: body)
        let text = String(decoding: response.body, as: UTF8.self)
        guard response.status == 200 else { throw Unexpected(description: "\(response.status) \(text)") }
        return text.isEmpty ? .object([]) : try Self.tree(response.body)
    }

    /// The error of an operation that must fail: its type without the prefix, and its message.
    func error(_ operation: String, _ body: String, status: Int = 400) throws -> (type: String, message: String) {
        let response = try send(headers: [("x-amz-target", "DynamoDB_20120810.\(operation)")], body: body)
        let text = String(decoding: response.body, as: UTF8.self)
        guard response.status == status else { throw Unexpected(description: "\(response.status) \(text)") }
        let tree = try Self.tree(response.body)
        let type = try #require(tree["__type"]?.text)
        let message = try #require(tree["message"]?.text)
        let prefix = "com.amazonaws.dynamodb.v20120810#"
        guard type.hasPrefix(prefix) else { throw Unexpected(description: type) }
        return (String(type.dropFirst(prefix.count)), message)
    }

    static func tree(_ bytes: [UInt8]) throws -> JSONValue {
        var reader = JSONReader(bytes)
        let tree = try reader.readTree()
        try reader.finish()
        return tree
    }

    static func tree(_ text: String) throws -> JSONValue { try tree(Array(text.utf8)) }

    /// A table `users` with the partition key `id` (S).
    func createUsers() throws {
        try call(
            "CreateTable",
            """
            {"TableName":"users","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
            "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}
            """
        )
    }

    /// A table `rows` with the partition key `p` (S) and a sort key `c` of the given type.
    func createRows(sort: String = "N") throws {
        try call(
            "CreateTable",
            """
            {"TableName":"rows","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},
            {"AttributeName":"c","KeyType":"RANGE"}],
            "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},
            {"AttributeName":"c","AttributeType":"\(sort)"}],"BillingMode":"PAY_PER_REQUEST"}
            """
        )
    }
}

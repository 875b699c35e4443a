import AlternatorWire

/// What a client has done so far, and how its connections stand: a snapshot by `AlternatorClient.metrics()`.
///
/// Counts only grow while the client lives; nothing in it comes from an item, a key or a table's name.
///
/// ```swift
/// let metrics = client.metrics()
/// if let reads = metrics.call("GetItem") { print(reads.latency.p99, reads.failures) }
/// print(metrics.prometheusText)
/// ```
public struct ClientMetrics: Sendable, Hashable {
    /// One operation, as its callers saw it.
    public struct Call: Sendable, Hashable {
        /// Such as `GetItem`.
        public let operation: String
        /// From the choice of the first node to the end, all attempts and the waits between them included; failed calls too.
        public let latency: LatencyHistogram
        /// Calls that threw, by the name of the error's code; a condition that did not hold is one.
        public let failures: [String: Int]
    }

    /// One operation, as one node answered it.
    public struct Attempts: Sendable, Hashable {
        /// Such as `GetItem`.
        public let operation: String
        /// Attempts with an answer, whatever its status.
        public let latency: LatencyHistogram
    }

    /// Connections to one node at the moment of the snapshot.
    public struct Connections: Sendable, Hashable {
        /// In use and idle.
        public internal(set) var open = 0
        /// Open and unused.
        public internal(set) var idle = 0
        /// Attempts to connect.
        public internal(set) var connecting = 0
        /// Requests that wait for a connection.
        public internal(set) var waiting = 0
    }

    /// One node, as `nodes()` calls it.
    public struct Node: Sendable, Hashable {
        /// As `nodes()` shows it.
        public let name: String
        /// By operation, those that were sent to it.
        public let attempts: [Attempts]
        /// Answers of status 200.
        public let successes: Int
        /// Answers of status 4xx: the request was wrong, a condition did not hold, or load was shed.
        public let refusals: Int
        /// Answers of status 5xx.
        public let serverErrors: Int
        /// Attempts without an answer, by reason: `connectFailed`, `requestTimeout`, `cancelled` and so on.
        public let failures: [String: Int]
        /// HTTP heads and bodies, before TLS.
        public let bytesSent: Int
        /// The same of its answers.
        public let bytesReceived: Int
        /// At the moment of the snapshot.
        public let connections: Connections

        init(_ name: String, _ meter: NodeMeter?, _ connections: Connections?) {
            self.name = name
            attempts = meter?.latencies.map { Attempts(operation: $0.operation.rawValue, latency: $0.latency) } ?? []
            successes = meter?.value(.successes) ?? 0
            refusals = meter?.value(.refusals) ?? 0
            serverErrors = meter?.value(.serverErrors) ?? 0
            failures = meter?.failureCounts ?? [:]
            bytesSent = meter?.value(.bytesSent) ?? 0
            bytesReceived = meter?.value(.bytesReceived) ?? 0
            self.connections = connections ?? Connections()
        }

        /// Nothing was sent to it, and nothing is open.
        var isEmpty: Bool {
            attempts.isEmpty && failures.isEmpty && bytesSent == 0 && connections == Connections()
        }
    }

    /// Operations that were called, in a fixed order.
    public let calls: [Call]
    /// Nodes that were sent requests or have connections, by name; departed ones too, up to 1,024 in all.
    public let nodes: [Node]
    /// Attempts after the first one of a call.
    public let retries: Int
    /// Reads that were asked of a second node while the first was slow.
    public let hedges: Int
    /// Those whose second node answered first.
    public let hedgesWon: Int

    /// The operation of that name, such as `GetItem`; `nil` if it was not called.
    public func call(_ operation: String) -> Call? { calls.first { $0.operation == operation } }

    /// The node that `nodes()` calls so; `nil` if nothing was sent to it.
    public func node(_ name: String) -> Node? { nodes.first { $0.name == name } }
}

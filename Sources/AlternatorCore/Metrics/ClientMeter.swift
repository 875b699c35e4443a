import AlternatorTransport
import AlternatorWire
import Synchronization

/// What a client counts while it works; `ClientMetrics` is what it shows.
///
/// The way of a request that succeeds takes no lock: it adds to counters of which each thread has its own copy.
final class ClientMeter: Sendable {
    enum Count: Int, CaseIterable { case retries, hedges, hedgesWon }

    struct Failure: Hashable {
        let operation: String
        let code: AlternatorError.Code
    }

    private struct Nodes {
        var meters: [String: NodeMeter] = [:]
        /// In the order they came.
        var labels: [String] = []
    }

    /// Nodes that are remembered; the one that came first is forgotten first.
    static let maximumNodes = 1024

    let lanes: Int
    private let calls: OperationSeries
    private let counts: Counters
    private let failures = Mutex<[Failure: UInt64]>([:])
    private let nodes = Mutex(Nodes())

    init(lanes: Int) {
        self.lanes = lanes
        calls = OperationSeries(lanes: lanes)
        counts = Counters(count: Count.allCases.count, lanes: lanes)
    }

    // MARK: Writing

    func add(_ count: Count) { counts.add(1, at: count.rawValue) }

    /// A call has ended, well or not.
    func called(_ operation: OperationName, for duration: Duration) {
        called(operation, nanoseconds: duration.saturatedNanoseconds)
    }

    func called(_ operation: OperationName, nanoseconds: Int64) { calls.add(operation, nanoseconds: nanoseconds) }

    /// A call has failed.
    func failed(_ error: AlternatorError) {
        let failure = Failure(operation: error.operation ?? "", code: error.code)
        failures.withLock { $0[failure, default: 0] &+= 1 }
    }

    /// The meter of a node; a node that comes back gets the one it had.
    func node(_ label: String) -> NodeMeter {
        nodes.withLock { nodes in
            if let known = nodes.meters[label] { return known }
            if nodes.labels.count >= Self.maximumNodes { nodes.meters[nodes.labels.removeFirst()] = nil }
            let made = NodeMeter(lanes: lanes)
            nodes.meters[label] = made
            nodes.labels.append(label)
            return made
        }
    }

    // MARK: Reading

    /// A snapshot, with the connections by the nodes' labels.
    func metrics(_ connections: [String: ClientMetrics.Connections]) -> ClientMetrics {
        let failures = failures.withLock { $0 }
        let calls = calls.histograms.map { operation, latency in
            ClientMetrics.Call(
                operation: operation.rawValue,
                latency: latency,
                failures: Dictionary(
                    uniqueKeysWithValues: failures.filter { $0.key.operation == operation.rawValue }
                        .map { ($0.key.code.description, Int(clamping: $0.value)) }
                )
            )
        }
        let meters = nodes.withLock { $0.meters }
        let labels = Set(meters.keys).union(connections.keys).sorted()
        return ClientMetrics(
            calls: calls,
            nodes: labels.compactMap { label in
                let node = ClientMetrics.Node(label, meters[label], connections[label])
                return node.isEmpty ? nil : node
            },
            retries: Int(clamping: counts.value(at: Count.retries.rawValue)),
            hedges: Int(clamping: counts.value(at: Count.hedges.rawValue)),
            hedgesWon: Int(clamping: counts.value(at: Count.hedgesWon.rawValue))
        )
    }
}

/// What a client counts about one node.
final class NodeMeter: Sendable {
    enum Count: Int, CaseIterable { case bytesSent, bytesReceived, successes, refusals, serverErrors }

    private let attempts: OperationSeries
    private let counts: Counters
    private let failures = Mutex<[String: UInt64]>([:])

    init(lanes: Int) {
        attempts = OperationSeries(lanes: lanes)
        counts = Counters(count: Count.allCases.count, lanes: lanes)
    }

    func add(_ amount: Int, to count: Count) { counts.add(UInt64(max(0, amount)), at: count.rawValue) }

    /// An attempt has ended well: all that is counted of it at once.
    func succeeded(_ operation: OperationName, nanoseconds: Int64, bytesSent: Int, bytesReceived: Int) {
        attempts.add(operation, nanoseconds: nanoseconds)
        // In the order of `Count`.
        counts.add((UInt64(bytesSent), UInt64(bytesReceived), 1), from: Count.bytesSent.rawValue)
    }

    /// An attempt has ended with an answer.
    func answered(_ operation: OperationName, status: Int, for duration: Duration) {
        attempts.add(operation, nanoseconds: duration.saturatedNanoseconds)
        add(1, to: status == 200 ? .successes : (status < 500 ? .refusals : .serverErrors))
    }

    /// An attempt has ended without one.
    func failed(_ kind: TransportError.Kind) { failures.withLock { $0[kind.name, default: 0] &+= 1 } }

    func value(_ count: Count) -> Int { Int(clamping: counts.value(at: count.rawValue)) }

    var latencies: [(operation: OperationName, latency: LatencyHistogram)] { attempts.histograms }

    var failureCounts: [String: Int] { failures.withLock { $0.mapValues { Int(clamping: $0) } } }
}

extension TransportError.Kind {
    /// The name in metrics.
    fileprivate var name: String { "\(self)" }
}

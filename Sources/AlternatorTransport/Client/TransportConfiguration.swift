/// Bounds of the client side.
package struct TransportConfiguration: Sendable {
    package var loopCount = 1
    /// Per node, over all loops.
    package var maxPoolConnections = 200
    /// How long a request waits for a connection while a node has as many as it may.
    package var acquireTimeout: Duration = .seconds(10)
    /// Name, TCP and TLS together.
    package var connectTimeout: Duration = .seconds(5)
    package var connectionIdleTimeout: Duration = .seconds(600)
    /// Connections older than this are not used again; `nil`: no bound.
    package var connectionMaxLifetime: Duration?
    /// Status line and headers of an answer.
    package var maximumHeaderBytes = 64 * 1024
    package var maximumBodyBytes = 64 << 20
    /// The line that begins a chunk, with its extensions.
    package var maximumChunkLineBytes = 4096
    /// 1xx answers before the final one.
    package var maximumInterimAnswers = 16
    /// Told when a request has waited long for one of `maxPoolConnections`, at most once a second per node.
    package var onLongWait: (@Sendable (LongWait) -> Void)?
    /// Connections are made by TLS; `nil`: plain.
    package var tls: TLSClient?
    /// Nanoseconds a loop looks for answers without sleeping; `nil`: never.
    package var busyPollLimit: Duration?
    /// Whether loops gather answers while many tasks elsewhere wait, see `Gathering`.
    package var gathersAnswers = false
    /// How many names are looked up at once.
    package var maximumResolverThreads = 8

    package init() {}
}

/// The same, in the units of the hot path.
struct PoolConfiguration: Sendable {
    let maximumConnections: Int
    let acquireTimeout: Duration
    let acquireNanoseconds: Int64
    let connectTimeout: Duration
    let idleNanoseconds: Int64
    let lifetimeNanoseconds: Int64?
    let limits: ResponseParser.Limits
    let onLongWait: (@Sendable (LongWait) -> Void)?
    let tls: TLSClient?

    init(_ configuration: TransportConfiguration) {
        maximumConnections = max(1, configuration.maxPoolConnections)
        acquireTimeout = configuration.acquireTimeout
        acquireNanoseconds = configuration.acquireTimeout.saturatedNanoseconds
        connectTimeout = configuration.connectTimeout
        idleNanoseconds = max(0, configuration.connectionIdleTimeout.saturatedNanoseconds)
        lifetimeNanoseconds = configuration.connectionMaxLifetime.map { max(0, $0.saturatedNanoseconds) }
        tls = configuration.tls
        limits = ResponseParser.Limits(
            headerBytes: configuration.maximumHeaderBytes,
            bodyBytes: configuration.maximumBodyBytes,
            chunkLineBytes: configuration.maximumChunkLineBytes,
            interimAnswers: configuration.maximumInterimAnswers
        )
        onLongWait = configuration.onLongWait
    }
}

/// A request that waited for a connection because its node had as many as it may.
package struct LongWait: Sendable {
    package let peer: Peer
    package let waited: Duration
    package let maximumConnections: Int
    /// Requests that still wait.
    package let waiting: Int

    /// Waits up to here are not told.
    package static let threshold = Duration.milliseconds(100)

    package init(peer: Peer, waited: Duration, maximumConnections: Int, waiting: Int) {
        self.peer = peer
        self.waited = waited
        self.maximumConnections = maximumConnections
        self.waiting = waiting
    }
}

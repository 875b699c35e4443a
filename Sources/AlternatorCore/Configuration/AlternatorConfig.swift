public import AlternatorRouting

/// Everything a client can be told.
///
/// Making one never fails, so a global `let` works; values are checked when a client is made from it, and by
/// `validate()`. Every parameter but the first two has a default.
///
/// ```swift
/// var config = AlternatorConfig(seedHosts: ["10.0.0.1", "10.0.0.2"], port: 8000)
/// config.requestTimeout = .seconds(5)
/// ```
public struct AlternatorConfig: Sendable {
    /// Where the cluster is looked for: names, IPv4 or IPv6 addresses; no scheme, no port, no brackets.
    public var seedHosts: [String]
    /// The port of Alternator on every node, 8000 by convention.
    public var port: Int
    /// Whether nodes are spoken to in plain HTTP or through TLS; all of them on `port`.
    public var scheme: Scheme
    /// What is asked of TLS; `nil` with `.https` is `TLS()`; to be left `nil` with `.http`.
    public var tls: TLS?
    /// Partition-key names of tables, known beforehand; they are never asked for and never forgotten.
    public var tablePKMap: [String: String]

    /// Which nodes are used: the whole cluster, a datacentre or a rack, and what to fall back to.
    public var routingScope: RoutingScope
    /// How requests without key affinity are spread over them.
    public var balancing: Balancing
    /// Whether writes of one key go to one node, which spares their lightweight transactions from each other.
    public var keyAffinity: KeyAffinity
    /// When a node is no longer used, and how it comes back.
    public var nodeHealth: NodeHealthSettings

    /// Between two discoveries while requests are being made; ± 10 % jitter.
    public var activeRefreshInterval: Duration
    /// Between two discoveries while there are none for as long; ± 10 % jitter.
    ///
    /// A request ends the wait.
    public var idleRefreshInterval: Duration
    /// For one host asked for the list of nodes, resolving its name included; also the longest that making a client waits.
    public var discoveryTimeout: Duration
    /// Turns an advertised address into the one to connect to, where nodes are behind NAT; `nil` connects to what is advertised.
    ///
    /// Choosing a node for a key goes by the advertised address, so clients inside and outside agree.
    public var addressTranslator: (@Sendable (_ advertised: String) -> String)?

    /// Connections open at once to one node.
    public var maxPoolConnections: Int
    /// Connections opened to a node as soon as it joins, so that its first requests need not; 0, the default, opens none.
    ///
    /// At most `maxPoolConnections`. Those that stay unused end after `connectionIdleTimeout` as others do.
    public var warmConnections: Int
    /// How long a request waits for one of them.
    public var acquireTimeout: Duration
    /// For opening a connection, resolving a name included.
    public var connectTimeout: Duration
    /// A connection unused for so long is closed; the server never does it.
    public var connectionIdleTimeout: Duration
    /// A connection older than this is closed after its answer; `nil`: no limit.
    public var connectionMaxLifetime: Duration?

    /// What an answer may have.
    public var responseLimits: ResponseLimits

    /// For one attempt, from the moment it has a connection; the server itself gives up after 10 s by default.
    public var requestTimeout: Duration
    /// The same for creating, changing and deleting tables: they wait for all nodes to agree, up to 30 s more.
    public var ddlTimeout: Duration
    /// For all attempts and the waits between them; `nil`: no limit but theirs.
    public var operationTimeout: Duration?
    /// How often a failed request is sent again.
    public var retry: RetryPolicy
    /// Whether a read that takes long is asked of a second node as well.
    public var hedging: Hedging

    /// How large an item that a table writes whole may be; a larger one is `.mapping`, and nothing is sent.
    ///
    /// None by default, as on the server, which takes requests of up to 16 MiB; see `ItemSizeLimit.dynamoDB`.
    public var itemSizeLimit: ItemSizeLimit

    /// Who the requests come from; by default they are not signed.
    public var authentication: Authentication
    /// The region in the credential scope of a signature; the server accepts any.
    public var region: String

    /// Whether bodies of requests are packed.
    public var requestCompression: RequestCompression
    /// Which packed answers are asked for.
    public var responseCompression: ResponseCompression
    /// The most that a packed answer may unpack to; 64 MiB.
    ///
    /// A larger one is `.decompression`: a small answer must not fill the memory.
    public var maximumDecompressedBytes: Int

    /// Whether `additionalHeaders` are left out, those in `headersWhitelist` excepted.
    ///
    /// All other headers that this client sends are needed: it never sends what SDKs add for their own diagnostics. A
    /// header that is signed is never left out.
    public var optimizeHeaders: Bool
    /// Which headers are sent where `optimizeHeaders` is on; `nil`: those the client itself needs.
    public var headersWhitelist: HeadersWhitelist?
    /// The `User-Agent` header; the server shows it as `driver_name` in `system.clients`.
    public var userAgent: UserAgent
    /// Sent with every request, not signed.
    public var additionalHeaders: [String: String]

    /// Which events are written to standard error.
    public var logLevel: LogLevel
    /// Is told every event, on whatever thread it happens.
    ///
    /// A request may be waiting for it: it must return soon. While there is one, every choice of a node is an event.
    public var observer: (@Sendable (AlternatorEvent) -> Void)?

    /// Whether requests are counted and timed for `metrics()`; two readings of the clock and a few atomic additions per request.
    public var collectsMetrics: Bool

    /// Threads that do the network; `nil`: one per processor this process may use (affinity, cgroup quota), at most four.
    public var eventLoopCount: Int?
    /// Whether these threads look for answers without sleeping; off by default.
    public var busyPoll: BusyPolling
    /// Whether these threads gather answers for many tasks that run elsewhere; adaptive by default.
    public var answerGathering: AnswerGathering

    /// Makes a configuration; nothing is checked yet.
    public init(
        seedHosts: [String],
        port: Int,
        scheme: Scheme = .http,
        tls: TLS? = nil,
        tablePKMap: [String: String] = [:],
        routingScope: RoutingScope = .cluster,
        balancing: Balancing = .random,
        keyAffinity: KeyAffinity = .off,
        nodeHealth: NodeHealthSettings = .on,
        activeRefreshInterval: Duration = .seconds(1),
        idleRefreshInterval: Duration = .seconds(60),
        discoveryTimeout: Duration = .seconds(5),
        addressTranslator: (@Sendable (_ advertised: String) -> String)? = nil,
        maxPoolConnections: Int = 200,
        warmConnections: Int = 0,
        acquireTimeout: Duration = .seconds(10),
        connectTimeout: Duration = .seconds(5),
        connectionIdleTimeout: Duration = .seconds(600),
        connectionMaxLifetime: Duration? = nil,
        responseLimits: ResponseLimits = ResponseLimits(),
        requestTimeout: Duration = .seconds(30),
        ddlTimeout: Duration = .seconds(60),
        operationTimeout: Duration? = nil,
        retry: RetryPolicy = .standard,
        hedging: Hedging = .off,
        itemSizeLimit: ItemSizeLimit = .none,
        authentication: Authentication = .anonymous,
        region: String = "us-east-1",
        requestCompression: RequestCompression = .off,
        responseCompression: ResponseCompression = .off,
        maximumDecompressedBytes: Int = 64 << 20,
        optimizeHeaders: Bool = false,
        headersWhitelist: HeadersWhitelist? = nil,
        userAgent: UserAgent = .standard,
        additionalHeaders: [String: String] = [:],
        logLevel: LogLevel = .off,
        observer: (@Sendable (AlternatorEvent) -> Void)? = nil,
        collectsMetrics: Bool = true,
        eventLoopCount: Int? = nil,
        busyPoll: BusyPolling = .off,
        answerGathering: AnswerGathering = .adaptive
    ) {
        self.seedHosts = seedHosts
        self.port = port
        self.scheme = scheme
        self.tls = tls
        self.tablePKMap = tablePKMap
        self.routingScope = routingScope
        self.balancing = balancing
        self.keyAffinity = keyAffinity
        self.nodeHealth = nodeHealth
        self.activeRefreshInterval = activeRefreshInterval
        self.idleRefreshInterval = idleRefreshInterval
        self.discoveryTimeout = discoveryTimeout
        self.addressTranslator = addressTranslator
        self.maxPoolConnections = maxPoolConnections
        self.warmConnections = warmConnections
        self.acquireTimeout = acquireTimeout
        self.connectTimeout = connectTimeout
        self.connectionIdleTimeout = connectionIdleTimeout
        self.connectionMaxLifetime = connectionMaxLifetime
        self.responseLimits = responseLimits
        self.requestTimeout = requestTimeout
        self.ddlTimeout = ddlTimeout
        self.operationTimeout = operationTimeout
        self.retry = retry
        self.hedging = hedging
        self.itemSizeLimit = itemSizeLimit
        self.authentication = authentication
        self.region = region
        self.requestCompression = requestCompression
        self.responseCompression = responseCompression
        self.maximumDecompressedBytes = maximumDecompressedBytes
        self.optimizeHeaders = optimizeHeaders
        self.headersWhitelist = headersWhitelist
        self.userAgent = userAgent
        self.additionalHeaders = additionalHeaders
        self.logLevel = logLevel
        self.observer = observer
        self.collectsMetrics = collectsMetrics
        self.eventLoopCount = eventLoopCount
        self.busyPoll = busyPoll
        self.answerGathering = answerGathering
    }
}

import AlternatorCore
import AlternatorRouting
import AlternatorWire
import Testing

@Suite struct ConfigTests {
    private static let bad: [(field: String, change: @Sendable (inout AlternatorConfig) -> Void)] = [
        ("seedHosts", { $0.seedHosts = [] }),
        ("seedHosts", { $0.seedHosts = [""] }),
        ("seedHosts", { $0.seedHosts = ["http://a"] }),
        ("seedHosts", { $0.seedHosts = ["10.0.0.1:8000"] }),
        ("seedHosts", { $0.seedHosts = ["a b"] }),
        ("seedHosts", { $0.seedHosts = ["ok", "x/y"] }),
        ("port", { $0.port = 0 }),
        ("port", { $0.port = 65536 }),
        ("port", { $0.port = -1 }),
        ("port", { $0.port = .min }),
        ("activeRefreshInterval", { $0.activeRefreshInterval = .zero }),
        ("idleRefreshInterval", { $0.idleRefreshInterval = .milliseconds(900) }),
        ("discoveryTimeout", { $0.discoveryTimeout = .seconds(-1) }),
        ("maxPoolConnections", { $0.maxPoolConnections = 0 }),
        ("acquireTimeout", { $0.acquireTimeout = .zero }),
        ("connectTimeout", { $0.connectTimeout = .zero }),
        ("connectionIdleTimeout", { $0.connectionIdleTimeout = .zero }),
        ("connectionMaxLifetime", { $0.connectionMaxLifetime = .zero }),
        ("requestTimeout", { $0.requestTimeout = .nanoseconds(1) }),
        ("ddlTimeout", { $0.ddlTimeout = .zero }),
        ("operationTimeout", { $0.operationTimeout = .zero }),
        ("hedging", { $0.hedging = .after(.zero) }),
        ("retry", { $0.retry.maximumAttempts = 0 }),
        ("retry", { $0.retry.budget = -1 }),
        ("routingScope", { $0.routingScope = .datacenter("") }),
        ("routingScope", { $0.routingScope = .rack("dc1", "") }),
        ("nodeHealth", { $0.nodeHealth.probeConcurrency = 0 }),
        ("userAgent", { $0.userAgent = .replace("a\r\nX: y") }),
        ("userAgent", { $0.userAgent = .replace("") }),
        ("additionalHeaders", { $0.additionalHeaders = ["Host": "x"] }),
        ("additionalHeaders", { $0.additionalHeaders = ["content-LENGTH": "1"] }),
        ("additionalHeaders", { $0.additionalHeaders = ["X Y": "1"] }),
        ("additionalHeaders", { $0.additionalHeaders = ["X-Y": "1\n2"] }),
        ("authentication", { $0.authentication = .credentials(accessKey: "", secretKey: "s") }),
        ("authentication", { $0.authentication = .credentials(accessKey: "a/b", secretKey: "s") }),
        ("authentication", { $0.authentication = .credentials(accessKey: "a", secretKey: "") }),
        ("authentication", { $0.authentication = .credentials(accessKey: "a", secretKey: "b", sessionToken: "") }),
        ("authentication", { $0.authentication = .credentials(accessKey: "a", secretKey: "b", sessionToken: "c\r\n") }),
        (
            "authentication",
            { $0.authentication = .provider(timeout: .zero) { .init(accessKey: "a", secretKey: "b") } }
        ),
        ("requestCompression", { $0.requestCompression = .gzip(level: 0) }),
        ("requestCompression", { $0.requestCompression = .gzip(level: 10) }),
        ("requestCompression", { $0.requestCompression = .gzip(minimumSize: -1) }),
        ("maximumDecompressedBytes", { $0.maximumDecompressedBytes = 0 }),
        ("headersWhitelist", { $0.headersWhitelist = ["Host"] }),
        ("additionalHeaders", { $0.additionalHeaders = ["Accept-Encoding": "gzip"] }),
        ("region", { $0.region = "eu/west" }),
        ("eventLoopCount", { $0.eventLoopCount = 0 }),
        ("busyPoll", { $0.busyPoll = .adaptive(limit: .zero) }),
        ("busyPoll", { $0.busyPoll = .adaptive(limit: .milliseconds(2)) }),
        ("tablePKMap", { $0.tablePKMap = ["users": ""] }),
    ]

    @Test(arguments: bad.indices)
    func `a bad value is an error that names its field`(index: Int) throws {
        var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000)
        try config.validate()
        Self.bad[index].change(&config)
        let error = #expect(throws: AlternatorError.self) { try config.validate() }
        #expect(error?.code == .configuration)
        #expect(error?.message.hasPrefix("AlternatorConfig.\(Self.bad[index].field)") == true, "\(error as Any)")
    }

    @Test func `names, addresses of both kinds and extreme times are fine`() throws {
        var config = AlternatorConfig(
            seedHosts: ["node1.example.com", "10.0.0.1", "::1", "fe80::1%eth0"],
            port: 65535
        )
        config.requestTimeout = .seconds(Int64.max)
        config.idleRefreshInterval = .seconds(Int64.max)
        config.connectionMaxLifetime = .seconds(Int64.max)
        config.additionalHeaders = ["X-Trace": "a b"]
        config.userAgent = .transform { $0 + " test" }
        try config.validate()
    }

    @Test func `a client of a bad configuration is refused`() async {
        let error = await failure {
            try await AlternatorClient(AlternatorConfig(seedHosts: [], port: 8000))
        }
        #expect(error?.code == .configuration)
    }
}

import AlternatorLocal
import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

/// The client over TLS against the embedded cluster.
@Suite(.timeLimit(.minutes(10))) struct TLSLiveTests {
    private func withCluster(
        _ tls: LocalCluster.TLS,
        nodes: Int = 3,
        _ body: (LocalCluster) async throws -> Void
    ) async throws {
        let cluster = try await LocalCluster(nodes: nodes, tls: tls)
        do {
            try await body(cluster)
        } catch {
            await cluster.close()
            throw error
        }
        await cluster.close()
    }

    private func config(
        _ cluster: LocalCluster,
        _ change: (inout AlternatorConfig, inout AlternatorConfig.TLS) -> Void = { _, _ in }
    ) -> AlternatorConfig {
        var config = AlternatorConfig(
            seedHosts: [cluster.seedHosts[0]],
            port: cluster.tlsPort ?? 0,
            scheme: .https,
            eventLoopCount: 1
        )
        var tls = AlternatorConfig.TLS(
            trustSystemCAs: false,
            additionalCAFiles: [cluster.tlsFiles?.authority ?? ""]
        )
        // The first answer is waited for, however busy the machine is.
        config.discoveryTimeout = .seconds(60)
        change(&config, &tls)
        config.tls = config.scheme == .https ? tls : nil
        return config
    }

    private func use(_ config: AlternatorConfig, _ body: (AlternatorClient) async throws -> Void) async throws {
        try await AlternatorClient.withClient(config) { client in try await body(client) }
    }

    /// What a client of such a configuration gets for a request.
    private func refusal(_ config: AlternatorConfig) async throws -> AlternatorError? {
        let client = try await AlternatorClient(config)
        let error = await failure { try await client.listTables() }
        await client.close()
        return error
    }

    @Test func `discovery and requests go through TLS to all nodes`() async throws {
        try await withCluster(.on) { cluster in
            try await use(config(cluster)) { client in
                _ = try await client.createTable(Live.table)
                // It begins with one seed alone; on a busy machine the others would get what is left.
                try await eventually("all nodes are active") {
                    client.activeNodes().count == cluster.seedHosts.count
                }
                for number in 0..<60 { try await client.putItem(Live.item(number)) }
                let all = try await client.scan(ScanRequest(tableName: "users", select: .count))
                #expect(all.count == 60)
                #expect(client.nodes().sorted() == cluster.seedHosts.map { "\($0):\(cluster.tlsPort ?? 0)" })
            }
            for node in cluster.seedHosts {
                #expect(cluster.requestCounts(of: node)["PutItem", default: 0] > 5)
                #expect(cluster.handshakeCounts(of: node)?.completed ?? 0 > 0)
                #expect(cluster.handshakeCounts(of: node)?.failed == 0)
            }
        }
    }

    @Test func `both ports serve one store`() async throws {
        try await withCluster(.on, nodes: 1) { cluster in
            let plain = AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port)
            try await use(plain) { client in
                _ = try await client.createTable(Live.table)
                try await client.putItem(Live.item(7))
            }
            try await use(config(cluster)) { client in
                let answer = try await client.getItem(
                    GetItemRequest(tableName: "users", key: ["id": .string("u7")])
                )
                #expect(answer.item?["n"] == .string("x"))
            }
        }
    }

    @Test func `a client certificate of the cluster's is let in`() async throws {
        try await withCluster(.mutual) { cluster in
            let certificate = try cluster.clientCertificate()
            let mutual = config(cluster) {
                $1.clientCertificate = .init(chain: certificate.chain, key: certificate.key)
            }
            try await use(mutual) { client in _ = try await client.createTable(Live.table) }
        }
    }

    /// A wrong configuration and what it must be called.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: TLSFailure.Reason
        /// Stands in the message.
        let remedy: String
        var cluster = LocalCluster.TLS.on
        var change: @Sendable (LocalCluster, inout AlternatorConfig, inout AlternatorConfig.TLS) -> Void
    }

    private static let cases = [
        Case(
            testDescription: "unknown authority",
            reason: .unknownAuthority,
            remedy: "AlternatorConfig.tls.additionalCAFiles",
            change: { $2.additionalCAFiles = [] }
        ),
        Case(
            testDescription: "another name",
            reason: .nameMismatch,
            remedy: "AlternatorConfig.tls.serverName",
            change: { $2.serverName = "db.example" }
        ),
        Case(
            testDescription: "no client certificate",
            reason: .clientCertificateRequired,
            remedy: "AlternatorConfig.tls.clientCertificate",
            cluster: .mutual,
            change: { _, _, _ in }
        ),
        Case(
            testDescription: "too old",
            reason: .protocolVersion,
            remedy: "AlternatorConfig.tls.minimumVersion",
            cluster: {
                var tls = LocalCluster.TLS.on
                tls.isLimitedTo1_2 = true
                return tls
            }(),
            change: { $2.minimumVersion = .v1_3 }
        ),
        Case(
            testDescription: "https to the plain port",
            reason: .portIsPlain,
            remedy: "AlternatorConfig.scheme to .http,",
            change: { cluster, config, _ in config.port = cluster.port }
        ),
        Case(
            testDescription: "http to the TLS port",
            reason: .portIsSecure,
            remedy: "AlternatorConfig.scheme to .https",
            change: { _, config, _ in config.scheme = .http }
        ),
    ]

    @Test(arguments: cases, [RoutingScope.cluster, .datacenter("dc1")])
    func `a fault that all nodes have is told as it is`(test: Case, scope: RoutingScope) async throws {
        try await withCluster(test.cluster, nodes: 2) { cluster in
            let wrong = config(cluster) {
                test.change(cluster, &$0, &$1)
                $0.routingScope = scope
            }
            let error = try await refusal(wrong)
            #expect(error?.code == .tls)
            let failure = try #require(error?.cause as? TLSFailure)
            #expect(failure.reason == test.reason)
            #expect(failure.remedy.contains(test.remedy))
            #expect(error?.message.contains(test.remedy) == true)
            #expect(error?.attempts == 0)
        }
    }

    @Test func `a fault is told still when the nodes are given up`() async throws {
        try await withCluster(.on, nodes: 1) { cluster in
            let client = try await AlternatorClient(config(cluster) { $1.additionalCAFiles = [] })
            for _ in 0..<40 {
                let error = await failure { try await client.listTables() }
                #expect(error?.code == .tls)
                #expect((error?.cause as? TLSFailure)?.reason == .unknownAuthority)
            }
            await client.close()
        }
    }

    @Test func `a node whose certificate is wrong is passed over`() async throws {
        let files = try CertificateFolder()
        var request = files.request()
        request.addresses = ["127.0.0.1", "127.0.0.3"]
        try files.identity(request)
        try await withCluster(LocalCluster.TLS(folder: files.path)) { cluster in
            let recorder = Mutex<[AlternatorEvent]>([])
            let observed = config(cluster) { config, _ in
                config.observer = { event in recorder.withLock { $0.append(event) } }
            }
            try await use(observed) { client in
                _ = try await client.createTable(Live.table)
                for number in 0..<40 { try await client.putItem(Live.item(number)) }
            }
            #expect(cluster.requestCounts(of: "127.0.0.2")["PutItem"] == nil)
            let told = recorder.withLock { $0 }.filter { $0.kind == .connectionFailed }
            #expect(told.contains { $0.node == "127.0.0.2:\(cluster.tlsPort ?? 0)" && $0.message.contains("is for") })
        }
    }

    @Test func `trusting everybody works and is told loudly`() async throws {
        try await withCluster(.on, nodes: 1) { cluster in
            let recorder = Mutex<[AlternatorEvent]>([])
            var trusting = config(cluster)
            trusting.tls = .insecureTrustAll
            trusting.observer = { event in recorder.withLock { $0.append(event) } }
            try await use(trusting) { client in _ = try await client.listTables() }
            let warnings = recorder.withLock { $0 }.filter { $0.kind == .certificatesUnchecked }
            #expect(warnings.count == 1)
            #expect(warnings.first?.level == .warning)
        }
    }

    /// Sends requests until the first node has completed so many handshakes.
    private func handshakes(
        _ count: Int,
        of config: AlternatorConfig,
        with cluster: LocalCluster
    ) async throws -> LocalCluster.HandshakeCounts {
        try await use(config) { client in
            try await eventually("\(count) handshakes") {
                _ = try? await client.listTables()
                return (cluster.handshakeCounts(of: "127.0.0.1")?.completed ?? 0) >= count
            }
        }
        return try #require(cluster.handshakeCounts(of: "127.0.0.1"))
    }

    @Test func `new connections resume the sessions of old ones`() async throws {
        try await withCluster(.on, nodes: 1) { cluster in
            let short = config(cluster) { config, _ in config.connectionMaxLifetime = .milliseconds(1) }
            let counts = try await handshakes(10, of: short, with: cluster)
            #expect(counts.resumed >= counts.completed - 3)
            let single = config(cluster) {
                $0.connectionMaxLifetime = .milliseconds(1)
                $1.sessionResumption = .off
            }
            let later = try await handshakes(counts.completed + 5, of: single, with: cluster)
            #expect(later.resumed == counts.resumed)
        }
    }
}

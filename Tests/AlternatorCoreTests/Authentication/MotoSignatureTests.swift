import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

extension ChaosTests {
    /// Signatures and packed bodies before nodes that check them with botocore and Python's zlib.
    ///
    /// Inside the other suite, so that no two clusters run at once.
    @Suite(.enabled(if: Peers.areEnabled, "needs Python: ALTERNATOR_TEST_PEERS=1"), .timeLimit(.minutes(10)))
    struct MotoSignatureTests {
        private static let secret = "$6$salt/hash.of+alice="

        private static func withClient(
            _ cluster: MotoCluster,
            secondsSinceEpoch: @escaping @Sendable () -> Int64 = WallClock.secondsSinceEpoch,
            _ configure: (inout AlternatorConfig) -> Void,
            _ body: (AlternatorClient) async throws -> Void
        ) async throws {
            var config = AlternatorConfig(seedHosts: ["127.0.0.1"], port: cluster.port)
            configure(&config)
            let client = try await AlternatorClient(
                config,
                clock: ContinuousClock(),
                random: RandomSource(seed: 1),
                secondsSinceEpoch: secondsSinceEpoch,
                transport: { LoopTransport($0.transportConfiguration) }
            )
            do {
                try await body(client)
                await client.close()
            } catch {
                await client.close()
                throw error
            }
        }

        private static let item: [String: AttributeValue] = [
            "id": .string("a \u{e9}\u{1F600}\n"), "text": .string(String(repeating: "text ", count: 3000)),
        ]

        private static func roundTrip(_ client: AlternatorClient) async throws {
            try await client.putItem(PutItemRequest(tableName: Live.table.tableName, item: item))
            let key = ["id": item["id"] ?? .null]
            let found = try await client.getItem(GetItemRequest(tableName: Live.table.tableName, key: key)).item
            #expect(found == item)
        }

        @Test func `signed and packed requests pass, and wrong ones do not`() async throws {
            try await MotoCluster.run(["--roles", "alice:\(Self.secret)"]) { cluster in
                let alice = AlternatorConfig.Authentication.credentials(accessKey: "alice", secretKey: Self.secret)
                try await Self.withClient(cluster, { $0.authentication = alice }) { client in
                    _ = try await client.createTable(Live.table)
                    try await Self.roundTrip(client)
                }
                // Everything that can change what is signed.
                let changes: [(inout AlternatorConfig) -> Void] = [
                    { $0.region = "any-region_1" },
                    {
                        $0.authentication = .credentials(
                            accessKey: "alice",
                            secretKey: Self.secret,
                            sessionToken: "a/b+="
                        )
                    },
                    { $0.authentication = .provider { .init(accessKey: "alice", secretKey: Self.secret) } },
                    { $0.requestCompression = .gzip(minimumSize: 0) },
                    { $0.responseCompression = [.gzip] },
                    {
                        $0.requestCompression = .gzip(level: 1)
                        $0.responseCompression = [.deflate, .gzip]
                        $0.optimizeHeaders = true
                        $0.additionalHeaders = ["X-Other": "1"]
                        $0.userAgent = .none
                    },
                ]
                for change in changes {
                    try await Self.withClient(
                        cluster,
                        {
                            $0.authentication = alice
                            change(&$0)
                        },
                        { try await Self.roundTrip($0) }
                    )
                }
                var packed = (requests: 0, responses: 0)
                for address in MotoCluster.addresses {
                    packed.requests += try await cluster.count("compressed_requests", address)
                    packed.responses += try await cluster.count("compressed_responses", address)
                }
                // A put and a get, and a put alone, which is over 1,024 bytes; two gets of 15 KB.
                #expect(packed == (3, 2))

                let wrong: [AlternatorConfig.Authentication] = [
                    .anonymous, .credentials(accessKey: "alice", secretKey: "another"),
                    .credentials(accessKey: "bob", secretKey: Self.secret),
                ]
                for authentication in wrong {
                    try await Self.withClient(cluster, { $0.authentication = authentication }) { client in
                        let error = await failure { try await Self.roundTrip(client) }
                        #expect(error?.code == .signature)
                        #expect(error?.description.contains(Self.secret) == false)
                    }
                }
            }
        }

        @Test func `a clock that is off is mended by the nodes' date, and changed keys by the provider`() async throws {
            try await MotoCluster.run(["--roles", "alice:\(Self.secret)"]) { cluster in
                for skew in [-7200, 7200] as [Int64] {
                    try await Self.withClient(
                        cluster,
                        secondsSinceEpoch: { WallClock.secondsSinceEpoch() + skew },
                        { $0.authentication = .credentials(accessKey: "alice", secretKey: Self.secret) },
                        { client in
                            _ = try await client.listTables()
                            let offset = client.core.signing.clock.now - WallClock.secondsSinceEpoch()
                            #expect((-5...5).contains(offset))
                        }
                    )
                }
                let seconds = Mutex(WallClock.secondsSinceEpoch())
                let vault = Vault("old secret", role: "alice")
                try await Self.withClient(
                    cluster,
                    secondsSinceEpoch: { seconds.withLock { $0 } },
                    { $0.authentication = .provider(vault.credentials) },
                    { client in
                        #expect(await failure { try await client.listTables() }?.code == .signature)
                        vault.set(Self.secret)
                        seconds.withLock { $0 += 2 }
                        _ = try await client.listTables()
                        #expect(vault.calls == 2)
                    }
                )
            }
        }
    }
}

import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Testing

@testable import AlternatorCore

/// The exact header lines on a socket.
@Suite struct HeaderTests {
    enum Filter: CaseIterable { case off, on, adding, replacing }

    struct Mix: Sendable, CustomTestStringConvertible {
        var filter = Filter.off
        var signs = false
        var packs = false
        var accepts = false
        var hasAgent = true

        var testDescription: String {
            "filter \(filter)" + (signs ? ", signed" : "") + (packs ? ", packed" : "")
                + (accepts ? ", accepts packed" : "") + (hasAgent ? "" : ", no agent")
        }

        static let all = Filter.allCases.flatMap { filter in
            (0..<16).map { bits in
                Mix(
                    filter: filter,
                    signs: bits & 1 != 0,
                    packs: bits & 2 != 0,
                    accepts: bits & 4 != 0,
                    hasAgent: bits & 8 == 0
                )
            }
        }

        func apply(to config: inout AlternatorConfig) {
            config.additionalHeaders = ["X-Tenant": "blue sky", "X-Trace": "1"]
            config.optimizeHeaders = filter != .off
            if signs { config.authentication = .credentials(accessKey: "role", secretKey: "secret", sessionToken: "t") }
            if packs { config.requestCompression = .gzip(minimumSize: 0) }
            if accepts { config.responseCompression = [.gzip, .deflate] }
            if !hasAgent { config.userAgent = .none }
            switch filter {
            case .off, .on: break
            case .adding: config.headersWhitelist = .adding(["x-tenant"])
            case .replacing:
                // One list for all mixes: it may hold more than is sent.
                config.headersWhitelist = [
                    "host", "x-amz-target", "content-type", "content-length", "authorization", "x-amz-date",
                    "x-amz-security-token", "content-encoding", "accept-encoding", "user-agent", "X-TENANT",
                ]
            }
        }

        /// The lines in their order, by a table: each with the condition under which it is sent.
        func lines(port: Int, bodyLength: Int, signature: String) -> [String] {
            let scope = "20261121/us-east-1/dynamodb/aws4_request"
            let signed = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
            let table: [(line: String, isSent: Bool)] = [
                ("POST / HTTP/1.1", true),
                ("Host: 127.0.0.1:\(port)", true),
                ("X-Amz-Date: 20261121T073600Z", signs),
                ("X-Amz-Security-Token: t", signs),
                (
                    "Authorization: AWS4-HMAC-SHA256 Credential=role/\(scope), SignedHeaders=\(signed), "
                        + "Signature=\(signature)", signs
                ),
                ("X-Amz-Target: DynamoDB_20120810.PutItem", true),
                ("Content-Type: application/x-amz-json-1.0", true),
                ("User-Agent: scylladb-alternator-client-swift/0.1.0", hasAgent),
                ("X-Tenant: blue sky", filter != .on),
                ("X-Trace: 1", filter == .off),
                ("Accept-Encoding: gzip, deflate", accepts),
                ("Content-Encoding: gzip", packs),
                ("Content-Length: \(bodyLength)", true),
            ]
            return table.filter(\.isSent).map(\.line)
        }
    }

    private static func withClient(
        _ node: RawNode,
        _ configure: (inout AlternatorConfig) -> Void,
        _ body: (AlternatorClient) async throws -> Void
    ) async throws {
        var config = AlternatorConfig(seedHosts: ["127.0.0.1"], port: node.port)
        config.eventLoopCount = 1
        // The first answer is waited for, however busy the machine is.
        config.discoveryTimeout = .seconds(60)
        configure(&config)
        let client = try await AlternatorClient(
            config,
            clock: ContinuousClock(),
            random: RandomSource(seed: 1),
            secondsSinceEpoch: { 1_795_246_560 },
            transport: { LoopTransport($0.transportConfiguration) }
        )
        try await body(client)
        await client.close(within: .seconds(5))
    }

    private static let body = Array(#"{"TableName":"users","Item":{"id":{"S":"x"},"text":{"S":"aaaaaaaaaaaaa"}}}"#.utf8)

    private static func put(
        _ client: AlternatorClient,
        _ options: RequestOptions = RequestOptions()
    ) async throws {
        _ = try await client.execute(
            EncodedRequest(.putItem, table: "users", body: body, safety: .idempotent),
            options: options
        )
    }

    @Test(arguments: Mix.all)
    func `a request has these lines and no other`(mix: Mix) async throws {
        let node = try RawNode()
        defer { node.stop() }
        try await Self.withClient(node, mix.apply(to:)) { client in
            try await Self.put(client)
            let request = try #require(node.operations.first)
            let signature =
                request.lines.first { $0.hasPrefix("Authorization:") }
                .map { String($0.suffix(64)) } ?? ""
            #expect(signature.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
            #expect(
                request.lines
                    == mix.lines(port: node.port, bodyLength: request.body.count, signature: signature)
            )
            if mix.packs {
                #expect(try Compression.gzip.unpack(request.body, maximumBytes: 1000) == Self.body)
            } else {
                #expect(request.body == Self.body)
            }
        }
    }

    /// A call may differ in everything from its client, and must then look like one of a client that does.
    @Test(arguments: Mix.all)
    func `a call that overrides its client has the lines of such a client`(mix: Mix) async throws {
        let node = try RawNode()
        defer { node.stop() }
        // What a call cannot override is the client's: the filter and the agent.
        var opposite = mix
        opposite.signs = !mix.signs
        opposite.packs = !mix.packs
        opposite.accepts = !mix.accepts
        try await Self.withClient(node, opposite.apply(to:)) { client in
            var options = RequestOptions()
            options.authentication =
                mix.signs ? .credentials(accessKey: "role", secretKey: "secret", sessionToken: "t") : .anonymous
            options.requestCompression = mix.packs ? .gzip(level: 1, minimumSize: 1) : .off
            options.responseCompression = mix.accepts ? [.gzip, .deflate, .gzip] : .off
            try await Self.put(client, options)
            let request = try #require(node.operations.first)
            let signature =
                request.lines.first { $0.hasPrefix("Authorization:") }
                .map { String($0.suffix(64)) } ?? ""
            #expect(
                request.lines
                    == mix.lines(port: node.port, bodyLength: request.body.count, signature: signature)
            )
        }
    }

    @Test func `headers of a call are filtered like those of the client`() async throws {
        let node = try RawNode()
        defer { node.stop() }
        for filter in Filter.allCases {
            try await Self.withClient(node, Mix(filter: filter).apply(to:)) { client in
                var options = RequestOptions()
                options.additionalHeaders = ["X-Call": "2"]
                try await Self.put(client, options)
                let isSent = node.operations.last?.lines.contains("X-Call: 2")
                #expect(isSent == (filter == .off))
            }
        }
        try await Self.withClient(
            node,
            {
                $0.optimizeHeaders = true
                $0.headersWhitelist = .adding(["x-CALL"])
            },
            { client in
                var options = RequestOptions()
                options.additionalHeaders = ["X-Call": "2"]
                try await Self.put(client, options)
                #expect(node.operations.last?.lines.contains("X-Call: 2") == true)
            }
        )
    }

    @Test func `the user agent is replaced and transformed`() async throws {
        let node = try RawNode()
        defer { node.stop() }
        let agents: [(AlternatorConfig.UserAgent, String)] = [
            (.replace("mine/1"), "mine/1"),
            (.transform { $0 + " mine/1" }, "scylladb-alternator-client-swift/0.1.0 mine/1"),
        ]
        for (agent, text) in agents {
            try await Self.withClient(node, { $0.userAgent = agent }) { client in
                try await Self.put(client)
                #expect(node.operations.last?.lines.contains("User-Agent: \(text)") == true)
                #expect(node.discoveries.last?.lines.contains("User-Agent: \(text)") == true)
            }
        }
    }

    @Test func `discovery has its own lines, neither filtered nor signed`() async throws {
        let node = try RawNode()
        defer { node.stop() }
        var mix = Mix(filter: .on, signs: true, packs: true, accepts: true)
        mix.hasAgent = false
        try await Self.withClient(node, mix.apply(to:)) { _ in
            let request = try #require(node.discoveries.first)
            #expect(
                request.lines == [
                    "GET /localnodes HTTP/1.1", "Host: 127.0.0.1:\(node.port)", "X-Tenant: blue sky", "X-Trace: 1",
                    "Accept: application/json",
                ]
            )
        }
    }

    private static let required = ["Host", "X-Amz-Target", "Content-Type", "Content-Length", "User-Agent"]

    @Test func `a list that lacks what is sent is refused, whether it is used or not`() throws {
        let further: [(names: [String], change: (inout AlternatorConfig) -> Void)] = [
            ([], { _ in }),
            (
                ["Authorization", "X-Amz-Date"],
                { $0.authentication = .credentials(accessKey: "a", secretKey: "b") }
            ),
            (
                ["Authorization", "X-Amz-Date", "X-Amz-Security-Token"],
                { $0.authentication = .credentials(accessKey: "a", secretKey: "b", sessionToken: "c") }
            ),
            (["Content-Encoding"], { $0.requestCompression = .gzip() }),
            (["Accept-Encoding"], { $0.responseCompression = [.deflate] }),
        ]
        for isOn in [false, true] {
            for (names, change) in further {
                var config = AlternatorConfig(seedHosts: ["a"], port: 1)
                config.optimizeHeaders = isOn
                change(&config)
                let all = Self.required + names
                config.headersWhitelist = .init(all)
                try config.validate()
                for missing in all {
                    config.headersWhitelist = .init(all.filter { $0 != missing })
                    let error = #expect(throws: AlternatorError.self) { try config.validate() }
                    #expect(
                        error?.message.hasPrefix("AlternatorConfig.headersWhitelist: lacks \(missing), which") == true
                    )
                }
            }
            var config = AlternatorConfig(seedHosts: ["a"], port: 1)
            config.userAgent = .none
            config.headersWhitelist = .init(Self.required.dropLast())
            try config.validate()
            for bad: AlternatorConfig.HeadersWhitelist in [
                [], .init(Self.required + [""]), .init(Self.required + ["a b"]), .adding(["x", ""]), .adding(["x:"]),
            ] {
                config.headersWhitelist = bad
                let error = #expect(throws: AlternatorError.self) { try config.validate() }
                #expect(error?.message.hasPrefix("AlternatorConfig.headersWhitelist: ") == true)
            }
        }
    }
}

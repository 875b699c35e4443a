import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

/// Every option of a call, with every operation.
@Suite struct CallOptionTests {
    private static let key: [String: AttributeValue] = ["id": .string("u1")]

    /// Calls the method of an operation; what it answers does not matter.
    private static func call(
        _ operation: OperationName,
        _ client: AlternatorClient,
        _ options: RequestOptions
    ) async throws(AlternatorError) {
        switch operation {
        case .createTable:
            _ = try await client.createTable(
                CreateTableRequest(tableName: "t", keySchema: [], attributeDefinitions: []),
                options: options
            )
        case .describeTable: _ = try await client.describeTable(.init(tableName: "t"), options: options)
        case .deleteTable: _ = try await client.deleteTable(.init(tableName: "t"), options: options)
        case .updateTable:
            _ = try await client.updateTable(.init(tableName: "t", billingMode: .payPerRequest), options: options)
        case .listTables: _ = try await client.listTables(options: options)
        case .putItem: _ = try await client.putItem(.init(tableName: "t", item: key), options: options)
        case .getItem: _ = try await client.getItem(.init(tableName: "t", key: key), options: options)
        case .updateItem: _ = try await client.updateItem(.init(tableName: "t", key: key), options: options)
        case .deleteItem: _ = try await client.deleteItem(.init(tableName: "t", key: key), options: options)
        case .batchGetItem:
            _ = try await client.batchGetItem(.init(requestItems: ["t": .init(keys: [key])]), options: options)
        case .batchWriteItem:
            _ = try await client.batchWriteItem(.init(requestItems: ["t": [.delete(key)]]), options: options)
        case .query: _ = try await client.query(.init(tableName: "t"), options: options)
        case .scan: _ = try await client.scan(.init(tableName: "t"), options: options)
        case .tagResource: _ = try await client.tagResource(.init(resourceARN: "a", tags: ["k": "v"]), options: options)
        case .untagResource:
            _ = try await client.untagResource(.init(resourceARN: "a", tagKeys: ["k"]), options: options)
        case .listTagsOfResource:
            _ = try await client.listTagsOfResource(.init(resourceARN: "a"), options: options)
        case .updateTimeToLive:
            _ = try await client.updateTimeToLive(
                .init(tableName: "t", timeToLiveSpecification: .init(attributeName: "e", enabled: true)),
                options: options
            )
        case .describeTimeToLive: _ = try await client.describeTimeToLive(.init(tableName: "t"), options: options)
        case .listStreams: _ = try await client.listStreams(options: options)
        case .describeStream: _ = try await client.describeStream(.init(streamARN: "s"), options: options)
        case .getShardIterator:
            _ = try await client.getShardIterator(
                .init(streamARN: "s", shardID: "h", shardIteratorType: .latest),
                options: options
            )
        case .getRecords: _ = try await client.getRecords(.init(shardIterator: "i"), options: options)
        case .describeEndpoints: _ = try await client.describeEndpoints(options: options)
        case .describeContinuousBackups:
            _ = try await client.describeContinuousBackups(.init(tableName: "t"), options: options)
        }
    }

    /// dc1 has three nodes, dc2 one; operations are answered as the test says.
    private static func bench(
        _ operation: OperationName,
        _ reply: @escaping @Sendable (ScriptedTransport.Call) -> ScriptedTransport.Reply
    ) async throws -> Bench {
        let bench = try await Bench(
            prepare: { transport in
                transport.everywhere { call in
                    guard call.isDiscovery else { return reply(call) }
                    if call.host == "10.1.0.1" || call.line.hasSuffix("?dc=dc2") { return .ok(#"["10.1.0.1"]"#) }
                    return call.line.contains("?dc=") ? .ok("[]") : nil
                }
            },
            configure: { $0.authentication = .credentials(accessKey: "client", secretKey: "s") }
        )
        try await bench.healthy()
        return bench
    }

    /// One request with the options, and what the node saw of it.
    private static func sent(
        _ operation: OperationName,
        _ bench: Bench,
        _ change: (inout RequestOptions) -> Void
    ) async throws -> ScriptedTransport.Call {
        var options = RequestOptions()
        change(&options)
        let before = bench.transport.requests.count
        // An answer of another shape is an error after the request was sent, which is what matters here.
        _ = await failure { try await call(operation, bench.client, options) }
        let calls = bench.transport.requests.dropFirst(before)
        #expect(calls.allSatisfy { $0.operation == operation.rawValue })
        return try #require(calls.first)
    }

    @Test(arguments: OperationName.allCases)
    func `what a call overrides is heeded by every operation`(operation: OperationName) async throws {
        let bench = try await Self.bench(operation) { _ in .ok("{}") }

        let plain = try await Self.sent(operation, bench) { _ in }
        #expect(plain.header("Authorization")?.contains("Credential=client/") == true)
        #expect(plain.options.requestTimeout != .seconds(3))

        let timed = try await Self.sent(operation, bench) { $0.requestTimeout = .seconds(3) }
        #expect(timed.options.requestTimeout == .seconds(3))

        let anonymous = try await Self.sent(operation, bench) { $0.authentication = .anonymous }
        #expect(anonymous.header("Authorization") == nil)
        let other = try await Self.sent(operation, bench) {
            $0.authentication = .provider { .init(accessKey: "other", secretKey: "s") }
        }
        #expect(other.header("Authorization")?.contains("Credential=other/") == true)

        let packed = try await Self.sent(operation, bench) {
            $0.requestCompression = .gzip(minimumSize: 0)
            $0.responseCompression = [.deflate]
        }
        #expect(packed.header("Content-Encoding") == "gzip")
        #expect(try Compression.gzip.unpack(packed.body, maximumBytes: 10_000) == plain.body)
        #expect(packed.header("Accept-Encoding") == "deflate")

        let headed = try await Self.sent(operation, bench) { $0.additionalHeaders = ["X-One": "1"] }
        #expect(headed.header("X-One") == "1")

        for host in Bench.three {
            let first = try await Self.sent(operation, bench) { $0.firstNode = "\(host):8000" }
            let only = try await Self.sent(operation, bench) { $0.onlyNode = "\(host):8000" }
            #expect(first.host == host && only.host == host)
        }
        for _ in 0..<3 {
            let elsewhere = try await Self.sent(operation, bench) { $0.routingScope = .datacenter("dc2") }
            #expect(elsewhere.host == "10.1.0.1")
        }
        let again = try await Self.sent(operation, bench) { $0.routingScope = .cluster }
        #expect(Bench.three.contains(again.host))
        await bench.client.close()
    }

    @Test(arguments: OperationName.allCases)
    func `a call's attempts and its time for all of them are heeded by every operation`(
        operation: OperationName
    ) async throws {
        let hangs = Mutex(false)
        let bench = try await Self.bench(operation) { _ in
            hangs.withLock { $0 } ? .hang : .error("RequestLimitExceeded")
        }
        for attempts in [1, 2, 4] {
            let before = bench.transport.requests.count
            let error = await bench.whileTimePasses {
                var options = RequestOptions()
                options.maximumAttempts = attempts
                return await failure { try await Self.call(operation, bench.client, options) }
            }
            #expect(error?.code == .throttled)
            #expect(bench.transport.requests.count == before + attempts)
        }
        hangs.withLock { $0 = true }
        let late = await bench.whileTimePasses {
            var options = RequestOptions()
            options.operationTimeout = .seconds(2)
            return await failure { try await Self.call(operation, bench.client, options) }
        }
        // A write that counts cannot know whether it was applied.
        #expect(late?.code == .operationTimeout || late?.code == .outcomeUnknown)
        #expect(late?.message.contains("operationTimeout of 2.0 seconds") == true)
        await bench.client.close()
    }

    // MARK: Places

    private static func options(_ change: (inout RequestOptions) -> Void) -> RequestOptions {
        var options = RequestOptions()
        change(&options)
        return options
    }

    @Test func `a pinned call goes to its node alone, again and again, and fails if that is down`() async throws {
        let bench = try await Bench(configure: { $0.nodeHealth.activeFailures = 3 })
        try await bench.healthy()
        bench.transport.at("10.0.0.2") { $0.isDiscovery ? nil : .error("RequestLimitExceeded") }
        let pinned = Self.options { $0.onlyNode = "10.0.0.2:8000" }
        let error = await bench.whileTimePasses { await failure { try await bench.put(options: pinned) } }
        #expect(error?.code == .throttled)
        #expect(bench.transport.requests.map(\.host) == ["10.0.0.2", "10.0.0.2", "10.0.0.2"])
        bench.transport.at("10.0.0.2") { _ in .refused }
        var last: AlternatorError?
        for _ in 0..<4 { last = await bench.whileTimePasses { await failure { try await bench.put(options: pinned) } } }
        #expect(last?.code == .noNodeAvailable)
        #expect(last?.message.contains("wants 10.0.0.2:8000") == true)
        #expect(bench.transport.requests.allSatisfy { $0.host == "10.0.0.2" })
        let stranger = await failure { try await bench.put(options: Self.options { $0.onlyNode = "10.9.9.9:8000" }) }
        #expect(stranger?.code == .noNodeAvailable)
        #expect(stranger?.message.contains("RequestOptions.onlyNode: '10.9.9.9:8000'") == true)
        await bench.client.close()
    }

    @Test func `options that cannot be used together, or at all, are named`() async throws {
        let bench = try await Bench()
        let bad: [(String, RequestOptions)] = [
            (
                "onlyNode",
                Self.options {
                    $0.onlyNode = "10.0.0.1:8000"
                    $0.firstNode = "10.0.0.1:8000"
                }
            ),
            ("routingScope", Self.options { $0.routingScope = .datacenter("") }),
            ("requestCompression", Self.options { $0.requestCompression = .gzip(level: 0) }),
            ("authentication", Self.options { $0.authentication = .credentials(accessKey: "a b", secretKey: "c") }),
        ]
        for (name, options) in bad {
            let error = await failure { try await bench.put(options: options) }
            #expect(error?.code == .configuration)
            #expect(error?.message.hasPrefix("RequestOptions.\(name)") == true, "\(error as Any)")
        }
        #expect(bench.transport.requests.isEmpty)
        await bench.client.close()
    }

    @Test func `the nodes of another scope are found once, used by all, and looked for again when old`() async throws {
        let bench = try await Self.bench(.putItem) { _ in .ok("{}") }
        let elsewhere = Self.options { $0.routingScope = .datacenter("dc2") }
        await withTaskGroup(of: AlternatorError?.self) { group in
            for _ in 0..<20 { group.addTask { await failure { try await bench.put(options: elsewhere) } } }
            for await error in group { #expect(error == nil) }
        }
        func looks() -> Int { bench.transport.discoveries.count { $0.line.hasSuffix("?dc=dc2") } }
        #expect(looks() == 1)
        #expect(bench.transport.requests.allSatisfy { $0.host == "10.1.0.1" })
        _ = try await bench.put(options: elsewhere)
        #expect(looks() == 1)
        // The client's own nodes are as before.
        #expect(bench.client.nodes() == Bench.three.map { "\($0):8000" })
        bench.clock.advance(by: .seconds(1))
        _ = try await bench.put(options: elsewhere)
        try await eventually("another look") { looks() == 2 }
        await bench.client.close()
    }

    @Test func `a scope without nodes is an error, and one with a fallback goes on`() async throws {
        let bench = try await Self.bench(.putItem) { _ in .ok("{}") }
        let nowhere = Self.options { $0.routingScope = .datacenter("dc9") }
        let error = await failure { try await bench.put(options: nowhere) }
        #expect(error?.code == .noNodeAvailable)
        #expect(error?.message == "RequestOptions.routingScope: no node was found in datacentre dc9.")
        #expect(bench.transport.requests.isEmpty)
        let fallback = Self.options { $0.routingScope = .datacenter("dc9", fallback: .datacenter("dc2")) }
        _ = try await bench.put(options: fallback)
        #expect(bench.transport.requests.map(\.host) == ["10.1.0.1"])
        await bench.client.close()
    }

    @Test func `waiting for the nodes of a scope ends with cancellation and with the client`() async throws {
        let bench = try await Self.bench(.putItem) { _ in .ok("{}") }
        for host in Bench.three { bench.transport.at(host) { $0.line.contains("dc=dc3") ? .hang : nil } }
        let elsewhere = Self.options { $0.routingScope = .datacenter("dc3") }
        let first = Task { await failure { try await bench.put(options: elsewhere) } }
        try await eventually("a question") { bench.transport.hanging > 0 }
        let second = Task { await failure { try await bench.put(options: elsewhere) } }
        try await eventually("two calls") { bench.client.core.lifecycle.inFlight == 2 }
        first.cancel()
        #expect(await first.value?.code == .cancelled)
        await bench.client.close(within: .zero)
        #expect(await second.value?.code == .closed)
    }

    @Test func `only so many other scopes are remembered`() async throws {
        let bench = try await Bench(
            prepare: { transport in
                transport.everywhere { call in
                    guard call.isDiscovery, let name = call.line.split(separator: "dc=d").dropFirst().first else {
                        return call.isDiscovery ? nil : .ok("{}")
                    }
                    return .ok(#"["10.1.0.\#(name)"]"#)
                }
            }
        )
        try await bench.healthy()
        for number in 1...40 {
            let answer = try await bench.put(options: Self.options { $0.routingScope = .datacenter("d\(number)") })
            #expect(answer.node == "10.1.0.\(number):8000")
        }
        let known = (1...40).filter { bench.client.core.topology.listed(.datacenter("d\($0)")) != nil }
        #expect(known == Array(25...40))
        #expect(bench.transport.forgotten.contains { $0.host == "10.1.0.1" })
        await bench.client.close()
    }
}

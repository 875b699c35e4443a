import AlternatorLocal
import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

/// The client over real sockets, against the embedded cluster and against things that are none.
@Suite struct LiveTests {
    @Test func `what was put through one node is read through all`() async throws {
        try await Live.withCluster(3) { cluster, client in
            for number in 0..<60 { try await client.putItem(Live.item(number)) }
            for number in 0..<60 {
                let answer = try await client.getItem(
                    GetItemRequest(tableName: "users", key: ["id": .string("u\(number)")], consistentRead: true)
                )
                #expect(answer.item?["id"] == .string("u\(number)"))
            }
            for node in cluster.seedHosts {
                #expect(cluster.requestCounts(of: node)["PutItem", default: 0] > 5)
            }
        }
    }

    @Test func `a node that stops costs no request`() async throws {
        try await Live.withCluster(3) { cluster, client in
            for number in 0..<20 { try await client.putItem(Live.item(number)) }
            try await cluster.stop(cluster.seedHosts[1])
            for number in 20..<120 { try await client.putItem(Live.item(number)) }
            try await cluster.start(cluster.seedHosts[1])
            let all = try await client.scan(ScanRequest(tableName: "users", select: .count))
            #expect(all.count == 120)
        }
    }

    private static let faults: [(LocalCluster.Fault.Kind, RetrySafety, AlternatorError.Code?)] = [
        (.reset, .idempotent, nil), (.loseAnswer, .idempotent, nil), (.cutShort(after: 1), .idempotent, nil),
        (.garbage, .idempotent, nil), (.internalServerError, .idempotent, nil), (.throttle, .idempotent, nil),
        (.throttle, .counting, nil), (.loseAnswer, .counting, .outcomeUnknown),
        (.cutShort(after: 1), .counting, .outcomeUnknown), (.garbage, .counting, .outcomeUnknown),
        (.internalServerErrorAfterwards, .counting, .outcomeUnknown), (.reset, .counting, .outcomeUnknown),
    ]

    @Test(arguments: faults.indices)
    func `a fault of one node is passed over, or told where it must not be`(index: Int) async throws {
        let (kind, safety, code) = Self.faults[index]
        try await Live.withCluster(2) { cluster, client in
            try await eventually("all nodes active") { client.activeNodes().count == 2 }
            try cluster.inject(LocalCluster.Fault(kind), at: cluster.seedHosts[0])
            var codes: [AlternatorError.Code?] = []
            for number in 0..<20 {
                var writer = JSONWriter()
                Live.item(number).write(to: &writer)
                let request = EncodedRequest(.putItem, table: "users", body: writer.bytes, safety: safety)
                let error = await failure { try await client.execute(request) }
                codes.append(error?.code)
            }
            try cluster.clearFaults()
            let unexpected = codes.filter { $0 != nil && $0 != code }
            #expect(unexpected.isEmpty, "\(unexpected)")
            if code != nil { #expect(codes.contains { $0 == code }) }
        }
    }

    @Test func `an attempt that hangs is given up after its timeout`() async throws {
        try await Live.withCluster(1) { cluster, client in
            try cluster.inject(LocalCluster.Fault(.hang), at: cluster.seedHosts[0])
            var options = RequestOptions()
            options.requestTimeout = .milliseconds(50)
            let request = EncodedRequest(.putItem, table: "users", body: Array("{}".utf8), safety: .counting)
            let error = await failure { try await client.execute(request, options: options) }
            #expect(error?.code == .outcomeUnknown)
            #expect((error?.cause as? AlternatorError)?.code == .requestTimeout)
        }
    }

    // MARK: What is no cluster

    @Test func `a port where nobody listens`() async throws {
        let client = try await AlternatorClient(Live.config(["127.0.0.1"], port: 1))
        let error = await failure { try await client.putItem(Live.item(1)) }
        #expect(error?.code == .noNodeAvailable)
        #expect(error?.message.contains("127.0.0.1:1: ") == true, "\(error as Any)")
        #expect(error?.message.contains("port 1 is Alternator, not CQL") == true)
        #expect(error?.operation == "PutItem")
        #expect(error?.table == "users")
        await client.close()
    }

    @Test func `a name that nobody knows`() async throws {
        let client = try await AlternatorClient(Live.config(["nowhere.invalid"], port: 8000))
        let error = await failure { try await client.putItem(Live.item(1)) }
        #expect(error?.code == .noNodeAvailable)
        #expect(error?.message.contains("nowhere.invalid:8000: ") == true, "\(error as Any)")
        await client.close()
    }

    private struct Stranger: ServerHandler {
        let action: ServerAction

        func handle(_ request: ServerRequest) -> ServerAction { action }
    }

    private static let strangers: [(ServerAction, String)] = [
        (.respond(ServerResponse(status: 404, body: Array("<html>no such page".utf8))), "HTTP 404"),
        (.respond(ServerResponse(status: 200, body: Array("<html>hello".utf8))), "not JSON"),
        (.respond(ServerResponse(status: 301)), "HTTP 301"),
        // How CQL answers what it does not understand.
        (.sendRaw([0x84, 0, 0, 0, 0, 0, 0, 0, 0x33, 0, 0, 0, 10, 0, 0x30], thenClose: true, reset: false), ""),
        (.sendRaw(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8), thenClose: true, reset: false), ""),
        (.reset, ""),
    ]

    @Test(arguments: strangers.indices)
    func `a port where something else answers`(index: Int) async throws {
        let (action, words) = Self.strangers[index]
        let group = LoopGroup(count: 1)
        let server = try HTTPServer(host: "127.0.0.1", port: 0, group: group, handler: Stranger(action: action))
        try server.start()
        let client = try await AlternatorClient(Live.config(["127.0.0.1"], port: server.port))
        let error = await failure { try await client.putItem(Live.item(1)) }
        #expect(error?.code == .noNodeAvailable, "\(error as Any)")
        #expect(error?.message.contains("127.0.0.1:\(server.port): ") == true, "\(error as Any)")
        #expect(error?.message.contains(words) == true || words.isEmpty, "\(error as Any)")
        await client.close()
        await server.stop()
        await group.shutDown()
    }

    // MARK: The end

    @Test func `withClient closes after success and after an error`() async throws {
        // A port that nobody listens on: the client is made all the same.
        let config = AlternatorConfig(seedHosts: ["127.0.0.1"], port: 1)
        struct Stop: Error {}
        var kept: AlternatorClient?
        try await AlternatorClient.withClient(config) { kept = $0 }
        #expect(kept?.core.lifecycle.isClosing == true)
        await #expect(throws: Stop.self) {
            try await AlternatorClient.withClient(config) { client in
                kept = client
                throw Stop()
            }
        }
        #expect(kept?.core.lifecycle.isClosing == true)
    }

    @Test func `after a thousand rounds of open, use and close nothing is left`() async throws {
        // In a process of its own, since the figures are the process's.
        await #expect(processExitsWith: .success) {
            let cluster = try await LocalCluster(nodes: 2)
            let setup = try await AlternatorClient(
                AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port, eventLoopCount: 1)
            )
            _ = try await setup.createTable(Live.table)
            await setup.close()
            for round in 0..<100 { try await Live.round(round, cluster) }
            let before = try Footprint()
            for round in 100..<1100 { try await Live.round(round, cluster) }
            try await Footprint.expectNoGrowth(since: before, kilobytes: 8192)
            await cluster.close()
        }
    }
}

enum Live {
    static let table = CreateTableRequest(
        tableName: "users",
        keySchema: [KeySchemaElement("id", .hash)],
        attributeDefinitions: [AttributeDefinition("id", .string)]
    )

    static func item(_ number: Int) -> PutItemRequest {
        PutItemRequest(tableName: "users", item: ["id": .string("u\(number)"), "n": .string("x")])
    }

    /// A configuration whose client is made after the first answer, however busy the machine is.
    static func config(_ seeds: [String], port: Int) -> AlternatorConfig {
        AlternatorConfig(seedHosts: seeds, port: port, discoveryTimeout: .seconds(60), eventLoopCount: 1)
    }

    static func withCluster(
        _ nodes: Int,
        _ body: (LocalCluster, AlternatorClient) async throws -> Void
    ) async throws {
        let cluster = try await LocalCluster(nodes: nodes)
        let client = try await AlternatorClient(config([cluster.seedHosts[0]], port: cluster.port))
        do {
            _ = try await client.createTable(table)
            // A client begins with its seed alone where that took too long to answer.
            try await eventually("all nodes are active") { client.activeNodes().count == nodes }
            try await body(cluster, client)
        } catch {
            await client.close()
            await cluster.close()
            throw error
        }
        await client.close()
        await cluster.close()
    }

    /// Makes a client, uses it, closes it while four requests are in flight; every third one is dropped instead.
    static func round(_ number: Int, _ cluster: LocalCluster) async throws {
        let client = try await AlternatorClient(
            AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port, eventLoopCount: 1)
        )
        // The same few items all the time, so that the store does not grow.
        try await client.putItem(item(0))
        await withTaskGroup { group in
            for request in 0..<4 {
                group.addTask { _ = try? await client.putItem(item(request)) }
            }
            if number % 3 != 0 { await client.close(within: number % 3 == 1 ? .zero : .seconds(10)) }
        }
    }
}

// swift-format-ignore-file
// (the code stands here as the README shows it)
import Alternator
import AlternatorLocal
import AlternatorCore
import AlternatorWire
import Foundation
import Testing

/// The README prints; a test run need not.
private func print(_ items: Any...) {}

private struct Vault: Sendable {
    func alternatorCredentials() async throws -> AlternatorConfig.Credentials { .init(accessKey: "a", secretKey: "b") }
}
private func log(_ event: AlternatorEvent) {}

/// All code of README.md, block by block; `DocumentationTests` compares the two.
@Suite(.timeLimit(.minutes(2))) struct ReadmeSnippets {
    @Test func `the first example`() async throws {
        let cluster = try await LocalCluster(nodes: 2)
        try await AlternatorResource.withResource(AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port)) {
            try await $0.table("users").create(partitionKey: KeyDefinition("id", .s))
        }

struct User: TableItem {                              // Codable, Sendable
    var id: String
    var name: String
    var visits: Int
    static let primaryKey = PrimaryKey(\User.id)      // PrimaryKey(\.a, \.b) adds a sort key
}

let resource = try await AlternatorResource(
    AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port))

// By name, any Codable type, no declaration.
try await resource.table("users").put(User(id: "u1", name: "Ada", visits: 1))
let ada = try await resource.table("users").get(User.self, key: ["id": "u1"])

// Typed: keys, conditions and updates checked by the compiler.
let users = resource.table("users", of: User.self)
try await users.insert(User(id: "u2", name: "Grace", visits: 0))
try await users.update("u2", if: { $0.visits < 10 }) { $0.visits.add(1); $0.name.set("Grace H.") }
for try await user in users.scan().where({ $0.visits > 0 }) { print(user) }
await resource.close()

        #expect(ada?.name == "Ada")
        try await AlternatorResource.withResource(AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port)) {
            let grace = try await $0.table("users", of: User.self).get("u2")
            #expect(grace?.name == "Grace H." && grace?.visits == 1)
        }
        await cluster.close()
    }

    private struct User: TableItem {
        var id: String
        var name: String
        var visits: Int
        static let primaryKey = PrimaryKey(\User.id)
    }

    @Test func `errors are caught by their codes`() async throws {
        let cluster = try await LocalCluster(nodes: 2)
        let resource = try await AlternatorResource(AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port))
        let users = resource.table("users", of: User.self)
        try await users.create()
        let user = User(id: "u1", name: "Ada", visits: 1)
        var caught = 0
        for _ in 0..<2 {

do { try await users.insert(user) }
catch .conditionFailed { caught += 1 }        // somebody else has this key
catch .outcomeUnknown { Issue.record("the answer was not lost") }         // the answer was lost; read before you repeat
catch { throw error }               // all others

        }
        #expect(caught == 1)
        // Where the compiler infers `any Error`.
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await users.insert(user) }
            do { try await group.waitForAll() } catch AlternatorError.Code.conditionFailed { caught += 1 }
        }
        #expect(caught == 2)
        // "On the loop."
        let found = try await withTaskExecutorPreference(resource.client.executor) { try await users.get("u1") }
        #expect(found?.name == "Ada")
        await resource.close()
        await cluster.close()
    }

    /// Compiled, not run: it needs a cluster with TLS and its files.
    private func production(_ resource: AlternatorResource, _ vault: Vault) {

var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8043, scheme: .https)
config.tls = .init(additionalCAFiles: ["/etc/scylla/ca.pem"],
                   clientCertificate: .init(chain: "client.pem", key: "client.key"))
config.authentication = .provider { try await vault.alternatorCredentials() }      // or .credentials, .environment
config.requestCompression = .gzip()
config.responseCompression = [.gzip]
config.optimizeHeaders = true                                                      // only what Alternator reads
config.observer = { event in log(event) }
let text = resource.client.metrics().prometheusText                                // p50, p99, retries, pools, per node

        _ = text
    }

    @Test func `models that do more`() async throws {
        let cluster = try await LocalCluster(nodes: 2)
        let resource = try await AlternatorResource(AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port))

struct Order: TableItem, TimestampedItem, DefaultingItem {
    var customer: String
    var day: String
    var number: Int
    var state: String
    var updated: Date?
    var rest = Extras()                                     // attributes this version does not know are kept

    static let pk = CompositeKey("pk", "CUSTOMER#{customer}", \Order.customer)
    static let sk = CompositeKey("sk", "ORDER#{day}#{number:6}", \Order.day, \Order.number)
    static let primaryKey = PrimaryKey(pk, sk)
    static let timestamps = Timestamps<Order>(updated: .init(\.updated))
    static let defaults = AttributeDefaults<Order>().with(\.state, "new")
}

        let orders = resource.table("orders", of: Order.self)
        try await orders.create()
        try await orders.put(Order(customer: "c1", day: "2026-01-31", number: 7, state: "open"))
        try await orders.put(Order(customer: "c1", day: "2026-02-01", number: 8, state: "open"))

let january = try await orders.query(Order.pk("c1"), .hasPrefix("ORDER#2026-01")).all(max: 1000)

        #expect(january.map(\.number) == [7])
        #expect(january[0].updated != nil)
        await resource.close()
        await cluster.close()
    }

    /// Compiled, not run as one: the changes go on without end. The tests of bulk, streams and `writeEach` run the parts.
    private func wholeTables(
        _ resource: AlternatorResource, _ users: TypedTable<User>, _ songs: TypedTable<User>,
        _ requests: [WriteRequest], _ start: StreamCheckpoint
    ) async throws {
        var checkpoint = start

try await users.export(to: "users.jsonl.gz", options: .init(checkpointFile: "users.checkpoint")) { print($0) }
try await users.import(from: "users.jsonl.gz")              // DynamoDB's export form or plain JSON lines

for try await change in users.changes(from: .at(checkpoint)) {      // change data capture, over all shards
    print(change.event, change.old as Any, change.new as Any)
    checkpoint = change.checkpoint
}
let outcomes = await resource.writeEach(requests)                   // conditional writes side by side, one outcome each
let similar = try await songs.nearest(to: [0.5, 0.25], k: 10, in: "byMood")     // vector search, ScyllaDB 2026.2

        _ = (outcomes, similar)
    }

    @Test func `the embedded cluster loses a node and the client goes on`() async throws {

let cluster = try await LocalCluster(nodes: 3)                    // 127.0.0.1, .2, .3 at one free port
let resource = try await AlternatorResource(AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port))
try await cluster.stop("127.0.0.2")                               // and the client goes on

        let users = resource.table("users", of: User.self)
        try await users.create()
        for number in 0..<20 { try await users.put(User(id: "u\(number)", name: "", visits: 0)) }
        #expect(try await users.count() == 20)
        await resource.close()
        await cluster.close()
    }

@Test func `a visit is counted`() async throws {
    let cluster = try await LocalCluster(nodes: 3)
    let resource = try await AlternatorResource(AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.port))
    try cluster.inject(.init(.reset, rate: 0.1, seed: 7))      // one request in ten is reset

        let users = resource.table("users", of: User.self)
        try await users.create(ifNotExists: true)
        try await users.put(User(id: "u1", name: "Ada", visits: 0))
        #expect(try await users.get("u1")?.visits == 0)
        await resource.close()
        await cluster.close()
}
}

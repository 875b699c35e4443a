import Alternator
import CountedMemory
import Glibc

/// Makes typed gets and puts through the public interface and prints what does not depend on the machine's load.
///
/// `Gate --port P [--requests N] [--concurrency C] [--executor loop|default]` prints one line of JSON: allocations and
/// context switches per request. `Benchmarks/gates` also runs it under strace, for the system calls. With
/// `--memory N [--ca FILE]` it is the memory of N requests in flight, and of as many idle connections.
@main
struct Gate {
    static func main() async {
        do {
            try await run()
        } catch {
            print("gate failed: \(error)")
            exit(1)
        }
    }

    private static func run() async throws {
        var arguments = CommandLine.arguments.dropFirst()
        var options: [String: String] = [:]
        while let flag = arguments.popFirst(), let value = arguments.popFirst() { options[flag] = value }
        let requests = options["--requests"].flatMap { Int($0) } ?? 8000
        let concurrency = options["--concurrency"].flatMap { Int($0) } ?? 16
        let onLoop = options["--executor"] != "default"

        var config = AlternatorConfig(
            seedHosts: ["127.0.0.1"],
            port: options["--port"].flatMap { Int($0) } ?? 8000,
            // A refresh in the middle would be counted.
            activeRefreshInterval: .seconds(60),
            authentication: .credentials(accessKey: "gate", secretKey: "gate"),
            eventLoopCount: 1
        )
        if let file = options["--ca"] {
            config.scheme = .https
            config.tls = AlternatorConfig.TLS(additionalCAFiles: [file], minimumVersion: .v1_3)
        }
        if let count = options["--memory"].flatMap({ Int($0) }) {
            config.maxPoolConnections = count + 1
            return try await Memory.measure(count, config)
        }
        try await AlternatorResource.withResource(config) { resource in
            let users = resource.table("gate_users", of: User.self)
            try await users.create(ifNotExists: true)
            for number in 0..<64 { try await users.put(.sample(number)) }
            let executor = onLoop ? resource.client.executor : nil
            let get: @Sendable (Int) async throws -> Void = { call in
                guard try await users.get("user#\(call % 64)") != nil else {
                    throw AlternatorError(.decoding, message: "an item is missing")
                }
            }
            // Connections, caches and buffers reach their size.
            try await work(max(200, concurrency * 20), concurrency, on: executor, get)
            let before = switches()
            counted_begin()
            try await work(requests, concurrency, on: executor, get)
            let allocations = Double(counted_end()) / Double(requests)
            let contexts = Double(switches() - before) / Double(requests)
            print(
                "{\"requests\":\(requests),\"mallocsPerGet\":\(allocations),"
                    + "\"bytesPerGet\":\(Double(counted_bytes()) / Double(requests)),"
                    + "\"contextSwitchesPerGet\":\(contexts)}"
            )
        }
    }

    /// So many calls, shared by `concurrency` tasks.
    private static func work(
        _ calls: Int,
        _ concurrency: Int,
        on executor: (any TaskExecutor)?,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            for worker in 0..<concurrency {
                group.addTask(executorPreference: executor) {
                    for call in 0..<calls / concurrency { try await body(call &* concurrency &+ worker) }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func switches() -> Int {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_nvcsw
    }
}

/// Ten attributes, about 360 bytes.
struct User: TableItem {
    struct Address: Document {
        var street: String
        var city: String
        var zip: Int
    }

    var pk: String
    var sk: String
    var name: String
    var email: String
    var age: Int
    var score: Double
    var visits: Int
    var active: Bool
    var address: Address
    var tags: [String]

    static let primaryKey = PrimaryKey(\User.pk)

    static func sample(_ number: Int) -> User {
        User(
            pk: "user#\(number)",
            sk: "profile",
            name: "Ada Lovelace",
            email: "ada@example.com",
            age: 36,
            score: 97.25,
            visits: 1024,
            active: true,
            address: Address(street: "12 St James's Square", city: "London", zip: 10115),
            tags: ["admin", "beta", "early"]
        )
    }
}

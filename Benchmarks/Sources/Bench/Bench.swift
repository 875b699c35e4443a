import Alternator
import Foundation

/// Measures one workload at one concurrency and prints one line for people and one for programs.
///
/// `Benchmarks/run` starts the servers, calls this beside its peers and compares.
@main
struct Bench {
    static func main() async {
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            try await run(options)
        } catch {
            print("bench failed: \(error)")
            exit(1)
        }
    }

    private static func run(_ options: Options) async throws {
        try await AlternatorResource.withResource(options.config) { resource in
            let body = try await workload(options, resource)
            let result = try await load(
                concurrency: options.concurrency,
                duration: .seconds(options.seconds),
                on: options.onLoop ? resource.client.executor : nil,
                body
            )
            let executor = options.onLoop ? "loop" : "default"
            print(result.line("\(options.workload) c=\(options.concurrency) \(executor)"))
            print(result.record)
        }
    }

    /// What each task does, given the number of the call; prepares what it needs.
    private static func workload(
        _ options: Options,
        _ resource: AlternatorResource
    ) async throws -> @Sendable (Int) async throws -> Void {
        let accounts = resource.table("bench_accounts", of: Account.self)
        switch options.workload {
        case .get:
            return { call in
                guard try await accounts.get(Account.key(call % options.keys), "profile") != nil else {
                    throw BenchError("item \(call % options.keys) is missing; was the server filled?")
                }
            }
        case .put: return { call in try await accounts.put(.sample(call % options.keys)) }
        case .query:
            return { _ in
                let page = try await accounts.query(Account.key(0)).page()
                guard page.items.count == 100 else { throw BenchError("a page of \(page.items.count) items, not 100") }
            }
        case .bytes:
            let json = Array(
                #"{"TableName":"bench_accounts","Key":{"pk":{"S":"user#123456"},"sk":{"S":"profile"}}}"#.utf8
            )
            let client = resource.client
            return { _ in
                guard try await client.send(.getItem, json: json).count > 300 else {
                    throw BenchError("a short answer")
                }
            }
        case .types:
            let calls = try await typedCalls(resource)
            return { call in try await calls[call % calls.count]() }
        case .sized:
            let blobs = resource.table("bench_blobs", of: Blob.self)
            try await blobs.create(ifNotExists: true)
            let text = String(repeating: "0123456789abcde\n", count: options.itemBytes / 16 + 1)
            let blob = Blob(pk: "b", text: String(text.prefix(options.itemBytes)))
            try await blobs.put(blob)
            return { call in
                if call % 2 == 0 {
                    try await blobs.put(blob)
                } else {
                    guard try await blobs.get("b")?.text.utf8.count == options.itemBytes else {
                        throw BenchError("the item came back with another size")
                    }
                }
            }
        }
    }
}

import Alternator
import Foundation

/// Measures one operation at one concurrency and prints one line.
///
/// `Bench get|put --seeds HOSTS --port P [--concurrency N] [--seconds S] [--executor loop|default]`;
/// `Benchmarks/run` starts the server and calls this.
@main
struct Bench {
    static func main() async {
        do {
            try await run()
        } catch {
            print("bench failed: \(error)")
            exit(1)
        }
    }

    private static func run() async throws {
        var arguments = CommandLine.arguments.dropFirst()
        let what = arguments.popFirst() ?? "get"
        var options: [String: String] = [:]
        while let flag = arguments.popFirst(), let value = arguments.popFirst() { options[flag] = value }
        let seeds = (options["--seeds"] ?? "127.0.0.1").split(separator: ",").map(String.init)
        let concurrency = options["--concurrency"].flatMap { Int($0) } ?? 16
        let seconds = options["--seconds"].flatMap { Double($0) } ?? 2
        let onLoop = options["--executor"] != "default"

        let config = AlternatorConfig(seedHosts: seeds, port: options["--port"].flatMap { Int($0) } ?? 8000)
        try await AlternatorResource.withResource(config) { resource in
            let accounts = resource.table("bench_accounts", of: Account.self)
            try await accounts.create(ifNotExists: true)
            let keys = 1000
            for number in 0..<keys { try await accounts.put(.sample(number)) }

            let body: @Sendable (Int) async throws -> Void
            switch what {
            case "get":
                body = { call in
                    guard try await accounts.get("user#\(call % keys)", "profile") != nil else {
                        throw AlternatorError(.decoding, message: "item \(call % keys) is missing")
                    }
                }
            case "put": body = { call in try await accounts.put(.sample(call % keys)) }
            default: throw AlternatorError(.configuration, message: "unknown benchmark \(what); known: get, put")
            }
            let result = try await load(
                concurrency: concurrency,
                duration: .seconds(seconds),
                on: onLoop ? resource.client.executor : nil,
                body
            )
            print(result.line("\(what) c=\(concurrency) \(onLoop ? "loop" : "default")"))
        }
    }
}

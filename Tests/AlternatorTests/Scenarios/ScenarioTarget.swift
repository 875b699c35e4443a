import Alternator
import AlternatorLocal
import Foundation
import Synchronization
import Testing

/// Which server the scenarios run against: the embedded cluster, or what the environment names.
///
/// `ALTERNATOR_TEST_SEEDS` (comma-separated) and `ALTERNATOR_TEST_PORT` name a cluster;
/// `ALTERNATOR_TEST_SERVER=moto` says that it is moto, whose wrong answers `MotoGaps` lists.
struct ScenarioTarget: Sendable {
    var seeds: [String]
    var port: Int
    var isMoto: Bool

    private static let embedded = Task { try await LocalCluster(nodes: 3) }

    static func current() async throws -> ScenarioTarget {
        let environment = ProcessInfo.processInfo.environment
        if let seeds = environment["ALTERNATOR_TEST_SEEDS"], let port = environment["ALTERNATOR_TEST_PORT"] {
            return ScenarioTarget(
                seeds: seeds.split(separator: ",").map(String.init),
                port: try #require(Int(port)),
                isMoto: environment["ALTERNATOR_TEST_SERVER"] == "moto"
            )
        }
        let cluster = try await embedded.value
        return ScenarioTarget(seeds: cluster.seedHosts, port: cluster.port, isMoto: false)
    }
}

/// Runs one scenario on the target; on moto a listed one must go wrong.
func scenario(
    _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable (AlternatorResource, ScenarioTables) async throws -> Void
) async throws {
    let target = try await ScenarioTarget.current()
    let run: @Sendable () async throws -> Void = {
        let config = AlternatorConfig(seedHosts: target.seeds, port: target.port)
        try await AlternatorResource.withResource(config) { resource in
            let tables = ScenarioTables()
            do {
                try await body(resource, tables)
            } catch {
                await tables.drop(in: resource)
                throw error
            }
            await tables.drop(in: resource)
        }
    }
    if target.isMoto, let wrongAnswer = MotoGaps.wrongAnswers[name] {
        // Fails if nothing goes wrong: then moto has learned it and the entry must leave the list.
        await withKnownIssue("moto: \(wrongAnswer)") { try await run() }
    } else {
        try await run()
    }
}

/// Names of tables of one scenario, deleted at its end.
final class ScenarioTables: Sendable {
    private let names = Mutex<[String]>([])

    /// A name nobody else uses.
    func name(_ purpose: String) -> String {
        let name = "swift_alternator_test_\(purpose)_\(UInt32.random(in: 0 ... .max))"
        names.withLock { $0.append(name) }
        return name
    }

    func drop(in resource: AlternatorResource) async {
        for name in names.withLock({ $0 }) {
            try? await resource.table(name, of: Note.self).deleteTable()
        }
    }
}

/// The error that `body` throws; not throwing is a failure of the test.
func failure(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @Sendable () async throws -> Void
) async throws -> AlternatorError {
    try await #require(throws: AlternatorError.self, sourceLocation: sourceLocation) { try await body() }
}

import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

/// A client over a scripted cluster and a clock that stands still.
struct Bench {
    let client: AlternatorClient
    let transport: ScriptedTransport
    let clock: ManualClock

    static let three = ["10.0.0.1", "10.0.0.2", "10.0.0.3"]

    /// - Parameters:
    ///   - nodes: the cluster.
    ///   - seeds: `nil`: the first node.
    ///   - seed: of the client's chance.
    ///   - prepare: scripts to be there before the client asks anybody.
    ///   - configure: changes of the configuration.
    /// - Throws: what making the client throws.
    init(
        _ nodes: [String] = three,
        seeds: [String]? = nil,
        seed: UInt64 = 1,
        prepare: (ScriptedTransport) -> Void = { _ in },
        configure: (inout AlternatorConfig) -> Void = { _ in }
    ) async throws {
        var config = AlternatorConfig(seedHosts: seeds ?? [nodes[0]], port: 8000)
        configure(&config)
        let transport = ScriptedTransport(nodes)
        let clock = ManualClock()
        prepare(transport)
        self.transport = transport
        self.clock = clock
        client = try await AlternatorClient(
            config,
            clock: clock,
            random: RandomSource(seed: seed),
            transport: { _ in transport }
        )
        try await settle()
    }

    /// Waits until the first refresh is over and the next one is waited for.
    func settle() async throws {
        try await eventually("a finished refresh") {
            client.core.topology.waitForRefresh(now: client.core.time.now) != nil
                && client.core.refreshing.withLock { $0 == nil }
        }
    }

    /// Waits until every node was probed and found well.
    func healthy() async throws {
        try await eventually("all nodes active") { client.activeNodes() == client.nodes() }
    }

    func put(
        _ safety: RetrySafety = .idempotent,
        options: RequestOptions = RequestOptions(),
        body: String = "{}"
    ) async throws(AlternatorError) -> EncodedResponse {
        try await client.execute(
            EncodedRequest(.putItem, table: "users", body: Array(body.utf8), safety: safety),
            options: options
        )
    }

    /// Runs `body` while time passes as fast as anybody sleeps.
    ///
    /// - Parameters:
    ///   - longest: whoever sleeps longer is not woken; `nil`: everybody is.
    ///   - body: what is done meanwhile.
    /// - Returns: what it gives.
    func whileTimePasses<Value: Sendable>(
        upTo longest: Duration? = nil,
        _ body: @escaping @Sendable () async -> Value
    ) async -> Value {
        let clock = self.clock
        let passing = Task {
            while !Task.isCancelled {
                let begun = clock.sleepsBegun
                if let wait = clock.waits.first, wait <= longest ?? wait { clock.advance(by: wait) }
                // Those that were woken run before more time passes, also where their thread waits for a processor:
                // until somebody sleeps again, or for so long that nobody is going to.
                let end = ContinuousClock.now + .milliseconds(50)
                repeat {
                    for _ in 0..<100 { await Task.yield() }
                } while clock.sleepsBegun == begun && ContinuousClock.now < end && !Task.isCancelled
            }
        }
        let value = await body()
        passing.cancel()
        await passing.value
        return value
    }
}

/// The error of an operation, or `nil` if it succeeded.
func failure<Value>(_ body: () async throws -> Value) async -> AlternatorError? {
    do {
        _ = try await body()
        return nil
    } catch let error as AlternatorError {
        return error
    } catch {
        Issue.record("an error of another type: \(error)")
        return nil
    }
}

import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

/// Callers that send one request after the other until they are stopped, and what became of each request.
final class Load: Sendable {
    /// What the callers do.
    enum Kind: Sendable {
        /// Puts a new item and reads it back, in turns.
        case idempotent
        /// Reads one item, which must be there.
        case reading
        /// Adds one to a number and, in the same request, its own mark to a set.
        case counting
    }

    struct Outcome: Sendable {
        let kind: Kind
        let caller: Int
        let number: Int
        let started: ContinuousClock.Instant
        let ended: ContinuousClock.Instant
        let node: String?
        /// Attempts that reached a node.
        let attempts: Int
        let error: AlternatorError?
        /// A read that did not find what the same caller had put before.
        let isLost: Bool

        /// The partition key that a put of an idempotent caller used.
        var key: String { Load.key(caller, number) }
        /// What a counting write added to the set.
        var mark: Int { caller * 1_000_000 + number }
    }

    private let client: AlternatorClient
    private let state = Mutex<[Outcome]>([])
    private let isStopped = Atomic<Bool>(false)

    private init(_ client: AlternatorClient) { self.client = client }

    /// Keeps requests in flight for the time of `body`; returns what became of all of them.
    ///
    /// - Parameters:
    ///   - client: whose requests they are.
    ///   - inFlight: how many there are at any moment.
    ///   - countingShare: how many of them are counting writes.
    ///   - kind: what the others are.
    ///   - body: what happens meanwhile.
    /// - Returns: every request's outcome, in the order of their ends.
    /// - Throws: what `body` throws.
    static func run(
        _ client: AlternatorClient,
        inFlight: Int = 64,
        counting countingShare: Int = 0,
        others kind: Kind = .idempotent,
        _ body: (Load) async throws -> Void
    ) async throws -> [Outcome] {
        let load = Load(client)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<inFlight {
                group.addTask { await load.go(caller, caller < countingShare ? .counting : kind) }
            }
            defer { load.isStopped.store(true, ordering: .sequentiallyConsistent) }
            try await body(load)
        }
        return load.outcomes
    }

    var outcomes: [Outcome] { state.withLock { $0 } }

    /// Waits until so many requests that began after this moment have ended.
    func progress(_ count: Int) async throws {
        let mark = ContinuousClock.now
        let before = state.withLock { $0.count }
        try await poll("\(count) more requests") {
            state.withLock { $0.dropFirst(before).count { $0.started >= mark } } >= count
        }
    }

    // MARK: One caller

    static func key(_ caller: Int, _ number: Int) -> String { "item-\(caller)-\(number / 2)" }
    /// What reading callers read.
    static let sharedKey = "shared"
    static func counter(_ caller: Int) -> String { "counter-\(caller)" }

    private func go(_ caller: Int, _ kind: Kind) async {
        var number = 0
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            let outcome = await request(caller, kind, number)
            state.withLock { $0.append(outcome) }
            // A read of what was never put would find nothing.
            number += outcome.error != nil && number.isMultiple(of: 2) ? 2 : 1
            // With no node to ask errors come at once; a caller that got one looks up before it goes on.
            if outcome.error != nil { try? await Task.sleep(for: .milliseconds(10)) }
        }
    }

    private func request(_ caller: Int, _ kind: Kind, _ number: Int) async -> Outcome {
        let started = ContinuousClock.now
        var node: String?
        var attempts = 0
        var failure: AlternatorError?
        var isLost = false
        do throws(AlternatorError) {
            let answer = try await client.execute(encoded(caller, kind, number))
            (node, attempts) = (answer.node, answer.attempts)
            if kind == .reading || (kind == .idempotent && !number.isMultiple(of: 2)) {
                isLost = try answer.read(as: GetItemRequest.self, table: "users").item == nil
            }
        } catch {
            (node, attempts, failure) = (error.node, error.attempts, error)
        }
        return Outcome(
            kind: kind,
            caller: caller,
            number: number,
            started: started,
            ended: .now,
            node: node,
            attempts: attempts,
            error: failure,
            isLost: isLost
        )
    }

    private func encoded(_ caller: Int, _ kind: Kind, _ number: Int) throws(AlternatorError) -> EncodedRequest {
        switch kind {
        case .idempotent where number.isMultiple(of: 2):
            let item: [String: AttributeValue] = ["id": .string(Self.key(caller, number)), "n": .string("x")]
            let request = PutItemRequest(tableName: "users", item: item)
            return try request.encoded(safety: request.safety)
        case .idempotent, .reading:
            let id = kind == .reading ? Self.sharedKey : Self.key(caller, number)
            let key: [String: AttributeValue] = ["id": .string(id)]
            return try GetItemRequest(tableName: "users", key: key, consistentRead: true).encoded(safety: .idempotent)
        case .counting:
            let mark = AttributeNumber(caller * 1_000_000 + number)
            let request = UpdateItemRequest(
                tableName: "users",
                key: ["id": .string(Self.counter(caller))],
                updateExpression: "ADD n :one, marks :mark",
                expressionAttributeValues: [":one": 1, ":mark": .numberSet([mark])]
            )
            return try request.encoded(safety: request.safety)
        }
    }
}

/// Looks again and again until `condition` holds, with a short pause in between: the load needs the processors.
func poll(
    _ what: String,
    within limit: Duration = .seconds(300),
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { throw NeverHappened(description: "not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// Goes round up to six times, until a round gives a time within `limit`; fails if none does.
///
/// Other work on the machine makes some rounds slow, and none fast.
func expectRound(
    within limit: Duration,
    _ location: SourceLocation = #_sourceLocation,
    _ round: () async throws -> Duration
) async throws {
    var times: [Duration] = []
    while times.count < 6, !times.contains(where: { $0 <= limit }) { times.append(try await round()) }
    #expect(times.contains { $0 <= limit }, "\(times)", sourceLocation: location)
}

extension [Load.Outcome] {
    /// Errors of the requests that failed.
    var failures: [String] { compactMap { outcome in outcome.error.map { "\($0)" } } }
    var idempotent: [Load.Outcome] { filter { $0.kind == .idempotent } }

    /// Attempts that reached a node, per request; zero if there were none.
    var averageAttempts: Double { isEmpty ? 0 : Double(reduce(0) { $0 + $1.attempts }) / Double(count) }

    /// The latency that this share of the requests stays within.
    func latency(within share: Double) -> Duration {
        let sorted = map { $0.ended - $0.started }.sorted()
        return sorted.isEmpty ? .zero : sorted[Swift.min(Int(Double(count) * share), count - 1)]
    }

    /// No request failed, and every read found what was put before.
    func expectNoFailure(_ location: SourceLocation = #_sourceLocation) {
        let failures = failures
        #expect(failures.count == 0, "\(failures.count) of \(count): \(failures.prefix(3))", sourceLocation: location)
        let lost = filter(\.isLost).count
        #expect(lost == 0, "something put was not there", sourceLocation: location)
    }
}

import AlternatorCore
import AlternatorTransport
import AlternatorWire
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Alternator

/// A resource over a scripted node: what was sent is written down, what comes back is given by the test.
struct Bench {
    let resource: AlternatorResource
    let transport: ScriptedTransport
    private let clock = ManualClock()
    /// The waits between rounds, none of which was really waited.
    let waits: Waits

    final class Waits: Sendable {
        private let list = Mutex<[Duration]>([])
        var all: [Duration] { list.withLock { $0 } }
        func add(_ wait: Duration) { list.withLock { $0.append(wait) } }
    }

    struct Sent: Equatable, CustomStringConvertible {
        let operation: String?
        let body: String
        init(_ operation: String?, _ body: String) {
            self.operation = operation
            self.body = body
        }
        var description: String { "\(operation ?? "-") \(body)" }
    }

    /// - Parameters:
    ///   - tablePKMap: partition keys the client is told.
    ///   - answer: what the node answers to an operation, by its number from 0; `nil` for `{}`.
    ///   - configure: changes of the configuration.
    /// - Throws: what making a client throws.
    init(
        tablePKMap: [String: String] = [:],
        _ answer: @escaping @Sendable (_ number: Int, _ call: ScriptedTransport.Call) -> ScriptedTransport.Reply? = {
            _,
            _ in nil
        },
        configure: (inout AlternatorConfig) -> Void = { _ in }
    ) async throws {
        var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000)
        config.tablePKMap = tablePKMap
        configure(&config)
        let transport = ScriptedTransport(["10.0.0.1"])
        let count = Counter()
        transport.everywhere { call in call.isDiscovery ? nil : answer(count.next(), call) }
        let client = try await AlternatorClient(
            config,
            clock: clock,
            random: RandomSource(seed: 1),
            transport: { _ in transport }
        )
        let waits = Waits()
        self.waits = waits
        self.transport = transport
        resource = AlternatorResource(
            client: client,
            pacing: Pacing(sleep: { waits.add($0) }, random: { 0 })
        )
    }

    /// The same with one answer after the other, and `{}` when they are used up.
    init(answers: [ScriptedTransport.Reply]) async throws {
        try await self.init { number, _ in number < answers.count ? answers[number] : nil }
    }

    /// Runs `body` while the client's time passes, so that its waits before a repeated request end.
    func whileTimePasses<Result>(_ body: () async throws -> Result) async throws -> Result {
        let clock = clock
        let ticker = Task {
            while !Task.isCancelled {
                clock.advance(by: .milliseconds(20))
                await Task.yield()
            }
        }
        defer { ticker.cancel() }
        return try await body()
    }

    /// All requests so far.
    var sent: [Sent] {
        transport.requests.map { Sent($0.operation, String(decoding: $0.body, as: UTF8.self)) }
    }

    var bodies: [String] { sent.map(\.body) }

    private final class Counter: Sendable {
        private let value = Mutex(0)
        func next() -> Int {
            value.withLock {
                $0 += 1
                return $0 - 1
            }
        }
    }
}

// MARK: - Models of the request tests

struct Visit: NamedTableItem, ExpiringItem, IndexedItem {
    var site: String
    var at: Int
    var hits: Int
    var note: String?
    var until: Date?
    enum CodingKeys: String, CodingKey { case site = "s", at = "a", hits, note, until = "ttl" }
    static let tableName = "visits"
    static let primaryKey = PrimaryKey(\Visit.site, \Visit.at)
    static let byNote = SecondaryIndex.global("byNote", \Visit.note, \Visit.at)
    static let byHits = SecondaryIndex.local("byHits", \Visit.site, \Visit.hits)
    static let indexes = Indexes(byNote, byHits)
    static let expiry = ExpiryAttribute(\Visit.until)
}

struct Counted: NamedTableItem, VersionedItem {
    var id: String
    var n: Int
    var rev: Int?
    static let tableName = "counted"
    static let primaryKey = PrimaryKey(\Counted.id)
    static let version = VersionAttribute(\Counted.rev)
}

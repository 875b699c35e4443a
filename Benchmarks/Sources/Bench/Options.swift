import Alternator
import Foundation
import Synchronization

/// What the command line asked for.
struct Options {
    var workload: Workload
    var seeds = ["127.0.0.1"]
    var port = 8000
    var concurrency = 16
    var seconds = 2.0
    var onLoop = true
    var keys = 1
    var itemBytes = 0
    var maxPoolConnections = 200
    /// Which features of the client are on, beside signing.
    var features: Set<Feature> = []
    var loops: Int?
    var caFile: String?

    /// What every task does over and over.
    enum Workload: String, CaseIterable {
        /// A typed get of one item.
        case get
        /// A typed put of one item.
        case put
        /// One page of a typed query.
        case query
        /// A GetItem as bytes: no item is written or read by the client.
        case bytes
        /// Typed gets of items of 1,000 distinct types.
        case types
        /// A put and a get of an item of `--item-bytes`.
        case sized
    }

    enum Feature: String, CaseIterable {
        case unsigned, affinity, observer, hedging, tls
        case debugLog = "debug-log"
        case requestCompression = "request-compression"
        case responseCompression = "response-compression"
        case busyPoll = "busy-poll"
        case optimizedHeaders = "optimized-headers"
    }

    static let usage = """
        Bench \(Workload.allCases.map(\.rawValue).joined(separator: "|")) [--seeds HOST,…] [--port P] [--concurrency N]
              [--seconds S] [--executor loop|default] [--keys N] [--item-bytes N] [--pool N] [--loops N] [--ca FILE]
              [--with \(Feature.allCases.map(\.rawValue).joined(separator: ","))]
        """

    init(_ arguments: [String]) throws(BenchError) {
        var rest = arguments[...]
        guard let word = rest.popFirst(), let workload = Workload(rawValue: word) else { throw BenchError(Self.usage) }
        self.workload = workload
        while let flag = rest.popFirst() {
            guard let value = rest.popFirst() else { throw BenchError("\(flag) needs a value\n" + Self.usage) }
            try set(flag, value)
        }
    }

    private mutating func set(_ flag: String, _ value: String) throws(BenchError) {
        switch flag {
        case "--seeds": seeds = value.split(separator: ",").map(String.init)
        case "--port": port = try number(flag, value)
        case "--concurrency": concurrency = try number(flag, value)
        case "--keys": keys = try number(flag, value)
        case "--item-bytes": itemBytes = try number(flag, value)
        case "--pool": maxPoolConnections = try number(flag, value)
        case "--loops": loops = try number(flag, value)
        case "--ca": caFile = value
        case "--seconds":
            guard let given = Double(value), given > 0 else {
                throw BenchError("\(flag) \(value): not a number above 0")
            }
            seconds = given
        case "--executor":
            guard value == "loop" || value == "default" else { throw BenchError("--executor is loop or default") }
            onLoop = value == "loop"
        case "--with":
            for word in value.split(separator: ",") {
                guard let feature = Feature(rawValue: String(word)) else { throw BenchError("unknown feature \(word)") }
                features.insert(feature)
            }
        default: throw BenchError("unknown flag \(flag)\n" + Self.usage)
        }
    }

    private func number(_ flag: String, _ value: String) throws(BenchError) -> Int {
        guard let number = Int(value), number >= 0 else { throw BenchError("\(flag) \(value): not a whole number") }
        return number
    }

    /// The client's configuration with these features.
    var config: AlternatorConfig {
        var config = AlternatorConfig(seedHosts: seeds, port: port)
        config.maxPoolConnections = maxPoolConnections
        config.eventLoopCount = loops
        // Sixty thousand waiting tasks are no fault here.
        config.acquireTimeout = .seconds(60)
        if !features.contains(.unsigned) {
            config.authentication = .credentials(accessKey: "cassandra", secretKey: "secret", sessionToken: nil)
        }
        if features.contains(.affinity) { config.keyAffinity = .anyWrite() }
        if features.contains(.observer) { config.observer = { event in events.add(event) } }
        // A line on standard error for each request.
        if features.contains(.debugLog) { config.logLevel = .debug }
        if features.contains(.hedging) { config.hedging = .after(.milliseconds(20)) }
        if features.contains(.requestCompression) { config.requestCompression = .gzip(level: 6, minimumSize: 64) }
        if features.contains(.responseCompression) { config.responseCompression = [.gzip] }
        if features.contains(.optimizedHeaders) { config.optimizeHeaders = true }
        if features.contains(.busyPoll) { config.busyPoll = .adaptive(limit: .microseconds(100)) }
        if features.contains(.tls) {
            config.scheme = .https
            config.tls = AlternatorConfig.TLS(additionalCAFiles: caFile.map { [$0] } ?? [], minimumVersion: .v1_3)
        }
        return config
    }
}

/// What a benchmark could not do.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Counts what the observer is told, so that the work is not thrown away.
let events = EventCount()

final class EventCount: Sendable {
    private let count = Mutex(0)
    var total: Int { count.withLock { $0 } }
    func add(_ event: AlternatorEvent) { count.withLock { $0 += 1 } }
}

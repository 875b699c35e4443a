import Alternator
import Foundation
import Synchronization

/// Keeps requests in flight for a long time and shows that nothing grows: `Soak --port P --minutes M [--in-flight 64]`.
///
/// Reads and writes of every kind go to the nodes at 127.0.0.1, .2 and .3, which somebody else disturbs meanwhile (see
/// Scripts/soak). Prints one line every 10 s: resident memory, descriptors, threads, requests so far, failures since the
/// last line. Fails if the second half of the run holds more than the first, or if hardly any request succeeded.
@main
struct Soak {
    struct Visit: TableItem, NamedTableItem {
        var id: String
        var count: Int
        var text: String

        static let primaryKey = PrimaryKey(\Visit.id)
        static let tableName = "soak"
    }

    static func main() async {
        do {
            let isFlat = try await run()
            exit(isFlat ? 0 : 1)
        } catch {
            print("soak: \(error)")
            exit(1)
        }
    }

    private static func option(_ name: String) -> Double? {
        let arguments = CommandLine.arguments
        guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return nil }
        return Double(arguments[place + 1])
    }

    private static func run() async throws -> Bool {
        let port = Int(option("--port") ?? 8000)
        let minutes = option("--minutes") ?? 10
        let inFlight = Int(option("--in-flight") ?? 64)
        var config = AlternatorConfig(seedHosts: ["127.0.0.1", "127.0.0.2", "127.0.0.3"], port: port)
        config.requestTimeout = .seconds(1)
        config.operationTimeout = .seconds(5)
        config.hedging = .after(.milliseconds(200))
        // So that connections come and go.
        config.connectionMaxLifetime = .seconds(20)
        config.maxPoolConnections = 48
        let resource = try await AlternatorResource(config)
        let visits = resource.table("soak", of: Visit.self)
        try await visits.create(ifNotExists: true)

        let end = ContinuousClock.now + .seconds(minutes * 60)
        let counts = Counts()
        var readings: [Reading] = []
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<inFlight {
                group.addTask {
                    var round = worker
                    while ContinuousClock.now < end {
                        round += inFlight
                        await one(visits, round, counts)
                    }
                }
            }
            print("  time   rss KiB     fds threads    requests  failed")
            while ContinuousClock.now < end {
                try? await Task.sleep(for: .seconds(min(10, max(1, minutes * 60 / 30))))
                let reading = Reading(counts)
                print(reading.line(since: readings.last, left: end - .now))
                readings.append(reading)
            }
        }
        let metrics = resource.client.metrics()
        print("\(metrics.retries) retries, \(metrics.hedges) hedges (\(metrics.hedgesWon) won)")
        for call in metrics.calls {
            print(
                "\(call.operation): \(call.latency.count) calls, p50 \(call.latency.p50), p99 \(call.latency.p99), \(call.failures)"
            )
        }
        await resource.close()
        let left = Reading(counts)
        print("closed: \(left.descriptors) descriptors, \(left.threads) threads")
        return Verdict(readings).isFlat
    }

    /// One request; what the disturbed nodes make of it is counted, no more.
    private static func one(_ visits: TypedTable<Visit>, _ round: Int, _ counts: Counts) async {
        let id = "v\(round % 5000)"
        do {
            switch round % 8 {
            case 0: try await visits.put(Visit(id: id, count: round, text: String(repeating: "x", count: round % 2000)))
            case 1: try await visits.update(id) { $0.count.add(1) }
            case 2: _ = try await visits.query(id).page()
            case 3:
                // Cancelled on its way.
                let task = Task { try await visits.get(id) }
                await Task.yield()
                task.cancel()
                _ = try? await task.value
            default: _ = try await visits.get(id)
            }
            counts.succeeded()
        } catch {
            counts.failed()
        }
    }
}

/// Requests so far.
final class Counts: Sendable {
    private let good = Atomic<Int>(0)
    private let bad = Atomic<Int>(0)

    func succeeded() { good.add(1, ordering: .relaxed) }
    func failed() { bad.add(1, ordering: .relaxed) }
    var successes: Int { good.load(ordering: .relaxed) }
    var failures: Int { bad.load(ordering: .relaxed) }
}

/// What the process holds at one moment.
struct Reading {
    let resident: Int
    let descriptors: Int
    let threads: Int
    let successes: Int
    let failures: Int

    init(_ counts: Counts) {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        func number(_ name: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
            return Int(line.filter(\.isNumber)) ?? 0
        }
        resident = number("VmRSS")
        threads = number("Threads")
        descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
        successes = counts.successes
        failures = counts.failures
    }

    func line(since last: Reading?, left: Duration) -> String {
        let columns = [
            (resident, 10), (descriptors, 8), (threads, 8), (successes, 12), (failures - (last?.failures ?? 0), 8),
        ]
        let texts = columns.map { value, width in
            String(repeating: " ", count: max(0, width - String(value).count)) + String(value)
        }
        return "-\(left.components.seconds) s".padding(toLength: 7, withPad: " ", startingAt: 0) + texts.joined()
    }
}

/// Whether the curves are flat.
struct Verdict {
    let isFlat: Bool

    /// The first fifth is warming up; then the medians of the two halves are compared.
    init(_ readings: [Reading]) {
        let rest = Array(readings.dropFirst(readings.count / 5))
        guard rest.count >= 6, let first = readings.first, let last = readings.last else {
            print("soak: too short to judge")
            isFlat = false
            return
        }
        let (early, late) = (rest.prefix(rest.count / 2), rest.suffix(rest.count / 2))
        func median(_ part: ArraySlice<Reading>, _ value: (Reading) -> Int) -> Int {
            part.map(value).sorted()[part.count / 2]
        }
        var faults: [String] = []
        // Memory: 5 % or 4 MiB, which allocators move by themselves; the others may differ by what is on its way.
        let memory = (median(early, \.resident), median(late, \.resident))
        if memory.1 > memory.0 + max(4096, memory.0 / 20) { faults.append("memory \(memory.0) to \(memory.1) KiB") }
        let descriptors = (median(early, \.descriptors), median(late, \.descriptors))
        if descriptors.1 > descriptors.0 + 60 { faults.append("descriptors \(descriptors.0) to \(descriptors.1)") }
        let threads = (median(early, \.threads), median(late, \.threads))
        if threads.1 > threads.0 + 4 { faults.append("threads \(threads.0) to \(threads.1)") }
        let (good, bad) = (last.successes - first.successes, last.failures - first.failures)
        if good < 100 * readings.count || bad > good / 10 { faults.append("\(bad) of \(good + bad) requests failed") }
        isFlat = faults.isEmpty
        print(
            "memory \(memory.0) to \(memory.1) KiB, descriptors \(descriptors.0) to \(descriptors.1), threads \(threads.0) "
                + "to \(threads.1); \(good) requests, \(bad) failed: "
                + (isFlat ? "flat" : "NOT FLAT: " + faults.joined(separator: ", "))
        )
    }
}

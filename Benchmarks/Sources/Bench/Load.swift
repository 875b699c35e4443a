import Alternator
import Foundation

/// What a run measured.
struct LoadResult {
    var requests: Int
    var seconds: Double
    /// User and system time of this process.
    var cpuSeconds: Double
    var latencies: Histogram
    /// Voluntary and involuntary context switches of this process.
    var contextSwitches: Int
    /// Bytes resident at the end of the load.
    var residentBytes: Int

    /// One line for programs: `RESULT requests=… …`, times in microseconds.
    var record: String {
        func column(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }
        let count = Double(max(requests, 1))
        return "RESULT requests=\(requests) secs=\(column(seconds, 3)) rps=\(column(Double(requests) / seconds, 0)) "
            + "p50=\(column(latencies.microseconds(quantile: 0.5))) p99=\(column(latencies.microseconds(quantile: 0.99))) "
            + "p999=\(column(latencies.microseconds(quantile: 0.999))) cpu_us=\(column(cpuSeconds / count * 1e6, 2)) "
            + "csw=\(column(Double(contextSwitches) / count, 3)) rss_kb=\(residentBytes / 1024)"
    }

    /// One line: a name, requests per second, CPU per request, latencies.
    func line(_ name: String) -> String {
        func column(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }
        let perRequest = requests == 0 ? 0 : cpuSeconds / Double(requests) * 1e6
        return "\(name)  \(Int(Double(requests) / seconds)) requests/s  \(column(perRequest)) µs CPU/request  "
            + "p50 \(column(latencies.microseconds(quantile: 0.5))) µs  "
            + "p99 \(column(latencies.microseconds(quantile: 0.99))) µs"
    }
}

/// Keeps `concurrency` calls of `body` under way for `duration`, after a warm-up of a quarter of it.
func load(
    concurrency: Int,
    duration: Duration,
    on executor: (any TaskExecutor)?,
    _ body: @escaping @Sendable (Int) async throws -> Void
) async throws -> LoadResult {
    let clock = ContinuousClock()
    let measureFrom = clock.now + duration / 4
    let end = measureFrom + duration
    let useAtStart = Task {
        try await clock.sleep(until: measureFrom)
        return ProcessUse.now
    }
    let merged = try await withThrowingTaskGroup(of: Histogram.self) { group in
        for lane in 0..<concurrency {
            group.addTask(executorPreference: executor) {
                var latencies = Histogram()
                var call = lane
                var last = clock.now
                while last < end {
                    try await body(call)
                    call += concurrency
                    let now = clock.now
                    if last >= measureFrom { latencies.record(nanoseconds: (now - last).nanoseconds) }
                    last = now
                }
                return latencies
            }
        }
        var merged = Histogram()
        for try await part in group { merged.add(part) }
        return merged
    }
    let (before, after) = (try await useAtStart.value, ProcessUse.now)
    return LoadResult(
        requests: merged.count,
        seconds: duration / .seconds(1),
        cpuSeconds: after.seconds - before.seconds,
        latencies: merged,
        contextSwitches: after.contextSwitches - before.contextSwitches,
        residentBytes: after.residentBytes
    )
}

/// What this process has used since it began.
struct ProcessUse {
    var seconds: Double
    var contextSwitches: Int
    var residentBytes: Int

    static var now: ProcessUse {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
            .split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return ProcessUse(
            seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            contextSwitches: Int(usage.ru_nvcsw + usage.ru_nivcsw),
            residentBytes: (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
        )
    }
}

extension Duration {
    var nanoseconds: Int64 {
        let parts = components
        return parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }
}

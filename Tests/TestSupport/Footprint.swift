import Foundation

/// What this process holds.
///
/// Figures of the whole process: only a test that runs in one of its own, as `processExitsWith` gives it, may compare them.
package struct Footprint: CustomStringConvertible {
    package let threads: Int
    package let descriptors: Int
    package let kilobytes: Int

    package init() throws {
        threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        kilobytes = Int(line.filter(\.isNumber)) ?? 0
    }

    /// Waits until there are as few threads and descriptors as before, then compares the memory.
    ///
    /// - Parameters:
    ///   - before: measured after a first part of the same work, so that what is made once is in it.
    ///   - kilobytes: by how much the memory may have grown.
    /// - Throws: `NeverHappened` with both measurements.
    package static func expectNoGrowth(since before: Footprint, kilobytes: Int) async throws {
        var now = try Footprint()
        do {
            // The other end learns of closed connections by its own loop.
            try await eventually("as few threads and descriptors as before", within: .seconds(5)) {
                now = (try? Footprint()) ?? now
                return now.threads <= before.threads && now.descriptors <= before.descriptors
            }
        } catch {
            throw NeverHappened(description: "as little as before: \(before) became \(now)")
        }
        // The Address Sanitizer keeps something of each thread and allocation, for its reports.
        if ProcessInfo.processInfo.environment["ASAN_OPTIONS"] != nil { return }
        guard before.kilobytes > 0, now.kilobytes < before.kilobytes + kilobytes else {
            throw NeverHappened(description: "memory: \(before) became \(now)")
        }
    }

    package var description: String { "\(threads) threads, \(descriptors) descriptors, \(kilobytes) kB" }
}

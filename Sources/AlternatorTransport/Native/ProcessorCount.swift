import CAlternator
import Glibc

/// How many processors this process may keep busy.
///
/// The processors of the machine say little: a process can be pinned to some of them, and a container can have a quota
/// of their time. Two busy loops on one processor take turns of several milliseconds, so both defaults that start
/// one loop per processor ask here.
package enum ProcessorCount {
    /// The processors the calling thread may run on, at most the quota of its control groups; at least 1.
    ///
    /// A part of a processor is not counted: with a quota of 1.5 two loops would be stopped for a quarter of the time.
    /// Costs a few small reads of /proc and /sys/fs/cgroup.
    package static var usable: Int {
        let allowed = Int(calt_allowed_processors())
        let online = allowed > 0 ? allowed : sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return max(1, min(online, quota { SmallFile.text(at: $0) } ?? online))
    }

    /// Whole processors that control groups of version 2 leave to the process; `nil` without a limit.
    ///
    /// `cpu.max` of the group itself and of all groups above counts, the least wins.
    /// Source: Documentation/admin-guide/cgroup-v2.rst of the kernel.
    ///
    /// - Parameter read: gives the text of a file, or `nil`.
    /// - Returns: at least 1 where there is a limit.
    static func quota(reading read: (String) -> String?) -> Int? {
        guard
            let line = read("/proc/self/cgroup")?.split(separator: "\n").first(where: { $0.hasPrefix("0::/") })
        else { return nil }
        var path = line.dropFirst(3)
        var least: Int?
        while true {
            let group = path == "/" ? "" : path
            if let limit = read("/sys/fs/cgroup\(group)/cpu.max").flatMap(limit(cpuMax:)) {
                least = min(least ?? limit, limit)
            }
            guard !group.isEmpty, let slash = group.lastIndex(of: "/") else { return least }
            path = slash == group.startIndex ? "/" : group[..<slash]
        }
    }

    /// Reads `QUOTA PERIOD`, both in microseconds; `max` as quota is none.
    private static func limit(cpuMax text: String) -> Int? {
        let parts = text.split { $0 == " " || $0 == "\n" }
        guard parts.count == 2, let quota = Int(parts[0]), let period = Int(parts[1]), quota > 0, period > 0
        else { return nil }
        return max(1, quota / period)
    }
}

/// Files of the kernel, a page at most.
private enum SmallFile {
    static func text(at path: String) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { _ = close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

import Glibc

/// A reading of the clock that never goes back; comparable within one process only.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Later than any deadline.
    package static let distantFuture = MonotonicTime(nanoseconds: .max)

    /// Earlier than any reading.
    package static let distantPast = MonotonicTime(nanoseconds: .min)

    package static var now: MonotonicTime {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Saturates, so that no duration a caller chooses can trap.
    package func advanced(byNanoseconds step: Int64) -> MonotonicTime {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(step)
        return overflow ? (step < 0 ? .distantPast : .distantFuture) : MonotonicTime(nanoseconds: sum)
    }

    package func advanced(by duration: Duration) -> MonotonicTime {
        advanced(byNanoseconds: duration.saturatedNanoseconds)
    }

    /// Nanoseconds from `earlier` to this time, not below zero.
    package func nanoseconds(since earlier: MonotonicTime) -> Int64 {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return overflow ? .max : max(0, difference)
    }
}

extension Duration {
    /// The duration in nanoseconds, cut to the range of `Int64` (292 years).
    package var saturatedNanoseconds: Int64 {
        // A thousand million is 2^9 times 1 953 125, and without the nine bits durations up to 78 minutes fit into 64.
        let shortened = attoseconds >> 9
        if shortened >= 0, shortened <= Int128(Int64.max) {
            return Int64(truncatingIfNeeded: shortened) / 1_953_125
        }
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || carried ? (seconds < 0 ? .min : .max) : sum
    }
}

/// The wait before an attempt that follows a failed one.
package enum Backoff {
    /// The wait before the next attempt.
    ///
    /// 25 ms, doubled per failure, at most 1 s, then scaled by `jitter` into the upper half:
    /// failure 1 → 12.5–25 ms, failure 4 → 100–200 ms, failure 7 and later → 0.5–1 s.
    /// The cap is applied before converting to `Duration`, so a large `failures` cannot trap.
    ///
    /// Source: "equal jitter" in the AWS Architecture Blog, "Exponential Backoff And Jitter".
    ///
    /// - Parameters:
    ///   - failures: attempts that have failed so far, 1 or more.
    ///   - jitter: drawn by the caller from `0..<1`, so a test can choose it.
    /// - Returns: the wait.
    package static func delay(afterFailures failures: Int, jitter: Double) -> Duration {
        let doublings = min(max(failures, 1), 17) - 1
        let milliseconds = min(25.0 * Double(1 << doublings), 1000)
        let share = 0.5 + 0.5 * min(max(jitter, 0), 1)
        return .nanoseconds(Int64(milliseconds * share * 1_000_000))
    }

    /// The wait before looking a table's partition key up again: 100 ms doubling to 2 s, ± 20 %.
    ///
    /// - Parameters:
    ///   - failures: look-ups of this table that have failed in a row, 1 or more.
    ///   - jitter: drawn by the caller from `0..<1`.
    /// - Returns: the wait.
    package static func lookupDelay(afterFailures failures: Int, jitter: Double) -> Duration {
        let doublings = min(max(failures, 1), 17) - 1
        let milliseconds = min(100.0 * Double(1 << doublings), 2000)
        let share = 0.8 + 0.4 * min(max(jitter, 0), 1)
        return .nanoseconds(Int64(milliseconds * share * 1_000_000))
    }
}

import Glibc

/// The time of day, for what other machines must agree on; everything else goes by monotonic time.
package enum WallClock {
    /// Whole seconds since 1970-01-01 00:00:00 UTC.
    package static func secondsSinceEpoch() -> Int64 { Int64(time(nil)) }
}

/// How durations are sorted into buckets: eight to each doubling, from about 1 µs to 137 s.
///
/// A bucket is at most an eighth wider than its lower end, so a quantile read from it is off by 6 % at most on average.
enum LatencyScale {
    /// Durations up to 2^10 ns share the first bucket.
    private static let firstPower = 10
    private static let lastPower = 37
    private static let stepBits = 3

    static let bucketCount = 2 + (lastPower - firstPower) << stepBits

    /// The bucket of a duration; those below and above the range go to the first and the last.
    static func bucket(nanoseconds: Int64) -> Int {
        // A bucket's upper end belongs to it, as Prometheus wants it.
        let value = UInt64(max(0, nanoseconds)) &- (nanoseconds > 0 ? 1 : 0)
        let power = 63 - value.leadingZeroBitCount
        guard power >= firstPower else { return 0 }
        guard power < lastPower else { return bucketCount - 1 }
        let step = Int(truncatingIfNeeded: value >> UInt64(power - stepBits)) & ((1 << stepBits) - 1)
        return 1 + (power - firstPower) << stepBits + step
    }

    /// The longest duration of a bucket, in nanoseconds; the last one has none.
    static func upperBound(of bucket: Int) -> Int64? {
        guard bucket > 0 else { return 1 << firstPower }
        guard bucket < bucketCount - 1 else { return nil }
        let power = firstPower + (bucket - 1) >> stepBits
        let step = (bucket - 1) & ((1 << stepBits) - 1)
        return 1 << Int64(power) + Int64(step + 1) << Int64(power - stepBits)
    }

    /// The end of the bucket below.
    static func lowerBound(of bucket: Int) -> Int64 { bucket == 0 ? 0 : upperBound(of: bucket - 1) ?? 0 }
}

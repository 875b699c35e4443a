/// How long something took, without the single durations: a count for each of some two hundred ranges.
///
/// Ranges are at most an eighth wide (from 1 µs to 137 s), which bounds the error of a quantile; memory does not grow with
/// the number of requests. Counts only grow: subtract an earlier snapshot to see one interval.
public struct LatencyHistogram: Sendable, Hashable {
    /// How many were timed.
    public let count: Int
    /// All durations together.
    public let sum: Duration
    /// By `LatencyScale`.
    let buckets: [UInt64]

    init(buckets: [UInt64], sumNanoseconds: UInt64) {
        self.buckets = buckets
        count = Int(clamping: buckets.reduce(0, &+))
        sum = .nanoseconds(Int64(clamping: sumNanoseconds))
    }

    /// The median; zero if nothing was timed.
    public var p50: Duration { quantile(0.5) }

    /// Ninety-nine of a hundred took no longer; zero if nothing was timed.
    public var p99: Duration { quantile(0.99) }

    /// The arithmetic mean; zero if nothing was timed.
    public var mean: Duration { count == 0 ? .zero : sum / count }

    /// What a share of all durations does not exceed, off by an eighth at most.
    ///
    /// - Parameter share: 0...1; other values are cut to that range.
    /// - Returns: zero if nothing was timed; 137 s for what took longer.
    public func quantile(_ share: Double) -> Duration {
        guard count > 0 else { return .zero }
        let share = share.isNaN ? 1 : min(max(share, 0), 1)
        let rank = max(1, (share * Double(count)).rounded(.up))
        var below = 0.0
        for (bucket, content) in buckets.enumerated() where content > 0 {
            let next = below + Double(content)
            if next >= rank {
                let low = Double(LatencyScale.lowerBound(of: bucket))
                guard let end = LatencyScale.upperBound(of: bucket) else { return .nanoseconds(Int64(low)) }
                let place = (rank - below) / Double(content)
                return .nanoseconds(Int64((low + (Double(end) - low) * place).rounded()))
            }
            below = next
        }
        return .zero
    }

    /// What was added since an earlier snapshot of the same histogram.
    public func since(_ earlier: LatencyHistogram) -> LatencyHistogram {
        LatencyHistogram(
            buckets: zip(buckets, earlier.buckets).map { $0 &- $1 },
            sumNanoseconds: UInt64(clamping: (sum - earlier.sum).nanosecondsClamped)
        )
    }

    /// How many took no longer than a bucket's upper end, for each doubling between about 65 µs and 17 s.
    var cumulative: [(upperNanoseconds: Int64, count: UInt64)] {
        var result: [(Int64, UInt64)] = []
        var sum: UInt64 = 0
        for (bucket, content) in buckets.enumerated() {
            sum &+= content
            guard let end = LatencyScale.upperBound(of: bucket), end & (end - 1) == 0, end >= 1 << 16, end <= 1 << 34
            else { continue }
            result.append((end, sum))
        }
        return result
    }
}

extension Duration {
    fileprivate var nanosecondsClamped: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : whole &+ attoseconds / 1_000_000_000
    }
}

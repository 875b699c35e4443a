import AlternatorTransport
import AlternatorWire
import Dispatch
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct LatencyHistogramTests {
    private func histogram(_ nanoseconds: [Int64]) -> LatencyHistogram {
        let counters = OperationSeries(lanes: 2)
        for value in nanoseconds { counters.add(.getItem, nanoseconds: value) }
        return counters.histograms.first?.latency ?? LatencyHistogram(buckets: [], sumNanoseconds: 0)
    }

    @Test func `buckets follow each other without a gap, an eighth of their lower end wide`() {
        #expect(LatencyScale.bucketCount == 218)
        #expect(LatencyScale.upperBound(of: 0) == 1024)
        #expect(LatencyScale.upperBound(of: 1) == 1152)
        #expect(LatencyScale.upperBound(of: 8) == 2048)
        #expect(LatencyScale.upperBound(of: 9) == 2304)
        #expect(LatencyScale.upperBound(of: 216) == 137_438_953_472)
        #expect(LatencyScale.upperBound(of: 217) == nil)
        for bucket in 0..<217 {
            let end = LatencyScale.upperBound(of: bucket) ?? 0
            let start = LatencyScale.lowerBound(of: bucket)
            #expect(bucket == 0 || end - start <= start / 8)
            // The upper end belongs to the bucket, the next nanosecond to the next one.
            #expect(LatencyScale.bucket(nanoseconds: end) == bucket)
            #expect(LatencyScale.bucket(nanoseconds: end + 1) == bucket + 1)
        }
        for outside in [Int64.min, -1, 0, 1] { #expect(LatencyScale.bucket(nanoseconds: outside) == 0) }
        #expect(LatencyScale.bucket(nanoseconds: .max) == 217)
    }

    @Test(arguments: 0..<5 as Range<UInt64>) func `quantiles are within an eighth of the true ones`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // From microseconds to seconds, each order of magnitude as likely as the others.
        let values = (0..<3000).map { _ in
            Int64.random(in: 1...9, using: &random) * [2000, 20_000, 400_000, 3_000_000, 90_000_000].randomElement(
                using: &random
            )!
        }
        let latency = histogram(values)
        let sorted = values.sorted()
        #expect(latency.count == 3000)
        #expect(latency.sum == .nanoseconds(values.reduce(0, +)))
        for share in [0.01, 0.25, 0.5, 0.9, 0.99, 1] {
            let exact = Double(sorted[max(0, Int((share * 3000).rounded(.up)) - 1)])
            let shown = Double(latency.quantile(share).saturatedNanoseconds)
            #expect(abs(shown - exact) <= exact / 8, "seed \(seed), share \(share): \(shown) for \(exact)")
        }
        #expect(latency.p50 == latency.quantile(0.5))
        #expect(latency.p99 == latency.quantile(0.99))
    }

    @Test func `an empty histogram and odd shares give no trap`() {
        let empty = histogram([])
        #expect(empty.p99 == .zero)
        #expect(empty.mean == .zero)
        let one = histogram([5000])
        #expect(one.quantile(.nan) == one.quantile(1))
        #expect(one.quantile(-3) == one.quantile(2))
        #expect(one.mean == .nanoseconds(5000))
        // Over the range: its lower end.
        #expect(histogram([.max]).p50 == .nanoseconds(137_438_953_472))
    }

    @Test func `one interval is the difference of two snapshots`() {
        let counters = OperationSeries(lanes: 1)
        counters.add(.getItem, nanoseconds: 1_000_000)
        let before = counters.histograms[0].latency
        for _ in 0..<3 { counters.add(.getItem, nanoseconds: 50_000_000) }
        let interval = counters.histograms[0].latency.since(before)
        #expect(interval.count == 3)
        #expect(interval.sum == .milliseconds(150))
        #expect(interval.quantile(0) > .milliseconds(43))
    }

    @Test func `many threads count without losing one`() {
        let counters = OperationSeries(lanes: 4)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for value in 0..<20_000 { counters.add(.getItem, nanoseconds: Int64(value + thread)) }
        }
        #expect(counters.histograms[0].latency.count == 160_000)
        // 8 × (0 + … + 19,999) and 20,000 × (0 + … + 7).
        #expect(counters.histograms[0].latency.sum == .nanoseconds(8 * 199_990_000 + 20_000 * 28))
    }
}

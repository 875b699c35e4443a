import AlternatorTransport
import AlternatorWire
import Synchronization

/// One latency histogram that many threads write.
final class LatencyCounters: Sendable {
    private let counters: Counters

    init(lanes: Int) { counters = Counters(count: LatencyScale.bucketCount + 1, lanes: lanes) }

    func add(nanoseconds: Int64) {
        counters.add(1, at: LatencyScale.bucket(nanoseconds: nanoseconds))
        counters.add(UInt64(max(0, nanoseconds)), at: LatencyScale.bucketCount)
    }

    var histogram: LatencyHistogram {
        LatencyHistogram(
            buckets: (0..<LatencyScale.bucketCount).map { counters.value(at: $0) },
            sumNanoseconds: counters.value(at: LatencyScale.bucketCount)
        )
    }
}

/// A histogram per operation, each made when it is first written: a client uses a few of the two dozen.
final class OperationSeries: Sendable {
    private final class Slot: Sendable {
        let counters = AtomicLazyReference<LatencyCounters>()
    }
    private let slots: [Slot]
    private let lanes: Int

    init(lanes: Int) {
        self.lanes = lanes
        slots = OperationName.allCases.map { _ in Slot() }
    }

    func add(_ operation: OperationName, nanoseconds: Int64) {
        let slot = slots[operation.index]
        let counters = slot.counters.load() ?? slot.counters.storeIfNil(LatencyCounters(lanes: lanes))
        counters.add(nanoseconds: nanoseconds)
    }

    /// Those that were written.
    var histograms: [(operation: OperationName, latency: LatencyHistogram)] {
        OperationName.allCases.compactMap { operation in
            slots[operation.index].counters.load().map { (operation, $0.histogram) }
        }
    }
}

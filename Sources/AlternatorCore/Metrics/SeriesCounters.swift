import AlternatorTransport
import AlternatorWire

/// A latency histogram per operation, which many threads write; each is made when it is first written.
final class OperationSeries: Sendable {
    private let table: CounterTable

    init(lanes: Int) {
        // The last column is the sum of the durations.
        table = CounterTable(
            rows: OperationName.allCases.count,
            columns: LatencyScale.bucketCount + 1,
            lanes: lanes
        )
    }

    func add(_ operation: OperationName, nanoseconds: Int64) {
        table.add(
            row: operation.index,
            at: LatencyScale.bucket(nanoseconds: nanoseconds),
            1,
            and: LatencyScale.bucketCount,
            UInt64(max(0, nanoseconds))
        )
    }

    /// Those that were written.
    var histograms: [(operation: OperationName, latency: LatencyHistogram)] {
        OperationName.allCases.compactMap { operation in
            table.values(row: operation.index).map { values in
                let histogram = LatencyHistogram(
                    buckets: Array(values.dropLast()),
                    sumNanoseconds: values[LatencyScale.bucketCount]
                )
                return (operation, histogram)
            }
        }
    }
}

/// Latencies in buckets of 3 % width, so that no sample is stored.
struct Histogram {
    private var buckets = [Int](repeating: 0, count: 1024)
    private(set) var count = 0

    mutating func record(nanoseconds: Int64) {
        buckets[Self.bucket(UInt64(max(nanoseconds, 1)))] += 1
        count += 1
    }

    mutating func add(_ other: Histogram) {
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        count += other.count
    }

    /// Microseconds under which this share of the samples lies.
    func microseconds(quantile: Double) -> Double {
        let wanted = Int(Double(count) * quantile)
        var seen = 0
        for (index, samples) in buckets.enumerated() {
            seen += samples
            if seen > wanted { return Double(Self.lowerBound(index)) / 1000 }
        }
        return 0
    }

    // 32 linear steps in each power of two.
    private static func bucket(_ value: UInt64) -> Int {
        let exponent = 63 - value.leadingZeroBitCount
        guard exponent >= 5 else { return Int(value) }
        return min((exponent - 4) * 32 + Int((value >> UInt64(exponent - 5)) & 31), 1023)
    }

    private static func lowerBound(_ index: Int) -> UInt64 {
        guard index >= 32 else { return UInt64(index) }
        return UInt64(32 + index % 32) << UInt64(index / 32 - 1)
    }
}

import CountedMemory

/// One part of the package, called again and again.
struct MicroBenchmark {
    let name: String
    /// Bytes of input or output per call, for a rate; 0: none is given.
    let bytes: Int
    /// Items per call: times and allocations are given for one.
    let items: Int
    /// So many calls; what it returns keeps the optimiser from dropping the work.
    let repeated: (_ calls: Int) throws -> Int

    init(_ name: String, bytes: Int = 0, items: Int = 1, repeated: @escaping (_ calls: Int) throws -> Int) {
        self.name = name
        self.bytes = bytes
        self.items = items
        self.repeated = repeated
    }

    init(_ name: String, bytes: Int = 0, items: Int = 1, _ body: @escaping () throws -> Int) {
        self.init(name, bytes: bytes, items: items) { calls in
            var sink = 0
            for _ in 0..<calls { sink &+= try body() }
            return sink
        }
    }
}

/// What was found, per item.
struct Measurement {
    let name: String
    let bestNanoseconds: Double
    let medianNanoseconds: Double
    let allocations: Double
    let allocatedBytes: Double
    /// `nil` where bytes mean nothing.
    let megabytesPerSecond: Double?

    var line: String {
        let rate = megabytesPerSecond.map { "\(rounded($0, 0)) MB/s" } ?? ""
        return padded(name, 34) + padded("\(rounded(bestNanoseconds, 1)) ns", 14)
            + padded("median \(rounded(medianNanoseconds, 1))", 18)
            + padded("\(rounded(allocations, 2)) mallocs", 16) + padded("\(rounded(allocatedBytes, 0)) B", 10) + rate
    }

    var json: String {
        let rate = megabytesPerSecond.map { ",\"megabytesPerSecond\":\(rounded($0, 1))" } ?? ""
        return "{\"name\":\"\(name)\",\"nanoseconds\":\(rounded(bestNanoseconds, 1)),"
            + "\"median\":\(rounded(medianNanoseconds, 1)),\"mallocs\":\(rounded(allocations, 3)),"
            + "\"mallocBytes\":\(rounded(allocatedBytes, 1))\(rate)}"
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func rounded(_ value: Double, _ digits: Int) -> String {
        let scale = [1.0, 10, 100, 1000][digits]
        let number = (value * scale).rounded() / scale
        return digits == 0 ? "\(Int(number))" : "\(number)"
    }
}

extension MicroBenchmark {
    /// Times some rounds of calls by the thread's CPU time, then counts allocations in a round of its own.
    func measure(seconds: Double, rounds: Int = 9) throws -> Measurement {
        var calls = 1
        while try time(calls) < seconds * 1e9 / Double(4 * rounds), calls < 1 << 30 { calls *= 2 }
        var times: [Double] = []
        for _ in 0..<rounds { times.append(try time(calls) / Double(calls * items)) }
        times.sort()
        let counted = 64
        counted_begin()
        let sink = try repeated(counted)
        let allocations = counted_end()
        keep(sink)
        return Measurement(
            name: name,
            bestNanoseconds: times[0],
            medianNanoseconds: times[rounds / 2],
            allocations: Double(allocations) / Double(counted * items),
            allocatedBytes: Double(counted_bytes()) / Double(counted * items),
            megabytesPerSecond: bytes > 0 ? Double(bytes) / Double(items) / times[0] * 1000 : nil
        )
    }

    private func time(_ calls: Int) throws -> Double {
        let start = counted_thread_time()
        let sink = try repeated(calls)
        let end = counted_thread_time()
        keep(sink)
        return Double(end - start)
    }
}

/// Stands in for a use of the result.
@inline(never)
func keep(_ value: Int) {}

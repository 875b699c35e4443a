import AlternatorCore
import AlternatorTransport
import AlternatorWire

/// What counting and timing add to a request.
enum MetricsBenchmarks {
    static func all() -> [MicroBenchmark] {
        let meter = ClientMeter(lanes: Counters.lanes(processors: ProcessorCount.usable))
        let node = meter.node("10.0.0.1:8000")
        var call: Int64 = 0
        return [
            // Call and attempt with their durations, the answer's class and the bytes of both ways; the client reads
            // the clock anyway.
            MicroBenchmark("metrics of one request") {
                call &+= 1
                let duration = Duration.nanoseconds(400_000 + call & 0xFFFF)
                node.add(620, to: .bytesSent)
                node.add(368, to: .bytesReceived)
                node.answered(.getItem, status: 200, for: duration)
                meter.called(.getItem, for: duration)
                return 1
            }
        ]
    }
}

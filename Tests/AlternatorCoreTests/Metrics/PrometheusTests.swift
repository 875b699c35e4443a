import AlternatorTransport
import AlternatorWire
import Testing

@testable import AlternatorCore

@Suite struct PrometheusTests {
    private var metrics: ClientMetrics {
        let meter = ClientMeter(lanes: 2)
        // 0.5 ms, 1 ms, 20 s.
        for duration in [Duration.microseconds(500), .milliseconds(1), .seconds(20)] {
            meter.called(.getItem, for: duration)
        }
        meter.failed(AlternatorError(.requestTimeout, message: "m", operation: "GetItem"))
        meter.add(.retries)
        let node = meter.node("10.0.0.1:8000")
        node.answered(.getItem, status: 200, for: .microseconds(500))
        node.answered(.getItem, status: 400, for: .milliseconds(1))
        node.failed(.requestTimeout)
        node.add(620, to: .bytesSent)
        node.add(368, to: .bytesReceived)
        var connections = ClientMetrics.Connections()
        connections.open = 5
        connections.idle = 3
        connections.waiting = 2
        return meter.metrics(["10.0.0.1:8000": connections])
    }

    @Test func `the text is what the format asks for`() {
        let text = metrics.prometheusText
        // The doublings below hold nothing, those between 0.5 ms and 1.05 ms one, those above two, as 20 s is over them.
        let beginning = """
            # HELP alternator_client_call_duration_seconds Calls until they returned or threw, retries included.
            # TYPE alternator_client_call_duration_seconds histogram
            alternator_client_call_duration_seconds_bucket{operation="GetItem",le="0.000065536"} 0
            alternator_client_call_duration_seconds_bucket{operation="GetItem",le="0.000131072"} 0
            alternator_client_call_duration_seconds_bucket{operation="GetItem",le="0.000262144"} 0
            alternator_client_call_duration_seconds_bucket{operation="GetItem",le="0.000524288"} 1
            alternator_client_call_duration_seconds_bucket{operation="GetItem",le="0.001048576"} 2

            """
        #expect(text.hasPrefix(beginning))
        for line in [
            #"alternator_client_call_duration_seconds_bucket{operation="GetItem",le="17.179869184"} 2"#,
            #"alternator_client_call_duration_seconds_bucket{operation="GetItem",le="+Inf"} 3"#,
            #"alternator_client_call_duration_seconds_sum{operation="GetItem"} 20.0015"#,
            #"alternator_client_call_duration_seconds_count{operation="GetItem"} 3"#,
            #"alternator_client_call_failures_total{operation="GetItem",code="requestTimeout"} 1"#,
            "alternator_client_retries_total 1",
            "alternator_client_hedges_total 0",
            #"alternator_client_attempt_duration_seconds_count{node="10.0.0.1:8000",operation="GetItem"} 2"#,
            #"alternator_client_answers_total{node="10.0.0.1:8000",status="2xx"} 1"#,
            #"alternator_client_answers_total{node="10.0.0.1:8000",status="4xx"} 1"#,
            #"alternator_client_attempt_failures_total{node="10.0.0.1:8000",reason="requestTimeout"} 1"#,
            #"alternator_client_sent_bytes_total{node="10.0.0.1:8000"} 620"#,
            #"alternator_client_received_bytes_total{node="10.0.0.1:8000"} 368"#,
            #"alternator_client_connections{node="10.0.0.1:8000",state="idle"} 3"#,
            #"alternator_client_connections{node="10.0.0.1:8000",state="used"} 2"#,
            #"alternator_client_waiting_requests{node="10.0.0.1:8000"} 2"#,
        ] {
            #expect(text.contains("\n" + line + "\n"), "\(line)")
        }
        #expect(text.hasSuffix("\n"))
    }

    @Test func `each family is told once before its samples, and buckets only grow`() throws {
        var family = ""
        var seen: Set<String> = []
        var last: (series: String, count: Int)?
        for line in metrics.prometheusText.split(separator: "\n") {
            if line.hasPrefix("# HELP ") { continue }
            if line.hasPrefix("# TYPE ") {
                family = String(line.split(separator: " ")[2])
                #expect(seen.insert(family).inserted, "\(family) is told twice")
                continue
            }
            let match = try #require(
                line.wholeMatch(of: /([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+\})? (\d+(?:\.\d+)?)/),
                "\(line)"
            )
            #expect(match.1.hasPrefix(family))
            guard match.1.hasSuffix("_bucket"), let labels = match.2 else { continue }
            let series = String(labels[..<(labels.firstRange(of: "le=")?.lowerBound ?? labels.endIndex)])
            let count = try #require(Int(match.3))
            if let last, last.series == series { #expect(count >= last.count, "\(line)") }
            last = (series, count)
        }
        #expect(seen.count == 12)
    }

    @Test func `labels are escaped`() {
        #expect(PrometheusWriter.escaped(#"a\b"c"# + "\nd é") == #"a\\b\"c\nd é"#)
        var writer = PrometheusWriter()
        writer.sample("x", [("a", "\"\n")], 1)
        #expect(writer.text == "alternator_client_x{a=\"\\\"\\n\"} 1\n")
    }
}

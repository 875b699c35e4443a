extension ClientMetrics {
    /// The metrics in Prometheus' text format, version 0.0.4, for an endpoint of the application's.
    ///
    /// All names begin with `alternator_client_`. Times are in seconds; histograms have a bucket per doubling from 65.536 µs
    /// to 17.2 s.
    ///
    /// ```text
    /// alternator_client_call_duration_seconds_bucket{operation="GetItem",le="0.000524288"} 120
    /// ```
    public var prometheusText: String {
        var writer = PrometheusWriter()
        writer.family("call_duration_seconds", .histogram, "Calls until they returned or threw, retries included.")
        for call in calls {
            writer.histogram("call_duration_seconds", [("operation", call.operation)], call.latency)
        }
        writer.family("call_failures_total", .counter, "Calls that threw, by the code of the error.")
        for call in calls {
            for (code, count) in call.failures.sorted(by: { $0.key < $1.key }) {
                writer.sample("call_failures_total", [("operation", call.operation), ("code", code)], count)
            }
        }
        for (name, help, value) in [
            ("retries_total", "Attempts after the first one of a call.", retries),
            ("hedges_total", "Reads asked of a second node while the first was slow.", hedges),
            ("hedges_won_total", "Reads whose second node answered first.", hedgesWon),
        ] {
            writer.family(name, .counter, help)
            writer.sample(name, [], value)
        }
        writeNodes(&writer)
        return writer.text
    }

    private func writeNodes(_ writer: inout PrometheusWriter) {
        writer.family("attempt_duration_seconds", .histogram, "Attempts until their answer.")
        for node in nodes {
            for attempts in node.attempts {
                writer.histogram(
                    "attempt_duration_seconds",
                    [("node", node.name), ("operation", attempts.operation)],
                    attempts.latency
                )
            }
        }
        writer.family("answers_total", .counter, "Answers by class of status.")
        for node in nodes {
            for (status, count) in [("2xx", node.successes), ("4xx", node.refusals), ("5xx", node.serverErrors)] {
                writer.sample("answers_total", [("node", node.name), ("status", status)], count)
            }
        }
        writer.family("attempt_failures_total", .counter, "Attempts without an answer, by reason.")
        for node in nodes {
            for (reason, count) in node.failures.sorted(by: { $0.key < $1.key }) {
                writer.sample("attempt_failures_total", [("node", node.name), ("reason", reason)], count)
            }
        }
        writer.family("sent_bytes_total", .counter, "Heads and bodies of requests.")
        for node in nodes { writer.sample("sent_bytes_total", [("node", node.name)], node.bytesSent) }
        writer.family("received_bytes_total", .counter, "Heads and bodies of answers.")
        for node in nodes { writer.sample("received_bytes_total", [("node", node.name)], node.bytesReceived) }
        writer.family("connections", .gauge, "Connections by state.")
        for node in nodes {
            let connections = node.connections
            for (state, count) in [
                ("connecting", connections.connecting), ("idle", connections.idle),
                ("used", connections.open - connections.idle),
            ] {
                writer.sample("connections", [("node", node.name), ("state", state)], count)
            }
        }
        writer.family("waiting_requests", .gauge, "Requests that wait for a connection.")
        for node in nodes { writer.sample("waiting_requests", [("node", node.name)], node.connections.waiting) }
    }
}

/// Lines of Prometheus' text format.
///
/// Source: prometheus.io, "Exposition formats": HELP and TYPE once before a family's samples; `\`, `"` and line feeds in
/// label values are escaped; buckets are cumulative and end with `+Inf`, which equals `_count`.
struct PrometheusWriter {
    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""
    private static let prefix = "alternator_client_"

    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(Self.prefix)\(name) \(help)\n# TYPE \(Self.prefix)\(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: some CustomStringConvertible) {
        text += Self.prefix + name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    mutating func histogram(_ name: String, _ labels: [(String, String)], _ latency: LatencyHistogram) {
        for (end, count) in latency.cumulative {
            sample(name + "_bucket", labels + [("le", Self.seconds(nanoseconds: end))], count)
        }
        sample(name + "_bucket", labels + [("le", "+Inf")], latency.count)
        sample(name + "_sum", labels, Self.seconds(latency.sum))
        sample(name + "_count", labels, latency.count)
    }

    static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return decimal(whole: seconds, nanoseconds: attoseconds / 1_000_000_000)
    }

    private static func seconds(nanoseconds: Int64) -> String {
        decimal(whole: nanoseconds / 1_000_000_000, nanoseconds: nanoseconds % 1_000_000_000)
    }

    /// Decimal without an exponent, so that equal bounds are equal text.
    private static func decimal(whole: Int64, nanoseconds: Int64) -> String {
        let digits = String(nanoseconds)
        var fraction = String(repeating: "0", count: 9 - digits.count) + digits
        while fraction.count > 1, fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(whole).\(fraction)"
    }
}

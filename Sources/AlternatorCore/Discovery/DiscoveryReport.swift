import AlternatorTransport

/// What the hosts that the last refresh asked have answered, for the error of a client that finds no node.
struct DiscoveryReport: Sendable {
    /// `10.0.0.1:8000` and what it answered, in the order it became known.
    private var answers: [(host: String, answer: String, fault: TLSFault?)] = []

    mutating func add(_ host: String, _ answer: String, fault: TLSFault? = nil) {
        answers.append((host, answer, fault))
    }

    /// No host has failed but in TLS.
    var failedInTLSOnly: Bool { answers.allSatisfy { $0.fault != nil } }

    /// The first host and its fault, if all have failed in TLS.
    var commonFault: (host: String, fault: TLSFault)? {
        guard failedInTLSOnly, let first = answers.first, let fault = first.fault else { return nil }
        return (first.host, fault)
    }

    /// One or two sentences: who was asked, what each answered, what to check.
    func sentence(_ config: AlternatorConfig) -> String {
        let check =
            "check seedHosts, and that port \(config.port) is Alternator, not CQL or another service"
        guard !answers.isEmpty else {
            return "No node is known: no seed has answered yet (\(config.seedHosts.joined(separator: ", "))); \(check)."
        }
        let shown = answers.prefix(5).map { "\($0.host): \($0.answer)" }.joined(separator: "; ")
        let rest = answers.count > 5 ? "; and \(answers.count - 5) more" : ""
        return "No node is known: none of \(answers.count) hosts asked gave nodes of \(config.routingScope). "
            + "\(shown)\(rest). Now \(check)."
    }
}

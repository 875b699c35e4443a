import AlternatorRouting
import AlternatorTransport

/// What the client keeps ready for one node: where its connections go and how its requests begin.
final class NodeHandle: Sendable {
    let peer: Peer
    let endpoint: Endpoint
    /// `host:port` as errors and diagnostics show it, IPv6 in brackets.
    let label: String
    /// The value of `Host`: what is connected to, with its port, an IPv6 zone left out.
    let authority: [UInt8]
    /// The first two lines of every request.
    let headPart: [UInt8]
    /// `nil`: nothing is counted.
    let meter: NodeMeter?
    /// Signatures of the present second that are begun already.
    let signatures = SignatureStarts()

    init(_ endpoint: Endpoint, connectHost: String, peerID: Int, meter: ClientMeter? = nil) {
        self.endpoint = endpoint
        peer = Peer(id: peerID, host: connectHost, port: endpoint.port)
        label = Self.authority(endpoint.host, endpoint.port)
        let authority = Self.authority(connectHost, endpoint.port)
        self.authority = Array(authority.utf8)
        self.meter = meter?.node(label)
        headPart = Array("POST / HTTP/1.1\r\nHost: \(authority)\r\n".utf8)
    }

    private static func authority(_ host: String, _ port: Int) -> String {
        guard host.utf8.contains(UInt8(ascii: ":")) else { return "\(host):\(port)" }
        // A zone (`fe80::1%eth0`) means something on this machine only (RFC 6874, 4).
        let address = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)[0]
        return "[\(address)]:\(port)"
    }
}

/// Whom a client expects at the other end.
struct TLSPeerName: Hashable, Sendable {
    /// The name or address that the certificate must be for; `nil`: any.
    let expected: String?
    /// `expected` is an IP address.
    let isAddress: Bool
    /// The name told to the server before it chooses its certificate; addresses are not allowed there (RFC 6066, 3).
    let indication: String?
    /// Sessions of other hosts must not be offered.
    let resumptionKey: String

    init(_ peer: Peer, _ settings: TLSClientSettings) {
        let name = settings.serverName ?? peer.host
        // A zone means something on this machine only; certificates have none.
        let plain = name.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
        let address = plain ?? name
        isAddress = SocketAddress.numeric(host: address, port: 0) != nil
        // A full stop at the end is DNS's, not the certificate's.
        let host = isAddress ? address : name.hasSuffix(".") ? String(name.dropLast()) : name
        expected = settings.verifiesChain && settings.verifiesName ? host : nil
        indication = isAddress ? nil : host
        resumptionKey = "\(host) \(peer.host) \(peer.port)"
    }
}

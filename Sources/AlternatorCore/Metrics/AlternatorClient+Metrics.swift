import AlternatorTransport

extension AlternatorClient {
    /// What the client has done so far, and how its connections stand.
    ///
    /// Takes some microseconds per node and operation and stops nothing. Without `collectsMetrics` only the connections are
    /// told.
    public func metrics() -> ClientMetrics { core.metrics() }
}

extension ClientCore {
    func metrics() -> ClientMetrics {
        var connections: [String: ClientMetrics.Connections] = [:]
        let labels = topology.labelsByPeer()
        for pool in transport.snapshot() {
            let peer = pool.peer
            let host = peer.host.utf8.contains(UInt8(ascii: ":")) ? "[\(peer.host)]" : peer.host
            // A node may have connections of two pools: those it had before it left, and new ones.
            var sum = connections[labels[peer.id] ?? "\(host):\(peer.port)"] ?? ClientMetrics.Connections()
            sum.open += pool.open
            sum.idle += pool.idle
            sum.connecting += pool.connecting
            sum.waiting += pool.waiting
            connections[labels[peer.id] ?? "\(host):\(peer.port)"] = sum
        }
        return (meter ?? ClientMeter(lanes: 1)).metrics(connections)
    }

    /// A request has waited long for a connection.
    static func tellWait(_ wait: LongWait, _ events: EventSink) {
        let peer = wait.peer
        let host = peer.host.utf8.contains(UInt8(ascii: ":")) ? "[\(peer.host)]" : peer.host
        events.tell(.poolWait) {
            AlternatorEvent(
                $0,
                "A request waited \(wait.waited.roundedToMilliseconds) for one of \(wait.maximumConnections) connections "
                    + "(maxPoolConnections); \(wait.waiting) still wait.",
                node: "\(host):\(peer.port)"
            )
        }
    }
}

extension Duration {
    fileprivate var roundedToMilliseconds: String { "\(saturatedNanoseconds / 1_000_000) ms" }
}

import Synchronization

/// Which nodes there are and who is seen as alive; shared by all of them.
final class Topology: Sendable {
    private let members: Mutex<[LocalNode]>
    /// So long a node that stopped is still listed, in milliseconds.
    let gossipDelay: Int64
    private let now: @Sendable () -> Int64
    private let date = HTTPDate()
    private let placement: Mutex<TokenRanges>
    /// Whether nodes tell clients where a partition is.
    let sendsRoutingHints: Bool

    init(
        _ nodes: [LocalNode],
        gossipDelay: Int64 = 0,
        sendsRoutingHints: Bool = false,
        now: @escaping @Sendable () -> Int64
    ) {
        members = Mutex(nodes)
        placement = Mutex(TokenRanges(nodes.map(\.place)))
        self.sendsRoutingHints = sendsRoutingHints
        self.gossipDelay = gossipDelay
        self.now = now
    }

    /// For the Date header.
    var dateText: String { date.text(second: nowSeconds) }

    /// Seconds since 1970.
    var nowSeconds: Int64 { now() / 1000 }

    var nodes: [LocalNode] { members.withLock { $0 } }

    /// Which node holds what; it changes as nodes come and go, not when they stop.
    var ranges: TokenRanges { placement.withLock { $0 } }

    func add(_ node: LocalNode) {
        members.withLock { $0.append(node) }
        place()
    }

    func remove(_ node: LocalNode) {
        members.withLock { $0.removeAll { $0 === node } }
        place()
    }

    private func place() {
        let ranges = TokenRanges(nodes.map(\.place))
        placement.withLock { $0 = ranges }
    }

    /// What /localnodes answers: an empty list for a place that is not known.
    func listedAddresses(datacenter: String, rack: String?) -> [String] {
        nodes.filter { node in
            node.place.datacenter == datacenter && (rack == nil || node.place.rack == rack) && isListed(node)
        }.map(\.place.address)
    }

    func isListed(_ node: LocalNode) -> Bool {
        let condition = node.current
        guard !condition.isHidden else { return false }
        switch condition.state {
        case .up, .error, .reset: return true
        case .down, .hang: return now() - condition.changedAt < gossipDelay
        }
    }
}

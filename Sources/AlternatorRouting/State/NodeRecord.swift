/// What `RoutingState` keeps about one node.
struct NodeRecord: Sendable {
    var machine: HealthMachine
    /// Requests sent there and not finished.
    var inFlight = 0
    /// Connections believed open: the most requests in flight so far, less those that failed.
    var connections = 0
    /// Its last outcome was a failure.
    var failedSinceSuccess = false
    /// Which departure it was when the node left; `nil`: it is there.
    var departure: Int?

    // MARK: Probes
    /// When the next background probe is due.
    var nextProbe: Duration
    /// When an asked-for probe is due; `nil` if none is.
    var explicitProbe: Duration?
    var lastExplicitProbe: Duration?
    /// Since when it is down; meaningful while it is.
    var downSince = Duration.zero
    /// Whether a request has succeeded there since it came up.
    var hasServed = true
    /// How often in a row it went down again without having served a request.
    var relapses = 0
    var isProbing = false
    /// A request succeeded in quarantine, so the next validation is left out.
    var suppressesValidation = false

    init(_ machine: HealthMachine, nextProbe: Duration) {
        self.machine = machine
        self.nextProbe = nextProbe
    }

    /// Sets the next background probe after a change of state.
    mutating func enteredState(_ state: HealthState, settings: NodeHealthSettings, now: Duration) {
        suppressesValidation = false
        explicitProbe = nil
        switch state {
        case .active: nextProbe = now + settings.probePeriod
        case .down:
            nextProbe = now + settings.probePeriod
            downSince = now
            relapses = hasServed ? 0 : min(relapses + 1, 5)
            hasServed = false
        // Just recovered: a second to take its first requests, then validated.
        case .quarantined: nextProbe = now + min(settings.probePeriod, .seconds(1))
        }
    }
}

/// What a request's keys say about where it should go.
package enum RouteTarget: Sendable, Hashable {
    /// Nothing: the client's balancing decides.
    case any
    /// The affinity hash of its one key.
    case key(Int64)
    /// The affinity hashes of a batch's keys: the nodes are voted for.
    case keys([Int64])
    /// This node first, the others in random order.
    case node(NodeID)
    /// This node and no other.
    case only(NodeID)
}

/// The node chosen for one attempt; given back with the attempt's outcome.
package struct Selection: Sendable, Hashable {
    package let node: Node
    /// The node's generation when it was chosen: an outcome of an older one is rejected.
    package let generation: UInt32
    /// The node's health when it was chosen.
    package let health: HealthState
    /// Which choice of its plan this is, from 1.
    package let attempt: Int
}

/// How an attempt ended.
package enum AttemptOutcome: Sendable, Hashable {
    /// Final response headers came, with any status.
    case response(status: Int)
    /// No final response headers: not connected, reset, or timed out.
    case failed
    /// Another node answered the same read first, and this one had not begun to.
    ///
    /// Counts as a failure as long as half of the nodes stay in use: where most are overtaken, slowness is general (a
    /// pause of this process, an overloaded cluster), and taking all of them down would make it an outage.
    case overtaken
    /// The caller gave up, or the client closed: says nothing about the node.
    case ignored
}

/// A node changed its health.
package struct HealthChange: Sendable, Hashable {
    package let node: Node
    package let from: HealthState
    package let to: HealthState
}

/// What an outcome led to.
package struct OutcomeReport: Sendable, Hashable {
    package var change: HealthChange?
    /// Every node of the scope has failed since its last success: refresh through the seeds at once.
    ///
    /// Reported once, until a success or a refresh.
    package var allNodesFailed = false
}

/// What a refresh changed.
package struct NodeChanges: Sendable, Hashable {
    package var added: [Node] = []
    package var removed: [Node] = []

    init() {}

    init(from before: [Node], to after: [Node]) {
        let (old, new) = (Set(before.map(\.id)), Set(after.map(\.id)))
        added = after.filter { !old.contains($0.id) }
        removed = before.filter { !new.contains($0.id) }
    }

    package var isEmpty: Bool { added.isEmpty && removed.isEmpty }
}

/// One probe to send: `GET /localnodes`, good if it answers 200.
package struct ProbeOrder: Sendable, Hashable {
    /// Why, most urgent first.
    package enum Reason: Int, Sendable, Hashable, Comparable {
        /// Asked for: a refresh lists a down node, or a request found no eligible one.
        case explicit
        case downRecovery
        case quarantineValidation

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    package let node: Node
    package let generation: UInt32
    package let reason: Reason
}

/// How a probe ended.
package enum ProbeOutcome: Sendable, Hashable {
    /// Status 200.
    case good
    /// Anything else.
    case bad
    /// Given up by this client: says nothing.
    case aborted
}

extension RoutingState {
    /// Explicit probes of one node keep this distance.
    static let explicitProbeInterval = Duration.seconds(1)
    /// After a good probe of a down node the next one follows this soon.
    static let recoveryInterval = Duration.milliseconds(100)

    /// Asks for a probe of a node that is not active; at most one a second starts.
    package mutating func requestProbe(of id: NodeID, now: Duration) { requestProbe(of: id, from: now) }

    /// Asks for a probe of a down node because a refresh lists it.
    ///
    /// A node that answers `/localnodes` and no request would come back each second only to fail: when it went down
    /// without having served anything since it came up, it is left alone for 2 s, the next time for 4 s, at most for a
    /// probe period.
    mutating func requestProbe(ofListed id: NodeID, now: Duration) {
        let record = records[id.index]
        let rest = record.relapses == 0 ? .zero : min(.seconds(1 << record.relapses), health.probePeriod)
        requestProbe(of: id, from: max(now, record.downSince + rest))
    }

    private mutating func requestProbe(of id: NodeID, from now: Duration) {
        guard health.isEnabled, records[id.index].machine.state != .active else { return }
        let earliest = records[id.index].lastExplicitProbe.map { $0 + Self.explicitProbeInterval } ?? now
        let due = max(now, earliest)
        records[id.index].explicitProbe = min(records[id.index].explicitProbe ?? due, due)
    }

    /// The probes to send now, most urgent first, each marked as under way; end every one with `probeFinished`.
    ///
    /// At most `probeConcurrency` are under way at once and one per node. Active nodes are not probed.
    package mutating func probesDue(now: Duration) -> [ProbeOrder] {
        guard health.isEnabled, probesInFlight < health.probeConcurrency else { return [] }
        var candidates: [(order: ProbeOrder, due: Duration)] = []
        for node in members {
            guard let (reason, due) = dueProbe(of: node.id, now: now), due <= now else { continue }
            let generation = records[node.id.index].machine.generation
            candidates.append((ProbeOrder(node: node, generation: generation, reason: reason), due))
        }
        candidates.sort { ($0.order.reason, $0.due) < ($1.order.reason, $1.due) }
        let chosen = candidates.prefix(health.probeConcurrency - probesInFlight).map(\.order)
        for order in chosen { begin(order, now: now) }
        return chosen
    }

    /// When `probesDue` should be asked next; `nil`: after a probe finishes, or after anything changed.
    package mutating func nextProbe(now: Duration) -> Duration? {
        guard health.isEnabled, probesInFlight < health.probeConcurrency else { return nil }
        var earliest: Duration?
        for node in members {
            guard let (_, due) = dueProbe(of: node.id, now: now) else { continue }
            earliest = min(earliest ?? due, due)
        }
        return earliest
    }

    /// A node's next probe; moves a validation that a successful request made needless.
    private mutating func dueProbe(of id: NodeID, now: Duration) -> (ProbeOrder.Reason, Duration)? {
        let record = records[id.index]
        guard record.machine.state != .active, !record.isProbing else { return nil }
        let background: ProbeOrder.Reason = record.machine.state == .down ? .downRecovery : .quarantineValidation
        if background == .quarantineValidation, record.suppressesValidation, record.nextProbe <= now {
            records[id.index].suppressesValidation = false
            records[id.index].nextProbe = now + health.probePeriod
        }
        let due = records[id.index].nextProbe
        // The earlier one wins; at the same moment the explicit one, which is more urgent.
        if let explicit = record.explicitProbe, explicit <= max(due, now) { return (.explicit, explicit) }
        return (background, due)
    }

    private mutating func begin(_ order: ProbeOrder, now: Duration) {
        let index = order.node.id.index
        records[index].isProbing = true
        records[index].nextProbe = now + health.probePeriod
        // Whatever the reason, this probe answers a wish for one.
        if records[index].explicitProbe != nil || order.reason == .explicit {
            records[index].explicitProbe = nil
            records[index].lastExplicitProbe = now
        }
        probesInFlight += 1
    }

    /// Ends a probe that `probesDue` ordered.
    package mutating func probeFinished(
        _ order: ProbeOrder,
        _ outcome: ProbeOutcome,
        now: Duration
    ) -> HealthChange? {
        let index = order.node.id.index
        records[index].isProbing = false
        probesInFlight -= 1
        switch outcome {
        case .aborted:
            return nil
        case .bad:
            return apply(.probeFailed, to: order.node, order.generation, now)
        case .good:
            if order.generation == records[index].machine.generation { records[index].failedSinceSuccess = false }
            let change = apply(.probeSucceeded, to: order.node, order.generation, now)
            if change == nil, records[index].machine.state == .down,
                order.generation == records[index].machine.generation
            {
                records[index].nextProbe = now + Self.recoveryInterval
            }
            return change
        }
    }
}

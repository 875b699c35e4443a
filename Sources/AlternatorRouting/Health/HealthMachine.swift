/// What a client thinks of one node.
package enum HealthState: UInt8, Sendable, Hashable, CaseIterable {
    /// Used first.
    case active
    /// Used after every active node: new, or just recovered.
    case quarantined
    /// Never used for requests.
    case down
}

/// What was learned about a node.
package enum HealthEvent: Sendable, Hashable, CaseIterable {
    /// A request got a final answer other than 500, 502, 503 or 504.
    case trafficSucceeded
    /// A request got no final answer.
    case trafficFailed
    case probeSucceeded
    case probeFailed
    /// The node itself answered `/localnodes` during discovery.
    case discoveryAnswered
}

/// The health of one node: three states, two counters and a generation.
///
/// Rules and numbers are the cross-language specification's:
/// 1. active: a success clears failures; `activeFailures` in a row → down; probes and discovery change nothing.
/// 2. quarantined: `quarantinePromotion` successes in a row, one good probe or one discovery answer → active; a
///    failure clears successes; `quarantineFailures` in a row → down; a failed probe changes nothing.
/// 3. down: traffic and discovery change nothing; `downRecovery` good probes in a row → quarantined; a failed probe
///    clears them.
///
/// Entering down begins a new generation; what was begun in an older one is rejected.
package struct HealthMachine: Sendable, Hashable {
    package private(set) var state: HealthState
    /// Failures in a row; kept while down.
    package private(set) var failures: Int
    /// Successes in a row, counted while quarantined or down; the promotion threshold while active without failures.
    package private(set) var successes: Int
    package private(set) var generation: UInt32

    /// - Parameters:
    ///   - state: seeds and newly listed nodes start quarantined; with health off, active.
    ///   - settings: normalised ones.
    package init(_ state: HealthState, settings: NodeHealthSettings) {
        self.state = state
        failures = 0
        successes = state == .active ? settings.quarantinePromotion : 0
        generation = 0
    }

    /// Whether the next failure of a request takes it down.
    package func isLastFailureBeforeDown(settings: NodeHealthSettings) -> Bool {
        switch state {
        case .active: failures + 1 >= settings.activeFailures
        case .quarantined: failures + 1 >= settings.quarantineFailures
        case .down: false
        }
    }

    /// Takes in an event that began in `generation`; returns whether the state changed.
    package mutating func apply(
        _ event: HealthEvent,
        generation: UInt32,
        settings: NodeHealthSettings
    ) -> Bool {
        guard generation == self.generation else { return false }
        switch state {
        case .active: return applyActive(event, settings)
        case .quarantined: return applyQuarantined(event, settings)
        case .down: return applyDown(event, settings)
        }
    }

    private mutating func applyActive(_ event: HealthEvent, _ settings: NodeHealthSettings) -> Bool {
        switch event {
        case .trafficSucceeded:
            failures = 0
            successes = settings.quarantinePromotion
            return false
        case .trafficFailed:
            failures += 1
            successes = 0
            return failures >= settings.activeFailures ? enterDown() : false
        case .probeSucceeded, .probeFailed, .discoveryAnswered:
            return false
        }
    }

    private mutating func applyQuarantined(_ event: HealthEvent, _ settings: NodeHealthSettings) -> Bool {
        switch event {
        case .trafficSucceeded:
            failures = 0
            successes += 1
            return successes >= settings.quarantinePromotion ? enterActive(settings) : false
        case .trafficFailed:
            failures += 1
            successes = 0
            return failures >= settings.quarantineFailures ? enterDown() : false
        case .probeSucceeded, .discoveryAnswered:
            return enterActive(settings)
        case .probeFailed:
            return false
        }
    }

    private mutating func applyDown(_ event: HealthEvent, _ settings: NodeHealthSettings) -> Bool {
        switch event {
        case .trafficSucceeded, .trafficFailed, .discoveryAnswered:
            return false
        case .probeSucceeded:
            successes += 1
            guard successes >= settings.downRecovery else { return false }
            state = .quarantined
            failures = 0
            successes = 0
            return true
        case .probeFailed:
            successes = 0
            return false
        }
    }

    private mutating func enterActive(_ settings: NodeHealthSettings) -> Bool {
        state = .active
        failures = 0
        successes = settings.quarantinePromotion
        return true
    }

    private mutating func enterDown() -> Bool {
        state = .down
        successes = 0
        generation &+= 1
        return true
    }
}

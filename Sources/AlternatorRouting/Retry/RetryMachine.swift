/// How one attempt ended, as far as repeating it is concerned.
package enum AttemptResult: Sendable, Hashable {
    /// Not connected, or the request was not completely sent: the server cannot have run it.
    case notSent
    /// Completely sent, but no whole answer came: the server may have run it.
    case unanswered
    /// A 5xx status: the server may have run it.
    case serverError
    /// Refused for load, such as `RequestLimitExceeded`: not run.
    case throttled
    /// A success, or an error that another node would repeat.
    case final
}

/// Decides, after each attempt of one request, whether there is another.
///
/// 1. Not sent: the next node at once, whatever the request; free for as many attempts as there are eligible nodes, then
///    like a sent one.
/// 2. Unanswered, or a 5xx: an idempotent request is repeated; a conditional one only if its outcome can be told
///    afterwards; a counting one never: its outcome is unknown.
/// 3. Throttled: repeated, whatever the request, after a wait.
/// 4. Repeating after anything that was sent is bounded by the policy's attempts and the client's budget.
package struct RetryMachine: Sendable {
    package enum Decision: Sendable, Hashable {
        /// Ask the plan for another node after this long; zero: at once.
        case retry(after: Duration)
        /// Give the caller the last answer or error.
        case giveUp
        /// Nobody can say whether the request was applied.
        case outcomeUnknown
    }

    private let safety: RetrySafety
    private let policy: RetryPolicy
    private let outcomeCanBeTold: Bool
    /// Attempts that reached a node, or count as if.
    package private(set) var sentAttempts = 0
    /// Attempts that were refused for free.
    package private(set) var refusedAttempts = 0

    /// - Parameters:
    ///   - safety: what repeating the request may do.
    ///   - policy: how often.
    ///   - outcomeCanBeTold: for conditional requests: whether the caller can tell from a failed condition that its
    ///     own earlier attempt was applied.
    package init(_ safety: RetrySafety, policy: RetryPolicy, outcomeCanBeTold: Bool = false) {
        self.safety = safety
        self.policy = policy
        self.outcomeCanBeTold = outcomeCanBeTold
    }

    /// - Parameters:
    ///   - result: how the attempt ended.
    ///   - eligibleNodes: `RoutingState.eligibleCount(in:)` now.
    ///   - budget: the client's; a success gives to it, a repetition takes from it.
    ///   - jitter: drawn by the caller from `0..<1`.
    /// - Returns: what to do.
    package mutating func attemptEnded(
        _ result: AttemptResult,
        eligibleNodes: Int,
        budget: inout RetryBudget,
        jitter: Double
    ) -> Decision {
        switch result {
        case .final:
            return .giveUp
        case .notSent:
            if refusedAttempts + 1 < eligibleNodes {
                refusedAttempts += 1
                return .retry(after: .zero)
            }
            return afterSent(&budget, jitter)
        case .throttled:
            return afterSent(&budget, jitter)
        case .unanswered, .serverError:
            switch safety {
            case .counting: return .outcomeUnknown
            case .conditional where !outcomeCanBeTold: return .outcomeUnknown
            case .conditional, .idempotent: return afterSent(&budget, jitter)
            }
        }
    }

    private mutating func afterSent(_ budget: inout RetryBudget, _ jitter: Double) -> Decision {
        sentAttempts += 1
        guard sentAttempts < policy.maximumAttempts, budget.take() else { return .giveUp }
        return .retry(after: Backoff.delay(afterFailures: sentAttempts, jitter: jitter))
    }
}

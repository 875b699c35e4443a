/// How often a request is tried.
///
/// What may be tried again at all is not a setting: a request that would count twice never is.
public struct RetryPolicy: Sendable, Hashable {
    /// Attempts that may reach a node, 1 or more.
    ///
    /// Those refused before anything was sent do not count.
    public var maximumAttempts: Int
    /// Tokens shared by all requests of a client.
    ///
    /// A retry costs 1, a success gives back 0.5; 0 means no retry.
    public var budget: Int

    /// - Parameters:
    ///   - maximumAttempts: attempts that may reach a node, 1 or more.
    ///   - budget: tokens shared by all requests of a client.
    public init(maximumAttempts: Int = 3, budget: Int = 500) {
        self.maximumAttempts = maximumAttempts
        self.budget = budget
    }

    /// Three attempts, 500 tokens.
    public static let standard = RetryPolicy()
    /// One attempt that reaches a node.
    public static let never = RetryPolicy(maximumAttempts: 1, budget: 0)

    /// Other numbers.
    public static func standard(maximumAttempts: Int = 3, budget: Int = 500) -> RetryPolicy {
        RetryPolicy(maximumAttempts: maximumAttempts, budget: budget)
    }

    /// What is wrong with it, as one sentence; `nil` if nothing is.
    package var problem: String? {
        if maximumAttempts < 1 { return "retry: maximumAttempts must be 1 or more" }
        if budget < 0 || budget > 1_000_000 { return "retry: budget must be 0 to 1,000,000" }
        return nil
    }
}

/// What all requests of a client may spend on retries, so that a broken cluster is not sent three times the load.
package struct RetryBudget: Sendable, Hashable {
    // Half tokens, so that a success gives back one.
    private var halves: Int
    private let capacity: Int

    package init(tokens: Int) {
        capacity = max(0, tokens) * 2
        halves = capacity
    }

    package var tokens: Double { Double(halves) / 2 }

    /// Takes a token; `false` if there is none.
    package mutating func take() -> Bool {
        guard halves >= 2 else { return false }
        halves -= 2
        return true
    }

    /// A request succeeded.
    package mutating func succeeded() { halves = min(capacity, halves + 1) }
}

import AlternatorRouting
import AlternatorWire
import Testing

struct BackoffTests {
    @Test func `the wait doubles from 25 ms to 1 s, in its upper half`() {
        // Written out from the rule: 25 ms × 2^(n−1), at most 1 s; half of it fixed, half by chance.
        let bounds: [(Int, Double, Double)] = [
            (1, 12.5, 25), (2, 25, 50), (3, 50, 100), (4, 100, 200), (5, 200, 400), (6, 400, 800), (7, 500, 1000),
            (8, 500, 1000), (Int.max, 500, 1000), (0, 12.5, 25), (Int.min, 12.5, 25),
        ]
        for (failures, least, most) in bounds {
            #expect(Backoff.delay(afterFailures: failures, jitter: 0) == .microseconds(Int64(least * 1000)))
            #expect(Backoff.delay(afterFailures: failures, jitter: 1) == .microseconds(Int64(most * 1000)))
            let middle = Backoff.delay(afterFailures: failures, jitter: 0.5)
            #expect(middle == .microseconds(Int64((least + most) / 2 * 1000)))
        }
    }

    @Test func `looking up a key waits from 100 ms to 2 s, give or take a fifth`() {
        #expect(Backoff.lookupDelay(afterFailures: 1, jitter: 0.5) == .milliseconds(100))
        #expect(Backoff.lookupDelay(afterFailures: 1, jitter: 0) == .milliseconds(80))
        #expect(Backoff.lookupDelay(afterFailures: 3, jitter: 1) == .milliseconds(480))
        #expect(Backoff.lookupDelay(afterFailures: 6, jitter: 0.5) == .seconds(2))
        #expect(Backoff.lookupDelay(afterFailures: Int.max, jitter: 0.5) == .seconds(2))
    }
}

struct RetryMachineTests {
    /// The first decision for a result, with plenty of everything.
    private func decision(
        _ safety: RetrySafety,
        _ result: AttemptResult,
        canTell: Bool = false
    ) -> RetryMachine.Decision {
        var machine = RetryMachine(safety, policy: .standard, outcomeCanBeTold: canTell)
        var budget = RetryBudget(tokens: 500)
        return machine.attemptEnded(result, eligibleNodes: 3, budget: &budget, jitter: 1)
    }

    @Test func `each class is repeated as far as it is safe`() {
        let soon = RetryMachine.Decision.retry(after: .milliseconds(25))
        let now = RetryMachine.Decision.retry(after: .zero)
        // Columns: not sent, unanswered, server error, throttled, final.
        let table: [(RetrySafety, Bool, [RetryMachine.Decision])] = [
            (.idempotent, false, [now, soon, soon, soon, .giveUp]),
            (.idempotent, true, [now, soon, soon, soon, .giveUp]),
            (.conditional, false, [now, .outcomeUnknown, .outcomeUnknown, soon, .giveUp]),
            (.conditional, true, [now, soon, soon, soon, .giveUp]),
            (.counting, false, [now, .outcomeUnknown, .outcomeUnknown, soon, .giveUp]),
            (.counting, true, [now, .outcomeUnknown, .outcomeUnknown, soon, .giveUp]),
        ]
        let results: [AttemptResult] = [.notSent, .unanswered, .serverError, .throttled, .final]
        for (safety, canTell, decisions) in table {
            for (result, wanted) in zip(results, decisions) {
                #expect(decision(safety, result, canTell: canTell) == wanted, "\(safety) \(canTell) \(result)")
            }
        }
    }

    @Test func `three attempts reach a node, then the last error is given`() {
        var machine = RetryMachine(.idempotent, policy: .standard)
        var budget = RetryBudget(tokens: 500)
        let decisions = (0..<3).map { _ in
            machine.attemptEnded(.unanswered, eligibleNodes: 5, budget: &budget, jitter: 1)
        }
        #expect(decisions == [.retry(after: .milliseconds(25)), .retry(after: .milliseconds(50)), .giveUp])
        #expect(budget.tokens == 498)
    }

    @Test func `attempts refused before sending are free, once per eligible node`() {
        var machine = RetryMachine(.counting, policy: .standard)
        var budget = RetryBudget(tokens: 500)
        for _ in 0..<4 {
            let decision = machine.attemptEnded(.notSent, eligibleNodes: 5, budget: &budget, jitter: 1)
            #expect(decision == .retry(after: .zero))
        }
        #expect(budget.tokens == 500)
        // Every node has refused now: what follows is bounded like sent attempts.
        var more = 0
        while case .retry = machine.attemptEnded(.notSent, eligibleNodes: 5, budget: &budget, jitter: 1) { more += 1 }
        #expect(more == 2)
        #expect(budget.tokens == 498)
    }

    @Test func `an empty budget ends repetition, successes fill it by halves up to its size`() {
        var budget = RetryBudget(tokens: 1)
        var machine = RetryMachine(.idempotent, policy: .standard)
        #expect(
            machine.attemptEnded(.unanswered, eligibleNodes: 2, budget: &budget, jitter: 0)
                == .retry(after: .microseconds(12_500))
        )
        #expect(machine.attemptEnded(.unanswered, eligibleNodes: 2, budget: &budget, jitter: 0) == .giveUp)
        budget.succeeded()
        #expect(budget.tokens == 0.5)
        let early = budget.take()
        #expect(!early)
        for _ in 0..<5 { budget.succeeded() }
        #expect(budget.tokens == 1)
        let taken = [budget.take(), budget.take()]
        #expect(taken == [true, false])
    }

    @Test func `a policy without retries sends once`() {
        var budget = RetryBudget(tokens: RetryPolicy.never.budget)
        var machine = RetryMachine(.idempotent, policy: .never)
        #expect(machine.attemptEnded(.notSent, eligibleNodes: 2, budget: &budget, jitter: 0) == .retry(after: .zero))
        #expect(machine.attemptEnded(.unanswered, eligibleNodes: 2, budget: &budget, jitter: 0) == .giveUp)
        #expect(RetryPolicy(maximumAttempts: 0).problem?.contains("maximumAttempts") == true)
        #expect(RetryPolicy(budget: -1).problem?.contains("budget") == true)
        #expect(RetryPolicy.standard.problem == nil)
    }
}

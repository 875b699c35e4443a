/// What several writers saw of one register that is changed by compare-and-set only.
struct CounterHistory {
    /// One attempt to change the value from `expected` to `expected + 1`.
    struct Attempt: Sendable {
        let start: Int
        let end: Int
        let expected: Int
        let succeeded: Bool
    }

    var attempts: [Attempt] = []

    /// Why no order of the attempts explains them; `nil` if one does.
    ///
    /// Successes must be 0, 1, 2, … without gap or repetition, which is the only order they can have; each then
    /// has to fit into real time: none may end before an earlier one began. A failure that expected the value `v`
    /// needs a moment between its start and end when the value was not `v`.
    func contradiction() -> String? {
        let won = attempts.filter(\.succeeded).sorted { $0.expected < $1.expected }
        for (place, attempt) in won.enumerated() where attempt.expected != place {
            return "the step from \(place) happened not exactly once"
        }
        var latestStart = Int.min
        for attempt in won {
            guard attempt.end >= latestStart else { return "the step from \(attempt.expected) ended before it could" }
            latestStart = max(latestStart, attempt.start)
        }
        for attempt in attempts where !attempt.succeeded {
            // The value is certainly `expected` from the end of the step to it until the start of the step from it.
            let since = attempt.expected == 0 ? Int.min : won[safe: attempt.expected - 1]?.end ?? Int.max
            let until = won[safe: attempt.expected]?.start ?? Int.max
            if attempt.start > since, attempt.end < until { return "\(attempt.expected) was refused while it was true" }
        }
        return nil
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

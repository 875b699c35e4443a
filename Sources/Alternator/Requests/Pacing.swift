/// How long to wait between rounds: of unprocessed batch parts, of conflicts, of a table's state, of a stream.
package struct Pacing: Sendable {
    /// Waits; throws when the task is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void
    /// A number in `0..<1`.
    let random: @Sendable () -> Double
    /// Time since some moment.
    let now: @Sendable () -> Duration

    private static let start = ContinuousClock.now

    package init(
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        random: @escaping @Sendable () -> Double,
        now: @escaping @Sendable () -> Duration = { Pacing.start.duration(to: .now) }
    ) {
        self.sleep = sleep
        self.random = random
        self.now = now
    }

    /// The real clock and the system's randomness.
    static let standard = Pacing(
        sleep: { try await Task.sleep(for: $0) },
        random: { Double.random(in: 0..<1) }
    )

    /// The wait after some failed rounds: 25 ms doubled per round, at most 1 s, scaled by chance into the upper half.
    func delay(afterRounds rounds: Int) -> Duration {
        let doublings = min(max(rounds, 1) - 1, 6)
        let full = min(25.0 * Double(1 << doublings), 1000)
        return .microseconds(Int64(full * 1000 * (0.5 + random() / 2)))
    }
}

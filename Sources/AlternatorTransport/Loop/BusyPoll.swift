/// Decides when a loop looks for events again and again instead of sleeping until one comes.
///
/// A sleep costs a wake-up of the thread, which on a near network takes longer than the answer. Looking again burns a
/// processor, so it is done only while an answer is due and only as long as answers have been coming within the limit.
/// A value without a clock: the loop tells it how long its waits took.
struct BusyPoll: Sendable {
    /// Nanoseconds one wait is spun at most, and the average up to which spinning goes on; 0: never.
    let limit: Int64
    /// The moving average of waits with an answer due, over about eight of them.
    private(set) var average: Int64 = 0
    /// Waits since the average is over the limit.
    private var skipped = 0

    /// So many waits are slept through before one is spun again, to see whether answers have become fast.
    static let retryInterval = 64

    /// - Parameter limit: `nil` or not positive: off.
    init(limit: Int64?) { self.limit = max(0, limit ?? 0) }

    var isOn: Bool { limit > 0 }

    /// How long the next wait may be spun, in nanoseconds; 0: sleep.
    mutating func budget(answersDue: Int) -> Int64 {
        guard isOn, answersDue > 0 else { return 0 }
        guard average > limit else {
            skipped = 0
            return limit
        }
        skipped += 1
        guard skipped >= BusyPoll.retryInterval else { return 0 }
        skipped = 0
        return limit
    }

    /// A wait with an answer due has ended.
    mutating func waited(_ nanoseconds: Int64) {
        // One very long wait must not keep spinning off for long.
        let bounded = min(max(0, nanoseconds), limit &* 8)
        average += (bounded - average) / 8
    }
}

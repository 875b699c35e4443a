import Synchronization

/// How many tasks that run elsewhere than on the loops of a group wait for answers.
final class CallerCount: Sendable {
    private let count = Atomic<Int>(0)

    var current: Int { count.load(ordering: .relaxed) }

    func begin() { count.add(1, ordering: .relaxed) }
    func end() { count.subtract(1, ordering: .relaxed) }
}

/// Decides when a loop lets running threads go on until they pause, rather than interrupt one for each answer.
///
/// Where the threads that make requests are busy, an answer that wakes the loop takes the processor from one of them:
/// two switches for one answer, each of which finds the caches full of the other's code. A loop that waits its turn reads
/// several answers in a row. That pays while many callers wait; with few, the loop is the only thread with work to do.
///
/// It must not be done beside threads that do not pause: each wake-up would wait for the end of a time slice, some 3 ms.
/// So the loop stops as soon as its rounds take long for what they bring, and tries again later and later.
/// A value without a clock: the loop tells it who waits, what came and when its rounds begin, and does what it says.
struct Gathering: Sendable {
    /// From so many callers on a loop gathers.
    let many: Int
    /// Whether the loop gathers now.
    private(set) var isOn = false
    /// How often it has begun to.
    private(set) var begun = 0
    private var crowdedRounds = 0
    /// Slow rounds while the loop gathers; each other round takes one off.
    private var slowRounds = 0
    private var lastRound = MonotonicTime.distantPast
    private var notBefore = MonotonicTime.distantPast
    private var pause = Gathering.firstPause

    /// So many rounds in a row there must be many callers before the loop begins to gather.
    static let patience = 64
    /// What a round may take in any case, in nanoseconds: answers that come more slowly need no gathering either.
    static let limit: Int64 = 500_000
    /// What it may take for each answer it brings: tasks that make requests take up to 25 µs each.
    static let limitPerEvent: Int64 = 40_000
    /// So many slow rounds end it; single ones are of the system, which may have taken the whole processor away.
    static let maximumSlowRounds = 3
    /// How long the loop does not gather after it had to stop, in nanoseconds; twice as long each time, up to the last.
    static let firstPause: Int64 = 10_000_000_000
    static let lastPause: Int64 = 320_000_000_000

    /// - Parameter many: over all loops of the group.
    init(many: Int) { self.many = max(2, many) }

    /// Called before each wait.
    ///
    /// - Parameters:
    ///   - callers: who wait for answers elsewhere.
    ///   - events: what the last wait has brought.
    ///   - now: when the last wait ended.
    /// - Returns: what is to change, if anything: `true` to gather from now on.
    mutating func change(callers: Int, events: Int, now: MonotonicTime) -> Bool? {
        if isOn {
            let round = now.nanoseconds(since: lastRound)
            lastRound = now
            let isSlow = round > Gathering.limit && round / Gathering.limitPerEvent > Int64(clamping: events)
            slowRounds = isSlow ? slowRounds + 1 : max(0, slowRounds - 1)
            if slowRounds >= Gathering.maximumSlowRounds {
                stop(at: now)
                return false
            }
            guard callers < many / 2 else { return nil }
            isOn = false
            crowdedRounds = 0
            return false
        }
        guard callers >= many else {
            crowdedRounds = 0
            return nil
        }
        crowdedRounds += 1
        guard crowdedRounds >= Gathering.patience, now >= notBefore else { return nil }
        // Long without trouble: what was is forgotten.
        if now.nanoseconds(since: notBefore) > Gathering.lastPause { pause = Gathering.firstPause }
        isOn = true
        begun += 1
        slowRounds = 0
        lastRound = now
        return true
    }

    /// Gathers no more for some time; also where the system does not let the loop.
    mutating func stop(at now: MonotonicTime) {
        isOn = false
        crowdedRounds = 0
        notBefore = now.advanced(byNanoseconds: pause)
        pause = min(pause * 2, Gathering.lastPause)
    }
}

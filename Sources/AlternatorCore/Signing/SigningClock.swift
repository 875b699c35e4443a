import Synchronization

/// The time of day as signatures have it: this machine's, corrected by what a server's answers say.
///
/// A server refuses signatures that are more than 15 minutes off. Its `Date` header then tells by how much.
final class SigningClock: Sendable {
    /// A larger difference is not believed.
    ///
    /// It covers local time taken for UTC, the usual cause, and keeps whoever answers from having signatures made that
    /// would be good at a time of its choice.
    static let maximumOffset: Int64 = 86_400
    /// Smaller differences are not why a signature was refused.
    static let minimumOffset: Int64 = 240

    /// This machine's time.
    let secondsSinceEpoch: @Sendable () -> Int64
    private let offset = Atomic<Int64>(0)

    init(_ secondsSinceEpoch: @escaping @Sendable () -> Int64) { self.secondsSinceEpoch = secondsSinceEpoch }

    /// Seconds since 1970 as the servers have them.
    var now: Int64 {
        // Never inlined: around the call of a closure its owners would be counted.
        @inline(never) get { secondsSinceEpoch() &+ offset.load(ordering: .relaxed) }
    }

    /// A signature of `time` was refused for its time, in an answer of `date`.
    ///
    /// - Returns: whether one made now may be taken instead.
    func refused(_ time: Int64, date: Int64) -> Bool {
        let current = now
        // Another request has corrected it since.
        if abs(current - date) < Self.minimumOffset, abs(time - date) >= Self.minimumOffset { return true }
        let difference = date - secondsSinceEpoch()
        guard abs(date - time) >= Self.minimumOffset, abs(difference) <= Self.maximumOffset else { return false }
        offset.store(difference, ordering: .relaxed)
        return true
    }
}

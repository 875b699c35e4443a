import Synchronization

/// Counts the requests in flight and refuses new ones once the client is being closed; no lock on the way of a request.
final class Lifecycle: Sendable {
    /// Set in `word` beside the count of requests.
    private static let closingBit = 1 << 62

    private let word = Atomic<Int>(0)
    private let terminated = Atomic<Bool>(false)
    /// Rung when the last request ends after closing began.
    private let drained = Alarm()

    /// Counts a request; `false` if the client is closed, and then nothing was counted.
    func begin() -> Bool {
        let old = word.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
        if old & Self.closingBit == 0 { return true }
        end()
        return false
    }

    /// Ends what `begin` counted.
    func end() {
        let new = word.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
        if new == Self.closingBit { drained.ring() }
    }

    /// Whether requests are refused.
    var isClosing: Bool { word.load(ordering: .acquiring) & Self.closingBit != 0 }
    /// Whether those under way are given up as well.
    var isTerminated: Bool { terminated.load(ordering: .acquiring) }

    /// Requests in flight.
    var inFlight: Int { word.load(ordering: .relaxed) & ~Self.closingBit }

    /// Refuses requests from now on.
    func refuse() { word.bitwiseOr(Self.closingBit, ordering: .acquiringAndReleasing) }

    /// From now on a request that is between two attempts ends.
    func terminate() { terminated.store(true, ordering: .releasing) }

    /// Waits until no request is in flight.
    func drain() async {
        // The task that closes is nobody's child and never cancelled, so this does not spin.
        while word.load(ordering: .acquiring) & ~Self.closingBit != 0 { await drained.sleep() }
    }

    /// Waits until no request is in flight, or for `limit`.
    func drain(within limit: Duration, on time: TimeSource) async {
        let end = time.now + limit
        while word.load(ordering: .acquiring) & ~Self.closingBit != 0 {
            let rest = end - time.now
            guard rest > .zero else { return }
            await drained.sleep(rest, on: time)
        }
    }
}

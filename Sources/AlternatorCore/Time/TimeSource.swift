import AlternatorTransport

/// The clock of a client: monotonic time since the client was made, and a cancellable wait.
///
/// Tests put a clock of their own behind it; nothing else in this module asks for the time.
package struct TimeSource: Sendable {
    private let read: @Sendable () -> Duration
    /// Real time began here; `nil`: the time is that of `read`.
    private let start: Int64?
    /// Returns whether the whole time passed.
    private let wait: @Sendable (Duration) async -> Bool

    package init(_ clock: some Clock<Duration>) {
        let start = clock.now
        self.start = nil
        read = { start.duration(to: clock.now) }
        wait = { duration in
            do {
                try await clock.sleep(until: clock.now.advanced(by: duration), tolerance: nil)
                return true
            } catch {
                return false
            }
        }
    }

    /// Real time, with waits on the timers of a transport's loops.
    init(_ transport: LoopTransport) {
        let start = MonotonicTime.now.nanoseconds
        self.start = start
        read = { .nanoseconds(MonotonicTime.now.nanoseconds - start) }
        wait = { duration in await transport.sleep(duration) }
    }

    /// Time since this value was made.
    var now: Duration { start == nil ? read() : .nanoseconds(nanoseconds) }

    /// `now` in nanoseconds: what is only subtracted from each other needs no `Duration`.
    var nanoseconds: Int64 {
        guard let start else { return read().saturatedNanoseconds }
        return MonotonicTime.now.nanoseconds - start
    }

    /// A reading of `nanoseconds` as the transport's loops have it; a new one where the time is not theirs.
    func onLoops(_ nanoseconds: Int64) -> MonotonicTime {
        guard let start else { return .now }
        return MonotonicTime(nanoseconds: start + nanoseconds)
    }

    /// Waits; ends early if the task is cancelled or the transport closed.
    ///
    /// - Parameter duration: more than a hundred days count as that, so that no conversion below can overflow.
    /// - Returns: whether the whole time passed.
    @discardableResult
    func sleep(_ duration: Duration) async -> Bool {
        guard duration > .zero else { return !Task.isCancelled }
        return await wait(min(duration, .seconds(100 * 86_400)))
    }
}

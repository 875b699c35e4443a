import AlternatorTransport

/// The clock of a client: monotonic time since the client was made, and a cancellable wait.
///
/// Tests put a clock of their own behind it; nothing else in this module asks for the time.
package struct TimeSource: Sendable {
    private let read: @Sendable () -> Duration
    /// Returns whether the whole time passed.
    private let wait: @Sendable (Duration) async -> Bool

    package init(_ clock: some Clock<Duration>) {
        let start = clock.now
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
        let start = ContinuousClock.now
        read = { start.duration(to: .now) }
        wait = { duration in await transport.sleep(duration) }
    }

    /// Time since this value was made.
    var now: Duration { read() }

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

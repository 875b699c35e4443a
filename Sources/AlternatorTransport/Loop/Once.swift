import Synchronization

/// Calls a handler once, by whichever of several events comes first.
final class Once: Sendable {
    private let handler: Mutex<(@Sendable () -> Void)?>

    init(_ handler: @escaping @Sendable () -> Void) { self.handler = Mutex(handler) }

    func call() { handler.withLock { $0.take() }?() }

    /// Calls when the time is over; at once if the loop does not run.
    func callLater(on loop: EventLoop, after delay: Duration) {
        let deadline = MonotonicTime.now.advanced(by: delay)
        let waits = loop.execute { loop in
            // Nothing to wait for: a timer would only keep the loop's memory.
            if self.handler.withLock({ $0 == nil }) { return }
            loop.schedule(OnceTimer(self), at: deadline)
        }
        if !waits { call() }
    }
}

private final class OnceTimer: LoopTimer, @unchecked Sendable {
    private let once: Once

    init(_ once: Once) { self.once = once }

    override func fired(on loop: EventLoop) { once.call() }
}

import Synchronization

extension LoopTransport {
    /// Waits on a timer of a loop.
    ///
    /// Unlike `Task.sleep`, whose timer stays in the system until its deadline, a cancelled wait leaves nothing behind;
    /// so a wait per request may be as long as it likes.
    ///
    /// - Parameter duration: how long.
    /// - Returns: whether the whole time passed; `false` if the task was cancelled or the transport closed.
    package func sleep(_ duration: Duration) async -> Bool {
        guard let loop = loopForTimers() else { return false }
        let deadline = MonotonicTime.now.advanced(by: duration)
        let timer = SleepTimer(loop)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in timer.begin(continuation, until: deadline) }
        } onCancel: {
            timer.cancel()
        }
    }
}

/// One wait; ends once, by the first of its deadline, its cancellation and the end of its loop.
private final class SleepTimer: LoopTimer, @unchecked Sendable {
    // What the base class holds belongs to the loop's thread, the rest is behind the lock.
    private struct State {
        var continuation: CheckedContinuation<Bool, Never>?
        var isOver = false
    }

    private let loop: EventLoop
    private let state = Mutex(State())

    init(_ loop: EventLoop) { self.loop = loop }

    func begin(_ continuation: CheckedContinuation<Bool, Never>, until deadline: MonotonicTime) {
        let isOver = state.withLock { state in
            if state.isOver { return true }
            state.continuation = continuation
            return false
        }
        if isOver { return continuation.resume(returning: false) }
        let isTaken = loop.execute { loop in
            // A cancellation may have come first: then there is nothing to schedule.
            if self.state.withLock({ $0.isOver }) { return }
            loop.schedule(self, at: deadline)
        }
        if !isTaken { end(false) }
    }

    func cancel() {
        end(false)
        loop.execute { loop in loop.cancel(self) }
    }

    override func fired(on loop: EventLoop) { end(true) }

    override func abandoned() { end(false) }

    private func end(_ passed: Bool) {
        let continuation = state.withLock { state in
            state.isOver = true
            return state.continuation.take()
        }
        continuation?.resume(returning: passed)
    }
}

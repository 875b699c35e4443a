import Synchronization

/// A wait that somebody else can end: the refresh loop sleeps on it, a request rings it.
///
/// One task at a time waits. A ring while nobody waits ends the next wait at once.
final class Alarm: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Void, Never>?
        /// Which wait it is, so that the timer of an earlier one ends nothing.
        var wait = 0
        var isRung = false
    }

    private let state = Mutex(State())

    /// Waits for `duration`, a ring, or the cancellation of the caller's task, whichever is first.
    func sleep(_ duration: Duration, on time: TimeSource) async {
        let wait = state.withLock { state in
            state.wait += 1
            return state.wait
        }
        let timer = Task {
            await time.sleep(duration)
            self.end(wait)
        }
        await sleep(wait)
        timer.cancel()
    }

    /// Waits for a ring or the cancellation of the caller's task.
    func sleep() async {
        let wait = state.withLock { state in
            state.wait += 1
            return state.wait
        }
        await sleep(wait)
    }

    private func sleep(_ wait: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRung = state.withLock { state in
                    // A cancellation before this has rung as well.
                    if state.isRung { return true }
                    state.continuation = continuation
                    return false
                }
                if isRung { continuation.resume() }
            }
            state.withLock { state in
                state.isRung = false
                // What still wants to end this wait comes too late, and must not end the next one.
                state.wait += 1
            }
        } onCancel: {
            end(wait)
        }
    }

    /// Ends the wait under way, or the next one.
    func ring() {
        let continuation = state.withLock { state in
            state.isRung = true
            return state.continuation.take()
        }
        continuation?.resume()
    }

    /// Ends one wait.
    private func end(_ wait: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.wait == wait else { return nil }
            state.isRung = true
            return state.continuation.take()
        }
        continuation?.resume()
    }
}

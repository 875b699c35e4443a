import Synchronization

/// A wait that somebody else can end: the refresh loop sleeps on it, a request rings it.
///
/// One task at a time waits. A ring while nobody waits ends the next wait at once.
final class Alarm: Sendable {
    private struct State {
        var sleeper: Task<Void, Never>?
        var rung = false
    }

    private let state = Mutex(State())

    /// Waits for `duration`, a ring, or the cancellation of the caller's task, whichever is first.
    func sleep(_ duration: Duration, on time: TimeSource) async {
        let sleeper = state.withLock { state -> Task<Void, Never>? in
            if state.rung {
                state.rung = false
                return nil
            }
            let task = Task { _ = await time.sleep(duration) }
            state.sleeper = task
            return task
        }
        guard let sleeper else { return }
        await withTaskCancellationHandler {
            await sleeper.value
        } onCancel: {
            sleeper.cancel()
        }
        state.withLock {
            $0.sleeper = nil
            $0.rung = false
        }
    }

    /// Ends the wait under way, or the next one.
    func ring() {
        let sleeper = state.withLock { state -> Task<Void, Never>? in
            state.rung = true
            return state.sleeper
        }
        sleeper?.cancel()
    }
}

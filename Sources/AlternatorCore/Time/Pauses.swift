import Synchronization

/// The waits between two attempts; closing the client ends all of them.
final class Pauses: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var nextID = 0
        var ended = false
    }

    private let state = Mutex(State())

    /// Waits for `duration`, the caller's cancellation or `endAll`, whichever is first.
    func wait(_ duration: Duration, on time: TimeSource) async {
        guard duration > .zero else { return }
        let pause = state.withLock { state -> (id: Int, task: Task<Void, Never>)? in
            if state.ended { return nil }
            let task = Task { _ = await time.sleep(duration) }
            state.nextID += 1
            state.tasks[state.nextID] = task
            return (state.nextID, task)
        }
        guard let pause else { return }
        await withTaskCancellationHandler {
            await pause.task.value
        } onCancel: {
            pause.task.cancel()
        }
        _ = state.withLock { $0.tasks.removeValue(forKey: pause.id) }
    }

    /// Ends the waits under way; later ones do not begin.
    func endAll() {
        let tasks = state.withLock { state in
            state.ended = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
    }
}

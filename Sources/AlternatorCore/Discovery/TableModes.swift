import AlternatorRouting
import Synchronization

/// What `.automatic` affinity has decided for each table; decided once per table.
final class TableModes: Sendable {
    private enum Entry {
        /// Until then the table counts as `.rmw`, the server's recommended setting.
        case looking(Task<Void, Never>)
        case decided(KeyAffinity.Mode)
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// The mode of a table; begins the look-up with `start` where there is none.
    ///
    /// - Parameters:
    ///   - table: its name.
    ///   - start: makes the task; called with the lock held, so it must not wait.
    /// - Returns: what is decided, `.rmw` before that.
    func mode(of table: String, start: () -> Task<Void, Never>) -> KeyAffinity.Mode {
        state.withLock { state in
            switch state.entries[table] {
            case .decided(let mode): return mode
            case .looking: return .rmw
            case nil:
                if !state.isClosed { state.entries[table] = .looking(start()) }
                return .rmw
            }
        }
    }

    /// Ends a look-up; `nil`: it failed, so the next request looks again.
    func decided(_ table: String, _ mode: KeyAffinity.Mode?) {
        state.withLock { $0.entries[table] = mode.map(Entry.decided) }
    }

    /// What is decided for a table; `nil` while nothing is.
    func decision(on table: String) -> KeyAffinity.Mode? {
        state.withLock { state in
            if case .decided(let mode) = state.entries[table] { mode } else { nil }
        }
    }

    /// The table was made anew.
    func forget(_ table: String) {
        state.withLock { state in
            if case .decided = state.entries[table] { state.entries[table] = nil }
        }
    }

    /// Ends the look-ups; returns them, cancelled, to be waited for.
    func close() -> [Task<Void, Never>] {
        let tasks = state.withLock { state in
            state.isClosed = true
            return state.entries.values.compactMap { entry -> Task<Void, Never>? in
                if case .looking(let task) = entry { task } else { nil }
            }
        }
        for task in tasks { task.cancel() }
        return tasks
    }
}

extension KeyAffinity.Mode {
    /// What a write isolation policy, in any of its spellings, calls for; `nil` for another word.
    init?(writeIsolation: String) {
        switch writeIsolation {
        case "a", "always", "always_use_lwt": self = .anyWrite
        case "o", "only_rmw_uses_lwt": self = .rmw
        // No write uses a lightweight transaction, so there is nothing to gather.
        case "f", "forbid", "forbid_rmw", "u", "unsafe", "unsafe_rmw": self = .off
        default: return nil
        }
    }
}

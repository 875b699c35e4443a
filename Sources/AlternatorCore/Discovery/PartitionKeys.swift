import AlternatorRouting
import AlternatorWire
import Synchronization

/// The partition-key names of tables: given beforehand, or looked up once per table.
///
/// 1. Given ones (`tablePKMap`, typed tables) are never asked for and never forgotten.
/// 2. Others are looked up when they are first needed, once at a time per table.
/// 3. A look-up that failed for good (no such table, no permission) is not repeated for five minutes.
/// 4. What was looked up is forgotten when this client creates or deletes the table, or when the server's error names a
///    mismatch of keys, the latter at most once in five minutes.
final class PartitionKeys: Sendable {
    typealias Lookup = Task<Result<String, AlternatorError>, Never>

    fileprivate struct Entry {
        var given: String?
        var discovered: String?
        var lookup: Lookup?
        /// Why the last look-up failed, and until when nobody looks again.
        var silence: (error: AlternatorError, until: Duration)?
        var forgottenForMismatch: Duration?
        /// Which forgetting a look-up belongs to: a result from before it is not kept.
        var generation = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var isClosed = false
    }

    private static let silence = Duration.seconds(300)
    private let state: Mutex<State>

    init(_ config: AlternatorConfig) {
        var entries: [String: Entry] = [:]
        for (table, name) in config.keyAffinity.preloadedKeys.merging(config.tablePKMap, uniquingKeysWith: { $1 }) {
            entries[table] = Entry(given: name)
        }
        state = Mutex(State(entries: entries))
    }

    /// Rule 1.
    func register(_ name: String, of table: String) {
        state.withLock { $0.entries[table, default: Entry()].given = name }
    }

    /// The name, if it is known.
    func known(_ table: String) -> String? {
        state.withLock { state in
            guard let entry = state.entries[table] else { return nil }
            return entry.given ?? entry.discovered
        }
    }

    enum Answer {
        case known(String)
        case looking(Lookup)
        case silent(AlternatorError)
        case closed
    }

    /// The name, or the look-up that will tell it; begins one with `start` where there is none.
    ///
    /// - Parameters:
    ///   - table: its name.
    ///   - now: the time.
    ///   - start: makes the task; called with the lock held, so it must not wait.
    /// - Returns: what is known.
    func nameOrLookup(_ table: String, now: Duration, start: (_ generation: Int) -> Lookup) -> Answer {
        state.withLock { state in
            let entry = state.entries[table] ?? Entry()
            if let name = entry.given ?? entry.discovered { return .known(name) }
            if let lookup = entry.lookup { return .looking(lookup) }
            if let silence = entry.silence, silence.until > now { return .silent(silence.error) }
            if state.isClosed { return .closed }
            let lookup = start(entry.generation)
            state.entries[table, default: Entry()].lookup = lookup
            return .looking(lookup)
        }
    }

    /// Ends a look-up.
    func finished(_ table: String, _ result: Result<String, AlternatorError>, generation: Int, now: Duration) {
        state.withLock { state in
            guard var entry = state.entries[table], entry.generation == generation else { return }
            entry.lookup = nil
            switch result {
            case .success(let name):
                entry.discovered = name
                entry.silence = nil
            case .failure(let error):
                if error.isPermanent { entry.silence = (error, now + Self.silence) }
            }
            state.entries[table] = entry
        }
    }

    /// Rule 4, for a table that this client has created or deleted.
    func tableChanged(_ table: String) {
        state.withLock { state in
            guard state.entries[table] != nil else { return }
            state.entries[table]?.forget()
        }
    }

    /// Rule 4, for an error of the server.
    func keyMismatch(_ table: String, now: Duration) {
        state.withLock { state in
            guard let entry = state.entries[table], entry.discovered != nil else { return }
            if let last = entry.forgottenForMismatch, now - last < Self.silence { return }
            state.entries[table]?.forget()
            state.entries[table]?.forgottenForMismatch = now
        }
    }

    /// Ends the look-ups; returns them, cancelled, to be waited for.
    func close() -> [Task<Void, Never>] {
        let lookups = state.withLock { state in
            state.isClosed = true
            return state.entries.values.compactMap(\.lookup)
        }
        return lookups.map { lookup in
            lookup.cancel()
            return Task { _ = await lookup.value }
        }
    }
}

extension PartitionKeys.Entry {
    fileprivate mutating func forget() {
        discovered = nil
        lookup = nil
        silence = nil
        generation += 1
    }
}

extension AlternatorError {
    /// Whether asking again soon is useless.
    fileprivate var isPermanent: Bool {
        switch code {
        case .tableNotFound, .accessDenied, .validation, .signature, .protocolViolation, .decoding,
            .unsupportedByServer:
            true
        default: false
        }
    }
}

import Synchronization

/// The context for new connections, made anew when a file it was made from has changed.
///
/// Files are looked at when a connection is made, at most once a second. What cannot be used, such as a certificate
/// whose key is still to be written, leaves the last good one in use until the files change again. A new context
/// begins without sessions: a session made under other rules of trust must not be resumed.
final class TLSContextSource: Sendable {
    typealias Make = @Sendable () -> Result<TLSContext, TLSSettingsError>

    private struct State {
        var context: TLSContext
        var watch: FileWatch
    }
    private let state: Mutex<State>
    private let make: Make
    private let reloaded: @Sendable (_ problem: TLSSettingsError?) -> Void

    /// - Parameters:
    ///   - files: those `make` reads.
    ///   - now: when it reads them first.
    ///   - reloaded: told each time files have changed, with what is wrong with them.
    ///   - make: makes a context.
    /// - Throws: what `make` reports the first time.
    init(
        files: [String],
        now: MonotonicTime,
        reloaded: @escaping @Sendable (_ problem: TLSSettingsError?) -> Void,
        make: @escaping Make
    ) throws(TLSSettingsError) {
        let watch = FileWatch(files, now: now, stamp: Files.stamp)
        state = Mutex(State(context: try make().get(), watch: watch))
        self.make = make
        self.reloaded = reloaded
    }

    /// The context for a connection made now.
    func context(now: MonotonicTime) -> TLSContext {
        let (context, hasChanged) = state.withLock { state in
            (state.context, state.watch.hasChanged(now: now, stamp: Files.stamp))
        }
        guard hasChanged else { return context }
        switch make() {
        case .success(let made):
            state.withLock { $0.context = made }
            reloaded(nil)
            return made
        case .failure(let problem):
            reloaded(problem)
            return context
        }
    }
}

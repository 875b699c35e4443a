import Synchronization

/// Keys that a function of the user's gives: cached, and fetched by one call at a time.
final class KeySource: Sendable {
    typealias Provide = @Sendable () async throws -> AlternatorConfig.Credentials

    private typealias Wait = OneWait<Result<SigningKeys, Failure>>

    /// Why there are no keys.
    enum Failure: Error, Sendable {
        case thrown(any Error)
        /// What the provider gave cannot be used.
        case unusable(String)
        case timedOut
        case hung
        case cancelled
        case closed
    }

    private struct State {
        var cache = KeyCache()
        var waiting: [Int: (call: Int, wait: Wait)] = [:]
        /// Calls under way, given up or not; `nil` until the task is known.
        var tasks: [Int: Task<Void, Never>?] = [:]
        var nextWait = 0

        mutating func take(waitsOf call: Int) -> [Wait] {
            let due = waiting.filter { $0.value.call == call }
            for number in due.keys { waiting[number] = nil }
            return due.values.map(\.wait)
        }
    }

    let timeout: Duration
    private let provide: Provide
    private let state = Mutex(State())

    init(timeout: Duration, _ provide: @escaping Provide) {
        self.timeout = timeout
        self.provide = provide
    }

    /// Whoever asks: its clock, and how its waits end when it is closed.
    struct Asker: Sendable {
        let secondsSinceEpoch: @Sendable () -> Int64
        let time: TimeSource
        let pauses: Pauses
        let lifecycle: Lifecycle
    }

    /// Keys that can be had without waiting.
    func keysAtHand(_ asker: Asker) -> SigningKeys? {
        let now = asker.secondsSinceEpoch()
        guard let (keys, refresh) = state.withLock({ $0.cache.keysAtHand(now: now) }) else { return nil }
        if let refresh { start(refresh, asker) }
        return keys
    }

    /// Keys, after a call if there are none.
    func keys(_ asker: Asker) async throws(Failure) -> SigningKeys {
        try await follow(asker) { $0.keys(now: $1) }
    }

    /// Other keys than those whose signature was refused; `nil` if there are none.
    func keys(insteadOf refused: SigningKeys, _ asker: Asker) async -> SigningKeys? {
        do throws(Failure) {
            let keys = try await follow(asker) { $0.refused(refused, now: $1) }
            return keys.isSame(as: refused) ? nil : keys
        } catch {
            // Then the server's refusal is what the caller is told.
            return nil
        }
    }

    private func follow(
        _ asker: Asker,
        _ ask: (inout KeyCache, _ now: Int64) -> KeyCache.Answer?
    ) async throws(Failure) -> SigningKeys {
        let now = asker.secondsSinceEpoch()
        let wait = Wait()
        let (answer, number) = state.withLock { state -> (KeyCache.Answer?, Int) in
            let answer = ask(&state.cache, now)
            state.nextWait += 1
            if case .wait(let call, _)? = answer { state.waiting[state.nextWait] = (call, wait) }
            return (answer, state.nextWait)
        }
        switch answer {
        case nil, .hung?: throw .hung
        case .ready(let keys, let refresh)?:
            if let refresh { start(refresh, asker) }
            return keys
        case .wait(let call, let isNew)?:
            if isNew { start(call, asker) }
            return try await result(of: call, wait, number, asker)
        }
    }

    private func result(
        of call: Int,
        _ wait: Wait,
        _ number: Int,
        _ asker: Asker
    ) async throws(Failure) -> SigningKeys {
        let timer = Task {
            await asker.pauses.wait(self.timeout, on: asker.time)
            if Task.isCancelled { return }
            if asker.lifecycle.isTerminated { return wait.end(.failure(.closed)) }
            self.giveUp(call)
        }
        let result = await withTaskCancellationHandler {
            await wait.result()
        } onCancel: {
            wait.end(.failure(.cancelled))
        }
        timer.cancel()
        _ = state.withLock { $0.waiting.removeValue(forKey: number) }
        return try result.get()
    }

    // MARK: Calls

    private func start(_ call: Int, _ asker: Asker) {
        // It may be over before its task is written down.
        state.withLock { $0.tasks[call] = .some(nil) }
        let task = Task {
            let result: Result<AlternatorConfig.Credentials, Failure>
            do {
                result = .success(try await self.provide())
            } catch {
                result = .failure(.thrown(error))
            }
            self.finished(call, result, now: asker.secondsSinceEpoch())
        }
        state.withLock { state in
            if state.tasks[call] != nil { state.tasks[call] = task }
        }
    }

    private func finished(_ call: Int, _ result: Result<AlternatorConfig.Credentials, Failure>, now: Int64) {
        let checked = result.flatMap { credentials -> Result<AlternatorConfig.Credentials, Failure> in
            if let problem = credentials.keys.problem { return .failure(.unusable(problem)) }
            if let validFor = credentials.validFor, validFor < .seconds(1) {
                return .failure(.unusable("they are valid for less than a second"))
            }
            return .success(credentials)
        }
        let waits = state.withLock { state -> [Wait] in
            state.tasks.removeValue(forKey: call)
            let counts =
                switch checked {
                case .success(let given):
                    state.cache.succeeded(call, given.keys, seconds: given.validFor?.components.seconds, now: now)
                case .failure: state.cache.failed(call)
                }
            return counts ? state.take(waitsOf: call) : []
        }
        for wait in waits { wait.end(checked.map(\.keys)) }
    }

    private func giveUp(_ call: Int) {
        let (waits, task) = state.withLock { state -> ([Wait], Task<Void, Never>?) in
            guard state.cache.gaveUp(call) else { return ([], nil) }
            return (state.take(waitsOf: call), state.tasks[call] ?? nil)
        }
        task?.cancel()
        for wait in waits { wait.end(.failure(.timedOut)) }
    }
}

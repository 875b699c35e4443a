import Synchronization

/// One request on its way to its answer.
///
/// Whoever moves it to `finished` first resumes the caller, in `finish` or `cancel`; everybody else finds it done.
final class Exchange: Sendable {
    typealias Outcome = Result<IncomingResponse, TransportError>

    let request: OutgoingRequest
    let options: ExchangeOptions
    /// The request timeout in nanoseconds; begins when the request has its connection.
    let timeout: Int64
    /// When waiting for a connection ends.
    let acquireDeadline: MonotonicTime
    let pool: PeerPool
    /// When waiting for a connection began.
    let began: MonotonicTime

    private struct State {
        /// Set when it was sent over a connection that turned out dead: older ones are passed over.
        var repeatedAt: MonotonicTime?
        var continuation: CheckedContinuation<Outcome, Never>?
        var connection: Connection?
        /// Set when the outcome is known before there is a continuation to tell.
        var early: Outcome?
        var finished = false
    }
    private let state = Mutex(State())

    /// The loop whose task waits; `nil`: the caller runs elsewhere.
    private let home: EventLoop?

    init(
        _ request: OutgoingRequest,
        options: ExchangeOptions,
        began: MonotonicTime,
        acquireTimeout: Duration,
        pool: PeerPool,
        home: EventLoop?
    ) {
        self.request = request
        self.options = options
        self.began = began
        acquireDeadline = began.advanced(by: acquireTimeout)
        self.pool = pool
        self.home = home
        timeout = max(0, options.requestTimeout.saturatedNanoseconds)
    }

    /// Takes the caller's continuation.
    ///
    /// - Returns: false if the exchange was cancelled before; the caller is then resumed already.
    func begin(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        let early = state.withLock { state -> Outcome? in
            if let early = state.early { return early }
            state.continuation = continuation
            return nil
        }
        if let early { continuation.resume(returning: early) }
        return early == nil
    }

    var isFinished: Bool { state.withLock { $0.finished } }

    /// Connections that are older do not serve it; `nil`: any may.
    var repeatedAt: MonotonicTime? { options.mayRepeat ? state.withLock { $0.repeatedAt } : nil }

    /// Whether it is to be sent once more, after the connection it was sent over ended without a byte of an answer.
    func repeats(at now: MonotonicTime) -> Bool {
        guard options.mayRepeat else { return false }
        return state.withLock { state in
            guard !state.finished, state.repeatedAt == nil else { return false }
            state.repeatedAt = now
            state.connection = nil
            return true
        }
    }

    /// Notes which connection serves the exchange; false if it is over.
    func assign(_ connection: Connection) -> Bool {
        state.withLock { state in
            if state.finished { return false }
            state.connection = connection
            return true
        }
    }

    /// Ends the exchange, unless it has ended.
    func finish(_ outcome: Outcome) {
        let continuation = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            if state.finished { return nil }
            state.finished = true
            state.connection = nil
            return state.continuation.take()
        }
        guard let continuation else { return }
        guard let home, !home.isCurrent, let here = pool.currentLoop else {
            return continuation.resume(returning: outcome)
        }
        // Served by a connection of another loop: the task goes back to its own.
        here.resumingFor = home
        continuation.resume(returning: outcome)
        here.resumingFor = nil
    }

    /// The caller's task was cancelled.
    func cancel() {
        let (continuation, connection, first) = state.withLock { state in
            if state.finished { return (nil, nil, false) as (CheckedContinuation<Outcome, Never>?, Connection?, Bool) }
            state.finished = true
            if state.continuation == nil { state.early = .failure(Exchange.cancelled(sent: .incomplete)) }
            return (state.continuation.take(), state.connection.take(), true)
        }
        guard first else { return }
        var (sent, hasHead) = (TransportError.Sent.incomplete, false)
        if let connection {
            (sent, hasHead) = connection.abandon(self)
        } else {
            pool.removeWaiter(self)
        }
        continuation?.resume(returning: .failure(Exchange.cancelled(sent: sent, hasHead: hasHead)))
    }

    private static func cancelled(sent: TransportError.Sent, hasHead: Bool = false) -> TransportError {
        TransportError(.cancelled, sent: sent, message: "The task was cancelled.", hasHead: hasHead)
    }
}

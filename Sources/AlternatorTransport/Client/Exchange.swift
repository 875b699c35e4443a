import Synchronization

/// An answer on its way from the connection to the caller.
///
/// Not to be copied, so that its bytes are handed on and never counted.
struct Answer: ~Copyable {
    let status: Int
    /// As in `IncomingResponse`.
    let bytes: [UInt8]
    let bodyOffset: Int

    /// The same as a value.
    consuming func response() -> IncomingResponse {
        IncomingResponse(status: status, bytes: bytes, bodyOffset: bodyOffset)
    }
}

/// One request on its way to its answer.
///
/// Whoever moves it to `finished` first resumes the caller, in `finish` or `cancel`; everybody else finds it done.
final class Exchange: @unchecked Sendable {
    /// Each step is one atomic exchange, which also hands on what was written before it: `waiter` and `connection` are
    /// written by whoever serves the exchange, before the step that makes them known, the outcome by whoever finishes it,
    /// before the caller is resumed.
    private enum Phase: UInt8 {
        /// The caller does not wait yet. Next: `waiting`, `finished`.
        case starting
        /// In line for a connection. Next: `sent`, `finished`.
        case waiting
        /// `connection` serves it. Next: `waiting` (to be repeated), `finished`.
        case sent
        case finished
    }

    let request: OutgoingRequest
    /// The request timeout in nanoseconds; begins when the request has its connection.
    let timeout: Int64
    /// Connections that were idle for longer do not serve it, in nanoseconds; `nil`: any may.
    let maximumIdle: Int64?
    private let mayRepeat: Bool
    let pool: PeerPool
    /// When waiting for a connection began.
    let began: MonotonicTime
    /// The place of the loop whose task waits; `nil`: the caller runs elsewhere.
    let home: Int?

    private let phase = Atomic<UInt8>(Phase.starting.rawValue)
    private var waiter: Waiter?
    private var connection: Connection?
    /// Connections that are older do not serve it, as it was sent over one that turned out dead; `nil`: any may.
    private(set) var repeatedAt: MonotonicTime?
    /// Hands the outcome on to the caller's thread: set behind it, read before it.
    private let isTold = Atomic<Bool>(false)
    // The outcome:
    private var answer: Answer?
    private var error: TransportError?

    init(
        _ request: consuming OutgoingRequest,
        options: ExchangeOptions,
        began: MonotonicTime,
        pool: consuming PeerPool,
        home: Int?
    ) {
        self.request = request
        self.began = began
        self.pool = pool
        self.home = home
        timeout = max(0, options.requestTimeout.saturatedNanoseconds)
        maximumIdle = options.maximumIdle.map(\.saturatedNanoseconds)
        mayRepeat = options.mayRepeat
    }

    /// When waiting for a connection ends.
    var acquireDeadline: MonotonicTime { began.advanced(byNanoseconds: pool.configuration.acquireNanoseconds) }

    /// Hands over the outcome; for the caller, once, when it has been resumed.
    func takeOutcome() throws(TransportError) -> IncomingResponse {
        precondition(isTold.load(ordering: .acquiring), "The caller is resumed by the outcome.")
        if let error { throw error }
        guard let answer = answer.take() else { preconditionFailure("An outcome is taken once.") }
        return answer.response()
    }

    private func step(from: Phase, to next: Phase) -> Bool {
        phase.compareExchange(
            expected: from.rawValue,
            desired: next.rawValue,
            ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Moves to `finished`.
    ///
    /// - Returns: where it was before; `nil` if it was finished.
    private func end() -> Phase? {
        let before = phase.exchange(Phase.finished.rawValue, ordering: .acquiringAndReleasing)
        return before == Phase.finished.rawValue ? nil : Phase(rawValue: before)
    }

    /// Takes the caller's wait.
    ///
    /// - Returns: false if the exchange was cancelled before; the caller is then resumed already.
    func begin(_ waiter: Waiter) -> Bool {
        self.waiter = waiter
        if step(from: .starting, to: .waiting) { return true }
        error = Exchange.cancelled(sent: .incomplete)
        isTold.store(true, ordering: .releasing)
        waiter.resume()
        return false
    }

    /// As `begin` and `assign` in one.
    ///
    /// - Returns: false if the exchange was cancelled before; the caller is not resumed then.
    func begin(_ waiter: Waiter, on connection: Connection) -> Bool {
        self.waiter = waiter
        self.connection = connection
        return step(from: .starting, to: .sent)
    }

    var isFinished: Bool { phase.load(ordering: .acquiring) == Phase.finished.rawValue }

    /// Whether it is to be sent once more, after the connection it was sent over ended without a byte of an answer.
    ///
    /// A request that did not leave as a whole can be repeated whatever it does: no server acts on a part.
    func repeats(at now: MonotonicTime, sent: TransportError.Sent) -> Bool {
        guard mayRepeat || sent == .incomplete, repeatedAt == nil else { return false }
        repeatedAt = now
        return step(from: .sent, to: .waiting)
    }

    /// Notes which connection serves the exchange; false if it is over.
    func assign(_ connection: Connection) -> Bool {
        self.connection = connection
        return step(from: .waiting, to: .sent)
    }

    /// Ends the exchange with an answer, unless it has ended.
    ///
    /// `loop` is the one whose thread calls, if the caller knows.
    func finish(_ answer: consuming Answer, on loop: EventLoop?) {
        guard end() != nil else { return }
        self.answer = consume answer
        resume(on: loop)
    }

    /// Ends the exchange without an answer, unless it has ended.
    func fail(_ error: TransportError) {
        guard end() != nil else { return }
        self.error = error
        resume(on: nil)
    }

    private func resume(on loop: EventLoop?) {
        isTold.store(true, ordering: .releasing)
        guard let waiter else { return }
        // A connection's loop is of the same group.
        guard let home, home != loop?.index else { return waiter.resume() }
        guard let here = pool.currentLoop, here.index != home else { return waiter.resume() }
        // Served by a connection of another loop: the task goes back to its own.
        here.resumingFor = pool.loop(at: home)
        waiter.resume()
        here.resumingFor = nil
    }

    /// The caller's task was cancelled.
    func cancel() {
        guard let before = end() else { return }
        var (sent, hasHead) = (TransportError.Sent.incomplete, false)
        switch before {
        // `begin` finds it and resumes the caller.
        case .starting, .finished: return
        case .waiting: pool.removeWaiter(self)
        case .sent:
            if let connection { (sent, hasHead) = connection.abandon(self) }
        }
        error = Exchange.cancelled(sent: sent, hasHead: hasHead)
        isTold.store(true, ordering: .releasing)
        waiter?.resume()
    }

    static func cancelled(sent: TransportError.Sent, hasHead: Bool = false) -> TransportError {
        TransportError(.cancelled, sent: sent, message: "The task was cancelled.", hasHead: hasHead)
    }
}

import Synchronization

/// A connected stream to one node and the exchange it carries.
///
/// Any thread that was handed the connection by its pool may write a request; the loop reads the answer. What both
/// touch is in `shared`. No lock is held during a system call: `writing` says that a thread is inside `write`, and
/// as long as it is, the loop does not close the descriptor but leaves the end to that thread.
final class Connection: Channel, @unchecked Sendable {
    enum SendOutcome {
        /// The exchange is on its way, or has failed.
        case taken
        /// The connection has ended unused: try another one.
        case gone
        /// The exchange was over; the connection is still free.
        case unneeded
    }

    private enum Phase { case idle, busy, closed }

    /// Why a connection ends.
    private struct Failure {
        let kind: TransportError.Kind
        let message: String
        var fault: TLSFault?
        var limit: HTTPSyntaxError.Limit?
        /// The server had closed it before the request came, as far as can be told.
        var isStale = false

        func error(sent: TransportError.Sent) -> TransportError {
            TransportError(kind, sent: sent, message: message, fault: fault, limit: limit)
        }
    }

    private struct Shared {
        var phase = Phase.idle
        /// The loop reads from it although it is idle: what comes must not be mixed up with the answer to a request
        /// that is being sent at the same time.
        var isInspected = false
        /// A request was turned away because of that, so the connection is in nobody's hands.
        var isLeftOver = false
        var exchange: Exchange?
        /// A thread is inside `write`.
        var writing = false
        /// The kernel has taken the whole request.
        var requestSent = false
        /// How much it has taken.
        var sentBytes = 0
        /// The final head of the answer has come, its body not yet.
        var hasHead = false
        /// The answer was complete before the writer came back, who then hands it over: the connection must not
        /// be missing from the pool when the caller goes on.
        var answered: (response: IncomingResponse, reusable: Bool)?
        /// Why the connection was closed while a thread was writing, which then tells the exchange.
        var failure: Failure?
        /// The write failed: the answer may still be in the receive buffer.
        var writeFailure: StreamFailure?
        var deadline = MonotonicTime.distantFuture
        /// The loop looks at this connection no later than this.
        var armed = MonotonicTime.distantFuture
        var lastTimeout: Int64 = 0
        /// It was idle before its present request, so that the server may have closed it meanwhile.
        var wasIdle = false

        /// What a retry may assume about the request when the connection ends.
        func sent(_ fault: TLSFault?) -> TransportError.Sent {
            requestSent && fault?.precedesRequests != true ? .complete : .incomplete
        }
    }

    let pool: PeerPool
    let born: MonotonicTime
    private let stream: ByteStream
    private let shared = Mutex(Shared())
    /// When it was last given back.
    ///
    /// The loop writes it before the connection goes to the pool, whose lock hands it on; so it is for the loop and for
    /// whoever found the connection there.
    private(set) var lastUsed: MonotonicTime
    private let limits: ResponseParser.Limits
    // Loop:
    private var parser: ResponseParser
    /// The parser is as new: what comes may be a whole answer.
    private var isParserNew = true
    private var hasServed = false
    /// The loop's own thread has sent a whole request, so until the answer has come nobody else changes `phase`.
    private var awaitsAnswer = false
    /// Whose request counts as sent but is not written yet.
    private var unsent: Exchange?

    /// When the socket has not been looked at for longer, that is worth its cost, in nanoseconds.
    private static let suspiciousIdle: Int64 = 1_000_000

    init(pool: PeerPool, loop: EventLoop, stream: ByteStream, now: MonotonicTime) {
        self.pool = pool
        self.stream = stream
        born = now
        lastUsed = now
        limits = pool.configuration.limits
        parser = ResponseParser(limits: limits)
        super.init(loop: loop)
    }

    // MARK: Sending, on any thread

    /// Writes a request; the caller got the connection from the pool and has it alone.
    ///
    /// - Parameters:
    ///   - exchange: the request and who waits for its answer.
    ///   - wasIdle: the connection had nothing to do, so that the server may have closed it meanwhile.
    ///   - waiter: of an exchange that begins just now.
    /// - Returns: what became of both.
    func send(_ exchange: Exchange, wasIdle: Bool = false, beginning waiter: Waiter? = nil) -> SendOutcome {
        let now = waiter == nil ? MonotonicTime.now : exchange.began
        let idle = now.nanoseconds(since: lastUsed)
        // On the loop's own thread nothing but a cancellation can come between, for which the request counts as sent.
        let isHere = loop.isCurrent
        let total = exchange.request.totalBytes
        let (claimed, arm) = shared.withLock { shared -> (Bool, Bool) in
            guard shared.phase == .idle else { return (false, false) }
            if shared.isInspected {
                shared.isLeftOver = true
                return (false, false)
            }
            shared.phase = .busy
            shared.exchange = exchange
            shared.writing = !isHere
            shared.requestSent = isHere
            shared.sentBytes = isHere ? total : 0
            shared.hasHead = false
            shared.lastTimeout = exchange.timeout
            shared.deadline = now.advanced(byNanoseconds: exchange.timeout)
            shared.wasIdle = wasIdle
            let arm = shared.deadline < shared.armed
            if arm { shared.armed = shared.deadline }
            return (true, arm)
        }
        guard claimed else { return .gone }
        loop.exchangeBegan()
        let unseen = isHere ? min(idle, now.nanoseconds(since: loop.lastLook)) : idle
        if unseen > Connection.suspiciousIdle, !stream.isQuiet {
            dropUnused()
            return .gone
        }
        let isTaken = if let waiter { exchange.begin(waiter, on: self) } else { exchange.assign(self) }
        guard isTaken else { return unclaim() }
        if arm { loop.execute { _ in self.arm() } }
        if isHere {
            writeSoon(exchange)
        } else {
            wrote(stream.write(exchange.request.head, exchange.request.body, from: 0))
        }
        return .taken
    }

    /// Puts the write off until the tasks that can run now have run; see `EventLoop.flushLater`.
    private func writeSoon(_ exchange: Exchange) {
        unsent = exchange
        loop.flushLater(self)
    }

    /// Writes what was put off, if anything was; loop.
    func flush() {
        if let exchange = unsent.take() { write(exchange) }
    }

    // By itself: what belongs to somebody who is only lent needs no count.
    @inline(never)
    private func write(_ exchange: Exchange) {
        let total = exchange.request.totalBytes
        let outcome = loop.write(exchange.request, to: stream)
        if case .accepted(total) = outcome {
            awaitsAnswer = true
            return
        }
        shared.withLock { shared in
            shared.writing = true
            shared.requestSent = false
            shared.sentBytes = 0
        }
        wrote(outcome)
    }

    /// Gives the connection back: nothing was written.
    private func unclaim() -> SendOutcome {
        enum Next { case free, closed, tainted }
        let next = shared.withLock { shared -> Next in
            shared.exchange = nil
            shared.writing = false
            if shared.phase == .closed { return .closed }
            if shared.answered != nil { return .tainted }
            shared.phase = .idle
            return .free
        }
        switch next {
        case .free:
            loop.exchangeEnded()
            return .unneeded
        case .closed: stream.close()
        case .tainted: loop.execute { _ in self.fail(.connectionLost, "An answer came that nobody asked for.") }
        }
        return .gone
    }

    /// Ends a connection on which something arrived while it was idle.
    private func dropUnused() {
        let closed = shared.withLock { shared in
            shared.exchange = nil
            shared.writing = false
            return shared.phase == .closed
        }
        if closed { return stream.close() }
        loop.execute { _ in self.fail(.connectionLost, "The server closed the idle connection.") }
    }

    private enum AfterWrite {
        case wait, resumeOnLoop, readLast
        case answered(Exchange?, IncomingResponse, reusable: Bool)
        case failed(Exchange?, Failure, TransportError.Sent)
    }

    /// The thread is back from `write`.
    private func wrote(_ outcome: WriteOutcome) {
        var closes = false
        let next = shared.withLock { shared -> AfterWrite in
            shared.writing = false
            let total = shared.exchange?.request.totalBytes ?? 0
            if case .accepted(let count) = outcome {
                shared.sentBytes += count
                // Without an exchange (it was cancelled, or answered) the loop decides.
                if shared.exchange != nil { shared.requestSent = shared.sentBytes == total }
            }
            if shared.phase == .closed, shared.answered == nil {
                let failure = shared.failure ?? Failure(kind: .connectionLost, message: "The connection was closed.")
                closes = true
                return .failed(shared.exchange.take(), failure, shared.sent(failure.fault))
            }
            if let (response, reusable) = shared.answered.take() {
                // An answer to half a request: the rest must not follow on this connection.
                let good = reusable && shared.requestSent && shared.phase == .busy
                if good { shared.phase = .idle }
                if shared.phase == .closed { closes = true }
                return .answered(shared.exchange.take(), response, reusable: good)
            }
            if case .failed(let error) = outcome {
                shared.writeFailure = error
                return .readLast
            }
            return shared.requestSent || shared.exchange == nil ? .wait : .resumeOnLoop
        }
        // The loop ended the connection meanwhile and left the descriptor to this thread.
        if closes { stream.close() }
        switch next {
        case .wait: break
        case .answered(let exchange, let response, let reusable):
            if reusable {
                loop.exchangeEnded()
                pool.release(self)
            } else {
                loop.execute { _ in self.fail(.connectionLost, "The connection is not to be used again.") }
            }
            exchange?.finish(
                Answer(status: response.status, bytes: response.bytes, bodyOffset: response.bodyOffset),
                on: nil
            )
        // The event that says "writable again" may have come before the rest was noted: try once, on the loop.
        case .resumeOnLoop: loop.execute { _ in self.writeRest() }
        case .readLast: loop.execute { _ in self.receive(untilEnd: true) }
        case .failed(let exchange, let failure, let sent): end(exchange, failure, sent)
        }
    }

    /// Tells an exchange that its connection has ended, or sends it once more over another one.
    private func end(_ exchange: Exchange?, _ failure: Failure, _ sent: TransportError.Sent) {
        guard let exchange else { return }
        if failure.isStale, exchange.repeats(at: .now, sent: sent) {
            return pool.dispatch(exchange, from: pool.currentLoop)
        }
        exchange.fail(failure.error(sent: sent))
    }

    /// The exchange was cancelled, on any thread.
    ///
    /// - Returns: what had left by then, and whether the head of the answer had come. Nothing more of the request is
    ///   written afterwards.
    func abandon(_ exchange: Exchange) -> (sent: TransportError.Sent, hasHead: Bool) {
        let state = shared.withLock { shared -> (sent: TransportError.Sent, hasHead: Bool)? in
            guard shared.phase == .busy, shared.exchange === exchange else { return nil }
            shared.exchange = nil
            // A thread inside `write` may be giving away the last byte right now.
            return (shared.requestSent || shared.writing ? .complete : .incomplete, shared.hasHead)
        }
        // Not here any more: the answer has just arrived, so the request was sent.
        guard let state else { return (.complete, true) }
        loop.execute { _ in self.fail(.cancelled, "The exchange was cancelled.") }
        return state
    }

    // MARK: The loop's part

    /// Takes over the descriptor of a dialer and becomes usable.
    func adopt(from dialer: Channel) {
        loop.replace(dialer, with: self)
        let next = now.advanced(byNanoseconds: pool.configuration.idleNanoseconds)
        shared.withLock { $0.armed = next }
        loop.schedule(self, at: next)
    }

    override func ready(_ readiness: Readiness) {
        flush()
        if !awaitsAnswer, readiness.contains(.writable) || stream.isSecure { writeRest() }
        let ends = !readiness.isDisjoint(with: [.hangup, .error])
        if ends || readiness.contains(.readable) || stream.isSecure { receive(untilEnd: ends) }
    }

    override func loopStopping() { fail(.closed, "The client was closed.") }

    override func fired(on loop: EventLoop) {
        let now = loop.now
        enum Action { case timeout, expire, arm(MonotonicTime), none }
        let action = shared.withLock { shared -> Action in
            switch shared.phase {
            case .busy:
                if now >= shared.deadline { return .timeout }
                shared.armed = shared.deadline
                return .arm(shared.deadline)
            case .idle:
                let end = expiry(idleSince: lastUsed)
                if now >= end { return .expire }
                // Not later than a request like the last one would need it: then that one costs no wake-up.
                let soon = now.advanced(byNanoseconds: max(shared.lastTimeout, 1_000_000_000))
                shared.armed = min(end, soon)
                return .arm(shared.armed)
            case .closed:
                return .none
            }
        }
        switch action {
        case .timeout: fail(.requestTimeout, "No complete answer came within the request timeout.")
        case .expire:
            if pool.takeOut(self) { return fail(.connectionLost, "The connection was idle for too long.") }
            // A caller has just taken it; its deadline was set in the belief that this timer is still to come.
            let soon = now.advanced(byNanoseconds: 1_000_000)
            shared.withLock { $0.armed = min($0.deadline, soon) }
            arm()
        case .arm(let time): loop.schedule(self, at: time)
        case .none: break
        }
    }

    private func expiry(idleSince: MonotonicTime) -> MonotonicTime {
        let idle = idleSince.advanced(byNanoseconds: pool.configuration.idleNanoseconds)
        guard let lifetime = pool.configuration.lifetimeNanoseconds else { return idle }
        return min(idle, born.advanced(byNanoseconds: lifetime))
    }

    private func arm() {
        // What is wanted now, which a later request may have brought forward meanwhile.
        guard let time = shared.withLock({ $0.phase == .closed ? nil : $0.armed }) else { return }
        loop.schedule(self, at: time)
    }

    /// Ends the connection, and the exchange on it if there is one.
    func fail(_ kind: TransportError.Kind, _ message: String, _ fault: TLSFault? = nil) {
        fail(Failure(kind: kind, message: message, fault: fault))
    }

    private func fail(_ failure: Failure) {
        let isUnsent = unsent.take() != nil
        let (wasOpen, deferred, exchange, sent) = shared.withLock {
            shared -> (Bool, Bool, Exchange?, TransportError.Sent) in
            guard shared.phase != .closed else { return (false, false, nil, .complete) }
            if shared.phase == .busy { loop.exchangeEnded() }
            shared.phase = .closed
            if isUnsent { shared.requestSent = false }
            let sent = shared.sent(failure.fault)
            if shared.writing {
                shared.failure = failure
                return (true, true, nil, sent)
            }
            return (true, false, shared.exchange.take(), sent)
        }
        guard wasOpen else { return }
        awaitsAnswer = false
        loop.unregister(self)
        // A thread inside `write` gets an error and closes; the number must not be reused before.
        if deferred { stream.shutdown() } else { stream.close() }
        pool.ended(self)
        end(exchange, failure, sent)
    }

    /// Goes on with a request of which the kernel took a part.
    private func writeRest() {
        let rest = shared.withLock { shared -> (OutgoingRequest, Int)? in
            guard shared.phase == .busy, !shared.writing, !shared.requestSent, shared.writeFailure == nil,
                let exchange = shared.exchange
            else { return nil }
            shared.writing = true
            return (exchange.request, shared.sentBytes)
        }
        guard let (request, sent) = rest else { return }
        let outcome = stream.write(request.head, request.body, from: sent)
        // None taken: the next event will come, and trying again at once would spin.
        if case .accepted(0) = outcome { return shared.withLock { $0.writing = false } }
        wrote(outcome)
    }

    /// Reads what there is.
    ///
    /// - Parameter untilEnd: the stream is known to end, so a short read is not the last one.
    private func receive(untilEnd: Bool) {
        let expected: Bool
        if awaitsAnswer {
            expected = true
        } else {
            let phase = shared.withLock { shared in
                shared.isInspected = shared.phase == .idle
                return shared.phase
            }
            guard phase != .closed else { return }
            expected = phase == .busy
        }
        while true {
            switch stream.read(into: loop.input) {
            case .bytes(let count, let more):
                guard expected else {
                    return dropIdle("The server sent bytes that nobody asked for.")
                }
                if take(count, ends: untilEnd, more: more) { return }
                if !more, !untilEnd { return }
            case .wouldBlock:
                if !expected { return endInspection() }
                if let failure = shared.withLock({ $0.writeFailure }) { lost(failure) }
                return
            case .end:
                if expected, parser.end() { return complete(reusable: false) }
                return expected ? lost(nil) : dropIdle("The server closed the idle connection.")
            case .failed(let failure):
                return expected ? lost(failure) : dropIdle(failure.reason)
            }
        }
    }

    /// Nothing for the application came on the idle connection; under TLS it may have been a ticket.
    private func endInspection() {
        let isLeftOver = shared.withLock { shared in
            shared.isInspected = false
            defer { shared.isLeftOver = false }
            return shared.isLeftOver && shared.phase == .idle
        }
        if isLeftOver { pool.release(self) }
    }

    /// Gives bytes to the parser; true when nothing more is to be read for this exchange.
    private func take(_ count: Int, ends: Bool, more: Bool) -> Bool {
        if isParserNew {
            if let whole = WholeAnswer(loop.input, count: count, limits: limits) {
                // Copied first: looking for more may overwrite it.
                let answer = Answer(
                    status: whole.status,
                    bytes: loop.copyInput(count),
                    bodyOffset: whole.bodyOffset
                )
                complete(answer, reusable: !ends && (!more || hasNothingMore()))
                return true
            }
            isParserNew = false
        }
        let taken: Int
        if !stream.isSecure, parser.isUntouched, loop.input.withSpan(count, TLSRecord.isAlert) {
            let fault = TLSFault(.peerIsSecure, "it answered a plain request in TLS")
            fail(.tls, "\(pool.name): \(fault.detail).", fault)
            return true
        }
        do throws(HTTPSyntaxError) {
            taken = try loop.input.withSpan(count) { input throws(HTTPSyntaxError) in try parser.feed(input) }
        } catch {
            let problem = error.limit == nil ? "did not answer in HTTP/1.1" : "answered beyond a limit"
            fail(
                Failure(
                    kind: .protocolViolation,
                    message: "\(pool.name) \(problem): \(error.description)",
                    limit: error.limit
                )
            )
            return true
        }
        guard parser.isComplete else {
            if parser.hasHead { shared.withLock { $0.hasHead = true } }
            return false
        }
        // Bytes behind the answer: not a connection to trust.
        complete(reusable: !ends && taken == count && (!more || hasNothingMore()))
        return true
    }

    /// Whether the read that gave the end of the answer gave all there is; under TLS there may be a ticket behind it.
    private func hasNothingMore() -> Bool {
        if case .wouldBlock = stream.read(into: loop.input) { true } else { false }
    }

    private func dropIdle(_ message: String) {
        // Out of the pool first; if a caller was faster, it finds the end itself.
        _ = pool.takeOut(self)
        fail(.connectionLost, message)
    }

    private func lost(_ failure: StreamFailure?) {
        if let fault = failure?.fault, fault.reason != .truncated {
            return fail(.tls, "\(pool.name): \(fault.detail).", fault)
        }
        let reason = failure?.reason
        let began = !parser.isUntouched
        let what = began ? "in the middle of its answer" : "without an answer"
        fail(
            Failure(
                kind: .connectionLost,
                message: "\(pool.name) ended the connection \(what)\(reason.map { ": \($0)" } ?? "").",
                isStale: !began && (hasServed || shared.withLock { $0.wasIdle })
            )
        )
    }

    /// The parser has a complete answer.
    private func complete(reusable: Bool) {
        let (response, persists) = parser.take()
        isParserNew = true
        let answer = Answer(status: response.status, bytes: response.bytes, bodyOffset: response.bodyOffset)
        complete(answer, reusable: reusable && persists)
    }

    /// The answer is complete.
    private func complete(_ complete: consuming Answer, reusable: Bool) {
        hasServed = true
        awaitsAnswer = false
        // Until it goes to the writer or to the caller.
        var answer = Optional(complete)
        enum Next { case release, close, leave }
        let (exchange, next) = shared.withLock { shared -> (Exchange?, Next) in
            guard shared.phase == .busy else { return (nil, .leave) }
            lastUsed = loop.now
            let good = reusable && shared.exchange != nil
            if shared.writing {
                if let answer = answer.take() { shared.answered = (answer.response(), good) }
                return (nil, .leave)
            }
            let exchange = shared.exchange.take()
            // An answer to half a request: the rest must not follow on this connection.
            guard good, shared.requestSent else { return (exchange, .close) }
            shared.phase = .idle
            return (exchange, .release)
        }
        // Before the caller goes on, so that its next request finds the connection.
        switch next {
        case .release:
            loop.exchangeEnded()
            pool.release(self)
        case .close: fail(.connectionLost, "The connection is not to be used again.")
        case .leave: break
        }
        if let answer = answer.take() { exchange?.finish(answer, on: loop) }
    }

    private var now: MonotonicTime { loop.now }
}

extension OutgoingRequest {
    var totalBytes: Int { head.count + body.count }
}

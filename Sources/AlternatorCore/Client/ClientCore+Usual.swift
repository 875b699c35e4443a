import AlternatorRouting
import AlternatorTransport
import AlternatorWire

// The short way of a request: nothing is overridden, nothing is hedged, packed or provided, and the first attempt
// succeeds. It keeps no state that only repeats need; whatever goes otherwise goes on in `attempts`, after this first one.
extension ClientCore {
    /// An attempt that was begun on the short way.
    ///
    /// Not to be copied: it holds ten references.
    struct UsualAttempt: ~Copyable {
        let choice: Topology.Choice
        /// Where a repeat goes on.
        let plan: QueryPlan?
        let target: RouteTarget
        /// What goes out, until the transport takes it.
        var request: OutgoingRequest?
        /// Its length.
        let byteCount: Int
        /// The time of its signature; 0 if it has none.
        let second: Int64
        let began: Int64
    }

    /// Whether the configuration lets calls go the short way.
    static func isUsual(_ config: AlternatorConfig) -> Bool {
        config.operationTimeout == nil && config.hedging == .off && config.requestCompression == .off
            && config.authentication.isSettled
    }

    /// One exchange of the short way.
    @inline(__always)
    func exchangeUsually(
        _ attempt: inout UsualAttempt,
        _ request: borrowing EncodedRequest
    ) async throws(TransportError) -> IncomingResponse {
        guard let outgoing = attempt.request.take() else { preconditionFailure("An attempt is sent once.") }
        var options = request.safety == .idempotent ? repeatable : unrepeatable
        if request.operation.changesSchema { options.requestTimeout = config.ddlTimeout }
        // Called by its type the transport costs less.
        if let loopTransport {
            return try await loopTransport.exchange(
                outgoing,
                with: attempt.choice.handle.peer,
                options: options,
                began: time.onLoops(attempt.began)
            )
        }
        return try await transport.exchange(outgoing, with: attempt.choice.handle.peer, options: options)
    }

    /// Chooses a node and makes the request's bytes; `nil`: there is no node to ask.
    @inline(__always)
    func beginUsual(_ request: EncodedRequest) -> UsualAttempt? {
        let target = isAffinityOff ? .any : target(of: request)
        let began = time.nanoseconds
        var plan: QueryPlan?
        let (choice, wakes) = topology.next(
            in: &plan,
            for: target,
            over: nil,
            choice: random.next(),
            now: .nanoseconds(began)
        )
        if wakes { discoveryAlarm.ring() }
        guard let choice else { return nil }
        tellChoice(choice, request, target)
        let start = signing.start(request.operation, at: choice.handle)
        let head = heads.head(request.operation, request.body, to: choice.handle, start)
        let byteCount = head.count + request.body.count
        return UsualAttempt(
            choice: choice,
            plan: plan,
            target: target,
            request: OutgoingRequest(head: head, body: request.body),
            byteCount: byteCount,
            second: start?.second ?? 0,
            began: began
        )
    }

    /// Ends an attempt that has an answer of 200.
    ///
    /// - Parameters:
    ///   - attempt: whose answer it is.
    ///   - request: what was asked.
    ///   - answer: with its body unpacked.
    ///   - bytesReceived: how long it was before.
    /// - Returns: the answer for the caller.
    @inline(__always)
    func endUsual(
        _ attempt: borrowing UsualAttempt,
        _ request: borrowing EncodedRequest,
        _ answer: consuming IncomingResponse,
        bytesReceived: Int
    ) -> EncodedResponse {
        let now = time.nanoseconds
        faults.note(nil, of: attempt.choice.handle.label)
        settle(attempt.choice, .response(status: 200), isSuccess: true, now: .nanoseconds(now))
        noteTableChange(request)
        let nanoseconds = now - attempt.began
        meter?.called(request.operation, nanoseconds: nanoseconds)
        attempt.choice.handle.meter?.succeeded(
            request.operation,
            nanoseconds: nanoseconds,
            bytesSent: attempt.byteCount,
            bytesReceived: bytesReceived
        )
        return EncodedResponse(
            bytes: answer.bytes,
            bodyOffset: answer.bodyOffset,
            node: attempt.choice.handle.label,
            attempts: 1
        )
    }
}

/// An attempt made on the short way that did not succeed, with how it ended.
struct FirstAttempt: ~Copyable {
    let begun: ClientCore.UsualAttempt
    let answer: ClientCore.Answer

    init(_ begun: consuming ClientCore.UsualAttempt, _ answer: ClientCore.Answer) {
        self.begun = begun
        self.answer = answer
    }
}

import AlternatorRouting
import AlternatorTransport
import AlternatorWire

// The short way of a request: nothing is overridden, nothing is hedged, packed or provided, and the first attempt
// succeeds. It keeps no state that only repeats need; whatever goes otherwise goes on in `attempts`, after this first one.
extension ClientCore {
    /// An attempt that was begun on the short way.
    struct UsualAttempt {
        let choice: Topology.Choice
        /// Where a repeat goes on.
        let plan: QueryPlan?
        let target: RouteTarget
        let request: OutgoingRequest
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
    func exchangeUsually(
        _ attempt: UsualAttempt,
        _ request: EncodedRequest
    ) async throws(TransportError) -> IncomingResponse {
        var options = request.safety == .idempotent ? repeatable : unrepeatable
        if request.operation.changesSchema { options.requestTimeout = config.ddlTimeout }
        // Called by its type the transport costs less.
        if let loopTransport {
            return try await loopTransport.exchange(attempt.request, with: attempt.choice.handle.peer, options: options)
        }
        return try await transport.exchange(attempt.request, with: attempt.choice.handle.peer, options: options)
    }

    /// Chooses a node and makes the request's bytes; `nil`: there is no node to ask.
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
        return UsualAttempt(
            choice: choice,
            plan: plan,
            target: target,
            request: OutgoingRequest(head: head, body: request.body),
            second: start?.second ?? 0,
            began: began
        )
    }

    /// Ends an attempt that succeeded; `nil`, with nothing told to anybody, if it did not.
    func endUsual(
        _ attempt: borrowing UsualAttempt,
        _ request: EncodedRequest,
        _ response: IncomingResponse
    ) -> EncodedResponse? {
        guard response.status == 200, let readable = readableUsually(response) else { return nil }
        let now = time.nanoseconds
        let handle = attempt.choice.handle
        faults.note(nil, of: handle.label)
        settle(attempt.choice, .response(status: 200), isSuccess: true, now: .nanoseconds(now))
        noteTableChange(request)
        if let meter {
            let nanoseconds = now - attempt.began
            meter.called(request.operation, nanoseconds: nanoseconds)
            handle.meter?.succeeded(
                request.operation,
                nanoseconds: nanoseconds,
                bytesSent: attempt.request.byteCount,
                bytesReceived: response.bytes.count
            )
        }
        return EncodedResponse(
            bytes: readable.bytes,
            bodyOffset: readable.bodyOffset,
            node: handle.label,
            attempts: 1
        )
    }

    /// The answer with its body unpacked; `nil` where it cannot be, which is then found again and told.
    private func readableUsually(_ response: IncomingResponse) -> IncomingResponse? {
        if config.responseCompression.codings.isEmpty { return response.isObjectOrEmpty ? response : nil }
        return try? readable(response, config.responseCompression)
    }
}

/// An attempt made on the short way that did not succeed, with how it ended.
struct FirstAttempt {
    let begun: ClientCore.UsualAttempt
    let answer: ClientCore.Answer

    init(_ begun: ClientCore.UsualAttempt, _ answer: ClientCore.Answer) {
        self.begun = begun
        self.answer = answer
    }
}

extension OutgoingRequest {
    var byteCount: Int { head.count + body.count }
}

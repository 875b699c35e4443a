import AlternatorRouting
import AlternatorTransport
package import AlternatorWire

extension ClientCore {
    /// The server's limit on a body, before and after compression.
    static let maximumBodyBytes = 16 << 20

    /// Sends a request, on the short way where nothing is out of the ordinary: see `ClientCore+Usual`.
    package func execute(
        _ request: EncodedRequest,
        options: RequestOptions
    ) async throws(AlternatorError) -> EncodedResponse {
        guard lifecycle.begin() else { throw told(closedError(request)) }
        defer { lifecycle.end() }
        if Task.isCancelled { throw told(cancelledError(request)) }
        guard request.body.count <= Self.maximumBodyBytes else { throw told(tooLargeError(request)) }
        guard isUsual, options.isPlain, var attempt = beginUsual(request) else {
            return try await executeAnyhow(request, options, nil)
        }
        let answer: Answer
        do {
            let response = try await exchangeUsually(&attempt, request)
            if response.status == 200 {
                let count = response.bytes.count
                if asksForPacked {
                    // What cannot be unpacked is found again below, and told.
                    if let unpacked = try? readable(response, config.responseCompression) {
                        return endUsual(attempt, request, unpacked, bytesReceived: count)
                    }
                } else if response.isObjectOrEmpty {
                    return endUsual(attempt, request, response, bytesReceived: count)
                }
            }
            answer = .success(response)
        } catch {
            answer = .failure(error)
        }
        return try await executeAnyhow(request, options, FirstAttempt(attempt, answer))
    }

    /// All ways but the short one; `first` is an attempt that was made on that already and did not succeed.
    private func executeAnyhow(
        _ request: EncodedRequest,
        _ options: RequestOptions,
        _ first: consuming FirstAttempt?
    ) async throws(AlternatorError) -> EncodedResponse {
        do throws(AlternatorError) {
            if let limit = options.operationTimeout ?? config.operationTimeout {
                return try await execute(request, options, within: limit)
            }
            var run = try run(request, options)
            do throws(AlternatorError) {
                return try await attempts(&run, options, after: first)
            } catch {
                meterFailure(run)
                throw error
            }
        } catch {
            throw told(error)
        }
    }

    /// The error, after those who listen were told of it.
    private func told(_ error: AlternatorError) -> AlternatorError {
        tellFailure(error)
        return error
    }

    private func execute(
        _ request: EncodedRequest,
        _ options: RequestOptions,
        within limit: Duration
    ) async throws(AlternatorError) -> EncodedResponse {
        let first = try run(request, options)
        typealias Outcome = (result: Result<EncodedResponse, AlternatorError>, run: RequestRun)
        let (outcome, timedOut) = await withDeadline(limit, on: time) { () async -> Outcome in
            var run = first
            do throws(AlternatorError) {
                return (.success(try await self.attempts(&run, options)), run)
            } catch {
                return (.failure(error), run)
            }
        }
        switch outcome.result {
        case .success(let response):
            return response
        case .failure(let error):
            meterFailure(outcome.run)
            // Ended by the deadline, not by a fault of its own just before.
            guard timedOut, error.code == .cancelled else { throw error }
            throw deadlineError(outcome.run, limit)
        }
    }

    private func meterFailure(_ run: RequestRun) {
        if let meter, let began = run.began { meter.called(run.request.operation, for: time.now - began) }
    }

    // MARK: Attempts

    /// All attempts of a request; they follow `first`, which was made already and did not succeed.
    func attempts(
        _ run: inout RequestRun,
        _ options: RequestOptions,
        after first: consuming FirstAttempt? = nil
    ) async throws(AlternatorError) -> EncodedResponse {
        var first = first
        let exchangeOptions = Self.exchangeOptions(
            timeout(of: run.request.operation, options),
            isIdempotent: run.request.safety == .idempotent
        )
        let scope = otherScope(options)
        if let scope { try await findNodes(of: scope, for: run) }
        let target: RouteTarget
        switch first {
        case .some(let made): target = made.begun.target
        case nil: target = try self.target(of: run.request, options)
        }
        let hedgeDelay = hedgeDelay(of: run.request, options)
        run.call.signing = signing.fixed
        let authentication = options.authentication ?? signing.changing
        while true {
            if let authentication { run.call.signing = try await signing(of: run, authentication) }
            let answering: Topology.Choice
            let answer: Answer
            if let made = first.take() {
                run.plan = made.begun.plan
                run.began = made.begun.choice.chosen
                answering = made.begun.choice
                answer = await finished(made, run.call, exchangeOptions)
                run.ended = settle(answering, answer, of: run.request.operation)
            } else {
                let (choice, wakes) = topology.next(
                    in: &run.plan,
                    for: target,
                    over: scope,
                    choice: random.next(),
                    now: time.now
                )
                if wakes { discoveryAlarm.ring() }
                guard let choice else {
                    probeAlarm.ring()
                    throw finalError(run)
                }
                if run.began == nil { run.began = choice.chosen } else { meter?.add(.retries) }
                tellChoice(choice, run.request, target)
                (answering, answer) = await attempt(choice, &run, hedgeDelay, exchangeOptions)
            }
            run.node = answering.handle.label
            let result: AttemptResult
            switch answer {
            case .success(let response):
                run.attempts += 1
                if response.status == 200 {
                    noteTableChange(run.request)
                    if let meter, let began = run.began {
                        meter.called(run.request.operation, for: run.ended - began)
                    }
                    return EncodedResponse(
                        bytes: response.bytes,
                        bodyOffset: response.bodyOffset,
                        node: answering.handle.label,
                        attempts: run.attempts
                    )
                }
                let refusal = ServiceError(
                    status: response.status,
                    bytes: response.bytes,
                    bodyOffset: response.bodyOffset
                )
                let error = serviceError(refusal, run)
                if let accepted = try await accepted(error, run, options) { return accepted }
                noteKeyMismatch(error)
                run.lastError = error
                result = AttemptResult(refusal.errorClass)
            case .failure(let error):
                if error.sent == .complete { run.attempts += 1 }
                run.lastError = transportError(error, run)
                run.lastTransportError = error
                if error.kind == .cancelled || error.kind == .closed {
                    run.mayBeApplied = run.mayBeApplied || error.sent == .complete
                    throw run.lastError ?? cancelledError(run.request)
                }
                if error.kind == .decompressionLimit {
                    // The same everywhere; and the node did what it was asked.
                    result = .final
                } else {
                    result = error.sent == .complete ? .unanswered : .notSent
                }
            }
            if result == .unanswered || result == .serverError { run.mayBeApplied = true }
            switch topology.decide(&run.machine, result, plan: run.plan, jitter: random.fraction()) {
            case .giveUp, .outcomeUnknown:
                throw finalError(run)
            case .retry(let delay):
                guard delay > .zero else { continue }
                await pauses.wait(delay, on: time)
                if Task.isCancelled { throw cancelledError(run.request, run) }
                if lifecycle.isTerminated { throw closedError(run.request, run) }
            }
        }
    }

    /// One attempt; its outcome is told to routing.
    private func attempt(
        _ choice: Topology.Choice,
        _ run: inout RequestRun,
        _ hedgeDelay: Duration?,
        _ options: ExchangeOptions
    ) async -> (choice: Topology.Choice, answer: Answer) {
        if let hedgeDelay { return await hedged(choice, after: hedgeDelay, &run, options) }
        let answer = await send(run.call, to: choice, options)
        run.ended = settle(choice, answer, of: run.request.operation)
        return (choice, answer)
    }

    /// One exchange; a second one with the same node if that refuses the signature for what can be mended here.
    func send(_ call: OutgoingCall, to choice: Topology.Choice, _ options: ExchangeOptions) async -> Answer {
        let second = call.signing == nil ? 0 : signing.clock.now
        let answer = await exchange(call, signed: call.signing, second, with: choice.handle, options)
        return await finished(answer, call, signed: call.signing, second, with: choice.handle, options)
    }

    private func exchange(
        _ call: OutgoingCall,
        signed signing: CallSigning?,
        _ second: Int64,
        with node: NodeHandle,
        _ options: ExchangeOptions
    ) async -> Answer {
        let head = heads.head(call, to: node, signer: signing?.signer, second: second)
        node.meter?.add(head.count + call.body.count, to: .bytesSent)
        do {
            return .success(
                try await transport.exchange(
                    OutgoingRequest(head: head, body: call.body),
                    with: node.peer,
                    options: options
                )
            )
        } catch {
            return .failure(error)
        }
    }

    /// The answer of an attempt that was begun on the short way, as `send` gives it.
    private func finished(
        _ first: borrowing FirstAttempt,
        _ call: OutgoingCall,
        _ options: ExchangeOptions
    ) async -> Answer {
        first.begun.choice.handle.meter?.add(first.begun.byteCount, to: .bytesSent)
        return await finished(
            first.answer,
            call,
            signed: signing.fixed,
            first.begun.second,
            with: first.begun.choice.handle,
            options
        )
    }

    /// An answer after what can be mended was, with its body unpacked.
    private func finished(
        _ first: Answer,
        _ call: OutgoingCall,
        signed: CallSigning?,
        _ second: Int64,
        with node: NodeHandle,
        _ options: ExchangeOptions
    ) async -> Answer {
        var answer = first
        if case .success(let response) = first {
            node.meter?.add(response.bytes.count, to: .bytesReceived)
            if response.status != 200, let signed, let anew = await signingAnew(signed, second, after: response) {
                answer = await exchange(call, signed: anew, signing.clock.now, with: node, options)
                if case .success(let response) = answer { node.meter?.add(response.bytes.count, to: .bytesReceived) }
            }
        }
        guard case .success(let response) = answer else { return answer }
        do {
            return .success(try readable(response, call.accepts))
        } catch {
            return .failure(error)
        }
    }

    /// The bounds of an exchange.
    static func exchangeOptions(_ timeout: Duration, isIdempotent: Bool) -> ExchangeOptions {
        var options = ExchangeOptions()
        options.requestTimeout = timeout
        // What cannot simply be repeated must not meet a connection that died unseen.
        if isIdempotent { options.mayRepeat = true } else { options.maximumIdle = .seconds(1) }
        return options
    }

    /// Tells routing and the meters how an exchange ended.
    ///
    /// - Returns: when it did.
    @discardableResult
    func settle(_ choice: Topology.Choice, _ answer: Answer, of operation: OperationName) -> Duration {
        let now = time.now
        switch answer {
        case .success(let response):
            faults.note(nil, of: choice.handle.label)
            settle(choice, .response(status: response.status), isSuccess: response.status == 200, now: now)
            choice.handle.meter?.answered(operation, status: response.status, for: now - choice.chosen)
        case .failure(let error):
            if error.kind != .cancelled { faults.note(error.fault, of: choice.handle.label) }
            settle(choice, error.outcome, now: now)
            choice.handle.meter?.failed(error.kind)
            tellFailure(error, at: choice.handle.label)
        }
        return now
    }

    /// Tells routing how an attempt ended, and wakes whoever has to act on it.
    func settle(_ choice: Topology.Choice, _ outcome: AttemptOutcome, isSuccess: Bool = false, now: Duration) {
        let report = topology.finished(choice, outcome, isSuccess: isSuccess, now: now)
        if report.change != nil {
            probeAlarm.ring()
            tellHealth(report.change, of: choice.handle.label)
        }
        if report.allNodesFailed { discoveryAlarm.ring() }
    }

    private func timeout(of operation: OperationName, _ options: RequestOptions) -> Duration {
        options.requestTimeout ?? (operation.changesSchema ? config.ddlTimeout : config.requestTimeout)
    }

    // MARK: Answers that mean success

    /// An error that says that an earlier attempt of this very call was applied.
    private func accepted(
        _ error: AlternatorError,
        _ run: RequestRun,
        _ options: RequestOptions
    ) async throws(AlternatorError) -> EncodedResponse? {
        guard run.mayBeApplied else { return nil }
        switch (run.request.operation, error.code) {
        case (.createTable, .tableInUse):
            return try await described(run, options)
        case (.deleteTable, .tableNotFound):
            return run.response(TableAnswer.deleted(run.request.table ?? ""))
        case (_, .conditionFailed):
            guard let isOwnItem = run.request.isOwnItem, let item = error.existingItem, isOwnItem(item) else {
                return nil
            }
            return run.response(Array("{}".utf8))
        default:
            return nil
        }
    }

    /// What the lost answer to a CreateTable said, by asking for the table.
    private func described(
        _ run: RequestRun,
        _ options: RequestOptions
    ) async throws(AlternatorError) -> EncodedResponse {
        let request = EncodedRequest(
            .describeTable,
            table: run.request.table,
            body: TableAnswer.describeRequest(run.request.table ?? ""),
            safety: .idempotent
        )
        var describing = ownRun(request, policy: config.retry)
        let answer = try await attempts(&describing, options)
        guard let body = TableAnswer.creation(fromDescription: answer) else {
            throw AlternatorError(
                .decoding,
                message: "The table was created, but its description cannot be read.",
                operation: run.request.operation.rawValue,
                table: run.request.table,
                node: answer.node,
                attempts: run.attempts
            )
        }
        return run.response(body)
    }
}

extension TransportError {
    /// What the end of an exchange says about the node.
    fileprivate var outcome: AttemptOutcome {
        switch kind {
        // This client's doing.
        case .cancelled, .closed, .acquireTimeout, .decompressionLimit: .ignored
        case .resolveFailed, .connectFailed, .connectTimeout, .tls, .requestTimeout, .connectionLost,
            .protocolViolation, .decompression:
            .failed
        }
    }
}

extension OperationName {
    /// Whether the server waits for all live nodes, up to 30 s more than usual.
    var changesSchema: Bool {
        switch self {
        case .createTable, .deleteTable, .updateTable, .updateTimeToLive, .tagResource, .untagResource: true
        default: false
        }
    }
}

extension AttemptResult {
    /// What an answer that is no success means for repeating.
    fileprivate init(_ errorClass: ServiceErrorClass) {
        switch errorClass {
        case .retryableElsewhere: self = .throttled
        case .serverFault: self = .serverError
        case .final: self = .final
        }
    }
}

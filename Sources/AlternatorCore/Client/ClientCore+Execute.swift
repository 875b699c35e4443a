import AlternatorRouting
import AlternatorTransport
import AlternatorWire

extension ClientCore {
    /// The server's limit on a body, before and after compression.
    static let maximumBodyBytes = 16 << 20

    func execute(
        _ request: EncodedRequest,
        options: RequestOptions
    ) async throws(AlternatorError) -> EncodedResponse {
        do throws(AlternatorError) {
            guard lifecycle.begin() else { throw closedError(request) }
            defer { lifecycle.end() }
            if Task.isCancelled { throw cancelledError(request) }
            guard request.body.count <= Self.maximumBodyBytes else { throw tooLargeError(request) }
            if let limit = options.operationTimeout ?? config.operationTimeout {
                return try await execute(request, options, within: limit)
            }
            var run = try run(request, options)
            do throws(AlternatorError) {
                return try await attempts(&run, options)
            } catch {
                meterFailure(run)
                throw error
            }
        } catch {
            tellFailure(error)
            throw error
        }
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

    func attempts(
        _ run: inout RequestRun,
        _ options: RequestOptions
    ) async throws(AlternatorError) -> EncodedResponse {
        var exchangeOptions = ExchangeOptions()
        exchangeOptions.requestTimeout = timeout(of: run.request.operation, options)
        // It cannot simply be repeated, so it must not meet a connection that died unseen.
        if run.request.safety == .idempotent {
            exchangeOptions.mayRepeat = true
        } else {
            exchangeOptions.maximumIdle = .seconds(1)
        }
        let scope = otherScope(options)
        if let scope { try await findNodes(of: scope, for: run) }
        let target = try target(of: run.request, options)
        let hedgeDelay = hedgeDelay(of: run.request, options)
        run.call.signing = signing.fixed
        let authentication = options.authentication ?? signing.changing
        while true {
            if let authentication { run.call.signing = try await signing(of: run, authentication) }
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
            tellChoice(choice, run, target.reason)
            let (answering, answer) = await attempt(choice, &run, hedgeDelay, exchangeOptions)
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
        var signing = call.signing
        var isSignedAnew = false
        while true {
            let second = signing == nil ? 0 : self.signing.clock.now
            let head = heads.head(call, to: choice.handle, signer: signing?.signer, second: second)
            choice.handle.meter?.add(head.count + call.body.count, to: .bytesSent)
            do {
                let response = try await transport.exchange(
                    OutgoingRequest(head: head, body: call.body),
                    with: choice.handle.peer,
                    options: options
                )
                choice.handle.meter?.add(response.bytes.count, to: .bytesReceived)
                if response.status != 200, let current = signing, !isSignedAnew,
                    let anew = await signingAnew(current, second, after: response)
                {
                    signing = anew
                    isSignedAnew = true
                    continue
                }
                return .success(try readable(response, call.accepts))
            } catch {
                return .failure(error)
            }
        }
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
        if let timeout = options.requestTimeout { return timeout }
        switch operation {
        // They change the schema: the server waits for all live nodes, up to 30 s more than usual.
        case .createTable, .deleteTable, .updateTable, .updateTimeToLive, .tagResource, .untagResource:
            return config.ddlTimeout
        default:
            return config.requestTimeout
        }
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

extension RouteTarget {
    /// Why a plan begins where it does.
    fileprivate var reason: String {
        switch self {
        case .any: "by balancing"
        case .key: "by its key"
        case .keys: "by the vote of its keys"
        case .node, .only: "as asked for"
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

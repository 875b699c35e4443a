import AlternatorRouting
import AlternatorTransport
import AlternatorWire

extension ClientCore {
    /// How an exchange ended.
    typealias Answer = Result<IncomingResponse, TransportError>

    /// How long one node is waited for before a second one is asked; `nil`: as long as it takes.
    func hedgeDelay(of request: EncodedRequest, _ options: RequestOptions) -> Duration? {
        guard case .after(let delay) = options.hedging ?? config.hedging, request.safety == .idempotent else {
            return nil
        }
        switch request.operation {
        case .getItem, .batchGetItem, .query, .scan: return delay
        default: return nil
        }
    }

    /// What the race of two exchanges waits for.
    private enum HedgeEvent: Sendable {
        case answered(Topology.Choice, Answer)
        /// The delay is over, or the wait was cancelled.
        case waited(wholeTime: Bool)
    }

    /// One attempt of at most two exchanges; the outcome of each is told to routing.
    ///
    /// 1. `first` is asked. If it has not answered after `delay`, the plan's next node is asked too, provided that there
    ///    is another one and the retry budget has a token.
    /// 2. The first answer that settles the request wins; the other exchange is cancelled and waited for.
    /// 3. An answer that does not (no answer, 500, shed load) leaves the race to the other; if there is none, it is the
    ///    attempt's.
    ///
    /// - Parameters:
    ///   - first: the node chosen for this attempt.
    ///   - delay: how long it is waited for alone.
    ///   - run: its plan goes on by one node if a second one is asked; an exchange that lost counts as an attempt.
    ///   - options: bounds of each exchange.
    /// - Returns: the node whose answer it is, and the answer.
    func hedged(
        _ first: Topology.Choice,
        after delay: Duration,
        _ run: inout RequestRun,
        _ options: ExchangeOptions
    ) async -> (choice: Topology.Choice, answer: Answer) {
        let call = run.call
        return await withTaskGroup(of: HedgeEvent.self) { group in
            func ask(_ choice: Topology.Choice, _ group: inout TaskGroup<HedgeEvent>) {
                group.addTask { .answered(choice, await self.send(call, to: choice, options)) }
            }
            ask(first, &group)
            group.addTask { .waited(wholeTime: await self.time.sleep(delay)) }
            var asked = 1
            var running = 1
            while let event = await group.next() {
                switch event {
                case .waited(let wholeTime):
                    guard wholeTime, asked == 1, running == 1,
                        let second = topology.hedge(in: &run.plan, besides: first, now: time.now)
                    else { continue }
                    tellChoice(second, run.request, "because the first has not answered within \(delay)")
                    meter?.add(.hedges)
                    asked = 2
                    running = 2
                    ask(second, &group)
                case .answered(let choice, let answer):
                    running -= 1
                    run.ended = settle(choice, answer, of: run.request.operation)
                    guard answer.isDecisive || running == 0 else {
                        if answer.reachedNode { run.attempts += 1 }
                        continue
                    }
                    if asked == 2, choice.handle !== first.handle { meter?.add(.hedgesWon) }
                    group.cancelAll()
                    while let rest = await group.next() {
                        guard case .answered(let loser, let late) = rest else { continue }
                        if late.reachedNode { run.attempts += 1 }
                        settleLoser(loser, late, of: run.request.operation)
                    }
                    return (choice, answer)
                }
            }
            preconditionFailure("the first exchange always gives an answer")
        }
    }

    /// Tells routing how an exchange ended that was cancelled because another one won.
    private func settleLoser(_ choice: Topology.Choice, _ answer: Answer, of operation: OperationName) {
        // A caller who gave up says nothing about the node.
        guard case .failure(let error) = answer, error.kind == .cancelled, !Task.isCancelled else {
            settle(choice, answer, of: operation)
            return
        }
        choice.handle.meter?.failed(.cancelled)
        if error.hasHead { return settle(choice, .ignored, now: time.now) }
        settle(choice, .overtaken, now: time.now)
        tellLoser(choice.handle.label)
    }
}

extension Result<IncomingResponse, TransportError> {
    /// Whether another node could not say better: success, or an error of the caller's.
    fileprivate var isDecisive: Bool {
        guard case .success(let response) = self else { return false }
        if response.status == 200 { return true }
        let refusal = ServiceError(status: response.status, bytes: response.bytes, bodyOffset: response.bodyOffset)
        return refusal.errorClass == .final
    }

    /// Whether the whole request was sent.
    fileprivate var reachedNode: Bool {
        switch self {
        case .success: true
        case .failure(let error): error.sent == .complete
        }
    }
}

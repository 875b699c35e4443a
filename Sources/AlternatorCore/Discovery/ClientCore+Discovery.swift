import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization

extension ClientCore {
    /// A whole refresh takes no longer.
    private static let roundLimit = Duration.seconds(30)
    /// A host that has not answered for so long is not waited for alone: the next one is asked as well.
    private static let patience = Duration.milliseconds(250)
    /// Questions under way at once.
    private static let maximumQuestions = 8
    /// Head of an answer.
    private static let maximumHeadBytes = 64 << 10

    /// Refreshes the nodes when it is due, until the task is cancelled.
    func discoveryLoop() async {
        while !Task.isCancelled {
            let wait = topology.waitForRefresh(now: time.now) ?? .zero
            if wait > .zero {
                await discoveryAlarm.sleep(wait, on: time)
            } else {
                await refresh()
                firstAnswer.ring()
                await checkFilter()
            }
        }
    }

    /// Refreshes the nodes; joins a refresh that is under way.
    func refresh() async {
        let task = refreshing.withLock { running -> Task<Void, Never> in
            if let running { return running }
            let task = Task {
                await self.performRefresh()
                self.refreshing.withLock { $0 = nil }
            }
            running = task
            return task
        }
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            // Only closing cancels the loop, which may then give up the refresh; anybody else just waits.
            if lifecycle.isClosing { task.cancel() }
        }
    }

    // MARK: One refresh

    /// What a refresh waits for.
    private enum Event: Sendable {
        case answered(DiscoveryAsk, Result<LocalNodesAnswer, Refusal>)
        /// The newest question of that number has been waited for long enough.
        case patienceEnded(question: Int)
        case timeIsUp
    }

    /// Why a host gave no list.
    struct Refusal: Error {
        let reason: String
        /// It is one of TLS.
        let fault: TLSFault?

        init(reason: String) {
            self.reason = reason
            fault = nil
        }

        init(_ error: TransportError) {
            // It goes into a list of several.
            reason =
                error.fault?.detail ?? (error.message.hasSuffix(".") ? String(error.message.dropLast()) : error.message)
            fault = error.fault
        }
    }

    private func performRefresh() async {
        var round = topology.beginRound(
            config.routingScope,
            affinity: config.keyAffinity.mode != .off,
            seeds: seeds,
            choice: random.next(),
            now: time.now
        )
        let (answering, found) = await perform(&round) { round, answering in
            // Requests need not wait for the rest of the first round.
            if !topology.isDiscovered { take(round.result(), answering) }
        }
        if !Task.isCancelled { take(round.result(), answering) }
        report.withLock { $0 = found }
        topology.endRound(round.remembered(), jitter: random.fraction(), now: time.now)
        probeAlarm.ring()
    }

    /// Asks until a round has all that it wants, or the time is up.
    ///
    /// - Parameters:
    ///   - round: whom to ask what.
    ///   - tell: is called after each answer.
    /// - Returns: the hosts that answered for themselves, and what they and the others said.
    func perform(
        _ round: inout DiscoveryRound,
        _ tell: (DiscoveryRound, [Endpoint]) -> Void = { _, _ in }
    ) async -> (answering: [Endpoint], found: DiscoveryReport) {
        var answering: [Endpoint] = []
        var found = DiscoveryReport()
        await withTaskGroup(of: Event.self) { group in
            var asked = 0
            var waiting = 0
            func ask(_ group: inout TaskGroup<Event>) {
                guard waiting < Self.maximumQuestions, let question = round.next() else { return }
                asked += 1
                waiting += 1
                let number = asked
                group.addTask { .answered(question, await self.localNodes(question.target, question.query)) }
                group.addTask {
                    await self.time.sleep(Self.patience)
                    return .patienceEnded(question: number)
                }
            }
            group.addTask {
                await self.time.sleep(Self.roundLimit)
                return .timeIsUp
            }
            ask(&group)
            while waiting > 0, let event = await group.next() {
                switch event {
                case .answered(let question, .success(let answer)):
                    waiting -= 1
                    answering.append(question.target.endpoint)
                    round.answered(question, answer.nodes)
                    if answer.nodes.isEmpty { found.add(label(question.target), "an empty list of nodes") }
                    tell(round, answering)
                    if waiting == 0 { ask(&group) }
                case .answered(let question, .failure(let refusal)):
                    waiting -= 1
                    round.failed(question, reason: refusal.reason)
                    found.add(label(question.target), refusal.reason, fault: refusal.fault)
                    ask(&group)
                case .patienceEnded(let number):
                    if number == asked { ask(&group) }
                case .timeIsUp:
                    waiting = 0
                }
                if round.isFinished() { waiting = 0 }
            }
            group.cancelAll()
        }
        return (answering, found)
    }

    private func take(_ result: DiscoveryResult?, _ answering: [Endpoint]) {
        guard let result else { return }
        let nodes = result.nodes.compactMap(config.translated)
        let isFirst = !topology.isDiscovered
        let changes = topology.refreshed(
            nodes,
            affinity: result.affinity.map { $0.compactMap(config.translated) },
            answering: answering,
            now: time.now
        )
        for handle in changes.removed { transport.forget(handle.peer) }
        if config.warmConnections > 0 {
            // Seeds that are nodes are not new, but unused until now.
            for handle in isFirst ? topology.handles() : changes.added {
                transport.warm(handle.peer, connections: config.warmConnections)
            }
        }
        firstAnswer.ring()
        tellNodes(added: changes.added, removed: changes.removed)
        tellScope(result)
    }

    func label(_ target: DiscoveryTarget) -> String { topology.handle(of: target).handle.label }

    // MARK: One question

    /// Asks one host for nodes.
    func localNodes(_ target: DiscoveryTarget, _ query: LocalNodesQuery) async -> Result<LocalNodesAnswer, Refusal> {
        let (handle, isNode) = topology.handle(of: target)
        let outcome = await question(query.path, to: handle, within: config.discoveryTimeout)
        // A name may mean other addresses the next time: it is resolved anew for a new connection only.
        if !isNode { transport.forget(handle.peer) }
        let answer = outcome.flatMap { read($0) }
        tellAnswer(answer, to: query, of: handle.label)
        return answer
    }

    private func read(_ response: IncomingResponse) -> Result<LocalNodesAnswer, Refusal> {
        guard response.status == 200 else {
            return .failure(Refusal(reason: "answered HTTP \(response.status) to /localnodes, so it is not Alternator"))
        }
        guard response.bodyOffset <= Self.maximumHeadBytes else {
            return .failure(Refusal(reason: "answered with more than 64 KiB of headers"))
        }
        do {
            return .success(
                try LocalNodesAnswer(
                    response.bytes,
                    from: response.bodyOffset,
                    scheme: config.scheme.endpointScheme,
                    port: config.port
                )
            )
        } catch {
            return .failure(Refusal(reason: error.description))
        }
    }

    /// One GET, with a limit of its own.
    func question(
        _ path: String,
        to handle: NodeHandle,
        within limit: Duration
    ) async -> Result<IncomingResponse, Refusal> {
        let request = heads.discovery(path: path, authority: handle.authority)
        var options = ExchangeOptions()
        options.requestTimeout = limit
        options.mayRepeat = true
        let (outcome, timedOut) = await withDeadline(limit, on: time) { [options] in
            do throws(TransportError) {
                return Result<IncomingResponse, TransportError>.success(
                    try await self.transport.exchange(request, with: handle.peer, options: options)
                )
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let response):
            faults.note(nil, of: handle.label)
            return .success(response)
        case .failure(let error):
            faults.note(error.fault, of: handle.label)
            // It may have failed by itself just before the limit.
            guard timedOut, error.kind == .cancelled else { return .failure(Refusal(error)) }
            return .failure(Refusal(reason: "no answer within \(limit)"))
        }
    }
}

extension AlternatorConfig {
    /// A discovered node with the address to connect to; `nil` if the translator gives something that is no host.
    func translated(_ endpoint: Endpoint) -> DiscoveredNode? {
        guard let addressTranslator else { return DiscoveredNode(endpoint) }
        guard let host = try? HostText(addressTranslator(endpoint.host)) else { return nil }
        return DiscoveredNode(endpoint, connectHost: host.text)
    }
}

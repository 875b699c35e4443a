import Synchronization

/// HTTP/1.1 over event loops: keep-alive connections per node, one write and one read per request.
///
/// Called on one of its loops (`executor`), a request is written there and its answer resumes the task there,
/// without a wake-up of any thread. Called elsewhere, the calling thread writes and a loop reads.
/// Threads start with the first request; dropping the last reference ends them.
package final class LoopTransport: Transport {
    private let configuration: TransportConfiguration
    private let poolConfiguration: PoolConfiguration
    private let group: LoopGroup
    private let resolver: Resolver

    private enum Phase { case open, closing, closed }

    private struct State {
        var phase = Phase.open
        /// By `Peer.id`.
        var pools: [PeerPool?] = []
        /// Pools of forgotten peers with connections still in use.
        var draining: [PeerPool] = []
        var closers: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    package convenience init(_ configuration: TransportConfiguration = TransportConfiguration()) {
        self.init(configuration, resolver: Resolver(maximumThreads: max(1, configuration.maximumResolverThreads)))
    }

    init(_ configuration: TransportConfiguration, resolver: Resolver) {
        self.configuration = configuration
        poolConfiguration = PoolConfiguration(configuration)
        group = LoopGroup(
            count: configuration.loopCount,
            busyPollLimit: configuration.busyPollLimit?.saturatedNanoseconds,
            gathers: configuration.gathersAnswers
        )
        self.resolver = resolver
    }

    package var executor: any TaskExecutor { group }

    package func exchange(
        _ request: consuming OutgoingRequest,
        with peer: Peer,
        options: ExchangeOptions
    ) async throws(TransportError) -> IncomingResponse {
        try await exchange(request, with: peer, options: options, began: .now)
    }

    /// As above, for a caller that has just looked at the clock.
    package func exchange(
        _ request: consuming OutgoingRequest,
        with peer: Peer,
        options: ExchangeOptions,
        began: MonotonicTime
    ) async throws(TransportError) -> IncomingResponse {
        let exchange = Exchange(
            request,
            options: options,
            began: began,
            pool: try pool(for: peer),
            home: group.currentPlace
        )
        if exchange.home == nil { group.callers.begin() }
        defer { if exchange.home == nil { group.callers.end() } }
        // What else is captured would be counted anew for each closure.
        await Waiter.wait(onCancel: { exchange.cancel() }) { exchange.pool.begin(exchange, $0) }
        return try exchange.takeOutcome()
    }

    package func warm(_ peer: Peer, connections: Int) {
        // Of what fails the first request will tell.
        guard connections > 0, let pool = try? pool(for: peer) else { return }
        pool.warm(upTo: connections)
    }

    package func forget(_ peer: Peer) {
        let pool = state.withLock { state -> PeerPool? in
            guard state.pools.indices.contains(peer.id), let pool = state.pools[peer.id], pool.peer == peer else {
                return nil
            }
            state.pools[peer.id] = nil
            state.draining.append(pool)
            return pool
        }
        pool?.drain(refusing: false) { [weak self, weak pool] in
            self?.state.withLock { state in state.draining.removeAll { $0 === pool } }
        }
    }

    /// The connections of every node at this moment.
    package func snapshot() -> [PoolSnapshot] {
        allPools().map { $0.snapshot() }
    }

    /// Requests on their way, as busy polling counts them; 0 without it.
    var exchangesInFlight: Int { group.loops.reduce(0) { $0 + $1.exchangesInFlight } }

    /// What the loops do about answers for tasks elsewhere; empty before they run.
    func gatherings() async -> [Gathering] {
        var gatherings: [Gathering] = []
        for loop in group.loops {
            let gathering: Gathering? = await withCheckedContinuation { continuation in
                if !loop.executeLater({ continuation.resume(returning: $0.gathering) }) {
                    continuation.resume(returning: nil)
                }
            }
            if let gathering { gatherings.append(gathering) }
        }
        return gatherings
    }

    private func allPools() -> [PeerPool] {
        state.withLock { $0.pools.compactMap { $0 } + $0.draining }
    }

    /// The pool of a peer; the loops run once there is one.
    private func pool(for peer: Peer) throws(TransportError) -> PeerPool {
        precondition(peer.id >= 0, "A peer's id is its place in the list of pools.")
        let pool = state.withLock { state in
            state.phase == .open && peer.id < state.pools.count ? state.pools[peer.id] : nil
        }
        return if let pool { pool } else { try newPool(for: peer) }
    }

    private func newPool(for peer: Peer) throws(TransportError) -> PeerPool {
        do throws(SystemError) {
            try group.start()
        } catch {
            throw TransportError(
                .connectFailed,
                sent: .incomplete,
                message: "The event loops cannot start: \(error)."
            )
        }
        let pool = state.withLock { state -> PeerPool? in
            guard state.phase == .open else { return nil }
            // Another caller may have been faster.
            if peer.id < state.pools.count, let pool = state.pools[peer.id] { return pool }
            while state.pools.count <= peer.id { state.pools.append(nil) }
            let pool = PeerPool(peer: peer, configuration: poolConfiguration, group: group, resolver: resolver)
            state.pools[peer.id] = pool
            return pool
        }
        guard let pool else { throw PeerPool.closed }
        return pool
    }

    /// A running loop, started if need be; `nil` once the transport is closed.
    func loopForTimers() -> EventLoop? {
        guard state.withLock({ $0.phase == .open }) else { return nil }
        do throws(SystemError) {
            try group.start()
        } catch {
            return nil
        }
        return group.current ?? group.next()
    }

    // MARK: The end

    package func close(within grace: Duration) async {
        let isFirst = state.withLock { state in
            guard state.phase == .open else { return false }
            state.phase = .closing
            return true
        }
        guard isFirst else { return await waitUntilClosed() }
        await drain(within: grace)
        // What is still running ends now, with `.closed`.
        for pool in allPools() { pool.abort() }
        await waitForResolver()
        await group.shutDown()
        let closers = state.withLock { state in
            state.phase = .closed
            state.pools = []
            state.draining = []
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }

    private func waitUntilClosed() async {
        await withCheckedContinuation { continuation in
            let closed = state.withLock { state in
                if state.phase == .closed { return true }
                state.closers.append(continuation)
                return false
            }
            if closed { continuation.resume() }
        }
    }

    /// Lets running exchanges finish.
    private func drain(within grace: Duration) async {
        let pools = allPools()
        await withCheckedContinuation { continuation in
            let once = Once { continuation.resume() }
            let countdown = Countdown(pools.count + 1) { once.call() }
            for pool in pools { pool.drain(refusing: true) { countdown.signal() } }
            countdown.signal()
            once.callLater(on: group.loops[0], after: grace)
        }
    }

    /// A lookup cannot be interrupted: it gets a moment to end, then its thread is left to itself.
    private func waitForResolver() async {
        await withCheckedContinuation { continuation in
            let once = Once { continuation.resume() }
            resolver.whenIdle { once.call() }
            once.callLater(on: group.loops[0], after: .milliseconds(200))
        }
    }

    deinit {
        // An exchange holds the transport, so nothing is in flight; free connections end with their loops.
        for pool in allPools() { pool.abort() }
        group.stop()
    }
}

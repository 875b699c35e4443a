import Synchronization

/// The connections to one node: those that are free, by loop, and the requests that wait for one.
///
/// Whoever waits is served in order, by whichever connection becomes free or new first; a request that comes while
/// others wait joins the line. A request on a loop prefers a connection of that loop.
final class PeerPool: Sendable {
    let peer: Peer
    let configuration: PoolConfiguration
    private let group: LoopGroup
    private let resolver: Resolver

    fileprivate enum Phase {
        case open
        /// No connection is kept: each ends with its answer.
        case draining
        /// As `draining`, and new requests are refused.
        case refusing
        /// Nobody waits any more.
        case aborted
    }

    fileprivate struct State {
        var phase = Phase.open
        /// The last used one at the end, per loop.
        var idle: [[Connection]]
        /// All connections and attempts to connect.
        var open = 0
        var dialing = 0
        /// When a long wait was told last.
        var toldWait = MonotonicTime.distantPast
        var waiting = WaitingLine<Exchange>()
        var timerIsSet = false
        var drained: (@Sendable () -> Void)?

        var idleCount: Int { idle.reduce(0) { $0 + $1.count } }
    }
    private let state: Mutex<State>
    private let timer: PoolTimer

    init(peer: Peer, configuration: PoolConfiguration, group: LoopGroup, resolver: Resolver) {
        self.peer = peer
        self.configuration = configuration
        self.group = group
        self.resolver = resolver
        state = Mutex(State(idle: Array(repeating: [], count: group.loops.count)))
        timer = PoolTimer()
        timer.pool = self
    }

    /// The node in messages.
    var name: String { peer.host.utf8.contains(0x3A) ? "[\(peer.host)]:\(peer.port)" : "\(peer.host):\(peer.port)" }

    /// The loop the caller runs on.
    var currentLoop: EventLoop? { group.current }

    /// The loop at a place of `home`.
    func loop(at place: Int) -> EventLoop { group.loops[place] }

    // MARK: Getting a connection

    private enum Found {
        case connection(Connection)
        case dial(on: EventLoop)
        case waits
        case refused
    }

    /// Sends an exchange whose caller has begun to wait, or puts it in line.
    ///
    /// The usual case by itself: the caller runs on a loop that has a free connection.
    func begin(_ exchange: Exchange, _ waiter: Waiter) {
        if let place = exchange.home, let connection = takeFree(for: exchange, at: place) {
            switch connection.send(exchange, wasIdle: true, beginning: waiter) {
            case .taken: return
            case .unneeded: release(connection)
            case .gone: break
            }
        }
        if exchange.begin(waiter) { dispatch(exchange, from: exchange.home.map { group.loops[$0] }) }
    }

    private func takeFree(for exchange: Exchange, at place: Int) -> Connection? {
        state.withLock { state in
            guard state.waiting.isEmpty, state.phase == .open, let youngest = state.idle[place].popLast() else {
                return nil
            }
            if isFresh(youngest, for: exchange, now: exchange.began) { return youngest }
            state.idle[place].append(youngest)
            return nil
        }
    }

    /// Sends an exchange over a free connection, or puts it in line.
    func dispatch(_ exchange: Exchange, from loop: EventLoop?) {
        while true {
            var tooOld: Connection?
            let found = find(exchange, loop, &tooOld)
            if let tooOld { tooOld.loop.execute { _ in tooOld.fail(.connectionLost, "Idle for too long.") } }
            switch found {
            case .connection(let connection):
                switch connection.send(exchange, wasIdle: true) {
                case .taken: return
                case .unneeded: return release(connection)
                case .gone: continue
                }
            case .dial(let loop):
                dial(on: loop)
                return checkWaiter(exchange)
            case .waits: return checkWaiter(exchange)
            case .refused: return exchange.fail(PeerPool.closed)
            }
        }
    }

    private func find(_ exchange: Exchange, _ loop: EventLoop?, _ tooOld: inout Connection?) -> Found {
        let (found, evicted, setsTimer) = state.withLock { state -> (Found, Connection?, Bool) in
            guard state.phase == .open || state.phase == .draining else { return (.refused, nil, false) }
            let full = state.open >= configuration.maximumConnections
            var evicted: Connection?
            if state.waiting.isEmpty, let place = state.freeLoop(for: loop, orAny: full) {
                let youngest = state.idle[place][state.idle[place].count - 1]
                if isFresh(youngest, for: exchange, now: .now) {
                    state.idle[place].removeLast()
                    return (.connection(youngest), nil, false)
                }
                // All below are older still. When there is no room, the oldest makes some.
                if full { evicted = state.idle[place].removeFirst() }
            }
            state.waiting.append(exchange)
            let setsTimer = !state.timerIsSet
            state.timerIsSet = true
            if let loop = state.dials(maximum: configuration.maximumConnections, evicting: evicted != nil)
                ? loop ?? group.next() : nil
            {
                return (.dial(on: loop), evicted, setsTimer)
            }
            return (.waits, evicted, setsTimer)
        }
        tooOld = evicted
        if setsTimer { setTimer(exchange.acquireDeadline) }
        return found
    }

    private func isFresh(_ connection: Connection, for exchange: Exchange, now: MonotonicTime) -> Bool {
        if let repeatedAt = exchange.repeatedAt, connection.born < repeatedAt { return false }
        guard let maximum = exchange.maximumIdle else { return true }
        return now.nanoseconds(since: connection.lastUsed) <= maximum
    }

    /// Opens connections until there are so many, within the limit; a failure ends it, the next request will tell.
    func warm(upTo count: Int) {
        let missing = state.withLock { state -> Int in
            guard state.phase == .open else { return 0 }
            let missing = max(0, min(count, configuration.maximumConnections) - state.open)
            state.open += missing
            state.dialing += missing
            return missing
        }
        for _ in 0..<missing { dial(on: group.next()) }
    }

    private func dial(on loop: EventLoop) {
        let dialer = Dialer(pool: self, loop: loop, resolver: resolver)
        // A loop that has ended has no use for it, and the line has been told.
        loop.execute { _ in dialer.start() }
    }

    // MARK: Giving one back

    /// A connection is free: the first in line gets it.
    func release(_ connection: Connection) {
        if keep(connection) { return }
        while true {
            enum Next { case serve(Exchange, LongWait?), keep, close }
            let next = state.withLock { state -> Next in
                if let exchange = state.waiting.popFirst() {
                    return .serve(exchange, longWait(of: exchange, &state))
                }
                guard state.phase == .open, !isWorn(connection) else { return .close }
                state.idle[connection.loop.index].append(connection)
                return .keep
            }
            switch next {
            case .serve(let exchange, let longWait):
                if let longWait { configuration.onLongWait?(longWait) }
                switch connection.send(exchange) {
                case .taken: return
                case .unneeded: continue
                case .gone: return dispatch(exchange, from: nil)
                }
            case .keep: return
            case .close:
                connection.loop.execute { _ in connection.fail(.connectionLost, "The connection is worn out.") }
                return
            }
        }
    }

    /// Keeps a free connection; false if somebody waits, or if it is not to be kept.
    private func keep(_ connection: Connection) -> Bool {
        state.withLock { state in
            guard state.waiting.isEmpty, state.phase == .open, !isWorn(connection) else { return false }
            state.idle[connection.loop.index].append(connection)
            return true
        }
    }

    /// What is to be told of an exchange that has its turn now; only where the limit made it wait.
    private func longWait(of exchange: Exchange, _ state: inout State) -> LongWait? {
        guard configuration.onLongWait != nil, state.open >= configuration.maximumConnections else { return nil }
        let now = MonotonicTime.now
        let waited = Duration.nanoseconds(now.nanoseconds(since: exchange.began))
        guard waited > LongWait.threshold, now.nanoseconds(since: state.toldWait) >= 1_000_000_000 else { return nil }
        state.toldWait = now
        return LongWait(
            peer: peer,
            waited: waited,
            maximumConnections: configuration.maximumConnections,
            waiting: state.waiting.count
        )
    }

    private func isWorn(_ connection: Connection) -> Bool {
        guard let lifetime = configuration.lifetimeNanoseconds else { return false }
        return MonotonicTime.now.nanoseconds(since: connection.born) >= lifetime
    }

    /// A new connection is ready.
    func dialed(_ dialer: Dialer, _ connection: Connection) {
        state.withLock { $0.dialing -= 1 }
        release(connection)
    }

    /// No connection came about: the first in line is told, as the attempt was made for one of them.
    func dialFailed(_ dialer: Dialer, _ error: TransportError) {
        let (exchange, drained) = state.withLock { state in
            state.dialing -= 1
            state.open -= 1
            return (state.waiting.popFirst(), state.takeDrained())
        }
        exchange?.fail(error)
        drained?()
        dialForWaiting()
    }

    /// Takes a connection out of the free ones; false if it is in use.
    func takeOut(_ connection: Connection) -> Bool {
        state.withLock { state in
            let place = connection.loop.index
            guard let index = state.idle[place].lastIndex(where: { $0 === connection }) else { return false }
            state.idle[place].remove(at: index)
            return true
        }
    }

    /// A connection has ended.
    func ended(_ connection: Connection) {
        _ = takeOut(connection)
        let drained = state.withLock { state in
            state.open -= 1
            return state.takeDrained()
        }
        drained?()
        dialForWaiting()
    }

    private func dialForWaiting() {
        let dials = state.withLock { state in
            state.phase != .aborted && state.dials(maximum: configuration.maximumConnections, evicting: false)
        }
        if dials { dial(on: group.current ?? group.next()) }
    }

    // MARK: Waiting

    /// The exchange was cancelled while it waited.
    func removeWaiter(_ exchange: Exchange) {
        let drained = state.withLock { state in
            state.waiting.remove(exchange) ? state.takeDrained() : nil
        }
        drained?()
    }

    /// A cancellation may have come before the exchange was in line, and found nothing to remove.
    private func checkWaiter(_ exchange: Exchange) {
        if exchange.isFinished { removeWaiter(exchange) }
    }

    private func setTimer(_ deadline: MonotonicTime) {
        let loop = group.loops[abs(peer.id % group.loops.count)]
        loop.execute { [timer] loop in loop.schedule(timer, at: deadline) }
    }

    /// Ends the wait of those whose time is over.
    fileprivate func timerFired(at now: MonotonicTime) {
        let (expired, next) = state.withLock { state -> ([Exchange], MonotonicTime?) in
            var expired: [Exchange] = []
            // The first `dialing` ones are bound by the connect timeout instead.
            while state.waiting.count > state.dialing, state.waiting[state.dialing].acquireDeadline <= now {
                expired.append(state.waiting.remove(at: state.dialing))
            }
            state.timerIsSet = !state.waiting.isEmpty
            if state.waiting.isEmpty { return (expired, nil) }
            let first = state.waiting[min(state.dialing, state.waiting.count - 1)].acquireDeadline
            return (expired, max(first, now.advanced(byNanoseconds: 10_000_000)))
        }
        if let next { setTimer(next) }
        let pool = snapshot()
        let message =
            "none of the \(configuration.maximumConnections) connections to \(name) (maxPoolConnections) became free "
            + "within \(configuration.acquireTimeout) (acquireTimeout): \(pool.open - pool.idle) in use, "
            + "\(pool.idle) idle, \(pool.connecting) connecting, \(pool.waiting) still waiting"
        for exchange in expired {
            exchange.fail(TransportError(.acquireTimeout, sent: .incomplete, message: message))
        }
        state.withLock { $0.takeDrained() }?()
    }

    // MARK: The end

    static let closed = TransportError(.closed, sent: .incomplete, message: "The client is closed.")

    /// Closes free connections now and others after their answer.
    ///
    /// - Parameters:
    ///   - refusing: new requests are refused.
    ///   - handler: called when none is left and nobody waits.
    func drain(refusing: Bool, then handler: @escaping @Sendable () -> Void) {
        let (idle, drained) = state.withLock { state -> ([Connection], (@Sendable () -> Void)?) in
            if refusing { state.phase = .refusing } else if state.phase == .open { state.phase = .draining }
            state.drained = handler
            let idle = state.idle.flatMap { $0 }
            for place in state.idle.indices { state.idle[place] = [] }
            return (idle, state.takeDrained())
        }
        drained?()
        for connection in idle {
            connection.loop.execute { _ in connection.fail(.connectionLost, "The node is not used any more.") }
        }
    }

    /// Tells all that wait that there will be no connection.
    func abort() {
        let waiting = state.withLock { state in
            state.phase = .aborted
            return state.waiting.removeAll()
        }
        for exchange in waiting { exchange.fail(PeerPool.closed) }
    }

    func snapshot() -> PoolSnapshot {
        state.withLock { state in
            PoolSnapshot(
                peer: peer,
                open: state.open - state.dialing,
                connecting: state.dialing,
                idle: state.idleCount,
                waiting: state.waiting.count
            )
        }
    }
}

extension PeerPool.State {
    /// A loop with a free connection: the caller's own, else any if the caller has none or there is no room.
    fileprivate func freeLoop(for loop: EventLoop?, orAny: Bool) -> Int? {
        if let loop {
            if !idle[loop.index].isEmpty { return loop.index }
            guard orAny else { return nil }
        }
        return idle.firstIndex { !$0.isEmpty }
    }

    /// Counts another attempt to connect, if someone waits for it and there is room.
    fileprivate mutating func dials(maximum: Int, evicting: Bool) -> Bool {
        guard dialing < waiting.count, open - (evicting ? 1 : 0) < maximum else { return false }
        open += 1
        dialing += 1
        return true
    }

    /// The handler that waits for the end, once that is there.
    fileprivate mutating func takeDrained() -> (@Sendable () -> Void)? {
        open == 0 && waiting.isEmpty ? drained.take() : nil
    }
}

/// The deadline of those who wait; on one loop.
private final class PoolTimer: LoopTimer, @unchecked Sendable {
    weak var pool: PeerPool?

    override func fired(on loop: EventLoop) { pool?.timerFired(at: loop.now) }
}

/// The state of one pool at one moment.
package struct PoolSnapshot: Hashable, Sendable {
    package let peer: Peer
    /// Connections, in use or free.
    package let open: Int
    package let connecting: Int
    package let idle: Int
    /// Requests that wait for a connection.
    package let waiting: Int
}

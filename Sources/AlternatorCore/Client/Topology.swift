import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization

/// What a client knows of the cluster, behind one lock that is never held across a wait.
final class Topology: Sendable {
    private struct State {
        var routing: RoutingState
        var schedule: RefreshSchedule
        var budget: RetryBudget
        var memory = DiscoveryMemory()
        /// By `NodeID.index`.
        var handles: [NodeHandle?] = []
        /// Hosts that discovery asks and that are no nodes: names of seeds, mostly; each keeps its number.
        var guests: [Endpoint: NodeHandle] = [:]
        var nextPeerID = 0
        let meter: ClientMeter?
        /// A discovery has succeeded.
        var isDiscovered = false
        /// All nodes have failed, or none may be asked: refresh now, through the seeds.
        var isRefreshUrgent = false
        var lastRefresh: Duration?

        /// By `NodeID.index`; `nil` if it has not been asked for yet.
        @inline(__always)
        func knownHandle(_ index: Int) -> NodeHandle? { index < handles.count ? handles[index] : nil }

        mutating func handle(of node: Node) -> NodeHandle {
            let index = node.id.index
            if let known = knownHandle(index) { return known }
            while handles.count <= index { handles.append(nil) }
            let made = makeHandle(node.endpoint, node.connectHost)
            handles[index] = made
            return made
        }

        /// A number may have been another node's before, long ago.
        mutating func dropHandleOfPredecessor(_ node: Node) {
            let index = node.id.index
            guard index < handles.count, let handle = handles[index] else { return }
            if handle.endpoint != node.endpoint || handle.peer.host != node.connectHost { handles[index] = nil }
        }

        mutating func makeHandle(_ endpoint: Endpoint, _ connectHost: String) -> NodeHandle {
            defer { nextPeerID += 1 }
            return NodeHandle(endpoint, connectHost: connectHost, peerID: nextPeerID, meter: meter)
        }
    }

    private let state: Mutex<State>

    init(_ config: AlternatorConfig, seeds: [DiscoveredNode], meter: ClientMeter? = nil) {
        // Outside of the cluster's scope a seed may lie in the wrong datacentre, so it is no stand-in for a node.
        let routing = RoutingState(
            seeds: config.routingScope.includesCluster ? seeds : [],
            health: config.nodeHealth,
            balancing: config.balancing,
            affinityOrder: config.keyAffinity.order
        )
        state = Mutex(
            State(
                routing: routing,
                schedule: RefreshSchedule(active: config.activeRefreshInterval, idle: config.idleRefreshInterval),
                budget: RetryBudget(tokens: config.retry.budget),
                meter: meter
            )
        )
    }

    // MARK: Requests

    /// A node chosen for one attempt.
    struct Choice {
        let selection: Selection
        let handle: NodeHandle
        /// When it was chosen.
        let chosen: Duration
    }

    /// The next node for a request; its plan is made at the first call, over the client's scope or another one.
    ///
    /// - Returns: the node, or `nil` if none may be asked; and whether discovery must be woken.
    func next(
        in plan: inout QueryPlan?,
        for target: RouteTarget,
        over scope: RoutingScope?,
        choice: UInt64,
        now: Duration
    ) -> (choice: Choice?, wakesDiscovery: Bool) {
        state.withLock { state in
            let wakes = state.schedule.activity(now: now)
            var current: QueryPlan
            if let plan {
                current = plan
            } else if let scope {
                // A scope whose nodes were dropped meanwhile, for newer ones, has none.
                current = state.routing.plan(for: target, over: scope, choice: choice) ?? .empty
            } else {
                current = state.routing.plan(for: target, choice: choice)
            }
            plan = nil
            let selection = state.routing.next(in: &current, now: now)
            plan = consume current
            guard let selection else {
                state.isRefreshUrgent = true
                return (nil, true)
            }
            let handle = state.knownHandle(selection.node.id.index) ?? state.handle(of: selection.node)
            return (Choice(selection: selection, handle: handle, chosen: now), wakes)
        }
    }

    /// The node to ask beside `first`, which is slow; takes a token of the budget.
    ///
    /// - Returns: `nil` if there is no other node to ask, or no token.
    func hedge(in plan: inout QueryPlan?, besides first: Choice, now: Duration) -> Choice? {
        state.withLock { state in
            guard var current = plan, state.routing.eligibleCount(in: current) > 0,
                let selection = state.routing.next(in: &current, now: now)
            else { return nil }
            plan = current
            // A plan with one eligible node begins again with it.
            guard selection.node.id != first.selection.node.id, state.budget.take() else {
                _ = state.routing.finished(selection, .ignored, now: now)
                return nil
            }
            return Choice(selection: selection, handle: state.handle(of: selection.node), chosen: now)
        }
    }

    /// Ends an attempt; `isSuccess` feeds the retry budget.
    func finished(_ choice: Choice, _ outcome: AttemptOutcome, isSuccess: Bool, now: Duration) -> OutcomeReport {
        state.withLock { state in
            if isSuccess { state.budget.succeeded() }
            let report = state.routing.finished(choice.selection, outcome, now: now)
            if report.allNodesFailed { state.isRefreshUrgent = true }
            return report
        }
    }

    /// What follows a failed attempt.
    func decide(
        _ machine: inout RetryMachine,
        _ result: AttemptResult,
        plan: QueryPlan?,
        jitter: Double
    ) -> RetryMachine.Decision {
        state.withLock { state in
            let eligible = plan.map { state.routing.eligibleCount(in: $0) } ?? 0
            return machine.attemptEnded(result, eligibleNodes: eligible, budget: &state.budget, jitter: jitter)
        }
    }

    // MARK: Discovery

    /// Refreshes for urgent reasons keep this distance, however many requests ask for one.
    private static let urgentInterval = Duration.milliseconds(100)

    /// How long to wait before the next refresh.
    ///
    /// - Parameter now: the time.
    /// - Returns: zero or less if it is due, `nil` if one is under way.
    func waitForRefresh(now: Duration) -> Duration? {
        state.withLock { state in
            guard let due = state.schedule.due else { return nil }
            guard state.isRefreshUrgent else { return due - now }
            return min(due, (state.lastRefresh ?? .zero) + Self.urgentInterval) - now
        }
    }

    /// Begins a refresh: whom to ask, and what the last one left.
    func beginRound(
        _ scope: RoutingScope,
        affinity: Bool,
        seeds: [DiscoveredNode],
        choice: UInt64,
        now: Duration
    ) -> DiscoveryRound {
        state.withLock { state in
            state.schedule.began()
            var generator = SplitMix(seed: choice)
            let targets = state.routing.discoveryTargets(
                seeds: seeds,
                seedsFirst: state.isRefreshUrgent,
                includesOtherScopes: !scope.includesCluster,
                using: &generator
            )
            return DiscoveryRound(scope, affinity: affinity, targets: targets, memory: state.memory, now: now)
        }
    }

    /// Whom to ask outside of a refresh: live nodes, then seeds, each once.
    func targets(seeds: [DiscoveredNode], choice: UInt64) -> [DiscoveryTarget] {
        state.withLock { state in
            var generator = SplitMix(seed: choice)
            var seen: Set<Endpoint> = []
            return state.routing.discoveryTargets(seeds: seeds, using: &generator)
                .filter { seen.insert($0.endpoint).inserted }
        }
    }

    /// Takes the nodes that a round has found, at its end or, while none were known, before.
    ///
    /// - Parameters:
    ///   - nodes: those of the scope.
    ///   - affinity: those that keys are routed over, where they differ.
    ///   - answering: the hosts that answered for themselves.
    ///   - now: the time.
    /// - Returns: handles of nodes that joined, and of those that left.
    func refreshed(
        _ nodes: [DiscoveredNode],
        affinity: [DiscoveredNode]?,
        answering: [Endpoint],
        now: Duration
    ) -> (added: [NodeHandle], removed: [NodeHandle]) {
        state.withLock { state in
            let changes = state.routing.refreshed(nodes, affinity: affinity, now: now)
            for node in changes.added { state.dropHandleOfPredecessor(node) }
            if !nodes.isEmpty { state.isDiscovered = true }
            for endpoint in answering { _ = state.routing.discoveryAnswered(by: endpoint, now: now) }
            return (changes.added.map { state.handle(of: $0) }, changes.removed.map { state.handle(of: $0) })
        }
    }

    /// Ends a refresh, well or not.
    func endRound(_ memory: DiscoveryMemory, jitter: Double, now: Duration) {
        state.withLock { state in
            state.memory = memory
            state.lastRefresh = now
            state.schedule.finished(now: now, jitter: jitter)
            // Their connections are given up after each use, so nothing is lost but their numbers.
            if state.guests.count > RoutingState.rememberedDepartures { state.guests = [:] }
        }
    }

    /// Whether any discovery has succeeded; until then the seeds stand in for the nodes.
    var isDiscovered: Bool { state.withLock { $0.isDiscovered } }

    /// The handle of a host that discovery asks, and whether it is a node.
    ///
    /// Connections to others are given up after use, so that a name is resolved anew the next time.
    func handle(of target: DiscoveryTarget) -> (handle: NodeHandle, isNode: Bool) {
        state.withLock { state in
            let known = target.node ?? state.routing.id(of: target.endpoint)
            if let known, let node = state.routing.members.first(where: { $0.id == known }) {
                return (state.handle(of: node), true)
            }
            if let guest = state.guests[target.endpoint] { return (guest, false) }
            let made = state.makeHandle(target.endpoint, target.connectHost)
            state.guests[target.endpoint] = made
            return (made, false)
        }
    }

    // MARK: Probes

    /// The probes to send now, and how long to wait for the next ones.
    func probes(now: Duration) -> (due: [(order: ProbeOrder, handle: NodeHandle)], wait: Duration?) {
        state.withLock { state in
            let due = state.routing.probesDue(now: now).map { (order: $0, handle: state.handle(of: $0.node)) }
            return (due, state.routing.nextProbe(now: now).map { $0 - now })
        }
    }

    func probeFinished(_ order: ProbeOrder, _ outcome: ProbeOutcome, now: Duration) -> HealthChange? {
        state.withLock { $0.routing.probeFinished(order, outcome, now: now) }
    }

    // MARK: Looking

    /// The handles of the scope's nodes.
    func handles() -> [NodeHandle] {
        state.withLock { state in state.routing.nodes.nodes.map { state.handle(of: $0) } }
    }

    /// Labels of all that the transport knows by number.
    func labelsByPeer() -> [Int: String] {
        state.withLock { state in
            let all = state.handles.compactMap { $0 } + state.guests.values
            return Dictionary(all.map { ($0.peer.id, $0.label) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// A node of the client's scope, or of another one, by what `labels` calls it.
    func node(_ label: String, of scope: RoutingScope?) -> NodeID? {
        state.withLock { state in
            let nodes = scope.map { state.routing.nodes(of: $0)?.nodes ?? [] } ?? state.routing.nodes.nodes
            return nodes.first { state.handle(of: $0).label == label }?.id
        }
    }

    // MARK: Other scopes

    /// When the nodes of another scope were listed; `nil`: never, or too many others have been since.
    func listed(_ scope: RoutingScope) -> Duration? { state.withLock { $0.routing.listed(scope) } }

    /// Begins to look for the nodes of another scope.
    func beginRound(of scope: RoutingScope, seeds: [DiscoveredNode], choice: UInt64, now: Duration) -> DiscoveryRound {
        state.withLock { state in
            var generator = SplitMix(seed: choice)
            let targets = state.routing.discoveryTargets(seeds: seeds, using: &generator)
            return DiscoveryRound(scope, affinity: false, targets: targets, memory: DiscoveryMemory(), now: now)
        }
    }

    /// Takes the nodes of another scope.
    func refreshed(
        _ nodes: [DiscoveredNode],
        of scope: RoutingScope,
        answering: [Endpoint],
        now: Duration
    ) -> (added: [NodeHandle], removed: [NodeHandle]) {
        state.withLock { state in
            let changes = state.routing.refreshed(nodes, of: scope, now: now)
            for node in changes.added { state.dropHandleOfPredecessor(node) }
            for endpoint in answering { _ = state.routing.discoveryAnswered(by: endpoint, now: now) }
            return (changes.added.map { state.handle(of: $0) }, changes.removed.map { state.handle(of: $0) })
        }
    }

    /// Labels of the scope's nodes in canonical order; of one state, if given.
    func labels(in health: HealthState? = nil) -> [String] {
        state.withLock { state in
            let nodes = health.map { state.routing.nodes(in: $0) } ?? state.routing.nodes.nodes
            return nodes.map { state.handle(of: $0).label }
        }
    }

    /// The node a request without affinity would go to; counts as none.
    func peek(choice: UInt64, now: Duration) -> String? {
        state.withLock { state in
            var plan = state.routing.plan(for: .any, choice: choice)
            guard let selection = state.routing.next(in: &plan, now: now) else { return nil }
            _ = state.routing.finished(selection, .ignored, now: now)
            return state.handle(of: selection.node).label
        }
    }
}

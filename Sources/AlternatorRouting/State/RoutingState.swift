/// Everything routing remembers: nodes, their health, requests in flight.
///
/// A value; its owner keeps it in one lock, none held across an await.
/// It reads no clock and draws no number: `now` is the time since any fixed start, `choice` a random number.
package struct RoutingState: Sendable {
    package let health: NodeHealthSettings
    package let balancing: Balancing
    package let affinityOrder: KeyAffinity.Order
    /// The nodes of the routing scope.
    package private(set) var nodes: NodeSet
    /// The nodes key affinity chooses from: those of the scope with racks widened to their datacentres.
    package private(set) var affinityNodes: NodeSet
    /// The nodes of other scopes, which single calls have asked for; see `RoutingState+Scopes`.
    var otherScopes: [OtherScope] = []
    /// By `NodeID.index`; a node that leaves keeps its record, since its history counts when it comes back.
    var records: [NodeRecord] = []
    private var ids: [NodeIdentity: NodeID] = [:]
    private var lastIDs: [Endpoint: NodeID] = [:]
    private var roundRobin: Int?
    private var stickyNode: NodeID?
    private var connectionCursor = 0
    private var reportedAllFailed = false
    /// Nodes that left, in that order; those that came back are in it still, under an older departure.
    private var departed: [(node: Node, departure: Int)] = []
    private var departures = 0
    /// Numbers of nodes that are forgotten.
    private var freeNumbers: [Int] = []
    /// What the last refresh listed: nothing is sorted again as long as nothing changes.
    private var lastLists: (scope: [DiscoveredNode], affinity: [DiscoveredNode]?)?
    var probesInFlight = 0

    /// - Parameters:
    ///   - seeds: nodes to use until the first refresh; empty if the scope does not allow that.
    ///   - health: thresholds and probe timing.
    ///   - balancing: how requests without affinity are spread.
    ///   - affinityOrder: how a key's hash orders the nodes.
    package init(
        seeds: [DiscoveredNode],
        health: NodeHealthSettings = .on,
        balancing: Balancing = .random,
        affinityOrder: KeyAffinity.Order = .specification
    ) {
        self.health = health.normalized
        self.balancing = balancing
        self.affinityOrder = affinityOrder
        nodes = .empty
        affinityNodes = .empty
        nodes = NodeSet(numbered(seeds, now: .zero))
        affinityNodes = nodes
    }

    // MARK: Topology

    /// Takes the answer of a refresh as the new set of nodes; an empty answer changes nothing.
    ///
    /// Down nodes that are listed get an explicit probe.
    ///
    /// - Parameters:
    ///   - list: the nodes of the scope, in any order, with duplicates if they come so.
    ///   - affinity: the nodes of the widened scope; `nil`: the same as `list`.
    ///   - now: the time of the answer.
    /// - Returns: what joined and what left, over both lists.
    package mutating func refreshed(
        _ list: [DiscoveredNode],
        affinity: [DiscoveredNode]? = nil,
        now: Duration
    ) -> NodeChanges {
        guard !list.isEmpty else { return NodeChanges() }
        let before = members
        let isSame = lastLists.map { $0.scope == list && $0.affinity == affinity } ?? false
        if !isSame {
            nodes = NodeSet(numbered(list, now: now))
            let wide = affinity.flatMap { $0.isEmpty ? nil : numbered($0, now: now) }
            affinityNodes = wide.map(NodeSet.init) ?? nodes
            lastLists = (list, affinity)
            if let sticky = stickyNode, !nodes.contains(sticky) { stickyNode = nil }
        }
        reportedAllFailed = false
        let after = members
        for node in after where records[node.id.index].machine.state == .down {
            requestProbe(ofListed: node.id, now: now)
        }
        return isSame ? NodeChanges() : noted(NodeChanges(from: before, to: after))
    }

    /// Writes down who left, and who came back.
    mutating func noted(_ changes: NodeChanges) -> NodeChanges {
        for node in changes.added { records[node.id.index].departure = nil }
        for node in changes.removed {
            departures += 1
            records[node.id.index].departure = departures
            departed.append((node, departures))
        }
        if departed.count > Self.rememberedDepartures { forgetOldest() }
        return changes
    }

    // MARK: Forgetting

    /// So many nodes that left are remembered with their history, the newest ones.
    package static let rememberedDepartures = 10_000

    /// Forgets the oldest departures beyond half of the limit, so that it is rarely done.
    private mutating func forgetOldest() {
        let excess = departed.count - Self.rememberedDepartures / 2
        var kept: [(node: Node, departure: Int)] = []
        // The number that was left longest ago is the first to be used again.
        for entry in departed.prefix(excess).reversed() where records[entry.node.id.index].departure == entry.departure
        {
            // Something of it is still under way.
            if records[entry.node.id.index].inFlight > 0 || records[entry.node.id.index].isProbing {
                kept.append(entry)
            } else {
                forget(entry.node)
            }
        }
        departed = kept.reversed() + departed.dropFirst(excess)
    }

    private mutating func forget(_ node: Node) {
        records[node.id.index].departure = nil
        ids[NodeIdentity(node.endpoint, connectHost: node.connectHost.lowercased())] = nil
        if lastIDs[node.endpoint] == node.id { lastIDs[node.endpoint] = nil }
        freeNumbers.append(node.id.index)
    }

    /// How many nodes are remembered, those that are there included.
    package var rememberedNodes: Int { ids.count }
    /// How many numbers there are.
    package var recordCount: Int { records.count }

    /// The nodes of all sets, each once; those of the scope are first, in canonical order.
    package var members: [Node] {
        var members = ownMembers
        guard !otherScopes.isEmpty else { return members }
        var known = Set(members.map(\.id))
        for scope in otherScopes { members += scope.nodes.nodes.filter { known.insert($0.id).inserted } }
        return members
    }

    /// As `members`, without those of other scopes.
    var ownMembers: [Node] {
        nodes === affinityNodes
            ? nodes.nodes : nodes.nodes + affinityNodes.nodes.filter { !nodes.contains($0.id) }
    }

    /// Gives each endpoint its number; the first spelling of an endpoint stays.
    mutating func numbered(_ list: [DiscoveredNode], now: Duration) -> [Node] {
        var seen: Set<Endpoint> = []
        var result: [Node] = []
        for entry in list where seen.insert(entry.endpoint).inserted {
            result.append(Node(id: id(of: entry, now: now), endpoint: entry.endpoint, connectHost: entry.connectHost))
        }
        return result.sorted { $0.endpoint < $1.endpoint }
    }

    private mutating func id(of entry: DiscoveredNode, now: Duration) -> NodeID {
        let identity = NodeIdentity(entry.endpoint, connectHost: entry.connectHost.lowercased())
        if let known = ids[identity] {
            lastIDs[entry.endpoint] = known
            return known
        }
        let free = freeNumbers.popLast()
        let id = NodeID(index: free ?? records.count)
        let machine = HealthMachine(health.isEnabled ? .quarantined : .active, settings: health)
        var record = NodeRecord(machine, nextProbe: now)
        // The same node at a new address to connect to: another pool, the same history.
        if let last = lastIDs[entry.endpoint] { record.machine = records[last.index].machine }
        if let free { records[free] = record } else { records.append(record) }
        ids[identity] = id
        lastIDs[entry.endpoint] = id
        return id
    }

    /// The number of an endpoint; `nil` if it was never listed.
    package func id(of endpoint: Endpoint) -> NodeID? { lastIDs[endpoint] }

    // MARK: Plans

    /// A plan over the nodes of this moment: make it when the first node is needed, keep it for all attempts.
    ///
    /// - Parameters:
    ///   - target: what is known of the request's keys.
    ///   - choice: 64 random bits.
    /// - Returns: the plan.
    package mutating func plan(for target: RouteTarget, choice: UInt64) -> QueryPlan {
        switch target {
        case .any:
            var plan = QueryPlan(nodes, order: balancedOrder(SplitMix(seed: choice)))
            plan.setsSticky = balancing == .sticky
            return plan
        case .key(let hash):
            guard !affinityNodes.isEmpty else { return plan(for: .any, choice: choice) }
            return QueryPlan(affinityNodes, order: affinityOrder.planOrder(of: hash))
        case .keys(let hashes):
            guard !affinityNodes.isEmpty, !hashes.isEmpty else { return plan(for: .any, choice: choice) }
            return QueryPlan(
                affinityNodes,
                order: .preferred(BatchVote.order(of: hashes, over: affinityNodes, by: affinityOrder))
            )
        case .node(let id):
            let position = nodes.position(of: id) ?? -1
            return QueryPlan(nodes, order: .random(SplitMix(seed: choice), first: position))
        case .only(let id):
            let node = members.filter { $0.id == id }
            return QueryPlan(NodeSet(node), order: .random(SplitMix(seed: choice), first: -1))
        }
    }

    private mutating func balancedOrder(_ generator: SplitMix) -> PlanOrder {
        var generator = generator
        guard !nodes.isEmpty else { return .random(generator, first: -1) }
        switch balancing {
        case .random:
            return .random(generator, first: -1)
        case .roundRobin:
            // Clients that start together do not walk in step: each begins somewhere else.
            let turn = (roundRobin ?? generator.below(nodes.count)) % nodes.count
            let start = nextActive(from: turn)
            roundRobin = start + 1
            return .rotation(start: start)
        case .leastInFlight:
            return .leastInFlight(generator)
        case .perConnection:
            let first = idleOrNextPosition(&generator)
            return .random(generator, first: first)
        case .sticky:
            return .random(generator, first: stickyNode.flatMap { nodes.position(of: $0) } ?? -1)
        }
    }

    /// The first active position from a turn on: the node after a down one must not get its share as well.
    private func nextActive(from turn: Int) -> Int {
        for step in 0..<nodes.count {
            let position = (turn + step) % nodes.count
            if records[nodes.ids[position].index].machine.state == .active { return position }
        }
        return turn
    }

    /// A node with an idle connection, else the next eligible one in the client's own order; −1: let chance decide.
    private mutating func idleOrNextPosition(_ generator: inout SplitMix) -> Int32 {
        let count = nodes.count
        let offset = generator.below(count)
        for step in 0..<count {
            let position = Int32((offset + step) % count)
            let record = records[nodes.ids[Int(position)].index]
            if record.machine.state == .active, record.connections > record.inFlight { return position }
        }
        // Walking the nodes by a stride that shares no factor with their number visits each once, in mixed order.
        let stride = Self.stride(for: count)
        for _ in 0..<count {
            connectionCursor = (connectionCursor + stride) % count
            let position = Int32(connectionCursor)
            if records[nodes.ids[Int(position)].index].machine.state == .active { return position }
        }
        return -1
    }

    private static func stride(for count: Int) -> Int {
        func divisor(_ left: Int, _ right: Int) -> Int { right == 0 ? left : divisor(right, left % right) }
        var stride = max(1, count * 5 / 8)
        while divisor(stride, count) != 1 { stride += 1 }
        return stride
    }

    /// Chooses the node of the next attempt and counts the request as in flight there; `nil` if no node is eligible.
    ///
    /// Without an eligible node, the plan's down nodes get an explicit probe each.
    package mutating func next(in plan: inout QueryPlan, now: Duration) -> Selection? {
        let position = plan.next(
            state: { records[$0.index].machine.state },
            load: { records[$0.index].inFlight }
        )
        guard let position else {
            for id in plan.nodes.ids where records[id.index].machine.state == .down {
                requestProbe(of: id, now: now)
            }
            return nil
        }
        let node = plan.nodes[position]
        records[node.id.index].inFlight += 1
        let record = records[node.id.index]
        if record.inFlight > record.connections { records[node.id.index].connections = record.inFlight }
        if plan.setsSticky, stickyNode == nil || plan.attempts == 1 { stickyNode = node.id }
        return Selection(
            node: node,
            generation: record.machine.generation,
            health: record.machine.state,
            attempt: plan.attempts
        )
    }

    /// The first choice of a key's plan, whatever its health: what a caller groups the parts of a batch by.
    package func firstNode(of hash: Int64) -> NodeID? {
        affinityOrder.firstPosition(of: hash, over: affinityNodes).map { affinityNodes.ids[Int($0)] }
    }

    /// Nodes of the plan that may be used now: how often a request may be refused before it is given up.
    package func eligibleCount(in plan: QueryPlan) -> Int {
        plan.nodes.ids.count { records[$0.index].machine.state != .down }
    }

    // MARK: Outcomes

    /// Ends an attempt: the final response headers came, or none will.
    package mutating func finished(
        _ selection: Selection,
        _ outcome: AttemptOutcome,
        now: Duration
    ) -> OutcomeReport {
        let index = selection.node.id.index
        records[index].inFlight -= 1
        switch outcome {
        case .ignored:
            return OutcomeReport()
        case .response(let status):
            // The server may have closed in error or overload: that says nothing about the node's health.
            if [500, 502, 503, 504].contains(status) { return OutcomeReport() }
            records[index].failedSinceSuccess = false
            reportedAllFailed = false
            if records[index].machine.state == .quarantined { records[index].suppressesValidation = true }
            if selection.generation == records[index].machine.generation { records[index].hasServed = true }
            return OutcomeReport(change: apply(.trafficSucceeded, to: selection.node, selection.generation, now))
        case .overtaken where isNeeded(selection):
            return OutcomeReport()
        case .failed, .overtaken:
            records[index].failedSinceSuccess = true
            records[index].connections = max(records[index].inFlight, records[index].connections - 1)
            if stickyNode == selection.node.id { stickyNode = nil }
            let change = apply(.trafficFailed, to: selection.node, selection.generation, now)
            return OutcomeReport(change: change, allNodesFailed: becameAllFailed())
        }
    }

    /// Whether one more failure would leave fewer than half of the nodes in use.
    private func isNeeded(_ selection: Selection) -> Bool {
        guard records[selection.node.id.index].machine.isLastFailureBeforeDown(settings: health) else { return false }
        let members = members
        let inUse = members.count { records[$0.id.index].machine.state != .down }
        return (inUse - 1) * 2 < members.count
    }

    /// A connection of the node's pool was closed while idle; `perConnection` balancing counts them.
    package mutating func connectionClosed(_ id: NodeID) {
        records[id.index].connections = max(records[id.index].inFlight, records[id.index].connections - 1)
    }

    /// The node itself answered a discovery request with a readable list.
    package mutating func discoveryAnswered(by endpoint: Endpoint, now: Duration) -> HealthChange? {
        guard let id = id(of: endpoint), let node = members.first(where: { $0.id == id }) else { return nil }
        records[id.index].failedSinceSuccess = false
        reportedAllFailed = false
        return apply(.discoveryAnswered, to: node, records[id.index].machine.generation, now)
    }

    private mutating func becameAllFailed() -> Bool {
        guard !reportedAllFailed, !nodes.isEmpty else { return false }
        reportedAllFailed = nodes.ids.allSatisfy { records[$0.index].failedSinceSuccess }
        return reportedAllFailed
    }

    mutating func apply(
        _ event: HealthEvent,
        to node: Node,
        _ generation: UInt32,
        _ now: Duration
    ) -> HealthChange? {
        guard health.isEnabled else { return nil }
        let old = records[node.id.index].machine.state
        guard records[node.id.index].machine.apply(event, generation: generation, settings: health) else { return nil }
        let new = records[node.id.index].machine.state
        records[node.id.index].enteredState(new, settings: health, now: now)
        if new == .down, stickyNode == node.id { stickyNode = nil }
        return HealthChange(node: node, from: old, to: new)
    }

    // MARK: Looking

    /// A node's health at this moment.
    package func state(of id: NodeID) -> HealthState { records[id.index].machine.state }
    /// A node's requests in flight.
    package func inFlight(of id: NodeID) -> Int { records[id.index].inFlight }
    /// The scope's nodes in one state, in canonical order.
    package func nodes(in state: HealthState) -> [Node] {
        nodes.nodes.filter { records[$0.id.index].machine.state == state }
    }
}

/// What makes two listings the same node with the same connections.
private struct NodeIdentity: Hashable {
    let endpoint: Endpoint
    let connectHost: String

    init(_ endpoint: Endpoint, connectHost: String) {
        self.endpoint = endpoint
        self.connectHost = connectHost
    }
}

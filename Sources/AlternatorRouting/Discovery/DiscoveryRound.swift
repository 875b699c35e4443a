/// Whom a refresh can ask.
package struct DiscoveryTarget: Sendable, Hashable {
    package let endpoint: Endpoint
    package let connectHost: String
    /// Its number, where it is a known node; seeds have one while they serve as nodes.
    package let node: NodeID?

    package init(_ node: Node) {
        endpoint = node.endpoint
        connectHost = node.connectHost
        self.node = node.id
    }

    package init(seed: DiscoveredNode) {
        endpoint = seed.endpoint
        connectHost = seed.connectHost
        node = nil
    }
}

/// One request of a refresh: `GET query.path` from `target`.
package struct DiscoveryAsk: Sendable, Hashable {
    package let target: DiscoveryTarget
    package let query: LocalNodesQuery
    let area: RoutingScope.Area
}

/// What one refresh found out.
package struct DiscoveryResult: Sendable, Hashable {
    /// The area of the chain that gave the nodes.
    package let area: RoutingScope.Area
    /// How many areas before it gave none: 0 for the preferred one.
    package let fallbacks: Int
    /// Never empty.
    package let nodes: [Endpoint]
    /// Over the chain with racks widened; `nil` where it is the same or gave nothing.
    package let affinity: [Endpoint]?
}

/// One refresh of the node list, as a machine: it says whom to ask what, is told the answers, and ends with a result.
///
/// Areas of the scope's chain are tried in order. The cluster's is the union of the answers of all targets, except those
/// that an answer of this round lists already; any other area is done with its first non-empty answer. An area without
/// answers counts as empty. Several requests may be under way at once: the machine does not mind the order of answers.
/// A target that failed is not asked again in the same round.
package struct DiscoveryRound: Sendable {
    /// That many empty answers for one area are believed; in a large cluster the others would say the same.
    static let believedEmptyAnswers = 8

    private enum AreaState {
        case open
        /// Decided; empty means nothing there, or nobody answered.
        case done([Endpoint])
    }

    private let targets: [DiscoveryTarget]
    private let seeds: Set<Endpoint>
    private let chain: [RoutingScope.Area]
    /// Empty where affinity needs no list of its own.
    private let affinityChain: [RoutingScope.Area]
    private var memory: DiscoveryMemory
    private let now: Duration
    private var lists: [RoutingScope.Area: [Endpoint]] = [:]
    private var asked: [RoutingScope.Area: Set<Endpoint>] = [:]
    private var emptyAnswers: [RoutingScope.Area: Int] = [:]
    private var clusterAnswers: [DiscoveryMemory.Group] = []
    private var listed: Set<Endpoint> = []
    private var failedTargets: Set<Endpoint> = []
    private var pending: Set<DiscoveryAsk> = []
    /// Why targets gave nothing, in the order it became known: for the error of a refresh that finds nothing.
    package private(set) var failures: [(target: DiscoveryTarget, reason: String)] = []

    /// - Parameters:
    ///   - scope: the client's scope.
    ///   - affinity: whether keys are routed, so that a rack's datacentre must be known too.
    ///   - targets: whom to ask, best first: see `RoutingState.discoveryTargets`.
    ///   - memory: what the last round left.
    ///   - now: the time of the start.
    package init(
        _ scope: RoutingScope,
        affinity: Bool,
        targets: [DiscoveryTarget],
        memory: DiscoveryMemory,
        now: Duration
    ) {
        // Before duplicates go: a seed that serves as a node is a seed all the same.
        seeds = Set(targets.filter { $0.node == nil }.map(\.endpoint))
        var seen: Set<Endpoint> = []
        self.targets = targets.filter { seen.insert($0.endpoint).inserted }
        chain = scope.chain
        let widened = scope.widenedForAffinity.chain
        affinityChain = affinity && widened != scope.chain ? widened : []
        self.memory = memory
        self.now = now
    }

    // MARK: Asking

    /// The next request to send; `nil` while answers must be waited for, and when the round is over.
    package mutating func next() -> DiscoveryAsk? {
        guard let area = openArea else { return nil }
        for target in targets where canAsk(target, for: area) {
            asked[area, default: []].insert(target.endpoint)
            let ask = DiscoveryAsk(target: target, query: LocalNodesQuery(area), area: area)
            pending.insert(ask)
            return ask
        }
        closeIfExhausted(area)
        // Closing one area may have opened the next.
        guard let following = openArea, following != area else { return nil }
        return next()
    }

    /// Whether nothing more will be asked or waited for.
    package mutating func isFinished() -> Bool {
        while let area = openArea {
            if targets.contains(where: { canAsk($0, for: area) }) { return false }
            closeIfExhausted(area)
            if openArea == area { return false }
        }
        return true
    }

    private func canAsk(_ target: DiscoveryTarget, for area: RoutingScope.Area) -> Bool {
        guard !failedTargets.contains(target.endpoint), asked[area]?.contains(target.endpoint) != true else {
            return false
        }
        guard area == .cluster else { return true }
        if listed.contains(target.endpoint) { return false }
        return target.node != nil || !memory.covers(target.endpoint, listed: listed, now: now)
    }

    /// The area that is being asked about; `nil` when both lists are decided.
    private var openArea: RoutingScope.Area? {
        if case .open(let area) = Self.progress(chain, lists) { return area }
        guard case .found = Self.progress(chain, lists), !affinityChain.isEmpty else { return nil }
        if case .open(let area) = Self.progress(affinityChain, lists) { return area }
        return nil
    }

    private enum Progress {
        case open(RoutingScope.Area)
        case found(RoutingScope.Area, index: Int)
        case nothing
    }

    private static func progress(_ chain: [RoutingScope.Area], _ lists: [RoutingScope.Area: [Endpoint]]) -> Progress {
        for (index, area) in chain.enumerated() {
            guard let list = lists[area] else { return .open(area) }
            if !list.isEmpty { return .found(area, index: index) }
        }
        return .nothing
    }

    private mutating func closeIfExhausted(_ area: RoutingScope.Area) {
        guard lists[area] == nil, !pending.contains(where: { $0.area == area && isMissed($0) }) else { return }
        lists[area] = area == .cluster ? clusterUnion() : []
    }

    /// Whether the answer still matters: a node that hangs is not waited for once another one has listed it.
    private func isMissed(_ ask: DiscoveryAsk) -> Bool { ask.area != .cluster || !listed.contains(ask.target.endpoint) }

    // MARK: Answers

    /// The target answered 200 with a readable list, perhaps an empty one.
    package mutating func answered(_ ask: DiscoveryAsk, _ nodes: [Endpoint]) {
        guard pending.remove(ask) != nil, lists[ask.area] == nil else { return }
        if ask.area == .cluster {
            clusterAnswers.append(DiscoveryMemory.Group(answeredBy: ask.target.endpoint, nodes: nodes))
            listed.formUnion(nodes)
        } else if !nodes.isEmpty {
            lists[ask.area] = nodes
            return
        } else {
            emptyAnswers[ask.area, default: 0] += 1
            if emptyAnswers[ask.area] == Self.believedEmptyAnswers {
                lists[ask.area] = []
                return
            }
        }
        settle(ask.area)
    }

    /// The target gave no usable answer: refused, timed out, another status, not JSON.
    package mutating func failed(_ ask: DiscoveryAsk, reason: String) {
        guard pending.remove(ask) != nil else { return }
        failedTargets.insert(ask.target.endpoint)
        failures.append((ask.target, reason))
        settle(ask.area)
    }

    private mutating func settle(_ area: RoutingScope.Area) {
        if !targets.contains(where: { canAsk($0, for: area) }) { closeIfExhausted(area) }
    }

    // MARK: Result

    /// What is known now: the final result once `isFinished`, before that a usable part of it; `nil` if nothing is.
    package func result() -> DiscoveryResult? {
        var lists = lists
        if lists[.cluster] == nil, !clusterAnswers.isEmpty { lists[.cluster] = clusterUnion() }
        guard case .found(let area, let index) = Self.progress(chain, lists), let nodes = lists[area] else {
            return nil
        }
        var affinity: [Endpoint]?
        if case .found(let wide, _) = Self.progress(affinityChain, lists) { affinity = lists[wide] }
        return DiscoveryResult(area: area, fallbacks: index, nodes: nodes, affinity: affinity)
    }

    /// What the next round should be given.
    package func remembered() -> DiscoveryMemory {
        guard !clusterAnswers.isEmpty else { return memory }
        return memory.after(clusterAnswers, failed: failedTargets, seeds: seeds, now: now)
    }

    /// The union of the answers, and of the earlier entries of datacentres none of whose nodes answered.
    private func clusterUnion() -> [Endpoint] {
        guard !clusterAnswers.isEmpty else { return [] }
        var union = listed
        for group in memory.kept(after: clusterAnswers, now: now) { union.formUnion(group.nodes) }
        return union.sorted()
    }
}

/// What one refresh leaves to the next: who answered with which list.
package struct DiscoveryMemory: Sendable, Hashable {
    /// The nodes of one datacentre, as one of its nodes listed them.
    struct Group: Sendable, Hashable {
        let answeredBy: Endpoint
        let nodes: [Endpoint]
        /// The first round in which others answered and none of these; `nil`: they answered in the last one.
        var silentSince: Duration?
    }

    /// A datacentre that is silent this long while others answer is taken for gone, or replaced by one with other
    /// addresses; the seeds lead to it when it is back.
    static let silentInterval = Duration.seconds(300)

    /// A seed that is a name is asked again after this long even while its datacentre's nodes answer: the name may
    /// have come to mean other nodes.
    static let seedInterval = Duration.seconds(30)

    /// A seed that failed is left alone this long while others answer: one that hangs must not slow every refresh.
    static let failedSeedInterval = Duration.seconds(10)

    private var groups: [Group] = []
    private var seeds: [Endpoint: SeedNote] = [:]

    private struct SeedNote: Sendable, Hashable {
        let nodes: Set<Endpoint>
        let at: Duration
    }

    package init() {}

    /// Earlier groups that no answer of this round touches: neither is one of their nodes listed, nor did one answer.
    ///
    /// Those that are silent for too long are left out.
    func kept(after answers: [Group], now: Duration) -> [Group] {
        let listed = Set(answers.flatMap(\.nodes))
        let answered = Set(answers.map(\.answeredBy))
        return groups.filter { group in
            now - (group.silentSince ?? now) < Self.silentInterval
                && !group.nodes.contains { listed.contains($0) || answered.contains($0) }
                && !answered.contains(group.answeredBy)
        }
    }

    /// Whether a seed need not be asked: the nodes it led to lately are listed already.
    func covers(_ seed: Endpoint, listed: Set<Endpoint>, now: Duration) -> Bool {
        guard let note = seeds[seed], !listed.isEmpty else { return false }
        if note.nodes.isEmpty { return now - note.at < Self.failedSeedInterval }
        return now - note.at < Self.seedInterval && !note.nodes.isDisjoint(with: listed)
    }

    func after(
        _ answers: [Group],
        failed: Set<Endpoint>,
        seeds names: Set<Endpoint>,
        now: Duration
    ) -> DiscoveryMemory {
        var memory = DiscoveryMemory()
        let silent = kept(after: answers, now: now).map { group in
            Group(answeredBy: group.answeredBy, nodes: group.nodes, silentSince: group.silentSince ?? now)
        }
        memory.groups = silent + answers.filter { !$0.nodes.isEmpty }
        memory.seeds = seeds
        for answer in answers where names.contains(answer.answeredBy) {
            memory.seeds[answer.answeredBy] = SeedNote(nodes: Set(answer.nodes), at: now)
        }
        for seed in failed.intersection(names) { memory.seeds[seed] = SeedNote(nodes: [], at: now) }
        return memory
    }
}

extension RoutingState {
    /// Whom a refresh asks, in order: active, quarantined and down nodes, each shuffled, then the seeds, shuffled.
    ///
    /// - Parameters:
    ///   - seeds: the configured seeds.
    ///   - seedsFirst: for the refresh after all known nodes failed.
    ///   - includesOtherScopes: whether nodes that only single calls have asked for count. For the cluster's list they
    ///     must not: each would add the nodes of its own datacentre.
    ///   - generator: chance for the shuffles.
    /// - Returns: the targets; a seed that is a known node too is there twice, which `DiscoveryRound` folds.
    package func discoveryTargets(
        seeds: [DiscoveredNode],
        seedsFirst: Bool = false,
        includesOtherScopes: Bool = true,
        using generator: inout some RandomNumberGenerator
    ) -> [DiscoveryTarget] {
        let nodes = includesOtherScopes ? members : ownMembers
        var known: [DiscoveryTarget] = []
        for state in HealthState.allCases {
            known += nodes.filter { self.state(of: $0.id) == state }.shuffled(using: &generator)
                .map(DiscoveryTarget.init)
        }
        let entries = seeds.shuffled(using: &generator).map(DiscoveryTarget.init(seed:))
        return seedsFirst ? entries + known : known + entries
    }
}

/// The nodes of a scope that is not the client's own.
struct OtherScope: Sendable {
    let scope: RoutingScope
    let nodes: NodeSet
    /// When they were listed.
    let since: Duration
    /// What was listed: nothing is sorted again as long as nothing changes.
    let list: [DiscoveredNode]
}

extension RoutingState {
    /// So many other scopes are known at once, those listed last.
    package static let maximumOtherScopes = 16

    /// Takes the nodes of another scope; none change nothing.
    ///
    /// They share the health and the numbers of the client's own nodes, where they are the same.
    ///
    /// - Parameters:
    ///   - list: in any order.
    ///   - scope: whose they are.
    ///   - now: the time of the answer.
    /// - Returns: what joined and what left, over all scopes.
    package mutating func refreshed(
        _ list: [DiscoveredNode],
        of scope: RoutingScope,
        now: Duration
    ) -> NodeChanges {
        guard !list.isEmpty else { return NodeChanges() }
        if let index = otherScopes.firstIndex(where: { $0.scope == scope }), otherScopes[index].list == list {
            let nodes = otherScopes.remove(at: index).nodes
            otherScopes.append(OtherScope(scope: scope, nodes: nodes, since: now, list: list))
            return NodeChanges()
        }
        let before = members
        otherScopes.removeAll { $0.scope == scope }
        if otherScopes.count == Self.maximumOtherScopes { otherScopes.removeFirst() }
        let nodes = NodeSet(numbered(list, now: now))
        otherScopes.append(OtherScope(scope: scope, nodes: nodes, since: now, list: list))
        return noted(NodeChanges(from: before, to: members))
    }

    /// When the nodes of another scope were listed; `nil`: they are not known.
    package func listed(_ scope: RoutingScope) -> Duration? { otherScopes.first { $0.scope == scope }?.since }

    /// A plan over the nodes of another scope; `nil` if they are not known.
    ///
    /// Round robin, connections and sticky nodes are the client's own scope's: here they mean chance.
    package func plan(for target: RouteTarget, over scope: RoutingScope, choice: UInt64) -> QueryPlan? {
        guard let nodes = otherScopes.first(where: { $0.scope == scope })?.nodes else { return nil }
        let generator = SplitMix(seed: choice)
        switch target {
        case .any, .keys([]):
            return QueryPlan(
                nodes,
                order: balancing == .leastInFlight ? .leastInFlight(generator) : .random(generator, first: -1)
            )
        case .key(let hash):
            return QueryPlan(nodes, order: affinityOrder.planOrder(of: hash))
        case .keys(let hashes):
            return QueryPlan(
                nodes,
                order: .preferred(BatchVote.order(of: hashes, over: nodes, by: affinityOrder))
            )
        case .node(let id):
            return QueryPlan(nodes, order: .random(generator, first: nodes.position(of: id) ?? -1))
        case .only(let id):
            return QueryPlan(NodeSet(nodes.nodes.filter { $0.id == id }), order: .random(generator, first: -1))
        }
    }

    /// The nodes of another scope; `nil` if they are not known.
    package func nodes(of scope: RoutingScope) -> NodeSet? { otherScopes.first { $0.scope == scope }?.nodes }
}

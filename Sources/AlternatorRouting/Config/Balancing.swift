/// How requests without key affinity are spread over the nodes of the scope.
public enum Balancing: Sendable, Hashable, CaseIterable {
    /// A new random order for each request: the cross-language specification's rule.
    case random
    /// Each request begins at the node after the one before it began at.
    case roundRobin
    /// The node with the fewest requests of this client in flight, at random among equals; a slow node gets few.
    case leastInFlight
    /// Any node with an idle connection; a new connection goes to the next node in a random order.
    ///
    /// Right for hundreds of short-lived callers, where opening connections costs more than an uneven load.
    case perConnection
    /// One node per client until it fails.
    case sticky
}

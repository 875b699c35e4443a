/// A node's number within one client: dense from 0.
///
/// Used again for another endpoint only after `RoutingState.rememberedDepartures` other nodes have left since.
package struct NodeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let index: Int

    package init(index: Int) { self.index = index }

    package static func < (left: Self, right: Self) -> Bool { left.index < right.index }
    package var description: String { "node \(index)" }
}

/// A node of the current set.
///
/// A class, so that each choice of a node hands on a pointer and not its names.
package final class Node: Hashable, Sendable {
    package let id: NodeID
    package let endpoint: Endpoint
    /// Where to connect: the endpoint's host, or what the caller's address translator made of it.
    package let connectHost: String

    package init(id: NodeID, endpoint: Endpoint, connectHost: String) {
        self.id = id
        self.endpoint = endpoint
        self.connectHost = connectHost
    }

    package static func == (left: Node, right: Node) -> Bool {
        left === right
            || (left.id == right.id && left.endpoint == right.endpoint && left.connectHost == right.connectHost)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(endpoint)
        hasher.combine(connectHost)
    }
}

/// A node as discovery or the configuration names it, before it has a number.
package struct DiscoveredNode: Hashable, Sendable {
    package let endpoint: Endpoint
    package let connectHost: String

    /// - Parameters:
    ///   - endpoint: what the cluster calls the node; identity and order come from it.
    ///   - connectHost: where to connect instead; `nil`: the endpoint's own host.
    package init(_ endpoint: Endpoint, connectHost: String? = nil) {
        self.endpoint = endpoint
        self.connectHost = connectHost ?? endpoint.host
    }
}

/// Which part of the cluster a client's requests go to, and where to when that part has no node.
///
/// ```swift
/// .cluster                                                   // every node of every datacentre
/// .datacenter("dc1")                                         // nothing else, ever
/// .rack("dc1", "r1", fallback: .wider)                       // then dc1, then the cluster
/// .rack("dc1", "r1", fallback: .datacenter("dc2"))           // then dc2, then an error
/// ```
///
/// There is no fallback unless one is given. Each refresh of the node list starts at the preferred scope again, so a
/// client returns to it by itself. Seeds must cover every datacentre that is to be used: a node lists its own only.
public struct RoutingScope: Sendable, Hashable {
    /// One link of a chain.
    package enum Area: Sendable, Hashable {
        case cluster
        case datacenter(String)
        case rack(datacenter: String, rack: String)
        /// Stands for "all wider areas" until it is appended to a chain.
        case wider
    }

    private let areas: [Area]

    private init(_ areas: [Area]) { self.areas = areas }

    /// All nodes of all datacentres that the seeds and their answers lead to.
    public static let cluster = RoutingScope([.cluster])

    /// As a `fallback:`, every wider scope in turn: rack, then its datacentre, then the cluster.
    ///
    /// By itself it means `.cluster`.
    public static let wider = RoutingScope([.wider])

    /// The nodes of one datacentre.
    public static func datacenter(_ name: String, fallback: RoutingScope? = nil) -> RoutingScope {
        RoutingScope(chain(.datacenter(name), fallback, wider: [.cluster]))
    }

    /// The nodes of one rack of one datacentre.
    public static func rack(_ datacenter: String, _ rack: String, fallback: RoutingScope? = nil) -> RoutingScope {
        RoutingScope(
            chain(.rack(datacenter: datacenter, rack: rack), fallback, wider: [.datacenter(datacenter), .cluster])
        )
    }

    /// This scope with every wider one appended: `.rack("dc1", "r1").wider` is `.rack("dc1", "r1", fallback: .wider)`.
    public var wider: RoutingScope {
        switch chain.last ?? .cluster {
        case .cluster, .wider: self
        case .datacenter: RoutingScope(chain + [.cluster])
        case .rack(let datacenter, _): RoutingScope(chain + [.datacenter(datacenter), .cluster])
        }
    }

    private static func chain(_ area: Area, _ fallback: RoutingScope?, wider: [Area]) -> [Area] {
        guard let fallback else { return [area] }
        return [area] + (fallback.areas == [.wider] ? wider : fallback.areas)
    }

    /// The areas to try, preferred first, each once.
    package var chain: [Area] {
        var seen: Set<Area> = []
        return areas.map { $0 == .wider ? .cluster : $0 }.filter { seen.insert($0).inserted }
    }

    /// Whether the seeds themselves may serve as nodes while nothing is known.
    package var includesCluster: Bool { chain.contains(.cluster) }

    /// What key affinity works over: each rack replaced by its datacentre, so that clients in different racks agree.
    package var widenedForAffinity: RoutingScope {
        RoutingScope(
            chain.map { area in
                guard case .rack(let datacenter, _) = area else { return area }
                return .datacenter(datacenter)
            }
        )
    }

    /// What is wrong with it, as one sentence; `nil` if nothing is.
    package var problem: String? {
        for area in chain {
            switch area {
            case .cluster, .wider: continue
            case .datacenter(let name):
                if name.isEmpty { return "routingScope: the datacentre's name is empty" }
            case .rack(let datacenter, let rack):
                if datacenter.isEmpty { return "routingScope: the datacentre's name is empty" }
                if rack.isEmpty { return "routingScope: the rack's name is empty" }
            }
        }
        return nil
    }
}

extension RoutingScope: CustomStringConvertible {
    /// `rack r1 of dc1, then dc1, then the cluster`.
    public var description: String { chain.map(\.description).joined(separator: ", then ") }
}

extension RoutingScope.Area: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cluster, .wider: "the cluster"
        case .datacenter(let name): "datacentre \(name)"
        case .rack(let datacenter, let rack): "rack \(rack) of datacentre \(datacenter)"
        }
    }
}

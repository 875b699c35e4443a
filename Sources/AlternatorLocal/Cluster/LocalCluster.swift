import AlternatorTransport
import Synchronization

/// A cluster of Alternator nodes in this process, on 127.0.0.1, 127.0.0.2, …, sharing one store.
///
/// ```swift
/// let cluster = try await LocalCluster(nodes: 3)
/// // connect a client to cluster.seedHosts and cluster.port
/// try await cluster.stop("127.0.0.2")
/// await cluster.close()
/// ```
/// It behaves as ScyllaDB Alternator does, errors and limits included. Items are kept in memory unless
/// `Configuration.dataFile` is given.
public final class LocalCluster: Sendable {
    /// What a cluster is made of.
    public struct Configuration: Sendable {
        /// Where one node stands.
        public struct Node: Sendable, Hashable {
            /// An IPv4 address of the loopback network.
            public var address: String
            /// Its datacentre.
            public var datacenter: String
            /// Its rack.
            public var rack: String

            /// A node at a loopback address.
            public init(address: String, datacenter: String = "dc1", rack: String = "rack1") {
                self.address = address
                self.datacenter = datacenter
                self.rack = rack
            }
        }

        /// The nodes, at least one.
        public var nodes: [Node]
        /// The port of all nodes; `nil` takes a free one.
        public var port: Int?
        /// A SQLite file for the tables, made if missing; `nil` keeps them in memory.
        public var dataFile: String?
        /// For so long after it stopped a node is still listed by the others.
        public var gossipDelay: Duration = .zero
        /// A second port of all nodes, which speaks TLS; `nil` has none.
        public var tls: TLS?
        /// The port of 127.0.0.1 that stops, starts and disturbs nodes by HTTP; 0 takes a free one, `nil` has none.
        public var adminPort: Int?
        /// What tables without the tag `system:write_isolation` do with read-modify-writes.
        public var writeIsolation = WriteIsolation.onlyReadModifyWrite
        /// How often expired items are looked for and removed.
        public var timeToLivePeriod: Duration = .seconds(60)
        /// How old a change is when its stream shows it.
        public var streamsWindow: Duration = .zero
        /// Whether options of `.scylla.alternator.system.config` may be changed through it.
        public var allowsSystemTableWrites = false
        /// Secret keys by role, for `enforcesAuthorization`.
        public var roles: [String: String] = [:]
        /// Whether operations must be signed by one of the roles.
        public var enforcesAuthorization = false
        /// Roles that may do everything, and write to the server's own tables.
        public var superusers: Set<String> = []
        /// Whether roles need grants, as where a real cluster has an authorizer; counts with `enforcesAuthorization`.
        ///
        /// A role has what `grant(_:on:to:)` gave it and everything on tables it made; a superuser needs no grants.
        public var checksGrants = false
        /// Whether a node that does not hold a partition tells who does, in the header
        /// `X-Scylla-Alternator-Routing-V1`.
        public var sendsRoutingHints = false

        /// - Parameter nodes: how many; they stand in one datacenter, in racks rack1, rack2, rack3 in turn.
        public init(nodes: Int = 1) {
            self.nodes = (0..<max(nodes, 0)).map {
                Node(address: "127.0.0.\($0 + 1)", datacenter: "dc1", rack: "rack\($0 % 3 + 1)")
            }
        }

        /// A cluster of these nodes.
        public init(nodes: [Node]) { self.nodes = nodes }
    }

    /// Why a cluster could not start or do what was asked.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// What was wrong, in words.
        public let description: String
    }

    private struct Member {
        let node: LocalNode
        let server: HTTPServer
        /// The TLS port with its counts.
        let secure: (server: HTTPServer, tls: TLSServer)?

        var servers: [HTTPServer] { [server] + (secure.map { [$0.server] } ?? []) }

        func start() throws(SystemError) {
            for server in servers { try server.start() }
        }

        func stop() async {
            for server in servers { await server.stop() }
        }
    }

    let engine: Engine
    private let topology: Topology
    private let signatures: SignatureCheck?
    private let group: LoopGroup
    let certificates: ClusterCertificates?
    private let members: Mutex<[Member]>
    private let admin = Mutex<AdminPort?>(nil)
    private let expiry: ExpiryTimer
    /// The port of all nodes.
    public let port: Int
    /// Their port that speaks TLS; `nil` without `Configuration.tls`.
    public let tlsPort: Int?

    /// Starts nodes on 127.0.0.1, 127.0.0.2, … at a free port.
    public convenience init(nodes: Int) async throws {
        try await self.init(Configuration(nodes: nodes))
    }

    /// Starts a cluster; returns when all nodes listen.
    ///
    /// - Throws: `Failure`: no nodes, an address twice, a port in use, a data file that cannot be opened.
    public init(_ configuration: Configuration) async throws {
        guard !configuration.nodes.isEmpty else { throw Failure(description: "A cluster needs at least one node.") }
        let addresses = configuration.nodes.map(\.address)
        guard Set(addresses).count == addresses.count else {
            throw Failure(
                description: "Each node needs an address of its own; got \(addresses.joined(separator: ", "))."
            )
        }
        var settings = EngineSettings()
        settings.path = configuration.dataFile
        settings.writeIsolation = configuration.writeIsolation
        settings.timeToLivePeriod = Self.milliseconds(configuration.timeToLivePeriod)
        settings.streamsWindow = Self.milliseconds(configuration.streamsWindow)
        settings.allowsSystemTableWrites = configuration.allowsSystemTableWrites
        settings.enforcesAuthorization = configuration.enforcesAuthorization
        settings.roles = RoleBook(secrets: configuration.roles, superusers: configuration.superusers)
        settings.checksGrants = configuration.enforcesAuthorization && configuration.checksGrants
        settings.namesRoutedKeys = configuration.sendsRoutingHints
        signatures = configuration.enforcesAuthorization ? SignatureCheck(roles: settings.roles) : nil
        do {
            engine = try Engine(settings)
        } catch {
            throw Failure(description: error.message)
        }
        topology = Topology(
            [],
            gossipDelay: Self.milliseconds(configuration.gossipDelay),
            sendsRoutingHints: configuration.sendsRoutingHints,
            now: settings.now
        )
        certificates = try configuration.tls.map { try ClusterCertificates($0, addresses: addresses) }
        group = LoopGroup(count: 1)
        var started: [Member] = []
        do {
            for place in configuration.nodes {
                started.append(
                    try Self.member(
                        place,
                        port: configuration.port ?? 0,
                        tlsPort: configuration.tls?.port ?? 0,
                        (engine, topology, signatures, group, certificates)
                    )
                )
            }
            try await HTTPServer.start(started.map(\.server), port: configuration.port ?? 0)
            try await HTTPServer.start(started.compactMap(\.secure?.server), port: configuration.tls?.port ?? 0)
        } catch {
            await group.shutDown()
            throw Failure(description: "Cannot start the nodes \(addresses.joined(separator: ", ")): \(error)")
        }
        port = started[0].server.port
        tlsPort = started[0].secure?.server.port
        for member in started {
            topology.add(member.node)
            member.node.update { $0.state = .up }
        }
        members = Mutex(started)
        expiry = ExpiryTimer(engine, every: configuration.timeToLivePeriod)
        guard let adminPort = configuration.adminPort else { return }
        do {
            let opened = try await AdminPort(adminPort, cluster: self)
            admin.withLock { $0 = opened }
        } catch {
            await close()
            throw Failure(description: "Cannot open the admin port \(adminPort): \(error)")
        }
    }

    /// The port given by `Configuration.adminPort`.
    public var adminPort: Int? { admin.withLock { $0?.server.port } }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let parts = duration.components
        return parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
    }

    private static func member(
        _ place: Configuration.Node,
        port: Int,
        tlsPort: Int,
        _ shared: (Engine, Topology, SignatureCheck?, LoopGroup, ClusterCertificates?)
    ) throws -> Member {
        let (engine, topology, signatures, group, certificates) = shared
        let node = LocalNode(NodePlace(address: place.address, datacenter: place.datacenter, rack: place.rack))
        let handler = NodeHandler(node: node, engine: engine, topology: topology, signatures: signatures)
        let secure = try certificates.map { certificates in
            let tls = try certificates.server()
            return (
                server: try HTTPServer(host: place.address, port: tlsPort, group: group, tls: tls, handler: handler),
                tls: tls
            )
        }
        return Member(
            node: node,
            server: try HTTPServer(host: place.address, port: port, group: group, handler: handler),
            secure: secure
        )
    }

    /// Addresses for a client's `seedHosts`.
    public var seedHosts: [String] { members.withLock { $0.map(\.node.place.address) } }

    /// All nodes, running or not.
    public var nodes: [Configuration.Node] {
        members.withLock {
            $0.map { member in
                let place = member.node.place
                return Configuration.Node(address: place.address, datacenter: place.datacenter, rack: place.rack)
            }
        }
    }

    /// Requests a node has had, by operation; `requests` is their sum, and `localnodes` and `health` stand beside it.
    public func requestCounts(of address: String) -> [String: Int] {
        members.withLock { $0.first { $0.node.place.address == address } }?.node.counters.all ?? [:]
    }

    /// The TLS handshakes of a node; `nil` without TLS.
    public func handshakeCounts(of address: String) -> HandshakeCounts? {
        guard let member = members.withLock({ $0.first { $0.node.place.address == address } }) else { return nil }
        return member.secure.map { HandshakeCounts($0.tls.counts) }
    }

    private func member(_ address: String) throws -> Member {
        guard let member = members.withLock({ $0.first { $0.node.place.address == address } }) else {
            throw Failure(description: "There is no node \(address); there are \(seedHosts.joined(separator: ", ")).")
        }
        return member
    }

    /// Makes a node misbehave, or all of them; faults add up until they are cleared.
    public func inject(_ fault: Fault, at address: String? = nil) throws {
        for member in try chosen(address) { member.node.faults.add(fault) }
    }

    /// Ends the faults of a node, or of all.
    public func clearFaults(at address: String? = nil) throws {
        for member in try chosen(address) { member.node.faults.clear() }
    }

    private func chosen(_ address: String?) throws -> [Member] {
        guard let address else { return members.withLock { $0 } }
        return [try member(address)]
    }

    /// Sets what a node does with every request until it is started again.
    func setState(_ state: NodeState, of address: String) throws {
        try member(address).node.update {
            if $0.state == .up { $0.changedAt = WallClock.milliseconds() }
            $0.state = state
        }
    }

    /// All nodes with their states, for the admin port.
    var localNodes: [(node: LocalNode, isListed: Bool, connections: Int)] {
        members.withLock { $0 }.map { member in
            let connections = member.servers.reduce(0) { $0 + $1.connectionCount }
            return (member.node, topology.isListed(member.node), connections)
        }
    }

    /// Stops a node: its listener is closed and its connections are reset.
    public func stop(_ address: String) async throws {
        let member = try member(address)
        member.node.update {
            if $0.state != .down { $0.changedAt = WallClock.milliseconds() }
            $0.state = .down
        }
        await member.stop()
    }

    /// Starts a stopped node again at the same port.
    public func start(_ address: String) async throws {
        let member = try member(address)
        do {
            try member.start()
        } catch {
            throw Failure(description: "Cannot start the node \(address): \(error)")
        }
        member.node.update { $0.state = .up }
    }

    /// Adds a node and starts it.
    public func add(_ place: Configuration.Node) async throws {
        guard !seedHosts.contains(place.address) else {
            throw Failure(description: "There is a node \(place.address) already.")
        }
        let added: Member
        do {
            try certificates?.cover(seedHosts + [place.address])
            added = try Self.member(
                place,
                port: port,
                tlsPort: tlsPort ?? 0,
                (engine, topology, signatures, group, certificates)
            )
            try added.start()
        } catch {
            throw Failure(description: "Cannot start the node \(place.address): \(error)")
        }
        added.node.update { $0.state = .up }
        topology.add(added.node)
        members.withLock { $0.append(added) }
    }

    /// Stops a node and takes it out of the cluster.
    public func remove(_ address: String) async throws {
        let member = try member(address)
        topology.remove(member.node)
        members.withLock { $0.removeAll { $0.node === member.node } }
        await member.stop()
    }

    /// Stops all nodes and resets their connections.
    ///
    /// Closing twice is fine.
    public func close() async {
        expiry.stop()
        await admin.withLock { $0.take() }?.close()
        let all = members.withLock { members in
            defer { members = [] }
            return members
        }
        for member in all { await member.stop() }
        certificates?.remove()
        await group.shutDown()
    }
}

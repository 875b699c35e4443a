import AlternatorTransport
import AlternatorWire

/// The admin port: nodes are stopped, started and made to misbehave by plain HTTP.
///
/// Every call answers the list of nodes; `all` stands for every address.
/// ```
/// GET  /nodes                     state, place, latency and counters of each node
/// POST /kill/ADDR[?mode=M]        refuse (default), hang, error (500 to every POST), reset
/// POST /revive/ADDR               back to normal
/// POST /hide/ADDR  /show/ADDR     serves, but /localnodes does not list it
/// POST /latency/ADDR?ms=N
/// POST /add/ADDR?dc=DC&rack=RACK  starts another node
/// POST /remove/ADDR               stops a node for good
/// POST /fault/ADDR?kind=K[&op=OPERATION][&rate=0.1][&times=N][&seed=N][&ms=N][&bytes=N][&list=A,B]
/// POST /clear/ADDR                ends its faults
/// POST /reset                     zeroes the counters
/// POST /role/NAME?secret=KEY[&superuser=true]          adds a role that may sign
/// POST /drop-role/NAME            removes it
/// POST /grant/ROLE?permission=P[,P…][&table=T[&index=I | &stream=true]]   without a table: on all
/// POST /revoke/ROLE?…             takes it back
/// ```
/// Kinds: hang, reset, lose-answer, delay, slow, cut, garbage, error, error-after, throttle, unprocessed, localnodes.
/// It runs on a loop of its own, so a call may wait there for a listener to close.
struct AdminHandler: ServerHandler {
    let cluster: WeakCluster

    func handle(_ request: ServerRequest) -> ServerAction {
        guard let cluster = cluster.cluster else { return .reset }
        let path = request.path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let parameters = QueryText(request.query ?? "")
        let verb = path.first ?? ""
        if verb == "nodes", request.method == "GET" { return .respond(Self.list(cluster)) }
        guard request.method == "POST", path.count <= 2 else { return .respond(Self.unknown()) }
        do {
            guard try Self.run(verb, address: path.count == 2 ? path[1] : "", parameters, cluster) else {
                return .respond(Self.unknown())
            }
            return .respond(Self.list(cluster))
        } catch {
            return .respond(Self.text(400, "\(error)\n"))
        }
    }

    /// Whether there is such a call, and a node it is for.
    private static func run(
        _ verb: String,
        address: String,
        _ parameters: QueryText,
        _ cluster: LocalCluster
    ) throws -> Bool {
        if verb == "add" {
            let place = LocalCluster.Configuration.Node(
                address: address,
                datacenter: parameters["dc"] ?? "dc1",
                rack: parameters["rack"] ?? "rack1"
            )
            try Blocking.run { try await cluster.add(place) }
            return true
        }
        if let isDone = try access(verb, role: address, parameters, cluster) { return isDone }
        let nodes = cluster.localNodes.map(\.node).filter {
            verb == "reset" || address == "all" || $0.place.address == address
        }
        guard !nodes.isEmpty else { return false }
        for node in nodes {
            guard try run(verb, on: node, parameters, cluster) else { return false }
        }
        return true
    }

    /// Changes roles and grants; `nil` for a call that is about something else.
    private static func access(
        _ verb: String,
        role: String,
        _ parameters: QueryText,
        _ cluster: LocalCluster
    ) throws -> Bool? {
        switch verb {
        case "role":
            try cluster.addRole(
                role,
                secret: parameters["secret"] ?? "",
                isSuperuser: parameters["superuser"] == "true"
            )
        case "drop-role": try cluster.removeRole(role)
        case "grant", "revoke":
            let names = (parameters["permission"] ?? "").split(separator: ",")
            let permissions = names.compactMap { LocalCluster.Permission(rawValue: $0.uppercased()) }
            guard !role.isEmpty, !names.isEmpty, permissions.count == names.count else { return false }
            let resource: LocalCluster.Resource
            switch (parameters["table"], parameters["index"], parameters["stream"]) {
            case (nil, nil, nil): resource = .all
            case (let table?, nil, nil): resource = .table(table)
            case (let table?, let index?, nil): resource = .index(index, table: table)
            case (let table?, nil, "true"): resource = .stream(table: table)
            default: return false
            }
            if verb == "grant" {
                try cluster.grant(Set(permissions), on: resource, to: role)
            } else {
                try cluster.revoke(Set(permissions), on: resource, from: role)
            }
        default: return nil
        }
        return true
    }

    private static func run(
        _ verb: String,
        on node: LocalNode,
        _ parameters: QueryText,
        _ cluster: LocalCluster
    ) throws -> Bool {
        let address = node.place.address
        switch verb {
        case "kill":
            switch parameters["mode"] ?? "refuse" {
            case "refuse": try Blocking.run { try await cluster.stop(address) }
            case "hang": try cluster.setState(.hang, of: address)
            case "error": try cluster.setState(.error, of: address)
            case "reset": try cluster.setState(.reset, of: address)
            default: return false
            }
        case "revive": try Blocking.run { try await cluster.start(address) }
        case "hide": node.update { $0.isHidden = true }
        case "show": node.update { $0.isHidden = false }
        case "latency":
            guard let wait = parameters["ms"].flatMap(Double.init), wait.isFinite, (0...3_600_000).contains(wait)
            else { return false }
            node.update { $0.latencyMilliseconds = wait }
        case "remove": try Blocking.run { try await cluster.remove(address) }
        case "fault":
            guard let fault = LocalCluster.Fault(parameters) else { return false }
            node.faults.add(fault)
        case "clear": node.faults.clear()
        case "reset": node.counters.clear()
        default: return false
        }
        return true
    }

    private static func list(_ cluster: LocalCluster) -> ServerResponse {
        let nodes = cluster.localNodes.map { entry -> JSONValue in
            let condition = entry.node.current
            let counts = entry.node.counters.all.sorted { $0.key < $1.key }
            var fields: [JSONValue.Member] = [
                .init("address", .string(entry.node.place.address)),
                .init("dc", .string(entry.node.place.datacenter)),
                .init("rack", .string(entry.node.place.rack)),
                .init("state", .string(condition.state.rawValue)),
                .init("listed", .bool(entry.isListed)),
                .init("latency_ms", .number(String(condition.latencyMilliseconds))),
                .init("open_connections", .number(String(entry.connections))),
                .init("counts", .object(counts.map { .init($0.key, .number(String($0.value))) })),
            ]
            if let handshakes = cluster.handshakeCounts(of: entry.node.place.address) {
                fields.append(.init("tls_handshakes", .number(String(handshakes.completed))))
                fields.append(.init("tls_resumed", .number(String(handshakes.resumed))))
                fields.append(.init("tls_failed", .number(String(handshakes.failed))))
            }
            return .object(fields)
        }
        return ServerResponse(
            status: 200,
            headers: [("Content-Type", "application/json")],
            body: JSONValue.array(nodes).encoded + [UInt8(ascii: "\n")]
        )
    }

    private static func unknown() -> ServerResponse { text(404, "unknown admin call\n") }

    private static func text(_ status: Int, _ text: String) -> ServerResponse {
        ServerResponse(status: status, headers: [("Content-Type", "text/plain")], body: Array(text.utf8))
    }
}

extension LocalCluster.Fault {
    /// Reads the parameters of an admin call; `nil` for a kind there is not.
    init?(_ parameters: QueryText) {
        let milliseconds = parameters["ms"].flatMap(Int.init) ?? 1000
        let bytes = parameters["bytes"].flatMap(Int.init)
        guard milliseconds >= 0, milliseconds <= 3_600_000, (bytes ?? 0) >= 0 else { return nil }
        let kind: Kind
        switch parameters["kind"] {
        case "hang": kind = .hang
        case "reset": kind = .reset
        case "lose-answer": kind = .loseAnswer
        case "delay": kind = .delay(.milliseconds(milliseconds))
        case "slow": kind = .slow(bytes: bytes ?? 16, every: .milliseconds(milliseconds))
        case "cut": kind = .cutShort(after: bytes ?? 1)
        case "garbage": kind = .garbage
        case "error": kind = .internalServerError
        case "error-after": kind = .internalServerErrorAfterwards
        case "throttle": kind = .throttle
        case "unprocessed": kind = .unprocessed
        case "localnodes": kind = .localNodes((parameters["list"] ?? "").split(separator: ",").map(String.init))
        default: return nil
        }
        self.init(
            kind,
            operation: parameters["op"],
            rate: parameters["rate"].flatMap(Double.init) ?? 1,
            times: parameters["times"].flatMap(Int.init),
            seed: parameters["seed"].flatMap(UInt64.init) ?? 1
        )
    }
}

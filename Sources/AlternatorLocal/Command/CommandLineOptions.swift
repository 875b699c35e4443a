/// The flags of `alternator-local`.
package struct CommandLineOptions: Sendable {
    package var configuration = LocalCluster.Configuration(nodes: 1)
    package var showsHelp = false

    package static let help = """
        alternator-local: a cluster of ScyllaDB Alternator nodes in one process.

          --nodes N             so many nodes, on 127.0.0.1, 127.0.0.2, … (default 1)
          --node ADDR=DC/RACK   one node at that address; may be repeated, instead of --nodes
          --port P              the port of all nodes (default 8000; 0 takes a free one)
          --data FILE           keeps tables in this SQLite file instead of in memory
          --admin-port P        stops, starts and disturbs nodes by HTTP at 127.0.0.1:P
          --tls-port P          every node speaks TLS at this port too (0 takes a free one; 8043 by convention)
          --tls-dir DIR         the certificates' folder: server.pem and server.key are used as they are, unless
                                there is a ca.key beside ca.pem, which then signs new ones; what is missing is
                                made there, client.pem and client.key too (default: a temporary folder)
          --client-ca FILE      clients must show a certificate signed by an authority of FILE; DIR/ca.pem is the
                                one made here
          --write-isolation W   for tables without a tag: always_use_lwt, only_rmw_uses_lwt (default),
                                forbid_rmw or unsafe_rmw
          --gossip-delay S      a stopped node is listed for so many seconds more (default 0)
          --ttl-period S        expired items are removed every so many seconds (default 0.5)
          --streams-window S    a stream shows changes that are so many seconds old (default 0)
          --allow-system-table-write
                                options of .scylla.alternator.system.config may be changed (default)
          --forbid-system-table-write
                                they may not
          --roles NAME:SECRET,… who may sign requests
          --enforce-authorization
                                operations must be signed by one of the roles
          --superuser NAME      a role that may do everything and write to system.config; may be repeated
          --check-grants        other roles need grants, given at the admin port
          --routing-hints       a node that does not hold a partition tells which nodes do, in the header
                                X-Scylla-Alternator-Routing-V1
          --help                this text

        When all nodes listen it prints one line, such as
          ready http://127.0.0.1:8000 http://127.0.0.2:8000
        and serves until SIGINT or SIGTERM. Logs go to standard error.
        """

    /// Why flags cannot be used: a sentence for the user.
    package struct Mistake: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    package init(_ arguments: [String]) throws(Mistake) {
        configuration.port = 8000
        configuration.timeToLivePeriod = .milliseconds(500)
        configuration.allowsSystemTableWrites = true
        var places: [LocalCluster.Configuration.Node] = []
        var count: Int?
        var tls = LocalCluster.TLS()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            var flag = argument
            var attached: String?
            if flag.hasPrefix("--"), let equals = flag.firstIndex(of: "=") {
                attached = String(flag[flag.index(after: equals)...])
                flag = String(flag[..<equals])
            }
            if flag == "--help" || flag == "-h" {
                showsHelp = true
                continue
            }
            if flag == "--allow-system-table-write", attached == nil {
                configuration.allowsSystemTableWrites = true
                continue
            }
            if flag == "--forbid-system-table-write", attached == nil {
                configuration.allowsSystemTableWrites = false
                continue
            }
            if flag == "--enforce-authorization", attached == nil {
                configuration.enforcesAuthorization = true
                continue
            }
            if flag == "--check-grants", attached == nil {
                configuration.checksGrants = true
                continue
            }
            if flag == "--routing-hints", attached == nil {
                configuration.sendsRoutingHints = true
                continue
            }
            guard Self.flags.contains(flag) else {
                throw Mistake(description: "There is no flag \(flag); --help lists them.")
            }
            guard let value = attached ?? rest.popFirst() else {
                throw Mistake(description: "\(flag) needs a value.")
            }
            switch flag {
            case "--nodes": count = try Self.number(value, flag, 1...250)
            case "--node": places.append(try Self.place(value))
            case "--port": configuration.port = try Self.number(value, flag, 0...65535)
            case "--data": configuration.dataFile = value
            case "--admin-port": configuration.adminPort = try Self.number(value, flag, 0...65535)
            case "--write-isolation":
                guard let isolation = WriteIsolation(tag: value) else {
                    throw Mistake(
                        description: """
                            --write-isolation is one of \
                            \(WriteIsolation.allCases.map(\.rawValue).joined(separator: ", ")), not '\(value)'.
                            """
                    )
                }
                configuration.writeIsolation = isolation
            case "--tls-port": tls.port = try Self.number(value, flag, 0...65535)
            case "--tls-dir": tls.folder = value
            case "--client-ca": tls.clientAuthority = .file(value)
            case "--gossip-delay": configuration.gossipDelay = try Self.seconds(value, flag)
            case "--roles": configuration.roles.merge(try Self.roles(value)) { $1 }
            case "--superuser": configuration.superusers.insert(value)
            case "--streams-window": configuration.streamsWindow = try Self.seconds(value, flag)
            default: configuration.timeToLivePeriod = try Self.seconds(value, flag)
            }
        }
        if count != nil, !places.isEmpty {
            throw Mistake(description: "Give either --nodes or --node, not both.")
        }
        if tls.port != nil {
            configuration.tls = tls
        } else if tls != LocalCluster.TLS() {
            throw Mistake(description: "--tls-dir and --client-ca need --tls-port.")
        }
        configuration.nodes = places.isEmpty ? LocalCluster.Configuration(nodes: count ?? 1).nodes : places
    }

    private static let flags: Set<String> = [
        "--nodes", "--node", "--port", "--data", "--admin-port", "--write-isolation", "--gossip-delay", "--ttl-period",
        "--streams-window", "--tls-port", "--tls-dir", "--client-ca", "--roles", "--superuser",
    ]

    private static func number(_ text: String, _ flag: String, _ range: ClosedRange<Int>) throws(Mistake) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw Mistake(
                description:
                    "\(flag) needs a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'."
            )
        }
        return number
    }

    private static func seconds(_ text: String, _ flag: String) throws(Mistake) -> Duration {
        guard let seconds = Double(text), (0...31_536_000).contains(seconds) else {
            throw Mistake(description: "\(flag) needs seconds, at least 0, not '\(text)'.")
        }
        return .milliseconds(Int(seconds * 1000))
    }

    /// `NAME:SECRET,…`; a secret may have colons, but no comma.
    private static func roles(_ text: String) throws(Mistake) -> [String: String] {
        var roles: [String: String] = [:]
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw Mistake(description: "--roles needs NAME:SECRET, or several with commas between.")
            }
            roles[parts[0]] = parts[1]
        }
        return roles
    }

    /// `ADDR=DC/RACK`.
    private static func place(_ text: String) throws(Mistake) -> LocalCluster.Configuration.Node {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let location =
            parts.count == 2
            ? parts[1].split(separator: "/", omittingEmptySubsequences: false).map(String.init) : []
        guard parts[0].isEmpty == false, location.count == 2, !location[0].isEmpty, !location[1].isEmpty else {
            throw Mistake(description: "--node needs ADDR=DC/RACK, such as 127.0.0.2=dc1/rack2, not '\(text)'.")
        }
        return LocalCluster.Configuration.Node(address: parts[0], datacenter: location[0], rack: location[1])
    }
}

import AlternatorTransport
import Synchronization

extension LocalCluster {
    /// A second port of every node, which speaks TLS.
    ///
    /// ```swift
    /// let cluster = try await LocalCluster(nodes: 3, tls: .on)
    /// var config = AlternatorConfig(seedHosts: cluster.seedHosts, port: cluster.tlsPort!, scheme: .https)
    /// config.tls = AlternatorConfig.TLS(additionalCAFiles: [cluster.tlsFiles!.authority])
    /// ```
    /// The certificates are made here, for every node's address and for `localhost`, unless `folder` has some.
    public struct TLS: Sendable, Hashable {
        /// Whose certificates clients must show.
        public enum ClientAuthority: Sendable, Hashable {
            /// They need none.
            case none
            /// The cluster's own, which `clientCertificate(named:)` makes.
            case own
            /// Those signed by an authority of this PEM file.
            case file(String)
        }

        /// The port of all nodes; `nil` takes a free one.
        public var port: Int?
        /// Where certificates are; `nil`: a folder of the system's, removed when the cluster closes.
        ///
        /// `server.pem` (the certificate, then its chain) and `server.key` are used as they are, unless there is a
        /// `ca.key`: then the cluster signs a new `server.pem` with it and `ca.pem` at each start. Where there is
        /// nothing all four are made, and `client.pem` and `client.key` for clients.
        public var folder: String?
        /// Whose certificates clients must show; by default they need none.
        public var clientAuthority: ClientAuthority
        /// TLS 1.3 is not offered.
        public var isLimitedTo1_2 = false

        /// A TLS port; what is not given is chosen or made at the start.
        ///
        /// - Parameters:
        ///   - port: the port of all nodes, 1 to 65535; `nil` takes a free one.
        ///   - folder: where certificates are or are made; `nil`: a folder that ends with the cluster.
        ///   - clientAuthority: whose certificates clients must show.
        public init(port: Int? = nil, folder: String? = nil, clientAuthority: ClientAuthority = .none) {
            self.port = port
            self.folder = folder
            self.clientAuthority = clientAuthority
        }

        /// A free port and certificates made here.
        public static let on = TLS()
        /// The same, and clients must show a certificate that `clientCertificate(named:)` made.
        public static let mutual = TLS(clientAuthority: .own)
    }

    /// The files behind the TLS port, in PEM form.
    public struct TLSFiles: Sendable, Hashable {
        /// What clients must trust.
        public let authority: String
        /// The certificate of the nodes.
        public let certificate: String
        /// Its key.
        public let key: String
    }

    /// A certificate for a client.
    public struct ClientCertificate: Sendable, Hashable {
        /// The file with the certificate.
        public let chain: String
        /// The file with its key.
        public let key: String
    }

    /// TLS handshakes of one node since it was made.
    public struct HandshakeCounts: Sendable, Hashable {
        /// All that came to their end.
        public var completed = 0
        /// Those that took up the session of an earlier connection.
        public var resumed = 0
        /// Those that ended in an error, at either side, or took longer than ten seconds.
        public var failed = 0
    }

    /// Starts nodes on 127.0.0.1, 127.0.0.2, … at a free port, and at a second one through TLS.
    public convenience init(nodes: Int, tls: TLS) async throws {
        var configuration = Configuration(nodes: nodes)
        configuration.tls = tls
        try await self.init(configuration)
    }

    /// The files of the TLS port; `nil` if there is none.
    public var tlsFiles: TLSFiles? { certificates?.files }

    /// Makes a certificate for a client, signed by the cluster's own authority.
    ///
    /// - Parameter role: its common name; where authorization is enforced it stands for the role of that name.
    /// - Returns: files in the folder of the other certificates.
    /// - Throws: `Failure` without TLS, or where the folder has no `ca.key`.
    public func clientCertificate(named role: String = "client") throws -> ClientCertificate {
        guard let certificates else { throw Failure(description: "The cluster has no TLS port.") }
        return try certificates.client(role)
    }
}

extension LocalCluster.HandshakeCounts {
    init(_ counts: TLSServer.Counts) {
        self.init(completed: counts.completed, resumed: counts.resumed, failed: counts.failed)
    }
}

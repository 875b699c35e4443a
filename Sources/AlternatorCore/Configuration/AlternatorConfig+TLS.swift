extension AlternatorConfig {
    /// How nodes are spoken to, all of them alike.
    public enum Scheme: String, Sendable, Hashable, CaseIterable {
        case http
        /// TLS on `port`, as `AlternatorConfig.tls` says.
        case https
    }

    /// What is asked of TLS, where `scheme` is `.https`.
    ///
    /// ```swift
    /// var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8043, scheme: .https)
    /// config.tls = AlternatorConfig.TLS(additionalCAFiles: ["/etc/scylla/ca.pem"], verifyHostname: false)
    /// ```
    /// Nodes advertise bare addresses, so their certificates need these as IP entries of subjectAltName; where they
    /// have none, `verifyHostname` or `serverName` helps. Files are in PEM form, are read when a client is made, and are
    /// read anew for new connections within a second of a change.
    public struct TLS: Sendable, Hashable {
        /// Whether the authorities of the system are trusted; default true.
        public var trustSystemCAs: Bool
        /// Files with further certificates to trust: authorities, or single certificates of nodes; default none.
        public var additionalCAFiles: [String]
        /// Whether the certificate must be for the host that is connected to; default true.
        ///
        /// Apart from the check of the chain, which stays: right where the authority signs for this cluster only.
        public var verifyHostname: Bool
        /// The name in every node's certificate, checked instead of the host, and told to the server (SNI); default `nil`.
        public var serverName: String?
        /// Shown to nodes that ask for one; default `nil`.
        public var clientCertificate: ClientCertificate?
        /// Older versions are refused; default TLS 1.2.
        public var minimumVersion: Version
        /// Whether later connections to a node spare the costly part of the handshake; default on.
        public var sessionResumption: SessionResumption
        /// A file to which the secrets of every connection are appended, for Wireshark; default `nil`.
        ///
        /// Whoever reads it can read the traffic.
        public var keyLogFile: String?
        /// Whether certificates are not checked at all; `insecureTrustAll` sets it.
        public var trustsAll: Bool

        /// One of these parts.
        public init(
            trustSystemCAs: Bool = true,
            additionalCAFiles: [String] = [],
            verifyHostname: Bool = true,
            serverName: String? = nil,
            clientCertificate: ClientCertificate? = nil,
            minimumVersion: Version = .v1_2,
            sessionResumption: SessionResumption = .on,
            keyLogFile: String? = nil,
            trustsAll: Bool = false
        ) {
            self.trustSystemCAs = trustSystemCAs
            self.additionalCAFiles = additionalCAFiles
            self.verifyHostname = verifyHostname
            self.serverName = serverName
            self.clientCertificate = clientCertificate
            self.minimumVersion = minimumVersion
            self.sessionResumption = sessionResumption
            self.keyLogFile = keyLogFile
            self.trustsAll = trustsAll
        }

        /// Takes any certificate of anybody: whoever stands between can read and change everything.
        ///
        /// For a try-out only; each client made with it tells a warning.
        public static let insecureTrustAll = TLS(verifyHostname: false, trustsAll: true)
    }
}

extension AlternatorConfig.TLS {
    /// A version of TLS.
    public enum Version: Sendable, Hashable, CaseIterable {
        case v1_2, v1_3
    }

    /// A certificate that tells nodes who this client is; files in PEM form.
    public struct ClientCertificate: Sendable, Hashable {
        /// The certificate, then those that lead from it to the authority.
        public var chain: String
        /// Its private key; may be the same file.
        public var key: String
        /// Opens the key if it is encrypted.
        public var password: String?

        /// A certificate from files.
        public init(chain: String, key: String, password: String? = nil) {
            self.chain = chain
            self.key = key
            self.password = password
        }
    }

    /// How many sessions are kept to be resumed, and for how long.
    ///
    /// They belong to one client: no two configurations ever share one.
    public struct SessionResumption: Sendable, Hashable {
        /// Sessions over all nodes; 0: none.
        public let sessions: Int
        /// From making one to its last use; a shorter limit of the server's is kept too.
        public let lifetime: Duration

        /// 1024 sessions, a day.
        public static let on = on()
        /// Every connection makes a whole handshake.
        public static let off = on(sessions: 0)

        /// So many sessions, each for so long.
        public static func on(sessions: Int = 1024, lifetime: Duration = .seconds(86_400)) -> SessionResumption {
            SessionResumption(sessions: sessions, lifetime: lifetime)
        }
    }
}

extension AlternatorConfig.TLS.ClientCertificate: CustomStringConvertible, CustomReflectable {
    /// The files; never the password.
    public var description: String {
        "ClientCertificate(chain: \(chain), key: \(key)\(password == nil ? "" : ", password: …"))"
    }

    /// The same for `dump`.
    public var customMirror: Mirror { Mirror(self, children: ["chain": chain, "key": key]) }
}

/// A version of TLS that is still safe.
package enum TLSVersion: Int32, Hashable, Sendable, Comparable, CaseIterable {
    // The numbers on the wire.
    case v1_2 = 0x0303
    case v1_3 = 0x0304

    package static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}

/// Files in PEM form with which a side shows who it is.
package struct TLSIdentity: Hashable, Sendable {
    /// The certificate, then those that lead from it to the authority.
    package var chainFile: String
    /// Its private key; may be the same file.
    package var keyFile: String
    /// Opens the key if it is encrypted.
    package var password: String?

    package init(chainFile: String, keyFile: String, password: String? = nil) {
        self.chainFile = chainFile
        self.keyFile = keyFile
        self.password = password
    }
}

/// What a client asks of TLS.
package struct TLSClientSettings: Hashable, Sendable {
    package var trustsSystem = true
    package var authorityFiles: [String] = []
    /// Whether the chain is checked at all, and with it the name.
    package var verifiesChain = true
    package var verifiesName = true
    /// Instead of the host that is connected to, for the check and for SNI.
    package var serverName: String?
    package var identity: TLSIdentity?
    package var minimumVersion = TLSVersion.v1_2
    /// Sessions kept for resumption; 0: none.
    package var sessionCount = 1024
    package var sessionLifetime = Duration.seconds(86_400)
    package var keyLogFile: String?

    package init() {}
}

/// What a server offers by TLS.
package struct TLSServerSettings: Hashable, Sendable {
    package var identity: TLSIdentity
    /// Who signs the certificates that clients must show; `nil`: they need none.
    package var clientAuthorityFile: String?
    /// Whether a client without a certificate is refused; without effect if there is no authority for them.
    package var requiresClientCertificate = true
    package var minimumVersion = TLSVersion.v1_2
    package var maximumVersion = TLSVersion.v1_3
    package var issuesTickets = true

    package init(identity: TLSIdentity) { self.identity = identity }
}

/// A setting that cannot be used: which one, and why.
package struct TLSSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Field: Hashable, Sendable {
        case authorityFiles, certificateChain, certificateKey, certificatePassword, keyLogFile, serverName
        case clientAuthorityFile, system
    }

    package let field: Field
    /// `nil` where it is about no file.
    package let file: String?
    /// A clause without a full stop.
    package let reason: String

    package init(_ field: Field, file: String? = nil, _ reason: String) {
        self.field = field
        self.file = file
        self.reason = reason
    }

    package var description: String { file.map { "'\($0)' \(reason)" } ?? reason }
}

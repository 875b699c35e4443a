import AlternatorTransport

/// The certificates of a cluster: found in a folder, or made there.
final class ClusterCertificates: Sendable {
    let files: LocalCluster.TLSFiles
    private let folder: String
    private let isOwnFolder: Bool
    private let settings: LocalCluster.TLS
    /// Signs what is made; `nil` where the folder has a certificate and no key of its authority.
    private let authority: Certificate?

    private static let lifetime: Int64 = 3650 * 86_400

    /// - Throws: `LocalCluster.Failure`: a folder that cannot be used, or half a pair of files.
    init(_ settings: LocalCluster.TLS, addresses: [String]) throws {
        self.settings = settings
        isOwnFolder = settings.folder == nil
        folder = try Folder.make(settings.folder)
        files = LocalCluster.TLSFiles(
            authority: folder + "/ca.pem",
            certificate: folder + "/server.pem",
            key: folder + "/server.key"
        )
        let authorityKey = folder + "/ca.key"
        let hasServer = Folder.has(files.certificate) || Folder.has(files.key)
        if hasServer, !Folder.has(authorityKey) {
            guard Folder.has(files.certificate), Folder.has(files.key) else {
                throw LocalCluster.Failure(description: "\(folder) needs both server.pem and server.key, or neither.")
            }
            authority = nil
            return
        }
        if Folder.has(files.authority) || Folder.has(authorityKey) {
            do {
                authority = try Certificate(certificateFile: files.authority, keyFile: authorityKey)
            } catch {
                throw LocalCluster.Failure(description: "\(folder) needs both ca.pem and ca.key, or neither: \(error).")
            }
        } else {
            let now = Self.now
            let request = CertificateRequest(
                "alternator-local CA",
                .authority,
                validFrom: now - 3600,
                validUntil: now + Self.lifetime
            )
            let made = try Self.make(request)
            try Folder.write(made.certificatePEM, to: files.authority)
            try Folder.write(made.keyPEM(), to: authorityKey, isPrivate: true)
            authority = made
        }
        try cover(addresses)
        if !Folder.has(folder + "/client.pem") { _ = try client("client") }
    }

    deinit { remove() }

    /// Removes the folder, if it was made for this cluster alone; twice is fine.
    func remove() { if isOwnFolder { Folder.remove(folder) } }

    private static var now: Int64 { WallClock.milliseconds() / 1000 }

    /// Makes a certificate of the nodes for these addresses, where certificates are made here.
    func cover(_ addresses: [String]) throws {
        guard let authority else { return }
        var request = Self.request("alternator-local", .server)
        request.names = ["localhost"]
        request.addresses = addresses
        let made = try Self.make(request, signedBy: authority)
        try Folder.write(made.keyPEM(), to: files.key, isPrivate: true)
        try Folder.write(made.certificatePEM, to: files.certificate)
    }

    private static func make(
        _ request: CertificateRequest,
        signedBy authority: Certificate? = nil
    ) throws -> Certificate {
        do {
            return try Certificate(request, signedBy: authority)
        } catch {
            throw LocalCluster.Failure(description: "No certificate can be made: \(error).")
        }
    }

    private static func request(_ name: String, _ use: CertificateRequest.Use) -> CertificateRequest {
        CertificateRequest(name, use, validFrom: now - 3600, validUntil: now + lifetime)
    }

    func client(_ role: String) throws -> LocalCluster.ClientCertificate {
        guard let authority else {
            throw LocalCluster.Failure(description: "\(folder) has no ca.key to sign a client's certificate with.")
        }
        let isFileName = !role.isEmpty && role.utf8.count <= 64 && role.utf8.allSatisfy(Self.isFileByte)
        guard isFileName, role != "server", role != "ca" else {
            throw LocalCluster.Failure(description: "'\(role)' cannot be the name of a client's certificate.")
        }
        let made = try Self.make(Self.request(role, .client), signedBy: authority)
        let paths = LocalCluster.ClientCertificate(chain: "\(folder)/\(role).pem", key: "\(folder)/\(role).key")
        try Folder.write(made.keyPEM(), to: paths.key, isPrivate: true)
        try Folder.write(made.certificatePEM, to: paths.chain)
        return paths
    }

    private static func isFileByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }

    /// The TLS side of one node, with tickets of its own.
    func server() throws -> TLSServer {
        var server = TLSServerSettings(
            identity: TLSIdentity(chainFile: files.certificate, keyFile: files.key)
        )
        switch settings.clientAuthority {
        case .none: break
        case .own: server.clientAuthorityFile = files.authority
        case .file(let file): server.clientAuthorityFile = file
        }
        if settings.isLimitedTo1_2 { server.maximumVersion = .v1_2 }
        do {
            return try TLSServer(server)
        } catch {
            throw LocalCluster.Failure(description: "The TLS port cannot be opened: \(error).")
        }
    }
}

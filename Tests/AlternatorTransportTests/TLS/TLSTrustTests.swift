import TestSupport
import Testing

@testable import AlternatorTransport

@Suite(.timeLimit(.minutes(10))) struct TLSTrustTests {
    /// Whether an exchange works.
    private func works(_ bench: TLSBench, _ host: String = "127.0.0.1") async -> Bool {
        let result = await bench.send(to: host)
        await bench.close()
        return result.error == nil
    }

    @Test func `the chain is checked without the name`() async throws {
        let nameless = try TLSBench(certificate: { $0.addresses = [] }, client: { $1.verifiesName = false })
        #expect(await works(nameless))
        let stranger = try TLSBench(
            server: { files, settings in
                settings.identity = try files.identity(files.request(), selfSigned: true)
            },
            client: { $1.verifiesName = false }
        )
        #expect(await !works(stranger))
    }

    @Test func `a fixed name is checked instead of the address`() async throws {
        let bench = try TLSBench(
            certificate: {
                $0.addresses = []
                $0.names = ["*.db.example"]
            },
            client: { $1.serverName = "node1.db.example" }
        )
        #expect(await works(bench))
    }

    @Test func `an address may be the fixed name, and a name may end with a full stop`() async throws {
        let address = try TLSBench(
            certificate: { $0.addresses = ["10.1.2.3"] },
            client: { $1.serverName = "10.1.2.3" }
        )
        #expect(await works(address))
        let name = try TLSBench(certificate: { $0.names = ["localhost"] })
        #expect(await works(name, "localhost"))
    }

    @Test func `an IPv6 address is found in the certificate`() async throws {
        let bench = try TLSBench(host: "::1", certificate: { $0.addresses = ["::1"] })
        #expect(await works(bench, "::1"))
    }

    @Test func `SNI is sent for names only`() {
        let settings = TLSClientSettings()
        func name(_ host: String, _ serverName: String? = nil) -> TLSPeerName {
            var settings = settings
            settings.serverName = serverName
            return TLSPeerName(Peer(id: 0, host: host, port: 1), settings)
        }
        #expect(name("db.example").indication == "db.example")
        #expect(name("db.example.").indication == "db.example")
        #expect(name("10.0.0.1").indication == nil)
        #expect(name("10.0.0.1").expected == "10.0.0.1")
        #expect(name("fe80::1%eth0").indication == nil)
        #expect(name("fe80::1%eth0").expected == "fe80::1")
        #expect(name("10.0.0.1", "db.example").indication == "db.example")
        #expect(name("10.0.0.1", "db.example").expected == "db.example")
        #expect(name("10.0.0.1").resumptionKey != name("10.0.0.2").resumptionKey)
        #expect(name("10.0.0.1", "a").resumptionKey != name("10.0.0.1", "b").resumptionKey)
    }

    @Test func `a certificate signed by itself is trusted when it is given`() async throws {
        let bench = try TLSBench(
            server: { files, settings in
                settings.identity = try files.identity(files.request(), selfSigned: true)
            },
            client: { $1.authorityFiles = [$0.path + "/server.pem"] }
        )
        #expect(await works(bench))
    }

    @Test func `an authority in the middle is trusted when it is given, and sent by the server when the root is`()
        async throws
    {
        func bench(_ trusted: String) throws -> TLSBench {
            try TLSBench(
                server: { files, settings in
                    let request = CertificateRequest(
                        "Middle CA",
                        .authority,
                        validFrom: files.now - 60,
                        validUntil: files.now + 60
                    )
                    let middle = try Certificate(request, signedBy: files.authority)
                    try files.write(middle.certificatePEM, to: "middle.pem")
                    settings.identity = try files.identity(files.request(), signedBy: middle)
                    let chain = try files.read("server.pem") + files.read("middle.pem")
                    try files.write(chain, to: "server.pem")
                },
                client: { $1.authorityFiles = [$0.path + "/" + trusted] }
            )
        }
        #expect(await works(try bench("middle.pem")))
        #expect(await works(try bench("ca.pem")))
    }

    @Test func `nothing is checked when everything is trusted`() async throws {
        let bench = try TLSBench(
            certificate: {
                $0.addresses = []
                $0.validUntil -= 7200
            },
            client: {
                $1.authorityFiles = []
                $1.verifiesChain = false
            }
        )
        #expect(await works(bench))
    }

    @Test(arguments: TLSVersion.allCases, [CertificateRequest.KeyKind.elliptic, .rsa])
    func `a client shows its certificate`(version: TLSVersion, kind: CertificateRequest.KeyKind) async throws {
        let bench = try TLSBench(
            server: {
                $1.clientAuthorityFile = $0.authorityFile
                $1.maximumVersion = version
            },
            client: { files, settings in
                var request = files.request("role", .client)
                request.keyKind = kind
                settings.identity = try files.identity(request, file: "client", password: "geheim, ja")
            }
        )
        #expect(await works(bench))
    }

    @Test func `a server that only asks lets clients without a certificate in`() async throws {
        let bench = try TLSBench(server: {
            $1.clientAuthorityFile = $0.authorityFile
            $1.requiresClientCertificate = false
        })
        #expect(await works(bench))
    }

    @Test func `the secrets of each connection are appended to the key log`() async throws {
        let files = try CertificateFolder()
        let log = files.path + "/keys.log"
        try files.write("# kept\n", to: "keys.log")
        let bench = try TLSBench(files: files, client: { $1.keyLogFile = log })
        #expect(await works(bench))
        let lines = try files.read("keys.log").split(separator: "\n")
        #expect(lines.first == "# kept")
        let labels = Set(lines.dropFirst().map { $0.split(separator: " ")[0] })
        // NSS's format, as Wireshark reads it.
        #expect(labels.isSuperset(of: ["CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"]))
    }

    @Test func `settings that cannot be used name the field and the file`() throws {
        let files = try CertificateFolder()
        let identity = try files.identity(files.request("role", .client), file: "client")
        let locked = try files.identity(files.request("role", .client), file: "locked", password: "right")
        try files.write("no certificate", to: "empty.pem")
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        try files.write(broken, to: "broken.pem")
        func problem(_ change: (inout TLSClientSettings) -> Void) -> TLSSettingsError? {
            var settings = files.client
            change(&settings)
            do throws(TLSSettingsError) {
                _ = try TLSClient(settings)
                return nil
            } catch {
                return error
            }
        }
        let missing = problem { $0.authorityFiles.append(files.path + "/none.pem") }
        #expect(missing?.field == .authorityFiles)
        #expect(missing?.description == "'\(files.path)/none.pem' cannot be read: No such file or directory")
        #expect(problem { $0.authorityFiles = [files.path] }?.description.contains("Is a directory") == true)
        let empty = problem { $0.authorityFiles = [files.path + "/empty.pem"] }
        #expect(empty?.description.contains("holds no certificate") == true)
        let damaged = problem { $0.authorityFiles = [files.path + "/broken.pem"] }
        #expect(damaged?.description.contains("cannot be read") == true)
        let noChain = problem { $0.identity = TLSIdentity(chainFile: "/none", keyFile: identity.keyFile) }
        #expect(noChain?.field == .certificateChain)
        let noKey = problem { $0.identity = TLSIdentity(chainFile: identity.chainFile, keyFile: "/none") }
        #expect(noKey?.field == .certificateKey)
        let notKey = problem {
            $0.identity = TLSIdentity(chainFile: identity.chainFile, keyFile: files.path + "/empty.pem")
        }
        #expect(notKey?.field == .certificateKey)
        let wrongKey = problem { $0.identity = TLSIdentity(chainFile: identity.chainFile, keyFile: locked.keyFile) }
        #expect(wrongKey?.field == .certificatePassword)
        let otherKey = problem {
            $0.identity = TLSIdentity(chainFile: identity.chainFile, keyFile: locked.keyFile, password: "right")
        }
        #expect(otherKey?.field == .certificateKey)
        #expect(otherKey?.reason == "is not the key of the certificate in '\(identity.chainFile)'")
        let wrongPassword = problem {
            $0.identity = TLSIdentity(chainFile: locked.chainFile, keyFile: locked.keyFile, password: "wrong")
        }
        #expect(wrongPassword?.field == .certificatePassword)
        #expect(wrongPassword?.reason == "is not opened by the password")
        #expect(problem { $0.identity = locked } == nil)
        #expect(problem { $0.keyLogFile = files.path + "/no/such/folder" }?.field == .keyLogFile)
        #expect(problem { $0.serverName = "" }?.field == .serverName)
    }
}

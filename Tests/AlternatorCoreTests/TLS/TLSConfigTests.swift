import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct TLSConfigTests {
    /// The sentence `validate()` and making a client refuse it with; they must agree.
    private func refusal(
        _ tls: AlternatorConfig.TLS?,
        scheme: AlternatorConfig.Scheme = .https
    ) async -> String? {
        let config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8043, scheme: scheme, tls: tls)
        var told: String?
        do throws(AlternatorError) {
            try config.validate()
        } catch {
            #expect(error.code == .configuration)
            told = error.message
        }
        guard told != nil else { return nil }
        let error = await failure { try await AlternatorClient(config) }
        #expect(error?.code == .configuration)
        #expect(error?.message == told)
        return told
    }

    @Test func `TLS settings without TLS are refused`() async {
        #expect(
            await refusal(AlternatorConfig.TLS(), scheme: .http)
                == "AlternatorConfig.tls: is given, but scheme is .http; set scheme to .https, or leave tls out"
        )
        #expect(await refusal(nil, scheme: .http) == nil)
        #expect(await refusal(nil) == nil)
        #expect(await refusal(.insecureTrustAll) == nil)
    }

    @Test func `files that cannot be used are refused by field and name`() async throws {
        let files = try CertificateFolder()
        let identity = try files.identity(files.request("role", .client), file: "client", password: "geheim")
        try files.write("nothing", to: "nothing.pem")
        let nothing = files.path + "/nothing.pem"
        typealias TLS = AlternatorConfig.TLS
        #expect(
            await refusal(TLS(additionalCAFiles: ["/no/such/ca.pem"]))
                == "AlternatorConfig.tls.additionalCAFiles: '/no/such/ca.pem' cannot be read: No such file or directory"
        )
        let empty = await refusal(TLS(additionalCAFiles: [files.authorityFile, nothing]))
        #expect(empty?.hasPrefix("AlternatorConfig.tls.additionalCAFiles: '\(nothing)' holds no certificate") == true)
        func client(_ chain: String, _ key: String, _ password: String? = "geheim") async -> String? {
            await refusal(TLS(clientCertificate: .init(chain: chain, key: key, password: password)))
        }
        #expect(await client(identity.chainFile, identity.keyFile) == nil)
        let chain = await client("/none.pem", identity.keyFile)
        #expect(chain?.hasPrefix("AlternatorConfig.tls.clientCertificate.chain: '/none.pem' cannot be read") == true)
        let key = await client(identity.chainFile, nothing)
        #expect(key?.hasPrefix("AlternatorConfig.tls.clientCertificate.key: '\(nothing)' holds no private key") == true)
        #expect(
            await client(identity.chainFile, identity.keyFile, "wrong")
                == "AlternatorConfig.tls.clientCertificate.password: '\(identity.keyFile)' is not opened by the password"
        )
        #expect(
            await client(identity.chainFile, identity.keyFile, nil)?.hasSuffix("is encrypted and no password is given")
                == true
        )
        let log = await refusal(TLS(keyLogFile: "/no/such/keys.log"))
        #expect(log?.hasPrefix("AlternatorConfig.tls.keyLogFile: '/no/such/keys.log' cannot be opened") == true)
        #expect(
            await refusal(TLS(serverName: "")) == "AlternatorConfig.tls.serverName: is not a name or address"
        )
    }

    @Test func `bounds of resumption are checked`() async {
        typealias TLS = AlternatorConfig.TLS
        let negative = await refusal(TLS(sessionResumption: .on(sessions: -1)))
        #expect(negative?.hasPrefix("AlternatorConfig.tls.sessionResumption: -1 sessions") == true)
        let zero = await refusal(TLS(sessionResumption: .on(lifetime: .zero)))
        #expect(zero?.hasPrefix("AlternatorConfig.tls.sessionResumption: a lifetime of") == true)
        #expect(await refusal(TLS(sessionResumption: .off)) == nil)
    }

    @Test func `the defaults are those of the design`() {
        let tls = AlternatorConfig.TLS()
        #expect(tls.trustSystemCAs)
        #expect(tls.additionalCAFiles.isEmpty)
        #expect(tls.verifyHostname)
        #expect(tls.serverName == nil)
        #expect(tls.clientCertificate == nil)
        #expect(tls.minimumVersion == .v1_2)
        #expect(tls.sessionResumption.sessions == 1024)
        #expect(tls.sessionResumption.lifetime == .seconds(86_400))
        #expect(tls.keyLogFile == nil)
        #expect(!tls.trustsAll)
        #expect(AlternatorConfig.TLS.insecureTrustAll.trustsAll)
    }

    @Test func `a password is never shown`() {
        let certificate = AlternatorConfig.TLS.ClientCertificate(chain: "c.pem", key: "k.pem", password: "geheim")
        var config = AlternatorConfig(seedHosts: ["a"], port: 1, scheme: .https)
        config.tls = AlternatorConfig.TLS(clientCertificate: certificate)
        var dumped = ""
        dump(config, to: &dumped)
        for text in ["\(certificate)", String(reflecting: certificate), "\(config)", dumped] {
            #expect(!text.contains("geheim"))
            #expect(text.contains("k.pem"))
        }
    }

    @Test func `every fault of the transport has a meaning and a remedy of its own`() {
        for reason in TLSFault.Reason.allCases {
            let failure = TLSFailure(TLSFault(reason, "what was found"))
            #expect(failure.detail == "what was found")
            #expect(failure.remedy.hasSuffix("."))
        }
        let named = [
            (TLSFault.Reason.nameMismatch, ["tls.serverName", "tls.verifyHostname"]),
            (.unknownAuthority, ["tls.additionalCAFiles"]), (.selfSigned, ["tls.additionalCAFiles"]),
            (.certificateRequired, ["tls.clientCertificate"]), (.certificateRefused, ["tls.clientCertificate"]),
            (.protocolVersion, ["tls.minimumVersion"]), (.peerIsPlain, ["scheme to .http,", "port"]),
            (.peerIsSecure, ["scheme to .https", "port"]), (.handshakeTimeout, ["connectTimeout"]),
            (.certificateExpired, ["AlternatorConfig.tls"]), (.certificateNotYetValid, ["AlternatorConfig.tls"]),
        ]
        for (reason, fields) in named {
            let remedy = TLSFailure(TLSFault(reason, "")).remedy
            for field in fields { #expect(remedy.contains(field), "\(remedy)") }
        }
    }
}

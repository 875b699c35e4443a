import TestSupport
import Testing

@testable import AlternatorTransport

@Suite(.timeLimit(.minutes(10))) struct TLSFaultTests {
    /// One broken setup and what it must be called.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: TLSFault.Reason
        /// Stands in the sentence.
        let words: String
        var host = "127.0.0.1"
        var certificate: @Sendable (CertificateFolder, inout CertificateRequest) -> Void = { _, _ in }
        var server: @Sendable (CertificateFolder, inout TLSServerSettings) throws -> Void = { _, _ in }
        var client: @Sendable (CertificateFolder, inout TLSClientSettings) throws -> Void = { _, _ in }
    }

    static let cases: [Case] = [
        Case(
            testDescription: "an expired certificate",
            reason: .certificateExpired,
            words: "has expired",
            certificate: { $1.validUntil = $0.now - 60 }
        ),
        Case(
            testDescription: "a certificate of tomorrow",
            reason: .certificateNotYetValid,
            words: "is not valid yet",
            certificate: {
                $1.validFrom = $0.now + 3600
                $1.validUntil = $0.now + 7200
            }
        ),
        Case(
            testDescription: "a certificate for another address",
            reason: .nameMismatch,
            words: "is for DNS:db.example, IP Address:10.0.0.1",
            server: { files, settings in
                var request = files.request()
                request.names = ["db.example"]
                request.addresses = ["10.0.0.1"]
                settings.identity = try files.identity(request, file: "other")
            }
        ),
        Case(
            testDescription: "a certificate whose common name only is the address",
            reason: .nameMismatch,
            words: "is for no name or address",
            certificate: {
                $1.commonName = "127.0.0.1"
                $1.addresses = []
            }
        ),
        Case(
            testDescription: "a certificate for an address where a name is expected",
            reason: .nameMismatch,
            words: "is for IP Address:127.0.0.1",
            host: "localhost"
        ),
        Case(
            testDescription: "a name instead of the host that the certificate is not for",
            reason: .nameMismatch,
            words: "is for IP Address:127.0.0.1",
            client: { $1.serverName = "db.example" }
        ),
        Case(
            testDescription: "an authority that is not trusted",
            reason: .unknownAuthority,
            words: "is signed by an authority that is not trusted",
            server: { files, settings in
                let other = try CertificateFolder.authority("Other CA", now: files.now)
                settings.identity = try files.identity(files.request(), signedBy: other)
            }
        ),
        Case(
            testDescription: "nobody trusted",
            reason: .unknownAuthority,
            words: "is signed by an authority that is not trusted",
            client: { $1.authorityFiles = [] }
        ),
        Case(
            testDescription: "a certificate signed by itself",
            reason: .selfSigned,
            words: "is signed by itself and not trusted",
            server: { files, settings in
                settings.identity = try files.identity(files.request(), selfSigned: true)
            }
        ),
        Case(
            testDescription: "a certificate of a client shown by a server",
            reason: .certificateInvalid,
            words: "cannot be accepted",
            server: { files, settings in
                var request = files.request("node", .client)
                request.addresses = ["127.0.0.1"]
                settings.identity = try files.identity(request)
            }
        ),
        Case(
            testDescription: "an authority that has expired",
            reason: .certificateExpired,
            words: "a certificate of the chain 'CN = Old CA' has expired",
            server: { files, settings in
                let request = CertificateRequest(
                    "Old CA",
                    .authority,
                    validFrom: files.now - 7200,
                    validUntil: files.now - 3600
                )
                let old = try Certificate(request)
                try files.write(old.certificatePEM, to: "old.pem")
                settings.identity = try files.identity(files.request(), signedBy: old)
            },
            client: { $1.authorityFiles = [$0.path + "/old.pem"] }
        ),
        Case(
            testDescription: "no client certificate in TLS 1.3",
            reason: .certificateRequired,
            words: "it wants a client certificate",
            server: { $1.clientAuthorityFile = $0.authorityFile }
        ),
        Case(
            testDescription: "no client certificate in TLS 1.2",
            reason: .certificateRequired,
            words: "client certificate",
            server: {
                $1.clientAuthorityFile = $0.authorityFile
                $1.maximumVersion = .v1_2
            }
        ),
        Case(
            testDescription: "a client certificate of an unknown authority in TLS 1.3",
            reason: .certificateRefused,
            words: "unknown CA",
            server: { $1.clientAuthorityFile = $0.authorityFile },
            client: { files, settings in
                let other = try CertificateFolder.authority("Other CA", now: files.now)
                settings.identity = try files.identity(files.request("role", .client), file: "c", signedBy: other)
            }
        ),
        Case(
            testDescription: "an expired client certificate in TLS 1.2",
            reason: .certificateRefused,
            words: "certificate expired",
            server: {
                $1.clientAuthorityFile = $0.authorityFile
                $1.maximumVersion = .v1_2
            },
            client: { files, settings in
                var request = files.request("role", .client)
                request.validUntil = files.now - 60
                settings.identity = try files.identity(request, file: "c")
            }
        ),
        Case(
            testDescription: "a server that is too old",
            reason: .protocolVersion,
            words: "version",
            server: { $1.maximumVersion = .v1_2 },
            client: { $1.minimumVersion = .v1_3 }
        ),
    ]

    @Test(arguments: cases) func `each fault has its own cause`(test: Case) async throws {
        let files = try CertificateFolder()
        let bench = try TLSBench(
            files: files,
            certificate: { test.certificate(files, &$0) },
            server: test.server,
            client: test.client
        )
        // The first tells it; so does any later one.
        for _ in 0..<2 {
            let result = await bench.send(to: test.host)
            let error = try #require(result.error)
            #expect(error.kind == .tls)
            #expect(error.sent == .incomplete)
            #expect(error.fault?.reason == test.reason)
            #expect(error.message.contains(test.words), "\(error.message)")
        }
        let pool = try #require(bench.transport.snapshot().first)
        #expect(pool.open == 0 && pool.idle == 0)
        await bench.close()
    }

    private func fault(_ server: RawServer, within limit: Duration = .seconds(20)) async throws -> TransportError? {
        let files = try CertificateFolder()
        var configuration = TransportConfiguration()
        configuration.connectTimeout = limit
        configuration.tls = try TLSClient(files.client)
        let transport = LoopTransport(configuration)
        let result = await outcome(transport, request(), Peer(id: 0, host: "127.0.0.1", port: server.port))
        await transport.close(within: .seconds(5))
        await server.close()
        return result.error
    }

    @Test func `plain HTTP at the other end has its own cause`() async throws {
        let files = try CertificateFolder()
        let test = try TestServer { _ in .respond(ServerResponse(status: 200)) }
        var configuration = TransportConfiguration()
        configuration.tls = try TLSClient(files.client)
        let transport = LoopTransport(configuration)
        let result = await outcome(transport, request(), Peer(id: 0, host: "127.0.0.1", port: test.port))
        #expect(result.error?.kind == .tls)
        #expect(result.error?.sent == .incomplete)
        #expect(result.error?.fault?.reason == .peerIsPlain)
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test func `TLS at the other end of a plain client has its own cause`() async throws {
        let bench = try TLSBench(isClientPlain: true)
        let result = await bench.send()
        #expect(result.error?.kind == .tls)
        // It was sent, but a server that speaks TLS cannot have taken it for a request.
        #expect(result.error?.sent == .incomplete)
        #expect(result.error?.fault?.reason == .peerIsSecure)
        try await eventually("the server has counted it") { bench.tls.counts.failed == 1 }
        await bench.close()
    }

    @Test func `a handshake that is cut has its own cause`() async throws {
        let error = try await fault(RawServer(.answer([])))
        #expect(error?.kind == .tls)
        #expect(error?.fault?.reason == .handshakeCut)
        #expect(error?.sent == .incomplete)
    }

    @Test func `a handshake that nobody answers has its own cause`() async throws {
        let error = try await fault(RawServer(.silent), within: .seconds(1))
        #expect(error?.kind == .tls)
        #expect(error?.fault?.reason == .handshakeTimeout)
        #expect(error?.sent == .incomplete)
    }

    @Test func `garbage in the handshake is not TLS, and an alert is told by its name`() async throws {
        let garbage = try await fault(RawServer(.answer(Array("\u{1}\u{2}garbage and more of it".utf8))))
        #expect(garbage?.fault?.reason == .peerIsPlain)
        // Fatal, internal_error.
        let alert = try await fault(RawServer(.answer([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x50])))
        #expect(alert?.fault?.reason == .handshakeRefused)
        #expect(alert?.message.contains("internal error") == true)
        // Fatal, protocol_version.
        let version = try await fault(RawServer(.answer([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46])))
        #expect(version?.fault?.reason == .protocolVersion)
    }

    @Test func `a server ends the handshake of a client that says nothing`() async throws {
        let files = try CertificateFolder()
        var configuration = ServerConfiguration()
        configuration.handshakeTimeout = .milliseconds(50)
        let tls = try TLSServer(files.server())
        let test = try TestServer(configuration: configuration, tls: tls) { _ in .hang }
        let client = try RawClient(port: test.port)
        await client.waitForEnd()
        #expect(tls.counts == TLSServer.Counts(completed: 0, resumed: 0, failed: 1))
        await client.close()
        await test.stop()
    }

    @Test func `a plain client is told so by a TLS server`() async throws {
        let bench = try TLSBench(isClientPlain: true)
        let client = try RawClient(port: bench.test.port)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await client.waitForEnd()
        #expect(client.received == [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0A])
        await client.close()
        await bench.close()
    }
}

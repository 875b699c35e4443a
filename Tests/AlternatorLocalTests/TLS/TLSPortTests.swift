import AlternatorTransport
import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import AlternatorLocal

@Suite(.timeLimit(.minutes(10))) struct TLSPortTests {
    /// A GET or POST through TLS, by a client of its own.
    private func send(
        _ cluster: LocalCluster,
        _ path: String = "/localnodes",
        to host: String = "127.0.0.1",
        target: String? = nil,
        body: String = "",
        _ change: (inout TLSClientSettings) -> Void = { _ in }
    ) async throws -> IncomingResponse {
        var settings = TLSClientSettings()
        settings.trustsSystem = false
        settings.authorityFiles = [cluster.tlsFiles?.authority ?? ""]
        change(&settings)
        var configuration = TransportConfiguration()
        configuration.tls = try TLSClient(settings)
        let transport = LoopTransport(configuration)
        var head = "\(target == nil ? "GET" : "POST") \(path) HTTP/1.1\r\nHost: x\r\n"
        if let target { head += "X-Amz-Target: DynamoDB_20120810.\(target)\r\n" }
        head += "Content-Length: \(body.utf8.count)\r\n\r\n"
        let peer = Peer(id: 0, host: host, port: cluster.tlsPort ?? 0)
        let request = OutgoingRequest(head: Array(head.utf8), body: Array(body.utf8))
        let result: Result<IncomingResponse, TransportError>
        do throws(TransportError) {
            result = .success(try await transport.exchange(request, with: peer, options: ExchangeOptions()))
        } catch {
            result = .failure(error)
        }
        await transport.close(within: .seconds(5))
        return try result.get()
    }

    private func fault(_ send: () async throws -> IncomingResponse) async -> TLSFault.Reason? {
        do {
            _ = try await send()
            return nil
        } catch {
            return (error as? TransportError)?.fault?.reason
        }
    }

    private func text(_ response: IncomingResponse) -> String {
        String(decoding: response.bytes[response.bodyOffset...], as: UTF8.self)
    }

    @Test func `every node speaks TLS with a certificate for its address and localhost`() async throws {
        let cluster = try await LocalCluster(nodes: 3, tls: .on)
        #expect(cluster.tlsPort != nil && cluster.tlsPort != cluster.port)
        for host in cluster.seedHosts + ["localhost"] {
            let answer = try await send(cluster, to: host)
            #expect(answer.status == 200)
            #expect(text(answer).contains("127.0.0.3"))
        }
        #expect(cluster.handshakeCounts(of: "127.0.0.2") == .init(completed: 1, resumed: 0, failed: 0))
        await cluster.close()
    }

    @Test func `files made for one cluster go with it`() async throws {
        let cluster = try await LocalCluster(nodes: 1, tls: .on)
        let file = try #require(cluster.tlsFiles?.authority)
        #expect(FileManager.default.fileExists(atPath: file))
        await cluster.close()
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func `nodes that stop, start, come and go do so at both ports`() async throws {
        let cluster = try await LocalCluster(nodes: 2, tls: .on)
        try await cluster.stop("127.0.0.2")
        await #expect(throws: TransportError.self) { try await send(cluster, to: "127.0.0.2") }
        try await cluster.start("127.0.0.2")
        #expect(try await send(cluster, to: "127.0.0.2").status == 200)
        try await cluster.add(.init(address: "127.0.0.7"))
        #expect(try await send(cluster, to: "127.0.0.7").status == 200)
        try await cluster.remove("127.0.0.7")
        await #expect(throws: TransportError.self) { try await send(cluster, to: "127.0.0.7") }
        await cluster.close()
    }

    @Test func `clients must show a certificate of the cluster's own authority`() async throws {
        let cluster = try await LocalCluster(nodes: 1, tls: .mutual)
        #expect(await fault { try await send(cluster) } == .certificateRequired)
        let certificate = try cluster.clientCertificate(named: "app")
        let answer = try await send(cluster) {
            $0.identity = TLSIdentity(chainFile: certificate.chain, keyFile: certificate.key)
        }
        #expect(answer.status == 200)
        let other = try CertificateFolder()
        let foreign = try other.identity(other.request("app", .client), file: "client")
        #expect(await fault { try await send(cluster) { $0.identity = foreign } } == .certificateRefused)
        for name in ["", "../x", "server", "ca", "a b"] {
            #expect(throws: LocalCluster.Failure.self) { try cluster.clientCertificate(named: name) }
        }
        await cluster.close()
    }

    @Test func `a client certificate stands for the role of its name`() async throws {
        var configuration = LocalCluster.Configuration(nodes: 1)
        configuration.tls = .mutual
        configuration.enforcesAuthorization = true
        configuration.roles = ["app": "secret"]
        let cluster = try await LocalCluster(configuration)
        func list(_ role: String) async throws -> IncomingResponse {
            let certificate = try cluster.clientCertificate(named: role)
            return try await send(cluster, "/", target: "ListTables", body: "{}") {
                $0.identity = TLSIdentity(chainFile: certificate.chain, keyFile: certificate.key)
            }
        }
        #expect(try await list("app").status == 200)
        let refused = try await list("stranger")
        #expect(refused.status == 400)
        #expect(text(refused).contains("UnrecognizedClientException"))
        await cluster.close()
    }

    @Test func `certificates of a folder are used as they are`() async throws {
        let files = try CertificateFolder()
        var request = files.request()
        request.addresses = ["127.0.0.1"]
        try files.identity(request)
        let before = try files.read("server.pem")
        let cluster = try await LocalCluster(nodes: 1, tls: LocalCluster.TLS(folder: files.path))
        #expect(try await send(cluster).status == 200)
        #expect(try files.read("server.pem") == before)
        #expect(throws: LocalCluster.Failure.self) { try cluster.clientCertificate() }
        await cluster.close()
        // Not its own, so it stays.
        #expect(try files.read("server.pem") == before)
    }

    @Test func `a folder keeps its authority from start to start`() async throws {
        let files = try CertificateFolder()
        let folder = files.path + "/tls"
        var first: String?
        for nodes in [1, 3] {
            let cluster = try await LocalCluster(nodes: nodes, tls: LocalCluster.TLS(folder: folder))
            let authority = try files.read("tls/ca.pem")
            #expect(first == nil || first == authority)
            first = authority
            for host in cluster.seedHosts { #expect(try await send(cluster, to: host).status == 200) }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names == ["ca.key", "ca.pem", "client.key", "client.pem", "server.key", "server.pem"])
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/ca.key")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            await cluster.close()
        }
    }

    @Test func `half a pair of files is refused by name`() async throws {
        let files = try CertificateFolder()
        func refusal(_ tls: LocalCluster.TLS) async -> String? {
            do {
                let cluster = try await LocalCluster(nodes: 1, tls: tls)
                await cluster.close()
                return nil
            } catch {
                return "\(error)"
            }
        }
        // There is a ca.pem already.
        let noKey = await refusal(.init(folder: files.path))
        #expect(noKey?.contains("needs both ca.pem and ca.key") == true)
        try files.write("x", to: "server.pem")
        let noServerKey = await refusal(.init(folder: files.path))
        #expect(noServerKey?.contains("needs both server.pem and server.key") == true)
        try files.write("x", to: "server.key")
        let broken = await refusal(.init(folder: files.path))
        #expect(broken?.contains("server.pem' holds no certificate") == true)
        let noAuthority = await refusal(.init(clientAuthority: .file("/no/such.pem")))
        #expect(noAuthority?.contains("'/no/such.pem' cannot be read") == true)
        let noFolder = await refusal(.init(folder: "/no/such/folder"))
        #expect(noFolder?.contains("/no/such/folder") == true)
    }

    @Test func `flags make a TLS port`() throws {
        let some = try CommandLineOptions(["--tls-port", "8043", "--tls-dir=certs", "--client-ca", "ca.pem"])
        let tls = try #require(some.configuration.tls)
        #expect(tls == LocalCluster.TLS(port: 8043, folder: "certs", clientAuthority: .file("ca.pem")))
        #expect(try CommandLineOptions([]).configuration.tls == nil)
        let error = #expect(throws: CommandLineOptions.Mistake.self) { try CommandLineOptions(["--tls-dir", "x"]) }
        #expect(error?.description == "--tls-dir and --client-ca need --tls-port.")
    }
}

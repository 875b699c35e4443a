package import AlternatorTransport
import Foundation

/// Certificates of every kind, in files of a folder of their own that goes with this object.
package final class CertificateFolder: Sendable {
    package let path: String
    /// Signs what `identity` makes, unless told otherwise.
    package let authority: Certificate
    package let authorityFile: String
    /// Seconds since 1970 when this was made.
    package let now: Int64

    package init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("alternator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
        now = Int64(Date().timeIntervalSince1970)
        authority = try CertificateFolder.authority("Test CA", now: now)
        authorityFile = path + "/ca.pem"
        try write(authority.certificatePEM, to: "ca.pem")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package static func authority(_ name: String, now: Int64) throws -> Certificate {
        try Certificate(CertificateRequest(name, .authority, validFrom: now - 3600, validUntil: now + 86_400))
    }

    /// Writes a file at once, as a whole: a reader sees the old one or the new one.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
        return path + "/" + name
    }

    package func read(_ name: String) throws -> String {
        try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }

    /// A request for a certificate that is valid for an hour to each side and for 127.0.0.1.
    package func request(_ name: String = "node", _ use: CertificateRequest.Use = .server) -> CertificateRequest {
        var request = CertificateRequest(name, use, validFrom: now - 3600, validUntil: now + 3600)
        if use == .server { request.addresses = ["127.0.0.1"] }
        return request
    }

    /// Makes a certificate and writes `FILE.pem` and `FILE.key`.
    @discardableResult
    package func identity(
        _ request: CertificateRequest,
        file: String = "server",
        signedBy issuer: Certificate? = nil,
        selfSigned: Bool = false,
        password: String? = nil
    ) throws -> TLSIdentity {
        let made = try Certificate(request, signedBy: selfSigned ? nil : issuer ?? authority)
        return TLSIdentity(
            chainFile: try write(made.certificatePEM, to: file + ".pem"),
            keyFile: try write(made.keyPEM(password: password), to: file + ".key"),
            password: password
        )
    }

    /// Settings of a server with such a certificate.
    package func server(_ change: (inout CertificateRequest) -> Void = { _ in }) throws -> TLSServerSettings {
        var request = request()
        change(&request)
        return TLSServerSettings(identity: try identity(request))
    }

    /// Settings of a client that trusts the authority and nobody else.
    package var client: TLSClientSettings {
        var settings = TLSClientSettings()
        settings.trustsSystem = false
        settings.authorityFiles = [authorityFile]
        return settings
    }
}

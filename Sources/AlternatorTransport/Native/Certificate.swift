import CAlternator
import COpenSSL

/// A certificate with its private key, made here: for the embedded cluster and for tests.
///
/// ```swift
/// let authority = try Certificate(CertificateRequest("CA", .authority, validFrom: now, validUntil: now + 86_400))
/// let server = try Certificate(request, signedBy: authority)
/// ```
package final class Certificate: Sendable {
    private let certificate: X509Certificate
    private let key: PrivateKey

    /// Makes a key and a certificate for it.
    ///
    /// - Parameters:
    ///   - request: what it is to say.
    ///   - issuer: signs it; `nil`: it signs itself.
    /// - Throws: a name or address that a certificate cannot have.
    package init(_ request: CertificateRequest, signedBy issuer: Certificate? = nil) throws(CertificateError) {
        key = try Certificate.makeKey(request.keyKind)
        guard let pointer = unsafe X509_new() else { throw CertificateError("OpenSSL is out of memory") }
        certificate = unsafe X509Certificate(owning: pointer)
        try fill(request, issuer: issuer ?? self)
    }

    /// Reads one that was made before.
    ///
    /// - Throws: a file that is missing or broken, or a key that is not the certificate's.
    package init(certificateFile: String, keyFile: String) throws(TLSSettingsError) {
        certificate = try PEM.certificates(certificateFile, .certificateChain)[0]
        key = try PEM.privateKey(keyFile, password: nil)
        guard unsafe X509_check_private_key(certificate.pointer, key.pointer) == 1 else {
            throw TLSSettingsError(.certificateKey, file: keyFile, "is not the key of '\(certificateFile)'")
        }
    }

    private static func makeKey(_ kind: CertificateRequest.KeyKind) throws(CertificateError) -> PrivateKey {
        let context = unsafe EVP_PKEY_CTX_new_id(kind == .rsa ? EVP_PKEY_RSA : EVP_PKEY_EC, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(context) == 1 else { throw failure("a key") }
        let parameter =
            kind == .rsa
            ? unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048)
            : unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1)
        guard parameter == 1, unsafe EVP_PKEY_keygen(context, &key) == 1, let made = unsafe key else {
            throw failure("a key")
        }
        return unsafe PrivateKey(owning: made)
    }

    private func fill(_ request: CertificateRequest, issuer: Certificate) throws(CertificateError) {
        let pointer = unsafe certificate.pointer
        // Version 3, which counts from 0; it is the one with extensions.
        _ = unsafe X509_set_version(pointer, 2)
        _ = unsafe ASN1_INTEGER_set_uint64(X509_get_serialNumber(pointer), UInt64.random(in: 1...UInt64(Int64.max)))
        _ = unsafe ASN1_TIME_set(X509_getm_notBefore(pointer), Int(request.validFrom))
        _ = unsafe ASN1_TIME_set(X509_getm_notAfter(pointer), Int(request.validUntil))
        let subject = unsafe X509_get_subject_name(pointer)
        let name = Array(request.commonName.utf8)
        let named = unsafe name.withUnsafeBufferPointer {
            unsafe X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, $0.baseAddress, Int32($0.count), -1, 0)
        }
        guard named == 1 else { throw Certificate.failure("a certificate for '\(request.commonName)'") }
        _ = unsafe X509_set_issuer_name(pointer, X509_get_subject_name(issuer.certificate.pointer))
        _ = unsafe X509_set_pubkey(pointer, key.pointer)
        var extensions = try Certificate.extensions(request)
        // Tells authorities of one name apart; one that signs itself has nothing to tell.
        if issuer !== self { extensions.append((NID_authority_key_identifier, "keyid")) }
        for (extensionID, value) in extensions {
            guard unsafe calt_certificate_extend(pointer, issuer.certificate.pointer, extensionID, value) else {
                throw Certificate.failure("a certificate with '\(value)'")
            }
        }
        guard unsafe X509_sign(pointer, issuer.key.pointer, EVP_sha256()) > 0 else {
            throw Certificate.failure("a signature")
        }
    }

    private static func extensions(
        _ request: CertificateRequest
    ) throws(CertificateError) -> [(identifier: Int32, value: String)] {
        var extensions: [(identifier: Int32, value: String)] = [(NID_subject_key_identifier, "hash")]
        switch request.use {
        case .authority:
            extensions.append((NID_basic_constraints, "critical,CA:TRUE"))
            extensions.append((NID_key_usage, "critical,keyCertSign,cRLSign"))
        case .server:
            extensions.append((NID_basic_constraints, "critical,CA:FALSE"))
            extensions.append((NID_ext_key_usage, "serverAuth"))
        case .client:
            extensions.append((NID_basic_constraints, "critical,CA:FALSE"))
            extensions.append((NID_ext_key_usage, "clientAuth"))
        }
        // Commas part the entries of OpenSSL's textual form.
        for text in request.names + request.addresses where text.isEmpty || text.utf8.contains(UInt8(ascii: ",")) {
            throw CertificateError("'\(text)' cannot stand in a certificate")
        }
        let alternatives = request.names.map { "DNS:\($0)" } + request.addresses.map { "IP:\($0)" }
        if !alternatives.isEmpty {
            extensions.append((NID_subject_alt_name, alternatives.joined(separator: ",")))
        }
        return extensions
    }

    private static func failure(_ what: String) -> CertificateError {
        CertificateError("OpenSSL cannot make \(what): \(PEM.lastReason().text)")
    }

    // MARK: Text

    /// The certificate in PEM form.
    package var certificatePEM: String {
        unsafe Certificate.text { bio in unsafe PEM_write_bio_X509(bio, certificate.pointer) }
    }

    /// The key in PEM form.
    ///
    /// - Parameter password: encrypts it, with AES-256.
    /// - Returns: PKCS #8.
    package func keyPEM(password: String? = nil) -> String {
        let secret = password.map { Array($0.utf8) } ?? []
        return unsafe secret.withUnsafeBufferPointer { secret in
            unsafe Certificate.text { bio in
                unsafe PEM_write_bio_PKCS8PrivateKey(
                    bio,
                    key.pointer,
                    password == nil ? nil : EVP_aes_256_cbc(),
                    secret.baseAddress.map { unsafe UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) },
                    Int32(secret.count),
                    nil,
                    nil
                )
            }
        }
    }

    private static func text(_ write: (OpaquePointer?) -> Int32) -> String {
        let bio = unsafe BIO_new(BIO_s_mem())
        defer { unsafe BIO_free(bio) }
        _ = unsafe write(bio)
        var bytes = [UInt8](repeating: 0, count: unsafe Int(BIO_ctrl_pending(bio)))
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe BIO_read(bio, $0.baseAddress, Int32($0.count)) }
        return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }
}

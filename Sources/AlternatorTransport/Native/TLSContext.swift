import CAlternator
import COpenSSL
import Synchronization

/// What many connections have in common: trust, identity, versions, sessions; not changed once made.
@safe
final class TLSContext: @unchecked Sendable {  // OpenSSL locks what it changes in a context itself.
    let pointer: OpaquePointer
    /// Sessions to resume; a server has none, the client brings them back.
    let sessions: Mutex<ResumptionCache<ResumableSession>>
    private var keyLog: Int32 = -1

    private init(_ method: OpaquePointer?, sessions: ResumptionCache<ResumableSession>) throws(TLSSettingsError) {
        guard let pointer = unsafe SSL_CTX_new(method) else {
            throw TLSSettingsError(.system, "OpenSSL cannot make a context: \(PEM.lastReason().text)")
        }
        unsafe self.pointer = pointer
        self.sessions = Mutex(sessions)
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
        if keyLog >= 0 { Files.close(keyLog) }
    }

    // MARK: Client

    static func client(_ settings: TLSClientSettings) throws(TLSSettingsError) -> TLSContext {
        let cache = ResumptionCache<ResumableSession>(
            capacity: settings.sessionCount,
            lifetime: settings.sessionLifetime
        )
        let context = try unsafe TLSContext(TLS_client_method(), sessions: cache)
        unsafe calt_tls_configure(context.pointer, true)
        _ = unsafe calt_tls_versions(context.pointer, settings.minimumVersion.rawValue, TLSVersion.v1_3.rawValue)
        unsafe calt_tls_session_cache(context.pointer, true, settings.sessionCount > 0)
        if settings.sessionCount > 0 { unsafe SSL_CTX_sess_set_new_cb(context.pointer, keepSession) }
        if settings.verifiesChain {
            if settings.trustsSystem { _ = unsafe SSL_CTX_set_default_verify_paths(context.pointer) }
            for file in settings.authorityFiles { try context.trust(file, .authorityFiles) }
        }
        unsafe calt_tls_note_failures(context.pointer, settings.verifiesChain ? SSL_VERIFY_PEER : SSL_VERIFY_NONE)
        if let identity = settings.identity {
            try context.use(identity)
        } else {
            unsafe calt_tls_note_requests(context.pointer)
        }
        if let file = settings.keyLogFile { try context.logKeys(to: file) }
        return context
    }

    // MARK: Server

    static func server(_ settings: TLSServerSettings) throws(TLSSettingsError) -> TLSContext {
        let context = try unsafe TLSContext(
            TLS_server_method(),
            sessions: ResumptionCache(capacity: 0, lifetime: .zero)
        )
        unsafe calt_tls_configure(context.pointer, false)
        _ = unsafe calt_tls_versions(
            context.pointer,
            settings.minimumVersion.rawValue,
            settings.maximumVersion.rawValue
        )
        unsafe calt_tls_session_cache(context.pointer, false, settings.issuesTickets)
        unsafe SSL_CTX_set_timeout(context.pointer, 86_400)
        let name = Array("alternator".utf8)
        _ = unsafe name.withUnsafeBufferPointer {
            unsafe SSL_CTX_set_session_id_context(context.pointer, $0.baseAddress, UInt32($0.count))
        }
        try context.use(settings.identity)
        if let file = settings.clientAuthorityFile {
            for certificate in try context.trust(file, .clientAuthorityFile) {
                _ = unsafe SSL_CTX_add_client_CA(context.pointer, certificate.pointer)
            }
            let required = settings.requiresClientCertificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0
            unsafe calt_tls_note_failures(context.pointer, SSL_VERIFY_PEER | required)
        }
        return context
    }

    // MARK: Parts

    @discardableResult
    private func trust(
        _ file: String,
        _ field: TLSSettingsError.Field
    ) throws(TLSSettingsError) -> [X509Certificate] {
        let certificates = try PEM.certificates(file, field)
        let store = unsafe SSL_CTX_get_cert_store(pointer)
        for certificate in certificates { _ = unsafe X509_STORE_add_cert(store, certificate.pointer) }
        // What is trusted by name of a file need not be a root.
        _ = unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        return certificates
    }

    private func use(_ identity: TLSIdentity) throws(TLSSettingsError) {
        let chain = try PEM.certificates(identity.chainFile, .certificateChain)
        let key = try PEM.privateKey(identity.keyFile, password: identity.password)
        ERR_clear_error()
        guard unsafe SSL_CTX_use_certificate(pointer, chain[0].pointer) == 1 else {
            let reason = PEM.lastReason().text
            throw TLSSettingsError(.certificateChain, file: identity.chainFile, "cannot be used: \(reason)")
        }
        for certificate in chain.dropFirst() { _ = unsafe calt_tls_add_chain(pointer, certificate.pointer) }
        guard unsafe SSL_CTX_use_PrivateKey(pointer, key.pointer) == 1,
            unsafe SSL_CTX_check_private_key(pointer) == 1
        else {
            throw TLSSettingsError(
                .certificateKey,
                file: identity.keyFile,
                "is not the key of the certificate in '\(identity.chainFile)'"
            )
        }
    }

    private func logKeys(to file: String) throws(TLSSettingsError) {
        do throws(SystemError) {
            keyLog = try Files.openLog(file)
        } catch {
            throw TLSSettingsError(.keyLogFile, file: file, "cannot be opened to append to: \(error.reason)")
        }
        unsafe calt_tls_log_keys(pointer, keyLog)
    }

    /// Called by OpenSSL from within a call of a `TLSSession`, which is therefore alive.
    private static let keepSession: @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = { ssl, session in
        guard let context = unsafe SSL_get_ex_data(ssl, 0), let session = unsafe session else { return 0 }
        let owner = unsafe Unmanaged<TLSSession>.fromOpaque(context).takeUnretainedValue()
        return unsafe owner.keep(session) ? 1 : 0
    }
}

/// A session of OpenSSL's that another connection may resume.
@safe
final class ResumableSession: @unchecked Sendable {  // Only handed to SSL_set_session, which counts its references.
    let pointer: OpaquePointer

    /// Takes over one reference.
    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe SSL_SESSION_free(pointer) }
}

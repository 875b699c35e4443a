import CAlternator
import COpenSSL
import Synchronization

/// TLS on one socket: turns plain bytes into records and back, never blocks.
///
/// An object of OpenSSL's serves one thread at a time, and one thread may write while the loop reads: `lock` is held
/// during each call, which handles at most one record.
///
/// **What counts as sent.** `write` reports the plain bytes of records that the kernel has taken to their last byte. A
/// record that it has taken in part counts for nothing: its receiver cannot decrypt, nor therefore act on, any byte of
/// a record before the tag at its end has come. What is left of such a record goes out with the next `write` only;
/// `close` leaves it, so a request that was given up half-way is never completed by the way.
@safe
final class TLSSession: @unchecked Sendable {  // `lock` protects what the pointers point to and the variables.
    enum Handshake {
        case done
        case wouldBlock
        case failed(TLSFault)
    }

    private enum Phase { case handshake, open, failed, closed }

    private let ssl: OpaquePointer
    private let link: UnsafeMutablePointer<calt_link>
    private let context: TLSContext
    private let isClient: Bool
    /// What the sessions of this connection can be resumed for.
    private let peer: String
    private let lock = Mutex(())
    private var phase = Phase.handshake
    /// A record has been begun that the kernel has not taken to its end.
    private var isRecordOpen = false
    /// Why it failed: a later call says the same.
    private var fault: TLSFault?

    /// One record.
    private static let recordBytes = 16 * 1024

    /// `nil` when OpenSSL is out of memory.
    ///
    /// - Parameters:
    ///   - context: of a client or a server.
    ///   - descriptor: a socket, which must stay open until `close`.
    ///   - name: whom a client talks to; `nil` for a server.
    ///   - now: decides which session can still be resumed.
    init?(_ context: TLSContext, descriptor: Int32, name: TLSPeerName?, now: MonotonicTime) {
        guard let ssl = unsafe SSL_new(context.pointer) else { return nil }
        guard let link = unsafe calt_tls_attach(ssl, descriptor) else {
            unsafe SSL_free(ssl)
            return nil
        }
        unsafe self.ssl = ssl
        unsafe self.link = link
        self.context = context
        isClient = name != nil
        peer = name?.resumptionKey ?? ""
        _ = unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        guard let name else {
            unsafe SSL_set_accept_state(ssl)
            return
        }
        unsafe SSL_set_connect_state(ssl)
        if let serverName = name.indication { _ = unsafe calt_tls_server_name(ssl, serverName) }
        if let expected = name.expected {
            let parameters = unsafe SSL_get0_param(ssl)
            // RFC 9525: names are in subjectAltName only, and a wildcard is a whole label.
            let flags = UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
            unsafe X509_VERIFY_PARAM_set_hostflags(parameters, flags)
            if name.isAddress {
                _ = unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, expected)
            } else {
                _ = unsafe X509_VERIFY_PARAM_set1_host(parameters, expected, 0)
            }
        }
        if let session = context.sessions.withLock({ $0.take(for: peer, now: now) }) {
            _ = unsafe SSL_set_session(ssl, session.pointer)
        }
    }

    deinit {
        // Without this OpenSSL takes the end for a fault of the session and never resumes it.
        if phase != .failed { unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
        unsafe SSL_free(ssl)
    }

    // MARK: Calls

    func handshake() -> Handshake {
        lock.withLock { _ in
            if let fault { return .failed(fault) }
            let code = unsafe calt_tls_handshake(ssl)
            switch code {
            case SSL_ERROR_NONE:
                phase = .open
                return .done
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
                return .wouldBlock
            default:
                return .failed(failed(code))
            }
        }
    }

    /// Reads the plain bytes of at most one record.
    func read(into buffer: inout [UInt8]) -> ReadOutcome {
        unsafe buffer.withUnsafeMutableBytes { unsafe read(into: $0.baseAddress!, $0.count) }
    }

    /// As before, into the buffer of a loop.
    func read(into buffer: InputBuffer) -> ReadOutcome { unsafe read(into: buffer.start, InputBuffer.capacity) }

    private func read(into start: UnsafeMutableRawPointer, _ capacity: Int) -> ReadOutcome {
        lock.withLock { _ in
            guard phase == .open else { return closedOutcome }
            var count = 0
            let code = unsafe calt_tls_read(ssl, start, capacity, &count)
            switch code {
            case SSL_ERROR_NONE:
                return .bytes(count, more: unsafe SSL_has_pending(ssl) == 1 || !link.pointee.short_read)
            // Writing is wanted when a message of the protocol has to be answered; the next event comes back here.
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
                return .wouldBlock
            case SSL_ERROR_ZERO_RETURN:
                return .end
            default:
                return .failed(failure(code))
            }
        }
    }

    /// Writes the first part from `offset`, then the second, record by record until the kernel takes no more.
    func write(_ first: [UInt8], _ second: [UInt8], from offset: Int) -> WriteOutcome {
        let total = first.count + second.count
        var position = offset
        while position < total {
            // The same cut for the same position: OpenSSL wants an unfinished record repeated as it was.
            let end = min(total, position + TLSSession.recordBytes)
            let (code, count): (Int32, Int)
            if end <= first.count {
                (code, count) = writeRecord(first, position..<end)
            } else if position >= first.count {
                (code, count) = writeRecord(second, position - first.count..<end - first.count)
            } else {
                var joined: [UInt8] = []
                joined.reserveCapacity(end - position)
                joined.append(contentsOf: first[position...])
                joined.append(contentsOf: second[..<(end - first.count)])
                (code, count) = writeRecord(joined, 0..<joined.count)
            }
            switch code {
            case SSL_ERROR_NONE: position += count
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .accepted(position - offset)
            default: return .failed(lock.withLock { _ in failure(code) })
            }
        }
        return .accepted(position - offset)
    }

    /// Writes one record; fewer bytes than asked for where the peer has asked for shorter records (RFC 8449, RFC 6066).
    private func writeRecord(_ bytes: [UInt8], _ range: Range<Int>) -> (code: Int32, count: Int) {
        lock.withLock { _ in
            guard phase == .open else { return (SSL_ERROR_SYSCALL, 0) }
            var count = 0
            let code = unsafe bytes.withUnsafeBytes {
                unsafe calt_tls_write(ssl, $0.baseAddress! + range.lowerBound, range.count, &count)
            }
            isRecordOpen = code == SSL_ERROR_WANT_WRITE || code == SSL_ERROR_WANT_READ
            if code == SSL_ERROR_SSL || code == SSL_ERROR_SYSCALL { isRecordOpen = true }
            return (code, count)
        }
    }

    /// Whether nothing of the application has arrived and the connection is not at its end.
    ///
    /// Bytes that are waiting may be of the protocol itself, such as a ticket: they are taken in by the way.
    var isQuiet: Bool {
        lock.withLock { _ in
            guard phase == .open else { return false }
            let code = unsafe calt_tls_peek(ssl)
            // An alert is told once only.
            if code == SSL_ERROR_SSL { _ = failed(code) }
            return code == SSL_ERROR_WANT_READ
        }
    }

    /// Whether bytes have been read from the socket that no `read` has given yet.
    var hasPending: Bool { lock.withLock { _ in unsafe SSL_has_pending(ssl) == 1 } }

    var isResumed: Bool { lock.withLock { _ in unsafe SSL_session_reused(ssl) == 1 } }

    /// The common name of the certificate that the peer has shown and that was accepted.
    var peerCommonName: String? {
        lock.withLock { _ in
            guard phase == .open, let certificate = unsafe SSL_get1_peer_certificate(ssl) else { return nil }
            defer { unsafe X509_free(certificate) }
            let subject = unsafe X509_get_subject_name(certificate)
            let name = unsafe CText.make {
                _ = unsafe X509_NAME_get_text_by_NID(subject, NID_commonName, $0, Int32($1))
            }
            return name.isEmpty ? nil : name
        }
    }

    /// `TLSv1.3`.
    var version: String { lock.withLock { _ in unsafe String(cString: SSL_get_version(ssl)) } }

    /// Tells the peer that no more will come, unless a record is unfinished; reading goes on.
    func finishWriting() { lock.withLock { _ in sendNotice() } }

    /// The last call that uses the socket.
    ///
    /// - Parameter notifies: whether the peer is told that this is a regular end.
    func close(notifies: Bool) {
        lock.withLock { _ in
            if notifies { sendNotice() }
            if phase != .failed { phase = .closed }
            // The number may soon be another socket's.
            unsafe link.pointee.fd = -1
        }
    }

    private func sendNotice() {
        guard phase == .open, !isRecordOpen else { return }
        // What does not fit into the socket now is not waited for.
        _ = unsafe calt_tls_shutdown(ssl)
    }

    // MARK: Sessions

    /// OpenSSL has made a session that can be resumed; called with the lock held.
    ///
    /// - Returns: whether it was taken over.
    func keep(_ session: OpaquePointer) -> Bool {
        guard unsafe SSL_SESSION_is_resumable(session) == 1 else { return false }
        let isSingleUse = unsafe SSL_SESSION_get_protocol_version(session) >= TLSVersion.v1_3.rawValue
        let limit = Duration.seconds(unsafe SSL_SESSION_get_timeout(session))
        let kept = unsafe ResumableSession(owning: session)
        context.sessions.withLock {
            $0.store(kept, for: peer, isSingleUse: isSingleUse, lifetime: limit, now: .now)
        }
        return true
    }

    // MARK: Faults, with the lock held

    private var closedOutcome: ReadOutcome {
        if let fault { return .failed(.tls(fault)) }
        return phase == .handshake ? .wouldBlock : .end
    }

    private func failure(_ code: Int32) -> StreamFailure {
        if phase == .closed { return .system(SystemError("write", code: SystemError.badDescriptor)) }
        let isSystem = code == SSL_ERROR_SYSCALL && fault == nil
        if isSystem, unsafe link.pointee.error != 0 {
            return .system(SystemError("TLS", code: unsafe link.pointee.error))
        }
        return .tls(failed(code))
    }

    private func failed(_ code: Int32) -> TLSFault {
        if let fault { return fault }
        let made = unsafe TLSFaults.fault(
            code: code,
            duringHandshake: phase == .handshake,
            isClient: isClient,
            hasIdentity: SSL_get_certificate(ssl) != nil,
            link: link
        )
        fault = made
        phase = .failed
        return made
    }
}

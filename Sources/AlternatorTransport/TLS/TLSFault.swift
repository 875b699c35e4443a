/// Why a connection could not be made secure, or did not stay so.
package struct TLSFault: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable, CaseIterable {
        case certificateExpired, certificateNotYetValid
        /// The certificate is not for the name or address that was connected to.
        case nameMismatch
        /// The certificate, or the last of its chain, is signed by nobody who is trusted.
        case unknownAuthority
        /// The certificate is signed by itself and not trusted.
        case selfSigned
        /// Any other objection to the certificate: revoked, wrong purpose, broken signature.
        case certificateInvalid
        /// The peer wants a certificate of this side, which has none.
        case certificateRequired
        /// The peer refused the certificate of this side.
        case certificateRefused
        /// The two sides have no version of TLS in common.
        case protocolVersion
        /// The peer does not speak TLS.
        case peerIsPlain
        /// The peer speaks TLS and this side does not.
        case peerIsSecure
        /// The connection ended during the handshake.
        case handshakeCut
        case handshakeTimeout
        /// The peer refused the handshake for another reason.
        case handshakeRefused
        /// A record or message that breaks the protocol, or an alert in the middle.
        case protocolError
        /// FIN came without the notice that tells an end from a cut.
        case truncated
    }

    package let reason: Reason
    /// What was found, such as names and dates; a clause without a full stop.
    package let detail: String

    package init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    package var description: String { detail }

    /// A peer that says this has not accepted the handshake, so it has run nothing of what was sent behind it.
    ///
    /// In TLS 1.3 a server looks at the client's certificate after the client may have sent its first request; what it
    /// does not accept it answers with an alert, and never looks at the request.
    package var precedesRequests: Bool {
        switch reason {
        case .protocolError, .truncated: false
        default: true
        }
    }
}

/// Why a stream cannot go on.
enum StreamFailure: Hashable, Sendable {
    case system(SystemError)
    case tls(TLSFault)

    /// A clause without a full stop.
    var reason: String {
        switch self {
        case .system(let error): error.reason
        case .tls(let fault): fault.detail
        }
    }

    var fault: TLSFault? { if case .tls(let fault) = self { fault } else { nil } }
}

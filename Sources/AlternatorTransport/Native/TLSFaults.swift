import CAlternator
import COpenSSL

/// Reads out of OpenSSL's state why something failed.
enum TLSFaults {
    /// OpenSSL adds this to the number of an alert.
    private static let alertOffset: Int32 = 1000

    /// - Parameters:
    ///   - code: of SSL_get_error.
    ///   - duringHandshake: the handshake was not complete on this side.
    ///   - isClient: which side this is.
    ///   - hasIdentity: this side has a certificate.
    ///   - link: what the callbacks noted.
    /// - Returns: the fault, in the words of the protocol.
    static func fault(
        code: Int32,
        duringHandshake: Bool,
        isClient: Bool,
        hasIdentity: Bool,
        link: UnsafeMutablePointer<calt_link>
    ) -> TLSFault {
        if unsafe link.pointee.verify_error != 0 { return unsafe certificate(link) }
        let first = unsafe link.pointee.first_byte
        // A handshake message or an alert is what a peer that speaks TLS begins with.
        if duringHandshake, first >= 0, first != 0x16, first != 0x15 {
            return TLSFault(.peerIsPlain, "the peer does not speak TLS")
        }
        guard code == SSL_ERROR_SSL else {
            let error = unsafe link.pointee.error
            let how = error == 0 ? "" : ": \(SystemError("", code: error).reason)"
            return duringHandshake
                ? TLSFault(.handshakeCut, "the peer ended the connection during the TLS handshake\(how)")
                : TLSFault(.truncated, "the connection was cut without TLS's notice of its end\(how)")
        }
        let (reason, text) = PEM.lastReason()
        if reason > alertOffset, reason <= alertOffset + 255 {
            let requested = unsafe link.pointee.certificate_requested
            return alert(reason - alertOffset, duringHandshake, lacksIdentity: requested && !hasIdentity, hasIdentity)
        }
        switch reason {
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION, SSL_R_NO_PROTOCOLS_AVAILABLE,
            SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH, SSL_R_BAD_PROTOCOL_VERSION_NUMBER,
            SSL_R_UNKNOWN_PROTOCOL:
            return TLSFault(.protocolVersion, "the two sides have no version of TLS in common (\(text))")
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return TLSFault(.certificateRequired, "the client showed no certificate")
        default:
            return TLSFault(
                duringHandshake ? .handshakeRefused : .protocolError,
                duringHandshake ? "the TLS handshake failed (\(text))" : "the TLS connection failed (\(text))"
            )
        }
    }

    /// An alert of the peer's; numbers: RFC 8446, 6.
    private static func alert(
        _ number: Int32,
        _ duringHandshake: Bool,
        lacksIdentity: Bool,
        _ hasIdentity: Bool
    ) -> TLSFault {
        let name = unsafe String(cString: SSL_alert_desc_string_long(number))
        let told = "the peer sent the alert '\(name)'"
        switch number {
        // certificate_required.
        case 116:
            return TLSFault(.certificateRequired, "\(told): it wants a client certificate")
        // bad_certificate … unknown_ca, without illegal_parameter; access_denied.
        case 41...46, 48, 49:
            if lacksIdentity { return TLSFault(.certificateRequired, "\(told): it wants a client certificate") }
            guard hasIdentity else { break }
            return TLSFault(.certificateRefused, "\(told) about the client certificate")
        // handshake_failure: what TLS 1.2 says instead of certificate_required.
        case 40 where lacksIdentity:
            return TLSFault(.certificateRequired, "\(told) after it asked for a client certificate")
        // protocol_version.
        case 70:
            return TLSFault(.protocolVersion, "\(told): it has none of the versions of TLS that are allowed")
        default:
            break
        }
        return TLSFault(duringHandshake ? .handshakeRefused : .protocolError, told)
    }

    private static func certificate(_ link: UnsafeMutablePointer<calt_link>) -> TLSFault {
        let error = unsafe link.pointee.verify_error
        var subject = "?"
        var validity = ""
        var names = ""
        if let certificate = unsafe link.pointee.certificate {
            subject = unsafe CText.make { unsafe calt_certificate_subject(certificate, $0, $1) }
            validity = unsafe CText.make { unsafe calt_certificate_validity(certificate, $0, $1) }
            names = unsafe CText.make(capacity: 1024) { unsafe calt_certificate_names(certificate, $0, $1) }
        }
        let which = unsafe link.pointee.verify_depth == 0 ? "the certificate" : "a certificate of the chain"
        let told = "\(which) '\(subject)'"
        switch error {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return TLSFault(.certificateExpired, "\(told) has expired (valid \(validity))")
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return TLSFault(.certificateNotYetValid, "\(told) is not valid yet (valid \(validity))")
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return TLSFault(.nameMismatch, "\(told) is for \(names.isEmpty ? "no name or address" : names)")
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return TLSFault(.selfSigned, "\(told) is signed by itself and not trusted")
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return TLSFault(.unknownAuthority, "\(told) is signed by an authority that is not trusted")
        default:
            let text = unsafe String(cString: X509_verify_cert_error_string(Int(error)))
            return TLSFault(.certificateInvalid, "\(told) cannot be accepted (\(text))")
        }
    }
}

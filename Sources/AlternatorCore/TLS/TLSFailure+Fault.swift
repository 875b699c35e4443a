import AlternatorTransport

extension TLSFailure {
    /// What the transport found, with what a user can do about it.
    init(_ fault: TLSFault) {
        let (reason, remedy) = Self.meaning(fault.reason)
        self.init(reason, detail: fault.detail, remedy: remedy)
    }

    private static func meaning(_ reason: TLSFault.Reason) -> (Reason, String) {
        switch reason {
        case .certificateExpired:
            (
                .certificateExpired,
                "Renew the node's certificate, or set this machine's clock; no field of AlternatorConfig.tls but "
                    + "insecureTrustAll accepts it."
            )
        case .certificateNotYetValid:
            (
                .certificateNotYetValid,
                "Set this machine's clock, or the node's certificate; no field of AlternatorConfig.tls but "
                    + "insecureTrustAll accepts it."
            )
        case .nameMismatch:
            (
                .nameMismatch,
                "Set AlternatorConfig.tls.serverName to a name in the certificate, or tls.verifyHostname to false if "
                    + "the authority signs for this cluster only."
            )
        case .unknownAuthority:
            (.unknownAuthority, "Add the authority's PEM file to AlternatorConfig.tls.additionalCAFiles.")
        case .selfSigned:
            (
                .selfSigned,
                "Add this very certificate's PEM file to AlternatorConfig.tls.additionalCAFiles if it is the node's."
            )
        case .certificateInvalid:
            (
                .certificateInvalid,
                "Give the node a certificate for servers; no field of AlternatorConfig.tls but insecureTrustAll "
                    + "accepts it."
            )
        case .certificateRequired:
            (
                .clientCertificateRequired,
                "Set AlternatorConfig.tls.clientCertificate to one that an authority of the node has signed."
            )
        case .certificateRefused:
            (
                .clientCertificateRefused,
                "Set AlternatorConfig.tls.clientCertificate to one that is valid and signed by an authority of the node."
            )
        case .protocolVersion:
            (.protocolVersion, "Lower AlternatorConfig.tls.minimumVersion, or let the node speak TLS 1.2 or 1.3.")
        case .peerIsPlain:
            (.portIsPlain, "Set AlternatorConfig.scheme to .http, or AlternatorConfig.port to the node's TLS port.")
        case .peerIsSecure:
            (.portIsSecure, "Set AlternatorConfig.scheme to .https, or AlternatorConfig.port to the node's plain port.")
        case .handshakeCut:
            (
                .handshakeCut,
                "Check that AlternatorConfig.port is the node's TLS port, and what the node's log says; scheme .http "
                    + "is for plain ports."
            )
        case .handshakeTimeout:
            (
                .handshakeTimeout,
                "Check that AlternatorConfig.port is the node's TLS port, or raise AlternatorConfig.connectTimeout."
            )
        case .handshakeRefused:
            (
                .handshakeFailed,
                "Check the node's log, AlternatorConfig.tls.minimumVersion and tls.clientCertificate."
            )
        case .protocolError, .truncated:
            (.protocolError, "Check what stands between this client and the node, and the node's log.")
        }
    }
}

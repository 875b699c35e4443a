/// Why a connection to a node could not be made secure: the `cause` of an `AlternatorError` with the code `.tls`.
///
/// ```swift
/// catch let error where error.code == .tls {
///     if let failure = error.cause as? TLSFailure, failure.reason == .nameMismatch { … }
/// }
/// ```
/// Nothing of the request was run by the node that failed so.
public struct TLSFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong; open: a new one breaks nobody's `switch`.
    public struct Reason: Sendable, Hashable, CustomStringConvertible {
        /// The name as written in source: `certificateExpired`.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// The node's certificate, or one of its chain, has expired.
        public static let certificateExpired = Reason("certificateExpired")
        /// The node's certificate is of the future, or this machine's clock is slow.
        public static let certificateNotYetValid = Reason("certificateNotYetValid")
        /// The certificate is not for the host that was connected to, nor for `serverName`.
        public static let nameMismatch = Reason("nameMismatch")
        /// The certificate is signed by an authority that is not trusted.
        public static let unknownAuthority = Reason("unknownAuthority")
        /// The certificate is signed by itself and not trusted.
        public static let selfSigned = Reason("selfSigned")
        /// The certificate cannot be accepted for another reason: revoked, for another use, broken.
        public static let certificateInvalid = Reason("certificateInvalid")
        /// The node wants a client certificate and none is configured.
        public static let clientCertificateRequired = Reason("clientCertificateRequired")
        /// The node refused the client certificate.
        public static let clientCertificateRefused = Reason("clientCertificateRefused")
        /// The node has no version of TLS that `minimumVersion` allows.
        public static let protocolVersion = Reason("protocolVersion")
        /// `scheme` is `.https`, and the port does not speak TLS.
        public static let portIsPlain = Reason("portIsPlain")
        /// `scheme` is `.http`, and the port speaks TLS.
        public static let portIsSecure = Reason("portIsSecure")
        /// The node ended the connection during the handshake.
        public static let handshakeCut = Reason("handshakeCut")
        /// The handshake was not complete within `connectTimeout`.
        public static let handshakeTimeout = Reason("handshakeTimeout")
        /// The two sides could not agree, or the handshake broke for a reason of the node's.
        public static let handshakeFailed = Reason("handshakeFailed")
        /// The node ended a connection in the middle with an alert, or sent what is not TLS.
        public static let protocolError = Reason("protocolError")
    }

    /// What failed.
    public let reason: Reason
    /// What was found, such as the certificate's name and dates; a clause.
    public let detail: String
    /// What to change, by the name of the field of `AlternatorConfig` where there is one; a sentence.
    public let remedy: String

    package init(_ reason: Reason, detail: String, remedy: String) {
        self.reason = reason
        self.detail = detail
        self.remedy = remedy
    }

    /// In one line, for a log.
    public var description: String { "\(reason): \(detail)" }
}

/// What a certificate is to say.
package struct CertificateRequest: Hashable, Sendable {
    package enum KeyKind: Hashable, Sendable {
        /// P-256.
        case elliptic
        /// 2048 bits.
        case rsa
    }

    package enum Use: Hashable, Sendable {
        /// Signs others.
        case authority
        case server, client
    }

    package var commonName: String
    package var use: Use
    /// Names it is for; `*.example.com` is one.
    package var names: [String] = []
    /// IPv4 and IPv6 addresses it is for.
    package var addresses: [String] = []
    /// Seconds since 1970.
    package var validFrom: Int64
    package var validUntil: Int64
    package var keyKind = KeyKind.elliptic

    package init(_ commonName: String, _ use: Use, validFrom: Int64, validUntil: Int64) {
        self.commonName = commonName
        self.use = use
        self.validFrom = validFrom
        self.validUntil = validUntil
    }
}

/// Why a certificate cannot be made.
package struct CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

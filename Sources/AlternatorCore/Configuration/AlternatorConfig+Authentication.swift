extension AlternatorConfig {
    /// Who the requests come from.
    public enum Authentication: Sendable {
        /// Requests are not signed: right where the cluster does not enforce authorization.
        case anonymous
        /// Requests are signed (AWS signature, version 4): the role's name and its salted hash.
        ///
        /// The server ignores a session token; it is sent for proxies that want one.
        case credentials(accessKey: String, secretKey: String, sessionToken: String? = nil)
    }
}

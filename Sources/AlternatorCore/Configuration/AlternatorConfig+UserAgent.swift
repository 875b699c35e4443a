extension AlternatorConfig {
    /// The `User-Agent` header.
    public struct UserAgent: Sendable {
        /// The header's value; `nil`: it is not sent.
        package let value: String?

        /// `scylladb-alternator-client-swift/` and the version of this package.
        public static let standard = UserAgent(value: "scylladb-alternator-client-swift/" + Self.version)
        /// No such header.
        public static let none = UserAgent(value: nil)
        /// Another text.
        public static func replace(_ text: String) -> UserAgent { UserAgent(value: text) }
        /// What `change` makes of the standard one.
        public static func transform(_ change: (_ standard: String) -> String) -> UserAgent {
            UserAgent(value: change("scylladb-alternator-client-swift/" + Self.version))
        }

        /// The version of this package.
        private static let version = "0.1.0"
    }
}

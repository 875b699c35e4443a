import AlternatorWire

extension AlternatorConfig {
    /// Which headers are sent where `optimizeHeaders` is on.
    ///
    /// ```swift
    /// config.headersWhitelist = .adding(["X-Tenant"])                // the default ones and this one
    /// config.headersWhitelist = ["Host", "X-Amz-Target", …]          // these and no other
    /// ```
    public struct HeadersWhitelist: Sendable, Hashable, ExpressibleByArrayLiteral {
        let names: [String]
        let replaces: Bool

        /// These and no other; all that the client itself sends must be among them, in any case.
        public init(_ names: some Sequence<String>) {
            self.names = Array(names)
            replaces = true
        }

        /// Those of a literal.
        public init(arrayLiteral names: String...) { self.init(names) }

        /// The default ones and these.
        public static func adding(_ names: some Sequence<String>) -> HeadersWhitelist {
            HeadersWhitelist(names: Array(names), replaces: false)
        }

        private init(names: [String], replaces: Bool) {
            self.names = names
            self.replaces = replaces
        }
    }

    /// What a request of this client cannot be without.
    ///
    /// Source: the cross-language specification of header optimization. `Connection` is in it where a client sends it;
    /// this one does not, since HTTP/1.1 keeps connections anyway.
    private var requiredHeaders: [String] {
        var names = ["Host", "X-Amz-Target", "Content-Type", "Content-Length"]
        if case .anonymous = authentication.kind {} else { names += ["Authorization", "X-Amz-Date"] }
        if case .fixed(let keys) = authentication.kind, keys.sessionToken != nil {
            names.append("X-Amz-Security-Token")
        }
        if requestCompression != .off { names.append("Content-Encoding") }
        if responseCompression != .off { names.append("Accept-Encoding") }
        if userAgent.value != nil { names.append("User-Agent") }
        return names
    }

    /// Whether an additional header is sent.
    ///
    /// What the client itself writes is always sent, since a call may sign or pack what the others do not.
    func sends(_ name: String) -> Bool {
        guard optimizeHeaders else { return true }
        return headersWhitelist?.names.contains { $0.lowercased() == name.lowercased() } ?? false
    }

    /// A list is checked though it is not used: it would be a surprise on the day that it is.
    func validateWhitelist() throws(AlternatorError) {
        guard let list = headersWhitelist else { return }
        if list.replaces, list.names.isEmpty { throw Self.problem("headersWhitelist", "is empty") }
        for name in list.names where !Self.isHeaderName(name) {
            throw Self.problem("headersWhitelist", "\(name.debugDescription) is not a header name")
        }
        guard list.replaces else { return }
        let given = Set(list.names.map { $0.lowercased() })
        let missing = requiredHeaders.filter { !given.contains($0.lowercased()) }
        guard missing.isEmpty else {
            throw Self.problem(
                "headersWhitelist",
                "lacks \(missing.joined(separator: ", ")), which this configuration sends; "
                    + ".adding extends the default list instead of replacing it"
            )
        }
    }
}

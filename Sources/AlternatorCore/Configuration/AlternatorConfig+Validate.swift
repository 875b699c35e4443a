import AlternatorRouting
public import AlternatorWire

extension AlternatorConfig {
    /// Throws `.configuration` naming the first field that cannot be used; making a client does the same.
    public func validate() throws(AlternatorError) {
        try validateSeeds()
        try validateTLS()
        try validateTimes()
        try validateConnections()
        try validateRouting()
        try validateHeaders()
        try validateWhitelist()
        try validateAuthentication()
        try validateSizes()
    }

    private func validateSizes() throws(AlternatorError) {
        if let reason = requestCompression.problem { throw Self.problem("requestCompression", reason) }
        guard maximumDecompressedBytes >= 1 else {
            throw Self.problem("maximumDecompressedBytes", "\(maximumDecompressedBytes) is less than 1")
        }
        if case .bytes(let count) = itemSizeLimit, count < 1 {
            throw Self.problem("itemSizeLimit", "\(count) is less than 1")
        }
    }

    private func validateSeeds() throws(AlternatorError) {
        guard !seedHosts.isEmpty else {
            throw Self.problem("seedHosts", "give at least one name or address of a node")
        }
        for host in seedHosts {
            do {
                _ = try HostText(host)
            } catch {
                throw Self.problem(
                    "seedHosts",
                    "\(error); write a name, an IPv4 or an IPv6 address, without scheme and port",
                    cause: error
                )
            }
        }
        guard (1...65535).contains(port) else { throw Self.problem("port", "\(port) is not within 1...65535") }
    }

    private func validateTimes() throws(AlternatorError) {
        var hedgeDelay: Duration?
        if case .after(let delay) = hedging { hedgeDelay = delay }
        let times: [(field: String, value: Duration?)] = [
            ("activeRefreshInterval", activeRefreshInterval), ("idleRefreshInterval", idleRefreshInterval),
            ("discoveryTimeout", discoveryTimeout), ("acquireTimeout", acquireTimeout),
            ("connectTimeout", connectTimeout), ("connectionIdleTimeout", connectionIdleTimeout),
            ("connectionMaxLifetime", connectionMaxLifetime), ("requestTimeout", requestTimeout),
            ("ddlTimeout", ddlTimeout), ("operationTimeout", operationTimeout),
            ("hedging", hedgeDelay),
        ]
        for (field, value) in times {
            guard let value, value < .milliseconds(1) else { continue }
            throw Self.problem(field, "\(value) is less than a millisecond")
        }
        guard idleRefreshInterval >= activeRefreshInterval else {
            throw Self.problem("idleRefreshInterval", "is shorter than activeRefreshInterval")
        }
    }

    private func validateConnections() throws(AlternatorError) {
        guard (1...65535).contains(maxPoolConnections) else {
            throw Self.problem("maxPoolConnections", "\(maxPoolConnections) is not within 1...65535")
        }
        if case .adaptive(let limit) = busyPoll, !(.microseconds(1) ... .milliseconds(1)).contains(limit) {
            throw Self.problem("busyPoll", "the limit \(limit) is not within 1 µs...1 ms")
        }
        guard (0...maxPoolConnections).contains(warmConnections) else {
            throw Self.problem(
                "warmConnections",
                "\(warmConnections) is not within 0...\(maxPoolConnections), which maxPoolConnections allows"
            )
        }
        if let eventLoopCount, !(1...256).contains(eventLoopCount) {
            throw Self.problem("eventLoopCount", "\(eventLoopCount) is not within 1...256")
        }
    }

    private func validateRouting() throws(AlternatorError) {
        // Their sentences begin with the field's name.
        for problem in [routingScope.problem, nodeHealth.problem, retry.problem, responseLimits.problem] {
            if let problem { throw AlternatorError(.configuration, message: "AlternatorConfig.\(problem)") }
        }
        for (table, key) in tablePKMap.sorted(by: { $0.key < $1.key }) where table.isEmpty || key.isEmpty {
            throw Self.problem("tablePKMap", "has an empty table or key name ('\(table)': '\(key)')")
        }
    }

    /// The client writes these itself; a second one would make two meanings of one request.
    private static let reservedHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "x-amz-target", "x-amz-date", "authorization",
        "x-amz-security-token", "content-type", "content-encoding", "user-agent", "expect", "upgrade", "te", "trailer",
        "accept-encoding",
    ]

    private func validateHeaders() throws(AlternatorError) {
        // In the order of their names, so that the same configuration always names the same field.
        for (name, value) in additionalHeaders.sorted(by: { $0.key < $1.key }) {
            if let reason = Self.headerProblem(name, value) { throw Self.problem("additionalHeaders", reason) }
        }
        if let agent = userAgent.value, agent.isEmpty || !Self.isHeaderValue(agent) {
            throw Self.problem("userAgent", "is empty or has a character that no header may have; .none leaves it out")
        }
    }

    /// Why a header cannot be added; `nil` if it can.
    static func headerProblem(_ name: String, _ value: String) -> String? {
        guard isHeaderName(name) else {
            return "\(name.debugDescription) is not a header name"
        }
        if reservedHeaders.contains(name.lowercased()) { return "the client writes '\(name)' itself" }
        return isHeaderValue(value) ? nil : "the value of '\(name)' has a character that no header may have"
    }

    private func validateAuthentication() throws(AlternatorError) {
        guard !region.isEmpty, region.utf8.allSatisfy({ Self.isTokenByte($0) }) else {
            throw Self.problem("region", "is empty or has a character that a credential scope may not have")
        }
        if let reason = authentication.problem { throw Self.problem("authentication", reason) }
    }

    static func isHeaderName(_ name: String) -> Bool { !name.isEmpty && name.utf8.allSatisfy(isTokenByte) }

    static func problem(_ field: String, _ reason: String, cause: (any Error)? = nil) -> AlternatorError {
        AlternatorError(.configuration, message: "AlternatorConfig.\(field): \(reason)", cause: cause)
    }

    /// RFC 9110, 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// Printable ASCII with blanks inside only (RFC 9110, 5.5, without obsolete text).
    static func isHeaderValue(_ text: String) -> Bool {
        guard text.utf8.first != 0x20, text.utf8.last != 0x20 else { return false }
        return text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}

/// One node's address as routing knows it: scheme, host and port in one canonical spelling.
///
/// Two spellings of one endpoint (`HTTP://A:80/x`, `http://a`) are equal; order is by the bytes of `canonical`, the order
/// all conforming clients share. Nothing but letter case and a default port is folded: other spellings of an IPv6
/// address are other endpoints.
package struct Endpoint: Sendable {
    package enum Scheme: String, Sendable, Hashable {
        case http, https

        /// The port that `canonical` leaves out.
        package var defaultPort: Int {
            switch self {
            case .http: 80
            case .https: 443
            }
        }
    }

    package let scheme: Scheme
    /// The host as it was spelled, an IPv6 address without its brackets: what to connect to.
    package let host: String
    package let port: Int
    /// `http://host` or `http://host:8000`: lower case, IPv6 in brackets, ASCII.
    package let canonical: String

    /// An endpoint from its parts; a host may be a name, an IPv4 address, or an IPv6 address with or without brackets.
    package init(scheme: Scheme, host: String, port: Int) throws(EndpointError) {
        guard (1...65535).contains(port) else {
            throw EndpointError("port \(port) is outside 1…65535")
        }
        let checked = try HostText(host)
        self.scheme = scheme
        self.host = checked.text
        self.port = port
        var canonical = scheme.rawValue + "://" + checked.canonicalHost
        if port != scheme.defaultPort { canonical += ":" + String(port) }
        self.canonical = canonical
    }

    /// An endpoint from a URL; user information, path, query and fragment are dropped.
    package init(parsing url: String) throws(EndpointError) {
        let parts = try URLParts(url)
        try self.init(scheme: parts.scheme, host: parts.host, port: parts.port ?? parts.scheme.defaultPort)
    }

    /// `host` or `host:port` as it belongs in a `Host` header: canonical, a default port left out.
    package var authority: String { String(canonical.dropFirst(scheme.rawValue.count + 3)) }
}

extension Endpoint: Hashable, Comparable, CustomStringConvertible {
    package static func == (left: Self, right: Self) -> Bool { left.canonical == right.canonical }
    // Canonical strings are ASCII, so the order of `String` is the order of bytes.
    package static func < (left: Self, right: Self) -> Bool { left.canonical < right.canonical }
    package func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
    package var description: String { canonical }
}

/// Why some text is not an endpoint.
package struct EndpointError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One clause: `port 0 is outside 1…65535`.
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// The parts of a URL that make an endpoint.
private struct URLParts {
    let scheme: Endpoint.Scheme
    let host: String
    let port: Int?

    init(_ url: String) throws(EndpointError) {
        guard let separator = url.utf8Range(of: "://") else {
            throw EndpointError("'\(url)' has no scheme")
        }
        let name = url[..<separator.lowerBound].lowercased()
        guard let scheme = Endpoint.Scheme(rawValue: name) else {
            throw EndpointError("scheme '\(name)' is neither http nor https")
        }
        let rest = url.utf8[separator.upperBound...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        var authority = rest[..<(end ?? rest.endIndex)]
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            authority = authority[authority.index(after: at)...]
        }
        self.scheme = scheme
        if authority.first == UInt8(ascii: "[") {
            guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")) else {
                throw EndpointError("'\(url)' has an IPv6 address without its closing bracket")
            }
            let inside = authority[authority.index(after: authority.startIndex)..<bracket]
            // RFC 6874: the percent sign before a zone is itself percent-encoded.
            host = "[" + String(Substring(inside)).replacingZoneEscape() + "]"
            port = try Self.port(authority[authority.index(after: bracket)...], of: url)
        } else {
            let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
            host = String(Substring(authority[..<colon]))
            port = try Self.port(authority[colon...], of: url)
        }
    }

    /// Reads `""`, `":"` (both: no port) or `":8000"`; leading zeros are dropped.
    private static func port(_ text: Substring.UTF8View, of url: String) throws(EndpointError) -> Int? {
        guard let first = text.first else { return nil }
        let digits = text.dropFirst()
        guard first == UInt8(ascii: ":"), digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw EndpointError("'\(url)' has something else than a port after its host")
        }
        let significant = digits.drop { $0 == 0x30 }
        if digits.isEmpty { return nil }
        guard significant.count <= 5 else { throw EndpointError("port of '\(url)' is outside 1…65535") }
        return significant.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}

extension String {
    fileprivate func utf8Range(of text: StaticString) -> Range<String.Index>? {
        let wanted = Array(text.description.utf8)
        var start = utf8.startIndex
        while start != utf8.endIndex {
            if utf8[start...].starts(with: wanted) {
                return start..<utf8.index(start, offsetBy: wanted.count)
            }
            start = utf8.index(after: start)
        }
        return nil
    }

    fileprivate func replacingZoneEscape() -> String {
        guard let range = utf8Range(of: "%25") else { return self }
        return String(self[..<range.lowerBound]) + "%" + String(self[range.upperBound...])
    }
}

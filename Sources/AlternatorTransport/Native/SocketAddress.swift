import Glibc

/// An IPv4 or IPv6 address with a port, as plain bytes.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The bytes of a `sockaddr_in` or `sockaddr_in6`.
    private let bytes: [UInt8]

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// A copy of what the system filled in.
    init(_ storage: sockaddr_storage, length: socklen_t) {
        bytes = unsafe withUnsafeBytes(of: storage) { unsafe Array($0.prefix(Int(length))) }
    }

    /// An address written as numbers; `nil` for names.
    package static func numeric(host: String, port: Int) -> SocketAddress? {
        try? lookUp(host: host, port: port, flags: AI_NUMERICHOST | AI_NUMERICSERV).get().first
    }

    /// All addresses of a name, in the system's order.
    ///
    /// Blocks: never to be called on an event loop.
    static func resolve(host: String, port: Int) -> Result<[SocketAddress], ResolveError> {
        lookUp(host: host, port: port, flags: AI_NUMERICSERV)
    }

    private static func lookUp(host: String, port: Int, flags: Int32) -> Result<[SocketAddress], ResolveError> {
        guard (0...65535).contains(port) else { return .failure(ResolveError(reason: "port \(port) is out of range")) }
        guard !host.isEmpty, !host.utf8.contains(0) else { return .failure(ResolveError(reason: "not a host name")) }
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .failure(ResolveError(reason: unsafe String(cString: gai_strerror(code)))) }
        defer { unsafe freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            let family = unsafe entry.pointee.ai_family
            if family == AF_INET || family == AF_INET6 {
                let raw = unsafe UnsafeRawBufferPointer(
                    start: entry.pointee.ai_addr,
                    count: Int(entry.pointee.ai_addrlen)
                )
                let address = unsafe SocketAddress(bytes: Array(raw))
                if !found.contains(address) { found.append(address) }
            }
            unsafe next = entry.pointee.ai_next
        }
        return found.isEmpty ? .failure(ResolveError(reason: "it has no IPv4 or IPv6 address")) : .success(found)
    }

    /// `AF_INET` or `AF_INET6`.
    var family: Int32 {
        unsafe bytes.withUnsafeBytes { Int32(unsafe $0.loadUnaligned(as: sockaddr.self).sa_family) }
    }

    package var port: Int {
        // The port has the same place in both kinds of address.
        Int(bytes[2]) << 8 | Int(bytes[3])
    }

    /// The address as numbers, IPv6 without brackets.
    package var host: String {
        unsafe withSystemAddress { address, length in
            let text = unsafe [CChar](unsafeUninitializedCapacity: 64) { buffer, count in
                unsafe buffer.initialize(repeating: 0)
                count = 64
                _ = unsafe getnameinfo(address, length, buffer.baseAddress!, 64, nil, 0, NI_NUMERICHOST)
            }
            return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    package var description: String { family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    func withSystemAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        unsafe bytes.withUnsafeBytes { raw in
            unsafe body(raw.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
    }
}

/// Why a name has no addresses.
package struct ResolveError: Error, Hashable, Sendable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

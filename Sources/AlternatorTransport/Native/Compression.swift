/// Why bytes could not be unpacked.
package struct CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// The bytes are sound, but unpacked they are over the limit.
    package let isTooLong: Bool

    init(_ description: String, isTooLong: Bool = false) {
        self.description = description
        self.isTooLong = isTooLong
    }
}

/// gzip (RFC 1952) and zlib (RFC 1950, which HTTP calls "deflate") by zlib.
///
/// zlib's state, a quarter of a megabyte for packing, is kept from one use to the next; a few are kept for all clients.
package enum Compression: Sendable, Hashable {
    case gzip
    /// HTTP's "deflate".
    case zlib

    /// zlib's `windowBits`: 15 is the largest window, 16 more asks for gzip.
    private var windowBits: Int32 { self == .gzip ? 15 + 16 : 15 }

    /// Packs bytes.
    ///
    /// - Parameters:
    ///   - bytes: any, also none.
    ///   - level: 1 is fast, 9 is small; others are cut to that range.
    /// - Returns: one complete member.
    package func pack(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        Deflater.borrow(windowBits: windowBits, level: Int32(min(max(level, 1), 9))) { $0.pack(bytes) }
    }

    /// Unpacks bytes; several members in a row are joined, of zlib too: the server takes them in a request.
    ///
    /// - Parameters:
    ///   - bytes: from the first member's header to the end of the last one.
    ///   - maximumBytes: the result may not be longer, so that a small input cannot fill the memory.
    /// - Returns: what was packed.
    /// - Throws: that the input is damaged, ends too early, goes on behind its end, or is over the limit.
    package func unpack(_ bytes: [UInt8], maximumBytes: Int) throws(CompressionError) -> [UInt8] {
        try unpack(bytes, from: 0, windowBits: windowBits, joinsMembers: true, maximumBytes: maximumBytes)
    }

    /// Unpacks the body of an answer, which is left behind its head.
    ///
    /// For HTTP's "deflate", data without zlib's wrapper is taken as well: some servers have always sent it.
    ///
    /// - Parameters:
    ///   - bytes: the head and the packed body.
    ///   - start: where the body begins.
    ///   - maximumBytes: the body may not become longer.
    /// - Returns: the head and the body.
    /// - Throws: what `unpack` throws.
    package func unpackBody(
        _ bytes: [UInt8],
        from start: Int,
        maximumBytes: Int
    ) throws(CompressionError) -> [UInt8] {
        let isBare = self == .zlib && !Self.hasZlibHeader(bytes, at: start)
        return try unpack(
            bytes,
            from: start,
            windowBits: isBare ? -15 : windowBits,
            joinsMembers: self == .gzip,
            maximumBytes: maximumBytes
        )
    }

    private func unpack(
        _ bytes: [UInt8],
        from start: Int,
        windowBits: Int32,
        joinsMembers: Bool,
        maximumBytes: Int
    ) throws(CompressionError) -> [UInt8] {
        guard start < bytes.count else { throw CompressionError("The compressed data is empty.") }
        guard bytes.count <= Int(UInt32.max) else { throw CompressionError("The compressed data is over 4 GiB.") }
        var output: [UInt8] = []
        output.reserveCapacity(start + expectedCount(bytes, from: start, maximumBytes: maximumBytes))
        output.append(contentsOf: bytes[..<start])
        let failure = Inflater.borrow { inflater in
            inflater.unpack(
                bytes,
                from: start,
                windowBits: windowBits,
                joinsMembers: joinsMembers,
                maximumBytes: maximumBytes,
                to: &output
            )
        }
        if let failure { throw failure }
        return output
    }

    /// How much room is made beforehand: gzip ends with its length, which is not trusted beyond what can be.
    private func expectedCount(_ bytes: [UInt8], from start: Int, maximumBytes: Int) -> Int {
        let packed = bytes.count - start
        var expected = packed * 4
        if self == .gzip, packed >= 18 {
            expected = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        // No more than 1,032 bytes can come from one; the rest grows as it comes.
        return min(max(0, maximumBytes), expected, packed * 64)
    }

    /// RFC 1950, 2.2: the method is 8, and the first two bytes are a multiple of 31.
    private static func hasZlibHeader(_ bytes: [UInt8], at start: Int) -> Bool {
        guard start + 1 < bytes.count else { return true }
        return bytes[start] & 0x0F == 8 && (Int(bytes[start]) << 8 | Int(bytes[start + 1])) % 31 == 0
    }
}

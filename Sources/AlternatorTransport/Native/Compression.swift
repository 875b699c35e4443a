import CZlib

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
        var stream = unsafe z_stream()
        let level = Int32(min(max(level, 1), 9))
        let started = unsafe deflateInit2_(
            &stream,
            level,
            Z_DEFLATED,
            windowBits,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(started == Z_OK, "zlib is out of memory.")
        defer { _ = unsafe deflateEnd(&stream) }
        let bound = Int(unsafe deflateBound(&stream, UInt(bytes.count)))
        return unsafe bytes.withUnsafeBufferPointer { input in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
                unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                // The bound is enough for everything at once.
                let result = unsafe deflate(&stream, Z_FINISH)
                precondition(result == Z_STREAM_END, "zlib did not finish within its own bound.")
                count = Int(unsafe stream.total_out)
            }
        }
    }

    /// Unpacks bytes; several gzip members in a row are joined.
    ///
    /// - Parameters:
    ///   - bytes: from the first member's header to the end of the last one.
    ///   - maximumBytes: the result may not be longer, so that a small input cannot fill the memory.
    /// - Returns: what was packed.
    /// - Throws: that the input is damaged, ends too early, goes on behind its end, or is over the limit.
    package func unpack(_ bytes: [UInt8], maximumBytes: Int) throws(CompressionError) -> [UInt8] {
        guard !bytes.isEmpty else { throw CompressionError("The compressed data is empty.") }
        guard bytes.count <= Int(UInt32.max) else { throw CompressionError("The compressed data is over 4 GiB.") }
        var stream = unsafe z_stream()
        let started = unsafe inflateInit2_(
            &stream,
            windowBits,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(started == Z_OK, "zlib is out of memory.")
        defer { _ = unsafe inflateEnd(&stream) }
        var output: [UInt8] = []
        output.reserveCapacity(min(maximumBytes, bytes.count * 4))
        var buffer = [UInt8](repeating: 0, count: min(64 * 1024, max(1024, bytes.count * 4)))
        let failure = unsafe bytes.withUnsafeBufferPointer { input -> CompressionError? in
            unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.avail_in = UInt32(input.count)
            while true {
                let (result, count) = unsafe buffer.withUnsafeMutableBufferPointer { part -> (Int32, Int) in
                    unsafe stream.next_out = part.baseAddress
                    unsafe stream.avail_out = UInt32(part.count)
                    let result = unsafe inflate(&stream, Z_NO_FLUSH)
                    return (result, unsafe part.count - Int(stream.avail_out))
                }
                guard count <= maximumBytes - output.count else {
                    return CompressionError("The data unpacks to more than \(maximumBytes) bytes.", isTooLong: true)
                }
                output.append(contentsOf: buffer[0..<count])
                let left = unsafe stream.avail_in
                switch result {
                case Z_STREAM_END:
                    if left == 0 { return nil }
                    guard self == .gzip else { return CompressionError("Bytes follow the end of the data.") }
                    _ = unsafe inflateReset(&stream)
                case Z_OK, Z_BUF_ERROR:
                    if left == 0, count < buffer.count { return CompressionError("The data ends too early.") }
                default:
                    return CompressionError("The data is damaged.")
                }
            }
        }
        if let failure { throw failure }
        return output
    }
}

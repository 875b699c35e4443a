import CZlib

/// Unpacks gzip piece by piece, for files that do not fit in memory; several members in a row are joined.
///
/// Not Sendable: it belongs to one reader. Safe to use: the pointer never leaves it and lives as long as it does.
@safe package final class GzipReader {
    // zlib keeps a pointer to the stream, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether the last member is complete: the input may end here.
    package private(set) var isAtEnd = true

    package init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 is the largest window, 16 more asks for gzip.
        let started = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(started == Z_OK, "zlib is out of memory.")
    }

    deinit {
        _ = unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Unpacks some of the input, at most `maximum` bytes of output.
    ///
    /// - Parameters:
    ///   - input: packed bytes.
    ///   - start: where to go on; moved behind what was used.
    ///   - maximum: so that a small input cannot fill the memory.
    /// - Returns: what came out; possibly nothing although input was used.
    /// - Throws: that the input is damaged.
    package func unpack(
        _ input: [UInt8],
        from start: inout Int,
        maximum: Int
    ) throws(CompressionError) -> [UInt8] {
        guard start < input.count else { return [] }
        var result = Z_OK
        let offset = start
        var used = 0
        var isAtEnd = false
        let output = unsafe input.withUnsafeBufferPointer { packed in
            unsafe [UInt8](unsafeUninitializedCapacity: maximum) { buffer, count in
                let size = min(packed.count - offset, Int(UInt32.max))
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: packed.baseAddress! + offset)
                unsafe stream.pointee.avail_in = UInt32(size)
                unsafe stream.pointee.next_out = buffer.baseAddress
                unsafe stream.pointee.avail_out = UInt32(buffer.count)
                while true {
                    result = unsafe inflate(stream, Z_NO_FLUSH)
                    isAtEnd = result == Z_STREAM_END
                    guard isAtEnd, unsafe stream.pointee.avail_in > 0 else { break }
                    // Another member follows.
                    _ = unsafe inflateReset(stream)
                    guard unsafe stream.pointee.avail_out > 0 else { break }
                }
                used = unsafe size - Int(stream.pointee.avail_in)
                count = unsafe buffer.count - Int(stream.pointee.avail_out)
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.next_out = nil
            }
        }
        guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
            throw CompressionError("The data is damaged.")
        }
        if isAtEnd, offset + used == input.count { _ = unsafe inflateReset(stream) }
        start += used
        self.isAtEnd = isAtEnd
        return output
    }
}

import CZlib
import Synchronization

/// One packing state of zlib.
@safe
final class Deflater: @unchecked Sendable {  // Lent to one caller at a time.
    private let stream: UnsafeMutablePointer<z_stream>
    private let windowBits: Int32
    private let level: Int32

    private static let idle = Mutex<[Deflater]>([])
    /// They take 270 KB each, and packing seldom takes longer than some microseconds.
    private static let maximumIdle = 4

    /// Lends a state for this format and level.
    static func borrow<Result>(windowBits: Int32, level: Int32, _ body: (Deflater) -> Result) -> Result {
        let known = idle.withLock { idle -> Deflater? in
            let index = idle.lastIndex { $0.windowBits == windowBits && $0.level == level }
            return index.map { idle.remove(at: $0) }
        }
        let deflater = known ?? Deflater(windowBits: windowBits, level: level)
        defer {
            idle.withLock { idle in
                // The one not used for longest goes: another level is wanted now.
                if idle.count >= maximumIdle { idle.removeFirst() }
                idle.append(deflater)
            }
        }
        return body(deflater)
    }

    private init(windowBits: Int32, level: Int32) {
        self.windowBits = windowBits
        self.level = level
        // zlib keeps a pointer to it, so it may not move.
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let started = unsafe deflateInit2_(
            stream,
            level,
            Z_DEFLATED,
            windowBits,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(started == Z_OK, "zlib is out of memory.")
    }

    deinit {
        _ = unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    func pack(_ bytes: [UInt8]) -> [UInt8] {
        let reset = unsafe deflateReset(stream)
        precondition(reset == Z_OK, "zlib's state is broken.")
        let bound = Int(unsafe deflateBound(stream, UInt(bytes.count)))
        return unsafe bytes.withUnsafeBufferPointer { input in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(input.count)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(output.count)
                // The bound is enough for everything at once.
                let result = unsafe deflate(stream, Z_FINISH)
                precondition(result == Z_STREAM_END, "zlib did not finish within its own bound.")
                count = Int(unsafe stream.pointee.total_out)
            }
        }
    }
}

/// One unpacking state of zlib, and room for a part of what it gives.
@safe
final class Inflater: @unchecked Sendable {  // Lent to one caller at a time.
    private static let partBytes = 32 << 10

    private let stream: UnsafeMutablePointer<z_stream>
    private let part: UnsafeMutablePointer<UInt8>

    private static let idle = Mutex<[Inflater]>([])
    /// They take 72 KB each.
    private static let maximumIdle = 8

    /// Lends a state.
    static func borrow<Result>(_ body: (Inflater) -> Result) -> Result {
        let inflater = idle.withLock { $0.popLast() } ?? Inflater()
        defer {
            idle.withLock { idle in
                if idle.count < maximumIdle { idle.append(inflater) }
            }
        }
        return body(inflater)
    }

    private init() {
        unsafe part = .allocate(capacity: Self.partBytes)
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let started = unsafe inflateInit2_(stream, 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(started == Z_OK, "zlib is out of memory.")
    }

    deinit {
        _ = unsafe inflateEnd(stream)
        unsafe stream.deallocate()
        unsafe part.deallocate()
    }

    /// Appends what `bytes` mean from `start` on.
    ///
    /// - Parameters:
    ///   - bytes: packed from `start` on.
    ///   - start: less than their count.
    ///   - windowBits: zlib's name for the format.
    ///   - joinsMembers: whether another member may follow the first one's end.
    ///   - maximumBytes: how much may be appended.
    ///   - output: gets it; after a failure, some of it.
    /// - Returns: why it failed.
    func unpack(
        _ bytes: [UInt8],
        from start: Int,
        windowBits: Int32,
        joinsMembers: Bool,
        maximumBytes: Int,
        to output: inout [UInt8]
    ) -> CompressionError? {
        let reset = unsafe inflateReset2(stream, windowBits)
        precondition(reset == Z_OK, "zlib's state is broken.")
        let limit = output.count + max(0, maximumBytes)
        return unsafe bytes.withUnsafeBufferPointer { input -> CompressionError? in
            let base = unsafe UnsafeMutablePointer(mutating: input.baseAddress!)
            unsafe stream.pointee.next_in = base + start
            unsafe stream.pointee.avail_in = UInt32(input.count - start)
            while true {
                unsafe stream.pointee.next_out = part
                unsafe stream.pointee.avail_out = UInt32(Self.partBytes)
                let result = unsafe inflate(stream, Z_NO_FLUSH)
                let count = unsafe Self.partBytes - Int(stream.pointee.avail_out)
                guard count <= limit - output.count else {
                    return CompressionError("The data unpacks to more than \(maximumBytes) bytes.", isTooLong: true)
                }
                unsafe output.append(contentsOf: UnsafeBufferPointer(start: part, count: count))
                let left = unsafe stream.pointee.avail_in
                switch result {
                case Z_STREAM_END:
                    if left == 0 { return nil }
                    guard joinsMembers else { return CompressionError("Bytes follow the end of the data.") }
                    _ = unsafe inflateReset(stream)
                case Z_OK, Z_BUF_ERROR:
                    if left == 0, count < Self.partBytes { return CompressionError("The data ends too early.") }
                default:
                    return CompressionError("The data is damaged.")
                }
            }
        }
    }
}

import Glibc

/// Where a loop reads answers, and joins the parts of a small request: 64 KiB that only its thread touches.
///
/// Memory that is not used yet is not resident, so a loop without connections costs none.
@safe
final class InputBuffer: @unchecked Sendable {  // The pointer never changes; what it points to is the loop's alone.
    static let capacity = 64 * 1024
    /// Followed by eight bytes that are never filled, so that a word can be loaded at every place.
    let start: UnsafeMutablePointer<UInt8>

    init() {
        // Zeros, so that what a word holds beyond the bytes read is defined.
        guard let memory = unsafe calloc(1, InputBuffer.capacity + 8) else { fatalError("Out of memory.") }
        unsafe start = memory.bindMemory(to: UInt8.self, capacity: InputBuffer.capacity + 8)
    }

    deinit { unsafe free(start) }

    /// Looks at the first bytes.
    func withSpan<Result, Failure: Error>(
        _ count: Int,
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(count >= 0 && count <= InputBuffer.capacity, "Beyond the buffer.")
        return try body(unsafe UnsafeBufferPointer(start: start, count: count).span)
    }

    /// A copy of the first bytes.
    func copy(_ count: Int) -> [UInt8] {
        precondition(count >= 0 && count <= InputBuffer.capacity, "Beyond the buffer.")
        if SpareAnswers.sizes.contains(count), var spare = SpareAnswers.shared.take(count) {
            unsafe spare.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
            return spare
        }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }

    /// Puts bytes at the start.
    func fill(_ bytes: [UInt8]) {
        precondition(bytes.count <= InputBuffer.capacity, "Beyond the buffer.")
        for (place, byte) in bytes.enumerated() { unsafe start[place] = byte }
    }
}

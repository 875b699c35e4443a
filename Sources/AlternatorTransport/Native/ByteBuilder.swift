import Glibc

/// Bytes put together from pieces in one array, whose size is known beforehand.
///
/// An array that is appended to asks at each piece whether it is unique and has room; a request's head has a dozen.
@safe
package struct ByteBuilder: ~Copyable {
    private let start: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    /// The bytes so far.
    package private(set) var count = 0

    private init(_ room: UnsafeMutableBufferPointer<UInt8>) {
        guard let start = room.baseAddress else { preconditionFailure("A builder has room for a byte.") }
        unsafe self.start = start
        capacity = room.count
    }

    /// The array that `body` puts together, of which there are never more than `capacity` bytes: more end the process.
    package static func array(capacity: Int, _ body: (inout ByteBuilder) -> Void) -> [UInt8] {
        unsafe Array(unsafeUninitializedCapacity: max(1, capacity)) { room, count in
            var builder = unsafe ByteBuilder(room)
            body(&builder)
            count = builder.count
        }
    }

    package mutating func append(_ bytes: [UInt8]) {
        let size = bytes.count
        precondition(size <= capacity - count, "The pieces are longer than was said.")
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else { return }
            unsafe (start + count).update(from: first, count: size)
        }
        count += size
    }

    /// Appends a part of some bytes.
    package mutating func append(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "The part is outside of its bytes.")
        precondition(range.count <= capacity - count, "The pieces are longer than was said.")
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else { return }
            unsafe (start + count).update(from: first + range.lowerBound, count: range.count)
        }
        count += range.count
    }

    /// Appends a text's UTF-8.
    package mutating func append(_ text: borrowing String) {
        let bytes = text.utf8.span
        precondition(bytes.count <= capacity - count, "The pieces are longer than was said.")
        unsafe bytes.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else { return }
            unsafe (start + count).update(from: first, count: source.count)
        }
        count += bytes.count
    }

    /// Appends the end of a line of HTTP, CR and LF.
    package mutating func appendLineEnd() {
        precondition(capacity - count >= 2, "The pieces are longer than was said.")
        unsafe start[count] = 0x0D
        unsafe start[count + 1] = 0x0A
        count += 2
    }

    /// Appends 64 hexadecimal digits.
    package mutating func append(_ digest: DigestValue) {
        precondition(capacity - count >= 64, "The pieces are longer than was said.")
        let digits = digest.hexadecimal
        unsafe withUnsafeBytes(of: digits) { source in
            unsafe UnsafeMutableRawPointer(start + count).copyMemory(from: source.baseAddress!, byteCount: 64)
        }
        count += 64
    }

    /// Appends a number that is not negative in decimal digits, at most 19.
    package mutating func append(decimal number: Int) {
        precondition(number >= 0, "The number is a length.")
        var digits = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        precondition(digits <= capacity - count, "The pieces are longer than was said.")
        rest = number
        for place in stride(from: count + digits - 1, through: count, by: -1) {
            unsafe start[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
    }

    /// Drops what is behind the first `count` bytes.
    package mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count, "There are not so many bytes.")
        self.count = count
    }

    /// The bytes from `first` on.
    func withBytes<Result>(from first: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        precondition(first >= 0 && first <= count, "There are not so many bytes.")
        return unsafe body(UnsafeRawBufferPointer(start: start + first, count: count - first))
    }
}

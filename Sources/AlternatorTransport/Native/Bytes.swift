import Glibc

/// The few byte operations that a loop in safe Swift does markedly slower than libc.
enum Bytes {
    /// The first place of `byte` at or after `start`; `nil` if there is none.
    static func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int? {
        guard start >= 0, start < bytes.count else { return nil }
        return unsafe bytes.withUnsafeBytes { raw in
            let base = raw.baseAddress!
            guard let hit = unsafe memchr(base + start, Int32(byte), raw.count - start) else { return nil }
            return unsafe hit - UnsafeMutableRawPointer(mutating: base)
        }
    }

    /// A copy of a range.
    static func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        let part = bytes.extracting(range)
        return unsafe part.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Appends a range.
    static func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to array: inout [UInt8]) {
        let part = bytes.extracting(range)
        unsafe part.withUnsafeBufferPointer { unsafe array.append(contentsOf: $0) }
    }

    /// A range as text; bytes that are not UTF-8 become replacement characters.
    static func string(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        let part = bytes.extracting(range)
        return unsafe part.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The first place in a range of a control character other than the tab, looked for by eight bytes at once.
    static func firstControl(in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let part = bytes.extracting(range)
        let place = unsafe part.withUnsafeBytes { raw -> Int? in
            var index = 0
            while index < raw.count {
                if raw.count - index >= 8,
                    unsafe !hasControl(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                {
                    index += 8
                    continue
                }
                // A tab, the end, or the culprit.
                let end = min(index + 8, raw.count)
                while index < end {
                    let byte = unsafe raw[index]
                    if byte < 0x20 && byte != 0x09 || byte == 0x7F { return index }
                    index += 1
                }
            }
            return nil
        }
        return place.map { range.lowerBound + $0 }
    }

    /// Whether a byte of the word is below 0x20 or 0x7F.
    @inline(__always)
    private static func hasControl(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let below = (word &- 0x20 &* ones) & ~word
        let deletes = word ^ (0x7F &* ones)
        return (below | ((deletes &- ones) & ~deletes)) & (0x80 &* ones) != 0
    }
}

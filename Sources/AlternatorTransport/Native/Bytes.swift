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

    /// A range of ASCII as text in lower case.
    static func lowercasedString(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        let part = bytes.extracting(range)
        return unsafe part.withUnsafeBufferPointer { source in
            unsafe String(unsafeUninitializedCapacity: source.count) { target in
                for index in 0..<source.count {
                    let byte = unsafe source[index]
                    unsafe target[index] = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
                }
                return source.count
            }
        }
    }
}

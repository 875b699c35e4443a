/// The usual answer, read in one pass: all of it lies in the buffer and nothing else does, and it has a length.
///
/// What it accepts, `ResponseParser` accepts with the same result; a test holds the two against each other. Anything
/// else, wrong or only rare, is left to that parser: chunks, 1xx, 204, 304, HTTP/1.0, another `Connection` than
/// `keep-alive`, bytes that are missing or too many, whatever is over a limit.
struct WholeAnswer {
    let status: Int
    /// The length of the head.
    let bodyOffset: Int

    /// Reads; `nil` is left to the parser.
    ///
    /// - Parameters:
    ///   - buffer: holds the answer from its start.
    ///   - count: how many bytes came.
    ///   - limits: what an answer may be long.
    init?(_ buffer: borrowing InputBuffer, count: Int, limits: ResponseParser.Limits) {
        guard count <= InputBuffer.capacity, count >= 17 else { return nil }
        let start = unsafe UnsafePointer(buffer.start)
        // "HTTP/1.1" and " 200" to " 999"; more is loaded only after the line end has been found within `count`.
        guard unsafe WholeAnswer.word(start) == 0x312E_312F_5054_5448 else { return nil }
        let digits = unsafe WholeAnswer.word(start + 8)
        guard digits & 0xF0F0_F0FF == 0x3030_3020 else { return nil }
        let hundreds = Int(digits >> 8 & 0xF)
        let tens = Int(digits >> 16 & 0xF)
        let ones = Int(digits >> 24 & 0xF)
        guard hundreds >= 2, hundreds <= 9, tens <= 9, ones <= 9 else { return nil }
        status = hundreds * 100 + tens * 10 + ones
        let afterStatus = digits >> 32 & 0xFF
        guard status != 204, status != 304, afterStatus == 0x20 || afterStatus == 0x0D else { return nil }
        guard var position = unsafe WholeAnswer.lineEnd(start, from: 12) else { return nil }

        var length = -1
        while true {
            // A line that lies beyond what came is made of old bytes: whatever it gives is refused below.
            guard position < count else { return nil }
            if unsafe start[position] == 0x0D {
                guard unsafe start[position + 1] == 0x0A else { return nil }
                bodyOffset = position + 2
                break
            }
            guard let colon = unsafe WholeAnswer.nameEnd(start, from: position),
                let next = unsafe WholeAnswer.lineEnd(start, from: colon + 1)
            else { return nil }
            switch colon - position {
            case 14 where unsafe WholeAnswer.isContentLength(start + position):
                guard length < 0, let value = unsafe WholeAnswer.number(start, colon + 1, next - 2) else { return nil }
                length = value
            case 10 where unsafe WholeAnswer.isConnection(start + position):
                guard unsafe WholeAnswer.isKeepAlive(start, colon + 1, next - 2) else { return nil }
            case 17 where unsafe start[position] | 0x20 == 0x74:
                // It may be Transfer-Encoding.
                return nil
            default: break
            }
            position = next
        }
        guard length >= 0, bodyOffset + length == count, bodyOffset <= limits.headerBytes, length <= limits.bodyBytes
        else { return nil }
    }

    // MARK: Words of eight bytes; the buffer can be read eight bytes beyond its capacity

    @inline(__always)
    private static func word(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: unsafe UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The place behind the CR LF that ends a line; `nil` if another control character, except the tab, comes first.
    @inline(__always)
    private static func lineEnd(_ bytes: UnsafePointer<UInt8>, from start: Int) -> Int? {
        var position = start
        while position < InputBuffer.capacity {
            let word = unsafe word(bytes + position)
            // The lowest bit that is set belongs to the first control character; above it there may be false ones.
            let below = (word &- 0x20 &* ones) & ~word
            let delete = word ^ 0x7F &* ones
            let controls = (below | (delete &- ones) & ~delete) & highs
            if controls == 0 {
                position += 8
                continue
            }
            position += controls.trailingZeroBitCount >> 3
            guard position < InputBuffer.capacity else { return nil }
            let byte = unsafe bytes[position]
            if byte == 0x0D { return unsafe bytes[position + 1] == 0x0A ? position + 2 : nil }
            guard byte == 0x09 else { return nil }
            position += 1
        }
        return nil
    }

    /// The place of the colon behind a name; `nil` if that is empty or something else ends it.
    @inline(__always)
    private static func nameEnd(_ bytes: UnsafePointer<UInt8>, from start: Int) -> Int? {
        var position = start
        while position < InputBuffer.capacity {
            // Letters and hyphens, eight at once; the other characters of a token one by one.
            let word = unsafe word(bytes + position)
            let small = word | 0x20 &* ones
            let letters = (small &+ 0x1F &* ones) & ~(small &+ 0x05 &* ones)
            let hyphen = word ^ 0x2D &* ones
            let hyphens = ~((hyphen & ~highs) &+ ~highs | hyphen)
            let others = ~(letters | hyphens) & highs | word & highs
            if others == 0 {
                position += 8
                continue
            }
            position += others.trailingZeroBitCount >> 3
            let byte = unsafe bytes[position]
            if byte == 0x3A { return position > start ? position : nil }
            guard HTTPGrammar.isToken(byte) else { return nil }
            position += 1
        }
        return nil
    }

    /// Whether 14 bytes, all of a token, are `content-length` in any case.
    @inline(__always)
    private static func isContentLength(_ name: UnsafePointer<UInt8>) -> Bool {
        // Setting the bit makes capitals small; of the characters of a token it makes no other one a letter or a hyphen.
        let (first, second) = unsafe (word(name) | 0x20 &* ones, word(name + 6) | 0x20 &* ones)
        return first == 0x2D74_6E65_746E_6F63 && second == 0x6874_676E_656C_2D74
    }

    /// Whether 10 bytes, all of a token, are `connection` in any case.
    @inline(__always)
    private static func isConnection(_ name: UnsafePointer<UInt8>) -> Bool {
        let (first, second) = unsafe (word(name) | 0x20 &* ones, word(name + 2) | 0x20 &* ones)
        return first == 0x6974_6365_6E6E_6F63 && second == 0x6E6F_6974_6365_6E6E
    }

    /// A value without its blanks.
    @inline(__always)
    private static func trimmed(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> (start: Int, end: Int) {
        var (start, end) = (start, end)
        while start < end, unsafe bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, unsafe bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return (start, end)
    }

    /// 1 to 18 digits between blanks.
    @inline(__always)
    private static func number(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        let (first, last) = unsafe trimmed(bytes, start, end)
        guard last > first, last - first <= 18 else { return nil }
        var value = 0
        for index in first..<last {
            let digit = unsafe bytes[index] &- 0x30
            guard digit <= 9 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    /// Whether a value is the one word `keep-alive`, in any case.
    @inline(__always)
    private static func isKeepAlive(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let (first, last) = unsafe trimmed(bytes, start, end)
        guard last - first == 10 else { return false }
        // A CR or a tab, which would become a hyphen or a small letter, is not in a value here or is no such letter.
        let (head, tail) = unsafe (word(bytes + first) | 0x20 &* ones, word(bytes + first + 2) | 0x20 &* ones)
        return head == 0x696C_612D_7065_656B && tail == 0x6576_696C_612D_7065
    }
}

/// Where a JSON string lies and what reading it takes.
struct JSONStringScan {
    /// The first byte after the closing quote.
    var end: Int
    /// Whether the text has escapes to undo.
    var hasEscapes = false
    /// Whether the text is known to be ASCII without escapes.
    var isPlain = false
}

/// The rules of JSON text that reader, tape and writer share, over safe spans of bytes.
enum JSONText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let high: UInt64 = 0x8080_8080_8080_8080

    /// Eight bytes as one word, the first byte lowest; one load instruction after optimisation.
    @inline(__always)
    static func word(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
        // The plain sum: a range that may wrap round would be checked once more.
        let part = bytes.extracting(offset..<(offset + 8))
        return UInt64(part[0]) | UInt64(part[1]) << 8 | UInt64(part[2]) << 16 | UInt64(part[3]) << 24
            | UInt64(part[4]) << 32 | UInt64(part[5]) << 40 | UInt64(part[6]) << 48 | UInt64(part[7]) << 56
    }

    /// Fewer than eight bytes as one word, the first byte lowest, filled up with spaces.
    @inline(__always)
    static func shortWord(_ bytes: Span<UInt8>) -> UInt64 {
        let count = bytes.count
        guard count > 0 else { return ones &* 0x20 }
        let filling = ones &* 0x20 << UInt64(8 &* count)
        if count >= 4 {
            // Two halves of four bytes, which may overlap.
            return half(bytes, at: 0) | half(bytes, at: count &- 4) << UInt64(8 &* (count &- 4)) | filling
        }
        let middle = count >> 1
        return UInt64(bytes[0]) | UInt64(bytes[middle]) << UInt64(8 &* middle)
            | UInt64(bytes[count &- 1]) << UInt64(8 &* (count &- 1)) | filling
    }

    /// Four bytes as one number.
    @inline(__always)
    static func half(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
        let part = bytes.extracting(offset..<(offset &+ 4))
        return UInt64(part[0]) | UInt64(part[1]) << 8 | UInt64(part[2]) << 16 | UInt64(part[3]) << 24
    }

    /// Whether two texts have the same bytes, found eight at a time.
    @inline(__always)
    static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        let count = left.count
        if count < 8 {
            if count >= 4 {
                // Two halves, which may overlap.
                return half(left, at: 0) == half(right, at: 0)
                    && half(left, at: count &- 4) == half(right, at: count &- 4)
            }
            guard count > 0 else { return true }
            let middle = count >> 1
            return left[0] == right[0] && left[middle] == right[middle] && left[count &- 1] == right[count &- 1]
        }
        var index = 0
        while index <= count &- 8 {
            if word(left, at: index) != word(right, at: index) { return false }
            index &+= 8
        }
        // The rest within the last eight bytes.
        return word(left, at: count &- 8) == word(right, at: count &- 8)
    }

    /// The top bit of every byte that is a quote, a backslash or a control character.
    ///
    /// Bits above the lowest one set may be wrong (a borrow runs upwards), so only the lowest is used.
    @inline(__always)
    static func specials(in word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        return (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word))
            & high
    }

    /// Whether a byte cannot stand in a string as itself.
    @inline(__always)
    static func isSpecial(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5C }

    /// Finds the end of the string whose first byte (after the quote) is at `start`, checking all of it.
    @inline(__always)
    static func scanString(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> JSONStringScan {
        guard start >= 0, start <= bytes.count else { throw JSONError("unexpected end of text", at: bytes.count) }
        var offset = start
        var nonASCII: UInt64 = 0
        while offset <= bytes.count &- 8 {
            let word = word(bytes, at: offset)
            let found = specials(in: word)
            if found == 0 {
                nonASCII |= word & high
                offset &+= 8
                continue
            }
            let bits = found.trailingZeroBitCount & ~7
            // What stands behind the quote is looked at too: masking it would take the word's single load apart.
            nonASCII |= word & high
            offset &+= bits >> 3
            // The commonest end: the closing quote in this word.
            if nonASCII == 0, UInt8(truncatingIfNeeded: word >> UInt64(bits)) == UInt8(ascii: "\"") {
                return JSONStringScan(end: offset &+ 1, isPlain: true)
            }
            return try scanRest(bytes, from: start, at: offset)
        }
        // Fewer than eight bytes from the end.
        while offset < bytes.count, !isSpecial(bytes[offset]) {
            nonASCII |= UInt64(bytes[offset] & 0x80)
            offset &+= 1
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "\""), nonASCII == 0 {
            return JSONStringScan(end: offset &+ 1, isPlain: true)
        }
        return try scanRest(bytes, from: start, at: offset)
    }

    /// The closing quote of the string whose first byte is at `start`; `nil` for one that is broken.
    ///
    /// Quickest for ASCII without escapes that is not the end of the document.
    @inline(__always)
    static func closingQuote(_ bytes: Span<UInt8>, from start: Int) -> (offset: Int, hasEscapes: Bool, isPlain: Bool)? {
        var offset = start
        while offset <= bytes.count &- 8 {
            let word = word(bytes, at: offset)
            let found = specials(in: word) | word & high
            if found == 0 {
                offset &+= 8
                continue
            }
            let bits = found.trailingZeroBitCount & ~7
            if UInt8(truncatingIfNeeded: word >> UInt64(bits)) == UInt8(ascii: "\"") {
                return (offset &+ bits >> 3, false, true)
            }
            break
        }
        return rarerClosingQuote(bytes, from: start)
    }

    @inline(never)
    private static func rarerClosingQuote(
        _ bytes: Span<UInt8>,
        from start: Int
    ) -> (offset: Int, hasEscapes: Bool, isPlain: Bool)? {
        guard let scan = try? scanString(bytes, from: start) else { return nil }
        return (scan.end &- 1, scan.hasEscapes, scan.isPlain)
    }

    /// The slower half of `scanString`: escapes and bytes above 127.
    @inline(never)
    private static func scanRest(
        _ bytes: Span<UInt8>,
        from start: Int,
        at resume: Int
    ) throws(JSONError) -> JSONStringScan {
        var scan = JSONStringScan(end: resume)
        while scan.end < bytes.count {
            let byte = bytes[scan.end]
            if byte == UInt8(ascii: "\"") {
                try checkUTF8(bytes, start..<scan.end)
                scan.end += 1
                return scan
            }
            if byte == UInt8(ascii: "\\") {
                scan.hasEscapes = true
                scan.end = try checkEscape(bytes, at: scan.end)
            } else if byte < 0x20 {
                throw JSONError("control character in a string", at: scan.end)
            } else {
                scan.end += 1
            }
        }
        throw JSONError("string without an end", at: bytes.count)
    }

    private static func checkUTF8(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(JSONError) {
        do {
            _ = try UTF8Span(validating: bytes.extracting(range))
        } catch {
            throw JSONError("invalid UTF-8 in a string", at: range.lowerBound)
        }
    }

    /// Checks one escape, or a pair of surrogates, and returns the byte after it.
    private static func checkEscape(_ bytes: Span<UInt8>, at start: Int) throws(JSONError) -> Int {
        guard start + 1 < bytes.count else { throw JSONError("string without an end", at: bytes.count) }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            return try codePoint(bytes, at: start).end
        default:
            throw JSONError("unknown escape in a string", at: start)
        }
    }

    /// The code point of `\uXXXX`, or of a surrogate pair, at `start`.
    private static func codePoint(
        _ bytes: Span<UInt8>,
        at start: Int
    ) throws(JSONError) -> (scalar: Unicode.Scalar, end: Int) {
        let first = try hexUnit(bytes, at: start)
        if let scalar = Unicode.Scalar(first) { return (scalar, start + 6) }
        guard first < 0xDC00, start + 7 < bytes.count, bytes[start + 6] == UInt8(ascii: "\\"),
            bytes[start + 7] == UInt8(ascii: "u")
        else { throw JSONError("surrogate without its partner", at: start) }
        let second = try hexUnit(bytes, at: start + 6)
        let combined = 0x10000 + (UInt32(first - 0xD800) << 10) + UInt32(second &- 0xDC00)
        guard second >= 0xDC00, second <= 0xDFFF, let scalar = Unicode.Scalar(combined) else {
            throw JSONError("surrogate without its partner", at: start)
        }
        return (scalar, start + 12)
    }

    /// The four hex digits after `\u`.
    private static func hexUnit(_ bytes: Span<UInt8>, at start: Int) throws(JSONError) -> UInt16 {
        guard start + 6 <= bytes.count else { throw JSONError("string without an end", at: bytes.count) }
        var value: UInt16 = 0
        for index in (start + 2)..<(start + 6) {
            let digit: UInt8
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[index] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[index] - UInt8(ascii: "A") + 10
            default: throw JSONError("four hex digits belong after \\u", at: index)
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// The text of a string that `scanString` has checked; `range` is without the quotes.
    @inline(__always)
    static func text(_ bytes: Span<UInt8>, _ range: Range<Int>, hasEscapes: Bool) -> String {
        if hasEscapes { return String(decoding: unescaped(bytes, range), as: UTF8.self) }
        // The check cannot fail: `scanString` has made it.
        guard let checked = try? UTF8Span(validating: bytes.extracting(range)) else { return "" }
        return String(copying: checked)
    }

    /// As before, of a text that may be known to be plain: then it is not looked at again.
    @inline(__always)
    static func text(_ bytes: Span<UInt8>, _ range: Range<Int>, isPlain: Bool, hasEscapes: Bool) -> String {
        if isPlain { return PlainText.string(bytes.extracting(range)) }
        return otherText(bytes, range, hasEscapes: hasEscapes)
    }

    @inline(never)
    private static func otherText(_ bytes: Span<UInt8>, _ range: Range<Int>, hasEscapes: Bool) -> String {
        text(bytes, range, hasEscapes: hasEscapes)
    }

    /// The UTF-8 of a string that `scanString` has checked, escapes undone.
    static func unescaped(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes[offset]
            guard byte == UInt8(ascii: "\\"), offset + 1 < range.upperBound else {
                output.append(byte)
                offset += 1
                continue
            }
            if bytes[offset + 1] == UInt8(ascii: "u"), let point = try? codePoint(bytes, at: offset) {
                output.append(contentsOf: String(Character(point.scalar)).utf8)
                offset = point.end
                continue
            }
            output.append(unescapedByte(bytes[offset + 1]))
            offset += 2
        }
        return output
    }

    private static func unescapedByte(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    /// Finds the end of a number by JSON's grammar: `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`.
    static func scanNumber(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        var offset = start
        func digits() throws(JSONError) {
            let first = offset
            while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") <= 9 { offset += 1 }
            if offset == first { throw JSONError("a digit belongs here", at: offset) }
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "0") {
            offset += 1
            if offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") <= 9 {
                throw JSONError("a number with a leading zero", at: offset)
            }
        } else {
            try digits()
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
                offset += 1
            }
            try digits()
        }
        return offset
    }
}

/// How much a reader accepts before it refuses.
package struct JSONLimits: Sendable {
    /// Containers inside each other; the server's own limit for requests is 78.
    package var maximumDepth = 512
    /// Bytes of one document.
    package var maximumBytes = 64 << 20
    /// Whether `{"SS":[]}` is read as an empty set; the server accepts none in a request.
    package var allowsEmptySets = true

    package init() {}
}

/// Reads one JSON document, member by member, without building a tree.
///
/// Never traps: every broken input is a `JSONError` with an offset. Checks UTF-8, escapes and surrogate
/// pairs, duplicate member names of objects that are skipped or read as values, depth and trailing bytes.
package struct JSONReader: Sendable {
    package let bytes: [UInt8]
    /// The next byte to read.
    package var offset: Int
    let limits: JSONLimits
    private(set) var depth = 0
    /// Whether a container was just opened, so that no comma is due.
    private var isFirst = false

    package init(_ bytes: [UInt8], from start: Int = 0, limits: JSONLimits = JSONLimits()) {
        self.bytes = bytes
        // A start outside the bytes reads as an empty document, which is an error and no trap.
        offset = start < 0 ? bytes.count : min(start, bytes.count)
        self.limits = limits
    }

    // MARK: Containers

    /// Reads `{`.
    package mutating func beginObject() throws(JSONError) { try open(UInt8(ascii: "{"), "expected an object") }

    /// The next member's name with its colon read, or `nil` with `}` read.
    package mutating func nextKey() throws(JSONError) -> String? {
        guard let name = try nextKeyRange() else { return nil }
        return JSONText.text(bytes.span, name.range, hasEscapes: name.hasEscapes)
    }

    /// Enters an object that begins with this member, without white space and escapes, and goes to its value.
    ///
    /// - Parameter name: of the member, plain ASCII.
    /// - Returns: `false`, with nothing read, for anything else: read it member by member then.
    package mutating func enter(at name: String) -> Bool {
        let text = name.utf8.span
        let end = offset &+ text.count &+ 4
        guard depth == 0, end <= bytes.count, bytes.count <= limits.maximumBytes, bytes[offset] == UInt8(ascii: "{"),
            bytes[offset &+ 1] == UInt8(ascii: "\""), bytes[end &- 2] == UInt8(ascii: "\""),
            bytes[end &- 1] == UInt8(ascii: ":")
        else { return false }
        for index in 0..<text.count where bytes[offset &+ 2 &+ index] != text[index] { return false }
        offset = end
        depth = 1
        isFirst = false
        return true
    }

    /// Reads `[`.
    package mutating func beginArray() throws(JSONError) { try open(UInt8(ascii: "["), "expected an array") }

    /// Whether another element follows (its comma read); `false` with `]` read.
    package mutating func nextElement() throws(JSONError) -> Bool {
        try hasNext(closing: UInt8(ascii: "]"))
    }

    /// Like `nextKey`, without making a string: where the name lies, and whether it has escapes.
    mutating func nextKeyRange() throws(JSONError) -> (range: Range<Int>, hasEscapes: Bool)? {
        guard try hasNext(closing: UInt8(ascii: "}")) else { return nil }
        let name = try readStringRange("expected a member name")
        skipSpace()
        try expect(UInt8(ascii: ":"), "expected ':' after a member name")
        return name
    }

    private mutating func open(_ bracket: UInt8, _ complaint: String) throws(JSONError) {
        skipSpace()
        try expect(bracket, complaint)
        if bytes.count > limits.maximumBytes { throw JSONError("document too large", at: offset) }
        depth += 1
        if depth > limits.maximumDepth { throw JSONError("containers nested too deeply", at: offset - 1) }
        isFirst = true
    }

    private mutating func hasNext(closing bracket: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard offset < bytes.count else { throw JSONError("unexpected end of text", at: offset) }
        if bytes[offset] == bracket {
            offset += 1
            depth = max(0, depth - 1)
            isFirst = false
            return false
        }
        if !isFirst {
            // No interpolation here: it would be done for every element.
            try expect(
                UInt8(ascii: ","),
                bracket == UInt8(ascii: "}") ? "expected ',' or '}'" : "expected ',' or ']'"
            )
            skipSpace()
        }
        isFirst = false
        return true
    }

    // MARK: Scalars

    package mutating func readString() throws(JSONError) -> String {
        let found = try readStringRange("expected a string")
        return JSONText.text(bytes.span, found.range, hasEscapes: found.hasEscapes)
    }

    /// An integer, in any form that is integral (`100`, `1e2`, `1.0`).
    package mutating func readInt() throws(JSONError) -> Int {
        let range = try readNumberRange()
        guard let parts = try? DecimalParts(parsing: bytes.span.extracting(range)),
            let value = parts.integer(as: Int.self)
        else { throw JSONError("expected an integer of 64 bits", at: range.lowerBound) }
        return value
    }

    /// The nearest `Double`; a number outside its range is an error.
    package mutating func readDouble() throws(JSONError) -> Double {
        let range = try readNumberRange()
        guard let value = Double(JSONText.text(bytes.span, range, hasEscapes: false)), value.isFinite else {
            throw JSONError("number out of range", at: range.lowerBound)
        }
        return value
    }

    package mutating func readBool() throws(JSONError) -> Bool {
        skipSpace()
        if matches("true") {
            offset += 4
            return true
        }
        if matches("false") {
            offset += 5
            return false
        }
        throw JSONError("expected true or false", at: offset)
    }

    /// Reads `null` if it is next.
    package mutating func readNull() throws(JSONError) -> Bool {
        skipSpace()
        guard matches("null") else { return false }
        offset += 4
        return true
    }

    /// The first byte of the next value or bracket, white space skipped; `nil` at the end.
    package mutating func peek() -> UInt8? {
        skipSpace()
        return offset < bytes.count ? bytes[offset] : nil
    }

    /// Refuses anything but white space up to the end.
    package mutating func finish() throws(JSONError) {
        skipSpace()
        if offset < bytes.count { throw JSONError("text after the end of the document", at: offset) }
    }

    /// Where a string lies, without its quotes.
    mutating func readStringRange(_ complaint: String) throws(JSONError) -> (range: Range<Int>, hasEscapes: Bool) {
        skipSpace()
        try expect(UInt8(ascii: "\""), complaint)
        let start = offset
        let scan = try JSONText.scanString(bytes.span, from: start)
        offset = scan.end
        return (start..<(scan.end - 1), scan.hasEscapes)
    }

    mutating func readNumberRange() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = offset
        guard start < bytes.count, bytes[start] == UInt8(ascii: "-") || bytes[start] &- UInt8(ascii: "0") <= 9 else {
            throw JSONError("expected a number", at: start)
        }
        offset = try JSONText.scanNumber(bytes.span, from: start)
        return start..<offset
    }

    // MARK: Bytes

    mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset &+= 1
            default: return
            }
        }
    }

    mutating func expect(_ byte: UInt8, _ complaint: String) throws(JSONError) {
        guard offset < bytes.count else { throw JSONError("unexpected end of text", at: offset) }
        guard bytes[offset] == byte else { throw JSONError(complaint, at: offset) }
        offset &+= 1
    }

    func matches(_ literal: String) -> Bool {
        let text = literal.utf8.span
        guard text.count <= bytes.count - offset else { return false }
        for index in 0..<text.count where bytes[offset + index] != text[index] { return false }
        return true
    }
}

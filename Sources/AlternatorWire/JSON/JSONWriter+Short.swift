// What an item consists of: short texts between fixed brackets. Each is one reservation and then bytes stored one
// after another, which for texts of this length beats several appends (each checks capacity and uniqueness anew).

extension JSONWriter {
    /// Texts up to this length are stored byte by byte, longer ones copied in bulk.
    private static let shortLength = 64

    /// `"name":`, with a comma before it where one is due.
    @inline(__always)
    mutating func memberName(_ name: String, hasComma: Bool) {
        let length = name.utf8.count
        guard length <= JSONWriter.shortLength, JSONWriter.isClean(name.utf8.span) else {
            if hasComma { bytes.append(UInt8(ascii: ",")) }
            string(name)
            bytes.append(UInt8(ascii: ":"))
            return
        }
        bytes.append(addingCapacity: length &+ 4) { output in
            if hasComma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(copying: name.utf8.span)
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
        }
    }

    /// `{"S":"…"}`.
    @inline(__always)
    mutating func stringValue(_ text: String) {
        let length = text.utf8.count
        guard length <= JSONWriter.shortLength, JSONWriter.isClean(text.utf8.span) else {
            raw("{\"S\":")
            string(text)
            bytes.append(UInt8(ascii: "}"))
            return
        }
        bytes.append(addingCapacity: length &+ 8) { output in
            output.beginScalar(UInt8(ascii: "S"))
            output.append(copying: text.utf8.span)
            output.endScalar()
        }
    }

    /// `{"N":"…"}` from text that is a number.
    @inline(__always)
    mutating func numberValue(_ text: String) {
        bytes.append(addingCapacity: text.utf8.count &+ 8) { output in
            output.beginScalar(UInt8(ascii: "N"))
            output.append(copying: text.utf8.span)
            output.endScalar()
        }
    }

    /// `{"N":"…"}` of an integer.
    @inline(__always)
    mutating func integerValue(_ value: Int) {
        guard value.magnitude < 10_000_000_000_000_000 else { return numberValue(String(value)) }
        // Up to 16 digits, the last one first, each in a byte of its own: taken off again they stand in order.
        var digits: UInt128 = 0
        var count = 0
        var rest = value.magnitude
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            digits = digits << 8 | UInt128(digit)
            count &+= 1
            rest = quotient
        } while rest > 0
        bytes.append(addingCapacity: 26) { output in
            output.beginScalar(UInt8(ascii: "N"))
            if value < 0 { output.append(UInt8(ascii: "-")) }
            for _ in 0..<count {
                output.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digits))
                digits >>= 8
            }
            output.endScalar()
        }
    }
}

extension OutputSpan<UInt8> {
    @inline(__always)
    fileprivate mutating func append(copying text: Span<UInt8>) {
        for index in 0..<text.count { append(text[index]) }
    }

    /// `{"S":"` and its like.
    @inline(__always)
    fileprivate mutating func beginScalar(_ type: UInt8) {
        append(UInt8(ascii: "{"))
        append(UInt8(ascii: "\""))
        append(type)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ":"))
        append(UInt8(ascii: "\""))
    }

    /// `"}`.
    @inline(__always)
    fileprivate mutating func endScalar() {
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: "}"))
    }
}

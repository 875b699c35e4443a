/// Appends JSON to one buffer; the caller keeps the structure right, the writer the text.
package struct JSONWriter: Sendable {
    /// What has been written so far.
    package var bytes: [UInt8] = []

    package init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// Text that is JSON already, such as `{"TableName":`.
    package mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Bytes that are JSON already.
    package mutating func raw(_ json: [UInt8]) { bytes.append(contentsOf: json) }

    /// Bytes that are JSON already, as part of a larger buffer.
    package mutating func raw(_ json: ArraySlice<UInt8>) { bytes.append(contentsOf: json) }

    package mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// A JSON string with quotes and escapes.
    package mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        escaped(text)
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func integer(_ value: Int) {
        if value >= 0, value < 10 {
            bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value))
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
    }

    package mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    package mutating func null() { raw("null") }

    /// Bytes as a base64 string with its quotes.
    package mutating func base64(_ value: some Collection<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        Base64.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    // MARK: Objects

    /// `{` … `}` with `key` calls inside.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// `{` … `}` around a body that can fail; what it wrote until then stays.
    package mutating func object<Failure>(
        throwing body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        bytes.append(UInt8(ascii: "{"))
        try body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// `[` … `]`, the elements separated by commas.
    package mutating func array<Element>(
        of elements: some Sequence<Element>,
        _ body: (inout JSONWriter, Element) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            body(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// `"name":`, preceded by a comma unless it follows `{`.
    package mutating func key(_ name: String) {
        if let last = bytes.last, last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// `key` for code that passes names on as `StaticString`; a name over 15 bytes costs an allocation.
    package mutating func key(_ name: StaticString) { key(name.description) }

    // MARK: Text

    /// A string's text with its escapes, without quotes.
    @inline(__always)
    package mutating func escaped(_ text: String) {
        let utf8 = text.utf8
        if JSONWriter.isClean(utf8.span) {
            bytes.append(contentsOf: utf8)
        } else {
            escapeSlowly(utf8)
        }
    }

    /// Whether a string's text is its own JSON.
    package static func isClean(_ text: borrowing String) -> Bool { isClean(text.utf8.span) }

    /// Whether no byte needs an escape.
    @inline(__always)
    static func isClean(_ text: Span<UInt8>) -> Bool {
        var offset = 0
        while offset <= text.count &- 8 {
            if JSONText.specials(in: JSONText.word(text, at: offset)) != 0 { return false }
            offset &+= 8
        }
        while offset < text.count {
            if JSONText.isSpecial(text[offset]) { return false }
            offset &+= 1
        }
        return true
    }

    @inline(never)
    private mutating func escapeSlowly(_ text: String.UTF8View) {
        for byte in text {
            guard JSONText.isSpecial(byte) else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "\\"))
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
            case 0x08: bytes.append(UInt8(ascii: "b"))
            case 0x09: bytes.append(UInt8(ascii: "t"))
            case 0x0A: bytes.append(UInt8(ascii: "n"))
            case 0x0C: bytes.append(UInt8(ascii: "f"))
            case 0x0D: bytes.append(UInt8(ascii: "r"))
            default:
                raw("u00")
                bytes.append(UInt8(ascii: "0") + byte >> 4)
                let low = byte & 15
                bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
            }
        }
    }
}

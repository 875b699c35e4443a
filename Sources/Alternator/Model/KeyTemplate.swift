import AlternatorWire

/// The text of a composite key, such as `USER#{id}#ORDER#{number:8}`, taken apart.
///
/// A part's text is written with `%` and every punctuation character of the template's own text as `%XX` (UTF-8 bytes,
/// RFC 3986), so that what a user types can neither end a part early nor look like another key.
struct KeyTemplate: Sendable {
    struct Slot: Sendable {
        let name: String
        /// Digits of a number, zeros in front; 0 for as it is.
        let width: Int
    }

    let text: String
    /// What stands before each slot, and after the last one: one more than `slots`.
    let literals: [String]
    let slots: [Slot]
    private let escaped: Set<UInt8>

    init(_ text: String, parts: Int) throws(AlternatorError) {
        self.text = text
        (literals, slots) = try Self.pieces(of: text)
        guard slots.count == parts else {
            throw Self.bad(text, "it has \(slots.count) places in braces for \(parts) properties")
        }
        var escaped: Set<UInt8> = [UInt8(ascii: "%")]
        for byte in literals.joined().utf8 where byte < 0x80 && !Self.isLetterOrDigit(byte) { escaped.insert(byte) }
        self.escaped = escaped
        for index in slots.indices.dropFirst() where slots[index - 1].width == 0 {
            // Letters are not escaped, so a part could not be told from them.
            guard let first = literals[index].utf8.first, first < 0x80, !Self.isLetterOrDigit(first) else {
                throw Self.bad(
                    text,
                    "between {\(slots[index - 1].name)} and {\(slots[index].name)} there must be "
                        + "a separator, such as #"
                )
            }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func pieces(of text: String) throws(AlternatorError) -> ([String], [Slot]) {
        var literals: [String] = []
        var slots: [Slot] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            let literal = rest[..<open]
            guard !literal.contains("}") else { throw bad(text, "a } has no {") }
            guard let close = rest[open...].firstIndex(of: "}") else { throw bad(text, "a { has no }") }
            literals.append(String(literal))
            slots.append(try slot(rest[rest.index(after: open)..<close], text))
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains("}") else { throw bad(text, "a } has no {") }
        literals.append(String(rest))
        return (literals, slots)
    }

    private static func slot(_ inside: Substring, _ text: String) throws(AlternatorError) -> Slot {
        let parts = inside.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard !parts[0].isEmpty, !parts[0].contains("{") else { throw bad(text, "braces without a property's name") }
        guard parts.count == 2 else { return Slot(name: String(parts[0]), width: 0) }
        guard let width = Int(parts[1]), (1...38).contains(width) else {
            throw bad(text, "the width of {\(parts[0])} must be 1 to 38 digits")
        }
        return Slot(name: String(parts[0]), width: width)
    }

    static func bad(_ text: String, _ problem: String) -> AlternatorError {
        AlternatorError(.mapping, message: "The key template \"\(text)\" cannot be used: \(problem).")
    }

    // MARK: Writing

    /// The key of these texts; with fewer than there are slots, what comes before the first one missing.
    func key(_ texts: [String]) throws(AlternatorError) -> String {
        var key = literals[0]
        for (index, text) in texts.enumerated() {
            key += try part(text, slots[index])
            key += literals[index + 1]
        }
        return key
    }

    private func part(_ text: String, _ slot: Slot) throws(AlternatorError) -> String {
        if slot.width > 0 {
            guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                throw Self.bad(self.text, "{\(slot.name)} has a width, so it must be a number that is not negative")
            }
            guard text.utf8.count <= slot.width else {
                throw Self.bad(self.text, "the number for {\(slot.name)} has more than \(slot.width) digits")
            }
            return String(repeating: "0", count: slot.width - text.utf8.count) + text
        }
        guard text.utf8.contains(where: { escaped.contains($0) }) else { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            guard escaped.contains(byte) else {
                bytes.append(byte)
                continue
            }
            bytes += [UInt8(ascii: "%"), Self.digit(byte >> 4), Self.digit(byte & 15)]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    // MARK: Reading

    /// The parts of a key, unescaped and without the zeros of a width; throws `.decoding` where it is of another template.
    func texts(of key: String) throws(AlternatorError) -> [String] {
        let bytes = Array(key.utf8)
        var texts: [String] = []
        var place = try skip(literals[0], in: bytes, at: 0)
        for (index, slot) in slots.enumerated() {
            let end: Int
            if slot.width > 0 {
                end = place + slot.width
            } else if let separator = literals[index + 1].utf8.first {
                end = bytes[place...].firstIndex(of: separator) ?? bytes.count
            } else {
                end = bytes.count
            }
            guard end <= bytes.count else { throw mismatch }
            texts.append(try unescaped(bytes[place..<end], slot))
            place = try skip(literals[index + 1], in: bytes, at: end)
        }
        guard place == bytes.count else { throw mismatch }
        return texts
    }

    private func skip(_ literal: String, in bytes: [UInt8], at place: Int) throws(AlternatorError) -> Int {
        guard bytes[place...].starts(with: literal.utf8) else { throw mismatch }
        return place + literal.utf8.count
    }

    private func unescaped(_ part: ArraySlice<UInt8>, _ slot: Slot) throws(AlternatorError) -> String {
        if slot.width > 0 {
            let digits = part.drop { $0 == UInt8(ascii: "0") }
            return digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self)
        }
        var bytes: [UInt8] = []
        var index = part.startIndex
        while index < part.endIndex {
            guard part[index] == UInt8(ascii: "%") else {
                bytes.append(part[index])
                index += 1
                continue
            }
            guard part.endIndex - index >= 3,
                let byte = UInt8(String(decoding: part[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            else { throw mismatch }
            bytes.append(byte)
            index += 3
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw mismatch }
        return text
    }

    /// Without the key: errors show no item data.
    private var mismatch: AlternatorError {
        AlternatorError(.decoding, message: "The key is not of the template \"\(text)\".")
    }
}

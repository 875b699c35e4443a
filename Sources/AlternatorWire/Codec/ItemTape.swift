/// One attribute value on a tape.
struct TapeNode {
    /// Text of a scalar without quotes; for BOOL `length` is 0 or 1; unused in containers.
    var offset: UInt32
    /// Bytes of the text, or members and elements of a container.
    var length: UInt32
    var nameOffset: UInt32
    var nameLength: UInt32
    /// The node after this one and all inside it.
    var next: UInt32
    var kind: AttributeKind
    var hasEscapes: Bool
    var nameHasEscapes: Bool
}

/// A document's values in a row, parents before children: what a decoder needs to find them without a tree.
struct ItemTape {
    private(set) var nodes: [TapeNode]
    private var offset: Int
    private var depth = 0
    private let maximumDepth: Int

    private init(from offset: Int, depth: Int, expecting expected: Int, reusing nodes: consuming [TapeNode]) {
        // Emptied before it is stored: then there is one owner, and the storage is kept.
        nodes.removeAll(keepingCapacity: true)
        nodes.reserveCapacity(expected)
        self.nodes = nodes
        self.offset = offset
        maximumDepth = depth
    }

    /// Scans an item or one value at the reader's place and moves the reader behind it.
    static func scan(
        _ reader: inout JSONReader,
        isItem: Bool,
        reusing nodes: consuming [TapeNode] = []
    ) throws(JSONError) -> [TapeNode] {
        let bytes = reader.bytes
        guard bytes.count <= min(reader.limits.maximumBytes, Int(UInt32.max)) else {
            throw JSONError("document too large", at: reader.offset)
        }
        var tape = ItemTape(
            from: reader.offset,
            depth: reader.limits.maximumDepth - reader.depth,
            // An attribute takes about 25 bytes; a page's items are scanned one by one.
            expecting: min(64, (bytes.count - reader.offset) / 20 + 4),
            reusing: nodes
        )
        let none = Member()
        if isItem {
            let root = tape.push(none)
            try tape.members(of: root, bytes.span)
        } else {
            try tape.value(none, bytes.span)
        }
        reader.offset = tape.offset
        return tape.nodes
    }

    private struct Member {
        var offset = 0
        var length = 0
        var hasEscapes = false
    }

    @inline(__always)
    private mutating func push(_ member: Member) -> Int {
        nodes.append(
            TapeNode(
                offset: 0,
                length: 0,
                nameOffset: UInt32(truncatingIfNeeded: member.offset),
                nameLength: UInt32(truncatingIfNeeded: member.length),
                next: 0,
                kind: .map,
                hasEscapes: false,
                nameHasEscapes: member.hasEscapes
            )
        )
        return nodes.count &- 1
    }

    // MARK: Text

    @inline(__always)
    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            offset &+= 1
        }
    }

    @inline(__always)
    private mutating func expect(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONError) {
        skipSpace(bytes)
        guard offset < bytes.count, bytes[offset] == byte else { throw unexpected(byte, bytes.count) }
        offset &+= 1
    }

    @inline(never)
    private func unexpected(_ byte: UInt8, _ count: Int) -> JSONError {
        offset < count
            ? JSONError("expected '\(Character(Unicode.Scalar(byte)))'", at: offset)
            : JSONError("unexpected end of text", at: offset)
    }

    /// A string: where its text is; the cursor moves behind the closing quote.
    @inline(__always)
    private mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> Member {
        try expect(UInt8(ascii: "\""), bytes)
        let start = offset
        let scan = try JSONText.scanString(bytes, from: start)
        offset = scan.end
        return Member(offset: start, length: scan.end &- 1 &- start, hasEscapes: scan.hasEscapes)
    }

    /// After an element: whether another follows, its comma read, or the closing bracket.
    @inline(__always)
    private mutating func hasMore(_ closing: UInt8, _ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        skipSpace(bytes)
        guard offset < bytes.count else { throw unexpected(closing, bytes.count) }
        let byte = bytes[offset]
        guard byte == UInt8(ascii: ",") || byte == closing else { throw unexpected(closing, bytes.count) }
        offset &+= 1
        return byte != closing
    }

    /// Reads an opening bracket and, where nothing is inside, the closing one.
    private mutating func isEmpty(_ opening: UInt8, _ closing: UInt8, _ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        try expect(opening, bytes)
        depth += 1
        guard depth <= maximumDepth else { throw JSONError("containers nested too deeply", at: offset - 1) }
        skipSpace(bytes)
        guard offset < bytes.count, bytes[offset] == closing else { return false }
        offset &+= 1
        depth -= 1
        return true
    }

    // MARK: Values

    private mutating func members(of node: Int, _ bytes: Span<UInt8>) throws(JSONError) {
        var count: UInt32 = 0
        if try !isEmpty(UInt8(ascii: "{"), UInt8(ascii: "}"), bytes) {
            repeat {
                let name = try string(bytes)
                if try !compactScalar(name, bytes) {
                    try expect(UInt8(ascii: ":"), bytes)
                    try value(name, bytes)
                }
                count &+= 1
            } while try hasMore(UInt8(ascii: "}"), bytes)
            depth -= 1
        }
        nodes[node].length = count
        nodes[node].next = UInt32(truncatingIfNeeded: nodes.count)
    }

    /// The rest of a member, `:{"S":"…"}`, as servers write it, without white space, S or N; false, nothing read, for others.
    @inline(__always)
    private mutating func compactScalar(_ name: Member, _ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        guard offset <= bytes.count &- 16 else { return false }
        // With the quote that ends the name these are eight bytes, one comparison.
        let mark = JSONText.word(bytes, at: offset &- 1)
        guard mark == TypeMark.stringMember || mark == TypeMark.numberMember else { return false }
        let start = offset &+ 7
        let text = try JSONText.scanString(bytes, from: start)
        guard text.end < bytes.count, bytes[text.end] == UInt8(ascii: "}") else { return false }
        nodes.append(
            TapeNode(
                offset: UInt32(truncatingIfNeeded: start),
                length: UInt32(truncatingIfNeeded: text.end &- 1 &- start),
                nameOffset: UInt32(truncatingIfNeeded: name.offset),
                nameLength: UInt32(truncatingIfNeeded: name.length),
                next: UInt32(truncatingIfNeeded: nodes.count &+ 1),
                kind: mark == TypeMark.stringMember ? .string : .number,
                hasEscapes: text.hasEscapes,
                nameHasEscapes: name.hasEscapes
            )
        )
        offset = text.end &+ 1
        return true
    }

    /// `{"S":"…"}` as a node.
    @inline(__always)
    private mutating func value(_ name: Member, _ bytes: Span<UInt8>) throws(JSONError) {
        // Compact text, as servers write it, is told by its first six bytes; anything else is read step by step.
        if offset <= bytes.count &- 8 {
            let start = JSONText.wholeWord(bytes, at: offset) & 0xFFFF_FFFF_FFFF
            if start == TypeMark.string { return try scalar(.string, name, bytes) }
            if start == TypeMark.number { return try scalar(.number, name, bytes) }
        }
        try anyValue(name, bytes)
    }

    /// The first bytes of a value, or of a colon and a value, as a word, the first one lowest.
    private enum TypeMark {
        /// `{"S":"`.
        static let string: UInt64 = 0x223A_2253_227B
        /// `{"N":"`.
        static let number: UInt64 = 0x223A_224E_227B
        /// `":{"S":"`.
        static let stringMember: UInt64 = 0x223A_2253_227B_3A22
        /// `":{"N":"`.
        static let numberMember: UInt64 = 0x223A_224E_227B_3A22
    }

    @inline(__always)
    private mutating func scalar(_ kind: AttributeKind, _ name: Member, _ bytes: Span<UInt8>) throws(JSONError) {
        let start = offset &+ 6
        let scan = try JSONText.scanString(bytes, from: start)
        offset = scan.end
        nodes.append(
            TapeNode(
                offset: UInt32(truncatingIfNeeded: start),
                length: UInt32(truncatingIfNeeded: scan.end &- 1 &- start),
                nameOffset: UInt32(truncatingIfNeeded: name.offset),
                nameLength: UInt32(truncatingIfNeeded: name.length),
                next: UInt32(truncatingIfNeeded: nodes.count &+ 1),
                kind: kind,
                hasEscapes: scan.hasEscapes,
                nameHasEscapes: name.hasEscapes
            )
        )
        try endValue(bytes)
    }

    @inline(__always)
    private mutating func endValue(_ bytes: Span<UInt8>) throws(JSONError) {
        skipSpace(bytes)
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ",") {
            throw JSONError("an attribute value has only one type member", at: offset)
        }
        try expect(UInt8(ascii: "}"), bytes)
    }

    /// Any value in any layout.
    @inline(never)
    private mutating func anyValue(_ name: Member, _ bytes: Span<UInt8>) throws(JSONError) {
        try expect(UInt8(ascii: "{"), bytes)
        let type = try string(bytes)
        guard let kind = AttributeKind(bytes, type.offset..<(type.offset &+ type.length)) else {
            let shown = JSONText.text(
                bytes,
                type.offset..<(type.offset + type.length),
                hasEscapes: type.hasEscapes
            ).prefix(20)
            throw JSONError("unknown attribute type '\(shown)'", at: type.offset)
        }
        try expect(UInt8(ascii: ":"), bytes)
        let node = push(name)
        nodes[node].kind = kind
        switch kind {
        case .string, .number, .binary:
            let text = try string(bytes)
            nodes[node].offset = UInt32(truncatingIfNeeded: text.offset)
            nodes[node].length = UInt32(truncatingIfNeeded: text.length)
            nodes[node].hasEscapes = text.hasEscapes
        case .bool, .null: nodes[node].length = try flag(bytes, mayBeText: kind == .bool) ? 1 : 0
        case .map: try members(of: node, bytes)
        case .list: try elements(of: node, bytes)
        case .stringSet: try scalars(of: node, .string, bytes)
        case .numberSet: try scalars(of: node, .number, bytes)
        case .binarySet: try scalars(of: node, .binary, bytes)
        case .vector: try components(of: node, bytes)
        }
        try endValue(bytes)
        nodes[node].next = UInt32(truncatingIfNeeded: nodes.count)
    }

    private mutating func elements(of node: Int, _ bytes: Span<UInt8>) throws(JSONError) {
        guard try !isEmpty(UInt8(ascii: "["), UInt8(ascii: "]"), bytes) else { return }
        let none = Member()
        var count: UInt32 = 0
        repeat {
            try value(none, bytes)
            count &+= 1
        } while try hasMore(UInt8(ascii: "]"), bytes)
        depth -= 1
        nodes[node].length = count
    }

    /// The members of a set, as nodes of their own.
    private mutating func scalars(of node: Int, _ kind: AttributeKind, _ bytes: Span<UInt8>) throws(JSONError) {
        guard try !isEmpty(UInt8(ascii: "["), UInt8(ascii: "]"), bytes) else { return }
        repeat { pushScalar(try string(bytes), kind, in: node) } while try hasMore(UInt8(ascii: "]"), bytes)
        depth -= 1
    }

    /// The components of a vector, JSON numbers, as nodes of kind N.
    private mutating func components(of node: Int, _ bytes: Span<UInt8>) throws(JSONError) {
        guard try !isEmpty(UInt8(ascii: "["), UInt8(ascii: "]"), bytes) else { return }
        repeat {
            skipSpace(bytes)
            let start = offset
            offset = try JSONText.scanNumber(bytes, from: start)
            pushScalar(Member(offset: start, length: offset - start), .number, in: node)
        } while try hasMore(UInt8(ascii: "]"), bytes)
        depth -= 1
    }

    private mutating func pushScalar(_ text: Member, _ kind: AttributeKind, in node: Int) {
        let scalar = push(Member())
        nodes[scalar].kind = kind
        nodes[scalar].offset = UInt32(truncatingIfNeeded: text.offset)
        nodes[scalar].length = UInt32(truncatingIfNeeded: text.length)
        nodes[scalar].hasEscapes = text.hasEscapes
        nodes[scalar].next = UInt32(truncatingIfNeeded: nodes.count)
        nodes[node].length &+= 1
    }

    /// `true` or `false`; for BOOL also in quotes, as the server's system tables have them.
    private mutating func flag(_ bytes: Span<UInt8>, mayBeText: Bool) throws(JSONError) -> Bool {
        skipSpace(bytes)
        let start = offset
        let isQuoted = mayBeText && offset < bytes.count && bytes[offset] == UInt8(ascii: "\"")
        if isQuoted { offset &+= 1 }
        let result: Bool
        if matches("true", bytes) {
            result = true
            offset &+= 4
        } else if matches("false", bytes) {
            result = false
            offset &+= 5
        } else {
            throw JSONError("expected true or false", at: start)
        }
        if isQuoted { try expect(UInt8(ascii: "\""), bytes) }
        return result
    }

    private func matches(_ literal: String, _ bytes: Span<UInt8>) -> Bool {
        let text = literal.utf8.span
        guard text.count <= bytes.count - offset else { return false }
        for index in 0..<text.count where bytes[offset + index] != text[index] { return false }
        return true
    }
}

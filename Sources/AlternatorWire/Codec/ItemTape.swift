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
    /// Whether the text is known to be ASCII without escapes.
    var isPlain: Bool

    /// Stands where there is no node.
    static var none: TapeNode { TapeNode(.vector, name: ItemTape.Text()) }

    /// Where the text of a scalar stands.
    @inline(__always)
    var range: Range<Int> { Int(offset)..<(Int(offset) &+ Int(length)) }

    /// Where the name of a member stands.
    @inline(__always)
    var nameRange: Range<Int> { Int(nameOffset)..<(Int(nameOffset) &+ Int(nameLength)) }

    /// Whether a member has a name.
    @inline(__always)
    func isNamed(_ name: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        if nameHasEscapes { return isNamedWithEscapes(name, in: bytes) }
        return Int(nameLength) == name.count && JSONText.areEqual(bytes.extracting(nameRange), name)
    }

    @inline(never)
    private func isNamedWithEscapes(_ name: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        JSONText.areEqual(JSONText.unescaped(bytes, nameRange).span, name)
    }

    /// A value of which only its kind and its name are known.
    @inline(__always)
    init(_ kind: AttributeKind, name: ItemTape.Text) {
        self.init(kind, ItemTape.Text(), name: name, next: 0)
    }

    /// A value with its text.
    @inline(__always)
    init(_ kind: AttributeKind, _ text: ItemTape.Text, name: ItemTape.Text, next: Int) {
        offset = UInt32(truncatingIfNeeded: text.offset)
        length = UInt32(truncatingIfNeeded: text.length)
        nameOffset = UInt32(truncatingIfNeeded: name.offset)
        nameLength = UInt32(truncatingIfNeeded: name.length)
        self.next = UInt32(truncatingIfNeeded: next)
        self.kind = kind
        hasEscapes = text.hasEscapes
        isPlain = text.isPlain
        nameHasEscapes = name.hasEscapes
    }
}

/// A document's values in a row, parents before children: what a decoder needs to find them without a tree.
///
/// What servers write without white space is read in runs, see `ItemTape+Runs.swift`; the general way reads the rest.
struct ItemTape {
    private let memory: DecodingMemory
    /// Nodes, then room for more.
    private(set) var nodes: TapeNodes
    /// How many nodes there are.
    var count = 0
    /// The next byte to read.
    var offset: Int
    private var depth = 0
    private let maximumDepth: Int

    private init(_ memory: DecodingMemory, from offset: Int, depth: Int, expecting expected: Int) {
        self.memory = memory
        nodes = memory.nodes
        self.offset = offset
        maximumDepth = depth
        if nodes.count < expected { addRoom(expected - nodes.count) }
    }

    /// Scans an item or one value at the reader's place and moves the reader behind it.
    ///
    /// - Parameters:
    ///   - reader: reads the document.
    ///   - isItem: it is an item, without a type around it.
    ///   - memory: is where its nodes are then; behind them there are some without a meaning.
    /// - Returns: how many nodes there are.
    /// - Throws: `JSONError` where it is not DynamoDB JSON.
    @discardableResult
    static func scan(_ reader: inout JSONReader, isItem: Bool, into memory: DecodingMemory) throws(JSONError) -> Int {
        let bytes = reader.bytes
        guard bytes.count <= min(reader.limits.maximumBytes, Int(UInt32.max)) else {
            throw JSONError("document too large", at: reader.offset)
        }
        var tape = ItemTape(
            memory,
            from: reader.offset,
            depth: reader.limits.maximumDepth - reader.depth,
            // An attribute takes about 25 bytes; a page's items are scanned one by one.
            expecting: min(64, (bytes.count - reader.offset) / 20 + 4)
        )
        if isItem {
            let root = tape.push(.map, name: Text())
            try tape.members(of: root, bytes.span)
        } else {
            try tape.value(Text(), bytes.span)
        }
        reader.offset = tape.offset
        return tape.count
    }

    /// A string of the document, without its quotes.
    struct Text {
        var offset = 0
        var length = 0
        var hasEscapes = false
        var isPlain = false
    }

    @inline(__always)
    private mutating func push(_ kind: AttributeKind, name: Text) -> Int { push(TapeNode(kind, name: name)) }

    @inline(__always)
    private mutating func push(_ node: TapeNode) -> Int {
        if count >= nodes.count { addRoom(max(16, count)) }
        nodes[count] = node
        count &+= 1
        return count &- 1
    }

    @inline(never)
    private mutating func addRoom(_ more: Int) {
        memory.addNodes(more)
        nodes = memory.nodes
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
    private mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> Text {
        try expect(UInt8(ascii: "\""), bytes)
        let start = offset
        let scan = try JSONText.scanString(bytes, from: start)
        offset = scan.end
        return Text(
            offset: start,
            length: scan.end &- 1 &- start,
            hasEscapes: scan.hasEscapes,
            isPlain: scan.isPlain
        )
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
        var members = 0
        if try !isEmpty(UInt8(ascii: "{"), UInt8(ascii: "}"), bytes) {
            repeat {
                let run = readMembers(bytes)
                members &+= run.count
                switch run.end {
                case .behindValue: continue
                case .map(let name):
                    let inner = push(.map, name: name)
                    try self.members(of: inner, bytes)
                    try endContainer(inner, bytes)
                case .list(let name):
                    let inner = push(.list, name: name)
                    try elements(of: inner, bytes)
                    try endContainer(inner, bytes)
                case .beforeValue:
                    let name = try string(bytes)
                    try expect(UInt8(ascii: ":"), bytes)
                    try value(name, bytes)
                }
                members &+= 1
            } while try hasMore(UInt8(ascii: "}"), bytes)
            depth -= 1
        }
        nodes[node].length = UInt32(truncatingIfNeeded: members)
        nodes[node].next = UInt32(truncatingIfNeeded: count)
    }

    /// Ends the value that a run found to be a container.
    private mutating func endContainer(_ node: Int, _ bytes: Span<UInt8>) throws(JSONError) {
        try endValue(bytes)
        nodes[node].next = UInt32(truncatingIfNeeded: count)
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
    private mutating func value(_ name: Text, _ bytes: Span<UInt8>) throws(JSONError) {
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
        let node = push(kind, name: name)
        switch kind {
        case .string, .number, .binary:
            let text = try string(bytes)
            nodes[node].offset = UInt32(truncatingIfNeeded: text.offset)
            nodes[node].length = UInt32(truncatingIfNeeded: text.length)
            nodes[node].hasEscapes = text.hasEscapes
            nodes[node].isPlain = text.isPlain
        case .bool, .null: nodes[node].length = try flag(bytes, mayBeText: kind == .bool) ? 1 : 0
        case .map: try members(of: node, bytes)
        case .list: try elements(of: node, bytes)
        case .stringSet: try scalars(of: node, .string, bytes)
        case .numberSet: try scalars(of: node, .number, bytes)
        case .binarySet: try scalars(of: node, .binary, bytes)
        case .vector: try components(of: node, bytes)
        }
        try endValue(bytes)
        nodes[node].next = UInt32(truncatingIfNeeded: count)
    }

    private mutating func elements(of node: Int, _ bytes: Span<UInt8>) throws(JSONError) {
        guard try !isEmpty(UInt8(ascii: "["), UInt8(ascii: "]"), bytes) else { return }
        var elements = 0
        repeat {
            let run = readElements(bytes)
            elements &+= run.count
            if case .behindValue = run.end { continue }
            try value(Text(), bytes)
            elements &+= 1
        } while try hasMore(UInt8(ascii: "]"), bytes)
        depth -= 1
        nodes[node].length = UInt32(truncatingIfNeeded: elements)
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
            pushScalar(Text(offset: start, length: offset - start), .number, in: node)
        } while try hasMore(UInt8(ascii: "]"), bytes)
        depth -= 1
    }

    private mutating func pushScalar(_ text: Text, _ kind: AttributeKind, in node: Int) {
        _ = push(TapeNode(kind, text, name: Text(), next: count &+ 1))
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

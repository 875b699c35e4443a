/// One decoding: of one item, or of one value.
///
/// Decoders and containers hold it; a copy retains nothing. When the item has been read, a decoder that somebody has kept
/// finds nothing any more: whatever can throw does, and the rest says that there is something, or gives an empty answer.
struct DecodingSession {
    let memory: DecodingMemory
    let serial: UInt64

    /// Begins a decoding of what the memory's tape holds.
    @inline(__always)
    init(_ memory: DecodingMemory) {
        self.memory = memory
        serial = memory.beginDecoding()
    }

    /// The decoding of this number, which may be over.
    @inline(__always)
    init(_ memory: DecodingMemory, serial: UInt64) {
        self.memory = memory
        self.serial = serial
    }

    /// Whether the item has been read, so that nothing can be looked up.
    @inline(__always)
    var isOver: Bool { memory.isOver(serial) }

    var options: ItemDecoder { isOver ? ItemDecoder() : memory.options }
    var userInfo: [CodingUserInfoKey: Any] { isOver ? [:] : memory.userInfo }

    /// A node of the tape; one without anything inside if the decoding is over.
    @inline(__always)
    subscript(node: Int) -> TapeNode { isOver ? .none : memory.nodes[node] }

    @inline(__always)
    func kind(of node: Int) -> AttributeKind { self[node].kind }

    // MARK: Finding members

    /// The member of a map with this name; the search starts where the last one ended.
    @inline(__always)
    func find(_ name: String, in map: Int) -> Int? {
        if isOver { return nil }
        let last = memory.cursor
        let start = last.map == map ? last.member : map &+ 1
        guard let found = search(name.utf8.span, in: map, from: start) else { return nil }
        memory.cursor = (map, found)
        return found
    }

    /// The member of a map with this name, sought from one of them on and then from the first.
    @inline(__always)
    func find(_ name: Span<UInt8>, in map: Int, from start: Int) -> Int? {
        isOver ? nil : search(name, in: map, from: start)
    }

    @inline(__always)
    private func search(_ name: Span<UInt8>, in map: Int, from start: Int) -> Int? {
        let nodes = memory.nodes
        return memory.withText { text in
            let end = Int(nodes[map].next)
            var index = start
            while index < end {
                let node = nodes[index]
                if node.isNamed(name, in: text) { return index }
                index = Int(node.next)
            }
            index = map &+ 1
            while index < start {
                let node = nodes[index]
                if node.isNamed(name, in: text) { return index }
                index = Int(node.next)
            }
            return nil
        }
    }

    /// Whether a member has a name.
    @inline(__always)
    func isNamed(_ member: Int, _ name: Span<UInt8>) -> Bool {
        if isOver { return false }
        let node = self[member]
        return memory.withText { node.isNamed(name, in: $0) }
    }

    /// Puts the search back to a member after another map was read inside it.
    @inline(__always)
    func resume(_ map: Int, at member: Int) { memory.cursor = (map, member) }

    func name(of node: Int) -> String {
        if isOver { return "" }
        let node = self[node]
        return memory.withText { JSONText.text($0, node.nameRange, hasEscapes: node.nameHasEscapes) }
    }

    /// The nodes right inside a container.
    func children(of node: Int) -> [Int] {
        var children: [Int] = []
        var index = node + 1
        let end = Int(self[node].next)
        while index < end {
            children.append(index)
            index = Int(self[index].next)
        }
        return children
    }

    // MARK: Scalars

    /// Calls `body` with the text of a scalar as it stands there.
    @inline(__always)
    private func withText<Result>(of node: TapeNode, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
        try memory.withText { try body($0.extracting(node.range)) }
    }

    /// Calls `body` with the text of a scalar, escapes undone.
    private func withPlainText<Result>(of node: Int, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
        let node = self[node]
        guard node.hasEscapes else { return try withText(of: node, body) }
        let plain = memory.withText { JSONText.unescaped($0, node.range) }
        return try body(plain.span)
    }

    @inline(__always)
    func string(at node: Int, for type: Any.Type) throws -> String {
        let found = self[node]
        guard found.kind == .string else { throw mismatch(type, .string, at: node) }
        return text(of: found)
    }

    @inline(__always)
    private func text(of node: TapeNode) -> String {
        memory.withText { JSONText.text($0, node.range, isPlain: node.isPlain, hasEscapes: node.hasEscapes) }
    }

    private func text(of node: Int) -> String { text(of: self[node]) }

    func bool(at node: Int) throws -> Bool {
        guard kind(of: node) == .bool else { throw mismatch(Bool.self, .bool, at: node) }
        return self[node].length == 1
    }

    /// Whether a node's text can be read as a number; an S only where the decoder was told so.
    private func checkNumber(_ node: Int, for type: Any.Type) throws {
        if kind(of: node) == .number { return }
        if options.readsNumbersInStrings, kind(of: node) == .string { return }
        throw mismatch(type, .number, at: node)
    }

    /// Numbers have no escapes; a writer that escapes their digits all the same is understood.
    private func parts(of node: Int, for type: Any.Type) throws -> DecimalParts {
        try checkNumber(node, for: type)
        return try withPlainText(of: node) { text in
            do {
                return try DecimalParts(parsing: text)
            } catch let problem as AttributeNumber.Problem {
                throw corrupted(problem.reason, at: node)
            }
        }
    }

    @inline(__always)
    func integer<Integer: FixedWidthInteger>(_ type: Integer.Type, at node: Int) throws -> Integer {
        let found = self[node]
        if found.kind == .number, let value = withText(of: found, { PlainNumber.integer($0) }),
            let result = Integer(exactly: value)
        {
            return result
        }
        return try anyInteger(type, at: node)
    }

    @inline(never)
    private func anyInteger<Integer: FixedWidthInteger>(_ type: Integer.Type, at node: Int) throws -> Integer {
        let parts = try parts(of: node, for: type)
        guard parts.isIntegral else { throw corrupted("the number has a fraction and \(type) has none", at: node) }
        guard let value = parts.integer(as: type) else {
            throw corrupted("the number does not fit into \(type)", at: node)
        }
        return value
    }

    func double(at node: Int) throws -> Double {
        let found = self[node]
        if found.kind == .number, let value = withText(of: found, { PlainNumber.double($0) }) { return value }
        return Double(try attributeNumber(at: node, for: Double.self))
    }

    func float(at node: Int) throws -> Float { Float(try attributeNumber(at: node, for: Float.self)) }

    func attributeNumber(at node: Int, for type: Any.Type) throws -> AttributeNumber {
        _ = try parts(of: node, for: type)
        return AttributeNumber(unchecked: text(of: node))
    }

    func binary(at node: Int, for type: Any.Type) throws -> [UInt8] {
        guard kind(of: node) == .binary else { throw mismatch(type, .binary, at: node) }
        guard let decoded = withPlainText(of: node, { Base64.decode($0) }) else {
            throw corrupted("not canonical base64", at: node)
        }
        return decoded
    }

    /// A node with all inside it as an attribute value.
    func attributeValue(at node: Int) throws -> AttributeValue {
        switch kind(of: node) {
        case .string: return .string(text(of: node))
        case .number: return .number(try attributeNumber(at: node, for: AttributeNumber.self))
        case .binary: return .binary(try binary(at: node, for: Binary.self))
        case .bool: return .bool(self[node].length == 1)
        case .null: return .null
        case .list: return .list(try children(of: node).map { try attributeValue(at: $0) })
        case .map: return .map(try attributes(at: node))
        case .stringSet: return .stringSet(Set(children(of: node).map { text(of: $0) }))
        case .numberSet:
            return .numberSet(
                Set(try children(of: node).map { try attributeNumber(at: $0, for: AttributeNumber.self) })
            )
        case .binarySet: return .binarySet(Set(try children(of: node).map { try binary(at: $0, for: Binary.self) }))
        case .vector: return .float32Vector(try children(of: node).map { try component(at: $0) })
        }
    }

    func attributes(at map: Int) throws -> [String: AttributeValue] {
        var members: [String: AttributeValue] = [:]
        for child in children(of: map) {
            if members.updateValue(try attributeValue(at: child), forKey: name(of: child)) != nil {
                throw corrupted("an attribute stands twice in one map", at: child)
            }
        }
        return members
    }

    private func component(at node: Int) throws -> Float {
        guard let value = Float(text(of: node)), value.isFinite else {
            throw corrupted("a component out of the range of Float", at: node)
        }
        return value
    }

    // MARK: Errors

    /// Throws if the decoding is over.
    func checkIsLive() throws { if isOver { throw over } }

    /// What a decoder that was kept throws.
    private var over: DecodingError {
        .dataCorrupted(
            DecodingError.Context(
                "a decoder or a container is used after its item was read: read what is needed within init(from:)",
                at: []
            )
        )
    }

    /// The keys from the root to a node, found from the top: nodes do not know their parents.
    func path(of node: Int) -> [any CodingKey] {
        if isOver { return [] }
        var path: [any CodingKey] = []
        var current = 0
        while current < node {
            let children = children(of: current)
            guard let position = children.lastIndex(where: { $0 <= node }) else { break }
            let isMap = kind(of: current) == .map
            current = children[position]
            path.append(isMap ? PathKey(stringValue: name(of: current)) : PathKey(intValue: position))
        }
        return path
    }

    @inline(never)
    func mismatch(_ type: Any.Type, _ expected: AttributeKind, at node: Int) -> DecodingError {
        if isOver { return over }
        let path = path(of: node)
        let found = kind(of: node).name
        if kind(of: node) == .null {
            return .valueNotFound(
                type,
                DecodingError.Context("expected \(expected.name) for \(type), found NULL", at: path)
            )
        }
        return .typeMismatch(
            type,
            DecodingError.Context("expected \(expected.name), found \(found)", at: path)
        )
    }

    @inline(never)
    func corrupted(_ reason: String, at node: Int) -> DecodingError {
        isOver ? over : .dataCorrupted(DecodingError.Context(reason, at: path(of: node)))
    }

    @inline(never)
    func missing(_ key: any CodingKey, in map: Int) -> DecodingError {
        isOver ? over : .keyNotFound(key, DecodingError.Context("the attribute is missing", at: path(of: map)))
    }
}

/// The state of one decoding: the bytes and their tape.
final class DecodingSession {
    let bytes: [UInt8]
    let nodes: [TapeNode]
    /// The map searched last and the member found there: members mostly come in the order they are asked for.
    private var cursor = (map: -1, member: 0)
    let options: ItemDecoder
    private(set) lazy var userInfo: [CodingUserInfoKey: Any] = options.codingUserInfo

    init(_ bytes: [UInt8], _ nodes: [TapeNode], options: ItemDecoder) {
        self.bytes = bytes
        self.nodes = nodes
        self.options = options
    }

    // A span must come from a variable of its own, not from a stored property of a class, so methods copy `bytes`.

    @inline(__always)
    func kind(of node: Int) -> AttributeKind { nodes[node].kind }

    // MARK: Finding members

    /// The member of a map with this name; the search starts where the last one ended.
    @inline(__always)
    func find(_ name: String, in map: Int) -> Int? {
        let last = cursor
        guard let found = find(name.utf8.span, in: map, from: last.map == map ? last.member : map &+ 1) else {
            return nil
        }
        cursor = (map, found)
        return found
    }

    /// The member of a map with this name, sought from one of them on and then from the first.
    @inline(__always)
    func find(_ name: Span<UInt8>, in map: Int, from start: Int) -> Int? {
        // One copy for all members that are looked at: it is retained.
        let bytes = bytes
        let end = Int(nodes[map].next)
        var index = start
        while index < end {
            if nodes[index].isNamed(name, in: bytes.span) { return index }
            index = Int(nodes[index].next)
        }
        index = map &+ 1
        while index < start {
            if nodes[index].isNamed(name, in: bytes.span) { return index }
            index = Int(nodes[index].next)
        }
        return nil
    }

    /// Puts the search back to a member after another map was read inside it.
    @inline(__always)
    func resume(_ map: Int, at member: Int) { cursor = (map, member) }

    func name(of node: Int) -> String {
        let bytes = bytes
        return JSONText.text(bytes.span, nodes[node].nameRange, hasEscapes: nodes[node].nameHasEscapes)
    }

    /// The nodes right inside a container.
    func children(of node: Int) -> [Int] {
        var children: [Int] = []
        var index = node + 1
        let end = Int(nodes[node].next)
        while index < end {
            children.append(index)
            index = Int(nodes[index].next)
        }
        return children
    }

    // MARK: Scalars

    @inline(__always)
    private func range(of node: Int) -> Range<Int> { nodes[node].range }

    @inline(__always)
    func string(at node: Int, for type: Any.Type) throws -> String {
        guard kind(of: node) == .string else { throw mismatch(type, .string, at: node) }
        return text(of: node)
    }

    @inline(__always)
    private func text(of node: Int) -> String {
        let bytes = bytes
        return JSONText.text(bytes.span, range(of: node), hasEscapes: nodes[node].hasEscapes)
    }

    func bool(at node: Int) throws -> Bool {
        guard kind(of: node) == .bool else { throw mismatch(Bool.self, .bool, at: node) }
        return nodes[node].length == 1
    }

    /// Whether a node's text can be read as a number; an S only where the decoder was told so.
    private func checkNumber(_ node: Int, for type: Any.Type) throws {
        if kind(of: node) == .number { return }
        if options.readsNumbersInStrings, kind(of: node) == .string { return }
        throw mismatch(type, .number, at: node)
    }

    /// Numbers have no escapes; a writer that escapes their digits all the same is understood.
    private func parts(of node: Int, for type: Any.Type) throws -> DecimalParts {
        let bytes = bytes
        try checkNumber(node, for: type)
        do {
            if nodes[node].hasEscapes {
                return try DecimalParts(parsing: JSONText.unescaped(bytes.span, range(of: node)).span)
            }
            return try DecimalParts(parsing: bytes.span.extracting(range(of: node)))
        } catch {
            throw corrupted(error.reason, at: node)
        }
    }

    @inline(__always)
    func integer<Integer: FixedWidthInteger>(_ type: Integer.Type, at node: Int) throws -> Integer {
        let bytes = bytes
        if kind(of: node) == .number,
            let value = PlainNumber.integer(bytes.span.extracting(range(of: node))),
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
        let bytes = bytes
        if kind(of: node) == .number, let value = PlainNumber.double(bytes.span.extracting(range(of: node))) {
            return value
        }
        return Double(try attributeNumber(at: node, for: Double.self))
    }

    func float(at node: Int) throws -> Float { Float(try attributeNumber(at: node, for: Float.self)) }

    func attributeNumber(at node: Int, for type: Any.Type) throws -> AttributeNumber {
        _ = try parts(of: node, for: type)
        return AttributeNumber(unchecked: text(of: node))
    }

    func binary(at node: Int, for type: Any.Type) throws -> [UInt8] {
        let bytes = bytes
        guard kind(of: node) == .binary else { throw mismatch(type, .binary, at: node) }
        let decoded =
            nodes[node].hasEscapes
            ? Base64.decode(JSONText.unescaped(bytes.span, range(of: node)).span)
            : Base64.decode(bytes.span.extracting(range(of: node)))
        guard let decoded else { throw corrupted("not canonical base64", at: node) }
        return decoded
    }

    /// A node with all inside it as an attribute value.
    func attributeValue(at node: Int) throws -> AttributeValue {
        switch kind(of: node) {
        case .string: return .string(text(of: node))
        case .number: return .number(try attributeNumber(at: node, for: AttributeNumber.self))
        case .binary: return .binary(try binary(at: node, for: Binary.self))
        case .bool: return .bool(nodes[node].length == 1)
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

    /// The keys from the root to a node, found from the top: nodes do not know their parents.
    func path(of node: Int) -> [any CodingKey] {
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
        .dataCorrupted(DecodingError.Context(reason, at: path(of: node)))
    }

    @inline(never)
    func missing(_ key: any CodingKey, in map: Int) -> DecodingError {
        .keyNotFound(key, DecodingError.Context("the attribute is missing", at: path(of: map)))
    }
}

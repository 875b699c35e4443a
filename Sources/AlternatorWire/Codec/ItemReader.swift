/// Reads the attributes of one map, an item or a part of it.
///
/// Types are as strict as with `Codable`. A method throws if the attribute is missing or of another type; its form with
/// `IfPresent` gives `nil` where the attribute is missing or NULL. Attributes nobody asks for are ignored.
public struct ItemReader: ~Copyable {
    // Bytes and tape of its own: what stands in a class has to be retained to be looked at.
    private let bytes: [UInt8]
    private let nodes: [TapeNode]
    private let options: ItemDecoder
    /// The map that is read.
    private var node = 0
    /// The member that was found last, or the map itself.
    private var last = 0
    /// What reads all that is rare, made for the first of it.
    private var made: DecodingSession?

    init(_ bytes: [UInt8], _ nodes: [TapeNode], options: ItemDecoder) {
        self.bytes = bytes
        self.nodes = nodes
        self.options = options
    }

    private var session: DecodingSession {
        mutating get {
            if let made { return made }
            let session = DecodingSession(bytes, nodes, options: options)
            made = session
            return session
        }
    }

    // MARK: Finding members

    /// The member with this name: mostly the one behind the last.
    @inline(__always)
    private mutating func find(_ name: String) -> Int? {
        let text = name.utf8.span
        // Behind the map itself is its first member.
        let following = last == node ? node &+ 1 : Int(nodes[last].next)
        if following < Int(nodes[node].next), nodes[following].isNamed(text, in: bytes.span) {
            last = following
            return following
        }
        return search(text)
    }

    /// Any member, from the last one on and then from the first.
    @inline(never)
    private mutating func search(_ name: Span<UInt8>) -> Int? {
        guard let found = session.find(name, in: node, from: last == node ? node &+ 1 : last) else { return nil }
        last = found
        return found
    }

    @inline(__always)
    private mutating func need(_ name: String) throws -> Int {
        if let found = find(name) { return found }
        throw session.missing(PathKey(stringValue: name), in: node)
    }

    @inline(__always)
    private mutating func present(_ name: String) -> Int? {
        guard let found = find(name), nodes[found].kind != .null else { return nil }
        return found
    }

    // MARK: Values

    @inline(__always)
    private mutating func readString(_ member: Int) throws -> String {
        guard nodes[member].kind == .string, !nodes[member].hasEscapes else {
            return try session.string(at: member, for: String.self)
        }
        return JSONText.text(bytes.span, nodes[member].range, hasEscapes: false)
    }

    @inline(__always)
    private mutating func readInteger<Number: FixedWidthInteger>(_ member: Int, as type: Number.Type) throws -> Number {
        if nodes[member].kind == .number,
            let value = PlainNumber.integer(bytes.span.extracting(nodes[member].range)),
            let result = Number(exactly: value)
        {
            return result
        }
        return try session.integer(type, at: member)
    }

    @inline(__always)
    private mutating func readDouble(_ member: Int) throws -> Double {
        if nodes[member].kind == .number,
            let value = PlainNumber.double(bytes.span.extracting(nodes[member].range))
        {
            return value
        }
        return try session.double(at: member)
    }

    @inline(__always)
    private mutating func readBool(_ member: Int) throws -> Bool {
        guard nodes[member].kind == .bool else { return try session.bool(at: member) }
        return nodes[member].length == 1
    }

    @inline(__always)
    private mutating func readStrings(_ list: Int) throws -> [String] {
        guard nodes[list].kind == .list || nodes[list].kind == .stringSet else { return try session.strings(at: list) }
        var strings: [String] = []
        strings.reserveCapacity(Int(nodes[list].length))
        var element = list &+ 1
        while element < Int(nodes[list].next) {
            strings.append(try readString(element))
            element = Int(nodes[element].next)
        }
        return strings
    }

    // MARK: Attributes

    /// S.
    public mutating func string(_ name: String) throws -> String {
        try readString(try need(name))
    }

    /// S, or `nil`.
    public mutating func stringIfPresent(_ name: String) throws -> String? {
        guard let found = present(name) else { return nil }
        return try readString(found)
    }

    /// N without a fraction, within the range of the type.
    public mutating func integer<Number: FixedWidthInteger>(
        _ name: String,
        as type: Number.Type = Int.self
    ) throws -> Number { try readInteger(try need(name), as: type) }

    /// N without a fraction, within the range of `Int`.
    public mutating func integer(_ name: String) throws -> Int { try readInteger(try need(name), as: Int.self) }

    /// N without a fraction, or `nil`.
    public mutating func integerIfPresent<Number: FixedWidthInteger>(
        _ name: String,
        as type: Number.Type = Int.self
    ) throws -> Number? {
        guard let found = present(name) else { return nil }
        return try readInteger(found, as: type)
    }

    /// N without a fraction, or `nil`.
    public mutating func integerIfPresent(_ name: String) throws -> Int? {
        guard let found = present(name) else { return nil }
        return try readInteger(found, as: Int.self)
    }

    /// N, rounded to the nearest `Double`.
    public mutating func double(_ name: String) throws -> Double { try readDouble(try need(name)) }

    /// N, or `nil`.
    public mutating func doubleIfPresent(_ name: String) throws -> Double? {
        guard let found = present(name) else { return nil }
        return try readDouble(found)
    }

    /// BOOL.
    public mutating func bool(_ name: String) throws -> Bool { try readBool(try need(name)) }

    /// BOOL, or `nil`.
    public mutating func boolIfPresent(_ name: String) throws -> Bool? {
        guard let found = present(name) else { return nil }
        return try readBool(found)
    }

    /// B.
    public mutating func binary(_ name: String) throws -> [UInt8] {
        let found = try need(name)
        return try session.binary(at: found, for: Binary.self)
    }

    /// B, or `nil`.
    public mutating func binaryIfPresent(_ name: String) throws -> [UInt8]? {
        guard let found = present(name) else { return nil }
        return try session.binary(at: found, for: Binary.self)
    }

    /// L of S, or SS in any order.
    public mutating func strings(_ name: String) throws -> [String] { try readStrings(try need(name)) }

    /// L of S, or SS, or `nil`.
    public mutating func stringsIfPresent(_ name: String) throws -> [String]? {
        guard let found = present(name) else { return nil }
        return try readStrings(found)
    }

    /// M, read by the type itself.
    public mutating func map<Part: FastItem>(_ name: String, as type: Part.Type = Part.self) throws -> Part {
        try part(type, at: try need(name))
    }

    /// M, or `nil`.
    public mutating func mapIfPresent<Part: FastItem>(_ name: String, as type: Part.Type = Part.self) throws -> Part? {
        guard let found = present(name) else { return nil }
        return try part(type, at: found)
    }

    private mutating func part<Part: FastItem>(_ type: Part.Type, at found: Int) throws -> Part {
        guard nodes[found].kind == .map else { throw session.mismatch([String: Any].self, .map, at: found) }
        let outer = node
        node = found
        last = found
        defer {
            node = outer
            last = found
        }
        return try Part(from: &self)
    }

    /// Any other type, the way `Codable` reads it; a missing set is empty.
    public mutating func value<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        try MapDecoder<PathKey>(session: session, node: node).decode(type, forKey: PathKey(stringValue: name))
    }

    /// Any other type, or `nil`.
    public mutating func valueIfPresent<Value: Decodable>(
        _ name: String,
        as type: Value.Type = Value.self
    ) throws -> Value? {
        try MapDecoder<PathKey>(session: session, node: node).decodeIfPresent(type, forKey: PathKey(stringValue: name))
    }
}

/// Reads the attributes of one map, an item or a part of it.
///
/// Types are as strict as with `Codable`. A method throws if the attribute is missing or of another type; its form with
/// `IfPresent` gives `nil` where the attribute is missing or NULL. Attributes nobody asks for are ignored.
public struct ItemReader: ~Copyable {
    private let session: DecodingSession
    /// The map that is read.
    private var node = 0
    /// The member that was found last, or the map itself.
    private var last = 0

    init(_ session: DecodingSession) { self.session = session }

    // MARK: Finding members

    /// The member with this name: mostly the one behind the last.
    @inline(__always)
    private mutating func find(_ name: String) -> Int? {
        let text = name.utf8.span
        // Behind the map itself is its first member.
        let following = last == node ? node &+ 1 : Int(session[last].next)
        if following < Int(session[node].next), session.isNamed(following, text) {
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
        guard let found = find(name), session[found].kind != .null else { return nil }
        return found
    }

    // MARK: Attributes

    /// S.
    public mutating func string(_ name: String) throws -> String {
        try session.string(at: try need(name), for: String.self)
    }

    /// S, or `nil`.
    public mutating func stringIfPresent(_ name: String) throws -> String? {
        guard let found = present(name) else { return nil }
        return try session.string(at: found, for: String.self)
    }

    /// N without a fraction, within the range of the type.
    public mutating func integer<Number: FixedWidthInteger>(
        _ name: String,
        as type: Number.Type = Int.self
    ) throws -> Number { try session.integer(type, at: try need(name)) }

    /// N without a fraction, within the range of `Int`.
    public mutating func integer(_ name: String) throws -> Int { try session.integer(Int.self, at: try need(name)) }

    /// N without a fraction, or `nil`.
    public mutating func integerIfPresent<Number: FixedWidthInteger>(
        _ name: String,
        as type: Number.Type = Int.self
    ) throws -> Number? {
        guard let found = present(name) else { return nil }
        return try session.integer(type, at: found)
    }

    /// N without a fraction, or `nil`.
    public mutating func integerIfPresent(_ name: String) throws -> Int? {
        guard let found = present(name) else { return nil }
        return try session.integer(Int.self, at: found)
    }

    /// N, rounded to the nearest `Double`.
    public mutating func double(_ name: String) throws -> Double { try session.double(at: try need(name)) }

    /// N, or `nil`.
    public mutating func doubleIfPresent(_ name: String) throws -> Double? {
        guard let found = present(name) else { return nil }
        return try session.double(at: found)
    }

    /// BOOL.
    public mutating func bool(_ name: String) throws -> Bool { try session.bool(at: try need(name)) }

    /// BOOL, or `nil`.
    public mutating func boolIfPresent(_ name: String) throws -> Bool? {
        guard let found = present(name) else { return nil }
        return try session.bool(at: found)
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
    public mutating func strings(_ name: String) throws -> [String] { try session.strings(at: try need(name)) }

    /// L of S, or SS, or `nil`.
    public mutating func stringsIfPresent(_ name: String) throws -> [String]? {
        guard let found = present(name) else { return nil }
        return try session.strings(at: found)
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

    private var members: MapDecoder<PathKey> {
        MapDecoder(session.memory, MapPlace(serial: session.serial, node: node))
    }

    private mutating func part<Part: FastItem>(_ type: Part.Type, at found: Int) throws -> Part {
        guard session[found].kind == .map else { throw session.mismatch([String: Any].self, .map, at: found) }
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
        try members.decode(type, forKey: PathKey(stringValue: name))
    }

    /// Any other type, or `nil`.
    public mutating func valueIfPresent<Value: Decodable>(
        _ name: String,
        as type: Value.Type = Value.self
    ) throws -> Value? {
        try members.decodeIfPresent(type, forKey: PathKey(stringValue: name))
    }
}

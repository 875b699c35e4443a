/// An item that writes and reads its attributes by hand: opt-in, and faster than `Codable` alone.
///
/// Every put, get, query, scan and batch uses it where a type conforms. Bytes, checks and errors are those of `Codable`,
/// as long as both name the same attributes; conditions and updates go by the coding keys in any case. Worth it for the
/// few types a profile names: ten attributes are written in some 55 % of the time and read in some 65 % of it.
///
/// ```swift
/// extension User: FastItem {
///     func write(into writer: inout ItemWriter) {
///         writer.string("id", id)
///         writer.integer("visits", visits)
///         writer.string("note", note)                  // nil: left out
///     }
///     init(from reader: inout ItemReader) throws {
///         self.init(
///             id: try reader.string("id"),
///             visits: try reader.integer("visits"),
///             note: try reader.stringIfPresent("note"))
///     }
/// }
/// // {"id":{"S":"u1"},"visits":{"N":"7"}}
/// ```
public protocol FastItem: Codable {
    /// Writes every attribute, each once; in the order of the properties, the bytes are those of `Codable`.
    func write(into writer: inout ItemWriter)

    /// Reads every attribute; asking in the order they were written in is fastest.
    ///
    /// Throws what the reader throws: the call that asked for the item then throws `.decoding` with the attribute's path.
    init(from reader: inout ItemReader) throws
}

/// Writes the attributes of one map, an item or a part of it.
///
/// What cannot be written (a number that is not finite, a name twice) makes the call that writes the item throw
/// `.mapping`; the rest is then ignored.
public struct ItemWriter: ~Copyable {
    private var state: EncodingState
    private let encoder: ItemEncoder
    /// The map that is written to.
    private var frame = 0
    /// The first thing that went wrong.
    private var failure: (any Error)?

    init(appendingTo bytes: consuming [UInt8], encoder: ItemEncoder) {
        state = EncodingState(consume bytes, isItem: true, maximumDepth: encoder.maximumDepth)
        self.encoder = encoder
        state.openMap(0)
    }

    /// S; `nil` is left out.
    public mutating func string(_ name: String, _ value: String?) {
        guard let value, failure == nil else { return }
        do { try state.member(frame, name, string: value) } catch { failure = error }
    }

    /// N; `nil` is left out.
    public mutating func integer(_ name: String, _ value: Int?) {
        guard let value, failure == nil else { return }
        do { try state.member(frame, name, integer: value) } catch { failure = error }
    }

    /// N in the shortest form that reads back as the same number; `nil` is left out.
    ///
    /// NaN, infinities and magnitudes the server has not are refused.
    public mutating func double(_ name: String, _ value: Double?) {
        guard let value, failure == nil else { return }
        do {
            if try state.member(frame, name, short: value) { return }
            guard let text = DecimalParts.plainText(ofShortest: value) else {
                throw EncodingError.unstorable(value, at: state.path(of: frame) + [PathKey(stringValue: name)])
            }
            try state.member(frame, name, number: text)
        } catch {
            failure = error
        }
    }

    /// BOOL; `nil` is left out.
    public mutating func bool(_ name: String, _ value: Bool?) {
        guard let value, failure == nil else { return }
        do { try state.member(frame, name, bool: value) } catch { failure = error }
    }

    /// L of S; `nil` is left out.
    public mutating func strings(_ name: String, _ value: [String]?) {
        guard let value, failure == nil else { return }
        do { try state.member(frame, name, .strings(value)) } catch { failure = error }
    }

    /// B; `nil` is left out.
    public mutating func binary(_ name: String, _ value: [UInt8]?) {
        guard let value, failure == nil else { return }
        do { try state.member(frame, name, .binary(value)) } catch { failure = error }
    }

    /// M, written by the value itself; `nil` is left out.
    public mutating func map<Part: FastItem>(_ name: String, _ value: Part?) {
        if let value { map(name, value) }
    }

    /// M, written by the value itself.
    public mutating func map<Part: FastItem>(_ name: String, _ value: Part) {
        guard failure == nil else { return }
        let outer = frame
        do {
            frame = try state.openMember(outer, name)
            state.openMap(frame)
            value.write(into: &self)
            if failure == nil { try state.closeFrame(frame) }
        } catch {
            failure = error
        }
        frame = outer
    }

    /// Any other type, the way `Codable` writes it; `nil` and an empty set are left out.
    public mutating func value<Value: Encodable>(_ name: String, _ value: Value?) {
        guard let value, failure == nil else { return }
        // The state moves into a session and back: an encoder of the standard library is a reference.
        var lent = EncodingState.placeholder
        swap(&lent, &state)
        let session = EncodingSession(consume lent, options: encoder)
        do {
            try MapEncoder<PathKey>(session: session, frame: frame).encode(value, forKey: PathKey(stringValue: name))
        } catch {
            failure = error
        }
        swap(&state, &session.state)
    }

    /// The bytes with the item appended.
    mutating func finish() throws -> [UInt8] {
        if let failure { throw failure }
        return try state.finish()
    }

    /// The bytes as they were taken over, after an error.
    mutating func abandoned(keeping length: Int) -> [UInt8] { state.abandoned(keeping: length) }
}

/// Reads the attributes of one map, an item or a part of it.
///
/// Types are as strict as with `Codable`. A method throws if the attribute is missing or of another type; its form with
/// `IfPresent` gives `nil` where the attribute is missing or NULL. Attributes nobody asks for are ignored.
public struct ItemReader: ~Copyable {
    private let session: DecodingSession
    private let node: Int

    init(_ session: DecodingSession, at node: Int) {
        self.session = session
        self.node = node
    }

    private func need(_ name: String) throws -> Int {
        guard let found = session.find(name, in: node) else {
            throw session.missing(PathKey(stringValue: name), in: node)
        }
        return found
    }

    private func present(_ name: String) -> Int? {
        guard let found = session.find(name, in: node), session.kind(of: found) != .null else { return nil }
        return found
    }

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
        try session.binary(at: try need(name), for: Binary.self)
    }

    /// B, or `nil`.
    public mutating func binaryIfPresent(_ name: String) throws -> [UInt8]? {
        guard let found = present(name) else { return nil }
        return try session.binary(at: found, for: Binary.self)
    }

    /// L of S, or SS in any order.
    public mutating func strings(_ name: String) throws -> [String] {
        let found = try need(name)
        defer { session.resume(node, at: found) }
        return try session.strings(at: found)
    }

    /// L of S, or SS, or `nil`.
    public mutating func stringsIfPresent(_ name: String) throws -> [String]? {
        guard let found = present(name) else { return nil }
        defer { session.resume(node, at: found) }
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

    private func part<Part: FastItem>(_ type: Part.Type, at found: Int) throws -> Part {
        guard session.kind(of: found) == .map else {
            throw session.mismatch([String: Any].self, .map, at: found)
        }
        defer { session.resume(node, at: found) }
        var reader = ItemReader(session, at: found)
        return try Part(from: &reader)
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

extension ItemEncoder {
    /// Appends an item by its own `write`; `Item` and `Value` are the same type, which only the run time knows.
    func encodeFast<Item: FastItem, Value>(_: Item.Type, _ value: Value, into writer: inout JSONWriter) throws {
        let start = writer.bytes.count
        var taken: [UInt8] = []
        swap(&taken, &writer.bytes)
        var itemWriter = ItemWriter(appendingTo: consume taken, encoder: self)
        (value as! Item).write(into: &itemWriter)
        do {
            writer.bytes = try itemWriter.finish()
        } catch {
            writer.bytes = itemWriter.abandoned(keeping: start)
            throw error
        }
    }
}

extension DecodingSession {
    /// Reads the item by its own `init(from:)`; `Item` and `Value` are the same type, which only the run time knows.
    func decodeFast<Item: FastItem, Value>(_: Item.Type, as: Value.Type) throws -> Value {
        var reader = ItemReader(self, at: 0)
        // The cast cannot fail; made here and not by the caller, where the item would be in a box.
        return try Item(from: &reader) as! Value
    }
}

/// Writes the attributes of one map, an item or a part of it.
///
/// What cannot be written (a number that is not finite, a name twice) makes the call that writes the item throw
/// `.mapping`; the rest is then ignored.
public struct ItemWriter: ~Copyable {
    // A writer of its own and no `EncodingState`: nothing is ever written late, so there are no frames to keep.
    private var buffer: ItemBuffer
    private var names = WrittenNames()
    /// Maps around the one that is written to.
    private var depth = 0
    private let encoder: ItemEncoder
    /// The first thing that went wrong.
    private var failure: (any Error)?

    init(appendingTo bytes: consuming [UInt8], encoder: ItemEncoder) {
        // What is done with parts of a whole writer would be done elsewhere, and the writer be moved here.
        var buffer = ItemBuffer(consume bytes)
        buffer.openMap(isItem: true)
        self.buffer = consume buffer
        self.encoder = encoder
        failure = encoder.maximumDepth < 0 ? ItemWriter.tooDeep(encoder, at: []) : nil
    }

    // MARK: Attributes

    /// S; `nil` is left out.
    public mutating func string(_ name: String, _ value: String?) {
        guard let value, failure == nil else { return }
        let text = name.utf8.span
        added(name, buffer.member(name, text, hasComma: names.hasMembers, string: value))
    }

    /// N; `nil` is left out.
    public mutating func integer(_ name: String, _ value: Int?) {
        guard let value, failure == nil else { return }
        let text = name.utf8.span
        added(name, buffer.member(name, text, hasComma: names.hasMembers, integer: value))
    }

    /// N in the shortest form that reads back as the same number; `nil` is left out.
    ///
    /// NaN, infinities and magnitudes the server has not are refused.
    public mutating func double(_ name: String, _ value: Double?) {
        guard let value, failure == nil else { return }
        if let whole = EncodingSession.whole(value) { return integer(name, whole) }
        if let decimal = ShortDecimal(value) {
            let text = name.utf8.span
            return added(name, buffer.member(name, text, hasComma: names.hasMembers, decimal: decimal))
        }
        guard let text = DecimalParts.plainText(ofShortest: value) else {
            failure = EncodingError.unstorable(value, at: path(name))
            return
        }
        begin(name)
        buffer.number(text)
    }

    /// BOOL; `nil` is left out.
    public mutating func bool(_ name: String, _ value: Bool?) {
        guard let value, failure == nil else { return }
        let text = name.utf8.span
        added(name, buffer.member(name, text, hasComma: names.hasMembers, bool: value))
    }

    /// L of S; `nil` is left out.
    public mutating func strings(_ name: String, _ value: [String]?) {
        guard let value, failure == nil else { return }
        let text = name.utf8.span
        added(name, buffer.openList(name, text, hasComma: names.hasMembers))
        buffer.closeList(value)
    }

    /// B; `nil` is left out.
    public mutating func binary(_ name: String, _ value: [UInt8]?) {
        guard let value, failure == nil else { return }
        begin(name)
        buffer.append { $0.attributeValue(.binary(value)) }
    }

    /// M, written by the value itself; `nil` is left out.
    public mutating func map<Part: FastItem>(_ name: String, _ value: Part?) {
        if let value { map(name, value) }
    }

    /// M, written by the value itself.
    public mutating func map<Part: FastItem>(_ name: String, _ value: Part) {
        guard failure == nil else { return }
        let text = name.utf8.span
        added(name, buffer.openMap(name, text, hasComma: names.hasMembers))
        guard failure == nil else { return }
        let outer = names.openMap()
        depth += 1
        if depth <= encoder.maximumDepth {
            value.write(into: &self)
            buffer.closeMap(isItem: false)
        } else {
            failure = ItemWriter.tooDeep(encoder, at: path)
        }
        depth -= 1
        names.closeMap(outer)
    }

    /// Any other type, the way `Codable` writes it; `nil` and an empty set are left out.
    public mutating func value<Value: Encodable>(_ name: String, _ value: Value?) {
        guard let value, failure == nil else { return }
        do {
            if Value.self == Extras.self, let extras = value as? Extras { return try write(extras) }
            try write(value, named: name)
        } catch {
            failure = error
        }
    }

    // MARK: Names

    /// A member's comma, name and colon.
    @inline(__always)
    private mutating func begin(_ name: String) {
        let text = name.utf8.span
        added(name, buffer.member(name, text, hasComma: names.hasMembers))
    }

    /// Remembers a name that was written; refuses one that is there already.
    @inline(__always)
    private mutating func added(_ name: String, _ written: ItemBuffer.Name) {
        if names.append(written) { refuseRepeated(name) }
    }

    @inline(never)
    private mutating func refuseRepeated(_ name: String) {
        guard names.isRepeated(in: buffer) else { return }
        failure = EncodingError.refused(String.self, "the attribute is written twice", at: path(name))
    }

    private static func tooDeep(_ encoder: ItemEncoder, at path: [any CodingKey]) -> EncodingError {
        .refused(nil, "nested more than \(encoder.maximumDepth) levels deep", at: path)
    }

    /// The keys that lead to the map that is written to.
    private var path: [any CodingKey] {
        var names = names
        return names.openMaps().map { start in
            let escaped = Array(buffer.name(at: start))
            let name = String(decoding: JSONText.unescaped(escaped.span, 0..<escaped.count), as: UTF8.self)
            return PathKey(stringValue: name)
        }
    }

    private func path(_ name: String) -> [any CodingKey] { path + [PathKey(stringValue: name)] }

    // MARK: Values that encode themselves

    private mutating func write(_ extras: Extras) throws {
        for name in extras.attributes.keys.sorted(by: JSONWriter.precedes) {
            guard let attribute = extras.attributes[name], failure == nil else { continue }
            try write(attribute, named: name)
        }
    }

    private mutating func write<Value: Encodable>(_ value: Value, named name: String) throws {
        let session = EncodingSession(EncodingState.placeholder, options: encoder)
        let prepared = try session.prepare(value) { path(name) }
        switch prepared {
        case .emptySet: return
        case .codable, .dictionary: return try write(value, prepared, named: name, session)
        case .value(let attribute): try session.checkDepth(of: attribute, inside: depth) { path(name) }
        case .string, .number, .binary, .strings: break
        }
        begin(name)
        buffer.write(prepared)
    }

    /// The buffer moves into a session and back: an encoder of the standard library is a reference.
    private mutating func write<Value: Encodable>(
        _ value: Value,
        _ prepared: PreparedValue,
        named name: String,
        _ session: EncodingSession
    ) throws {
        let start = buffer.count
        let text = name.utf8.span
        let written = buffer.member(name, text, hasComma: names.hasMembers)
        added(name, written)
        guard failure == nil else { return }
        let outer = depth > 0 ? path : []
        var lent = ItemBuffer()
        swap(&lent, &buffer)
        session.state = EncodingState(
            consume lent,
            valueOf: written,
            from: start,
            depth: depth,
            outer: outer,
            maximumDepth: encoder.maximumDepth
        )
        do {
            try session.content(value, prepared, in: 1)
            buffer = try session.state.finishValue()
        } catch {
            buffer = ItemBuffer(session.state.abandoned(keeping: .max))
            throw error
        }
        // A set without members, found inside: the attribute was left out.
        if buffer.count == start { names.removeLast() }
    }

    // MARK: The end

    /// The bytes with the item appended.
    mutating func finish() throws -> [UInt8] {
        if let failure { throw failure }
        buffer.closeMap(isItem: true)
        return buffer.take()
    }

    /// The bytes as they were taken over, after an error.
    mutating func abandoned(keeping length: Int) -> [UInt8] {
        buffer.truncate(to: length)
        return buffer.take()
    }
}

/// The `Encoder` of one value, given by its frame.
struct FrameEncoder: Encoder {
    let session: EncodingSession
    let frame: Int

    var codingPath: [any CodingKey] { session.path(of: frame) }
    var userInfo: [CodingUserInfoKey: Any] { session.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        session.state.openMap(frame)
        return KeyedEncodingContainer(MapEncoder<Key>(session: session, frame: frame))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        session.state.openList(frame)
        return ListEncoder(session: session, frame: frame)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { ValueEncoder(session: session, frame: frame) }
}

struct MapEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let session: EncodingSession
    let frame: Int

    var codingPath: [any CodingKey] { session.path(of: frame) }

    private func path(_ key: Key) -> [any CodingKey] { codingPath + [key] }

    private func number(_ text: String, _ key: Key) throws {
        try session.state.member(frame, key.stringValue, number: text)
    }

    private func integer(_ value: Int, _ key: Key) throws {
        try session.state.member(frame, key.stringValue, integer: value)
    }

    func encodeNil(forKey key: Key) throws {
        try session.state.memberNull(frame, key.stringValue)
    }

    func encode(_ value: Bool, forKey key: Key) throws {
        try session.state.member(frame, key.stringValue, bool: value)
    }

    func encode(_ value: String, forKey key: Key) throws {
        try session.state.member(frame, key.stringValue, string: value)
    }

    func encode(_ value: Double, forKey key: Key) throws {
        if try session.state.member(frame, key.stringValue, short: value) { return }
        try number(try session.text(of: value) { path(key) }, key)
    }

    func encode(_ value: Float, forKey key: Key) throws {
        try number(try session.text(of: value) { path(key) }, key)
    }

    func encode(_ value: Int, forKey key: Key) throws { try integer(value, key) }
    func encode(_ value: Int8, forKey key: Key) throws { try integer(Int(value), key) }
    func encode(_ value: Int16, forKey key: Key) throws { try integer(Int(value), key) }
    func encode(_ value: Int32, forKey key: Key) throws { try integer(Int(value), key) }
    func encode(_ value: Int64, forKey key: Key) throws { try integer(Int(value), key) }
    func encode(_ value: UInt, forKey key: Key) throws { try number(String(value), key) }
    func encode(_ value: UInt8, forKey key: Key) throws { try integer(Int(value), key) }
    func encode(_ value: UInt16, forKey key: Key) throws { try integer(Int(value), key) }
    func encode(_ value: UInt32, forKey key: Key) throws { try integer(Int(value), key) }
    func encode(_ value: UInt64, forKey key: Key) throws { try number(String(value), key) }

    func encode(_ value: Int128, forKey key: Key) throws {
        try number(try session.text(ofWide: value) { path(key) }, key)
    }

    func encode(_ value: UInt128, forKey key: Key) throws {
        try number(try session.text(ofWide: value) { path(key) }, key)
    }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        // Never a member itself: its attributes stand beside the others.
        if T.self == Extras.self, let extras = value as? Extras {
            return try session.members(of: extras.attributes, in: frame)
        }
        let prepared = try session.prepare(value) { path(key) }
        switch prepared {
        case .emptySet: return
        case .codable, .dictionary:
            try session.content(value, prepared, in: try session.state.openMember(frame, key.stringValue))
        case .value(let attribute):
            try session.checkDepth(of: attribute, inside: session.state.frames[frame].depth) { path(key) }
            try session.state.member(frame, key.stringValue, prepared)
        case .string, .number, .binary, .strings:
            try session.state.member(frame, key.stringValue, prepared)
        }
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        let child = session.state.memberFrame(frame, key.stringValue)
        session.state.openMap(child)
        return KeyedEncodingContainer(MapEncoder<NestedKey>(session: session, frame: child))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        let child = session.state.memberFrame(frame, key.stringValue)
        session.state.openList(child)
        return ListEncoder(session: session, frame: child)
    }

    func superEncoder() -> any Encoder {
        FrameEncoder(session: session, frame: session.state.memberFrame(frame, "super"))
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        FrameEncoder(session: session, frame: session.state.memberFrame(frame, key.stringValue))
    }
}

struct ListEncoder: UnkeyedEncodingContainer {
    let session: EncodingSession
    let frame: Int

    var codingPath: [any CodingKey] { session.path(of: frame) }
    var count: Int { session.state.frames[frame].count }

    private func path() -> [any CodingKey] { codingPath + [PathKey(intValue: count)] }

    private func number(_ text: String) throws {
        try session.state.element(frame, number: text)
    }

    private func integer(_ value: Int) throws {
        try session.state.element(frame, integer: value)
    }

    func encodeNil() throws {
        try session.state.element(frame)
        session.state.buffer.null()
    }

    func encode(_ value: Bool) throws {
        try session.state.element(frame)
        session.state.buffer.bool(value)
    }

    func encode(_ value: String) throws {
        try session.state.element(frame, string: value)
    }

    func encode(_ value: Double) throws { try number(try session.text(of: value, path: path)) }
    func encode(_ value: Float) throws { try number(try session.text(of: value, path: path)) }
    func encode(_ value: Int) throws { try integer(value) }
    func encode(_ value: Int8) throws { try integer(Int(value)) }
    func encode(_ value: Int16) throws { try integer(Int(value)) }
    func encode(_ value: Int32) throws { try integer(Int(value)) }
    func encode(_ value: Int64) throws { try integer(Int(value)) }
    func encode(_ value: UInt) throws { try number(String(value)) }
    func encode(_ value: UInt8) throws { try integer(Int(value)) }
    func encode(_ value: UInt16) throws { try integer(Int(value)) }
    func encode(_ value: UInt32) throws { try integer(Int(value)) }
    func encode(_ value: UInt64) throws { try number(String(value)) }
    func encode(_ value: Int128) throws { try number(try session.text(ofWide: value, path: path)) }
    func encode(_ value: UInt128) throws { try number(try session.text(ofWide: value, path: path)) }

    func encode<T: Encodable>(_ value: T) throws {
        let prepared = try session.prepare(value, path: path)
        switch prepared {
        case .emptySet:
            throw EncodingError.refused(type(of: value), "an empty set cannot be an element of a list", at: path())
        case .codable, .dictionary:
            try session.content(value, prepared, in: try session.state.openElement(frame))
        case .value(let attribute):
            try session.checkDepth(of: attribute, inside: session.state.frames[frame].depth, path: path)
            try session.state.element(frame, prepared)
        case .string, .number, .binary, .strings:
            try session.state.element(frame, prepared)
        }
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        let child = session.state.elementFrame(frame)
        session.state.openMap(child)
        return KeyedEncodingContainer(MapEncoder<NestedKey>(session: session, frame: child))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let child = session.state.elementFrame(frame)
        session.state.openList(child)
        return ListEncoder(session: session, frame: child)
    }

    func superEncoder() -> any Encoder { FrameEncoder(session: session, frame: session.state.elementFrame(frame)) }
}

struct ValueEncoder: SingleValueEncodingContainer {
    let session: EncodingSession
    let frame: Int

    var codingPath: [any CodingKey] { session.path(of: frame) }

    private func number(_ text: String) throws {
        try session.state.single(frame, number: text)
    }

    private func integer(_ value: Int) throws {
        try session.state.single(frame, integer: value)
    }

    func encodeNil() throws {
        try session.state.single(frame)
        session.state.buffer.null()
    }

    func encode(_ value: Bool) throws {
        try session.state.single(frame)
        session.state.buffer.bool(value)
    }

    func encode(_ value: String) throws {
        try session.state.single(frame, string: value)
    }

    func encode(_ value: Double) throws { try number(try session.text(of: value) { codingPath }) }
    func encode(_ value: Float) throws { try number(try session.text(of: value) { codingPath }) }
    func encode(_ value: Int) throws { try integer(value) }
    func encode(_ value: Int8) throws { try integer(Int(value)) }
    func encode(_ value: Int16) throws { try integer(Int(value)) }
    func encode(_ value: Int32) throws { try integer(Int(value)) }
    func encode(_ value: Int64) throws { try integer(Int(value)) }
    func encode(_ value: UInt) throws { try number(String(value)) }
    func encode(_ value: UInt8) throws { try integer(Int(value)) }
    func encode(_ value: UInt16) throws { try integer(Int(value)) }
    func encode(_ value: UInt32) throws { try integer(Int(value)) }
    func encode(_ value: UInt64) throws { try number(String(value)) }
    func encode(_ value: Int128) throws { try number(try session.text(ofWide: value) { codingPath }) }
    func encode(_ value: UInt128) throws { try number(try session.text(ofWide: value) { codingPath }) }

    func encode<T: Encodable>(_ value: T) throws { try session.wrapped(value, in: frame) }
}

extension EncodingSession {
    /// Writes the value of a frame just opened and closes it; takes it back where that fails.
    func content<T: Encodable>(_ value: T, _ prepared: PreparedValue, in frame: Int) throws {
        do {
            if case .dictionary(let dictionary) = prepared {
                try members(of: dictionary, in: frame)
            } else {
                try value.encode(to: FrameEncoder(session: self, frame: frame))
            }
            try state.closeFrame(frame)
        } catch {
            state.takeBack(to: state.frames[frame].start, member: frame, after: error)
            throw error
        }
    }

    /// Writes a value as the whole content of a frame: what a single-value container passes on, and the root.
    func wrapped<T: Encodable>(_ value: T, in frame: Int) throws {
        let prepared = try prepare(value) { path(of: frame) }
        switch prepared {
        case .codable:
            try value.encode(to: FrameEncoder(session: self, frame: frame))
        case .dictionary(let dictionary):
            try members(of: dictionary, in: frame)
        case .emptySet:
            try state.omit(frame)
        case .value(.map(let map)) where state.frames[frame].isItem:
            try members(of: map, in: frame)
        case .value(let attribute):
            try checkDepth(of: attribute, inside: state.frames[frame].depth - 1) { path(of: frame) }
            try state.single(frame)
            state.write(prepared)
        default:
            try state.single(frame)
            state.write(prepared)
        }
    }

    func members(of dictionary: any StringKeyedDictionary, in frame: Int) throws {
        state.openMap(frame)
        let container = MapEncoder<PathKey>(session: self, frame: frame)
        try dictionary.forEachSorted { name, value in
            try container.encode(value, forKey: PathKey(stringValue: name))
        }
    }
}

/// The members of one map.
///
/// Small and without references, as the standard library copies it for each member it reads; see `DecodingMemory`.
struct MapDecoder<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let memory: DecodingMemory
    /// Its map; with the serial 0, which no decoding has, the node is the place where the container is kept.
    private let own: MapPlace

    /// A container of one map for good.
    init(_ memory: DecodingMemory, _ map: MapPlace) {
        self.memory = memory
        own = map
    }

    /// A container that is kept, of whichever map the memory says.
    init(_ memory: DecodingMemory, keptAt place: Int) {
        self.memory = memory
        own = MapPlace(serial: 0, node: place)
    }

    @inline(__always)
    private var current: (session: DecodingSession, node: Int) {
        let map = own.serial == 0 ? memory.map(at: own.node) : own
        return (DecodingSession(memory, serial: map.serial), map.node)
    }
    private var session: DecodingSession { current.session }
    private var node: Int { current.node }

    var codingPath: [any CodingKey] { session.path(of: node) }

    var allKeys: [Key] { session.children(of: node).compactMap { Key(stringValue: session.name(of: $0)) } }

    /// Where a member is that must be there.
    @inline(__always)
    private func need(_ key: Key) throws -> (DecodingSession, Int) {
        let (session, node) = current
        guard let found = session.find(key.stringValue, in: node) else { throw session.missing(key, in: node) }
        return (session, found)
    }

    /// Reads a member; `nil` where it is missing or NULL.
    @inline(__always)
    private func present<Value>(_ key: Key, _ read: (DecodingSession, Int) throws -> Value) throws -> Value? {
        let (session, node) = current
        guard let found = session.find(key.stringValue, in: node) else {
            try session.checkIsLive()
            return nil
        }
        return session.kind(of: found) == .null ? nil : try read(session, found)
    }

    /// Also where the decoding is over: the member is asked for then, and that tells it.
    func contains(_ key: Key) -> Bool { session.find(key.stringValue, in: node) != nil || session.isOver }
    func decodeNil(forKey key: Key) throws -> Bool {
        let (session, found) = try need(key)
        return session.kind(of: found) == .null
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        let (session, found) = try need(key)
        return try session.bool(at: found)
    }
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        let (session, found) = try need(key)
        return try session.string(at: found, for: type)
    }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        let (session, found) = try need(key)
        return try session.double(at: found)
    }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
        let (session, found) = try need(key)
        return try session.float(at: found)
    }
    @inline(__always)
    private func integer<Integer: FixedWidthInteger>(_ type: Integer.Type, _ key: Key) throws -> Integer {
        let (session, found) = try need(key)
        return try session.integer(type, at: found)
    }

    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try integer(type, key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try integer(type, key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try integer(type, key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try integer(type, key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try integer(type, key) }
    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try integer(type, key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try integer(type, key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try integer(type, key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try integer(type, key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try integer(type, key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try integer(type, key) }
    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try integer(type, key) }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let (session, node) = current
        if T.self != Extras.self, let found = session.find(key.stringValue, in: node) {
            defer { session.resume(node, at: found) }
            return try session.decode(type, at: found)
        }
        return try unfound(type, forKey: key)
    }

    /// What is read without an attribute: the extras and a set.
    ///
    /// Apart from `decode`, for `T?` is a type to look up on entry.
    @inline(never)
    private func unfound<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try session.checkIsLive()
        if T.self == Extras.self, let extras = try extras(forKey: key) as? T { return extras }
        if let set = (type as? any AnyEmptySet.Type)?.empty as? T { return set }
        throw session.missing(key, in: node)
    }

    // One search instead of three for the commonest optionals.
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try present(key) { try $0.string(at: $1, for: type) }
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try present(key) { try $0.integer(type, at: $1) }
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        try present(key) { try $0.double(at: $1) }
    }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try present(key) { try $0.bool(at: $1) }
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        let (session, node) = current
        if T.self == Extras.self {
            try session.checkIsLive()
            return try extras(forKey: key) as? T
        }
        guard let found = session.find(key.stringValue, in: node) else {
            try session.checkIsLive()
            return nil
        }
        // NULL is a value of its own to the one type that can hold it.
        if session.kind(of: found) == .null, T.self != AttributeValue.self { return nil }
        defer { session.resume(node, at: found) }
        return try session.decode(type, at: found)
    }

    /// The attributes for which the model has no key; the property that takes them has a key but no attribute.
    private func extras(forKey own: Key) throws -> Extras {
        let excluded = node == 0 ? session.options.namesOutsideExtras : []
        var attributes: [String: AttributeValue] = [:]
        for child in session.children(of: node) {
            let name = session.name(of: child)
            guard name == own.stringValue || Key(stringValue: name) == nil, !excluded.contains(name) else { continue }
            if attributes.updateValue(try session.attributeValue(at: child), forKey: name) != nil {
                throw session.corrupted("an attribute stands twice in one map", at: child)
            }
        }
        return Extras(attributes)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let (session, found) = try need(key)
        return try session.map(keyedBy: type, at: found)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        let (session, found) = try need(key)
        return try session.list(at: found)
    }

    func superDecoder() throws -> any Decoder {
        guard let found = session.find("super", in: node) else {
            throw session.missing(PathKey(stringValue: "super"), in: node)
        }
        return NodeDecoder(session: session, node: found)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        let (session, found) = try need(key)
        return NodeDecoder(session: session, node: found)
    }
}

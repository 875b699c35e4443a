/// The `Decoder` of one value, given by its node.
struct NodeDecoder: Decoder {
    let session: DecodingSession
    let node: Int

    var codingPath: [any CodingKey] { session.path(of: node) }
    var userInfo: [CodingUserInfoKey: Any] { session.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try session.map(keyedBy: type, at: node)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try session.list(at: node) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        ValueDecoder(session: session, node: node)
    }
}

/// `Set` of anything; a missing attribute is read as an empty one, for an empty one is not stored.
protocol AnyEmptySet {
    static var empty: Self { get }
}

extension Set: AnyEmptySet {
    static var empty: Set<Element> { [] }
}

extension DecodingSession {
    func map<Key: CodingKey>(keyedBy type: Key.Type, at node: Int) throws -> KeyedDecodingContainer<Key> {
        guard kind(of: node) == .map else { throw mismatch([String: Any].self, .map, at: node) }
        let map = MapPlace(serial: serial, node: node)
        guard let place = memory.freeContainer(keyedBy: type, for: map) else {
            return newContainer(keyedBy: type, for: map)
        }
        return memory.container(at: place, keyedBy: type)
    }

    @inline(never)
    private func newContainer<Key: CodingKey>(
        keyedBy type: Key.Type,
        for map: MapPlace
    ) -> KeyedDecodingContainer<Key> {
        guard let place = memory.freePlaceForContainer() else {
            return KeyedDecodingContainer(MapDecoder<Key>(memory, map))
        }
        let container = KeyedDecodingContainer(MapDecoder<Key>(memory, keptAt: place))
        memory.keep(container, at: place, for: map)
        return container
    }

    func list(at node: Int) throws -> ListDecoder {
        switch kind(of: node) {
        case .list, .stringSet, .numberSet, .binarySet, .vector: return ListDecoder(session: self, node: node)
        default: throw mismatch([Any].self, .list, at: node)
        }
    }

    /// Reads a node as any type: the special ones here, all others by their own `init(from:)`.
    @inline(never)
    func decode<T: Decodable>(_ type: T.Type, at node: Int) throws -> T {
        // Not as `T?`: the runtime would have to look up that type for every value.
        // The casts cannot fail: the types are the same, and `decodeSpecial` makes what it is asked for.
        if TypeFacts.of(type).contains(.decodesSpecially) {
            if T.self == [String].self { return try strings(at: node) as! T }
            if T.self == String.self { return try string(at: node, for: type) as! T }
            if let special = try decodeSpecial(type, at: node) { return special as! T }
        }
        do {
            return try T(from: NodeDecoder(session: self, node: node))
        } catch DecodingError.dataCorrupted(let context) where context.underlyingError == nil {
            guard let cases = DecodingSession.knownCases(of: type) else {
                throw DecodingError.dataCorrupted(context)
            }
            throw corrupted("not a case of \(type); known are \(cases)", at: node)
        }
    }

    /// The strings of a list or a set.
    func strings(at node: Int) throws -> [String] {
        switch kind(of: node) {
        case .list, .stringSet, .numberSet, .binarySet, .vector: break
        default: throw mismatch([Any].self, .list, at: node)
        }
        var strings: [String] = []
        var index = node &+ 1
        let end = Int(self[node].next)
        strings.reserveCapacity(Int(self[node].length))
        while index < end {
            strings.append(try string(at: index, for: String.self))
            index = Int(self[index].next)
        }
        return strings
    }

    /// Whether `decode` reads a type itself.
    static func decodesSpecially(_ type: Any.Type) -> Bool {
        type == String.self || type == Int.self || type == [String].self || type == AttributeValue.self
            || type == AttributeNumber.self || type == Binary.self || type == [String: AttributeValue].self
            || EncodingSession.isFoundation(type)
    }

    /// A value of exactly this type, or `nil` where that decodes itself.
    private func decodeSpecial(_ type: Any.Type, at node: Int) throws -> Any? {
        if type == Int.self { return try integer(Int.self, at: node) }
        if type == AttributeValue.self { return try attributeValue(at: node) }
        if type == AttributeNumber.self { return try attributeNumber(at: node, for: type) }
        if type == Binary.self { return Binary(try binary(at: node, for: type)) }
        if type == [String: AttributeValue].self, kind(of: node) == .map { return try attributes(at: node) }
        return try decodeFoundation(type, at: node)
    }

    /// The raw values of an enum that lists its cases, for the message about one it does not have.
    private static func knownCases(of type: any Decodable.Type) -> String? {
        guard let listing = type as? any CaseIterable.Type else { return nil }
        func describe<Listing: CaseIterable>(_ listing: Listing.Type) -> String? {
            guard let cases = Array(listing.allCases) as? [any RawRepresentable] else { return nil }
            return cases.map { "\($0.rawValue)" }.joined(separator: ", ")
        }
        return describe(listing)
    }
}

struct ListDecoder: UnkeyedDecodingContainer {
    let session: DecodingSession
    let node: Int
    private(set) var currentIndex = 0
    private var place: Int

    init(session: DecodingSession, node: Int) {
        self.session = session
        self.node = node
        place = node + 1
    }

    var codingPath: [any CodingKey] { session.path(of: node) }
    var count: Int? { Int(session[node].length) }
    /// Not where the decoding is over: the next element is asked for then, and that tells it.
    var isAtEnd: Bool { currentIndex >= Int(session[node].length) && !session.isOver }

    /// Reads the next element; the index stays where reading fails.
    @inline(__always)
    private mutating func next<T>(_ type: Any.Type, _ read: (DecodingSession, Int) throws -> T) throws -> T {
        guard currentIndex < Int(session[node].length) else {
            try session.checkIsLive()
            throw DecodingError.valueNotFound(
                type,
                DecodingError.Context("the list ends here", at: codingPath + [PathKey(intValue: currentIndex)])
            )
        }
        let value = try read(session, place)
        place = Int(session[place].next)
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, !session.isOver else { return try next(Any?.self) { _, _ in false } }
        guard session.kind(of: place) == .null else { return false }
        return try next(Any?.self) { _, _ in true }
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try next(type) { try $0.bool(at: $1) } }
    mutating func decode(_ type: String.Type) throws -> String {
        try next(type) { try $0.string(at: $1, for: type) }
    }
    mutating func decode(_ type: Double.Type) throws -> Double { try next(type) { try $0.double(at: $1) } }
    mutating func decode(_ type: Float.Type) throws -> Float { try next(type) { try $0.float(at: $1) } }
    mutating func decode(_ type: Int.Type) throws -> Int { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: Int128.Type) throws -> Int128 { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next(type) { try $0.integer(type, at: $1) } }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 {
        try next(type) { try $0.integer(type, at: $1) }
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try next(type) { try $0.decode(type, at: $1) }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try next([String: Any].self) { try $0.map(keyedBy: type, at: $1) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next([Any].self) { try $0.list(at: $1) }
    }

    mutating func superDecoder() throws -> any Decoder {
        try next((any Decoder).self) { NodeDecoder(session: $0, node: $1) }
    }
}

struct ValueDecoder: SingleValueDecodingContainer {
    let session: DecodingSession
    let node: Int

    var codingPath: [any CodingKey] { session.path(of: node) }

    func decodeNil() -> Bool { session.kind(of: node) == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try session.bool(at: node) }
    func decode(_ type: String.Type) throws -> String { try session.string(at: node, for: type) }
    func decode(_ type: Double.Type) throws -> Double { try session.double(at: node) }
    func decode(_ type: Float.Type) throws -> Float { try session.float(at: node) }
    func decode(_ type: Int.Type) throws -> Int { try session.integer(type, at: node) }
    func decode(_ type: Int8.Type) throws -> Int8 { try session.integer(type, at: node) }
    func decode(_ type: Int16.Type) throws -> Int16 { try session.integer(type, at: node) }
    func decode(_ type: Int32.Type) throws -> Int32 { try session.integer(type, at: node) }
    func decode(_ type: Int64.Type) throws -> Int64 { try session.integer(type, at: node) }
    func decode(_ type: Int128.Type) throws -> Int128 { try session.integer(type, at: node) }
    func decode(_ type: UInt.Type) throws -> UInt { try session.integer(type, at: node) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try session.integer(type, at: node) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try session.integer(type, at: node) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try session.integer(type, at: node) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try session.integer(type, at: node) }
    func decode(_ type: UInt128.Type) throws -> UInt128 { try session.integer(type, at: node) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try session.checkIsLive()
        return try session.decode(type, at: node)
    }
}

/// Reads any `Decodable` from DynamoDB JSON.
///
/// Types are strict: an N for a number, an S for a string; `ItemEncoder` lists them. Integers are read exactly from
/// any spelling (`1.0`, `1E+2`). Attributes the type does not know are ignored; a missing or NULL attribute is `nil`;
/// a missing set is empty. A `Set` and an array are read from SS, NS, BS and L alike.
///
/// What `init(from:)` is given, the `Decoder` and its containers, is good until it returns: a decoder that is kept and
/// used later throws `DecodingError.dataCorrupted`.
///
/// A value: copy it freely, use it from many tasks.
public struct ItemDecoder: Sendable {
    /// Passed to `init(from:)`.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]
    /// Whether an S such as `"12"` may be read as a number; off by default.
    public var readsNumbersInStrings = false
    /// Attributes of the item that are nobody's extras, though the model has no key for them: computed keys.
    package var namesOutsideExtras: Set<String> = []

    /// A decoder that takes types strictly.
    public init() {}

    /// The item at the reader's place; throws `.decoding` with the path, or `.protocolViolation` for broken JSON.
    package func decodeItem<T: Decodable>(
        _ type: T.Type,
        from reader: inout JSONReader
    ) throws(AlternatorError) -> T {
        try decode(type, AnyFastType.of(type), from: &reader, isItem: true)
    }

    /// As before, of a type of which it is known how it is read.
    package func decodeItem<T: Decodable>(
        _ type: T.Type,
        by fast: FastType<T>?,
        from reader: inout JSONReader
    ) throws(AlternatorError) -> T {
        try decode(type, fast, from: &reader, isItem: true)
    }

    /// The attribute value (`{"S":"u1"}`) at the reader's place; throws like `decodeItem`.
    package func decodeValue<T: Decodable>(
        _ type: T.Type,
        from reader: inout JSONReader
    ) throws(AlternatorError) -> T {
        try decode(type, nil, from: &reader, isItem: false)
    }

    /// An item from attributes.
    public func decode<T: Decodable>(
        _ type: T.Type,
        from item: [String: AttributeValue]
    ) throws(AlternatorError) -> T {
        if let same = item as? T { return same }
        var writer = JSONWriter()
        writer.item(item)
        var reader = JSONReader(writer.bytes, limits: ItemDecoder.unbounded)
        return try decodeItem(type, from: &reader)
    }

    /// A value from an attribute.
    public func decode<T: Decodable>(_ type: T.Type, from value: AttributeValue) throws(AlternatorError) -> T {
        if let same = value as? T { return same }
        var writer = JSONWriter()
        writer.attributeValue(value)
        var reader = JSONReader(writer.bytes, limits: ItemDecoder.unbounded)
        return try decodeValue(type, from: &reader)
    }

    /// For text this package has written itself.
    private static var unbounded: JSONLimits {
        var limits = JSONLimits()
        limits.maximumBytes = .max
        return limits
    }

    /// Whether it refers to nothing that belongs to anybody.
    var holdsNothing: Bool { userInfo.isEmpty && namesOutsideExtras.isEmpty }

    var codingUserInfo: [CodingUserInfoKey: Any] {
        var all: [CodingUserInfoKey: Any] = userInfo
        all[.isDynamoDB] = true
        return all
    }

    private func decode<T: Decodable>(
        _ type: T.Type,
        _ fast: FastType<T>?,
        from reader: inout JSONReader,
        isItem: Bool
    ) throws(AlternatorError) -> T {
        let bytes = reader.bytes
        return try DecodingMemory.with(bytes, self) { memory throws(AlternatorError) in
            try DecodingRun(memory).decode(type, fast, from: &reader, isItem: isItem)
        }
    }

    /// Decodes items of one document, one after the other, for less than each by itself.
    package func run<Result>(
        over document: [UInt8],
        _ body: (DecodingRun) throws -> Result
    ) throws -> Result {
        try DecodingMemory.with(document, self) { try body(DecodingRun($0)) }
    }
}

/// Decodes values of one document.
package struct DecodingRun {
    private let memory: DecodingMemory

    @inline(__always)
    init(_ memory: DecodingMemory) { self.memory = memory }

    /// The item at the place of the reader, which reads the run's document; throws like `ItemDecoder.decodeItem`.
    @inline(__always)
    package func decodeItem<T: Decodable>(
        _ type: T.Type,
        by fast: FastType<T>?,
        from reader: inout JSONReader
    ) throws(AlternatorError) -> T {
        try decode(type, fast, from: &reader, isItem: true)
    }

    fileprivate func decode<T: Decodable>(
        _ type: T.Type,
        _ fast: FastType<T>?,
        from reader: inout JSONReader,
        isItem: Bool
    ) throws(AlternatorError) -> T {
        do {
            try ItemTape.scan(&reader, isItem: isItem, into: memory)
        } catch {
            throw AlternatorError(.protocolViolation, message: "The answer is not DynamoDB JSON: \(error).")
        }
        let session = DecodingSession(memory)
        do {
            if let fast {
                var itemReader = ItemReader(session)
                return try fast.read(&itemReader)
            }
            return try session.decode(type, at: 0)
        } catch {
            throw AlternatorError(decoding: error, subject: "\(type)")
        }
    }
}

extension JSONReader {
    /// Scans the item at the reader's place as decoding does first: how many values it has, inner ones and itself included.
    package mutating func scanItem() throws(JSONError) -> Int {
        let bytes = bytes
        return try DecodingMemory.with(bytes, ItemDecoder()) { memory throws(JSONError) in
            try ItemTape.scan(&self, isItem: true, into: memory)
        }
    }

    /// One attribute out of an encoded item (`{"id":{"S":"u1"}, …}`); `nil` where the item has none of that name.
    ///
    /// `name` is an attribute at the top level, `start` the place in the bytes where the item begins.
    package static func attribute(
        named name: String,
        in itemBytes: [UInt8],
        from start: Int = 0
    ) throws(JSONError) -> AttributeValue? {
        var reader = JSONReader(itemBytes, from: start)
        try reader.beginObject()
        while let key = try reader.nextKeyRange() {
            let text = JSONText.text(itemBytes.span, key.range, hasEscapes: key.hasEscapes)
            // Bytes are compared: `==` on strings would take two Unicode spellings for one name.
            if text.utf8.elementsEqual(name.utf8) { return try reader.readAttributeValue() }
            try reader.skipValue()
        }
        return nil
    }
}

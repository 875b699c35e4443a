import AlternatorWire

/// Reads items as models or as attributes, with what a model declares: defaults, forms of dates, a union's members.
struct ItemReading<Item: Decodable> {
    private let traits: ReadTraits
    private let fast = AnyFastType.of(Item.self)
    private let decoder = ItemDecoder()
    /// Nothing is to be done but to decode.
    private let decodesOnly: Bool

    /// So many items room is made for, at most, on the word of the first one's length.
    private static var maximumExpected: Int { 1024 }

    /// Throws `.mapping` where a declaration of the type cannot be used.
    init() throws(AlternatorError) {
        traits = try ReadTraits.of(Item.self)
        decodesOnly = traits.isIdle && !traits.skipsUnknown && Item.self != [String: AttributeValue].self
    }

    /// Reads the elements of the array that the reader has begun, as `PageItems.read` does.
    ///
    /// One by one, each item would be copied as an optional, and types that depend on it looked up for each.
    func read(_ reader: inout JSONReader, keeping wanted: Int, into page: inout PageItems<Item>) throws {
        guard decodesOnly else {
            return try page.read(&reader, keeping: wanted) { (reader: inout JSONReader, items: inout [Item]) in
                if let item = try itemUnlessSkipped(from: &reader) { items.append(item) }
            }
        }
        var items: [Item] = []
        swap(&items, &page.items)
        defer { swap(&items, &page.items) }
        let bytes = reader.bytes
        try decoder.run(over: bytes) { run in
            while items.count < wanted {
                guard try reader.nextElement() else { return }
                let start = reader.offset
                page.lastStart = start
                items.append(try run.decodeItem(Item.self, by: fast, from: &reader))
                // Room for all, if the others are as long.
                if items.count == 1 {
                    let expected = 1 + (bytes.count - reader.offset) / max(1, reader.offset - start)
                    items.reserveCapacity(min(expected, wanted, Self.maximumExpected))
                }
            }
            try page.skipRest(of: &reader)
        }
    }

    /// The item at the reader's place; `nil` for one that a union leaves out, see `Members.Unknown.skip`.
    func itemUnlessSkipped(from reader: inout JSONReader) throws -> Item? {
        if traits.skipsUnknown, try traits.skips(EncodedItem(bytes: reader.bytes, start: reader.offset)) {
            try reader.skipValue()
            return nil
        }
        return try item(from: &reader)
    }

    /// The item at the reader's place.
    func item(from reader: inout JSONReader) throws -> Item {
        if Item.self == [String: AttributeValue].self, let item = try reader.readItem() as? Item { return item }
        if traits.isIdle { return try decoder.decodeItem(Item.self, by: fast, from: &reader) }
        let place = EncodedItem(bytes: reader.bytes, start: reader.offset)
        let traits = try traits.resolved(for: place)
        var decoder = decoder
        decoder.namesOutsideExtras = traits.ownNames
        let edits = try traits.edits(for: place)
        guard !edits.isEmpty else { return try decoder.decodeItem(Item.self, by: fast, from: &reader) }
        var writer = JSONWriter()
        writer.raw(reader.bytes[try reader.valueRange()])
        try EncodedItem(bytes: writer.bytes, start: 0).rewrite(setting: edits, in: &writer)
        var edited = JSONReader(writer.bytes)
        return try decoder.decodeItem(Item.self, by: fast, from: &edited)
    }

    /// An item that came as attributes.
    func item(from attributes: [String: AttributeValue]) throws(AlternatorError) -> Item {
        if let same = attributes as? Item { return same }
        var writer = JSONWriter()
        writer.item(attributes)
        var reader = JSONReader(writer.bytes)
        do {
            return try item(from: &reader)
        } catch let error as AlternatorError {
            throw error
        } catch {
            throw AlternatorError(.decoding, message: "\(Item.self) cannot be read: \(error).", cause: error)
        }
    }
}

/// The attributes that a partial type asks for.
enum Projection {
    /// The attributes to ask for when reading a partial type; `nil` for all of them.
    ///
    /// Known for types decoded by their own `CodingKeys`. A type that reads more than these (flat compositions) would
    /// miss attributes, so it should be read whole; so is one that keeps unknown attributes.
    static func of(_ type: any Decodable.Type) -> [String]? {
        guard case .success(let names) = NameResolver.attributeNames(of: type),
            !StoredFields.hasField(of: Extras.self, in: type)
        else { return nil }
        return names.values.sorted()
    }
}

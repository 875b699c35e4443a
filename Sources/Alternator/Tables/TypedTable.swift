public import AlternatorCore
public import AlternatorWire
public import FoundationEssentials

/// A table whose items, keys and conditions the compiler checks.
///
/// A value: copy it freely. What is wrong with the model's declarations is thrown as `.mapping` by the first operation.
public struct TypedTable<Item: TableItem>: Sendable {
    var handle: TableHandle
    /// `nil`: `failure` says why.
    private let knownSchema: ModelSchema<Item>?
    private let failure: AlternatorError?
    /// `nil`: `failure` says why.
    private let knownRequests: KeyRequests?

    /// The table's name on the server.
    public var name: String { handle.name }
    /// Where the table came from.
    public var resource: AlternatorResource { handle.resource }

    init(handle: TableHandle) {
        self.handle = handle
        do {
            let schema = try ModelSchema<Item>.shared()
            knownSchema = schema
            knownRequests = KeyRequests(table: handle.name, partition: schema.partition, sort: schema.sort)
            failure = nil
            handle.client.registerPartitionKey(schema.partition.name, of: handle.name)
        } catch {
            knownSchema = nil
            knownRequests = nil
            failure = error
        }
    }

    /// The same table with other options for each call.
    public func with(_ change: (inout RequestOptions) -> Void) -> Self {
        var copy = self
        change(&copy.handle.options)
        return copy
    }

    /// The same table with another clock for timestamps and expiry: for tests, and for writing in the past.
    ///
    /// The default is that of the resource, which by default is the system's.
    public func with(clock: @escaping @Sendable () -> Date) -> Self {
        var copy = self
        copy.handle.now = clock
        return copy
    }

    /// The primary key of one item.
    public struct Key: Hashable, Sendable, Codable {
        /// The partition key.
        public let partition: Item.PartitionKey
        /// The sort key; a `NoSortKey` in tables without.
        public let sort: Item.SortKey

        /// A key of two attributes.
        public init(_ partition: Item.PartitionKey, _ sort: Item.SortKey) {
            self.partition = partition
            self.sort = sort
        }

        /// A key of one attribute.
        public init(_ partition: Item.PartitionKey) where Item.SortKey == NoSortKey {
            self.partition = partition
            sort = NoSortKey()
        }
    }

    /// The key of an item.
    ///
    /// Read from its properties, or from its encoded form where the key is declared by name.
    public func key(of item: Item) throws(AlternatorError) -> Key {
        let schema = try schema()
        if let (partition, sort) = try schema.readKey(item) {
            if let sort { return Key(partition, sort) }
            if let none = NoSortKey() as? Item.SortKey { return Key(partition, none) }
        }
        var writer = JSONWriter()
        try ItemWriting.item(item, traits: schema.traits, now: handle.now, into: &writer)
        let key = try schema.key(of: item, encoded: EncodedItem(bytes: writer.bytes, start: 0))
        return try self.key(from: key)
    }

    /// Checks the model's declarations against one value of it, without the server: for a test.
    ///
    /// The first writes of a type are checked likewise; here every declared attribute is, and the value must come back
    /// equal to what it was encoded as.
    ///
    /// - Throws: `.mapping` naming the attribute where a property is stored elsewhere or as something else than declared,
    ///   `.decoding` where the item cannot be read.
    public func verifyMapping(sample: Item) throws(AlternatorError) {
        let schema = try schema()
        let now = handle.now()
        func written(_ item: Item) throws(AlternatorError) -> EncodedItem {
            var writer = JSONWriter()
            try ItemWriting.item(item, traits: schema.traits, now: { now }, into: &writer)
            return EncodedItem(bytes: writer.bytes, start: 0)
        }
        let encoded = try written(sample)
        try schema.verify(sample, encoded)
        let attributes = try encoded.attributes()
        let again = try ItemReading<Item>().item(from: attributes)
        guard try written(again).attributes() == attributes else {
            throw AlternatorError(.mapping, message: "\(Item.self) does not come back as it was written.")
        }
    }

    /// A key of decoded attributes.
    func key(from values: ItemKeyValues) throws(AlternatorError) -> Key {
        let partition = try ItemDecoder().decode(Item.PartitionKey.self, from: values.attributes[0].value)
        if values.attributes.count > 1 {
            return Key(partition, try ItemDecoder().decode(Item.SortKey.self, from: values.attributes[1].value))
        }
        guard let none = NoSortKey() as? Item.SortKey else {
            throw AlternatorError(.decoding, message: "The key has no sort key, but \(Item.self) declares one.")
        }
        return Key(partition, none)
    }

    func schema() throws(AlternatorError) -> ModelSchema<Item> {
        if let knownSchema { return knownSchema }
        throw unusable
    }

    /// What makes requests for single items.
    func keyRequests() throws(AlternatorError) -> KeyRequests {
        if let knownRequests { return knownRequests }
        throw unusable
    }

    private var unusable: AlternatorError {
        failure ?? AlternatorError(.mapping, message: "\(Item.self) cannot be used as a model.")
    }
}

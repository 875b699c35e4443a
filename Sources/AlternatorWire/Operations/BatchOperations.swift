/// The items of one table that a BatchGetItem reads, and how.
public struct KeysAndAttributes: Sendable, Hashable, WireWritable, WireReadable {
    /// The keys; a repeated one is refused.
    public var keys: [[String: AttributeValue]]
    /// `true` reads with LOCAL_QUORUM; `nil` and `false` with LOCAL_ONE.
    public var consistentRead: Bool?
    /// The paths to return; `nil` for whole items.
    public var projectionExpression: String?
    /// Meaning of the `#name` placeholders; each must be used.
    public var expressionAttributeNames: [String: String]
    /// The projection in its old form; not together with an expression.
    public var attributesToGet: [String]

    /// Keys of one table, with what is to be read of their items.
    public init(
        keys: [[String: AttributeValue]],
        consistentRead: Bool? = nil,
        projectionExpression: String? = nil,
        expressionAttributeNames: [String: String] = [:],
        attributesToGet: [String] = []
    ) {
        self.keys = keys
        self.consistentRead = consistentRead
        self.projectionExpression = projectionExpression
        self.expressionAttributeNames = expressionAttributeNames
        self.attributesToGet = attributesToGet
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(keys: [])
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "Keys": keys = try reader.readItems()
            case "ConsistentRead": consistentRead = try reader.readBool()
            case "ProjectionExpression": projectionExpression = try reader.readString()
            case "ExpressionAttributeNames":
                expressionAttributeNames = try reader.readMap { (reader: inout JSONReader) throws(JSONError) in
                    try reader.readString()
                }
            case "AttributesToGet": attributesToGet = try reader.readStrings()
            default: try reader.skipValue()
            }
        }
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.key("Keys")
            json.list(keys) { $0.item($1) }
            json.member("ConsistentRead", consistentRead)
            json.member("ProjectionExpression", projectionExpression)
            json.placeholders(names: expressionAttributeNames)
            json.member("AttributesToGet", strings: attributesToGet)
        }
    }
}

/// Reads items of one or several tables by their keys.
///
/// Alternator sets no upper number of keys, DynamoDB 100. Not a snapshot: each item is read by itself.
public struct BatchGetItemRequest: OperationRequest, Equatable {
    /// What to read, by table name.
    public var requestItems: [String: KeysAndAttributes]
    /// Asks for the cost.
    public var returnConsumedCapacity: Bool

    /// Keys by table, 100 in all at most.
    public init(requestItems: [String: KeysAndAttributes], returnConsumedCapacity: Bool = false) {
        self.requestItems = requestItems
        self.returnConsumedCapacity = returnConsumedCapacity
    }

    package typealias Response = BatchGetItemResponse
    package static var operation: OperationName { .batchGetItem }
    /// The table, if there is only one.
    package var routedTable: String? { requestItems.count == 1 ? requestItems.keys.first : nil }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.key("RequestItems")
            json.members(of: requestItems) { $1.write(into: &$0) }
            json.returnConsumedCapacity(returnConsumedCapacity)
        }
    }
}

/// The answer to a BatchGetItem.
public struct BatchGetItemResponse: OperationResponse, Equatable {
    /// The items found, by table name and in no particular order; missing ones are simply absent.
    public var responses: [String: [[String: AttributeValue]]] = [:]
    /// What could not be read now; send it again after a wait.
    public var unprocessedKeys: [String: KeysAndAttributes] = [:]
    /// One entry per table.
    public var consumedCapacity: [ConsumedCapacity] = []

    /// An answer without items.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "Responses":
                responses = try reader.readMap { (reader: inout JSONReader) throws(JSONError) in
                    try reader.readItems()
                }
            case "UnprocessedKeys": unprocessedKeys = try reader.readMap(KeysAndAttributes.init(from:))
            case "ConsumedCapacity": consumedCapacity = try reader.readCapacities()
            default: try reader.skipValue()
            }
        }
    }
}

/// Writes and deletes items of one or several tables; not atomic.
///
/// Alternator accepts 100 entries over all tables (a server setting), DynamoDB 25; more are refused, and so are two
/// entries for one key. Everything is checked before anything is written.
public struct BatchWriteItemRequest: OperationRequest, Equatable {
    /// One entry.
    public enum Write: Sendable, Hashable {
        /// The whole item.
        case put([String: AttributeValue])
        /// The key attributes, all of them and nothing else.
        case delete([String: AttributeValue])
    }

    /// What to write, by table name; a table without entries is left out.
    public var requestItems: [String: [Write]]
    /// Asks for the cost.
    public var returnConsumedCapacity: Bool

    /// Writes by table; as many in all as the server allows (25 to 100).
    public init(requestItems: [String: [Write]], returnConsumedCapacity: Bool = false) {
        self.requestItems = requestItems
        self.returnConsumedCapacity = returnConsumedCapacity
    }

    package typealias Response = BatchWriteItemResponse
    package static var operation: OperationName { .batchWriteItem }
    /// The table, if there is only one.
    package var routedTable: String? { requestItems.count == 1 ? requestItems.keys.first : nil }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.key("RequestItems")
            json.members(of: requestItems.filter { !$0.value.isEmpty }) { json, writes in
                json.list(writes) { $1.write(into: &$0) }
            }
            json.returnConsumedCapacity(returnConsumedCapacity)
        }
    }
}

/// The answer to a BatchWriteItem.
public struct BatchWriteItemResponse: OperationResponse, Equatable {
    /// What was not written; send it again after a wait.
    ///
    /// Alternator always writes all or fails the call.
    public var unprocessedItems: [String: [BatchWriteItemRequest.Write]] = [:]
    /// One entry per table.
    public var consumedCapacity: [ConsumedCapacity] = []

    /// An answer without items.
    public init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "UnprocessedItems":
                unprocessedItems = try reader.readMap { (reader: inout JSONReader) throws(JSONError) in
                    try reader.readList(BatchWriteItemRequest.Write.init(from:))
                }
            case "ConsumedCapacity": consumedCapacity = try reader.readCapacities()
            default: try reader.skipValue()
            }
        }
    }
}

extension BatchWriteItemRequest.Write: WireWritable, WireReadable {
    package func write(into json: inout JSONWriter) {
        json.object { json in
            switch self {
            case .put(let item):
                json.key("PutRequest")
                json.object { $0.member("Item", item: item) }
            case .delete(let key):
                json.key("DeleteRequest")
                json.object { $0.member("Key", item: key) }
            }
        }
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        var write: Self?
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "PutRequest": write = .put(try reader.readOnlyItem(named: "Item"))
            case "DeleteRequest": write = .delete(try reader.readOnlyItem(named: "Key"))
            default: try reader.skipValue()
            }
        }
        self = try reader.required(write, "PutRequest or DeleteRequest")
    }
}

extension JSONReader {
    /// `{"Item":{…}}`: the item inside.
    fileprivate mutating func readOnlyItem(named name: StaticString) throws(JSONError) -> [String: AttributeValue] {
        var item: [String: AttributeValue]?
        try beginObject()
        while let member = try nextMember() {
            if member == "\(name)" { item = try readItem() } else { try skipValue() }
        }
        return try required(item, name)
    }
}

/// Reads one item by its key.
public struct GetItemRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String
    /// The key attributes, all of them and nothing else.
    public var key: [String: AttributeValue]
    /// `true` reads with LOCAL_QUORUM and so sees every earlier write of this datacentre; `nil` and `false` read
    /// with LOCAL_ONE.
    public var consistentRead: Bool?
    /// The paths to return; `nil` for the whole item.
    public var projectionExpression: String?
    /// Meaning of the `#name` placeholders; each must be used.
    public var expressionAttributeNames: [String: String]
    /// Asks for the cost.
    public var returnConsumedCapacity: Bool
    /// The projection in its old form; not together with an expression.
    public var attributesToGet: [String]

    /// A request; what is left out is not sent.
    public init(
        tableName: String,
        key: [String: AttributeValue],
        consistentRead: Bool? = nil,
        projectionExpression: String? = nil,
        expressionAttributeNames: [String: String] = [:],
        returnConsumedCapacity: Bool = false,
        attributesToGet: [String] = []
    ) {
        self.tableName = tableName
        self.key = key
        self.consistentRead = consistentRead
        self.projectionExpression = projectionExpression
        self.expressionAttributeNames = expressionAttributeNames
        self.returnConsumedCapacity = returnConsumedCapacity
        self.attributesToGet = attributesToGet
    }

    package typealias Response = GetItemResponse
    package static var operation: OperationName { .getItem }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("TableName", tableName)
            json.member("Key", item: key)
            json.member("ConsistentRead", consistentRead)
            json.member("ProjectionExpression", projectionExpression)
            json.placeholders(names: expressionAttributeNames)
            json.member("AttributesToGet", strings: attributesToGet)
            json.returnConsumedCapacity(returnConsumedCapacity)
        }
    }
}

/// The answer to a GetItem.
public struct GetItemResponse: OperationResponse, Equatable {
    /// The item; `nil` if there is none, empty if it has none of the attributes asked for.
    public var item: [String: AttributeValue]?
    /// What it cost; `nil` unless the request asked for it.
    public var consumedCapacity: ConsumedCapacity?

    /// An answer of these parts.
    public init(item: [String: AttributeValue]? = nil, consumedCapacity: ConsumedCapacity? = nil) {
        self.item = item
        self.consumedCapacity = consumedCapacity
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let member = try reader.nextMember() {
            switch member {
            case "Item": item = try reader.readItem()
            case "ConsumedCapacity": consumedCapacity = try reader.readCapacities().first
            default: try reader.skipValue()
            }
        }
    }
}

/// Writes a whole item, replacing the one with the same key.
///
/// Alternator writes it with LOCAL_QUORUM. With a condition, `expected` or `returnValues` the server reads the item
/// first, which costs a lightweight transaction under the usual write isolation. There is no limit of 400 KB.
public struct PutItemRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String
    /// All attributes, the key included.
    public var item: [String: AttributeValue]
    /// What must hold for the present item; else `.conditionFailed`.
    public var conditionExpression: String?
    /// Meaning of the `#name` placeholders; only together with an expression, and each must be used.
    public var expressionAttributeNames: [String: String]
    /// Meaning of the `:value` placeholders; only together with an expression, and each must be used.
    public var expressionAttributeValues: [String: AttributeValue]
    /// `allOld` or nothing.
    public var returnValues: ReturnValues?
    /// `allOld` puts the item that made the condition fail into the error's `existingItem`.
    public var returnValuesOnConditionCheckFailure: ReturnValues?
    /// Asks for the cost.
    public var returnConsumedCapacity: Bool
    /// The condition in its old form; not together with an expression.
    public var expected: [String: ExpectedAttribute]
    /// How the entries of `expected` combine.
    public var conditionalOperator: ConditionalOperator?

    /// A request; what is left out is not sent.
    public init(
        tableName: String,
        item: [String: AttributeValue],
        conditionExpression: String? = nil,
        expressionAttributeNames: [String: String] = [:],
        expressionAttributeValues: [String: AttributeValue] = [:],
        returnValues: ReturnValues? = nil,
        returnValuesOnConditionCheckFailure: ReturnValues? = nil,
        returnConsumedCapacity: Bool = false,
        expected: [String: ExpectedAttribute] = [:],
        conditionalOperator: ConditionalOperator? = nil
    ) {
        self.tableName = tableName
        self.item = item
        self.conditionExpression = conditionExpression
        self.expressionAttributeNames = expressionAttributeNames
        self.expressionAttributeValues = expressionAttributeValues
        self.returnValues = returnValues
        self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
        self.returnConsumedCapacity = returnConsumedCapacity
        self.expected = expected
        self.conditionalOperator = conditionalOperator
    }

    package typealias Response = PutItemResponse
    package static var operation: OperationName { .putItem }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("TableName", tableName)
            json.member("Item", item: item)
            json.member("ConditionExpression", conditionExpression)
            json.placeholders(names: expressionAttributeNames, values: expressionAttributeValues)
            json.member("Expected", map: expected)
            json.member("ConditionalOperator", word: conditionalOperator)
            json.member("ReturnValues", word: returnValues)
            json.member("ReturnValuesOnConditionCheckFailure", word: returnValuesOnConditionCheckFailure)
            json.returnConsumedCapacity(returnConsumedCapacity)
        }
    }
}

/// The answer to a PutItem.
public struct PutItemResponse: OperationResponse, Equatable {
    /// The item that was replaced, if there was one and `returnValues` asked for it.
    public var attributes: [String: AttributeValue]?
    /// What it cost; `nil` unless the request asked for it.
    public var consumedCapacity: ConsumedCapacity?

    /// An answer of these parts.
    public init(attributes: [String: AttributeValue]? = nil, consumedCapacity: ConsumedCapacity? = nil) {
        self.attributes = attributes
        self.consumedCapacity = consumedCapacity
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        (attributes, consumedCapacity) = try reader.readWriteAnswer()
    }
}

extension JSONReader {
    /// What PutItem, UpdateItem and DeleteItem answer.
    mutating func readWriteAnswer() throws(JSONError) -> ([String: AttributeValue]?, ConsumedCapacity?) {
        var attributes: [String: AttributeValue]?
        var capacity: ConsumedCapacity?
        try beginObject()
        while let member = try nextMember() {
            switch member {
            case "Attributes": attributes = try readItem()
            case "ConsumedCapacity": capacity = try readCapacities().first
            default: try skipValue()
            }
        }
        return (attributes, capacity)
    }
}

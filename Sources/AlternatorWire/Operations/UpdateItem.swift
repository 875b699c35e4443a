/// Changes attributes of an item, creating it if it is not there.
///
/// Setting and removing whole attributes is a plain write. Anything that needs the present item (a condition, `ADD`,
/// arithmetic, `if_not_exists`, a nested path, old values) costs a lightweight transaction under the usual write
/// isolation. A nested path needs its parents to exist. Without any change Alternator creates an empty item.
public struct UpdateItemRequest: OperationRequest, Equatable {
    /// The table's name.
    public var tableName: String
    /// The key attributes, all of them and nothing else.
    public var key: [String: AttributeValue]
    /// The changes: `SET`, `REMOVE`, `ADD` and `DELETE` clauses.
    public var updateExpression: String?
    /// What must hold for the present item; else `.conditionFailed`.
    public var conditionExpression: String?
    /// Meaning of the `#name` placeholders; each must be used.
    public var expressionAttributeNames: [String: String]
    /// Meaning of the `:value` placeholders; each must be used.
    public var expressionAttributeValues: [String: AttributeValue]
    /// What to return; all four words are possible here.
    public var returnValues: ReturnValues?
    /// `allOld` puts the item that made the condition fail into the error's `existingItem`.
    public var returnValuesOnConditionCheckFailure: ReturnValues?
    /// Asks for the cost.
    public var returnConsumedCapacity: Bool
    /// The changes in their old form; not together with an expression.
    public var attributeUpdates: [String: AttributeValueUpdate]
    /// The condition in its old form; not together with an expression.
    public var expected: [String: ExpectedAttribute]
    /// How the entries of `expected` combine.
    public var conditionalOperator: ConditionalOperator?

    /// A request; what is left out is not sent.
    public init(
        tableName: String,
        key: [String: AttributeValue],
        updateExpression: String? = nil,
        conditionExpression: String? = nil,
        expressionAttributeNames: [String: String] = [:],
        expressionAttributeValues: [String: AttributeValue] = [:],
        returnValues: ReturnValues? = nil,
        returnValuesOnConditionCheckFailure: ReturnValues? = nil,
        returnConsumedCapacity: Bool = false,
        attributeUpdates: [String: AttributeValueUpdate] = [:],
        expected: [String: ExpectedAttribute] = [:],
        conditionalOperator: ConditionalOperator? = nil
    ) {
        self.tableName = tableName
        self.key = key
        self.updateExpression = updateExpression
        self.conditionExpression = conditionExpression
        self.expressionAttributeNames = expressionAttributeNames
        self.expressionAttributeValues = expressionAttributeValues
        self.returnValues = returnValues
        self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
        self.returnConsumedCapacity = returnConsumedCapacity
        self.attributeUpdates = attributeUpdates
        self.expected = expected
        self.conditionalOperator = conditionalOperator
    }

    package typealias Response = UpdateItemResponse
    package static var operation: OperationName { .updateItem }
    package var routedTable: String? { tableName }

    package func write(to writer: inout JSONWriter) {
        writer.object { json in
            json.member("TableName", tableName)
            json.member("Key", item: key)
            json.member("UpdateExpression", updateExpression)
            json.member("ConditionExpression", conditionExpression)
            json.placeholders(names: expressionAttributeNames, values: expressionAttributeValues)
            json.member("AttributeUpdates", map: attributeUpdates)
            json.member("Expected", map: expected)
            json.member("ConditionalOperator", word: conditionalOperator)
            json.member("ReturnValues", word: returnValues)
            json.member("ReturnValuesOnConditionCheckFailure", word: returnValuesOnConditionCheckFailure)
            json.returnConsumedCapacity(returnConsumedCapacity)
        }
    }
}

/// The answer to an UpdateItem.
public struct UpdateItemResponse: OperationResponse, Equatable {
    /// What `returnValues` asked for; `nil` where that is nothing.
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

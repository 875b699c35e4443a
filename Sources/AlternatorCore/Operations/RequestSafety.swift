package import AlternatorRouting
package import AlternatorWire

// Whether each write may be sent again after it may have been applied. Everything that only reads is idempotent, and so
// are both batches, CreateTable, DeleteTable and tags; see `WriteFacts` for the rules.

extension PutItemRequest {
    package var safety: RetrySafety {
        WriteFacts(
            conditionExpression: conditionExpression,
            returnValues: returnValues?.rawValue,
            hasExpected: !expected.isEmpty
        ).safety
    }
}

extension DeleteItemRequest {
    package var safety: RetrySafety {
        WriteFacts(
            conditionExpression: conditionExpression,
            returnValues: returnValues?.rawValue,
            hasExpected: !expected.isEmpty
        ).safety
    }
}

extension UpdateItemRequest {
    package var safety: RetrySafety {
        WriteFacts(
            updateExpression: updateExpression,
            conditionExpression: conditionExpression,
            names: expressionAttributeNames,
            values: expressionAttributeValues,
            returnValues: returnValues?.rawValue,
            hasExpected: !expected.isEmpty,
            attributeUpdates: attributeUpdates.values.map {
                WriteFacts.LegacyUpdate(action: $0.action?.rawValue, value: $0.value)
            }
        ).safety
    }
}

extension UpdateTableRequest {
    /// The billing mode is just set; a second change of an index is refused, one of a stream may start it anew.
    package var safety: RetrySafety {
        globalSecondaryIndexUpdates.isEmpty && vectorIndexUpdates.isEmpty && streamSpecification == nil
            ? .idempotent : .conditional
    }
}

extension UpdateTimeToLiveRequest {
    /// Turning on what the first attempt turned on is refused.
    package var safety: RetrySafety { .conditional }
}

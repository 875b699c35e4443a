package import AlternatorWire

/// The parts of a write that decide what sending it twice would do.
///
/// ```swift
/// WriteFacts(updateExpression: "ADD visits :one", values: [":one": .number("1")]).safety   // .counting
/// ```
package struct WriteFacts: Sendable {
    /// One entry of the legacy `AttributeUpdates`.
    package struct LegacyUpdate: Sendable {
        package let action: String?
        package let value: AttributeValue?

        package init(action: String?, value: AttributeValue?) {
            self.action = action
            self.value = value
        }
    }

    package var updateExpression: String?
    package var conditionExpression: String?
    /// ExpressionAttributeNames.
    package var names: [String: String]
    /// ExpressionAttributeValues.
    package var values: [String: AttributeValue]
    package var returnValues: String?
    /// Whether the legacy `Expected` is given, empty or not.
    package var hasExpected: Bool
    package var attributeUpdates: [LegacyUpdate]

    package init(
        updateExpression: String? = nil,
        conditionExpression: String? = nil,
        names: [String: String] = [:],
        values: [String: AttributeValue] = [:],
        returnValues: String? = nil,
        hasExpected: Bool = false,
        attributeUpdates: [LegacyUpdate] = []
    ) {
        self.updateExpression = updateExpression
        self.conditionExpression = conditionExpression
        self.names = names
        self.values = values
        self.returnValues = returnValues
        self.hasExpected = hasExpected
        self.attributeUpdates = attributeUpdates
    }

    /// What sending the write again may do, after it may have been applied.
    ///
    /// Counting, if any of these holds:
    /// 1. it returns old values: a second answer would show the first one's work;
    /// 2. an expression does not parse;
    /// 3. a SET reads the item, except `a = if_not_exists(a, :v)`;
    /// 4. a SET or REMOVE ends in a list index: a SET beyond the end appends, a REMOVE shifts the rest;
    /// 5. an ADD of anything but a set, legacy or not.
    ///
    /// Else conditional if it has any condition, else idempotent.
    package var safety: RetrySafety {
        if returnValues == "ALL_OLD" || returnValues == "UPDATED_OLD" { return .counting }
        if attributeUpdates.contains(where: { $0.action == "ADD" && !Self.isSet($0.value) }) { return .counting }
        if let updateExpression, isCounting(updateExpression) { return .counting }
        guard let conditionExpression else { return hasExpected ? .conditional : .idempotent }
        return (try? ConditionExpression.parse(conditionExpression)) == nil ? .counting : .conditional
    }

    private func isCounting(_ expression: String) -> Bool {
        guard let update = try? UpdateExpression.parse(expression) else { return true }
        return !update.setsReadingPaths(names: names).isEmpty
            || !update.listIndexTargets.isEmpty
            || update.adds.contains { !Self.isSet(values[$0.value]) }
    }

    private static func isSet(_ value: AttributeValue?) -> Bool {
        switch value {
        case .stringSet, .numberSet, .binarySet: true
        case .string, .number, .binary, .bool, .null, .list, .map, .float32Vector, nil: false
        }
    }
}

package import AlternatorWire

/// What has to hold before a write: Expected with ConditionalOperator, and ConditionExpression.
///
/// As on a node both may be given, except where UpdateItem refuses the mixture; then both have to hold. What is
/// wrong with Expected or ConditionalOperator is reported when they are tested, after all that is wrong elsewhere.
package struct WriteCondition: Sendable {
    private let expected: Result<LegacyConditions?, LocalError>
    private let expression: ItemCondition?
    /// Whether the request has Expected, sound or not.
    let hasExpected: Bool

    init(request: JSONValue, placeholders: inout Placeholders) throws(LocalError) {
        if let text = try request.expressionText(.condition) {
            expression = try ItemCondition(text, as: .condition, placeholders: &placeholders)
        } else {
            expression = nil
        }
        hasExpected = request["Expected"] != nil
        expected = Result { () throws(LocalError) in try LegacyConditions.parse(request, "Expected") }
    }

    /// Whether the write depends on the item at all.
    package var isGiven: Bool { hasExpected || expression != nil }

    var hasExpression: Bool { expression != nil }

    /// Whether both hold for the item; always, where neither is given.
    ///
    /// - Parameter item: the item as it is; `nil` where there is none.
    /// - Returns: whether the write may go on.
    /// - Throws: a validation error of the condition itself.
    package func holds(for item: [String: ItemValue]?) throws(LocalError) -> Bool {
        if let expected = try expected.get(), try !expected.hold(for: item) { return false }
        if let expression, try !expression.holds(for: item) { return false }
        return true
    }
}

/// ReturnValues: which attributes a write answers with.
package enum ReturnedValues: String, Sendable, Hashable {
    case none = "NONE"
    case allOld = "ALL_OLD"
    case updatedOld = "UPDATED_OLD"
    case allNew = "ALL_NEW"
    case updatedNew = "UPDATED_NEW"

    /// Reads the parameter; refuses unknown words.
    package init(request: JSONValue) throws(LocalError) {
        switch request["ReturnValues"] {
        case nil: self = .none
        case .string(let word)?:
            guard let known = Self(rawValue: word) else {
                throw .validation("Unrecognized value for ReturnValues: \(word)")
            }
            self = known
        default: throw .validation("Expected string value for ReturnValues")
        }
    }
}

extension JSONValue {
    /// ReturnValuesOnConditionCheckFailure: whether ALL_OLD is asked for.
    fileprivate func returnsItemOnFailure() throws(LocalError) -> Bool {
        switch self["ReturnValuesOnConditionCheckFailure"] {
        case nil, .string("NONE")?: return false
        case .string("ALL_OLD")?: return true
        case .string(let word)?:
            throw .validation("Unrecognized value for ReturnValuesOnConditionCheckFailure: \(word)")
        default: throw .validation("Expected string value for ReturnValuesOnConditionCheckFailure")
        }
    }
}

/// The two parameters that say what a write answers with; a node reads them before the item or key.
package struct ReturnParameters: Sendable {
    let values: ReturnedValues
    let itemOnFailure: Bool

    /// Reads both; refuses unknown words.
    package init(request: JSONValue) throws(LocalError) {
        values = try ReturnedValues(request: request)
        itemOnFailure = try request.returnsItemOnFailure()
    }
}

/// The parameters of a PutItem or DeleteItem that look at the item.
package struct ConditionalWrite: Sendable {
    package let condition: WriteCondition
    /// `.none` or `.allOld`.
    package let returnValues: ReturnedValues
    /// Whether a failed condition answers with the item.
    package let returnsItemOnFailure: Bool

    /// Reads and checks them all, unused and superfluous placeholders included.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - returned: ReturnValues and the like if they were read before.
    ///   - operation: "PutItem" or "DeleteItem", for messages.
    /// - Throws: a validation error.
    package init(
        request: JSONValue,
        _ returned: ReturnParameters? = nil,
        operation: String
    ) throws(LocalError) {
        let returned = if let returned { returned } else { try ReturnParameters(request: request) }
        returnValues = returned.values
        returnsItemOnFailure = returned.itemOnFailure
        guard returnValues == .none || returnValues == .allOld else {
            throw .validation("\(operation) supports only NONE or ALL_OLD for ReturnValues")
        }
        var placeholders = Placeholders(request: request)
        condition = try WriteCondition(request: request, placeholders: &placeholders)
        if condition.hasExpression {
            try placeholders.checkAllUsed(by: operation)
        } else {
            try placeholders.refuse(without: "ConditionExpression")
        }
    }

    /// Whether it is a read-modify-write: a condition, or ReturnValues=ALL_OLD.
    package var readsItem: Bool { condition.isGiven || returnValues == .allOld }

    /// What `LocalError.conditionFailed` carries: the item where it was asked for.
    package func failureItem(_ item: [String: ItemValue]?) -> [String: ItemValue]? {
        returnsItemOnFailure ? item : nil
    }
}

/// The parameters of an UpdateItem beside table and key.
package struct UpdateWrite: Sendable {
    package let condition: WriteCondition
    package let plan: UpdatePlan
    package let returnValues: ReturnedValues
    /// Whether a failed condition answers with the item.
    package let returnsItemOnFailure: Bool

    /// Reads and checks them all: expressions, unused placeholders, what may not be mixed.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - returned: ReturnValues and the like if they were read before.
    ///   - keyNames: the key attributes of the table, which no action may change.
    /// - Throws: a validation error.
    package init(
        request: JSONValue,
        _ returned: ReturnParameters? = nil,
        keyNames: [String]
    ) throws(LocalError) {
        let returned = if let returned { returned } else { try ReturnParameters(request: request) }
        returnValues = returned.values
        returnsItemOnFailure = returned.itemOnFailure
        var placeholders = Placeholders(request: request)
        let actions = try UpdatePlan.parse(request, &placeholders)
        let legacy = try LegacyUpdates.parse(request)
        condition = try WriteCondition(request: request, placeholders: &placeholders)
        try placeholders.checkAllUsed(by: "UpdateItem")
        if actions != nil, legacy != nil { throw Self.mixed("AttributeUpdates", "UpdateExpression") }
        if actions != nil, condition.hasExpected { throw Self.mixed("Expected", "UpdateExpression") }
        if legacy != nil, condition.hasExpression { throw Self.mixed("AttributeUpdates", "ConditionExpression") }
        plan = UpdatePlan(actions: actions ?? PathTree(), legacy: legacy, keyNames: keyNames)
    }

    private static func mixed(_ old: String, _ new: String) -> LocalError {
        .validation("UpdateItem does not allow both old-style \(old) and new-style \(new) to be given together")
    }

    /// Whether it is a read-modify-write: a condition, old values or ALL_NEW asked for, or an action that reads.
    package var readsItem: Bool {
        condition.isGiven || plan.readsItem || (returnValues != .none && returnValues != .updatedNew)
    }

    /// What `LocalError.conditionFailed` carries: the item where it was asked for.
    package func failureItem(_ item: [String: ItemValue]?) -> [String: ItemValue]? {
        returnsItemOnFailure ? item : nil
    }

    /// The `Attributes` of the answer.
    ///
    /// - Parameters:
    ///   - touched: what `plan.apply` returned.
    ///   - old: the item before; `nil` where there was none.
    ///   - new: the item after; `nil` where there is none.
    /// - Returns: `nil` where the answer has no such member.
    package func attributes(
        _ touched: UpdatePlan.Touched,
        old: [String: ItemValue]?,
        new: [String: ItemValue]?
    ) -> [String: ItemValue]? {
        switch returnValues {
        case .none: return nil
        case .allOld: return old
        case .allNew: return new
        case .updatedOld:
            let values = touched.values(in: old)
            return values.isEmpty ? nil : values
        case .updatedNew:
            let values = touched.values(in: new)
            return values.isEmpty ? nil : values
        }
    }
}

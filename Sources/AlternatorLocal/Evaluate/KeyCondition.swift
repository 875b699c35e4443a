package import AlternatorWire

/// Which items of which partition a Query reads: KeyConditionExpression, or the older KeyConditions.
package struct KeyCondition: Sendable, Hashable {
    /// The value of the partition key.
    package let hash: ItemValue
    /// What the sort key has to satisfy; `nil`: anything.
    package let sort: SortCondition?

    /// A condition on the sort key; all operands have its type and are not empty.
    package enum SortCondition: Sendable, Hashable {
        case equal(ItemValue)
        case less(ItemValue)
        case lessOrEqual(ItemValue)
        case greater(ItemValue)
        case greaterOrEqual(ItemValue)
        /// Both inclusive; nothing lies between reversed bounds.
        case between(ItemValue, ItemValue)
        /// Never on a number.
        case beginsWith(ItemValue)
    }

    init(hash: ItemValue, sort: SortCondition?) {
        self.hash = hash
        self.sort = sort
    }

    /// Reads the key condition of a Query.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - hash: the partition key of the table or index.
    ///   - sort: its sort key, if it has one.
    ///   - placeholders: those of the request; the used ones are marked.
    /// - Throws: a validation error.
    package init(
        request: JSONValue,
        hash: KeyColumn,
        sort: KeyColumn?,
        placeholders: inout Placeholders
    ) throws(LocalError) {
        let legacy = request["KeyConditions"]
        let expression = request[ExpressionKind.keyCondition.rawValue]
        if legacy != nil, expression != nil {
            throw .validation("Query does not allow both KeyConditions and KeyConditionExpression")
        }
        if let legacy {
            self = try Self.legacy(legacy, hash: hash, sort: sort)
        } else if let text = try request.expressionText(.keyCondition) {
            self = try Self.expression(text, hash: hash, sort: sort, &placeholders)
        } else {
            throw .validation("Query must have one of KeyConditions or KeyConditionExpression")
        }
    }

    /// Whether a sort key value satisfies the condition; for stores that cannot seek.
    package func accepts(sort value: ItemValue?) -> Bool {
        guard let sort else { return true }
        guard let value else { return false }
        switch sort {
        case .equal(let operand): return ServerComparison.areEqual(value, operand)
        case .less(let operand): return ServerComparison.isLess(value, operand) ?? false
        case .lessOrEqual(let operand): return ServerComparison.isLess(operand, value).map { !$0 } ?? false
        case .greater(let operand): return ServerComparison.isLess(operand, value) ?? false
        case .greaterOrEqual(let operand): return ServerComparison.isLess(value, operand).map { !$0 } ?? false
        case .between(let low, let high):
            guard let isBelow = ServerComparison.isLess(value, low), let isAbove = ServerComparison.isLess(high, value)
            else { return false }
            return !isBelow && !isAbove
        case .beginsWith(let prefix): return ServerComparison.begins(value, with: prefix)
        }
    }
}

// KeyConditionExpression.
extension KeyCondition {
    private static func expression(
        _ text: String,
        hash: KeyColumn,
        sort: KeyColumn?,
        _ placeholders: inout Placeholders
    ) throws(LocalError) -> KeyCondition {
        let condition = try ItemCondition(text, as: .keyCondition, placeholders: &placeholders)
        var hashValue: ItemValue?
        var sortCondition: SortCondition?
        for restriction in try restrictions(condition.root) {
            if restriction.name == hash.name {
                guard case .equal(let value) = restriction.test else {
                    throw refusal(
                        "the HASH key \(hash.name) must use an equality (=) condition, others are not supported"
                    )
                }
                guard hashValue == nil else { throw refusal("only one condition is allowed for each key") }
                try hash.check(value)
                hashValue = value
            } else if let sort, restriction.name == sort.name {
                guard sortCondition == nil else { throw refusal("only one condition is allowed for each key") }
                try restriction.test.check(with: sort)
                sortCondition = restriction.test
            } else {
                throw refusal("condition on non-key attribute \(restriction.name)")
            }
        }
        guard let hashValue else {
            throw refusal("the HASH key \(hash.name) must have an equality (=) condition")
        }
        return KeyCondition(hash: hashValue, sort: sortCondition)
    }

    private static func refusal(_ reason: String) -> LocalError { .validation("KeyConditionExpression: \(reason)") }

    private static func restrictions(
        _ condition: ResolvedCondition
    ) throws(LocalError) -> [(name: String, test: SortCondition)] {
        switch condition {
        case .not: throw refusal("NOT cannot be used")
        case .or: throw refusal("OR cannot be used")
        case .and(let conditions):
            var all: [(name: String, test: SortCondition)] = []
            for condition in conditions { all += try restrictions(condition) }
            return all
        case .isIn: throw refusal("operator IN is not supported")
        case .compare(let comparator, .path(let path), .constant(let value)):
            return [(try attribute(path), try comparison(comparator, value))]
        case .compare(let comparator, .constant(let value), .path(let path)):
            return [(try attribute(path), try comparison(comparator.reversed, value))]
        case .compare: throw refusal("an attribute must be compared with a constant")
        case .between(.path(let path), low: .constant(let low), high: .constant(let high)):
            return [(try attribute(path), .between(low, high))]
        case .between: throw refusal("an attribute must be compared with constants")
        case .alone(.call(let call)): return [try prefix(call)]
        case .alone: throw refusal("a condition cannot be just a value")
        }
    }

    private static func attribute(_ path: DocumentPath) throws(LocalError) -> String {
        guard !path.isNested else { throw refusal("nested attributes are not supported") }
        return path.root
    }

    private static func comparison(
        _ comparator: ConditionNode.Comparator,
        _ value: ItemValue
    ) throws(LocalError) -> SortCondition {
        switch comparator {
        case .equal: .equal(value)
        case .less: .less(value)
        case .lessOrEqual: .lessOrEqual(value)
        case .greater: .greater(value)
        case .greaterOrEqual: .greaterOrEqual(value)
        case .notEqual: throw refusal("operator NE (<>) is not supported")
        }
    }

    private static func prefix(_ call: FunctionCall) throws(LocalError) -> (name: String, test: SortCondition) {
        guard call.function == .beginsWith else { throw refusal("function '\(call.name)' is not supported") }
        guard call.arguments.count == 2, case .path(let path) = call.arguments[0],
            case .constant(let prefix) = call.arguments[1]
        else { throw refusal("begins_with() takes an attribute and a value") }
        return (try attribute(path), .beginsWith(prefix))
    }
}

extension KeyCondition.SortCondition {
    /// Refuses operands that are not of the column's type.
    fileprivate func check(with column: KeyColumn) throws(LocalError) {
        switch self {
        case .equal(let value), .less(let value), .lessOrEqual(let value), .greater(let value),
            .greaterOrEqual(let value):
            try column.check(value)
        case .between(let low, let high):
            try column.check(low)
            try column.check(high)
        case .beginsWith(let prefix):
            try column.check(prefix)
            guard column.type != .number else {
                throw .validation("begins_with() is not supported on type N (key column \(column.name))")
            }
        }
    }
}

extension ConditionNode.Comparator {
    /// The comparator with its sides swapped.
    fileprivate var reversed: Self {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}

// KeyConditions.
extension KeyCondition {
    private static func legacy(
        _ json: JSONValue,
        hash: KeyColumn,
        sort: KeyColumn?
    ) throws(LocalError) -> KeyCondition {
        guard case .object(let members) = json else { throw .validation("KeyConditions must be an object") }
        var hashValue: ItemValue?
        var sortCondition: SortCondition?
        for member in members {
            guard let comparison = member.value["ComparisonOperator"] else {
                throw .validation("KeyConditions: ComparisonOperator is missing for \(member.name)")
            }
            guard case .array(let operands)? = member.value["AttributeValueList"] else {
                throw .validation("KeyConditions: AttributeValueList is missing for \(member.name)")
            }
            if member.name == hash.name {
                hashValue = try legacyHash(LegacyOperator(comparison), operands, hash)
            } else if let sort, member.name == sort.name {
                sortCondition = try legacySort(LegacyOperator(comparison), operands, sort)
            }
        }
        guard let hashValue else { throw .validation("Query missing condition on hash key '\(hash.name)'") }
        if let sort {
            guard members.count <= 2 else {
                throw .validation("Only one or two conditions allowed in table with hash key and sort key")
            }
            guard members.count == 1 || sortCondition != nil else {
                throw .validation("Query missing condition on sort key '\(sort.name)'")
            }
        } else if members.count != 1 {
            throw .validation("Only one condition allowed in table with only hash key")
        }
        return KeyCondition(hash: hashValue, sort: sortCondition)
    }

    private static func legacyHash(
        _ comparison: LegacyOperator,
        _ operands: [JSONValue],
        _ column: KeyColumn
    ) throws(LocalError) -> ItemValue {
        guard comparison == .equal else {
            throw .validation(
                "Hash key can only be restricted with equality operator (EQ). \(comparison.rawValue) not supported."
            )
        }
        guard operands.count == 1 else {
            throw .validation("A single attribute is required for a hash key EQ restriction, got \(operands.count)")
        }
        return try column.value(of: operands[0])
    }

    private static func legacySort(
        _ comparison: LegacyOperator,
        _ operands: [JSONValue],
        _ column: KeyColumn
    ) throws(LocalError) -> SortCondition {
        let expected = comparison == .between ? 2 : 1
        guard operands.count == expected else {
            throw .validation("\(expected) arguments expected for a sort key restriction, got \(operands.count)")
        }
        let first = try column.value(of: operands[0])
        switch comparison {
        case .equal: return .equal(first)
        case .less: return .less(first)
        case .lessOrEqual: return .lessOrEqual(first)
        case .greater: return .greater(first)
        case .greaterOrEqual: return .greaterOrEqual(first)
        case .between: return .between(first, try column.value(of: operands[1]))
        case .beginsWith:
            guard column.type != .number else {
                throw .validation("BEGINS_WITH operator cannot be applied to type N")
            }
            return .beginsWith(first)
        case .notEqual, .isIn, .null, .notNull, .contains, .notContains:
            throw .validation("Operator \(comparison.rawValue) not supported for sort key")
        }
    }
}

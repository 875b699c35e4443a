package import AlternatorWire

/// Expected, QueryFilter or ScanFilter, with ConditionalOperator.
///
/// A malformed test is reported when it is reached, as a node does: after a false one under AND it never is.
package struct LegacyConditions: Sendable {
    private let requiresAll: Bool
    private let tests: [(attribute: String, test: Result<LegacyTest, LocalError>)]

    /// Reads the parameter of a request.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - parameter: "Expected", "QueryFilter" or "ScanFilter".
    /// - Returns: `nil` where the parameter is missing.
    /// - Throws: a validation error for a ConditionalOperator that is wrong or without conditions.
    package static func parse(_ request: JSONValue, _ parameter: String) throws(LocalError) -> LegacyConditions? {
        let requiresAll = try requiresAll(request)
        let conditions = request[parameter]
        if requiresAll != nil, conditions == nil || conditions == .object([]) {
            throw .validation(
                "'ConditionalOperator' parameter cannot be specified for missing or empty \(parameter)"
            )
        }
        guard let conditions else { return nil }
        guard case .object(let members) = conditions else {
            throw .validation("'\(parameter)' parameter, if given, must be an object")
        }
        return LegacyConditions(
            requiresAll: requiresAll ?? true,
            tests: members.map { member in
                (member.name, Result { () throws(LocalError) in try LegacyTest(member.value) })
            }
        )
    }

    private static func requiresAll(_ request: JSONValue) throws(LocalError) -> Bool? {
        switch request["ConditionalOperator"] {
        case nil: return nil
        case .string("AND")?: return true
        case .string("OR")?: return false
        case .string(let other)?:
            throw .validation("'ConditionalOperator' parameter must be AND, OR or missing. Found \(other).")
        default: throw .validation("'ConditionalOperator' parameter, if given, must be a string")
        }
    }

    /// The attributes tested.
    package var attributes: Set<String> { Set(tests.map(\.attribute)) }

    /// Whether they hold for an item, or for the absence of one.
    package func hold(for item: [String: ItemValue]?) throws(LocalError) -> Bool {
        for (attribute, test) in tests {
            let holds = try test.get().holds(for: item?[attribute])
            if holds != requiresAll { return holds }
        }
        return requiresAll
    }
}

/// One test of one attribute: a value, an absence, or one of 13 comparison operators.
enum LegacyTest: Sendable {
    case exists(Bool)
    case equals(ItemValue)
    case differs(ItemValue)
    case less(than: ItemValue, orEqual: Bool)
    case greater(than: ItemValue, orEqual: Bool)
    case between(ItemValue, ItemValue)
    case begins(ItemValue)
    case contains(ItemValue)
    case containsNot(ItemValue)
    case isIn([ItemValue])

    init(_ json: JSONValue) throws(LocalError) {
        guard case .object = json else { throw .validation("A condition must be an object") }
        let comparison = json["ComparisonOperator"]
        if let value = json["Value"] {
            if let exists = json["Exists"], exists != .bool(true) {
                throw .validation("Cannot combine Value with Exists!=true")
            }
            if comparison != nil { throw .validation("Cannot combine Value with ComparisonOperator") }
            self = .equals(try ServerValue.parse(value, source: "Expected"))
        } else if let exists = json["Exists"] {
            if comparison != nil { throw .validation("Cannot combine Exists with ComparisonOperator") }
            guard exists == .bool(false) else { throw .validation("Exists!=false requires Value") }
            self = .exists(false)
        } else {
            guard let comparison else { throw .validation("Missing ComparisonOperator, Value or Exists") }
            self = try Self.comparison(try LegacyOperator(comparison), json["AttributeValueList"])
        }
    }

    private static func comparison(_ name: LegacyOperator, _ json: JSONValue?) throws(LocalError) -> LegacyTest {
        let operands = try name.operands(json)
        switch name {
        case .null: return .exists(false)
        case .notNull: return .exists(true)
        case .equal: return .equals(operands[0])
        case .notEqual: return .differs(operands[0])
        case .less, .lessOrEqual:
            try name.requireScalars(operands)
            return .less(than: operands[0], orEqual: name == .lessOrEqual)
        case .greater, .greaterOrEqual:
            try name.requireScalars(operands)
            return .greater(than: operands[0], orEqual: name == .greaterOrEqual)
        case .between:
            try name.requireScalars(operands)
            return .between(operands[0], operands[1])
        case .contains:
            try name.requireScalars(operands)
            return .contains(operands[0])
        case .notContains:
            try name.requireScalars(operands)
            return .containsNot(operands[0])
        case .isIn:
            try name.requireScalars([operands[0]])
            return .isIn(operands)
        case .beginsWith:
            switch operands[0] {
            case .string, .binary: return .begins(operands[0])
            default:
                throw .validation(
                    "BEGINS_WITH supports only string or binary type, got \(operands[0].typeName)"
                )
            }
        }
    }

    func holds(for value: ItemValue?) throws(LocalError) -> Bool {
        switch (self, value) {
        case (.exists(let expected), _): return (value != nil) == expected
        case (.differs, nil): return true
        case (_, nil): return false
        case (.equals(let operand), let value?): return ServerComparison.areEqual(value, operand)
        case (.differs(let operand), let value?): return !ServerComparison.areEqual(value, operand)
        case (.less(let operand, let orEqual), let value?):
            return orEqual
                ? ServerComparison.isLess(operand, value).map { !$0 } ?? false
                : ServerComparison.isLess(value, operand) ?? false
        case (.greater(let operand, let orEqual), let value?):
            return orEqual
                ? ServerComparison.isLess(value, operand).map { !$0 } ?? false
                : ServerComparison.isLess(operand, value) ?? false
        case (.begins(let prefix), let value?): return ServerComparison.begins(value, with: prefix)
        case (.contains(let part), let value?): return ServerComparison.contains(value, part)
        case (.containsNot(let part), let value?): return !ServerComparison.contains(value, part)
        case (.between(let low, let high), let value?): return try Self.isBetween(value, low, high)
        case (.isIn(let operands), let value?): return try Self.isAmong(value, operands)
        }
    }

    private static func isBetween(
        _ value: ItemValue,
        _ low: ItemValue,
        _ high: ItemValue
    ) throws(LocalError) -> Bool {
        guard let isReversed = ServerComparison.isLess(high, low) else {
            throw .validation(
                "BETWEEN operator requires bounds of the same type, got "
                    + "\(low.typeName) and \(high.typeName)"
            )
        }
        guard let isBelow = ServerComparison.isLess(value, low), let isAbove = ServerComparison.isLess(high, value)
        else { return false }
        guard !isReversed else { throw .validation("BETWEEN operator requires lower bound <= upper bound") }
        return !isBelow && !isAbove
    }

    private static func isAmong(_ value: ItemValue, _ operands: [ItemValue]) throws(LocalError) -> Bool {
        let type = operands[0].typeName
        guard operands.allSatisfy({ $0.typeName == type }) else {
            throw .validation("IN operator requires all AttributeValueList elements to have the same type")
        }
        return operands.contains { ServerComparison.areEqual(value, $0) }
    }
}

/// The 13 values of ComparisonOperator.
enum LegacyOperator: String, Sendable {
    case equal = "EQ"
    case notEqual = "NE"
    case less = "LT"
    case lessOrEqual = "LE"
    case greater = "GT"
    case greaterOrEqual = "GE"
    case isIn = "IN"
    case between = "BETWEEN"
    case null = "NULL"
    case notNull = "NOT_NULL"
    case beginsWith = "BEGINS_WITH"
    case contains = "CONTAINS"
    case notContains = "NOT_CONTAINS"

    init(_ json: JSONValue) throws(LocalError) {
        guard case .string(let name) = json else { throw .validation("Invalid comparison operator definition") }
        guard let known = Self(rawValue: name) else { throw .validation("Unsupported comparison operator \(name)") }
        self = known
    }

    /// Reads AttributeValueList, checking its length.
    func operands(_ json: JSONValue?) throws(LocalError) -> [ItemValue] {
        switch self {
        case .null, .notNull:
            guard let json else { return [] }
            return try operands(json, "to be empty") { $0 == 0 }
        case .isIn: return try operands(json, "to be non-empty") { $0 > 0 }
        case .between: return try operands(json, "of size 2") { $0 == 2 }
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .beginsWith, .contains, .notContains:
            return try operands(json, "of size 1") { $0 == 1 }
        }
    }

    private func operands(
        _ json: JSONValue?,
        _ expectation: String,
        _ isExpected: (Int) -> Bool
    ) throws(LocalError) -> [ItemValue] {
        guard case .array(let elements)? = json else {
            throw .validation("With ComparisonOperator, AttributeValueList must be given and an array")
        }
        guard isExpected(elements.count) else {
            throw .validation(
                "\(rawValue) operator requires AttributeValueList \(expectation), "
                    + "instead found list size \(elements.count)"
            )
        }
        var values: [ItemValue] = []
        for element in elements { values.append(try ServerValue.parse(element, source: "AttributeValueList")) }
        return values
    }

    /// Refuses operands that are no string, number or binary.
    func requireScalars(_ operands: [ItemValue]) throws(LocalError) {
        for operand in operands where !ServerComparison.isOrdered(operand) {
            throw .validation(
                "\(rawValue) operator requires AttributeValueList elements of type String, Number, or Binary, "
                    + "got \(operand.typeName)"
            )
        }
    }
}

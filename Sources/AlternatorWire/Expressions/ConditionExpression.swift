/// A parsed ConditionExpression, FilterExpression or KeyConditionExpression.
package struct ConditionExpression: Sendable, Hashable {
    package let root: ConditionNode

    package init(_ root: ConditionNode) { self.root = root }

    /// Parses a condition; placeholders stay as they are.
    ///
    /// Never recurses, so no input can exhaust the stack; parentheses that change nothing leave no trace.
    ///
    /// - Parameters:
    ///   - text: the expression; an empty one is a syntax error.
    ///   - kind: the parameter it came from, named in errors.
    /// - Returns: the expression.
    /// - Throws: what is wrong and where.
    package static func parse(
        _ text: String,
        as kind: ExpressionKind = .condition
    ) throws(ExpressionError) -> ConditionExpression {
        var parser = try ExpressionParser(text, kind: kind)
        return try ConditionExpression(parser.parseCondition())
    }
}

/// A part of a condition.
package indirect enum ConditionNode: Sendable, Hashable {
    case compare(Comparator, Operand, Operand)
    case between(Operand, low: Operand, high: Operand)
    case isIn(Operand, [Operand])
    /// A value alone, such as `attribute_exists(a)`; evaluation refuses what is not a boolean.
    case alone(Operand)
    case not(ConditionNode)
    /// Two conditions at least, all of which must hold.
    case and([ConditionNode])
    /// Two conditions at least, one of which must hold.
    case or([ConditionNode])

    package enum Comparator: String, Sendable, Hashable, CaseIterable {
        case equal = "="
        case notEqual = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }
}

extension ConditionExpression: CustomStringConvertible {
    package var description: String { root.description }
}

extension ConditionNode: CustomStringConvertible {
    /// Text that parses to this node again.
    package var description: String {
        switch self {
        case .compare(let comparator, let left, let right): "\(left) \(comparator.rawValue) \(right)"
        case .between(let operand, let low, let high): "\(operand) BETWEEN \(low) AND \(high)"
        case .isIn(let operand, let list): "\(operand) IN (\(list.map(\.description).joined(separator: ", ")))"
        case .alone(let operand): operand.description
        case .not(let node): "NOT \(node.asFactor)"
        case .and(let nodes): nodes.map(\.asFactor).joined(separator: " AND ")
        case .or(let nodes): nodes.map(\.asTerm).joined(separator: " OR ")
        }
    }

    /// In parentheses where `AND` and `NOT` would bind tighter.
    private var asFactor: String {
        switch self {
        case .and, .or: "(\(description))"
        case .compare, .between, .isIn, .alone, .not: description
        }
    }

    private var asTerm: String {
        if case .or = self { "(\(description))" } else { description }
    }
}

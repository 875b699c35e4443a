package import AlternatorWire

/// A ConditionExpression or FilterExpression with its placeholders replaced.
package struct ItemCondition: Sendable {
    let root: ResolvedCondition

    /// Parses and resolves; what is wrong with functions and constants shows when it is evaluated.
    ///
    /// - Parameters:
    ///   - text: the expression, not empty.
    ///   - kind: its parameter, for messages.
    ///   - placeholders: those of the request; the used ones are marked.
    /// - Throws: a validation error.
    package init(_ text: String, as kind: ExpressionKind, placeholders: inout Placeholders) throws(LocalError) {
        let expression: ConditionExpression
        do {
            expression = try ConditionExpression.parse(text, as: kind)
        } catch {
            throw .validation(error.message)
        }
        root = try ResolvedCondition(expression.root, &placeholders)
    }

    /// Whether it holds for an item, or for the absence of one.
    ///
    /// AND and OR stop at the first operand that decides, so an error behind it does not show.
    package func holds(for item: [String: ItemValue]?) throws(LocalError) -> Bool {
        try root.holds(for: item)
    }

    /// The attributes it mentions, at the top level.
    package var attributes: Set<String> { Set(root.paths.map(\.root)) }

    /// Refuses at once what evaluation would refuse for some item, as a node does for filters.
    package func checkConstants() throws(LocalError) {
        try root.check(prefix: "Invalid FilterExpression")
    }
}

indirect enum ResolvedCondition: Sendable {
    case compare(ConditionNode.Comparator, ResolvedOperand, ResolvedOperand)
    case between(ResolvedOperand, low: ResolvedOperand, high: ResolvedOperand)
    case isIn(ResolvedOperand, [ResolvedOperand])
    case alone(ResolvedOperand)
    case not(ResolvedCondition)
    case and([ResolvedCondition])
    case or([ResolvedCondition])

    init(_ node: ConditionNode, _ placeholders: inout Placeholders) throws(LocalError) {
        switch node {
        case .compare(let comparator, let left, let right):
            self = .compare(comparator, try placeholders.resolve(left), try placeholders.resolve(right))
        case .between(let operand, let low, let high):
            self = .between(
                try placeholders.resolve(operand),
                low: try placeholders.resolve(low),
                high: try placeholders.resolve(high)
            )
        case .isIn(let operand, let list):
            let first = try placeholders.resolve(operand)
            var resolved: [ResolvedOperand] = []
            for element in list { resolved.append(try placeholders.resolve(element)) }
            self = .isIn(first, resolved)
        case .alone(let operand): self = .alone(try placeholders.resolve(operand))
        case .not(let node): self = .not(try Self(node, &placeholders))
        case .and(let nodes): self = .and(try Self.all(nodes, &placeholders))
        case .or(let nodes): self = .or(try Self.all(nodes, &placeholders))
        }
    }

    private static func all(_ nodes: [ConditionNode], _ placeholders: inout Placeholders) throws(LocalError) -> [Self] {
        var resolved: [Self] = []
        for node in nodes { resolved.append(try Self(node, &placeholders)) }
        return resolved
    }

    var paths: [DocumentPath] {
        switch self {
        case .compare(_, let left, let right): left.paths + right.paths
        case .between(let operand, let low, let high): operand.paths + low.paths + high.paths
        case .isIn(let operand, let list): operand.paths + list.flatMap(\.paths)
        case .alone(let operand): operand.paths
        case .not(let node): node.paths
        case .and(let nodes), .or(let nodes): nodes.flatMap(\.paths)
        }
    }
}

// Evaluation.
extension ResolvedCondition {
    func holds(for item: [String: ItemValue]?) throws(LocalError) -> Bool {
        switch self {
        case .compare(let comparator, let left, let right):
            return try Comparison(comparator, left, right).holds(for: item)
        case .between(let operand, let low, let high):
            return try Range(value: operand, low: low, high: high).holds(for: item)
        case .isIn(let operand, let list):
            let value = try operand.value(in: item, at: .comparison)
            var isFound = false
            // All are evaluated, for their errors.
            for element in list {
                guard let element = try element.value(in: item, at: .comparison), let value else { continue }
                isFound = isFound || ServerComparison.areEqual(value, element)
            }
            return isFound
        case .alone(let operand):
            guard case .bool(let flag)? = try operand.value(in: item, at: .alone) else {
                throw .validation("ConditionExpression: condition results in a non-boolean value")
            }
            return flag
        case .not(let node):
            return try !node.holds(for: item)
        case .and(let nodes):
            for node in nodes where try !node.holds(for: item) { return false }
            return true
        case .or(let nodes):
            for node in nodes where try node.holds(for: item) { return true }
            return false
        }
    }

    /// Checks every function and constant below, whatever an evaluation would reach.
    func check(prefix: String) throws(LocalError) {
        switch self {
        case .compare(let comparator, let left, let right):
            for operand in [left, right] { try Self.check(operand, at: .comparison, prefix: prefix) }
            try Comparison(comparator, left, right).checkConstants(prefix: prefix)
        case .between(let operand, let low, let high):
            for operand in [operand, low, high] { try Self.check(operand, at: .comparison, prefix: prefix) }
            let range = Range(value: operand, low: low, high: high)
            try range.checkConstants(prefix: prefix)
            if let low = low.constant, let high = high.constant {
                try range.checkTypes(low, high, prefix: prefix)
                try range.checkOrder(low, high, prefix: prefix)
            }
        case .isIn(let operand, let list):
            for operand in [operand] + list { try Self.check(operand, at: .comparison, prefix: prefix) }
        case .alone(let operand): try Self.check(operand, at: .alone, prefix: prefix)
        case .not(let node): try node.check(prefix: prefix)
        case .and(let nodes), .or(let nodes): for node in nodes { try node.check(prefix: prefix) }
        }
    }

    private static func check(
        _ operand: ResolvedOperand,
        at place: FunctionPlace,
        prefix: String
    ) throws(LocalError) {
        guard case .call(let call) = operand else { return }
        try call.checked(at: place, prefix: prefix)
        for argument in call.arguments { try check(argument, at: place, prefix: prefix) }
    }
}

/// `=`, `<>` and the four orders.
private struct Comparison {
    let comparator: ConditionNode.Comparator
    let left: ResolvedOperand
    let right: ResolvedOperand

    init(_ comparator: ConditionNode.Comparator, _ left: ResolvedOperand, _ right: ResolvedOperand) {
        self.comparator = comparator
        self.left = left
        self.right = right
    }

    func holds(for item: [String: ItemValue]?) throws(LocalError) -> Bool {
        let left = try self.left.value(in: item, at: .comparison)
        let right = try self.right.value(in: item, at: .comparison)
        try checkConstants(prefix: "ConditionExpression")
        // What is missing equals nothing, is unequal to everything and has no order.
        guard let left, let right else { return comparator == .notEqual }
        try ServerComparison.checkNumbers(left, right)
        switch comparator {
        case .equal: return ServerComparison.areEqual(left, right)
        case .notEqual: return !ServerComparison.areEqual(left, right)
        case .less: return ServerComparison.isLess(left, right) ?? false
        case .greater: return ServerComparison.isLess(right, left) ?? false
        case .lessOrEqual: return ServerComparison.isLess(right, left).map { !$0 } ?? false
        case .greaterOrEqual: return ServerComparison.isLess(left, right).map { !$0 } ?? false
        }
    }

    /// A constant without an order is an error; an attribute without one is not.
    func checkConstants(prefix: String) throws(LocalError) {
        guard comparator != .equal, comparator != .notEqual else { return }
        for constant in [left.constant, right.constant] {
            guard let constant, !ServerComparison.isOrdered(constant) else { continue }
            throw .validation(
                "\(prefix): operator \(comparator.rawValue) allows only the types String, Number, or Binary, "
                    + "got \(constant.typeName)"
            )
        }
    }
}

/// BETWEEN.
private struct Range {
    let value: ResolvedOperand
    let low: ResolvedOperand
    let high: ResolvedOperand

    func holds(for item: [String: ItemValue]?) throws(LocalError) -> Bool {
        let value = try self.value.value(in: item, at: .comparison)
        let low = try self.low.value(in: item, at: .comparison)
        let high = try self.high.value(in: item, at: .comparison)
        try checkConstants(prefix: "ConditionExpression")
        guard let value, let low, let high else { return false }
        let areConstants = self.low.isConstant && self.high.isConstant
        if areConstants { try checkTypes(low, high, prefix: "ConditionExpression") }
        try ServerComparison.checkNumbers(value, low)
        try ServerComparison.checkNumbers(value, high)
        guard let isBelow = ServerComparison.isLess(value, low), let isAbove = ServerComparison.isLess(high, value)
        else { return false }
        if areConstants { try checkOrder(low, high, prefix: "ConditionExpression") }
        return !isBelow && !isAbove
    }

    func checkConstants(prefix: String) throws(LocalError) {
        for constant in [value.constant, low.constant, high.constant] {
            guard let constant, !ServerComparison.isOrdered(constant) else { continue }
            throw .validation(
                "\(prefix): operator BETWEEN allows only the types String, Number, or Binary, "
                    + "got \(constant.typeName)"
            )
        }
    }

    /// Two constant bounds must be of one type, whatever they are compared with.
    func checkTypes(_ low: ItemValue, _ high: ItemValue, prefix: String) throws(LocalError) {
        guard ServerComparison.isLess(high, low) != nil else {
            throw .validation(
                "\(prefix): the BETWEEN operator requires bounds of the same type, got "
                    + "\(low.typeName) and \(high.typeName)"
            )
        }
    }

    /// Two constant bounds must be in order; a node looks only where a value of their type is compared with them.
    func checkOrder(_ low: ItemValue, _ high: ItemValue, prefix: String) throws(LocalError) {
        guard ServerComparison.isLess(high, low) != true else {
            throw .validation("\(prefix): the BETWEEN operator requires lower bound <= upper bound")
        }
    }
}

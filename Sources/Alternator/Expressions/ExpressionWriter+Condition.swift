import AlternatorWire

extension Condition {
    /// What the condition adds to a request of its own, as the members of a JSON object; empty for `.always`.
    ///
    /// Throws `.mapping` as sending it would.
    package func requestMembers() throws(AlternatorError) -> [UInt8] {
        var expressions = ExpressionWriter()
        var writer = JSONWriter(reserving: 256)
        guard let text = try expressions.condition(node) else { return [] }
        writer.key("ConditionExpression")
        writer.string(text)
        expressions.appendPlaceholders(to: &writer)
        return writer.bytes
    }
}

extension ExpressionWriter {
    /// The text of a condition; `nil` for `.always`, which is not sent.
    ///
    /// Throws `.mapping` over the server's 4096 bytes.
    mutating func condition(_ node: ConditionNode) throws(AlternatorError) -> String? {
        guard !node.isAlways else { return nil }
        return try Self.checkLength(try text(of: node), of: "condition")
    }

    static func checkLength(_ text: String, of what: String) throws(AlternatorError) -> String {
        guard text.utf8.count <= maximumBytes else {
            throw AlternatorError(
                .mapping,
                message:
                    "The \(what) is \(text.utf8.count) bytes long as an expression; the server takes \(maximumBytes)."
            )
        }
        return text
    }

    private mutating func text(of node: ConditionNode) throws(AlternatorError) -> String {
        switch node {
        case .always:
            // `&&` and `||` swallow it, so it can only be under a `!`.
            throw AlternatorError(.mapping, message: "The condition can never hold: it is !.always.")
        case .tooDeep:
            throw AlternatorError(
                .mapping,
                message: "The condition is nested deeper than the server's \(ConditionNode.maximumDepth)."
            )
        case .compare(let left, let comparator, let right): return try comparison(left, comparator, right)
        case .between(let operand, let low, let high):
            let subject = try self.operand(operand)
            let lowText = try self.operand(low, at: operand)
            return "\(subject) BETWEEN \(lowText) AND \(try self.operand(high, at: operand))"
        case .isIn(let operand, let values): return try membership(operand, values)
        case .call(let function, let arguments):
            return try operand(.call(function, arguments))
        case .and(let parts, _): return try joined(parts, " AND ") { if case .or = $0 { true } else { false } }
        case .or(let parts, _): return try joined(parts, " OR ") { if case .and = $0 { true } else { false } }
        case .not(let inner, _): return "NOT (\(try text(of: inner)))"
        case .raw(let expression): return try raw(expression)
        }
    }

    /// Parts with a separator; parts of the other kind and raw text in parentheses.
    private mutating func joined(
        _ parts: [ConditionNode],
        _ separator: String,
        needsParentheses: (ConditionNode) -> Bool
    ) throws(AlternatorError) -> String {
        var texts: [String] = []
        for part in parts {
            let text = try self.text(of: part)
            let isRaw = if case .raw = part { true } else { false }
            texts.append(isRaw || needsParentheses(part) ? "(\(text))" : text)
        }
        return texts.joined(separator: separator)
    }

    private mutating func comparison(
        _ left: Operand.Node,
        _ comparator: String,
        _ right: Operand.Node
    ) throws(AlternatorError) -> String {
        if case .value(let given) = right, comparator == "=" || comparator == "<>" {
            let isEqual = comparator == "="
            switch GivenValue(given) {
            case .missing: return try missingOrNull(left, isEqual)
            case .value(let value) where value as? AttributeValue == .null: return try missingOrNull(left, isEqual)
            case .emptySet:
                return "\(isEqual ? "attribute_not_exists" : "attribute_exists")(\(try operand(left)))"
            case .value: break
            }
        }
        let leftText = try operand(left)
        return "\(leftText) \(comparator) \(try operand(right, at: left))"
    }

    private mutating func missingOrNull(_ left: Operand.Node, _ isEqual: Bool) throws(AlternatorError) -> String {
        let name = try operand(left)
        let type = try value(AttributeType.null.rawValue)
        return isEqual
            ? "(attribute_not_exists(\(name)) OR attribute_type(\(name), \(type)))"
            : "(attribute_exists(\(name)) AND NOT attribute_type(\(name), \(type)))"
    }

    private mutating func membership(
        _ subject: Operand.Node,
        _ values: [Operand.Node]
    ) throws(AlternatorError) -> String {
        let name = try operand(subject)
        // The server refuses an empty list; nothing is in it.
        guard !values.isEmpty else { return "(attribute_exists(\(name)) AND attribute_not_exists(\(name)))" }
        var texts: [String] = []
        var hasNil = false
        for value in values {
            if case .value(let given) = value, case .missing = GivenValue(given) {
                hasNil = true
            } else {
                texts.append(try operand(value, at: subject))
            }
        }
        let list = texts.isEmpty ? nil : "\(name) IN (\(texts.joined(separator: ", ")))"
        guard hasNil else { return list ?? "" }
        let missing = try missingOrNull(subject, true)
        return list.map { "(\($0) OR \(missing))" } ?? missing
    }
}

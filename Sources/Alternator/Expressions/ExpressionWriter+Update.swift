import AlternatorRouting
import AlternatorWire

/// An update as text, with what routing and retries need to know about it.
struct UpdateText {
    /// Sends `SET … REMOVE … ADD … DELETE …`.
    let expression: String
    /// Whether the server must read the item for it.
    let readsItem: Bool
    /// Whether applying it twice differs from once.
    let counts: Bool
}

extension ExpressionWriter {
    /// The text of an update; throws `.mapping` where no change is left.
    mutating func update(_ changes: [Change]) throws(AlternatorError) -> UpdateText {
        var clauses = Clauses()
        for change in changes { try append(change, to: &clauses) }
        let text = clauses.text
        guard !text.isEmpty else {
            throw AlternatorError(.mapping, message: "The update has no changes; nothing was sent.")
        }
        return UpdateText(
            expression: try Self.checkLength(text, of: "update"),
            readsItem: clauses.readsItem,
            counts: clauses.counts
        )
    }

    /// An update given as text; its class for retries is found by parsing it, and what does not parse counts.
    mutating func update(_ expression: RawExpression) throws(AlternatorError) -> UpdateText {
        let text = try Self.checkLength(try raw(expression), of: "update")
        return UpdateText(expression: text, readsItem: true, counts: facts(update: text).safety == .counting)
    }

    private struct Clauses {
        var set: [String] = []
        var remove: [String] = []
        var add: [String] = []
        var delete: [String] = []
        var readsItem = false
        var counts = false

        var text: String {
            var parts: [String] = []
            for (keyword, list) in [("SET", set), ("REMOVE", remove), ("ADD", add), ("DELETE", delete)]
            where !list.isEmpty {
                parts.append("\(keyword) \(list.joined(separator: ", "))")
            }
            return parts.joined(separator: " ")
        }
    }

    private mutating func append(_ change: Change, to clauses: inout Clauses) throws(AlternatorError) {
        switch change.kind {
        case .set(.value(let given)) where GivenValue(given).isNothing: try remove(change.path, &clauses)
        case .set(let source): try set(change.path, source, &clauses)
        case .remove: try remove(change.path, &clauses)
        case .addNumber(let number):
            let name = try path(change.path)
            clauses.add.append("\(name) \(try operand(.value(number)))")
            clauses.readsItem = true
            clauses.counts = true
        case .addMembers(let members):
            if case .emptySet = GivenValue(members) { return }
            let name = try path(change.path)
            clauses.add.append("\(name) \(try operand(.value(members)))")
            clauses.readsItem = true
        case .deleteMembers(let members):
            if case .emptySet = GivenValue(members) { return }
            let name = try path(change.path)
            clauses.delete.append("\(name) \(try operand(.value(members)))")
            clauses.readsItem = true
        }
    }

    private mutating func set(
        _ target: [PathElement],
        _ source: Operand.Node,
        _ clauses: inout Clauses
    ) throws(AlternatorError) {
        let name = try path(target)
        clauses.set.append("\(name) = \(try operand(source, at: .path(target)))")
        if target.count > 1 || source.readsItem { clauses.readsItem = true }
        // A value written past the end of a list is appended, each time anew.
        if case .index = target.last { clauses.counts = true }
        if source.readsItem, !source.isOnlyDefault(of: target) { clauses.counts = true }
    }

    private mutating func remove(_ target: [PathElement], _ clauses: inout Clauses) throws(AlternatorError) {
        clauses.remove.append(try path(target))
        if target.count > 1 { clauses.readsItem = true }
        // Removing element 0 twice takes out two elements.
        if case .index = target.last { clauses.counts = true }
    }
}

extension GivenValue {
    /// Whether storing it means to remove the attribute.
    fileprivate var isNothing: Bool {
        switch self {
        case .missing, .emptySet: true
        case .value: false
        }
    }
}

extension Operand.Node {
    /// Sends `if_not_exists(target, :v)`: the second time it keeps what the first one wrote.
    fileprivate func isOnlyDefault(of target: [PathElement]) -> Bool {
        if case .call("if_not_exists", let arguments) = self, arguments.count == 2,
            case .path(target) = arguments[0], case .value = arguments[1]
        {
            return true
        }
        return false
    }
}

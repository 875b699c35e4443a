import AlternatorWire

/// One application of an update: the item before, the item so far, and what kinds of change there were.
struct UpdateRun {
    let old: [String: ItemValue]?
    private(set) var new: [String: ItemValue]
    /// Something was written: the item exists afterwards.
    private(set) var hasUpdates = false
    /// Something was removed, or would have been.
    private(set) var hasRemovals = false

    init(old: [String: ItemValue]?, new: [String: ItemValue]) {
        self.old = old
        self.new = new
    }

    /// Applies the actions on one attribute or inside it.
    mutating func apply(_ node: PathTree<UpdatePlan.Action>.Node, to name: String) throws(LocalError) {
        if case .leaf(let action) = node {
            write(try result(of: action), to: name)
            return
        }
        guard let old else {
            throw .validation("UpdateItem cannot update a nested document path of a non-existent item")
        }
        guard let value = old[name] else {
            throw .validation("UpdateItem cannot update a document path: attribute \(name) is missing")
        }
        write(try applying(node, to: value), to: name)
        hasUpdates = true
    }

    /// Applies one of the older actions to an attribute.
    mutating func apply(_ action: LegacyUpdates.Action, to name: String) throws(LocalError) {
        let current = old?[name]
        switch action {
        case .put(let value): write(value, to: name)
        case .remove: write(nil, to: name)
        case .subtract(let value):
            write(try current.map { value0 throws(LocalError) in try Self.difference(value0, value) } ?? nil, to: name)
        case .add(let value): write(try LegacyUpdates.sum(current, value), to: name)
        }
    }

    private mutating func write(_ value: ItemValue?, to name: String) {
        if value == nil { hasRemovals = true } else { hasUpdates = true }
        new[name] = value
    }

    /// The value with the actions below it applied; `nil` where it is to be removed.
    ///
    /// Recursion is bounded by the 32 parts of a path.
    private func applying(
        _ node: PathTree<UpdatePlan.Action>.Node,
        to value: ItemValue
    ) throws(LocalError) -> ItemValue? {
        switch (node, value) {
        case (.leaf(let action), _):
            return try result(of: action)
        case (.members(let nodes), .map(var members)):
            for (name, node) in nodes {
                members[name] = try applying(node, toPart: members[name])
            }
            return .map(members)
        case (.indexes(let nodes), .list(var elements)):
            // Indexes are those of the list as it was: go from the front and count what was removed.
            var removed = 0
            for (index, node) in nodes.sorted(by: { $0.key < $1.key }) {
                let position = index - removed
                guard position < elements.count else {
                    // Beyond the end a SET appends and a REMOVE does nothing.
                    if let appended = try applying(node, toPart: nil) { elements.append(appended) }
                    continue
                }
                if let changed = try applying(node, to: elements[position]) {
                    elements[position] = changed
                } else {
                    elements.remove(at: position)
                    removed += 1
                }
            }
            return .list(elements)
        case (.members, _), (.indexes, _):
            throw Self.invalidPath(node)
        }
    }

    /// Applies to a member or element that may be missing: that suits an action on itself, not one inside it.
    private func applying(
        _ node: PathTree<UpdatePlan.Action>.Node,
        toPart value: ItemValue?
    ) throws(LocalError) -> ItemValue? {
        if let value { return try applying(node, to: value) }
        guard case .leaf(let action) = node else { throw Self.invalidPath(node) }
        return try result(of: action)
    }

    private static func invalidPath(_ node: PathTree<UpdatePlan.Action>.Node) -> LocalError {
        var node = node
        while true {
            switch node {
            case .leaf(let action):
                return .validation(
                    "UpdateExpression: the document path is not valid for this item: \(action.path)"
                )
            case .members(let nodes):
                guard let first = nodes.min(by: { $0.key < $1.key }) else {
                    return .validation("UpdateExpression: a document path is not valid for this item")
                }
                node = first.value
            case .indexes(let nodes):
                guard let first = nodes.min(by: { $0.key < $1.key }) else {
                    return .validation("UpdateExpression: a document path is not valid for this item")
                }
                node = first.value
            }
        }
    }
}

// Actions.
extension UpdateRun {
    /// The new value at the action's path; `nil` where it is to be removed.
    private func result(of action: UpdatePlan.Action) throws(LocalError) -> ItemValue? {
        switch action {
        case .set(let path, let value): return try self.value(value, for: path)
        case .remove: return nil
        case .add(let path, let operand):
            let current = old.flatMap { path.value(in: $0) }
            return try Self.sum(current, operand)
        case .delete(let path, let operand):
            guard let current = old.flatMap({ path.value(in: $0) }) else { return nil }
            return try Self.difference(current, operand)
        }
    }

    private func value(_ value: UpdatePlan.SetValue, for path: DocumentPath) throws(LocalError) -> ItemValue {
        switch value {
        case .operand(let operand):
            return try existing(operand, for: path)
        case .plus(let left, let right):
            return .number(
                try Self.sum(number(left, "+", for: path), number(right, "+", for: path))
            )
        case .minus(let left, let right):
            return .number(
                try Self.difference(number(left, "-", for: path), number(right, "-", for: path))
            )
        }
    }

    private func existing(_ operand: ResolvedOperand, for path: DocumentPath) throws(LocalError) -> ItemValue {
        guard let value = try operand.value(in: old, at: .update) else {
            throw .validation(
                "UpdateExpression: the value for \(path) refers to an attribute that does not exist in the item"
            )
        }
        return value
    }

    private func number(
        _ operand: ResolvedOperand,
        _ sign: String,
        for path: DocumentPath
    ) throws(LocalError) -> AttributeNumber {
        let value = try existing(operand, for: path)
        try value.checkNumber()
        guard case .number(let number) = value else {
            throw .validation(
                "UpdateExpression: incorrect operand type for operator \(sign): expected number, "
                    + "found type \(value.typeName)"
            )
        }
        return number
    }
}

// Sums and differences.
extension UpdateRun {
    static func sum(_ left: AttributeNumber, _ right: AttributeNumber) throws(LocalError) -> AttributeNumber {
        do { return try left.adding(right) } catch { throw .validation(error.message) }
    }

    static func difference(_ left: AttributeNumber, _ right: AttributeNumber) throws(LocalError) -> AttributeNumber {
        do { return try left.subtracting(right) } catch { throw .validation(error.message) }
    }

    /// ADD of an UpdateExpression: numbers add, sets unite, and what is missing is created.
    static func sum(_ current: ItemValue?, _ operand: ItemValue) throws(LocalError) -> ItemValue {
        switch operand {
        case .number, .stringSet, .numberSet, .binarySet: break
        default:
            throw .validation(
                "UpdateExpression: the operand of ADD has an incorrect data type: \(operand.typeName)"
            )
        }
        guard let current else { return operand }
        try current.checkNumber()
        switch (current, operand) {
        case (.number(let left), .number(let right)): return .number(try sum(left, right))
        case (.stringSet(let left), .stringSet(let right)): return .stringSet(left.union(right))
        case (.numberSet(let left), .numberSet(let right)): return .numberSet(left.union(right))
        case (.binarySet(let left), .binarySet(let right)): return .binarySet(left.union(right))
        case (.number, _), (.stringSet, _), (.numberSet, _), (.binarySet, _):
            throw .validation(
                "UpdateExpression: incorrect operand type for operator ADD: expected "
                    + "\(current.typeName), got \(operand.typeName)"
            )
        default:
            throw .validation(
                "UpdateExpression: an operand of ADD has an incorrect data type: \(current.typeName)"
            )
        }
    }

    /// DELETE: what is left of a set; `nil` for an empty one, which cannot be stored.
    static func difference(
        _ current: ItemValue,
        _ operand: ItemValue
    ) throws(LocalError) -> ItemValue? {
        switch (current, operand) {
        case (.stringSet(let left), .stringSet(let right)):
            let rest = left.subtracting(right)
            return rest.isEmpty ? nil : .stringSet(rest)
        case (.numberSet(let left), .numberSet(let right)):
            let rest = left.subtracting(right)
            return rest.isEmpty ? nil : .numberSet(rest)
        case (.binarySet(let left), .binarySet(let right)):
            let rest = left.subtracting(right)
            return rest.isEmpty ? nil : .binarySet(rest)
        default:
            throw .validation(
                "DELETE: type mismatch: two sets of the same type are needed, got \(current.typeName) and "
                    + operand.typeName
            )
        }
    }
}

import AlternatorWire

/// What an UpdateItem does to an item: UpdateExpression, or the older AttributeUpdates.
package struct UpdatePlan: Sendable {
    enum Action: Sendable {
        case set(DocumentPath, SetValue)
        case remove(DocumentPath)
        case add(DocumentPath, ItemValue)
        case delete(DocumentPath, ItemValue)

        var path: DocumentPath {
            switch self {
            case .set(let path, _), .remove(let path), .add(let path, _), .delete(let path, _): path
            }
        }
    }

    enum SetValue: Sendable {
        case operand(ResolvedOperand)
        case plus(ResolvedOperand, ResolvedOperand)
        case minus(ResolvedOperand, ResolvedOperand)

        var readsPaths: Bool {
            switch self {
            case .operand(let operand): !operand.paths.isEmpty
            case .plus(let left, let right), .minus(let left, let right):
                !left.paths.isEmpty || !right.paths.isEmpty
            }
        }
    }

    private let actions: PathTree<Action>
    private let legacy: LegacyUpdates?
    private let keyNames: Set<String>

    init(actions: PathTree<Action>, legacy: LegacyUpdates?, keyNames: [String]) {
        self.actions = actions
        self.legacy = legacy
        self.keyNames = Set(keyNames)
    }

    /// Reads UpdateExpression; `nil` where there is none.
    static func parse(
        _ request: JSONValue,
        _ placeholders: inout Placeholders
    ) throws(LocalError) -> PathTree<Action>? {
        guard let text = try request.expressionText(.update) else { return nil }
        let expression: UpdateExpression
        do {
            expression = try UpdateExpression.parse(text)
        } catch {
            throw .validation(error.message)
        }
        guard !expression.isEmpty else { throw .validation("UpdateExpression must not be empty") }
        // Placeholders first, then overlaps: that is the order of their errors on a node.
        var actions: [Action] = []
        for action in expression.sets {
            let path = try placeholders.resolve(action.target)
            let value: SetValue =
                switch action.value {
                case .operand(let operand): .operand(try placeholders.resolve(operand))
                case .plus(let left, let right):
                    .plus(try placeholders.resolve(left), try placeholders.resolve(right))
                case .minus(let left, let right):
                    .minus(try placeholders.resolve(left), try placeholders.resolve(right))
                }
            actions.append(.set(path, value))
        }
        for target in expression.removes { actions.append(.remove(try placeholders.resolve(target))) }
        for action in expression.adds {
            actions.append(.add(try placeholders.resolve(action.target), try placeholders.value(action.value)))
        }
        for action in expression.deletes {
            actions.append(.delete(try placeholders.resolve(action.target), try placeholders.value(action.value)))
        }
        var tree = PathTree<Action>()
        for action in actions { try tree.add(action, at: action.path, source: .update) }
        return tree
    }

    /// Whether the server has to read the item to apply it: ADD, DELETE, a SET from a path, a nested target; of
    /// the older actions ADD, and DELETE with a value.
    package var readsItem: Bool {
        if let legacy, legacy.readsItem { return true }
        return actions.roots.contains { _, node in
            switch node {
            case .leaf(.set(_, let value)): value.readsPaths
            case .leaf(.remove): false
            case .leaf(.add), .leaf(.delete), .members, .indexes: true
            }
        }
    }

    /// What an update did.
    package struct Touched: Sendable {
        private let paths: PathTree<Void>
        /// Whether the item was created by it.
        package let createdItem: Bool

        fileprivate init(paths: PathTree<Void>, createdItem: Bool) {
            self.paths = paths
            self.createdItem = createdItem
        }

        /// The touched parts of an item: UPDATED_OLD of the old one, UPDATED_NEW of the new one.
        package func values(in item: [String: ItemValue]?) -> [String: ItemValue] {
            item.map(paths.filter) ?? [:]
        }
    }

    /// Applies the update; on an error the item stays as it was.
    ///
    /// Right sides see the item as it was. A missing item is created with its key, unless all actions were removals
    /// (REMOVE, a DELETE that leaves nothing). Values are stored as given: numbers are not rewritten here.
    ///
    /// - Parameters:
    ///   - item: the item, key included; `nil` where there is none.
    ///   - key: its key attributes.
    /// - Returns: what was touched.
    /// - Throws: a validation error: a key attribute as target, a path that leads nowhere, a wrong type.
    @discardableResult
    package func apply(
        to item: inout [String: ItemValue]?,
        key: [String: ItemValue]
    ) throws(LocalError) -> Touched {
        var update = UpdateRun(old: item, new: item ?? key)
        var paths = PathTree<Void>()
        for (name, node) in actions.roots {
            try refuseKey(name)
            try update.apply(node, to: name)
            for path in Self.paths(of: node) { try paths.add((), at: path, source: .update) }
        }
        for (name, action) in legacy?.actions ?? [] {
            try refuseKey(name)
            try update.apply(try action.get(), to: name)
            try paths.add((), at: DocumentPath([.name(name)]), source: .update)
        }
        let exists = item != nil || update.hasUpdates || !update.hasRemovals
        let created = item == nil && exists
        item = exists ? update.new : nil
        return Touched(paths: paths, createdItem: created)
    }

    private func refuseKey(_ name: String) throws(LocalError) {
        guard !keyNames.contains(name) else { throw .validation("UpdateItem cannot update key column \(name)") }
    }

    private static func paths(of node: PathTree<Action>.Node) -> [DocumentPath] {
        switch node {
        case .leaf(let action): [action.path]
        case .members(let members): members.values.flatMap(paths)
        case .indexes(let indexes): indexes.values.flatMap(paths)
        }
    }
}

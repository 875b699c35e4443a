/// A parsed UpdateExpression.
///
/// All right sides are evaluated on the item as it was, so the order of clauses and actions has no meaning.
package struct UpdateExpression: Sendable, Hashable {
    package struct SetAction: Sendable, Hashable {
        package let target: DocumentPath
        package let value: SetValue

        package init(target: DocumentPath, value: SetValue) {
            self.target = target
            self.value = value
        }
    }

    /// The right side of a SET action: one operand, or two with a sign.
    package enum SetValue: Sendable, Hashable {
        case operand(Operand)
        case plus(Operand, Operand)
        case minus(Operand, Operand)
    }

    /// An ADD or DELETE action: a path and the value placeholder, with its colon.
    package struct ValueAction: Sendable, Hashable {
        package let target: DocumentPath
        package let value: String

        package init(target: DocumentPath, value: String) {
            self.target = target
            self.value = value
        }
    }

    package let sets: [SetAction]
    package let removes: [DocumentPath]
    package let adds: [ValueAction]
    package let deletes: [ValueAction]

    package init(
        sets: [SetAction] = [],
        removes: [DocumentPath] = [],
        adds: [ValueAction] = [],
        deletes: [ValueAction] = []
    ) {
        self.sets = sets
        self.removes = removes
        self.adds = adds
        self.deletes = deletes
    }

    /// Parses an update; placeholders stay as they are.
    ///
    /// Refuses a clause given twice. An empty text is an empty update, which the server refuses later.
    package static func parse(_ text: String) throws(ExpressionError) -> UpdateExpression {
        var parser = try ExpressionParser(text, kind: .update)
        return try parser.parseUpdate()
    }

    package var isEmpty: Bool { sets.isEmpty && removes.isEmpty && adds.isEmpty && deletes.isEmpty }

    /// Every path that is written to.
    package var targets: [DocumentPath] {
        sets.map(\.target) + removes + adds.map(\.target) + deletes.map(\.target)
    }
}

// What decides whether a request may be sent again after it may have been applied.
extension UpdateExpression {
    /// SET actions for which a second application can differ from the first: the right side reads the item.
    ///
    /// `a = if_not_exists(a, :v)` reads only to keep what is there, so it is not among them; with a sign
    /// (`if_not_exists(a, :v) + :n`), on another path, or with a default that reads a path, it is.
    ///
    /// - Parameter names: ExpressionAttributeNames, to see that `#a` and `a` are one attribute.
    /// - Returns: those actions, in their order.
    package func setsReadingPaths(names: [String: String] = [:]) -> [SetAction] {
        sets.filter { !$0.isRepeatable(names: names) }
    }

    /// Targets of SET and REMOVE that end in a list index: a SET beyond the end appends, a REMOVE shifts.
    package var listIndexTargets: [DocumentPath] {
        (sets.map(\.target) + removes).filter(\.endsInIndex)
    }
}

extension UpdateExpression.SetAction {
    /// Whether applying it twice is the same as once, as far as the expression tells (see `setsReadingPaths`).
    package func isRepeatable(names: [String: String] = [:]) -> Bool {
        switch value {
        case .operand(let operand): isRepeatable(operand, target: target.resolved(names), names: names)
        case .plus(let left, let right), .minus(let left, let right): left.readsNoPath && right.readsNoPath
        }
    }

    private func isRepeatable(_ operand: Operand, target: DocumentPath, names: [String: String]) -> Bool {
        switch operand {
        case .value: true
        case .path: false
        case .function("if_not_exists", let arguments):
            if arguments.count == 2, case .path(let path) = arguments[0], path.resolved(names) == target {
                isRepeatable(arguments[1], target: target, names: names)
            } else {
                false
            }
        case .function: operand.readsNoPath
        }
    }
}

extension UpdateExpression: CustomStringConvertible {
    /// Text that parses to this update again.
    package var description: String {
        [
            Self.clause("SET", sets.map { "\($0.target) = \($0.value)" }),
            Self.clause("REMOVE", removes.map(\.description)),
            Self.clause("ADD", adds.map { "\($0.target) \($0.value)" }),
            Self.clause("DELETE", deletes.map { "\($0.target) \($0.value)" }),
        ].compactMap { $0 }.joined(separator: " ")
    }

    private static func clause(_ word: String, _ actions: [String]) -> String? {
        actions.isEmpty ? nil : "\(word) \(actions.joined(separator: ", "))"
    }
}

extension UpdateExpression.SetValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .operand(let operand): operand.description
        case .plus(let left, let right): "\(left) + \(right)"
        case .minus(let left, let right): "\(left) - \(right)"
        }
    }
}

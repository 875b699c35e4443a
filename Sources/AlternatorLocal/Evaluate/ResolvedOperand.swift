import AlternatorWire

/// An operand with its placeholders replaced.
indirect enum ResolvedOperand: Sendable {
    case path(DocumentPath)
    case constant(ItemValue)
    case call(FunctionCall)

    var isPath: Bool { if case .path = self { true } else { false } }

    var isConstant: Bool { constant != nil }

    var constant: ItemValue? { if case .constant(let value) = self { value } else { nil } }

    /// Every path read anywhere in it.
    var paths: [DocumentPath] {
        switch self {
        case .path(let path): [path]
        case .constant: []
        case .call(let call): call.arguments.flatMap(\.paths)
        }
    }

    /// Its value for an item; `nil` where a path leads nowhere.
    ///
    /// - Parameters:
    ///   - item: the item; `nil` where there is none.
    ///   - place: where the operand stands, which decides which functions are allowed.
    /// - Returns: the value.
    /// - Throws: a validation error of a function.
    func value(in item: [String: ItemValue]?, at place: FunctionPlace) throws(LocalError) -> ItemValue? {
        switch self {
        case .path(let path): item.flatMap { path.value(in: $0) }
        case .constant(let value): value
        case .call(let call): try call.value(in: item, at: place)
        }
    }
}

/// Where an operand stands.
enum FunctionPlace: Sendable, Hashable {
    /// On the right side of SET.
    case update
    /// Beside a comparison, BETWEEN or IN.
    case comparison
    /// A condition by itself.
    case alone
}

extension DocumentPath {
    /// What stands at this path; `nil` where it leads nowhere.
    func value(in item: [String: ItemValue]) -> ItemValue? {
        guard var value = item[root] else { return nil }
        for part in parts.dropFirst() {
            switch (part, value) {
            case (.name(let name), .map(let members)):
                guard let member = members[name] else { return nil }
                value = member
            case (.index(let index), .list(let elements)):
                guard index < elements.count else { return nil }
                value = elements[index]
            default:
                return nil
            }
        }
        return value
    }
}

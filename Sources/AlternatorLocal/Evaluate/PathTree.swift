import AlternatorWire

/// Something for each of several document paths that do not get in each other's way.
///
/// Two paths *overlap* if one is the other or leads into it, and *conflict* if one wants a map where the other wants
/// a list; both are refused when the second is added.
struct PathTree<Leaf: Sendable>: Sendable {
    indirect enum Node: Sendable {
        case leaf(Leaf)
        case members([String: Node])
        case indexes([Int: Node])
    }

    /// In the order of their first mention.
    private(set) var roots: [(name: String, node: Node)] = []
    private var positions: [String: Int] = [:]

    /// Adds a leaf.
    ///
    /// - Parameters:
    ///   - leaf: what belongs to the path.
    ///   - path: a path without placeholders.
    ///   - source: the expression it came from, for messages.
    /// - Throws: a validation error for overlap and conflict.
    mutating func add(_ leaf: Leaf, at path: DocumentPath, source: ExpressionKind) throws(LocalError) {
        let rest = path.parts.dropFirst()
        do {
            if let position = positions[path.root] {
                roots[position].node = try Self.adding(leaf, at: rest, to: roots[position].node)
            } else {
                positions[path.root] = roots.count
                roots.append((path.root, try Self.adding(leaf, at: rest, to: nil)))
            }
        } catch {
            switch error {
            case .overlap: throw .validation("Invalid \(source.rawValue): two document paths overlap at \(path)")
            case .conflict: throw .validation("Invalid \(source.rawValue): two document paths conflict at \(path)")
            }
        }
    }

    private static func adding(
        _ leaf: Leaf,
        at parts: ArraySlice<PathPart>,
        to node: Node?
    ) throws(PathClash) -> Node {
        guard let part = parts.first else {
            guard node == nil else { throw .overlap }
            return .leaf(leaf)
        }
        switch (part, node) {
        case (_, .leaf?): throw .overlap
        case (.index(let index), nil): return .indexes([index: try adding(leaf, at: parts.dropFirst(), to: nil)])
        case (.index(let index), .indexes(var indexes)?):
            indexes[index] = try adding(leaf, at: parts.dropFirst(), to: indexes[index])
            return .indexes(indexes)
        case (.name(let name), nil), (.placeholder(let name), nil):
            return .members([name: try adding(leaf, at: parts.dropFirst(), to: nil)])
        case (.name(let name), .members(var members)?), (.placeholder(let name), .members(var members)?):
            members[name] = try adding(leaf, at: parts.dropFirst(), to: members[name])
            return .members(members)
        case (.index, .members?), (.name, .indexes?), (.placeholder, .indexes?): throw .conflict
        }
    }

    /// The parts of an item at these paths, in their places; list elements close up.
    func filter(_ item: [String: ItemValue]) -> [String: ItemValue] {
        var result: [String: ItemValue] = [:]
        for (name, node) in roots {
            guard let value = item[name], let kept = Self.filter(value, node) else { continue }
            result[name] = kept
        }
        return result
    }

    private static func filter(_ value: ItemValue, _ node: Node) -> ItemValue? {
        switch (node, value) {
        case (.leaf, _):
            return value
        case (.members(let wanted), .map(let members)):
            var kept: [String: ItemValue] = [:]
            for (name, node) in wanted {
                guard let member = members[name], let part = filter(member, node) else { continue }
                kept[name] = part
            }
            return kept.isEmpty ? nil : .map(kept)
        case (.indexes(let wanted), .list(let elements)):
            var kept: [ItemValue] = []
            for (index, node) in wanted.sorted(by: { $0.key < $1.key }) where index < elements.count {
                if let part = filter(elements[index], node) { kept.append(part) }
            }
            return kept.isEmpty ? nil : .list(kept)
        case (.members, _), (.indexes, _):
            return nil
        }
    }
}

private enum PathClash: Error {
    case overlap
    case conflict
}

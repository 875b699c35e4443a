/// One step of a document path.
package enum PathPart: Sendable, Hashable {
    /// An attribute or member by its own name.
    case name(String)
    /// A `#x` still to be looked up in ExpressionAttributeNames, with its `#`.
    case placeholder(String)
    /// An element of a list.
    case index(Int)
}

/// Where a value stands in an item: `a.b[3].c`.
package struct DocumentPath: Sendable, Hashable {
    /// At least one part; the first is a name or placeholder.
    package let parts: [PathPart]

    /// - Precondition: `parts` is not empty and does not start with an index.
    package init(_ parts: [PathPart]) {
        if case .index? = parts.first { preconditionFailure("A document path starts with an attribute.") }
        precondition(!parts.isEmpty, "A document path names an attribute.")
        self.parts = parts
    }

    /// The attribute it starts at, as written.
    package var root: String {
        switch parts[0] {
        case .name(let name), .placeholder(let name): name
        case .index(let index): "[\(index)]"  // excluded by init
        }
    }

    /// Whether it leads into an attribute.
    package var isNested: Bool { parts.count > 1 }

    /// Whether its last step is a list element: setting one beyond the end appends, removing one shifts the rest.
    package var endsInIndex: Bool {
        if case .index = parts[parts.count - 1] { true } else { false }
    }

    /// The same path with its placeholders replaced; those not in `names` stay.
    package func resolved(_ names: [String: String]) -> DocumentPath {
        DocumentPath(
            parts.map { part in
                guard case .placeholder(let key) = part, let name = names[key] else { return part }
                return .name(name)
            }
        )
    }
}

extension DocumentPath: CustomStringConvertible {
    package var description: String {
        var text = ""
        for part in parts {
            switch part {
            case .name(let name), .placeholder(let name):
                if !text.isEmpty { text += "." }
                text += name
            case .index(let index):
                text += "[\(index)]"
            }
        }
        return text
    }
}

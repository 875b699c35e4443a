package import AlternatorWire

/// ProjectionExpression or AttributesToGet: which parts of an item are answered.
package struct Projection: Sendable {
    private enum Kind: Sendable {
        case all
        case none
        case paths(PathTree<Void>)
    }

    private let kind: Kind

    /// Everything.
    package static var all: Projection { Projection(kind: .all) }

    private init(kind: Kind) { self.kind = kind }

    /// Reads the parameters of GetItem, or of one table of BatchGetItem, unused names included.
    package init(ofGetRequest request: JSONValue) throws(LocalError) {
        var placeholders = Placeholders(request: request)
        try self.init(request: request, placeholders: &placeholders)
        try placeholders.checkAllUsed(by: "GetItem")
    }

    /// Reads ProjectionExpression or AttributesToGet.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - countOnly: Select=COUNT: nothing is projected and the parameters are not looked at.
    ///   - placeholders: those of the request; the used ones are marked.
    /// - Throws: a validation error: both given, an empty list, a path twice.
    package init(
        request: JSONValue,
        countOnly: Bool = false,
        placeholders: inout Placeholders
    ) throws(LocalError) {
        guard !countOnly else {
            kind = .none
            return
        }
        let list = request["AttributesToGet"]
        let expression = request["ProjectionExpression"]
        if list != nil, expression != nil {
            throw .validation("Both ProjectionExpression and AttributesToGet are given, which is not allowed")
        }
        if let list {
            kind = .paths(try Self.attributes(list))
        } else if expression != nil, let text = try request.expressionText(.projection) {
            kind = .paths(try Self.paths(text, &placeholders))
        } else {
            kind = .all
        }
    }

    private static func attributes(_ list: JSONValue) throws(LocalError) -> PathTree<Void> {
        guard case .array(let elements) = list else { throw .validation("AttributesToGet must be a list") }
        guard !elements.isEmpty else {
            throw .validation("Empty AttributesToGet is not allowed; Select=COUNT asks for no attributes")
        }
        var tree = PathTree<Void>()
        var seen: Set<String> = []
        for element in elements {
            guard case .string(let name) = element else {
                throw .validation("AttributesToGet must be a list of strings")
            }
            guard seen.insert(name).inserted else {
                throw .validation("Invalid AttributesToGet: Duplicate attribute: \(name)")
            }
            try Evaluate.checkName(name, source: "AttributesToGet")
            try tree.add((), at: DocumentPath([.name(name)]), source: .projection)
        }
        return tree
    }

    private static func paths(_ text: String, _ placeholders: inout Placeholders) throws(LocalError) -> PathTree<Void> {
        let expression: ProjectionExpression
        do {
            expression = try ProjectionExpression.parse(text)
        } catch {
            throw .validation(error.message)
        }
        var tree = PathTree<Void>()
        for path in expression.paths {
            try tree.add((), at: try placeholders.resolve(path), source: .projection)
        }
        return tree
    }

    /// Whether whole items are answered.
    package var isAll: Bool { if case .all = kind { true } else { false } }

    /// The attributes to answer, nested parts in their places, list elements closed up; perhaps none.
    package func apply(to item: [String: ItemValue]) -> [String: ItemValue] {
        switch kind {
        case .all: item
        case .none: [:]
        case .paths(let tree): tree.filter(item)
        }
    }
}

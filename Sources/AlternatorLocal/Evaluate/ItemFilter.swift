package import AlternatorWire

/// FilterExpression, or QueryFilter or ScanFilter with ConditionalOperator.
package struct ItemFilter: Sendable {
    /// Which operation filters.
    package enum Operation: Sendable {
        /// May not filter on the keys of the table or index it reads.
        case query(keyNames: [String])
        case scan
    }

    private enum Kind: Sendable {
        case none
        case expression(ItemCondition)
        case legacy(LegacyConditions)
    }

    private let kind: Kind

    /// Reads and checks the filter of a request.
    ///
    /// A FilterExpression is checked at once, so its errors show even where no item is found; the legacy filters
    /// are checked item by item, as on a node.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - operation: which one it is.
    ///   - placeholders: those of the request; the used ones are marked.
    /// - Throws: a validation error.
    package init(
        request: JSONValue,
        of operation: Operation,
        placeholders: inout Placeholders
    ) throws(LocalError) {
        let parameter = if case .scan = operation { "ScanFilter" } else { "QueryFilter" }
        let legacy = try LegacyConditions.parse(request, parameter)
        let text = try request.expressionText(.filter)
        if text != nil, legacy != nil {
            throw .validation("FilterExpression and \(parameter) are not allowed together")
        }
        let attributes: Set<String>
        let source: String
        if let text {
            if request["AttributesToGet"] != nil { throw Self.mixed("FilterExpression", "AttributesToGet") }
            let condition = try ItemCondition(text, as: .filter, placeholders: &placeholders)
            try condition.checkConstants()
            kind = .expression(condition)
            attributes = condition.attributes
            source = "Filter expression"
        } else if let legacy {
            if request["ProjectionExpression"] != nil { throw Self.mixed(parameter, "ProjectionExpression") }
            kind = .legacy(legacy)
            attributes = legacy.attributes
            source = parameter
        } else {
            kind = .none
            return
        }
        guard case .query(let keyNames) = operation else { return }
        for (position, name) in keyNames.enumerated() where attributes.contains(name) {
            throw .validation(
                "\(source) can only contain non-primary key attributes: "
                    + "\(position == 0 ? "Partition" : "Sort") key attribute: \(name)"
            )
        }
    }

    private static func mixed(_ first: String, _ second: String) -> LocalError {
        .validation(
            "Cannot use both old-style and new-style parameters in same request: \(first) and \(second)"
        )
    }

    /// Whether there is nothing to filter by.
    package var acceptsAll: Bool { if case .none = kind { true } else { false } }

    /// Whether an item passes.
    package func accepts(_ item: [String: ItemValue]) throws(LocalError) -> Bool {
        switch kind {
        case .none: true
        case .expression(let condition): try condition.holds(for: item)
        case .legacy(let conditions): try conditions.hold(for: item)
        }
    }
}

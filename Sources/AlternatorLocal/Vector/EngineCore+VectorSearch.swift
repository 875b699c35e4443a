import AlternatorWire

extension EngineCore {
    /// A Query with VectorSearch: every check a node makes, and then its refusal for want of a vector store.
    func vectorSearch(
        _ search: JSONValue,
        _ request: JSONValue,
        of table: TableDefinition
    ) throws(LocalError) -> Answer {
        guard case .object = search else { throw .validation("VectorSearch must be an object") }
        guard let name = request["IndexName"]?.text else {
            throw .validation("VectorSearch requires IndexName, the name of a vector index")
        }
        guard let index = table.vectorIndexes.first(where: { $0.name == name }) else {
            throw .validation("VectorSearch: IndexName '\(name)' is not a vector index of table \(table.name)")
        }
        guard let vector = search["QueryVector"] else {
            throw .validation("VectorSearch requires the member QueryVector")
        }
        try Self.check(queryVector: vector, of: index)
        let returnsScores = try Self.returnsScores(search)
        guard let limit = request["Limit"]?.integer, (1...1000).contains(limit) else {
            throw .validation("VectorSearch requires Limit, a whole number from 1 to 1000")
        }
        guard try !request.isConsistentRead() else {
            throw .validation("Consistent reads are not allowed on vector indexes")
        }
        for parameter in ["ExclusiveStartKey", "ScanIndexForward"] where request[parameter] != nil {
            throw .validation("VectorSearch does not support \(parameter)")
        }
        let select = try Select(request, readsIndex: true)
        if returnsScores, select == .count {
            throw .validation("VectorSearch: ReturnScores=SIMILARITY cannot be used with Select=COUNT")
        }
        try checkExpressions(request, countsOnly: select == .count)
        throw .validation("Vector Store is disabled")
    }

    private static func check(queryVector vector: JSONValue, of index: VectorIndex) throws(LocalError) {
        let count: Int
        switch vector.typed {
        case ("L", .array(let elements))?:
            guard elements.allSatisfy({ $0.typed?.type == "N" && $0.typed?.content.text != nil }) else {
                throw .validation("VectorSearch QueryVector must contain only numbers")
            }
            count = elements.count
        case ("FLOAT32VECTOR", .array(let elements))?:
            guard elements.allSatisfy({ if case .number = $0 { true } else { false } }) else {
                throw .validation("VectorSearch QueryVector must contain only numbers")
            }
            count = elements.count
        default: throw .validation("VectorSearch QueryVector must be a list of numbers")
        }
        guard count == index.dimensions else {
            throw .validation(
                "VectorSearch QueryVector has the length \(count), but the index has \(index.dimensions) dimensions"
            )
        }
    }

    private static func returnsScores(_ search: JSONValue) throws(LocalError) -> Bool {
        guard let wish = search["ReturnScores"] else { return false }
        switch wish.text {
        case "NONE": return false
        case "SIMILARITY": return true
        default: throw .validation("VectorSearch ReturnScores must be NONE or SIMILARITY")
        }
    }

    /// Reads the expressions, which have to use all placeholders.
    private func checkExpressions(_ request: JSONValue, countsOnly: Bool) throws(LocalError) {
        var placeholders = Placeholders(request: request)
        _ = try ItemFilter(request: request, of: .query(keyNames: []), placeholders: &placeholders)
        // A search may narrow its candidates by conditions; their form is that of a filter.
        if let condition = try request.expressionText(.keyCondition) {
            _ = try ItemCondition(condition, as: .filter, placeholders: &placeholders)
        }
        _ = try Projection(request: request, countOnly: countsOnly, placeholders: &placeholders)
        try placeholders.checkAllUsed(by: "Query")
    }
}

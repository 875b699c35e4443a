import AlternatorWire

/// Reads vector indexes out of CreateTable and UpdateTable, with a node's checks in its order.
struct VectorIndexReader {
    /// The parameter, for messages.
    let source: String

    /// Reads one that is to be made, apart from its name's and attribute's being free.
    ///
    /// `isFree` refuses a name or attribute that is taken; it is asked once each is known to be well formed.
    func read(
        _ element: JSONValue,
        checkName: (String) throws(LocalError) -> Void,
        checkAttribute: (String) throws(LocalError) -> Void
    ) throws(LocalError) -> VectorIndex {
        let name = try indexName(element)
        try checkName(name)
        guard let vector = element["VectorAttribute"], case .object = vector else {
            throw .validation("\(source) VectorAttribute must be an object.")
        }
        guard let attribute = vector["AttributeName"]?.text else {
            throw .validation("\(source) AttributeName must be a string.")
        }
        try Names.checkAttribute(attribute, isKey: false, context: source, place: "AttributeName ")
        try checkAttribute(attribute)
        let dimensions = try dimensions(vector)
        try checkProjection(element["Projection"])
        return try VectorIndex(
            name: name,
            attribute: attribute,
            dimensions: dimensions,
            similarity: similarity(element["SimilarityFunction"])
        )
    }

    func indexName(_ element: JSONValue) throws(LocalError) -> String {
        guard let name = element["IndexName"]?.text else {
            throw .validation("\(source) IndexName must be a string.")
        }
        // The rules are those of a table's name, not of another index's.
        try Names.checkTable(name, source: "\(source) IndexName")
        return name
    }

    private func dimensions(_ vector: JSONValue) throws(LocalError) -> Int {
        let range = 1...VectorIndex.maximumDimensions
        guard let dimensions = vector["Dimensions"]?.integer, range.contains(dimensions) else {
            throw .validation(
                "\(source) Dimensions must be an integer from \(range.lowerBound) to \(range.upperBound)."
            )
        }
        return dimensions
    }

    private func checkProjection(_ projection: JSONValue?) throws(LocalError) {
        guard let projection else { return }
        guard case .object = projection else { throw .validation("\(source) Projection must be an object.") }
        guard projection["ProjectionType"]?.text == "KEYS_ONLY" else {
            throw .validation("\(source) Projection: only ProjectionType=KEYS_ONLY is currently supported.")
        }
    }

    private func similarity(_ function: JSONValue?) throws(LocalError) -> String {
        guard let function else { return "COSINE" }
        guard let word = function.text, VectorIndex.similarities.contains(word) else {
            throw .validation(
                """
                \(source) SimilarityFunction must be one of \
                \(VectorIndex.similarities.joined(separator: ", ")).
                """
            )
        }
        return word
    }
}

extension EngineCore {
    /// Reads VectorIndexes of CreateTable.
    ///
    /// `names` are those of the other indexes; `definitions` is AttributeDefinitions, of which none may be a target.
    static func vectorIndexes(
        _ request: JSONValue,
        names: Set<String>,
        definitions: JSONValue
    ) throws(LocalError) -> [VectorIndex] {
        guard let list = request["VectorIndexes"] else { return [] }
        guard let elements = list.elements else { throw .validation("VectorIndexes must be an array.") }
        let reader = VectorIndexReader(source: "VectorIndexes")
        var names = names
        var attributes: Set<String> = []
        var indexes: [VectorIndex] = []
        for element in elements {
            let index = try reader.read(element) { (name) throws(LocalError) in
                guard names.insert(name).inserted else { throw .validation("Duplicate IndexName '\(name)', ") }
            } checkAttribute: { (attribute) throws(LocalError) in
                guard attributes.insert(attribute).inserted else {
                    throw .validation("Duplicate vector index on the same AttributeName '\(attribute)'")
                }
                let isKey = definitions.elements?.contains { $0["AttributeName"]?.text == attribute } ?? false
                guard !isKey else {
                    throw .validation(
                        "VectorIndexes AttributeName '\(attribute)' is a key column, which cannot hold vectors."
                    )
                }
            }
            indexes.append(index)
        }
        return indexes
    }

    enum VectorChange {
        case create(VectorIndex)
        case delete(String)
    }

    /// Reads VectorIndexUpdates of UpdateTable; `nil` where it changes nothing.
    static func vectorChange(
        _ request: JSONValue,
        of table: TableDefinition
    ) throws(LocalError) -> VectorChange? {
        guard let updates = request["VectorIndexUpdates"] else { return nil }
        guard let list = updates.elements else { throw .validation("VectorIndexUpdates must be an array") }
        guard list.count <= 1 else {
            throw .limitExceeded("VectorIndexUpdates only allows one index creation or deletion")
        }
        guard let update = list.first else { return nil }
        guard let (operation, content) = update.typed, case .object = content else {
            throw .validation("VectorIndexUpdates array must contain one object with a Create or Delete operation")
        }
        let reader = VectorIndexReader(source: "VectorIndexUpdates")
        switch operation {
        case "Delete":
            let name = try reader.indexName(content)
            guard table.vectorIndexes.contains(where: { $0.name == name }) else {
                throw .resourceNotFound("No vector index \(name) in table \(table.name)")
            }
            return .delete(name)
        case "Create":
            guard table.usesTablets else { throw vnodesAreRefused }
            try checkLogName(of: table.name)
            let index = try reader.read(content) { (name) throws(LocalError) in
                let isTaken = table.index(named: name) != nil || table.vectorIndexes.contains { $0.name == name }
                guard !isTaken else {
                    throw .validation("VectorIndexUpdates IndexName '\(name)' already exists in table \(table.name)")
                }
            } checkAttribute: { (attribute) throws(LocalError) in
                let isKey = table.isKey(attribute) || table.indexKeyTypes[attribute] != nil
                guard !isKey, !table.vectorIndexes.contains(where: { $0.attribute == attribute }) else {
                    throw .validation(
                        "VectorIndexUpdates AttributeName '\(attribute)' is already a key or has a vector index"
                    )
                }
            }
            return .create(index)
        default:
            throw .validation("VectorIndexUpdates supports a Create or Delete operation, saw '\(operation)'")
        }
    }

    static let vnodesAreRefused = LocalError.validation(
        "Vector indexes are not supported on tables using vnodes."
    )
}

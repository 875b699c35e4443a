import AlternatorWire

/// Reads the parts of CreateTable and UpdateTable that describe keys, with the server's checks in its order.
struct SchemaReader {
    /// AttributeDefinitions, name to type text.
    private let types: [String: String]
    /// Those no KeySchema has used yet.
    private(set) var unused: Set<String>

    /// Checks AttributeDefinitions; messages start with `context`.
    init(_ definitions: JSONValue, context: String = "") throws(LocalError) {
        guard let elements = definitions.elements else {
            throw .validation("AttributeDefinitions must be an array")
        }
        var types: [String: String] = [:]
        for element in elements {
            guard let name = element["AttributeName"] else {
                throw .validation("AttributeName missing in AttributeDefinitions")
            }
            guard let name = name.text else {
                throw .validation("AttributeName in AttributeDefinitions must be a string")
            }
            try Names.checkAttribute(name, isKey: true, context: context, place: "in AttributeDefinitions - ")
            guard types[name] == nil else {
                throw .validation("Duplicate AttributeName=\(name) in AttributeDefinitions")
            }
            guard let type = element["AttributeType"] else {
                throw .validation("AttributeType missing in AttributeDefinitions")
            }
            guard let type = type.text else {
                throw .validation("AttributeType in AttributeDefinitions must be a string")
            }
            types[name] = type
        }
        self.types = types
        unused = Set(types.keys)
    }

    /// Refuses a definition that gives a key of the table, or of its indexes, another type.
    func checkConflicts(with columns: [KeyColumn]) throws(LocalError) {
        for column in columns {
            guard let type = types[column.name], type != column.type.rawValue else { continue }
            throw .validation(
                """
                AttributeDefinitions redefined \(column.name) to \(type) already a key attribute of type \
                \(column.type.rawValue) in this table
                """
            )
        }
    }

    /// Refuses a definition of an attribute that has a vector index: it cannot become a key.
    func checkVectorAttribute(_ name: String) throws(LocalError) {
        guard types[name] != nil else { return }
        throw .validation("AttributeDefinitions redefined \(name), which already has a vector index in this table")
    }

    /// Names of the key attributes of a KeySchema.
    static func keySchema(
        _ object: JSONValue,
        context: String = ""
    ) throws(LocalError) -> (hash: String, sort: String?) {
        guard let schema = object["KeySchema"] else { throw .validation("Missing KeySchema member") }
        guard let elements = schema.elements, (1...2).contains(elements.count) else {
            throw .validation("KeySchema must list exactly one or two key columns")
        }
        let hash = try keyElement(elements[0], ordinal: "First", kind: "HASH", context: context)
        guard elements.count == 2 else { return (hash, nil) }
        return try (hash, keyElement(elements[1], ordinal: "Second", kind: "RANGE", context: context))
    }

    private static func keyElement(
        _ element: JSONValue,
        ordinal: String,
        kind: String,
        context: String
    ) throws(LocalError) -> String {
        guard case .object = element else {
            throw .validation("\(ordinal) element of KeySchema must be an object")
        }
        guard element["KeyType"]?.text == kind else {
            throw .validation("\(ordinal) key in KeySchema must be a \(kind) key")
        }
        guard let name = element["AttributeName"]?.text else {
            throw .validation("\(ordinal) key in KeySchema must have string AttributeName")
        }
        try Names.checkAttribute(name, isKey: true, context: context, place: "\(kind) key in KeySchema - ")
        return name
    }

    /// A key column, whose definition counts as used now.
    mutating func column(_ name: String) throws(LocalError) -> KeyColumn {
        if name == ":attrs" { throw .validation("Column name ':attrs' is currently reserved. FIXME.") }
        guard let type = types[name] else {
            throw .validation("KeySchema key '\(name)' missing in AttributeDefinitions")
        }
        guard let keyType = ScalarAttributeType(key: type) else {
            throw .validation("Invalid key type '\(type)', can only be S, B or N.")
        }
        unused.remove(name)
        return KeyColumn(name: name, type: keyType)
    }

    func checkAllUsed() throws(LocalError) {
        guard !unused.isEmpty else { return }
        let names = unused.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
        throw .validation("AttributeDefinitions defines spurious attributes not used by any KeySchema: {\(names)}")
    }
}

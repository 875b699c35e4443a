import AlternatorCore
import AlternatorRouting
import AlternatorWire

// The requests behind the verbs: rendered and checked, not sent.
extension TypedTable {
    func encodedGet(_ key: Key, consistent: Bool, projection: [String]?) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.getItem) { () throws(AlternatorError) in
            let key = try schema().key(key.partition, key.sort)
            return try ReadRequests.get(
                table: name,
                key: key,
                partitionKey: key.attributes[0].value,
                consistent: consistent,
                projection: projection
            )
        }
    }

    func encodedPut(
        _ item: Item,
        if condition: ConditionNode,
        returning: ReturnedItem = .nothing
    ) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.putItem) { () throws(AlternatorError) in
            let schema = try schema()
            return try WriteRequests.put(
                table: name,
                condition: condition,
                returning: returning,
                expiryName: schema.expiryName
            ) { writer throws(AlternatorError) in
                try ItemWriting.item(item, expiryName: schema.expiryName, into: &writer)
            } partitionKey: { encoded throws(AlternatorError) in
                try schema.key(of: item, encoded: encoded).attributes[0].value
            }
        }
    }

    func encodedInsert(_ item: Item) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.putItem) { () throws(AlternatorError) in
            let isAbsent = ConditionNode.call("attribute_not_exists", [.path([.name(try schema().partition.name)])])
            return try encodedPut(item, if: isAbsent).recognizingOwnItem()
        }
    }

    func encodedUpdate(
        _ key: Key,
        if condition: ConditionNode,
        _ changes: [Change],
        returning: ReturnedItem = .nothing
    ) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.updateItem) { () throws(AlternatorError) in
            let schema = try schema()
            let key = try schema.key(key.partition, key.sort)
            return try WriteRequests.update(
                table: name,
                key: key,
                partitionKey: key.attributes[0].value,
                condition: condition,
                changes: counted(changes, schema),
                returning: returning,
                expiryName: schema.expiryName
            )
        }
    }

    /// The changes with the version counted up, unless they set it themselves.
    private func counted(_ changes: [Change], _ schema: ModelSchema<Item>) -> [Change] {
        guard let versionName = schema.versionName, !changes.isEmpty,
            !changes.contains(where: { $0.path == [.name(versionName)] })
        else { return changes }
        return changes + [Change(path: [.name(versionName)], kind: .addNumber(1))]
    }

    func encodedDelete(
        _ key: Key,
        if condition: ConditionNode,
        returning: ReturnedItem = .nothing
    ) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.deleteItem) { () throws(AlternatorError) in
            let schema = try schema()
            let key = try schema.key(key.partition, key.sort)
            return try WriteRequests.delete(
                table: name,
                key: key,
                partitionKey: key.attributes[0].value,
                condition: condition,
                returning: returning,
                expiryName: schema.expiryName
            )
        }
    }
}

import AlternatorCore
import AlternatorRouting
import AlternatorWire

// The requests behind the verbs: rendered and checked, not sent.
extension TypedTable {
    func encodedGet(_ key: Key, consistent: Bool, projection: [String]?) throws(AlternatorError) -> EncodedRequest {
        do {
            let requests = try keyRequests()
            return try requests.get(
                try key.partition.keyAttribute,
                // Not `nil`, which would be the attribute value NULL.
                requests.hasSort ? try key.sort.keyAttribute : Optional.none,
                consistent: consistent,
                projection: projection
            )
        } catch {
            throw error.with(operation: OperationName.getItem.rawValue, table: name)
        }
    }

    func encodedPut(
        _ item: Item,
        _ purpose: WritePurpose = .put,
        if condition: ConditionNode,
        returning: ReturnedItem = .nothing
    ) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.putItem) { () throws(AlternatorError) in
            let schema = try schema()
            return try WriteRequests.put(
                table: name,
                condition: condition,
                returning: returning,
                dates: schema.dates,
                sizeLimit: handle.itemSizeLimit
            ) { writer throws(AlternatorError) in
                try ItemWriting.item(item, purpose, traits: schema.traits, now: handle.now, into: &writer)
            } partitionKey: { encoded throws(AlternatorError) in
                try schema.key(of: item, encoded: encoded).attributes[0].value
            }
        }
    }

    func encodedInsert(_ item: Item) throws(AlternatorError) -> EncodedRequest {
        try handle.make(.putItem) { () throws(AlternatorError) in
            let isAbsent = ConditionNode.call("attribute_not_exists", [.path([.name(try schema().partition.name)])])
            return try encodedPut(item, .insert, if: isAbsent).recognizingOwnItem()
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
            let values = try schema.key(key.partition, key.sort)
            return try WriteRequests.update(
                table: name,
                key: values,
                partitionKey: values.attributes[0].value,
                condition: condition,
                changes: try schema.completed(changes, of: key.partition, key.sort, handle.now),
                returning: returning,
                dates: schema.dates
            )
        }
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
                dates: schema.dates
            )
        }
    }
}

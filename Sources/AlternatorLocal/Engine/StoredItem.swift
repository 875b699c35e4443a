import AlternatorWire

/// Items as they lie in the store: DynamoDB JSON, top-level numbers in plain decimal.
enum StoredItem {
    /// Checks an item of a request and gives its stored form.
    static func read(_ item: JSONValue, for table: TableDefinition) throws(LocalError) -> [UInt8] {
        guard let members = item.members else { throw ValueCheck.jsonAssert("IsObject()") }
        let indexTypes = table.indexes.isEmpty ? [:] : table.indexKeyTypes
        var writer = JSONWriter(reserving: 64 * members.count + 16)
        writer.byte(UInt8(ascii: "{"))
        var isFirst = true
        for member in members {
            let value = try ValueCheck.stored(member.value, caller: "PutItem")
            try Names.checkAttribute(member.name, isKey: table.isKey(member.name))
            if !indexTypes.isEmpty, let (type, content) = value.typed {
                try table.checkIndexKey(
                    member.name,
                    type: type,
                    isEmpty: content.text?.isEmpty ?? false,
                    types: indexTypes
                )
            }
            for vector in table.vectorIndexes where vector.attribute == member.name {
                try vector.check(ServerValue.parse(value, source: "PutItem"))
            }
            if !isFirst { writer.byte(UInt8(ascii: ",")) }
            isFirst = false
            writer.string(member.name)
            writer.byte(UInt8(ascii: ":"))
            writer.tree(value)
        }
        writer.byte(UInt8(ascii: "}"))
        return writer.bytes
    }

    /// The stored form of an item an update made.
    static func encode(_ item: [String: ItemValue]) -> [UInt8] {
        var normal = item
        for (name, value) in item {
            guard case .number(let number) = value else { continue }
            normal[name] = .number(number.canonicalized)
        }
        var writer = JSONWriter(reserving: 64 * item.count + 16)
        writer.item(normal)
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(LocalError) -> [String: ItemValue] {
        var reader = JSONReader(bytes)
        do {
            return try reader.readStoredItem()
        } catch {
            throw .internalServerError("A stored item cannot be read: \(error)")
        }
    }

    /// The attributes that lead on to the next page, as JSON.
    static func keys(_ columns: [KeyColumn], of bytes: [UInt8]) throws(LocalError) -> [UInt8] {
        do {
            var reader = JSONReader(bytes)
            var found: [String: Range<Int>] = [:]
            try reader.beginObject()
            while let name = try reader.nextKey() {
                let range = try reader.valueRange()
                if columns.contains(where: { $0.name == name }) { found[name] = range }
            }
            var writer = JSONWriter()
            writer.byte(UInt8(ascii: "{"))
            var isFirst = true
            for column in columns {
                guard let range = found[column.name] else { continue }
                if !isFirst { writer.byte(UInt8(ascii: ",")) }
                isFirst = false
                writer.string(column.name)
                writer.byte(UInt8(ascii: ":"))
                writer.raw(bytes[range])
            }
            writer.byte(UInt8(ascii: "}"))
            return writer.bytes
        } catch {
            throw .internalServerError("A stored item cannot be read: \(error)")
        }
    }
}

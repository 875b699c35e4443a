import AlternatorWire

extension EngineCore {
    private struct BatchWrite {
        let table: TableDefinition
        let key: RowKey
        let change: Change
    }

    func batchWriteItem(_ request: JSONValue) throws(LocalError) -> Answer {
        guard let items = request["RequestItems"] else {
            throw .validation("BatchWriteItem content is missing a mandatory member RequestItems")
        }
        guard let perTable = items.members else { throw .validation("RequestItems must be an object") }
        guard !perTable.isEmpty else { throw .validation("RequestItems can't be empty") }
        var count = 0
        for member in perTable {
            guard let list = member.value.elements, !list.isEmpty else {
                throw .validation("Member of RequestItems must be a non-empty array of WriteRequest objects")
            }
            count += list.count
        }
        let maximum = config.integer("alternator_max_items_in_batch_write") ?? settings.maximumBatchWrite
        guard count <= maximum else {
            throw .validation(
                """
                Invalid length of BatchWriteItem command, got \(count) items, maximum is \(maximum) \
                (from configuration variable alternator_max_items_in_batch_write)
                """
            )
        }
        let wantsCapacity = try Capacity.isWanted(request)
        var writes: [BatchWrite] = []
        var capacity: [JSONValue] = []
        for member in perTable {
            let table = try table(named: member.name)
            try check(.modify, on: .table(table.name))
            let ofTable = try batchWrites(member.value.elements ?? [], to: table)
            if wantsCapacity { try capacity.append(batchCapacity(ofTable, of: table)) }
            writes += ofTable
        }
        try store.transaction { () throws(LocalError) in
            for each in writes {
                let old = needsOldItem(each.table) ? try storedItem(each.table, each.key) : nil
                try write(each.change, old: old, at: each.key, in: each.table)
            }
        }
        var members: [JSONValue.Member] = [.init("UnprocessedItems", .object([]))]
        if wantsCapacity { members.append(.init("ConsumedCapacity", .array(capacity))) }
        return Answer(.object(members))
    }

    /// Reads and checks all requests for one table before anything is written.
    private func batchWrites(_ list: [JSONValue], to table: TableDefinition) throws(LocalError) -> [BatchWrite] {
        var writes: [BatchWrite] = []
        var used: Set<RowKey> = []
        for element in list {
            guard let (kind, content) = element.typed else {
                throw .validation("RequestItems element must be an object with exactly one member")
            }
            let write: BatchWrite
            switch kind {
            case "PutRequest":
                guard let item = content["Item"] else {
                    throw .validation("PutRequest is missing a mandatory member Item")
                }
                guard case .object = item else { throw .validation("Item in PutRequest must be an object") }
                write = try BatchWrite(
                    table: table,
                    key: table.key(of: item),
                    change: .put(StoredItem.read(item, for: table))
                )
            case "DeleteRequest":
                guard let key = content["Key"] else {
                    throw .validation("DeleteRequest is missing a mandatory member Key")
                }
                guard case .object = key else { throw .validation("Key in DeleteRequest must be an object") }
                write = try BatchWrite(
                    table: table,
                    key: table.exactKey(key),
                    change: Change(deleting: key, from: table)
                )
            default:
                throw .validation("Unknown BatchWriteItem request type: \(kind)")
            }
            guard used.insert(write.key).inserted else {
                throw .validation("Provided list of item keys contains duplicates")
            }
            writes.append(write)
        }
        return writes
    }

    private func batchCapacity(_ writes: [BatchWrite], of table: TableDefinition) throws(LocalError) -> JSONValue {
        var units = 0
        for write in writes {
            var size = try write.change.item.map(StoredItem.decode).map(Capacity.size) ?? 1
            if alwaysReads, let old = try storedItem(table, write.key) { size = max(size, Capacity.size(of: old)) }
            units += Capacity.writeUnits(size)
        }
        return .object([
            .init("TableName", .string(table.name)), .init("CapacityUnits", .number(String(units))),
        ])
    }

    // MARK: BatchGetItem

    private struct BatchRead {
        let table: TableDefinition
        let isConsistent: Bool
        let projection: Projection
        let keys: [RowKey]
    }

    func batchGetItem(_ request: JSONValue) throws(LocalError) -> Answer {
        guard let perTable = request["RequestItems"]?.members, !perTable.isEmpty else {
            throw .validation("BatchGetItem requires at least one table in RequestItems")
        }
        let wantsCapacity = try Capacity.isWanted(request)
        var reads: [BatchRead] = []
        for member in perTable {
            let table = try table(named: member.name)
            try check(.select, on: .table(table.name))
            try reads.append(batchRead(member.value, of: table))
        }
        var writer = JSONWriter(reserving: 4096)
        var capacity: [JSONValue] = []
        writer.raw("{\"Responses\":{")
        var isFirst = true
        for read in reads {
            var halves = 0
            // A table of which nothing was read has no entry.
            if !read.keys.isEmpty {
                if !isFirst { writer.byte(UInt8(ascii: ",")) }
                isFirst = false
                writer.string(read.table.name)
                writer.raw(":[")
                halves = try answer(read, to: &writer)
                writer.byte(UInt8(ascii: "]"))
            }
            if wantsCapacity {
                capacity.append(
                    .object([
                        .init("TableName", .string(read.table.name)),
                        .init("CapacityUnits", Capacity.units(halves: halves)),
                    ])
                )
            }
        }
        writer.raw("},\"UnprocessedKeys\":{}")
        if wantsCapacity {
            writer.raw(",\"ConsumedCapacity\":")
            writer.tree(.array(capacity))
        }
        writer.byte(UInt8(ascii: "}"))
        return Answer(body: writer.bytes, isStreamed: writer.bytes.count > Answer.longBody)
    }

    private func batchRead(_ request: JSONValue, of table: TableDefinition) throws(LocalError) -> BatchRead {
        let isConsistent = try request.isConsistentRead()
        let projection = try Projection(ofGetRequest: request)
        guard let list = request["Keys"]?.elements else { throw ValueCheck.jsonAssert("IsArray()") }
        var keys: [RowKey] = []
        var used: Set<RowKey> = []
        for element in list {
            let key = try table.key(of: element)
            guard used.insert(key).inserted else {
                throw .validation("Provided list of item keys contains duplicates")
            }
            try keys.append(table.exactKey(element))
        }
        return BatchRead(table: table, isConsistent: isConsistent, projection: projection, keys: keys)
    }

    /// Appends the items found, partition by partition; gives the half units read.
    private func answer(_ read: BatchRead, to writer: inout JSONWriter) throws(LocalError) -> Int {
        var halves = 0
        var isFirst = true
        let keys = read.keys.sorted { left, right in
            left.token != right.token ? left.token < right.token : left.sort.lexicographicallyPrecedes(right.sort)
        }
        for key in keys {
            guard let bytes = try store.item(in: read.table.number, at: key) else { continue }
            if !isFirst { writer.byte(UInt8(ascii: ",")) }
            isFirst = false
            let item = try StoredItem.decode(bytes)
            halves += Capacity.readHalfUnits(Capacity.size(of: item), isConsistent: read.isConsistent)
            if read.projection.isAll {
                writer.raw(bytes)
            } else {
                writer.item(read.projection.apply(to: item))
            }
        }
        return halves
    }
}

import AlternatorWire

extension EngineCore {
    typealias Item = [String: ItemValue]

    /// What read-modify-writes meet at a table.
    func isolation(of table: TableDefinition) -> WriteIsolation {
        table.tags[WriteIsolation.tag].flatMap(WriteIsolation.init(tag:)) ?? settings.writeIsolation
    }

    private func checkIsolation(_ readsItem: Bool, _ table: TableDefinition) throws(LocalError) {
        if readsItem, isolation(of: table) == .forbidReadModifyWrite { throw Evaluate.forbiddenReadModifyWrite }
    }

    func storedItem(_ table: TableDefinition, _ key: RowKey) throws(LocalError) -> Item? {
        try store.item(in: table.number, at: key).map(StoredItem.decode)
    }

    /// Whether every write reads the item first, so that capacity is counted by the larger of both.
    var alwaysReads: Bool { config.flag("alternator_force_read_before_write") }

    /// Whether writes must know the item as it was.
    func needsOldItem(_ table: TableDefinition) -> Bool {
        !table.indexes.isEmpty || table.stream?.isEnabled == true
    }

    /// What becomes of an item; both are JSON as it lies in the store.
    enum Change {
        case put([UInt8])
        /// Leaves the key behind, as a tombstone.
        case delete(key: [UInt8])

        /// Deletes the item of a checked `Key`.
        init(deleting key: JSONValue, from table: TableDefinition) throws(LocalError) {
            self = .delete(key: try StoredItem.read(key, for: table))
        }

        var item: [UInt8]? { if case .put(let item) = self { item } else { nil } }
    }

    /// Writes or removes one item and its index entries.
    func write(_ change: Change, old: Item?, at key: RowKey, in table: TableDefinition) throws(LocalError) {
        guard needsOldItem(table) else { return try writeRow(change, at: key, in: table) }
        let item = try change.item.map(StoredItem.decode)
        try store.transaction { () throws(LocalError) in
            try writeRow(change, at: key, in: table)
            try record(old: old, new: item, at: key, in: table)
            for index in table.indexes {
                let before = old.flatMap { index.entry(of: $0, at: key) }
                let after = item.flatMap { index.entry(of: $0, at: key) }
                guard before != after else { continue }
                if let before { try store.remove(before, from: index.number) }
                if let after { try store.add(after, to: index.number) }
            }
        }
    }

    private func writeRow(_ change: Change, at key: RowKey, in table: TableDefinition) throws(LocalError) {
        switch change {
        case .put(let item): try store.put(item, in: table.number, at: key)
        case .delete(let keyAttributes):
            try store.remove(from: table.number, at: key)
            try store.bury(key, as: keyAttributes, in: table.number)
        }
    }

    // MARK: PutItem and DeleteItem

    func putItem(_ request: JSONValue, _ context: RequestContext) throws(LocalError) -> Answer {
        if let name = try systemName(of: request) { return try writeSystemTable(name, request, context) }
        let table = try table(of: request)
        try check(.modify, on: .table(table.name))
        let wantsCapacity = try Capacity.isWanted(request)
        let returned = try ReturnParameters(request: request)
        guard let given = request["Item"] else { throw .validation("JSON parameter Item not found") }
        let key = try table.key(of: given)
        let new = try StoredItem.read(given, for: table)
        let plan = try ConditionalWrite(request: request, returned, operation: "PutItem")
        try checkIsolation(plan.readsItem, table)
        let reads = plan.readsItem || alwaysReads
        let old = try reads || needsOldItem(table) ? storedItem(table, key) : nil
        try checkCondition(plan, old)
        try write(.put(new), old: old, at: key, in: table)
        var size = 0
        if wantsCapacity {
            size = Capacity.size(of: try StoredItem.decode(new))
            if reads, let old { size = max(size, Capacity.size(of: old)) }
        }
        let answer = answer(plan.returnValues == .allOld ? old : nil, size: wantsCapacity ? size : nil)
        return routed(answer, table, key.token)
    }

    func deleteItem(_ request: JSONValue, _ context: RequestContext) throws(LocalError) -> Answer {
        if let name = try systemName(of: request) { return try writeSystemTable(name, request, context) }
        let table = try table(of: request)
        try check(.modify, on: .table(table.name))
        let wantsCapacity = try Capacity.isWanted(request)
        let returned = try ReturnParameters(request: request)
        guard let given = request["Key"] else { throw .validation("JSON parameter Key not found") }
        let key = try table.exactKey(given)
        let plan = try ConditionalWrite(request: request, returned, operation: "DeleteItem")
        try checkIsolation(plan.readsItem, table)
        let reads = plan.readsItem || alwaysReads
        let old = try reads || needsOldItem(table) ? storedItem(table, key) : nil
        try checkCondition(plan, old)
        try write(Change(deleting: given, from: table), old: old, at: key, in: table)
        let size = reads ? old.map(Capacity.size) ?? 1 : 1
        let answer = answer(plan.returnValues == .allOld ? old : nil, size: wantsCapacity ? size : nil)
        return routed(answer, table, key.token)
    }

    private func checkCondition(_ plan: ConditionalWrite, _ old: Item?) throws(LocalError) {
        guard try plan.condition.holds(for: old) else { throw .conditionFailed(item: plan.failureItem(old)) }
    }

    // MARK: UpdateItem

    func updateItem(_ request: JSONValue, _ context: RequestContext) throws(LocalError) -> Answer {
        if let name = try systemName(of: request) { return try writeSystemTable(name, request, context) }
        let table = try table(of: request)
        try check(.modify, on: .table(table.name))
        let wantsCapacity = try Capacity.isWanted(request)
        let returned = try ReturnParameters(request: request)
        guard let given = request["Key"] else { throw .validation("UpdateItem requires a Key parameter") }
        let key = try table.exactKey(given)
        let update = try UpdateWrite(request: request, returned, keyNames: table.columns.map(\.name))
        try checkIsolation(update.readsItem, table)
        let old = try storedItem(table, key)
        guard try update.condition.holds(for: old) else {
            throw .conditionFailed(item: update.failureItem(old))
        }
        var new = old
        let keyItem = try ServerValue.parseItem(given, source: "Key")
        let touched = try update.plan.apply(to: &new, key: keyItem)
        try checkUpdated(new, old: old, in: table)
        if let new { try write(.put(StoredItem.encode(new)), old: old, at: key, in: table) }
        var size: Int?
        if wantsCapacity {
            var bytes = Capacity.size(of: keyItem) - keyItem.keys.reduce(0) { $0 + $1.utf8.count }
            bytes += request["ExpressionAttributeNames"].map(Capacity.estimate) ?? 0
            bytes += request["ExpressionAttributeValues"].map(Capacity.estimate) ?? 0
            if update.readsItem || alwaysReads, let old { bytes = max(bytes, Capacity.size(of: old)) }
            size = bytes
        }
        return routed(answer(update.attributes(touched, old: old, new: new), size: size), table, key.token)
    }

    /// Checks the index keys an update set.
    private func checkUpdated(_ new: Item?, old: Item?, in table: TableDefinition) throws(LocalError) {
        guard let new else { return }
        for vector in table.vectorIndexes {
            if let value = new[vector.attribute], value != old?[vector.attribute] { try vector.check(value) }
        }
        guard !table.indexes.isEmpty else { return }
        let types = table.indexKeyTypes
        for name in types.keys.sorted() {
            guard let value = new[name], value != old?[name] else { continue }
            let isEmpty =
                switch value {
                case .string(let text): text.isEmpty
                case .binary(let bytes): bytes.isEmpty
                default: false
                }
            try table.checkIndexKey(name, type: value.typeName, isEmpty: isEmpty, types: types)
        }
    }

    // MARK: Helpers

    /// The name of one of the server's own tables, if a write is for such.
    private func systemName(of request: JSONValue) throws(LocalError) -> String? {
        let name = try request.tableName()
        return name.hasPrefix(Names.internalPrefix) ? name : nil
    }

    private func answer(_ attributes: Item?, size: Int?) -> Answer {
        guard attributes != nil || size != nil else { return Answer(body: Array("{}".utf8)) }
        var writer = JSONWriter(reserving: 256)
        writer.byte(UInt8(ascii: "{"))
        if let size {
            writer.raw("\"ConsumedCapacity\":")
            writer.tree(Capacity.answer(halves: 2 * Capacity.writeUnits(size)))
        }
        if let attributes {
            if size != nil { writer.byte(UInt8(ascii: ",")) }
            writer.raw("\"Attributes\":")
            writer.item(attributes)
        }
        writer.byte(UInt8(ascii: "}"))
        return Answer(body: writer.bytes)
    }
}

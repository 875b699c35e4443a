import AlternatorWire

extension Answer {
    /// Bodies over so many bytes are streamed.
    static let longBody = 100_000
    /// So are pages of so many items.
    static let longPage = 256
}

extension EngineCore {
    func getItem(_ request: JSONValue) throws(LocalError) -> Answer {
        let table = try table(of: request)
        try check(.select, on: .table(table.name))
        let isConsistent = try request.isConsistentRead()
        guard let given = request["Key"] else { throw ValueCheck.jsonAssert("IsObject()") }
        let key = try table.exactKey(given)
        let projection = try Projection(ofGetRequest: request)
        let wantsCapacity = try Capacity.isWanted(request)
        let found = try store.item(in: table.number, at: key)
        var writer = JSONWriter(reserving: (found?.count ?? 0) + 96)
        writer.byte(UInt8(ascii: "{"))
        if let found {
            writer.raw("\"Item\":")
            if projection.isAll {
                writer.raw(found)
            } else {
                writer.item(projection.apply(to: try StoredItem.decode(found)))
            }
        }
        if wantsCapacity {
            // A missing item counts one byte.
            let size = try found.map(StoredItem.decode).map(Capacity.size) ?? 1
            let halves = Capacity.readHalfUnits(size, isConsistent: isConsistent)
            if found != nil { writer.byte(UInt8(ascii: ",")) }
            writer.raw("\"ConsumedCapacity\":")
            writer.tree(Capacity.answer(halves: halves))
        }
        writer.byte(UInt8(ascii: "}"))
        return routed(Answer(body: writer.bytes), table, key.token)
    }

    /// The index a Query or Scan names; `nil` where it reads the table.
    private func index(of request: JSONValue, in table: TableDefinition) throws(LocalError) -> IndexDefinition? {
        guard let member = request["IndexName"] else { return nil }
        guard let name = member.text else { throw .validation("Non-string IndexName '\(member.printed)'") }
        if let index = table.index(named: name) { return index }
        if table.vectorIndexes.contains(where: { $0.name == name }) {
            throw .validation("Index '\(name)' is a vector index: it is read by a Query with VectorSearch only")
        }
        throw .validation("Requested resource not found: Index '\(name)' for table '\(table.name)'")
    }

    private func checkConsistency(_ isConsistent: Bool, _ index: IndexDefinition?) throws(LocalError) {
        guard isConsistent, let index, !index.isLocal else { return }
        throw .validation("Consistent reads are not allowed on global indexes (GSI)")
    }

    func scan(_ request: JSONValue, _ context: RequestContext) throws(LocalError) -> Answer {
        if let system = try systemTable(request.tableName()) { return try scan(system, request) }
        let table = try readableTable(of: request)
        let index = try index(of: request, in: table)
        let isConsistent = try request.isConsistentRead()
        try check(.select, on: index.map { .index($0.name, table: table.name) } ?? .table(table.name))
        let tokens = try ScanSegment(request)
        try checkConsistency(isConsistent, index)
        let limit = try request.pageLimit()
        let select = try Select(request, readsIndex: index != nil)
        var placeholders = Placeholders(request: request)
        let projection = try Projection(
            request: request,
            countOnly: select == .count,
            placeholders: &placeholders
        )
        var range = RowRange()
        if let tokens {
            range.tokens = tokens.range
            if let start = request["ExclusiveStartKey"] {
                // Only its partition matters here; the rest is looked at after the filter.
                let token = try table.startToken(start, through: index)
                guard tokens.range.contains(token) else { throw tokens.excludesStart }
            }
        }
        let filter = try ItemFilter(request: request, of: .scan, placeholders: &placeholders)
        try placeholders.checkAllUsed(by: "Scan")
        if let start = request["ExclusiveStartKey"] {
            (range.after, range.afterBase) = try table.start(start, through: index)
        }
        let page = PageRequest(
            table: table,
            index: index,
            range: range,
            limit: limit,
            filter: filter,
            projection: projection,
            countsOnly: select == .count,
            maximumTombstones: config.integer("query_tombstone_page_limit") ?? 10_000
        )
        return try page.read(from: store)
    }

    func query(_ request: JSONValue, _ context: RequestContext) throws(LocalError) -> Answer {
        if let system = try systemTable(request.tableName()) { return try query(system, request) }
        let table = try readableTable(of: request)
        if let search = request["VectorSearch"] { return try vectorSearch(search, request, of: table) }
        let index = try index(of: request, in: table)
        try check(.select, on: index.map { .index($0.name, table: table.name) } ?? .table(table.name))
        try checkConsistency(request.isConsistentRead(), index)
        let limit = try request.pageLimit()
        let isForward: Bool
        switch request["ScanIndexForward"] {
        case nil: isForward = true
        case .bool(let flag): isForward = flag
        case let other?:
            throw .validation("Expected boolean value for attribute ScanIndexForward, got: \(other.printed)")
        }
        var placeholders = Placeholders(request: request)
        let hash = index?.hash ?? table.hash
        let sort = index == nil ? table.sort : index?.sort
        let condition = try KeyCondition(request: request, hash: hash, sort: sort, placeholders: &placeholders)
        let keyNames = [hash.name] + (sort.map { [$0.name] } ?? [])
        let filter = try ItemFilter(request: request, of: .query(keyNames: keyNames), placeholders: &placeholders)
        let select = try Select(request, readsIndex: index != nil)
        let projection = try Projection(
            request: request,
            countOnly: select == .count,
            placeholders: &placeholders
        )
        try placeholders.checkAllUsed(by: "Query")
        var range = try RowRange(condition, hash: hash, sort: sort)
        range.isReversed = !isForward
        if let start = request["ExclusiveStartKey"] {
            let (after, base) = try table.start(start, through: index)
            // A start in another partition is no error: nothing of this one is left to read.
            if after.partition != range.partition?.partition { range.isEmpty = true }
            (range.after, range.afterBase) = (after, base)
        }
        let page = PageRequest(
            table: table,
            index: index,
            range: range,
            limit: limit,
            filter: filter,
            projection: projection,
            countsOnly: select == .count,
            maximumTombstones: config.integer("query_tombstone_page_limit") ?? 10_000
        )
        let answer = try page.read(from: store)
        guard index == nil, let partition = range.partition else { return answer }
        return routed(answer, table, partition.token)
    }

    private func scan(_ system: SystemTable, _ request: JSONValue) throws(LocalError) -> Answer {
        let limit = try request.pageLimit()
        let select = try Select(request, readsIndex: false)
        var placeholders = Placeholders(request: request)
        let projection = try Projection(
            request: request,
            countOnly: select == .count,
            placeholders: &placeholders
        )
        let filter = try ItemFilter(request: request, of: .scan, placeholders: &placeholders)
        try placeholders.checkAllUsed(by: "Scan")
        return try system.page(
            start: request["ExclusiveStartKey"],
            limit: limit,
            isReversed: false,
            nil,
            filter,
            projection,
            countsOnly: select == .count
        )
    }

    private func query(_ system: SystemTable, _ request: JSONValue) throws(LocalError) -> Answer {
        let limit = try request.pageLimit()
        let select = try Select(request, readsIndex: false)
        var placeholders = Placeholders(request: request)
        let condition = try KeyCondition(
            request: request,
            hash: system.hash,
            sort: system.sort,
            placeholders: &placeholders
        )
        let keyNames = [system.hash.name] + (system.sort.map { [$0.name] } ?? [])
        let filter = try ItemFilter(request: request, of: .query(keyNames: keyNames), placeholders: &placeholders)
        let projection = try Projection(
            request: request,
            countOnly: select == .count,
            placeholders: &placeholders
        )
        try placeholders.checkAllUsed(by: "Query")
        return try system.page(
            start: request["ExclusiveStartKey"],
            limit: limit,
            isReversed: request["ScanIndexForward"] == .bool(false),
            condition,
            filter,
            projection,
            countsOnly: select == .count
        )
    }

    /// The table of a Query or Scan.
    private func readableTable(of request: JSONValue) throws(LocalError) -> TableDefinition {
        let name = try request.tableName()
        if let table = tables[name] { return table }
        // Unlike elsewhere the name itself is not looked at.
        throw .resourceNotFound("Requested resource not found: Table: \(name) not found")
    }
}

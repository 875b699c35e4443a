import AlternatorWire

/// The state of the engine; every method is called under its lock.
final class EngineCore {
    let store: Store
    let settings: EngineSettings
    /// Options that can be read, and some changed, through `system.config`.
    var config: ServerConfig
    let responseOptions: SharedResponseOptions
    var tables: [String: TableDefinition] = [:]
    /// When indexes were added to tables that were there, by number, in milliseconds since 1970.
    var indexBuilds: [Int: Int64] = [:]
    private var lastNumber = 0
    /// What is known of the request that is being performed.
    private(set) var context = RequestContext()
    var grants: Grants
    /// Set while expired items are removed: their stream records say so.
    var isExpiring = false

    init(_ settings: EngineSettings, _ responseOptions: SharedResponseOptions) throws(LocalError) {
        self.settings = settings
        self.responseOptions = responseOptions
        config = ServerConfig(settings)
        responseOptions.set(ResponseOptions(config))
        store = try Store(path: settings.path)
        grants = try store.savedGrants()
        for saved in try store.definitions() {
            var reader = JSONReader(saved)
            guard let tree = try? reader.readTree(), let table = TableDefinition(tree) else {
                throw .internalServerError("A table definition in the data file cannot be read.")
            }
            tables[table.name] = table
            lastNumber = max(lastNumber, table.number, table.indexes.map(\.number).max() ?? 0)
        }
    }

    /// A number no table or index of the store has.
    func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    func perform(
        _ operation: OperationName,
        _ request: JSONValue,
        _ context: RequestContext
    ) throws(LocalError) -> Answer {
        self.context = context
        return switch operation {
        case .createTable: try createTable(request)
        case .describeTable: try describeTable(request)
        case .deleteTable: try deleteTable(request)
        case .updateTable: try updateTable(request)
        case .listTables: try listTables(request)
        case .putItem: try putItem(request, context)
        case .getItem: try getItem(request)
        case .updateItem: try updateItem(request, context)
        case .deleteItem: try deleteItem(request, context)
        case .batchGetItem: try batchGetItem(request)
        case .batchWriteItem: try batchWriteItem(request)
        case .query: try query(request, context)
        case .scan: try scan(request, context)
        case .tagResource: try tagResource(request)
        case .untagResource: try untagResource(request)
        case .listTagsOfResource: try listTagsOfResource(request)
        case .updateTimeToLive: try updateTimeToLive(request)
        case .describeTimeToLive: try describeTimeToLive(request)
        case .listStreams: try listStreams(request)
        case .describeStream: try describeStream(request)
        case .getShardIterator: try getShardIterator(request)
        case .getRecords: try getRecords(request, context)
        case .describeEndpoints: try describeEndpoints(request, context)
        case .describeContinuousBackups: try describeContinuousBackups(request)
        }
    }

    // MARK: Tables by name

    /// The table a request names.
    func table(of request: JSONValue) throws(LocalError) -> TableDefinition {
        try table(named: request.tableName())
    }

    func table(named name: String) throws(LocalError) -> TableDefinition {
        if let table = tables[name] { return table }
        // A name that no table can have is told so, even where the table is simply missing.
        try Names.checkTable(name)
        throw .resourceNotFound("Requested resource not found: Table: \(name) not found")
    }

    /// Tells of a good answer which partition it was about.
    func routed(_ answer: Answer, _ table: TableDefinition, _ token: Int64) -> Answer {
        guard settings.namesRoutedKeys else { return answer }
        var answer = answer
        answer.routed = RoutedKey(table: table.name, token: token)
        return answer
    }

    /// Saves a new or changed definition.
    func save(_ table: TableDefinition) throws(LocalError) {
        try store.save(table.encoded, as: table.name)
        tables[table.name] = table
    }
}

// MARK: - Parameters

extension JSONValue {
    func tableName() throws(LocalError) -> String {
        guard let name = self["TableName"] else { throw .validation("Missing TableName field in request") }
        guard let name = name.text else { throw .validation("Non-string TableName field in request") }
        return name
    }

    /// A whole number of 32 bits; `nil` where it is missing.
    func integer(_ name: String) throws(LocalError) -> Int? {
        guard let member = self[name] else { return nil }
        guard case .number(let text) = member, let number = Int32(text) else {
            throw .validation("Expected integer value for attribute \(name), got: \(member.printed)")
        }
        return Int(number)
    }

    func string(_ name: String) throws(LocalError) -> String? {
        guard let member = self[name] else { return nil }
        guard let text = member.text else {
            throw .validation("Expected string value for attribute \(name), got: \(member.printed)")
        }
        return text
    }

    /// Whether a read is to be consistent.
    func isConsistentRead() throws(LocalError) -> Bool {
        switch self["ConsistentRead"] {
        case nil, .null: false
        case .bool(let flag): flag
        default: throw .validation("ConsistentRead flag must be a boolean")
        }
    }

    /// The page size of Query and Scan; `nil` where it is missing.
    func pageLimit() throws(LocalError) -> Int? {
        guard let limit = self["Limit"] else { return nil }
        guard case .number(let text) = limit, let number = UInt64(text) else {
            throw limit.integer.map { _ in LocalError.validation("Limit must be greater than 0") }
                ?? ValueCheck.jsonAssert("data_.f.flags & kUint64Flag")
        }
        guard number > 0 else { throw .validation("Limit must be greater than 0") }
        return Int(clamping: number)
    }
}

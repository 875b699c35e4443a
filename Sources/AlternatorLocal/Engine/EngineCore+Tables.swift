import AlternatorWire

extension EngineCore {
    func createTable(_ request: JSONValue) throws(LocalError) -> Answer {
        let name = try request.tableName()
        try Names.checkTable(name)
        if name.hasPrefix(Names.internalPrefix) {
            throw .validation("Prefix \(Names.internalPrefix) is reserved for accessing internal tables")
        }
        guard let definitions = request["AttributeDefinitions"] else {
            throw .validation("Missing AttributeDefinitions in CreateTable request")
        }
        var schema = try SchemaReader(definitions)
        let keys = try SchemaReader.keySchema(request)
        let hash = try schema.column(keys.hash)
        var sort: KeyColumn?
        if let sortName = keys.sort {
            guard sortName != keys.hash else {
                throw .validation("KeySchema: the RANGE key '\(sortName)' cannot be the same as the HASH key")
            }
            sort = try schema.column(sortName)
        }
        let throughput = try Self.throughput(of: request)
        let isInfrequentAccess = try Self.isInfrequentAccess(request)
        let warmThroughput = try Self.warmThroughput(of: request)
        var indexes: [IndexDefinition] = []
        var names: Set<String> = []
        if let list = request["LocalSecondaryIndexes"] {
            indexes += try schema.localIndexes(
                list,
                table: name,
                hash: hash,
                sort: sort,
                names: &names,
                nextNumber: nextNumber
            )
        }
        if let list = request["GlobalSecondaryIndexes"] {
            indexes += try schema.globalIndexes(list, table: name, names: &names, nextNumber: nextNumber)
        }
        try schema.checkAllUsed()
        let vectorIndexes = try Self.vectorIndexes(request, names: names, definitions: definitions)
        if !vectorIndexes.isEmpty { try Self.checkLogName(of: name) }
        try Self.checkEncryption(request)
        let stream = try Self.streamSettings(request, table: name, now: settings.now())
        let tags = try request["Tags"]?.elements.map { (list) throws(LocalError) in
            try Tags.adding(list, to: [:])
        }
        try check(.create, on: .all)
        let initialTablets = try initialTablets(tags ?? [:])
        if !vectorIndexes.isEmpty, initialTablets == nil { throw Self.vnodesAreRefused }
        guard tables[name] == nil else { throw .resourceInUse("Table \(name) already exists") }
        var table = TableDefinition(
            name: name,
            id: UUIDText.random(),
            createdAt: settings.now(),
            hash: hash,
            sort: sort,
            number: nextNumber()
        )
        table.throughput = throughput
        table.isInfrequentAccess = isInfrequentAccess ?? false
        table.warmThroughput = warmThroughput
        table.indexes = indexes
        table.tags = tags ?? [:]
        table.stream = stream
        table.vectorIndexes = vectorIndexes
        table.initialTablets = initialTablets
        try store.transaction { () throws(LocalError) in
            try store.createTable(table.number)
            for index in indexes { try store.createIndex(index.number) }
            if table.stream != nil { try store.createStream(table.number) }
            try store.save(table.encoded, as: name)
        }
        tables[name] = table
        try grantToCreator(table.resources)
        return Answer(.object([.init("TableDescription", Self.echo(request, of: table))]))
    }

    /// The request itself with what the server adds: the answer of CreateTable and UpdateTable.
    static func echo(_ request: JSONValue, of table: TableDefinition) -> JSONValue {
        let added: [JSONValue.Member] =
            [
                .init("CreationDateTime", table.creationTime),
                .init("TableStatus", .string("ACTIVE")),
                .init("TableId", .string(table.id)),
            ] + table.warmMembers + table.streamMembers
        let names = Set(added.map(\.name))
        return .object((request.members ?? []).filter { !names.contains($0.name) } + added)
    }

    static func throughput(of request: JSONValue) throws(LocalError) -> TableDefinition.Throughput? {
        switch try request.string("BillingMode") ?? "PROVISIONED" {
        case "PAY_PER_REQUEST":
            if request["ProvisionedThroughput"] != nil {
                throw .validation("When BillingMode=PAY_PER_REQUEST, ProvisionedThroughput cannot be specified.")
            }
            return nil
        case "PROVISIONED":
            guard let given = request["ProvisionedThroughput"] else {
                throw .validation("When BillingMode=PROVISIONED, ProvisionedThroughput must be specified.")
            }
            let read = try given.integer("ReadCapacityUnits")
            let write = try given.integer("WriteCapacityUnits")
            guard let read else { throw missingUnits("readCapacityUnits") }
            guard let write else { throw missingUnits("writeCapacityUnits") }
            return TableDefinition.Throughput(read: read, write: write)
        case let other:
            throw .validation("Unknown BillingMode=\(other). Must be PAY_PER_REQUEST or PROVISIONED.")
        }
    }

    /// Whether a request asks for the class STANDARD_INFREQUENT_ACCESS; `nil` if it names no class.
    static func isInfrequentAccess(_ request: JSONValue) throws(LocalError) -> Bool? {
        switch try request.string("TableClass") {
        case nil: return nil
        case "STANDARD": return false
        case "STANDARD_INFREQUENT_ACCESS": return true
        case let other?:
            throw .validation(
                """
                Invalid table-class parameter '\(other)'. Please try again with a valid table-class value: \
                [STANDARD, STANDARD_INFREQUENT_ACCESS].
                """
            )
        }
    }

    /// The units per second a request asks for as WarmThroughput; either may be left out.
    static func warmThroughput(of request: JSONValue) throws(LocalError) -> TableDefinition.Throughput? {
        guard let given = request["WarmThroughput"] else { return nil }
        return TableDefinition.Throughput(
            read: try given.integer("ReadUnitsPerSecond") ?? 0,
            write: try given.integer("WriteUnitsPerSecond") ?? 0
        )
    }

    private static func missingUnits(_ name: String) -> LocalError {
        .validation(
            """
            provisionedThroughput.\(name) is missing, when BillingMode=PROVISIONED, \
            ProvisionedThroughput must be specified.
            """
        )
    }

    /// How many tablets a new table shall have, 0 for the usual number; `nil` for virtual nodes.
    ///
    /// A tag decides, and without one the option `tablets_mode_for_new_keyspaces`; "enforced" refuses virtual nodes.
    private func initialTablets(_ tags: [String: String]) throws(LocalError) -> Int? {
        let mode = config.text("tablets_mode_for_new_keyspaces")
        guard let tag = tags[Tags.initialTablets] else { return mode == "disabled" ? nil : 0 }
        if let count = Int(tag), count >= 0 { return count }
        guard mode != "enforced" else {
            throw .validation(
                """
                The tag \(Tags.initialTablets) asks for vnodes, but tablets are enforced by the option \
                tablets_mode_for_new_keyspaces
                """
            )
        }
        return nil
    }

    private static func checkEncryption(_ request: JSONValue) throws(LocalError) {
        guard let specification = request["SSESpecification"], case .object = specification else { return }
        guard case .bool(let isEnabled) = specification["Enabled"] else {
            throw .validation("SSESpecification needs boolean Enabled")
        }
        if isEnabled {
            throw .validation("SSESpecification: configuring encryption-at-rest is not yet supported.")
        }
    }

    /// Reads a StreamSpecification that switches streams on; `nil` where there is none or it says off.
    static func streamSettings(
        _ request: JSONValue,
        table: String,
        now: Int64
    ) throws(LocalError) -> TableDefinition.StreamSettings? {
        guard let specification = request["StreamSpecification"], case .object = specification else { return nil }
        guard case .bool(let isEnabled) = specification["StreamEnabled"] else {
            throw .validation("StreamSpecification needs boolean StreamEnabled")
        }
        guard isEnabled else { return nil }
        let viewType = try specification.string("StreamViewType") ?? "KEYS_ONLY"
        guard ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"].contains(viewType) else {
            throw .validation("Unrecognized value for StreamViewType: \(viewType)")
        }
        try checkLogName(of: table)
        return TableDefinition.StreamSettings(viewType: viewType, startedAt: now)
    }

    /// Refuses a table whose log of changes, of which streams and vector indexes live, would have too long a name.
    static func checkLogName(of table: String) throws(LocalError) {
        let longest = Names.maximumAuxiliaryLength - "_scylla_cdc_log".utf8.count
        guard table.utf8.count > longest else { return }
        throw .validation(
            """
            Streams or vector search cannot be enabled on a table whose name is longer than \(longest) \
            characters: \(table)
            """
        )
    }

    func describeTable(_ request: JSONValue) throws(LocalError) -> Answer {
        var table = try table(of: request)
        let now = settings.now()
        for place in table.indexes.indices {
            guard let start = indexBuilds[table.indexes[place].number] else { continue }
            table.indexes[place].isBackfilling = now - start < Self.indexBuildTime
        }
        let size = try store.size(of: table.number)
        return Answer(.object([.init("Table", table.description(size: size))]))
    }

    /// For so many milliseconds a new index of an old table is told to be filled, although it is.
    private static let indexBuildTime: Int64 = 100

    func deleteTable(_ request: JSONValue) throws(LocalError) -> Answer {
        let table = try table(of: request)
        try check(.drop, on: .table(table.name))
        var kept = grants
        kept.forget(table: table.name)
        try store.transaction { () throws(LocalError) in
            if kept.entries != grants.entries { try store.save(kept) }
            try store.dropTable(table.number)
            try store.dropStream(table.number)
            for index in table.indexes { try store.dropIndex(index.number) }
            try store.forget(table.name)
        }
        tables[table.name] = nil
        grants = kept
        return Answer(.object([.init("TableDescription", table.description(size: 0, isDeleting: true))]))
    }

    func listTables(_ request: JSONValue) throws(LocalError) -> Answer {
        let start = request["ExclusiveStartTableName"]?.text
        if request["ExclusiveStartTableName"] != nil, start == nil { throw ValueCheck.jsonAssert("IsString()") }
        var limit = 100
        if let given = request["Limit"] {
            guard let number = given.integer else { throw ValueCheck.jsonAssert("data_.f.flags & kIntFlag") }
            limit = number
        }
        guard (1...100).contains(limit) else {
            throw .validation("Limit must be greater than 0 and no greater than 100")
        }
        // Ordered by id: arbitrary to the eye, but stable, as at the server.
        var names = tables.values.sorted { $0.id < $1.id }.map(\.name)[...]
        if let start, !start.isEmpty {
            names = names.firstIndex(of: start).map { names[($0 + 1)...] } ?? []
        }
        let page = names.prefix(limit)
        var members: [JSONValue.Member] = [.init("TableNames", .array(page.map { .string($0) }))]
        if page.count < names.count, let last = page.last {
            members.append(.init("LastEvaluatedTableName", .string(last)))
        }
        return Answer(.object(members))
    }

    func describeEndpoints(_ request: JSONValue, _ context: RequestContext) throws(LocalError) -> Answer {
        let fixed = config.text("alternator_describe_endpoints")
        if fixed == "disabled" {
            throw .unknownOperation(
                "DescribeEndpoints disabled by configuration (alternator_describe_endpoints=disabled)"
            )
        }
        let host = fixed.isEmpty ? context.host : fixed
        guard !host.isEmpty else {
            throw .validation("DescribeEndpoints needs a 'Host:' header in request")
        }
        let endpoint: JSONValue = .object([
            .init("Address", .string(host)), .init("CachePeriodInMinutes", .number("1440")),
        ])
        return Answer(.object([.init("Endpoints", .array([endpoint]))]))
    }

    func describeContinuousBackups(_ request: JSONValue) throws(LocalError) -> Answer {
        let name = try request.tableName()
        if tables[name] == nil {
            try Names.checkTable(name)
            throw .tableNotFound("Table \(name) not found")
        }
        let recovery: JSONValue = .object([.init("PointInTimeRecoveryStatus", .string("DISABLED"))])
        let description: JSONValue = .object([
            .init("ContinuousBackupsStatus", .string("DISABLED")),
            .init("PointInTimeRecoveryDescription", recovery),
        ])
        return Answer(.object([.init("ContinuousBackupsDescription", description)]))
    }
}

/// Random identifiers.
enum UUIDText {
    /// A version 4 UUID.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & ~0xf000 | 0x4000
        let low = generator.next() & ~(0b11 << 62) | 0b10 << 62
        return text(high, low)
    }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        let digits = Array(hex(high) + hex(low))
        return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
            .map { String($0) }.joined(separator: "-")
    }

    /// One that always is the same for a name.
    static func name(_ name: String) -> String {
        var words: (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x9e37_79b9_7f4a_7c15)
        for byte in name.utf8 {
            words.0 = (words.0 ^ UInt64(byte)) &* 0x100_0000_01b3
            words.1 = (words.1 ^ words.0) &* 0xbf58_476d_1ce4_e5b9
        }
        return text(words.0 & ~0xf000 | 0x3000, words.1 & ~(0b11 << 62) | 0b10 << 62)
    }

    static func hex(_ word: UInt64) -> String {
        let text = String(word, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}

import AlternatorWire

extension EngineCore {
    func updateTable(_ request: JSONValue) throws(LocalError) -> Answer {
        for member in ["ProvisionedThroughput", "ReplicaUpdates", "SSESpecification"] where request[member] != nil {
            throw .validation("\(member) not supported")
        }
        var isEmpty = true
        var billing: TableDefinition.Throughput??
        if request["BillingMode"] != nil {
            isEmpty = false
            billing = .some(try Self.throughput(of: request))
        }
        let isInfrequentAccess = try Self.isInfrequentAccess(request)
        let warmThroughput = try Self.warmThroughput(of: request)
        if isInfrequentAccess != nil || warmThroughput != nil { isEmpty = false }
        var table = try table(of: request)
        try check(.alter, on: .table(table.name))
        if let billing { table.throughput = billing }
        if let isInfrequentAccess { table.isInfrequentAccess = isInfrequentAccess }
        if let warmThroughput { table.warmThroughput = warmThroughput }
        if let specification = request["StreamSpecification"], case .object = specification {
            isEmpty = false
            try updateStream(specification, of: &table, request)
        }
        let vectorChange = try Self.vectorChange(request, of: table)
        switch vectorChange {
        case .create(let index): table.vectorIndexes.append(index)
        case .delete(let name): table.vectorIndexes.removeAll { $0.name == name }
        case nil: break
        }
        var change: IndexChange?
        if let updates = request["GlobalSecondaryIndexUpdates"] {
            change = try indexChange(updates, of: table, request)
            if change != nil, vectorChange != nil {
                throw .limitExceeded("UpdateTable only allows one index creation or deletion")
            }
        }
        if change != nil || vectorChange != nil {
            if !isEmpty, request["StreamSpecification"] != nil {
                throw .validation("You cannot create or delete index while changing stream status")
            }
            isEmpty = false
        }
        if isEmpty {
            throw .validation(
                """
                UpdateTable requires one of GlobalSecondaryIndexUpdates, VectorIndexUpdates, StreamSpecification, \
                BillingMode, TableClass or WarmThroughput to be specified
                """
            )
        }
        try apply(change, to: &table)
        return Answer(.object([.init("TableDescription", Self.echo(request, of: table))]))
    }

    private enum IndexChange {
        case create(IndexDefinition)
        case delete(IndexDefinition)
    }

    private func indexChange(
        _ updates: JSONValue,
        of table: TableDefinition,
        _ request: JSONValue
    ) throws(LocalError) -> IndexChange? {
        guard let list = updates.elements else {
            throw .validation("GlobalSecondaryIndexUpdates must be an array")
        }
        guard list.count <= 1 else {
            throw .limitExceeded("GlobalSecondaryIndexUpdates only allows one index creation or deletion")
        }
        guard let update = list.first else { return nil }
        guard let (operation, content) = update.typed else {
            throw .validation(
                "GlobalSecondaryIndexUpdates array must contain one object with a Create, Delete or Update operation"
            )
        }
        guard case .object = content else {
            throw .validation("GlobalSecondaryIndexUpdates entries must be objects")
        }
        guard let name = content["IndexName"]?.text else {
            throw .validation("GlobalSecondaryIndexUpdates operation must have IndexName")
        }
        try Names.checkIndex(name, of: table.name, isLocal: false)
        switch operation {
        case "Create": return .create(try newIndex(content, named: name, of: table, request))
        case "Delete":
            guard let index = table.index(named: name), !index.isLocal else {
                throw .resourceNotFound("No GSI \(name) in table \(table.name)")
            }
            return .delete(index)
        case "Update": throw .validation("GlobalSecondaryIndexUpdates Update not yet supported")
        default:
            throw .validation(
                "GlobalSecondaryIndexUpdates supports a Create, Delete or Update operation, saw '\(operation)'"
            )
        }
    }

    private func newIndex(
        _ content: JSONValue,
        named name: String,
        of table: TableDefinition,
        _ request: JSONValue
    ) throws(LocalError) -> IndexDefinition {
        guard let definitions = request["AttributeDefinitions"] else {
            throw .validation("GlobalSecondaryIndexUpdates Create needs AttributeDefinitions")
        }
        var schema = try SchemaReader(definitions, context: "GlobalSecondaryIndexUpdates")
        try schema.checkConflicts(with: table.columns)
        for index in table.indexes { try schema.checkConflicts(with: index.columns) }
        for vector in table.vectorIndexes {
            if vector.name == name {
                throw .validation(
                    "Vector index \(name) already exists in table \(table.name), can't use same name for GSI"
                )
            }
            try schema.checkVectorAttribute(vector.attribute)
        }
        if let existing = table.index(named: name) {
            throw .validation(
                existing.isLocal
                    ? "LSI \(name) already exists in table \(table.name), can't use same name for GSI"
                    : "GSI \(name) already exists in table \(table.name)"
            )
        }
        let index = try schema.globalIndex(
            content,
            named: name,
            context: "GlobalSecondaryIndexUpdates",
            number: nextNumber()
        )
        try schema.checkAllUsed()
        return index
    }

    private func updateStream(
        _ specification: JSONValue,
        of table: inout TableDefinition,
        _ request: JSONValue
    ) throws(LocalError) {
        let settings = try Self.streamSettings(request, table: table.name, now: settings.now())
        if var settings {
            guard table.stream?.isEnabled != true else {
                throw .validation("Table already has an enabled stream: TableName: \(table.name)")
            }
            // The label tells streams apart, so a new one starts later than the one before.
            if let last = table.stream { settings.startedAt = max(settings.startedAt, last.startedAt + 1) }
            table.stream = settings
        } else {
            guard table.stream?.isEnabled == true else {
                throw .validation("Table has no stream to disable: TableName: \(table.name)")
            }
            table.stream?.endedAt = self.settings.now()
        }
    }

    /// Saves the changed definition, filling a new index from the items that are there.
    private func apply(_ change: IndexChange?, to table: inout TableDefinition) throws(LocalError) {
        var changed = table
        switch change {
        case .create(let index): changed.indexes.append(index)
        case .delete(let index): changed.indexes.removeAll { $0.name == index.name }
        case nil: break
        }
        let new = changed
        let opensStream = new.stream?.isEnabled == true && new.stream != tables[new.name]?.stream
        try store.transaction { () throws(LocalError) in
            try store.save(new.encoded, as: new.name)
            if opensStream { try store.createStream(new.number) }
            switch change {
            case .create(let index):
                try store.createIndex(index.number)
                try fill(index, of: new)
            case .delete(let index): try store.dropIndex(index.number)
            case nil: break
            }
        }
        switch change {
        case .create(let index):
            indexBuilds[index.number] = settings.now()
            try grantToCreator([.index(index.name, table: new.name)])
        case .delete(let index): indexBuilds[index.number] = nil
        case nil: break
        }
        tables[new.name] = new
        table = new
    }

    private func fill(_ index: IndexDefinition, of table: TableDefinition) throws(LocalError) {
        try store.readAll(in: table.number) { (key, row) throws(LocalError) in
            guard let entry = index.entry(of: try StoredItem.decode(row), at: key) else { return }
            try store.add(entry, to: index.number)
        }
    }
}

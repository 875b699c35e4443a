import AlternatorWire

extension EngineCore {
    /// The server's own table of that name; `nil` for a name outside, or of a keyspace there is not.
    func systemTable(_ name: String, _ context: RequestContext) throws(LocalError) -> SystemTable? {
        guard name.hasPrefix(Names.internalPrefix) else { return nil }
        let rest = name.dropFirst(Names.internalPrefix.count)
        guard let dot = rest.firstIndex(of: ".") else { return nil }
        let keyspace = String(rest[..<dot])
        let table = String(rest[rest.index(after: dot)...])
        guard keyspace == "system" || keyspace == "system_schema" else { return nil }
        switch (keyspace, table) {
        case ("system", "local"): return localTable(context)
        case ("system", "config"): return configTable()
        case ("system", "clients"): return clientsTable(context)
        case ("system_schema", "keyspaces"): return keyspacesTable()
        case ("system_schema", "scylla_keyspaces"): return scyllaKeyspacesTable()
        case ("system_schema", "tables"): return tablesTable()
        default:
            try Names.checkTable(table)
            throw .resourceNotFound("Requested resource not found: Internal table: \(keyspace).\(table) not found")
        }
    }

    private func localTable(_ context: RequestContext) -> SystemTable {
        SystemTable(
            hash: "key",
            rows: [
                [
                    "key": .string("local"), "bootstrapped": .string("COMPLETED"),
                    "cluster_name": .string("alternator-local"), "data_center": .string(context.place.datacenter),
                    "rack": .string(context.place.rack), "rpc_address": .string(context.place.address),
                    "broadcast_address": .string(context.place.address),
                    "listen_address": .string(context.place.address),
                    "partitioner": .string("org.apache.cassandra.dht.Murmur3Partitioner"),
                ]
            ]
        )
    }

    private func configTable() -> SystemTable {
        SystemTable(
            hash: "name",
            rows: config.options.map { name, option in
                [
                    "name": .string(name), "source": .string("default"), "type": .string(option.type),
                    "value": .string(option.value),
                ]
            }
        )
    }

    /// The clients as far as this request knows them: the one that asks.
    private func clientsTable(_ context: RequestContext) -> SystemTable {
        SystemTable(
            hash: "address",
            sort: "port",
            rows: [
                [
                    "address": .string(context.remoteAddress), "port": .string("0"),
                    "client_type": .string("alternator"), "connection_stage": .string("READY"),
                    "driver_name": .string(context.userAgent), "shard_id": .string("0"),
                    "ssl_enabled": .string("false"), "username": .string(context.role ?? "anonymous"),
                    "scheduling_group": .string("statement"),
                ]
            ]
        )
    }

    private func keyspacesTable() -> SystemTable {
        SystemTable(
            hash: "keyspace_name",
            rows: tables.keys.map {
                ["keyspace_name": .string("alternator_\($0)"), "durable_writes": .string("true")]
            }
        )
    }

    /// A keyspace with tablets has `initial_tablets`; tables ask for them by a tag.
    private func scyllaKeyspacesTable() -> SystemTable {
        SystemTable(
            hash: "keyspace_name",
            rows: tables.values.map { table in
                var row: [String: ItemValue] = [
                    "keyspace_name": .string("alternator_\(table.name)"), "storage_type": .string("LOCAL"),
                ]
                if let count = table.initialTablets { row["initial_tablets"] = .string(String(count)) }
                return row
            }
        )
    }

    private func tablesTable() -> SystemTable {
        var rows: [[String: ItemValue]] = []
        for table in tables.values {
            let names = [table.name] + table.indexes.map { "\(table.name)\($0.isLocal ? "!" : ""):\($0.name)" }
            for name in names {
                rows.append([
                    "keyspace_name": .string("alternator_\(table.name)"), "table_name": .string(name),
                    "id": .string(table.id),
                ])
            }
        }
        return SystemTable(hash: "keyspace_name", sort: "table_name", rows: rows)
    }

    // MARK: Writing

    /// A write to one of the server's own tables; only values of `system.config` can be changed.
    func writeSystemTable(
        _ name: String,
        _ request: JSONValue,
        _ context: RequestContext
    ) throws(LocalError) -> Answer {
        guard config.flag("alternator_allow_system_table_write") else {
            throw .resourceNotFound(
                """
                Table \(name) is an internal table, and cannot be written when alternator_allow_system_table_write \
                is false
                """
            )
        }
        if let role = context.role, !settings.superusers.contains(role) {
            throw .accessDenied(
                "Write access denied on internal table \(name) to role \(role) because it is not a superuser"
            )
        }
        guard name == Names.internalPrefix + "system.config" else {
            throw .resourceNotFound("Requested resource not found: Internal table: \(name) cannot be written")
        }
        if let item = request["Item"] {
            let given = try ServerValue.parseItem(item, source: "Item")
            return try setOption(given["name"], to: given["value"])
        }
        let update = try UpdateWrite(request: request, keyNames: ["name"])
        guard let key = request["Key"] else { throw .validation("UpdateItem requires a Key parameter") }
        let keyItem = try ServerValue.parseItem(key, source: "Key")
        guard case .string(let option)? = keyItem["name"], let current = config.options[option] else {
            throw .validation("There is no option of that name")
        }
        var item: Item? = ["name": .string(option), "value": .string(current.value)]
        try update.plan.apply(to: &item, key: keyItem)
        return try setOption(keyItem["name"], to: item?["value"])
    }

    private func setOption(_ name: ItemValue?, to value: ItemValue?) throws(LocalError) -> Answer {
        guard case .string(let name)? = name, case .string(let value)? = value else {
            throw .validation("system.config needs the strings name and value")
        }
        guard config.set(name, to: value) else { throw .validation("There is no option '\(name)'") }
        responseOptions.set(ResponseOptions(config))
        return Answer(body: Array("{}".utf8))
    }
}

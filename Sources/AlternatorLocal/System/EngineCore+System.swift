import AlternatorWire

extension EngineCore {
    /// The server's own table of that name; `nil` for a name outside, or of a keyspace there is not.
    func systemTable(_ name: String) throws(LocalError) -> SystemTable? {
        guard name.hasPrefix(Names.internalPrefix) else { return nil }
        let rest = name.dropFirst(Names.internalPrefix.count)
        guard let dot = rest.firstIndex(of: ".") else { return nil }
        let keyspace = String(rest[..<dot])
        let table = String(rest[rest.index(after: dot)...])
        guard keyspace == "system" || keyspace == "system_schema" else { return nil }
        if let found = try systemTable(keyspace, table) { return found }
        try Names.checkTable(table)
        throw .resourceNotFound("Requested resource not found: Internal table: \(keyspace).\(table) not found")
    }

    private static let systemNames = [
        ("system", "clients"), ("system", "config"), ("system", "local"), ("system", "peers"),
        ("system", "role_permissions"), ("system", "roles"), ("system", "token_ring"),
        ("system_schema", "columns"), ("system_schema", "keyspaces"), ("system_schema", "scylla_keyspaces"),
        ("system_schema", "tables"), ("system_schema", "views"),
    ]

    private func systemTable(_ keyspace: String, _ table: String) throws(LocalError) -> SystemTable? {
        switch (keyspace, table) {
        case ("system", "clients"): clientsTable()
        case ("system", "config"): configTable()
        case ("system", "local"): localTable()
        case ("system", "peers"): peersTable()
        case ("system", "role_permissions"): try permissionsTable()
        case ("system", "roles"): try rolesTable()
        case ("system", "token_ring"): ringTable()
        case ("system_schema", "columns"): try columnsTable()
        case ("system_schema", "keyspaces"): keyspacesTable()
        case ("system_schema", "scylla_keyspaces"): scyllaKeyspacesTable()
        case ("system_schema", "tables"): tablesTable()
        case ("system_schema", "views"): viewsTable()
        default: nil
        }
    }

    // MARK: The node and its neighbours

    private static func row(of place: NodePlace) -> [String: ItemValue] {
        [
            "data_center": .string(place.datacenter), "rack": .string(place.rack),
            "rpc_address": .string(place.address), "host_id": .string(UUIDText.name(place.address)),
            "release_version": .string("3.0.8"),
        ]
    }

    private func localTable() -> SystemTable {
        var row = Self.row(of: context.place)
        row["key"] = .string("local")
        row["bootstrapped"] = .string("COMPLETED")
        row["cluster_name"] = .string(config.text("cluster_name"))
        row["broadcast_address"] = .string(context.place.address)
        row["listen_address"] = .string(context.place.address)
        row["partitioner"] = .string("org.apache.cassandra.dht.Murmur3Partitioner")
        return SystemTable("system", "local", keys: ["key"], rows: [row])
    }

    private func peersTable() -> SystemTable {
        let others = context.topology?.nodes.map(\.place).filter { $0 != context.place } ?? []
        let rows = others.map { place in
            var row = Self.row(of: place)
            row["peer"] = .string(place.address)
            return row
        }
        return SystemTable(
            "system",
            "peers",
            keys: ["peer"],
            columns: ["data_center", "host_id", "rack", "release_version", "rpc_address"],
            rows: rows
        )
    }

    /// The requests that are being answered: the one that asks.
    private func clientsTable() -> SystemTable {
        SystemTable(
            "system",
            "clients",
            keys: ["address", "port", "client_type"],
            booleans: ["ssl_enabled"],
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

    /// Who holds which part of each table.
    private func ringTable() -> SystemTable {
        guard let topology = context.topology else {
            return SystemTable("system", "token_ring", keys: Self.ringKeys, rows: [])
        }
        let ranges = topology.ranges
        let places = Dictionary(topology.nodes.map { ($0.place.address, $0.place) }) { first, _ in first }
        var rows: [[String: ItemValue]] = []
        for table in tables.values {
            for datacenter in Set(places.values.map(\.datacenter)) {
                for index in 0..<ranges.count {
                    let range = ranges.range(index, table: table.name, in: datacenter)
                    for address in range.replicas {
                        rows.append([
                            "keyspace_name": .string("alternator_\(table.name)"), "table_name": .string(table.name),
                            "start_token": .string(String(range.start)), "end_token": .string(String(range.end)),
                            "endpoint": .string(address), "dc": .string(datacenter),
                            "rack": .string(places[address]?.rack ?? ""),
                        ])
                    }
                }
            }
        }
        return SystemTable(
            "system",
            "token_ring",
            keys: Self.ringKeys,
            columns: ["dc", "end_token", "rack"],
            rows: rows
        )
    }

    private static let ringKeys = ["keyspace_name", "table_name", "start_token", "endpoint"]

    // MARK: Options and roles

    private func configTable() -> SystemTable {
        SystemTable(
            "system",
            "config",
            keys: ["name"],
            rows: config.options.map { name, option in
                [
                    "name": .string(name), "source": .string("default"), "type": .string(option.type),
                    "value": .string(option.value),
                ]
            }
        )
    }

    /// Secrets and grants are for superusers, where requests are signed.
    private func checkReadsRoles(_ table: String) throws(LocalError) {
        guard let role = context.role, !settings.roles.isSuperuser(role) else { return }
        throw .accessDenied("SELECT access on table system.\(table) is denied to role \(role)")
    }

    private func rolesTable() throws(LocalError) -> SystemTable {
        try checkReadsRoles("roles")
        return SystemTable(
            "system",
            "roles",
            keys: ["role"],
            booleans: ["can_login", "is_superuser"],
            columns: ["can_login", "is_superuser", "salted_hash"],
            rows: settings.roles.all.map { name, role in
                [
                    "role": .string(name), "salted_hash": .string(role.secret),
                    "can_login": .string(role.secret.isEmpty ? "false" : "true"),
                    "is_superuser": .string(role.isSuperuser ? "true" : "false"),
                ]
            }
        )
    }

    private func permissionsTable() throws(LocalError) -> SystemTable {
        try checkReadsRoles("role_permissions")
        return SystemTable(
            "system",
            "role_permissions",
            keys: ["role", "resource"],
            columns: ["permissions"],
            rows: grants.entries.map { entry, permissions in
                let names = permissions.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
                return [
                    "role": .string(entry.role), "resource": .string(entry.resource.path),
                    "permissions": .string("{\(names)}"),
                ]
            }
        )
    }

    // MARK: Schema

    private func keyspacesTable() -> SystemTable {
        SystemTable(
            "system_schema",
            "keyspaces",
            keys: ["keyspace_name"],
            booleans: ["durable_writes"],
            columns: ["durable_writes"],
            rows: tables.keys.map {
                ["keyspace_name": .string("alternator_\($0)"), "durable_writes": .string("true")]
            }
        )
    }

    /// A keyspace with tablets has `initial_tablets`.
    private func scyllaKeyspacesTable() -> SystemTable {
        SystemTable(
            "system_schema",
            "scylla_keyspaces",
            keys: ["keyspace_name"],
            columns: ["initial_tablets", "storage_type"],
            rows: tables.values.map { table in
                var row: [String: ItemValue] = [
                    "keyspace_name": .string("alternator_\(table.name)"), "storage_type": .string("LOCAL"),
                ]
                if let count = table.initialTablets { row["initial_tablets"] = .string(String(count)) }
                return row
            }
        )
    }

    /// Options that every table and view of this server has.
    private static let storageOptions: [String: ItemValue] = [
        "compression": compression("LZ4"), "speculative_retry": .string("99.0PERCENTILE"),
    ]

    private static func compression(_ algorithm: String) -> ItemValue {
        .string(#"{"sstable_compression": "\#(algorithm)WithDictsCompressor"}"#)
    }

    private func tablesTable() -> SystemTable {
        func row(_ keyspace: String, _ table: String, _ id: String) -> [String: ItemValue] {
            var row = Self.storageOptions
            row["keyspace_name"] = .string(keyspace)
            row["table_name"] = .string(table)
            row["id"] = .string(id)
            return row
        }
        var rows = Self.systemNames.map { row($0.0, $0.1, UUIDText.name("\($0.0).\($0.1)")) }
        for table in tables.values {
            let keyspace = "alternator_\(table.name)"
            rows.append(row(keyspace, table.name, table.id))
            if table.isInfrequentAccess { rows[rows.count - 1]["compression"] = Self.compression("Zstd") }
            if table.stream != nil {
                let log = "\(table.name)_scylla_cdc_log"
                rows.append(row(keyspace, log, UUIDText.name(log)))
            }
        }
        return SystemTable("system_schema", "tables", keys: ["keyspace_name", "table_name"], rows: rows)
    }

    /// The indexes: a view for each.
    private func viewsTable() -> SystemTable {
        var rows: [[String: ItemValue]] = []
        for table in tables.values {
            for index in table.indexes {
                let name = "\(table.name)\(index.isLocal ? "!:" : ":")\(index.name)"
                var row = Self.storageOptions
                row["keyspace_name"] = .string("alternator_\(table.name)")
                row["view_name"] = .string(name)
                row["id"] = .string(UUIDText.name(name))
                row["base_table_name"] = .string(table.name)
                row["base_table_id"] = .string(table.id)
                rows.append(row)
            }
        }
        return SystemTable(
            "system_schema",
            "views",
            keys: ["keyspace_name", "view_name"],
            columns: ["base_table_id", "base_table_name", "id"] + Self.storageOptions.keys,
            rows: rows
        )
    }

    private func columnsTable() throws(LocalError) -> SystemTable {
        var rows: [[String: ItemValue]] = []
        func add(_ keyspace: String, _ table: String, _ column: String, _ kind: String, _ type: String, _ place: Int) {
            rows.append([
                "keyspace_name": .string(keyspace), "table_name": .string(table), "column_name": .string(column),
                "kind": .string(kind), "type": .string(type), "position": .string(String(place)),
                "clustering_order": .string(kind == "clustering" ? "asc" : "none"),
            ])
        }
        func kind(_ place: Int?) -> String { place == 0 ? "partition_key" : place == nil ? "regular" : "clustering" }
        for (keyspace, name) in Self.systemNames where (keyspace, name) != ("system_schema", "columns") {
            guard let table = try systemTable(keyspace, name) else { continue }
            for column in table.columns {
                let place = table.keys.firstIndex(of: column)
                let type = table.booleans.contains(column) ? "boolean" : "text"
                add(keyspace, name, column, kind(place), type, place.map { max(0, $0 - 1) } ?? -1)
            }
        }
        let own = ["keyspace_name", "table_name", "column_name"]
        for (place, column) in own.enumerated() {
            add("system_schema", "columns", column, kind(place), "text", max(0, place - 1))
        }
        for column in ["clustering_order", "kind", "position", "type"] {
            add("system_schema", "columns", column, "regular", "text", -1)
        }
        for table in tables.values {
            let keyspace = "alternator_\(table.name)"
            for (place, column) in table.columns.enumerated() {
                let type =
                    switch column.type {
                    case .string: "text"
                    case .number: "decimal"
                    default: "blob"
                    }
                add(keyspace, table.name, column.name, kind(place), type, 0)
            }
            add(keyspace, table.name, ":attrs", "regular", "map<text, blob>", -1)
        }
        return SystemTable("system_schema", "columns", keys: own, rows: rows)
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
        if let role = context.role, !settings.roles.isSuperuser(role) {
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

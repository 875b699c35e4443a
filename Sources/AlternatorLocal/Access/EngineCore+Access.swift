import AlternatorWire

extension EngineCore {
    /// Refuses what the role of the request was not granted.
    ///
    /// Nothing is refused where grants are not looked at, nor to a superuser.
    func check(_ permission: LocalCluster.Permission, on resource: LocalCluster.Resource) throws(LocalError) {
        guard settings.checksGrants, let role = context.role, !settings.roles.isSuperuser(role) else { return }
        guard !grants.allow(role, permission, on: resource) else { return }
        let place =
            switch resource {
            case .all: "all tables"
            case .table, .index, .stream: "table \(resource.path.dropFirst("data/".count).replacing("/", with: "."))"
            }
        throw .accessDenied(
            "\(permission.rawValue) access on \(place) is denied to role \(role), client address \(context.remoteAddress)"
        )
    }

    /// Gives the one who made a table, an index or a stream all permissions on it.
    func grantToCreator(_ resources: [LocalCluster.Resource]) throws(LocalError) {
        guard settings.checksGrants, let role = context.role else { return }
        for resource in resources { try grant(Set(LocalCluster.Permission.allCases), on: resource, to: role) }
    }

    func grant(
        _ permissions: Set<LocalCluster.Permission>,
        on resource: LocalCluster.Resource,
        to role: String
    ) throws(LocalError) {
        try checkExists(resource)
        var changed = grants
        changed.grant(permissions, on: resource, to: role)
        try store.save(changed)
        grants = changed
    }

    func revoke(
        _ permissions: Set<LocalCluster.Permission>,
        on resource: LocalCluster.Resource,
        from role: String
    ) throws(LocalError) {
        var changed = grants
        changed.revoke(permissions, on: resource, from: role)
        try store.save(changed)
        grants = changed
    }

    func forgetGrants(of role: String) throws(LocalError) {
        var changed = grants
        changed.forget(role: role)
        try store.save(changed)
        grants = changed
    }

    private func checkExists(_ resource: LocalCluster.Resource) throws(LocalError) {
        switch resource {
        case .all: return
        case .table(let name), .stream(let name): _ = try table(named: name)
        case .index(let index, let name):
            guard try table(named: name).index(named: index) != nil else {
                throw .resourceNotFound("There is no index \(index) in table \(name)")
            }
        }
    }
}

extension TableDefinition {
    /// The table and all that belongs to it, as grants name them.
    var resources: [LocalCluster.Resource] {
        [.table(name), .stream(table: name)] + indexes.map { .index($0.name, table: name) }
    }
}

extension Store {
    /// Grants are few and seldom change: they are kept as one row beside the tables.
    func save(_ grants: Grants) throws(LocalError) {
        let entries = grants.entries.map { entry, permissions in
            JSONValue.object([
                .init("role", .string(entry.role)), .init("on", .string(entry.resource.path)),
                .init("may", .array(permissions.map { .string($0.rawValue) })),
            ])
        }
        let statement = try prepare("INSERT OR REPLACE INTO settings(name, content) VALUES('grants', ?)")
        statement.bind(JSONValue.array(entries).encoded, at: 1)
        try statement.execute()
    }

    func savedGrants() throws(LocalError) -> Grants {
        let statement = try prepare("SELECT content FROM settings WHERE name = 'grants'")
        defer { statement.reset() }
        var grants = Grants()
        guard try statement.step() else { return grants }
        var reader = JSONReader(statement.bytes(0))
        for entry in (try? reader.readTree())?.elements ?? [] {
            guard let role = entry["role"]?.text, let resource = entry["on"]?.text.flatMap(Grants.Resource.init),
                let permissions = entry["may"]?.elements
            else { throw .internalServerError("The grants in the data file cannot be read.") }
            let known = permissions.compactMap { $0.text.flatMap(Grants.Permission.init) }
            grants.grant(Set(known), on: resource, to: role)
        }
        return grants
    }
}

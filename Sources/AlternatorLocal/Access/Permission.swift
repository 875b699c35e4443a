extension LocalCluster {
    /// What a role can be granted.
    ///
    /// The names are those of CQL's GRANT, by which a real cluster is told.
    public enum Permission: String, Sendable, Hashable, CaseIterable {
        /// CreateTable; granted on all tables only.
        case create = "CREATE"
        /// UpdateTable, UpdateTimeToLive, TagResource and UntagResource.
        case alter = "ALTER"
        /// DeleteTable.
        case drop = "DROP"
        /// GetItem, BatchGetItem, Query, Scan; on an index its queries and scans, on a stream GetRecords.
        case select = "SELECT"
        /// PutItem, UpdateItem, DeleteItem, BatchWriteItem.
        case modify = "MODIFY"
    }

    /// What a permission is granted on.
    public enum Resource: Sendable, Hashable {
        /// All tables with their indexes and streams, also those that are made later.
        case all
        /// A table, without its indexes and its stream.
        case table(String)
        case index(String, table: String)
        /// The stream of a table.
        case stream(table: String)
    }
}

extension LocalCluster.Resource {
    /// As system.role_permissions names it; a name of CQL's tables, which all these are to a node.
    var path: String {
        switch self {
        case .all: "data"
        case .table(let table): "data/alternator_\(table)/\(table)"
        case .index(let index, let table): "data/alternator_\(table)/\(table):\(index)"
        case .stream(let table): "data/alternator_\(table)/\(table)_scylla_cdc_log"
        }
    }

    /// The inverse of `path`.
    init?(path: String) {
        guard path != "data" else {
            self = .all
            return
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "data", parts[1].hasPrefix("alternator_") else { return nil }
        let table = String(parts[1].dropFirst("alternator_".count))
        let rest = parts[2]
        if rest == table {
            self = .table(table)
        } else if rest == "\(table)_scylla_cdc_log" {
            self = .stream(table: table)
        } else if rest.hasPrefix("\(table):") {
            self = .index(String(rest.dropFirst(table.count + 1)), table: table)
        } else {
            return nil
        }
    }

    /// Whether it is the table, or part of it.
    func belongs(to name: String) -> Bool {
        switch self {
        case .all: false
        case .table(let table), .index(_, let table), .stream(let table): table == name
        }
    }
}

/// Who may do what.
struct Grants: Sendable {
    typealias Permission = LocalCluster.Permission
    typealias Resource = LocalCluster.Resource

    struct Entry: Sendable, Hashable {
        let role: String
        let resource: Resource
    }

    private(set) var entries: [Entry: Set<Permission>] = [:]

    func allow(_ role: String, _ permission: Permission, on resource: Resource) -> Bool {
        for place in [resource, .all] {
            if entries[Entry(role: role, resource: place)]?.contains(permission) == true { return true }
        }
        return false
    }

    mutating func grant(_ permissions: Set<Permission>, on resource: Resource, to role: String) {
        entries[Entry(role: role, resource: resource), default: []].formUnion(permissions)
    }

    mutating func revoke(_ permissions: Set<Permission>, on resource: Resource, from role: String) {
        let entry = Entry(role: role, resource: resource)
        entries[entry]?.subtract(permissions)
        if entries[entry]?.isEmpty == true { entries[entry] = nil }
    }

    mutating func forget(table: String) {
        entries = entries.filter { !$0.key.resource.belongs(to: table) }
    }

    mutating func forget(role: String) {
        entries = entries.filter { $0.key.role != role }
    }
}

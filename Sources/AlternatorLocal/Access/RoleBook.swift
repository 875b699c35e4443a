import Synchronization

/// The roles that may sign requests; shared by all nodes, and changed while they run.
final class RoleBook: Sendable {
    struct Role: Sendable, Hashable {
        /// The secret key; a real node takes the salted hash of the role's password for it.
        var secret: String
        var isSuperuser = false
    }

    private let roles: Mutex<[String: Role]>

    init(_ roles: [String: Role] = [:]) { self.roles = Mutex(roles) }

    /// `superusers` without a secret are known, but cannot sign.
    convenience init(secrets: [String: String], superusers: Set<String> = []) {
        var roles = secrets.mapValues { Role(secret: $0) }
        for name in superusers { roles[name, default: Role(secret: "")].isSuperuser = true }
        self.init(roles)
    }

    /// The secret key of a role that can sign.
    func secret(of name: String) -> String? {
        roles.withLock { $0[name] }.flatMap { $0.secret.isEmpty ? nil : $0.secret }
    }

    /// Whether there is such a role, able to sign or not.
    func isKnown(_ name: String) -> Bool { roles.withLock { $0[name] != nil } }

    func isSuperuser(_ name: String) -> Bool { roles.withLock { $0[name] }?.isSuperuser ?? false }

    var all: [String: Role] { roles.withLock { $0 } }

    func set(_ name: String, _ role: Role) { roles.withLock { $0[name] = role } }

    /// Whether there was one.
    func remove(_ name: String) -> Bool { roles.withLock { $0.removeValue(forKey: name) } != nil }
}

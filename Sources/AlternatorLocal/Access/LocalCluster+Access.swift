import AlternatorWire

extension LocalCluster {
    /// Adds a role that may sign requests, or gives one another secret key.
    ///
    /// It is known until the cluster closes, also with a data file. It counts where `enforcesAuthorization` is set.
    ///
    /// - Parameters:
    ///   - name: the access key.
    ///   - secret: the secret key, not empty.
    ///   - isSuperuser: may do everything, and write to the server's own tables.
    /// - Throws: `Failure` for an empty name or secret.
    public func addRole(_ name: String, secret: String, isSuperuser: Bool = false) throws {
        guard !name.isEmpty, !secret.isEmpty else {
            throw Failure(description: "A role needs a name and a secret key.")
        }
        engine.roles.set(name, RoleBook.Role(secret: secret, isSuperuser: isSuperuser))
    }

    /// Removes a role and what it was granted; its requests are refused from now on.
    ///
    /// - Throws: `Failure` where there is no such role.
    public func removeRole(_ name: String) throws {
        guard engine.roles.remove(name) else { throw Failure(description: "There is no role \(name).") }
        try failing { () throws(LocalError) in
            try engine.withCore { (core) throws(LocalError) in try core.forgetGrants(of: name) }
        }
    }

    /// Grants permissions, as CQL's GRANT does on a real cluster.
    ///
    /// They count where `enforcesAuthorization` and `checksGrants` are set; with a data file they are kept.
    ///
    /// - Throws: `Failure` for a table or index there is not.
    public func grant(_ permissions: Set<Permission>, on resource: Resource, to role: String) throws {
        try failing { () throws(LocalError) in
            try engine.withCore { (core) throws(LocalError) in try core.grant(permissions, on: resource, to: role) }
        }
    }

    /// Takes permissions back; what was granted on `.all` is not taken back by a single table.
    public func revoke(_ permissions: Set<Permission>, on resource: Resource, from role: String) throws {
        try failing { () throws(LocalError) in
            try engine.withCore { (core) throws(LocalError) in try core.revoke(permissions, on: resource, from: role) }
        }
    }

    private func failing(_ body: () throws(LocalError) -> Void) throws {
        do throws(LocalError) {
            try body()
        } catch {
            throw Failure(description: error.message)
        }
    }
}

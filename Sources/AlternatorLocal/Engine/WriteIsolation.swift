/// What a table does with read-modify-writes.
package enum WriteIsolation: String, Sendable, CaseIterable {
    case always = "always_use_lwt"
    case onlyReadModifyWrite = "only_rmw_uses_lwt"
    case forbidReadModifyWrite = "forbid_rmw"
    case unsafe = "unsafe_rmw"

    static let tag = "system:write_isolation"

    /// Reads a tag's value in its long, middle or short spelling.
    package init?(tag: String) {
        switch tag {
        case "a", "always", "always_use_lwt": self = .always
        case "o", "only_rmw_uses_lwt": self = .onlyReadModifyWrite
        case "f", "forbid", "forbid_rmw": self = .forbidReadModifyWrite
        case "u", "unsafe", "unsafe_rmw": self = .unsafe
        default: return nil
        }
    }
}

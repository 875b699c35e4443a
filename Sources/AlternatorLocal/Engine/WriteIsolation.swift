/// What a table does with read-modify-writes.
public enum WriteIsolation: String, Sendable, CaseIterable {
    /// Every write is a lightweight transaction.
    case always = "always_use_lwt"
    /// Plain writes are not; the usual choice.
    case onlyReadModifyWrite = "only_rmw_uses_lwt"
    /// Read-modify-writes are refused.
    case forbidReadModifyWrite = "forbid_rmw"
    /// Read and write without a transaction.
    case unsafe = "unsafe_rmw"

    static let tag = "system:write_isolation"

    /// Reads a tag's value in its long, middle or short spelling.
    public init?(tag: String) {
        switch tag {
        case "a", "always", "always_use_lwt": self = .always
        case "o", "only_rmw_uses_lwt": self = .onlyReadModifyWrite
        case "f", "forbid", "forbid_rmw": self = .forbidReadModifyWrite
        case "u", "unsafe", "unsafe_rmw": self = .unsafe
        default: return nil
        }
    }
}

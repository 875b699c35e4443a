extension KeyAffinity.Mode {
    /// What a table's write isolation makes useful; `nil` for text that is no isolation.
    ///
    /// `always_use_lwt` → `.anyWrite`, `only_rmw_uses_lwt` → `.rmw`, the others, which use no lightweight transactions,
    /// → `.off`; in every spelling the server has for its tag `system:write_isolation`. Blanks and quotes around it, as
    /// `system.config` shows values, are left out.
    ///
    /// - Parameter text: the tag's value, or that of `alternator_write_isolation`.
    package init?(writeIsolation text: String) {
        let word = text.utf8.drop { $0 == 0x20 || $0 == UInt8(ascii: "\"") }
        let end = word.lastIndex { $0 != 0x20 && $0 != UInt8(ascii: "\"") }
        guard let end else { return nil }
        switch String(Substring(word[...end])) {
        case "a", "always", "always_use_lwt": self = .anyWrite
        case "o", "only_rmw_uses_lwt": self = .rmw
        case "f", "forbid", "forbid_rmw", "u", "unsafe", "unsafe_rmw": self = .off
        default: return nil
        }
    }
}

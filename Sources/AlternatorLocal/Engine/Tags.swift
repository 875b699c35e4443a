/// The rules for tags, and what ARNs name.
enum Tags {
    static let maximumCount = 50
    static let initialTablets = "system:initial_tablets"

    /// Keys the server keeps for itself: neither shown nor settable.
    static func isInternal(_ key: String) -> Bool {
        key.hasPrefix("system:") && key != WriteIsolation.tag && key != initialTablets
    }

    /// Whether only letters, digits, white space and `+-=._:/` occur.
    static func hasLegalCharacters(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), 9...13, UInt8(ascii: "+"),
                UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    static func checkAll(_ tags: [String: String]) throws(LocalError) {
        guard tags.count <= maximumCount else {
            throw .validation("Number of Tags exceed the current limit for the provided ResourceArn")
        }
        if let isolation = tags[WriteIsolation.tag], WriteIsolation(tag: isolation) == nil {
            let allowed =
                "f, forbid, forbid_rmw, a, always, always_use_lwt, o, only_rmw_uses_lwt, u, unsafe, unsafe_rmw"
            throw .validation("Incorrect write isolation tag \(isolation). Allowed values: {\(allowed)}")
        }
    }
}

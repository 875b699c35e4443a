/// Which writes of one partition key go to one node, so that lightweight transactions do not contend.
///
/// ```swift
/// keyAffinity: .off
/// keyAffinity: .anyWrite
/// keyAffinity: .rmw(tablePKMap: ["users": "id"], order: .pythonClient)
/// ```
///
/// An optimisation only: a request whose key is unknown or unusable is spread like any other, and retries go on to the
/// next node. A table missing from `tablePKMap` is looked up once in the background.
public struct KeyAffinity: Sendable, Hashable {
    /// Which requests are routed by their key.
    public enum Mode: Sendable, Hashable {
        case off
        /// Writes that the server reads for: the right choice under write isolation `only_rmw_uses_lwt`.
        case rmw
        /// Every write, batches by vote: the right choice under `always_use_lwt`.
        case anyWrite
        /// Each table's `system:write_isolation` decides.
        case automatic
    }

    /// How a key's hash becomes an order of nodes; all writers of one table must use the same.
    public enum Order: Sendable, Hashable, CaseIterable {
        /// The rule of the cross-language specification.
        case specification
        /// The rule of version 2 of the Python client, which sorts bare host strings.
        case pythonClient
        /// A rule of this client: when a node joins or leaves, only its share of the keys moves.
        case rendezvous
    }

    /// Which requests go by key.
    public var mode: Mode
    /// Partition-key names known beforehand, by table; entries with an empty table or name are ignored.
    public var tablePKMap: [String: String]
    /// In which order the nodes are tried.
    public var order: Order

    /// A mode with its details.
    public init(_ mode: Mode, tablePKMap: [String: String] = [:], order: Order = .specification) {
        self.mode = mode
        self.tablePKMap = tablePKMap
        self.order = order
    }

    /// No request goes by key.
    public static let off = KeyAffinity(.off)
    /// Writes that read go by key.
    public static let rmw = KeyAffinity(.rmw)
    /// All writes go by key.
    public static let anyWrite = KeyAffinity(.anyWrite)
    /// As the table's write isolation asks for.
    public static let automatic = KeyAffinity(.automatic)

    /// Writes that the server reads for.
    public static func rmw(tablePKMap: [String: String] = [:], order: Order = .specification) -> KeyAffinity {
        KeyAffinity(.rmw, tablePKMap: tablePKMap, order: order)
    }

    /// Every write.
    public static func anyWrite(tablePKMap: [String: String] = [:], order: Order = .specification) -> KeyAffinity {
        KeyAffinity(.anyWrite, tablePKMap: tablePKMap, order: order)
    }

    /// What each table's write isolation makes useful.
    public static func automatic(tablePKMap: [String: String] = [:], order: Order = .specification) -> KeyAffinity {
        KeyAffinity(.automatic, tablePKMap: tablePKMap, order: order)
    }

    /// The usable entries of `tablePKMap`.
    package var preloadedKeys: [String: String] { tablePKMap.filter { !$0.key.isEmpty && !$0.value.isEmpty } }
}

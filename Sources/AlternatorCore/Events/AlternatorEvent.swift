public import AlternatorWire

/// Something that happened in a client, for its log or its observer.
///
/// No event ever holds a secret, a key or a value of an item, or a text of the server's that may quote one.
public struct AlternatorEvent: Sendable, Hashable {
    /// How much it matters.
    public enum Level: Int, Sendable, Hashable, Comparable, CaseIterable {
        case debug, info, warning, error

        /// Whether it is less severe.
        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// What happened; open: a new one breaks nobody's `switch`.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        /// The name as written in source: `nodeDown`.
        public let description: String
        /// The same for all events of a kind.
        public let level: Level

        private init(_ description: String, _ level: Level) {
            self.description = description
            self.level = level
        }

        /// A node was chosen for an attempt; the message says why this one.
        public static let nodeChosen = Kind("nodeChosen", .debug)
        /// A host listed nodes; the message has the list.
        public static let nodesListed = Kind("nodesListed", .debug)
        /// A host that was asked for nodes gave none; the message says what it did.
        public static let nodesNotListed = Kind("nodesNotListed", .debug)
        /// A refresh found a node that was not there before.
        public static let nodeAdded = Kind("nodeAdded", .info)
        /// A refresh does not list a node any more; a seed's name is one until its nodes are known.
        public static let nodeRemoved = Kind("nodeRemoved", .info)
        /// A node that was down answers again and is used.
        public static let nodeUp = Kind("nodeUp", .info)
        /// A node has failed so often that it is not used until it answers probes.
        public static let nodeDown = Kind("nodeDown", .info)
        /// The preferred part of the cluster has no node, so a fallback of `routingScope` is used.
        public static let scopeFallback = Kind("scopeFallback", .warning)
        /// The preferred part of the cluster is used again.
        public static let scopeReturn = Kind("scopeReturn", .warning)
        /// A connection could not be opened, or was lost.
        public static let connectionFailed = Kind("connectionFailed", .warning)
        /// A node took a request and gave no usable answer in time.
        public static let answerMissing = Kind("answerMissing", .warning)
        /// All connections to a node were in use for the whole `acquireTimeout`.
        public static let poolExhausted = Kind("poolExhausted", .warning)
        /// A request waited more than 100 ms for one of `maxPoolConnections`; at most once a second per node.
        public static let poolWait = Kind("poolWait", .warning)
        /// The server lists all nodes whatever datacentre or rack it is asked for: `routingScope` has no effect.
        public static let filterUnsupported = Kind("filterUnsupported", .warning)
        /// Files of `AlternatorConfig.tls` have changed and new connections use them.
        public static let certificatesReloaded = Kind("certificatesReloaded", .info)
        /// Files of `AlternatorConfig.tls` have changed and cannot be used; new connections go on with the old ones.
        public static let certificatesUnreadable = Kind("certificatesUnreadable", .warning)
        /// A client was made that takes any certificate of anybody.
        public static let certificatesUnchecked = Kind("certificatesUnchecked", .warning)
        /// A request is given up; not told for a condition that did not hold, nor for a caller's cancellation.
        public static let operationFailed = Kind("operationFailed", .error)

        /// All kinds.
        package static let all = [
            nodeChosen, nodesListed, nodesNotListed, nodeAdded, nodeRemoved, nodeUp, nodeDown, scopeFallback,
            scopeReturn, connectionFailed, answerMissing, poolExhausted, poolWait, filterUnsupported,
            certificatesReloaded,
            certificatesUnreadable, certificatesUnchecked, operationFailed,
        ]
    }

    /// What happened.
    public let kind: Kind
    /// One sentence about this event, without what the other fields say.
    public let message: String
    /// The node as `host:port`, where it is about one.
    public let node: String?
    /// The operation, such as `PutItem`, where it is about one.
    public let operation: String?
    /// Its table.
    public let table: String?
    /// Why an operation failed.
    public let code: AlternatorError.Code?

    /// How much it matters.
    public var level: Level { kind.level }

    init(
        _ kind: Kind,
        _ message: String,
        node: String? = nil,
        operation: String? = nil,
        table: String? = nil,
        code: AlternatorError.Code? = nil
    ) {
        self.kind = kind
        self.message = message
        self.node = node
        self.operation = operation
        self.table = table
        self.code = code
    }
}

extension AlternatorEvent: CustomStringConvertible {
    /// What a line of the log ends with.
    ///
    /// `nodeDown 10.0.0.1:8000: The node is not used until it answers probes.`
    public var description: String {
        var text = kind.description
        for part in [operation, table, node, code?.description] {
            if let part { text += " " + part }
        }
        return text + ": " + message
    }
}

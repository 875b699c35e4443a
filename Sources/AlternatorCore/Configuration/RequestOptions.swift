public import AlternatorRouting

/// What one call may override; `nil` keeps the client's setting.
///
/// Costs a pointer to copy: what is overridden lies behind it, and `nil` there means nothing is.
public struct RequestOptions: Sendable {
    /// Made anew by every change, so that the values can be shared.
    private final class Shared: Sendable {
        let overrides: Overrides
        init(_ overrides: Overrides) { self.overrides = overrides }
    }

    private struct Overrides: Sendable {
        var requestTimeout: Duration?
        var operationTimeout: Duration?
        var hedging: AlternatorConfig.Hedging?
        var maximumAttempts: Int?
        var keyAffinity: KeyAffinity.Mode?
        var firstNode: String?
        var onlyNode: String?
        var routingScope: RoutingScope?
        var authentication: AlternatorConfig.Authentication?
        var requestCompression: AlternatorConfig.RequestCompression?
        var responseCompression: AlternatorConfig.ResponseCompression?
        var additionalHeaders: [String: String] = [:]
    }

    private var shared: Shared?

    /// Overrides nothing.
    public init() {}

    /// Whether nothing was ever overridden.
    var isPlain: Bool { shared == nil }

    private mutating func change(_ body: (inout Overrides) -> Void) {
        var overrides = shared?.overrides ?? Overrides()
        body(&overrides)
        shared = Shared(overrides)
    }

    /// Per attempt, at least a millisecond; `nil`: the client's `requestTimeout`, or its `ddlTimeout` for operations on
    /// tables.
    public var requestTimeout: Duration? {
        get { shared?.overrides.requestTimeout }
        set { change { $0.requestTimeout = newValue } }
    }
    /// Over all attempts, at least a millisecond; `nil`: the client's `operationTimeout`.
    public var operationTimeout: Duration? {
        get { shared?.overrides.operationTimeout }
        set { change { $0.operationTimeout = newValue } }
    }
    /// Whether a slow read is asked of a second node; `nil`: as the client's configuration says.
    public var hedging: AlternatorConfig.Hedging? {
        get { shared?.overrides.hedging }
        set { change { $0.hedging = newValue } }
    }
    /// Attempts that may reach a node, 1 or more; `nil`: as many as the client's `retry` has.
    ///
    /// Another attempt after the first takes from the client's budget all the same.
    public var maximumAttempts: Int? {
        get { shared?.overrides.maximumAttempts }
        set { change { $0.maximumAttempts = newValue } }
    }
    /// Whether this call is routed by its key; `nil`: as the client's configuration says.
    ///
    /// Where the client's configuration has `.off` and a rack as scope, keys are spread over that rack alone.
    public var keyAffinity: KeyAffinity.Mode? {
        get { shared?.overrides.keyAffinity }
        set { change { $0.keyAffinity = newValue } }
    }
    /// The node to ask first, as `nodes()` shows it; the others follow if it fails, or is down.
    ///
    /// Goes before balancing and affinity. A call that names none of the nodes fails with `.noNodeAvailable`.
    public var firstNode: String? {
        get { shared?.overrides.firstNode }
        set { change { $0.firstNode = newValue } }
    }
    /// The only node to ask, as `nodes()` shows it; repeats go there too.
    ///
    /// Goes before balancing and affinity. If it is down, the call fails with `.noNodeAvailable`.
    public var onlyNode: String? {
        get { shared?.overrides.onlyNode }
        set { change { $0.onlyNode = newValue } }
    }
    /// The part of the cluster whose nodes are asked; `nil`: as the client's configuration says.
    ///
    /// The first call with a scope waits until its nodes are found; later ones go by what was found last, and look again
    /// once that is older than the client's `activeRefreshInterval`. The nodes of the last 16 scopes are kept. Keys are
    /// spread over the nodes of the scope. Without any node the call fails with `.noNodeAvailable`.
    public var routingScope: RoutingScope? {
        get { shared?.overrides.routingScope }
        set { change { $0.routingScope = newValue } }
    }
    /// Who the call comes from; `nil`: as the client's configuration says.
    ///
    /// `.anonymous` sends it unsigned. Keep one value for all calls of a role: what a provider gave stays with it.
    public var authentication: AlternatorConfig.Authentication? {
        get { shared?.overrides.authentication }
        set { change { $0.authentication = newValue } }
    }
    /// Whether the call's body is packed; `nil`: as the client's configuration says.
    public var requestCompression: AlternatorConfig.RequestCompression? {
        get { shared?.overrides.requestCompression }
        set { change { $0.requestCompression = newValue } }
    }
    /// Which packed answers are asked for; `nil`: as the client's configuration says.
    public var responseCompression: AlternatorConfig.ResponseCompression? {
        get { shared?.overrides.responseCompression }
        set { change { $0.responseCompression = newValue } }
    }
    /// Sent with each attempt, not signed; refused with `.configuration` where the client sends the header itself.
    ///
    /// Where the client's `optimizeHeaders` is on, those are left out that its `headersWhitelist` has not.
    public var additionalHeaders: [String: String] {
        get { shared?.overrides.additionalHeaders ?? [:] }
        set { change { $0.additionalHeaders = newValue } }
    }
}

public import AlternatorRouting

/// What one call may override; `nil` keeps the client's setting.
public struct RequestOptions: Sendable {
    /// Per attempt; `nil`: the client's `requestTimeout`, or its `ddlTimeout` for operations on tables.
    public var requestTimeout: Duration?
    /// Over all attempts; `nil`: the client's `operationTimeout`.
    public var operationTimeout: Duration?
    /// Whether a slow read is asked of a second node; `nil`: as the client's configuration says.
    public var hedging: AlternatorConfig.Hedging?
    /// Attempts that may reach a node, 1 or more; `nil`: as many as the client's `retry` has.
    ///
    /// Another attempt after the first takes from the client's budget all the same.
    public var maximumAttempts: Int?
    /// Whether this call is routed by its key; `nil`: as the client's configuration says.
    ///
    /// Where the client's configuration has `.off` and a rack as scope, keys are spread over that rack alone.
    public var keyAffinity: KeyAffinity.Mode?
    /// The node to ask first, as `nodes()` shows it; the others follow if it fails, or is down.
    ///
    /// Goes before balancing and affinity. A call that names none of the nodes fails with `.noNodeAvailable`.
    public var firstNode: String?
    /// The only node to ask, as `nodes()` shows it; repeats go there too.
    ///
    /// Goes before balancing and affinity. If it is down, the call fails with `.noNodeAvailable`.
    public var onlyNode: String?
    /// The part of the cluster whose nodes are asked; `nil`: as the client's configuration says.
    ///
    /// The first call with a scope waits until its nodes are found; later ones go by what was found last, and look again
    /// once that is older than the client's `activeRefreshInterval`. The nodes of the last 16 scopes are kept. Keys are
    /// spread over the nodes of the scope. Without any node the call fails with `.noNodeAvailable`.
    public var routingScope: RoutingScope?
    /// Who the call comes from; `nil`: as the client's configuration says.
    ///
    /// `.anonymous` sends it unsigned. Keep one value for all calls of a role: what a provider gave stays with it.
    public var authentication: AlternatorConfig.Authentication?
    /// Whether the call's body is packed; `nil`: as the client's configuration says.
    public var requestCompression: AlternatorConfig.RequestCompression?
    /// Which packed answers are asked for; `nil`: as the client's configuration says.
    public var responseCompression: AlternatorConfig.ResponseCompression?
    /// Sent with each attempt, not signed; refused with `.configuration` where the client sends the header itself.
    ///
    /// Where the client's `optimizeHeaders` is on, those are left out that its `headersWhitelist` has not.
    public var additionalHeaders: [String: String] = [:]

    /// Overrides nothing.
    public init() {}
}

/// What one call may override; `nil` keeps the client's setting.
public struct RequestOptions: Sendable {
    /// Per attempt; `nil`: the client's `requestTimeout`, or its `ddlTimeout` for operations on tables.
    public var requestTimeout: Duration?
    /// Over all attempts; `nil`: the client's `operationTimeout`.
    public var operationTimeout: Duration?
    /// Whether a slow read is asked of a second node; `nil`: as the client's configuration says.
    public var hedging: AlternatorConfig.Hedging?

    /// Overrides nothing.
    public init() {}
}

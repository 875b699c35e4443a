/// What one call may override; `nil` keeps the client's setting.
public struct RequestOptions: Sendable {
    /// Per attempt; `nil`: the client's `requestTimeout`, or its `ddlTimeout` for operations on tables.
    public var requestTimeout: Duration?
    /// Over all attempts; `nil`: the client's `operationTimeout`.
    public var operationTimeout: Duration?

    /// Overrides nothing.
    public init() {}
}

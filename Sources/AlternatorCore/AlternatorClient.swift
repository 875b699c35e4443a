import AlternatorRouting
public import AlternatorWire

/// The balanced client: every operation by name, wire types in and out.
public final class AlternatorClient: Sendable {
    public let config: AlternatorConfig

    public init(_ config: AlternatorConfig) async throws(AlternatorError) { self.config = config }

    /// Sends one encoded request: node choice, retries, error mapping.
    package func execute(
        _ request: EncodedRequest, options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> EncodedResponse {
        fatalError("skeleton")
    }

    /// Tells the client a table's partition key: no network, never forgotten.
    package func registerPartitionKey(_ name: String, of table: String) { fatalError("skeleton") }

    /// Lets requests finish for up to `grace`, then cancels them with `.closed`. Repeated and concurrent calls return together.
    public func close(within grace: Duration = .seconds(10)) async { fatalError("skeleton") }

    /// For `withTaskExecutorPreference`: nonisolated code run under it stays on an event loop.
    public var executor: any TaskExecutor { fatalError("skeleton") }
}

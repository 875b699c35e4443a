package import AlternatorTransport
public import AlternatorWire

/// The balanced client: every operation by name, wire types in and out.
///
/// It finds the cluster's nodes by itself and keeps their list fresh, spreads requests over them, passes over nodes
/// that fail, and repeats what can safely be repeated. One client serves any number of tasks at once; make one per
/// cluster and keep it.
///
/// ```swift
/// let client = try await AlternatorClient(AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000))
/// let tables = try await client.listTables()
/// await client.close()
/// ```
///
/// Dropping the last reference closes it in the background.
public final class AlternatorClient: Sendable {
    /// What the client was made from.
    public let config: AlternatorConfig
    package let core: ClientCore

    /// Looks for the cluster and returns at the first answer, at latest after `discoveryTimeout`.
    ///
    /// A cluster that does not answer is no error yet: the client goes on looking, and requests say what was found.
    ///
    /// - Throws: only `.configuration`, naming the field.
    public convenience init(_ config: AlternatorConfig) async throws(AlternatorError) {
        try await self.init(
            ClientCore(
                config,
                secondsSinceEpoch: WallClock.secondsSinceEpoch,
                random: RandomSource(),
                transport: { config, events throws(AlternatorError) in
                    var configuration = config.transportConfiguration
                    configuration.tls = try config.tlsClient(events)
                    if events.listens(to: .warning) {
                        configuration.onLongWait = { ClientCore.tellWait($0, events) }
                    }
                    let transport = LoopTransport(configuration)
                    return (transport, TimeSource(transport))
                }
            )
        )
    }

    /// A client over a transport, a clock and a source of chance of the caller's.
    package convenience init(
        _ config: AlternatorConfig,
        clock: some Clock<Duration>,
        random: RandomSource,
        secondsSinceEpoch: @escaping @Sendable () -> Int64 = WallClock.secondsSinceEpoch,
        transport: (AlternatorConfig) throws(AlternatorError) -> any Transport
    ) async throws(AlternatorError) {
        let time = TimeSource(clock)
        try await self.init(
            ClientCore(
                config,
                secondsSinceEpoch: secondsSinceEpoch,
                random: random,
                transport: { config, _ throws(AlternatorError) in (try transport(config), time) }
            )
        )
    }

    private init(_ core: ClientCore) async {
        config = core.config
        self.core = core
        core.start()
        await core.firstAnswer.sleep(config.discoveryTimeout, on: core.time)
    }

    deinit { core.abandon() }

    /// Sends one encoded request: node choice, retries, error mapping.
    package func execute(
        _ request: EncodedRequest,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> EncodedResponse {
        try await core.execute(request, options: options)
    }

    /// Tells the client a table's partition key: no network, never forgotten.
    package func registerPartitionKey(_ name: String, of table: String) {
        core.keys.register(name, of: table)
    }

    /// Refuses new requests, lets those in flight finish for up to `grace`, then ends them with `.closed`.
    ///
    /// Repeated and concurrent calls return together, when no thread, connection or task is left.
    public func close(within grace: Duration = .seconds(10)) async { await core.close(within: grace) }

    /// For `withTaskExecutorPreference`: nonisolated code run under it stays on an event loop and saves the hop to it.
    public var executor: any TaskExecutor { core.transport.executor }
}

extension AlternatorClient {
    /// Makes a client, runs `body` with it and closes it, whatever happens.
    ///
    /// - Throws: `.configuration`, or what `body` throws.
    public static func withClient<Result>(
        _ config: AlternatorConfig,
        _ body: (AlternatorClient) async throws -> Result
    ) async throws -> Result {
        let client = try await AlternatorClient(config)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }
}

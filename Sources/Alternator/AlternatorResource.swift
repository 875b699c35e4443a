public import AlternatorCore
public import AlternatorWire
public import FoundationEssentials
import Synchronization

/// The entry point: a balanced client and the tables on it.
///
/// ```swift
/// let resource = try await AlternatorResource(AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000))
/// try await resource.table("users").put(User(id: "u1", name: "Ada", visits: 1))
/// await resource.close()
/// ```
///
/// Tables are values and may outlive the resource they came from. Dropping the last reference stops the client's
/// background work; `close` also lets running requests finish.
public final class AlternatorResource: Sendable {
    /// The client below: every operation by name, with wire types.
    public let client: AlternatorClient
    private let ownsClient: Bool
    let pacing: Pacing
    /// The clock of timestamps and expiry.
    let now: @Sendable () -> Date
    /// What a table is called on the server.
    private let serverName: @Sendable (String) -> String
    /// Keys of tables without a model, as far as they had to be asked for.
    let tableKeys = Mutex<[String: TableKeys]>([:])

    /// Makes a client of its own; throws only `.configuration`.
    ///
    /// - Parameters:
    ///   - config: where the cluster is and how to talk to it.
    ///   - clock: the time for models' timestamps and `excludingExpired()`; the system's by default.
    ///   - tableName: turns the name of a table, as code and models give it, into the server's: `{ "staging_" + $0 }`. The
    ///     names in the configuration's `tablePKMap` are the server's.
    /// - Throws: `.configuration` naming the field that cannot be used.
    public init(
        _ config: AlternatorConfig,
        clock: @escaping @Sendable () -> Date = { Date() },
        tableName: @escaping @Sendable (String) -> String = { $0 }
    ) async throws(AlternatorError) {
        client = try await AlternatorClient(config)
        ownsClient = true
        pacing = .standard
        now = clock
        serverName = tableName
    }

    /// Shares a client: closing this resource leaves it open.
    ///
    /// - Parameters:
    ///   - client: the client to use.
    ///   - clock: as above.
    ///   - tableName: as above.
    public init(
        client: AlternatorClient,
        clock: @escaping @Sendable () -> Date = { Date() },
        tableName: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.client = client
        ownsClient = false
        pacing = .standard
        now = clock
        serverName = tableName
    }

    /// For tests: waits are taken from `pacing`.
    package init(
        client: AlternatorClient,
        pacing: Pacing,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.client = client
        ownsClient = false
        self.pacing = pacing
        now = clock
        serverName = { $0 }
    }

    /// Lets requests finish for up to `grace`, then cancels them with `.closed`; a shared client stays open.
    public func close(within grace: Duration = .seconds(10)) async {
        if ownsClient { await client.close(within: grace) }
    }

    /// Runs `body` with a resource and closes it on every way out.
    ///
    /// Throws untyped because it runs the caller's code, on the caller's actor.
    public static func withResource<Result>(
        _ config: AlternatorConfig,
        _ body: (AlternatorResource) async throws -> Result
    ) async throws -> Result {
        let resource = try await AlternatorResource(config)
        do {
            let result = try await body(resource)
            await resource.close()
            return result
        } catch {
            await resource.close()
            throw error
        }
    }

    // MARK: Tables

    /// A table by name, for any `Codable` and for items without a model.
    public func table(_ name: String) -> Table { Table(handle: handle(name)) }

    /// A table of one model, under a name of its own: for tables per tenant or environment.
    ///
    /// Tells the client the table's partition key, so that key affinity works from the first request; no network.
    public func table<Item: TableItem>(_ name: String, of type: Item.Type) -> TypedTable<Item> {
        TypedTable(handle: handle(name))
    }

    /// The table of a model that names it.
    public func table<Item: NamedTableItem>(_ type: Item.Type) -> TypedTable<Item> {
        TypedTable(handle: handle(Item.tableName))
    }

    private func handle(_ name: String) -> TableHandle { TableHandle(name: serverName(name), resource: self) }
}

import AlternatorTransport

/// The listener of the admin port, on a loop of its own so that its calls may wait.
final class AdminPort: Sendable {
    let server: HTTPServer
    private let group: LoopGroup

    init(_ port: Int, cluster: LocalCluster) async throws {
        group = LoopGroup(count: 1)
        do {
            server = try HTTPServer(
                host: "127.0.0.1",
                port: port,
                group: group,
                handler: AdminHandler(cluster: WeakCluster(cluster))
            )
            try server.start()
        } catch {
            await group.shutDown()
            throw error
        }
    }

    func close() async {
        await server.stop()
        await group.shutDown()
    }
}

/// The cluster as its admin port sees it: not held, so a cluster that is dropped ends.
struct WeakCluster: Sendable {
    private final class Box: Sendable {
        weak let cluster: LocalCluster?

        init(_ cluster: LocalCluster) { self.cluster = cluster }
    }

    private let box: Box

    init(_ cluster: LocalCluster) { box = Box(cluster) }

    var cluster: LocalCluster? { box.cluster }
}

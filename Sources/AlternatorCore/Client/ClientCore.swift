import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization

/// All of a client but its public face.
///
/// Background tasks hold this and never the `AlternatorClient`, so that dropping the last client ends them.
package final class ClientCore: Sendable {
    let config: AlternatorConfig
    let transport: any Transport
    /// `transport`, where it is the real one.
    let loopTransport: LoopTransport?
    /// Whether calls that override nothing go the short way.
    let isUsual: Bool
    /// The bounds of an exchange on the short way.
    let repeatable: ExchangeOptions
    let unrepeatable: ExchangeOptions
    let isAffinityOff: Bool
    /// Whether answers may come packed.
    let asksForPacked: Bool
    let time: TimeSource
    let random: RandomSource
    let heads: RequestHeads
    let signing: ClientSigning
    let topology: Topology
    /// `nil`: nothing is counted.
    let meter: ClientMeter?
    let events: EventSink
    let faults = NodeFaults()
    /// Which area of the scope's chain the last refresh used.
    let lastFallback = Mutex(0)
    let isFilterChecked = Atomic<Bool>(false)
    let seeds: [DiscoveredNode]
    let lifecycle = Lifecycle()
    let pauses = Pauses()
    /// Ends the wait between two discoveries.
    let discoveryAlarm = Alarm()
    /// Ends the wait between two probes.
    let probeAlarm = Alarm()
    /// Rung by the first usable answer, or by the end of the first refresh.
    let firstAnswer = Alarm()
    /// What the hosts asked by the last refresh answered.
    let report = Mutex(DiscoveryReport())
    let refreshing = Mutex<Task<Void, Never>?>(nil)
    let keys: PartitionKeys
    let modes = TableModes()
    let looks = ScopeLooks()
    private let background = Mutex<Task<Void, Never>?>(nil)
    private let closing = Mutex<Task<Void, Never>?>(nil)

    /// - Throws: `.configuration` naming the field.
    init(
        _ config: AlternatorConfig,
        secondsSinceEpoch: @escaping @Sendable () -> Int64,
        random: RandomSource,
        transport: (AlternatorConfig, EventSink) throws(AlternatorError) -> (any Transport, TimeSource)
    ) throws(AlternatorError) {
        try config.validate()
        self.config = config
        self.random = random
        repeatable = Self.exchangeOptions(config.requestTimeout, isIdempotent: true)
        unrepeatable = Self.exchangeOptions(config.requestTimeout, isIdempotent: false)
        isUsual = Self.isUsual(config)
        isAffinityOff = config.keyAffinity.mode == .off
        asksForPacked = !config.responseCompression.codings.isEmpty
        heads = RequestHeads(config)
        signing = ClientSigning(config, secondsSinceEpoch: secondsSinceEpoch)
        keys = PartitionKeys(config)
        seeds = try Self.seeds(config)
        meter =
            config.collectsMetrics ? ClientMeter(lanes: Counters.lanes(processors: ProcessorCount.usable)) : nil
        topology = Topology(config, seeds: seeds, meter: meter)
        events = EventSink(config, secondsSinceEpoch: secondsSinceEpoch)
        // Last, since nothing may fail once its threads run.
        (self.transport, time) = try transport(config, events)
        loopTransport = self.transport as? LoopTransport
    }

    private static func seeds(_ config: AlternatorConfig) throws(AlternatorError) -> [DiscoveredNode] {
        var seeds: [DiscoveredNode] = []
        for host in config.seedHosts {
            do {
                seeds.append(try config.node(host))
            } catch {
                throw AlternatorError(.configuration, message: "AlternatorConfig.seedHosts: \(error)", cause: error)
            }
        }
        return seeds
    }

    // MARK: Background

    /// Starts discovery and probes.
    func start() {
        if config.tls?.trustsAll == true {
            events.tell(.certificatesUnchecked) {
                AlternatorEvent(
                    $0,
                    "AlternatorConfig.tls trusts everybody: whoever stands between this client and the nodes can read "
                        + "and change everything, keys and items included."
                )
            }
        }
        let task = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.discoveryLoop() }
                group.addTask { await self.probeLoop() }
            }
        }
        background.withLock { $0 = task }
    }

    // MARK: Closing

    /// Refuses new requests, lets those in flight finish for up to `grace`, then ends them; all callers return together.
    func close(within grace: Duration) async {
        let task = closing.withLock { running -> Task<Void, Never> in
            if let running { return running }
            let task = Task { await self.performClose(grace) }
            running = task
            return task
        }
        await task.value
    }

    /// Closes in the background, when nobody can wait for it.
    func abandon() { Task { await self.close(within: .seconds(10)) } }

    private func performClose(_ grace: Duration) async {
        lifecycle.refuse()
        let tasks =
            [background.withLock { $0 }, refreshing.withLock { $0 }] + keys.close() + modes.close() + looks.close()
        for task in tasks { task?.cancel() }
        await lifecycle.drain(within: grace, on: time)
        lifecycle.terminate()
        pauses.endAll()
        await transport.close(within: .zero)
        // Every exchange has ended by now, so what is left ends by itself.
        await lifecycle.drain()
        for task in tasks { await task?.value }
    }
}

extension AlternatorConfig {
    /// A host under the configured port, with the address to connect to.
    func node(_ host: String) throws(EndpointError) -> DiscoveredNode {
        let endpoint = try Endpoint(scheme: scheme.endpointScheme, host: host, port: port)
        guard let addressTranslator else { return DiscoveredNode(endpoint) }
        return DiscoveredNode(endpoint, connectHost: try HostText(addressTranslator(endpoint.host)).text)
    }
}

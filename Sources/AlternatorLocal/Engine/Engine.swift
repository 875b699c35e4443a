import AlternatorWire
import Synchronization

/// What an operation answers with.
struct Answer: Sendable {
    var body: [UInt8]
    /// Sent in chunks, as the server does with long answers.
    var isStreamed = false
    /// The partition it was about, where routing hints are sent.
    var routed: RoutedKey?

    init(_ value: JSONValue) { body = value.encoded }

    init(body: [UInt8], isStreamed: Bool = false) {
        self.body = body
        self.isStreamed = isStreamed
    }
}

/// What an operation is told about the request besides its body.
struct RequestContext: Sendable {
    /// The Host header.
    var host = ""
    /// The User-Agent header.
    var userAgent = ""
    var remoteAddress = ""
    /// The node that was asked.
    var place = NodePlace(address: "127.0.0.1", datacenter: "dc1", rack: "rack1")
    /// Who signed; `nil` where signatures are not looked at.
    var role: String?
    /// All nodes; `nil` in tests of the engine alone.
    var topology: Topology?
}

/// How the engine behaves; one value for all nodes.
struct EngineSettings: Sendable {
    /// Where tables are kept; `nil` is memory.
    var path: String?
    /// For tables without the tag `system:write_isolation`.
    var writeIsolation = WriteIsolation.onlyReadModifyWrite
    /// Requests in one BatchWriteItem.
    var maximumBatchWrite = 100
    /// How often expired items are removed, in milliseconds; the engine only tells it.
    var timeToLivePeriod: Int64 = 60_000
    /// So old a change must be before a stream shows it, in milliseconds.
    var streamsWindow: Int64 = 0
    /// Whether `system.config` may be written.
    var allowsSystemTableWrites = false
    /// Whether requests must be signed; the engine only tells it.
    var enforcesAuthorization = false
    /// Who may sign.
    var roles = RoleBook()
    /// Whether roles need grants; a superuser needs none.
    var checksGrants = false
    /// Whether answers about one partition name it.
    var namesRoutedKeys = false
    /// Milliseconds since 1970.
    var now: @Sendable () -> Int64 = { WallClock.milliseconds() }
}

/// The tables shared by all nodes, and the operations on them.
///
/// One lock is held around each operation, so conditional writes are linearizable. Nothing waits inside but for
/// the disk.
final class Engine: Sendable {
    private let core: Mutex<EngineCore>
    /// How answers are sent.
    let responseOptions = SharedResponseOptions(ResponseOptions())
    let roles: RoleBook

    init(_ settings: EngineSettings = EngineSettings()) throws(LocalError) {
        roles = settings.roles
        core = try Mutex(EngineCore(settings, responseOptions))
    }

    /// Performs one operation.
    ///
    /// - Parameters:
    ///   - operation: which one.
    ///   - request: the body, an object.
    ///   - context: what else the request said.
    /// - Returns: what to answer with status 200.
    /// - Throws: the refusal, in the server's words.
    func perform(
        _ operation: OperationName,
        _ request: JSONValue,
        _ context: RequestContext = RequestContext()
    ) throws(LocalError) -> Answer {
        try core.withLock { (core) throws(LocalError) -> Answer in
            try core.perform(operation, request, context)
        }
    }

    /// Works on the state under the lock.
    func withCore<Result: Sendable>(
        _ body: (EngineCore) throws(LocalError) -> Result
    ) throws(LocalError) -> Result {
        try core.withLock { (core) throws(LocalError) -> Result in try body(core) }
    }

    /// Removes items whose time to live is over; a failure is left to the next time.
    func expireItems() {
        core.withLock { core in try? core.expireItems() }
    }
}

/// One attempt to connect to a node: its name, then its addresses one after the other.
///
/// All of it happens within the connect timeout; each address gets an equal share of what is left, so one that
/// swallows packets does not hide the next.
final class Dialer: Channel, @unchecked Sendable {
    private let pool: PeerPool
    private let resolver: Resolver
    private let end: MonotonicTime
    private var addresses: [SocketAddress] = []
    private var stream: ByteStream?
    private var lastFailure: String?
    private var finished = false

    init(pool: PeerPool, loop: EventLoop, resolver: Resolver) {
        self.pool = pool
        self.resolver = resolver
        end = MonotonicTime.now.advanced(by: pool.configuration.connectTimeout)
        super.init(loop: loop)
    }

    /// Begins; on the loop.
    func start() {
        let peer = pool.peer
        loop.schedule(self, at: end)
        if let address = SocketAddress.numeric(host: peer.host, port: peer.port) {
            addresses = [address]
            return tryNext()
        }
        resolver.resolve(host: peer.host, port: peer.port) { answer in
            self.loop.execute { _ in self.resolved(answer) }
        }
    }

    private func resolved(_ answer: Resolver.Answer) {
        guard !finished else { return }
        switch answer {
        case .success(let found):
            addresses = found
            tryNext()
        case .failure(let error):
            fail(.resolveFailed, "The name '\(pool.peer.host)' cannot be resolved: \(error.reason).")
        }
    }

    private func tryNext() {
        guard !addresses.isEmpty else {
            return fail(.connectFailed, "Cannot connect to \(pool.name): \(lastFailure ?? "no address").")
        }
        let address = addresses.removeFirst()
        let share = end.nanoseconds(since: .now) / Int64(addresses.count + 1)
        loop.schedule(self, at: .now.advanced(byNanoseconds: share))
        do throws(SystemError) {
            let stream = try ByteStream.connecting(to: address)
            try loop.register(self, stream)
            self.stream = stream
        } catch {
            lastFailure = error.reason
            tryNext()
        }
    }

    override func ready(_ readiness: Readiness) {
        guard let stream, !finished else { return }
        if let failure = stream.connectResult() {
            lastFailure = failure.reason
            dropStream()
            return tryNext()
        }
        guard readiness.contains(.writable) else { return }
        finished = true
        loop.cancel(self)
        let connection = Connection(pool: pool, loop: loop, stream: stream, now: loop.now)
        self.stream = nil
        connection.adopt(from: self)
        pool.dialed(self, connection)
        // What came together with the connection gives no second event.
        let rest = readiness.intersection([.readable, .hangup])
        if !rest.isEmpty { connection.ready(rest) }
    }

    override func fired(on loop: EventLoop) {
        guard !finished else { return }
        lastFailure = "no answer within the connect timeout"
        if stream != nil, !addresses.isEmpty, loop.now < end {
            dropStream()
            return tryNext()
        }
        if stream == nil, addresses.isEmpty {
            return fail(
                .resolveFailed,
                "The name '\(pool.peer.host)' was not resolved within the connect timeout."
            )
        }
        fail(.connectTimeout, "Cannot connect to \(pool.name): no answer within the connect timeout.")
    }

    override func loopStopping() { fail(.closed, "The client was closed.") }

    private func dropStream() {
        // Keeps the deadline, which is the next attempt's to move.
        loop.unregister(self)
        stream?.close()
        stream = nil
    }

    private func fail(_ kind: TransportError.Kind, _ message: String) {
        guard !finished else { return }
        finished = true
        dropStream()
        pool.dialFailed(self, TransportError(kind, sent: .incomplete, message: message))
    }
}

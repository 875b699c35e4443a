/// One attempt to connect to a node: its name, then its addresses one after the other, each with its TLS handshake.
///
/// All of it happens within the connect timeout; each address gets an equal share of what is left, so one that
/// swallows packets does not hide the next.
final class Dialer: Channel, @unchecked Sendable {
    private let pool: PeerPool
    private let resolver: Resolver
    private let end: MonotonicTime
    private var addresses: [SocketAddress] = []
    private var stream: ByteStream?
    /// TCP is connected, TLS is not.
    private var isShakingHands = false
    private var lastFailure: String?
    /// The last address failed in its handshake.
    private var lastFault: TLSFault?
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
            if let lastFault { return fail(lastFault) }
            return fail(.connectFailed, "Cannot connect to \(pool.name): \(lastFailure ?? "no address").")
        }
        lastFault = nil
        let address = addresses.removeFirst()
        let share = end.nanoseconds(since: .now) / Int64(addresses.count + 1)
        loop.schedule(self, at: .now.advanced(byNanoseconds: share))
        do throws(SystemError) {
            let stream = try ByteStream.connecting(to: address, secure: secure)
            try loop.register(self, stream)
            self.stream = stream
        } catch {
            lastFailure = error.reason
            tryNext()
        }
    }

    /// Makes the TLS side of a descriptor, where there is TLS.
    private var secure: ((Int32) -> TLSSession?)? {
        guard let tls = pool.configuration.tls else { return nil }
        return { tls.session(for: self.pool.peer, descriptor: $0, now: self.loop.now) }
    }

    override func ready(_ readiness: Readiness) {
        guard let stream, !finished else { return }
        if !isShakingHands {
            if let failure = stream.connectResult() {
                lastFailure = failure.reason
                dropStream()
                return tryNext()
            }
            guard readiness.contains(.writable) else { return }
            isShakingHands = true
        }
        // An error of the socket is left to the handshake, which first reads what the peer said about it.
        switch stream.handshake() {
        case .wouldBlock: return
        case .failed(let fault):
            lastFault = fault
            dropStream()
            return tryNext()
        case .done: break
        }
        finished = true
        loop.cancel(self)
        let connection = Connection(pool: pool, loop: loop, stream: stream, now: loop.now)
        self.stream = nil
        connection.adopt(from: self)
        pool.dialed(self, connection)
        // What came together with the connection gives no second event; under TLS it may have been read already.
        var rest = readiness.intersection([.readable, .hangup])
        if stream.isSecure { rest.insert(.readable) }
        if !rest.isEmpty { connection.ready(rest) }
    }

    override func fired(on loop: EventLoop) {
        guard !finished else { return }
        lastFailure = "no answer within the connect timeout"
        lastFault =
            isShakingHands
            ? TLSFault(.handshakeTimeout, "the TLS handshake was not complete within the connect timeout") : nil
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
        if let lastFault { return fail(lastFault) }
        fail(.connectTimeout, "Cannot connect to \(pool.name): no answer within the connect timeout.")
    }

    override func loopStopping() { fail(.closed, "The client was closed.") }

    private func dropStream() {
        // Keeps the deadline, which is the next attempt's to move.
        loop.unregister(self)
        stream?.close()
        stream = nil
        isShakingHands = false
    }

    private func fail(_ fault: TLSFault) { fail(.tls, "\(pool.name): \(fault.detail).", fault) }

    private func fail(_ kind: TransportError.Kind, _ message: String, _ fault: TLSFault? = nil) {
        guard !finished else { return }
        finished = true
        dropStream()
        pool.dialFailed(self, TransportError(kind, sent: .incomplete, message: message, fault: fault))
    }
}

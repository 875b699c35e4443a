/// Sessions that can be resumed, by the peer they were made with; a pure state machine.
///
/// Newest first. One that may be used once only (TLS 1.3 asks for that, so that nobody can link connections) is taken
/// out by its use. When it is full the oldest of all goes.
struct ResumptionCache<Session: Sendable>: Sendable {
    private struct Entry: Sendable {
        let session: Session
        let isSingleUse: Bool
        /// Counts insertions: the oldest has the lowest.
        let number: Int
        let end: MonotonicTime
    }
    private var entries: [String: [Entry]] = [:]
    private var lastNumber = 0
    private(set) var count = 0
    private let capacity: Int
    private let lifetime: Duration

    /// - Parameters:
    ///   - capacity: sessions over all peers; 0 keeps none.
    ///   - lifetime: the longest time from making a session to its use; the server's own limit may be shorter.
    init(capacity: Int, lifetime: Duration) {
        self.capacity = capacity
        self.lifetime = lifetime
    }

    mutating func store(
        _ session: Session,
        for peer: String,
        isSingleUse: Bool,
        lifetime limit: Duration,
        now: MonotonicTime
    ) {
        guard capacity > 0 else { return }
        lastNumber += 1
        let end = now.advanced(by: min(lifetime, limit))
        let entry = Entry(session: session, isSingleUse: isSingleUse, number: lastNumber, end: end)
        // One that can be used often needs no second one.
        if !isSingleUse { removeAll(for: peer) }
        entries[peer, default: []].append(entry)
        count += 1
        if count > capacity { removeOldest() }
    }

    mutating func take(for peer: String, now: MonotonicTime) -> Session? {
        while let last = entries[peer]?.last, now >= last.end { removeLast(for: peer) }
        guard let last = entries[peer]?.last else { return nil }
        if last.isSingleUse { removeLast(for: peer) }
        return last.session
    }

    private mutating func removeLast(for peer: String) {
        entries[peer]?.removeLast()
        if entries[peer]?.isEmpty == true { entries[peer] = nil }
        count -= 1
    }

    private mutating func removeAll(for peer: String) {
        count -= entries.removeValue(forKey: peer)?.count ?? 0
    }

    /// A walk over all peers: once per handshake and only when full, against a millisecond for the handshake.
    private mutating func removeOldest() {
        guard let peer = entries.min(by: { $0.value[0].number < $1.value[0].number })?.key else { return }
        entries[peer]?.removeFirst()
        if entries[peer]?.isEmpty == true { entries[peer] = nil }
        count -= 1
    }
}

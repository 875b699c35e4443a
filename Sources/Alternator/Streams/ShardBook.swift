import AlternatorWire

/// Which shards of a stream there are, how far each is read, and what to ask next.
///
/// Does nothing itself and has no clock: times are given, as durations since some moment. A shard is read after its
/// parent is, so that the changes of an item stay in order when its shard is split.
struct ShardBook {
    /// What to send.
    enum Step: Equatable {
        /// List the shards.
        case list
        /// Ask for an iterator.
        case iterator(shard: String, ShardIteratorType, sequenceNumber: String?)
        /// Read changes.
        case records(shard: String, iterator: String)
        /// Nothing before this time.
        case wait(until: Duration)
        /// Nothing at all until something under way has arrived.
        case rest
        /// The stream is off and read to its end.
        case finish
    }

    private struct Shard {
        let id: String
        let parent: String?
        var iterator: String?
        var emptyRounds = 0
        var failures = 0
        /// Changes to leave out because they were given out before.
        var toSkip = 0
    }

    private(set) var places: ShardPlaces
    private var shards: [Shard] = []
    /// When each shard is to be asked; `nil` while it is being asked, finished, or waits for its parent.
    private var due: [Duration?] = []
    private var indexes: [String: Int] = [:]

    private let options: ChangeOptions
    /// Where shards begin that are there when the first list comes.
    private let start: StreamPosition
    private var isListed = false
    private var isOpen = true
    /// When to list the shards; `nil` while they are being listed.
    private var listDue: Duration? = .zero
    private var listFailures = 0
    /// Whether a shard has ended since the last list was asked for.
    private var hasEnded = false
    /// Shards that a request is under way for, or whose changes are being given out.
    private var busy: Set<Int> = []
    /// Shards to be read from `latest` on that have no iterator yet.
    private var unplaced = 0

    init(_ places: ShardPlaces, from start: StreamPosition, _ options: ChangeOptions) {
        self.places = places
        self.start = start
        self.options = options
        // A reader that stopped before it had its places in all shards looks for them by time.
        for case (let id, .latest(nil, let since)) in places.shards { self.places.shards[id] = .since(since) }
    }

    // MARK: What to do

    /// The next thing to send; it counts as being under way.
    mutating func next(at now: Duration) -> Step {
        if let listDue, listDue <= now {
            self.listDue = nil
            hasEnded = false
            return .list
        }
        var earliest = listDue
        for index in due.indices {
            guard let time = due[index] else { continue }
            if time <= now {
                // Nothing is read before every shard has its place: `latest` is one moment for all.
                if unplaced > 0, places.shards[shards[index].id]?.isUnplaced != true { continue }
                due[index] = nil
                busy.insert(index)
                return step(for: index)
            }
            if time < earliest ?? .seconds(Int64.max) { earliest = time }
        }
        if isListed, !isOpen, listDue != nil, shards.allSatisfy({ places.shards[$0.id] == .finished }) {
            return .finish
        }
        return earliest.map { .wait(until: $0) } ?? .rest
    }

    private mutating func step(for index: Int) -> Step {
        let id = shards[index].id
        if let iterator = shards[index].iterator { return .records(shard: id, iterator: iterator) }
        switch places.shards[id] ?? .beginning {
        case .beginning, .since, .finished: return .iterator(shard: id, .trimHorizon, sequenceNumber: nil)
        case .latest(nil, _): return .iterator(shard: id, .latest, sequenceNumber: nil)
        case .latest(let iterator?, _): return .records(shard: id, iterator: iterator)
        case .behind(let number, let taken):
            // At it and not after it: changes that share its number would be lost.
            shards[index].toSkip = taken
            return .iterator(shard: id, .atSequenceNumber, sequenceNumber: number)
        }
    }

    // MARK: What happened

    /// The shards were listed.
    ///
    /// - Returns: shards whose unread changes are gone.
    mutating func listed(
        _ found: [StreamShard],
        isOpen: Bool,
        at now: Duration,
        time: Double
    ) -> [String] {
        let ids = Set(found.map(\.shardID))
        let lost = isListed ? [] : places.shards.filter { !ids.contains($0.key) && $0.value != .finished }.map(\.key)
        for shard in found where indexes[shard.shardID] == nil {
            add(shard, found: ids, time: time)
        }
        // What is read to its end and no longer listed need not be remembered.
        for (id, place) in places.shards where place == .finished && !ids.contains(id) { places.shards[id] = nil }
        isListed = true
        self.isOpen = isOpen
        listFailures = 0
        // After an end there may be children that are not listed yet.
        let isIdle = shards.allSatisfy { places.shards[$0.id] == .finished }
        listDue = now + (hasEnded || isIdle ? options.pollInterval : options.shardInterval)
        unblock(at: now)
        return lost.sorted()
    }

    private mutating func add(_ shard: StreamShard, found: Set<String>, time: Double) {
        indexes[shard.shardID] = shards.count
        shards.append(Shard(id: shard.shardID, parent: shard.parentShardID))
        due.append(nil)
        guard places.shards[shard.shardID] == nil else { return }
        if !isListed, start == .latest {
            // A closed shard gets nothing new. Its children are listed with it.
            let isClosed = shard.endingSequenceNumber != nil
            places.shards[shard.shardID] = isClosed ? .finished : .latest(iterator: nil, since: time)
            if !isClosed { unplaced += 1 }
        } else {
            places.shards[shard.shardID] = .beginning
        }
    }

    /// Makes shards due that nothing keeps back any more.
    private mutating func unblock(at now: Duration) {
        for index in shards.indices where due[index] == nil && !busy.contains(index) {
            guard places.shards[shards[index].id] != .finished else { continue }
            if let parent = shards[index].parent, indexes[parent] != nil, places.shards[parent] != .finished {
                continue
            }
            due[index] = now
        }
    }

    /// An iterator came.
    mutating func gotIterator(_ iterator: String?, of shard: String, at now: Duration) {
        guard let index = indexes[shard] else { return }
        busy.remove(index)
        shards[index].failures = 0
        shards[index].iterator = iterator
        if case .latest(let known, let since) = places.shards[shard] {
            if known == nil { unplaced -= 1 }
            places.shards[shard] = .latest(iterator: iterator, since: since)
        }
        if iterator == nil { end(index, at: now) } else { due[index] = now }
    }

    /// Whether a change that arrived is to be left out because it was given out before, or is older than wanted.
    mutating func leavesOut(_ sequenceNumber: String, time: Double?, of shard: String) -> Bool {
        guard let index = indexes[shard] else { return false }
        if case .behind(let number, _) = places.shards[shard], number == sequenceNumber, shards[index].toSkip > 0 {
            shards[index].toSkip -= 1
            return true
        }
        shards[index].toSkip = 0
        if case .since(let start) = places.shards[shard], let time, time < start - Self.clockDifference { return true }
        return false
    }

    /// How far two clocks may be apart, in seconds: a server takes no signature of a clock that differs by more.
    private static let clockDifference = 900.0

    /// A change was given out.
    mutating func gave(_ sequenceNumber: String, of shard: String) {
        if case .behind(let number, let taken) = places.shards[shard], number == sequenceNumber {
            places.shards[shard] = .behind(sequenceNumber: number, taken: taken + 1)
        } else {
            places.shards[shard] = .behind(sequenceNumber: sequenceNumber, taken: 1)
        }
    }

    /// All changes of an answer were given out.
    mutating func finishedAnswer(count: Int, next: String?, of shard: String, at now: Duration) {
        guard let index = indexes[shard] else { return }
        busy.remove(index)
        shards[index].failures = 0
        shards[index].iterator = next
        guard let next else {
            end(index, at: now)
            return
        }
        if case .latest(_, let since) = places.shards[shard] {
            places.shards[shard] = .latest(iterator: next, since: since)
        }
        guard count == 0 else {
            shards[index].emptyRounds = 0
            due[index] = now
            return
        }
        let wait = options.pollInterval * (1 << min(shards[index].emptyRounds, 20))
        shards[index].emptyRounds += 1
        due[index] = now + max(min(wait, options.idlePollInterval), options.pollInterval)
    }

    private mutating func end(_ index: Int, at now: Duration) {
        places.shards[shards[index].id] = .finished
        // Its children go on where it ended; those not known yet are looked for at once.
        hasEnded = true
        if let listDue { self.listDue = min(listDue, now) }
        unblock(at: now)
    }

    /// An iterator has expired; another is asked for.
    mutating func iteratorExpired(of shard: String, at now: Duration) {
        guard let index = indexes[shard] else { return }
        busy.remove(index)
        shards[index].iterator = nil
        if case .latest(_?, let since) = places.shards[shard] { places.shards[shard] = .since(since) }
        due[index] = now
    }

    /// A request of a shard failed and may be repeated; `false` after too many.
    mutating func failed(_ shard: String, delay: (Int) -> Duration, at now: Duration) -> Bool {
        guard let index = indexes[shard] else { return false }
        busy.remove(index)
        shards[index].failures += 1
        guard shards[index].failures <= options.retries else { return false }
        due[index] = now + delay(shards[index].failures)
        return true
    }

    /// Listing failed and may be repeated; `false` after too many.
    mutating func listingFailed(delay: (Int) -> Duration, at now: Duration) -> Bool {
        listFailures += 1
        guard listFailures <= options.retries else { return false }
        listDue = now + delay(listFailures)
        return true
    }

    /// Notes when this was so, for checkpoints.
    mutating func note(time: Double) { places.time = time }
}

import AlternatorCore
import AlternatorRouting
import AlternatorWire
import FoundationEssentials

/// Reads the shards of one stream side by side.
///
/// Not Sendable: it belongs to one iterator. At most `concurrency` answers are under way or waiting to be given out, so a
/// slow reader holds back the requests. Dropping it cancels what is under way.
final class ChangeSource<Item: Decodable> {
    private let handle: TableHandle
    private let options: ChangeOptions
    private let isResumed: Bool
    private var book: ShardBook
    private let flights = Flights<StreamRequest, StreamArrival>()

    /// The answer being given out.
    private var answer: ChangeAnswer<Item>?
    private var shard = ""
    private var position = 0

    init(_ handle: TableHandle, from start: StreamPosition, _ options: ChangeOptions) async throws(AlternatorError) {
        try options.check(handle.name)
        let places: ShardPlaces
        if case .at(let checkpoint) = start {
            places = try handle.make(.getRecords) { () throws(AlternatorError) in try ShardPlaces(checkpoint) }
            try Self.check(places, handle, options)
        } else {
            places = ShardPlaces(streamARN: try await handle.streamARN())
        }
        self.handle = handle
        self.options = options
        isResumed = if case .at = start { true } else { false }
        book = ShardBook(places, from: start, options)
        book.note(time: handle.now().timeIntervalSince1970)
    }

    private static func check(
        _ places: ShardPlaces,
        _ handle: TableHandle,
        _ options: ChangeOptions
    ) throws(AlternatorError) {
        guard let retention = options.retention else { return }
        let age = handle.now().timeIntervalSince1970 - places.time
        guard age > Double(retention.components.seconds) else { return }
        throw Self.trimmed(
            handle,
            "The checkpoint is \(Int(age / 3600)) hours old, and the server keeps changes for "
                + "\(retention.components.seconds / 3600): some may be gone."
        )
    }

    /// The next change; `nil` when the task is cancelled, or the stream is off and read to its end.
    func next() async throws(AlternatorError) -> ItemChange<Item>? {
        while true {
            if let change = try given() { return change }
            if Task.isCancelled { return nil }
            guard launch() else { return nil }
            guard let (key, result) = await flights.next() else { return nil }
            try take(key, result)
        }
    }

    // MARK: Giving out

    private func given() throws(AlternatorError) -> ItemChange<Item>? {
        guard let answer else { return nil }
        while position < answer.records.count {
            let record = answer.records[position]
            position += 1
            if book.leavesOut(record.sequenceNumber, time: record.time, of: shard) { continue }
            book.gave(record.sequenceNumber, of: shard)
            if record.isSkipped { continue }
            book.note(time: handle.now().timeIntervalSince1970)
            return record.change(in: shard, book.places)
        }
        if let failure = answer.failure { throw failure }
        self.answer = nil
        book.finishedAnswer(count: answer.records.count, next: answer.nextIterator, of: shard, at: now)
        return nil
    }

    private var now: Duration { handle.resource.pacing.now() }

    // MARK: Asking

    /// Sends what is due; `false` if there is nothing more to come.
    private func launch() -> Bool {
        while flights.count < options.concurrency {
            switch book.next(at: now) {
            case .list: launchList()
            case .iterator(let shard, let type, let number): launchIterator(shard, type, number)
            case .records(let shard, let iterator): launchRecords(shard, iterator)
            case .wait(let time):
                launchTimer(until: time)
                return true
            case .rest: return !flights.isEmpty
            case .finish: return false
            }
        }
        return true
    }

    /// Wakes up after a poll interval at the latest: a shard may become due earlier than what the timer was made for.
    private func launchTimer(until time: Duration) {
        guard !flights.contains(.timer) else { return }
        let (pacing, wait) = (handle.resource.pacing, min(time - now, options.pollInterval))
        flights.launch(.timer) { () throws(AlternatorError) in
            // An end by cancellation is seen by the loop itself.
            try? await pacing.sleep(wait)
            return .time
        }
    }

    private func launchList() {
        let (handle, arn) = (handle, book.places.streamARN)
        flights.launch(.list) { () throws(AlternatorError) in
            var shards: [StreamShard] = []
            var start: String?
            var isOpen = true
            repeat {
                let request = DescribeStreamRequest(streamARN: arn, exclusiveStartShardID: start)
                let page = try await handle.perform(request).streamDescription
                shards += page.shards
                isOpen = page.streamStatus != .disabled && page.streamStatus != .disabling
                start = page.lastEvaluatedShardID
            } while start != nil
            return .shards(shards, isOpen: isOpen)
        }
    }

    private func launchIterator(_ shard: String, _ type: ShardIteratorType, _ number: String?) {
        let request = GetShardIteratorRequest(
            streamARN: book.places.streamARN,
            shardID: shard,
            shardIteratorType: type,
            sequenceNumber: number
        )
        flights.launch(.shard(shard)) { [handle] () throws(AlternatorError) in
            .iterator(try await handle.perform(request).shardIterator)
        }
    }

    private func launchRecords(_ shard: String, _ iterator: String) {
        let request = GetRecordsRequest(shardIterator: iterator, limit: options.pageSize)
        flights.launch(.shard(shard)) { [handle] () throws(AlternatorError) in
            var writer = JSONWriter()
            request.write(to: &writer)
            let encoded = EncodedRequest(.getRecords, table: handle.name, body: writer.bytes, safety: .idempotent)
            return .records(try await handle.send(encoded))
        }
    }

    // MARK: Arrivals

    private func take(_ key: StreamRequest, _ result: Result<StreamArrival, AlternatorError>) throws(AlternatorError) {
        let arrived: StreamArrival
        switch result {
        case .success(let value): arrived = value
        case .failure(let error):
            try failed(key, error)
            return
        }
        switch (arrived, key) {
        case (.shards(let shards, let isOpen), _):
            let lost = book.listed(shards, isOpen: isOpen, at: now, time: handle.now().timeIntervalSince1970)
            guard let first = lost.first else { return }
            throw Self.trimmed(handle, "\(lost.count) shards of the checkpoint are gone, the first is \(first).")
        case (.iterator(let iterator), .shard(let shard)): book.gotIterator(iterator, of: shard, at: now)
        case (.records(let response), .shard(let shard)):
            answer = try ChangeAnswer(response, handle)
            self.shard = shard
            position = 0
        case (.time, _), (.iterator, _), (.records, _): return
        }
    }

    private func failed(_ key: StreamRequest, _ error: AlternatorError) throws(AlternatorError) {
        if Task.isCancelled, error.code == .cancelled { return }
        switch error.serviceType {
        case "TrimmedDataAccessException": throw Self.trimmed(handle, error.message, error)
        case "ExpiredIteratorException":
            if case .shard(let shard) = key { return book.iteratorExpired(of: shard, at: now) }
        default: break
        }
        if isResumed, error.code == .tableNotFound {
            throw Self.trimmed(
                handle,
                "The stream of the checkpoint is gone: the table or its stream was made anew.",
                error
            )
        }
        guard Self.isTransient(error) else { throw error }
        let pacing = handle.resource.pacing
        let goesOn =
            switch key {
            case .shard(let shard): book.failed(shard, delay: { pacing.delay(afterRounds: $0) }, at: now)
            case .list: book.listingFailed(delay: { pacing.delay(afterRounds: $0) }, at: now)
            case .timer: true
            }
        if !goesOn { throw error }
    }

    /// Whether a later request may succeed; the client has tried all nodes already.
    private static func isTransient(_ error: AlternatorError) -> Bool {
        switch error.code {
        case .noNodeAvailable, .connectFailed, .connectionLost, .requestTimeout, .operationTimeout, .acquireTimeout,
            .throttled, .service:
            true
        default: false
        }
    }

    private static func trimmed(_ handle: TableHandle, _ why: String, _ cause: AlternatorError? = nil)
        -> AlternatorError
    {
        AlternatorError(
            .changesTrimmed,
            message: "\(why) Begin at .trimHorizon, or at .latest after reading the table itself.",
            operation: OperationName.getRecords.rawValue,
            table: handle.name,
            node: cause?.node,
            serviceType: cause?.serviceType,
            cause: cause
        )
    }
}

/// What is under way; one of each at a time.
private enum StreamRequest: Hashable, Sendable {
    case list, timer
    case shard(String)
}

/// What came of it.
private enum StreamArrival: Sendable {
    case shards([StreamShard], isOpen: Bool)
    case iterator(String?)
    case records(EncodedResponse)
    case time
}

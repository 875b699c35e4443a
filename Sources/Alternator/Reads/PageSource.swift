import AlternatorCore
import AlternatorWire

/// Fetches the pages of one read, one after the other or several segments at once.
///
/// Not Sendable: it belongs to one iterator. At most `concurrency` pages are in flight or waiting, because a segment's
/// next page is asked for only when its last one was taken. Dropping it cancels what is in flight.
final class PageSource {
    private let plan: ReadPlan
    private let prepared: PreparedRead
    private var progress: [SegmentProgress]
    /// Segments with something left that are not being fetched; the last goes first.
    private var waiting: [Int]
    private var remaining: Int?
    private var pagesTaken = 0
    private let flights: Flights<Int, EncodedResponse>

    init(_ plan: ReadPlan, counting: Bool = false) throws(AlternatorError) {
        prepared = try plan.prepared(counting: counting)
        var begun = Array(repeating: SegmentProgress.notStarted, count: plan.segmentCount)
        if let token = plan.token {
            let fingerprint = prepared.fingerprint
            begun = try plan.handle.make(plan.operation) { () throws(AlternatorError) in
                try TokenContent(token, fingerprint: fingerprint, segments: plan.segmentCount).segments
            }
        }
        self.plan = plan
        progress = begun
        // Segments that were begun come first, so that few are open at a time.
        waiting = begun.indices.reversed().filter { begun[$0] == .notStarted }
        waiting += begun.indices.reversed().filter { if case .after = begun[$0] { true } else { false } }
        remaining = plan.limit
        flights = Flights()
    }

    /// The next page with its token; `nil` after the last one.
    func next<Element: Decodable>(_ type: Element.Type) async throws(AlternatorError) -> Page<Element>? {
        let reading = try plan.handle.make(plan.operation) { () throws(AlternatorError) in try ItemReading<Element>() }
        guard let (answer, response) = try await nextAnswer({ try reading.read(&$0, keeping: $1, into: &$2) }) else {
            return nil
        }
        response.giveBack()
        let isDone = !answer.isCut && waiting.isEmpty && flights.isEmpty
        return Page(items: answer.items, next: isDone ? nil : token, scanned: answer.scanned, requests: 1)
    }

    /// Appends the items of the next page as lines, `{"Item":{…}}` each, undecoded.
    ///
    /// - Returns: how many there were; `nil` after the last page.
    func nextLines(into lines: inout [UInt8]) async throws(AlternatorError) -> Int? {
        let pages = try await nextAnswer { reader, wanted, page in
            try page.read(&reader, keeping: wanted) { $1.append(try $0.valueRange()) }
        }
        guard let (answer, response) = pages else { return nil }
        for item in answer.items {
            lines += Self.lineStart
            let start = lines.count
            lines += response.bytes[item]
            // A line break can only stand between values: inside a string it would be an escape.
            for place in start..<lines.count where lines[place] == 0x0A || lines[place] == 0x0D { lines[place] = 0x20 }
            lines += Self.lineEnd
        }
        response.giveBack()
        return answer.items.count
    }

    private static let lineStart = Array(#"{"Item":"#.utf8)
    private static let lineEnd = Array("}\n".utf8)

    /// The number of items on the next page, for `count()`; `nil` after the last one.
    func nextCount() async throws(AlternatorError) -> Int? {
        guard remaining != 0, let (segment, response) = try await nextResponse() else { return nil }
        let answer = try PageAnswer<Void>(response, plan, keeping: 0) { try $2.skipRest(of: &$0) }
        response.giveBack()
        finish(segment, at: answer.nextKey)
        if plan.totalSegments != nil { launch() }
        let count = min(answer.count, remaining ?? answer.count)
        if let remaining { self.remaining = remaining - count }
        return count
    }

    private func nextAnswer<Element>(
        _ items: PageAnswer<Element>.Reading
    ) async throws(AlternatorError) -> (PageAnswer<Element>, EncodedResponse)? {
        guard remaining != 0, let (segment, response) = try await nextResponse() else { return nil }
        var answer = try PageAnswer<Element>(response, plan, keeping: remaining, items: items)
        pagesTaken += 1
        if answer.isCut, answer.nextKey == nil || answer.keyOfLastItem == nil {
            answer.keyOfLastItem = try await keyOfLastItem(answer, response)
        }
        finish(segment, at: answer.isCut ? answer.keyOfLastItem : answer.nextKey)
        if let remaining { self.remaining = remaining - answer.items.count }
        if remaining != 0, plan.prefetches, pagesTaken > 1 || plan.totalSegments != nil { launch() }
        return (answer, response)
    }

    /// Where the pages given so far end.
    var token: PageToken {
        TokenContent(fingerprint: prepared.fingerprint, segments: progress).token
    }

    /// How far each segment is; one that is being fetched for the first time counts as being read.
    var segmentStates: [SegmentState] {
        let untouched = Set(waiting)
        return progress.enumerated().map { segment, place in
            switch place {
            case .finished: .finished
            case .after: .reading
            case .notStarted: untouched.contains(segment) ? .waiting : .reading
            }
        }
    }

    private func finish(_ segment: Int, at key: [UInt8]?) {
        guard let key else {
            progress[segment] = .finished
            return
        }
        progress[segment] = .after(key)
        waiting.append(segment)
    }

    // MARK: Fetching

    private func request(for segment: Int) -> EncodedRequest {
        prepared.request(
            after: progress[segment],
            limit: plan.wireLimit(remaining: remaining),
            segment: plan.totalSegments == nil ? nil : segment
        )
    }

    private func nextResponse() async throws(AlternatorError) -> (segment: Int, response: EncodedResponse)? {
        if Task.isCancelled { throw cancelled }
        if plan.totalSegments == nil, flights.isEmpty {
            // One after the other: no task needed.
            guard let segment = waiting.popLast() else { return nil }
            return (segment, try await plan.handle.send(request(for: segment)))
        }
        launch()
        guard !flights.isEmpty else { return nil }
        guard let (segment, result) = await flights.next() else { throw cancelled }
        return (segment, try result.get())
    }

    private func launch() {
        while flights.count < plan.concurrency, let segment = waiting.popLast() {
            let request = request(for: segment)
            flights.launch(segment) { [handle = plan.handle] () async throws(AlternatorError) in
                try await handle.send(request)
            }
        }
    }

    private var cancelled: AlternatorError {
        AlternatorError(
            .cancelled,
            message: "The task was cancelled between pages.",
            operation: plan.operation.rawValue,
            table: plan.handle.name
        )
    }

    // MARK: Going on after an item in the middle of a page

    private func keyOfLastItem<Element>(
        _ answer: PageAnswer<Element>,
        _ response: EncodedResponse
    ) async throws(AlternatorError) -> [UInt8]? {
        guard let start = answer.lastItemStart else { return nil }
        let names: [String]
        if let known = plan.keyNames {
            names = known
        } else {
            names = try await plan.handle.keyNames(index: plan.index)
        }
        return try plan.handle.make(plan.operation) { () throws(AlternatorError) in
            try PageAnswer<Element>.key(names, at: start, in: response)
        }
    }
}

extension PageSource {
    /// Pages up to `limit` items as one; without a limit the next page alone.
    func merged<Element: Decodable>(limit: Int?) async throws(AlternatorError) -> Page<Element> {
        guard var merged = try await next(Element.self) else {
            return Page(items: [], next: nil, scanned: 0, requests: 0)
        }
        guard let limit else { return merged }
        while merged.items.count < limit, merged.next != nil, let page = try await next(Element.self) {
            merged.items += page.items
            merged.next = page.next
            merged.scanned += page.scanned
            merged.requests += page.requests
        }
        return merged
    }
}

import AlternatorWire
import TestSupport
import Testing

@testable import Alternator

/// The book of shards: what it asks next after what it is told.
struct ShardBookTests {
    private let options = ChangeOptions(
        pollInterval: .seconds(1),
        idlePollInterval: .seconds(4),
        shardInterval: .seconds(60),
        retries: 2
    )

    private func shard(_ id: String, parent: String? = nil, isClosed: Bool = false) -> StreamShard {
        var shard = StreamShard(shardID: id)
        shard.parentShardID = parent
        shard.endingSequenceNumber = isClosed ? "9" : nil
        return shard
    }

    private func book(from start: StreamPosition, _ shards: [StreamShard]) -> ShardBook {
        var book = ShardBook(ShardPlaces(streamARN: "arn"), from: start, options)
        let step1 = book.next(at: .zero)
        #expect(step1 == .list)
        let lost2 = book.listed(shards, isOpen: true, at: .zero, time: 100)
        #expect(lost2.isEmpty)
        return book
    }

    /// All steps that are due.
    private func steps(_ book: inout ShardBook, at now: Duration) -> [ShardBook.Step] {
        var steps: [ShardBook.Step] = []
        while true {
            switch book.next(at: now) {
            case .wait, .rest, .finish: return steps
            case let step: steps.append(step)
            }
        }
    }

    @Test func `a child is read after its parent has ended`() {
        var book = book(
            from: .trimHorizon,
            [shard("p", isClosed: true), shard("c", parent: "p"), shard("x", parent: "gone")]
        )
        #expect(
            steps(&book, at: .zero) == [
                .iterator(shard: "p", .trimHorizon, sequenceNumber: nil),
                .iterator(shard: "x", .trimHorizon, sequenceNumber: nil),
            ]
        )
        book.gotIterator("i", of: "p", at: .zero)
        #expect(steps(&book, at: .zero) == [.records(shard: "p", iterator: "i")])
        book.gave("7", of: "p")
        book.finishedAnswer(count: 1, next: nil, of: "p", at: .zero)
        // The end of a shard may mean new ones, so they are listed.
        #expect(
            steps(&book, at: .zero) == [.list, .iterator(shard: "c", .trimHorizon, sequenceNumber: nil)]
        )
        #expect(book.places.shards["p"] == .finished)
    }

    @Test func `latest gives every open shard its place before any is read`() {
        var book = book(from: .latest, [shard("old", isClosed: true), shard("a", parent: "old"), shard("b")])
        #expect(
            steps(&book, at: .zero) == [
                .iterator(shard: "a", .latest, sequenceNumber: nil),
                .iterator(shard: "b", .latest, sequenceNumber: nil),
            ]
        )
        book.gotIterator("ia", of: "a", at: .zero)
        #expect(steps(&book, at: .zero) == [])
        book.gotIterator("ib", of: "b", at: .zero)
        #expect(
            steps(&book, at: .zero) == [.records(shard: "a", iterator: "ia"), .records(shard: "b", iterator: "ib")]
        )
        #expect(book.places.shards["old"] == .finished)
        #expect(book.places.shards["a"] == .latest(iterator: "ia", since: 100))
    }

    @Test func `a shard found later is read from its beginning, also when latest was wanted`() {
        var book = book(from: .latest, [shard("a")])
        _ = steps(&book, at: .zero)
        book.gotIterator("i", of: "a", at: .zero)
        _ = steps(&book, at: .zero)
        book.finishedAnswer(count: 0, next: nil, of: "a", at: .zero)
        #expect(steps(&book, at: .zero) == [.list])
        _ = book.listed([shard("a", isClosed: true), shard("b", parent: "a")], isOpen: true, at: .zero, time: 200)
        #expect(steps(&book, at: .zero) == [.iterator(shard: "b", .trimHorizon, sequenceNumber: nil)])
    }

    @Test func `an idle shard is asked less and less often`() {
        var book = book(from: .trimHorizon, [shard("a")])
        _ = steps(&book, at: .zero)
        book.gotIterator("i", of: "a", at: .zero)
        var now = Duration.zero
        var waits: [Duration] = []
        for _ in 0..<4 {
            #expect(steps(&book, at: now) == [.records(shard: "a", iterator: "i")])
            book.finishedAnswer(count: 0, next: "i", of: "a", at: now)
            guard case .wait(let until) = book.next(at: now) else {
                Issue.record("nothing to wait for")
                return
            }
            waits.append(until - now)
            now = until
        }
        #expect(waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(4)])
        #expect(steps(&book, at: now).count == 1)
        book.finishedAnswer(count: 3, next: "j", of: "a", at: now)
        #expect(steps(&book, at: now) == [.records(shard: "a", iterator: "j")])
        book.finishedAnswer(count: 0, next: "j", of: "a", at: now)
        let step3 = book.next(at: now)
        #expect(step3 == .wait(until: now + .seconds(1)))
    }

    @Test func `reading goes on at the last change, leaving out those with its number that were given`() throws {
        var first = book(from: .trimHorizon, [shard("a")])
        first.gave("5", of: "a")
        first.gave("6", of: "a")
        first.gave("6", of: "a")
        #expect(first.places.shards["a"] == .behind(sequenceNumber: "6", taken: 2))
        let checkpoint = first.places.checkpoint
        var second = ShardBook(try ShardPlaces(checkpoint), from: .at(checkpoint), options)
        _ = second.next(at: .zero)
        _ = second.listed([shard("a")], isOpen: true, at: .zero, time: 0)
        #expect(steps(&second, at: .zero) == [.iterator(shard: "a", .atSequenceNumber, sequenceNumber: "6")])
        second.gotIterator("i", of: "a", at: .zero)
        var left: [Bool] = []
        for number in ["6", "6", "6", "7"] { left.append(second.leavesOut(number, time: nil, of: "a")) }
        #expect(left == [true, true, false, false])
        second.gave("6", of: "a")
        #expect(second.places.shards["a"] == .behind(sequenceNumber: "6", taken: 3))
    }

    @Test func `an expired iterator is asked for again from the place reached`() {
        var book = book(from: .latest, [shard("a"), shard("b")])
        _ = steps(&book, at: .zero)
        book.gotIterator("ia", of: "a", at: .zero)
        book.gotIterator("ib", of: "b", at: .zero)
        _ = steps(&book, at: .zero)
        book.gave("3", of: "a")
        book.iteratorExpired(of: "a", at: .zero)
        book.iteratorExpired(of: "b", at: .zero)
        #expect(
            steps(&book, at: .zero) == [
                .iterator(shard: "a", .atSequenceNumber, sequenceNumber: "3"),
                .iterator(shard: "b", .trimHorizon, sequenceNumber: nil),
            ]
        )
        // Nothing of b was given out: what is clearly older than the start is left out, within 15 minutes it is not.
        book.gotIterator("ib2", of: "b", at: .zero)
        let old = book.leavesOut("1", time: 100 - 901, of: "b")
        let recent = book.leavesOut("2", time: 100 - 899, of: "b")
        #expect(old && !recent)
    }

    @Test func `shards of a checkpoint that are gone are told, finished ones forgotten`() throws {
        var places = ShardPlaces(streamARN: "arn")
        places.shards = ["a": .behind(sequenceNumber: "1", taken: 1), "b": .finished, "c": .beginning, "d": .finished]
        var book = ShardBook(places, from: .at(places.checkpoint), options)
        _ = book.next(at: .zero)
        let step4 = book.listed([shard("d", isClosed: true)], isOpen: true, at: .zero, time: 0)
        #expect(step4 == ["a", "c"])
        #expect(book.places.shards["b"] == nil)
        #expect(book.places.shards["d"] == .finished)
    }

    @Test func `a stream that is off ends when it is read`() {
        var book = ShardBook(ShardPlaces(streamARN: "arn"), from: .trimHorizon, options)
        _ = book.next(at: .zero)
        _ = book.listed([shard("a", isClosed: true)], isOpen: false, at: .zero, time: 0)
        _ = steps(&book, at: .zero)
        book.gotIterator("i", of: "a", at: .zero)
        _ = steps(&book, at: .zero)
        book.finishedAnswer(count: 0, next: nil, of: "a", at: .zero)
        let step5 = book.next(at: .zero)
        #expect(step5 == .list)
        _ = book.listed([shard("a", isClosed: true)], isOpen: false, at: .zero, time: 0)
        let step6 = book.next(at: .zero)
        #expect(step6 == .finish)
    }

    @Test func `a failing shard is asked again after growing waits, then given up`() {
        var book = book(from: .trimHorizon, [shard("a")])
        _ = steps(&book, at: .zero)
        let goesOn7 = book.failed("a", delay: { .seconds($0) }, at: .zero)
        #expect(goesOn7)
        let step8 = book.next(at: .zero)
        #expect(step8 == .wait(until: .seconds(1)))
        #expect(steps(&book, at: .seconds(1)).count == 1)
        let goesOn9 = book.failed("a", delay: { .seconds($0) }, at: .seconds(1))
        #expect(goesOn9)
        let step10 = book.next(at: .seconds(1))
        #expect(step10 == .wait(until: .seconds(3)))
        _ = steps(&book, at: .seconds(3))
        let goesOn11 = book.failed("a", delay: { .seconds($0) }, at: .seconds(3))
        #expect(!goesOn11)
    }

    @Test func `a checkpoint keeps every kind of place, and other text is none`() throws {
        var places = ShardPlaces(streamARN: "arn:x/\"y\"")
        places.time = 1_700_000_000
        places.shards = [
            "H 1:2": .beginning, "b": .latest(iterator: "it", since: 5), "c": .latest(iterator: nil, since: 6),
            "d": .behind(sequenceNumber: "340282366920938463463374607431768211455", taken: 3), "e": .finished,
            "f": .since(7),
        ]
        let text = places.checkpoint.description
        #expect(text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
        #expect(try ShardPlaces(StreamCheckpoint(text)) == places)
        for bad in ["", "nonsense", String(text.dropLast(3)), Base64URL.encode(Array(#"{"arn":"a"}"#.utf8))] {
            let error = #expect(throws: AlternatorError.self) { _ = try ShardPlaces(StreamCheckpoint(bad)) }
            #expect(error?.code == .tokenMismatch)
        }
    }

    /// 5000 shards: choosing must not take quadratic time.
    @Test(.ownThread, .timeLimit(.minutes(10))) func `thousands of shards are all read`() {
        var book = book(from: .trimHorizon, (0..<5000).map { shard("s\($0)") })
        #expect(steps(&book, at: .zero).count == 5000)
        for number in 0..<5000 { book.gotIterator("i", of: "s\(number)", at: .zero) }
        #expect(steps(&book, at: .zero).count == 5000)
    }
}

import Synchronization
import TestSupport
import Testing

@testable import AlternatorTransport

/// A flag of several tasks.
private final class Seen: Sendable {
    private let flag = Atomic<Bool>(false)

    var isOn: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}

struct GatheringTests {
    /// A gathering that is told of rounds, each a while after the one before.
    private struct Rounds {
        var gathering = Gathering(many: 8)
        var now = MonotonicTime(nanoseconds: 1_000_000_000_000)

        mutating func next(_ callers: Int, after microseconds: Int64 = 50, events: Int = 2) -> Bool? {
            now = now.advanced(byNanoseconds: microseconds * 1000)
            return gathering.change(callers: callers, events: events, now: now)
        }

        /// Many callers for as long as it takes.
        mutating func begin() -> Bool {
            for _ in 0..<Gathering.patience where next(8) == true { return true }
            return false
        }
    }

    @Test func `it begins after many callers for a while, and ends at once with few`() {
        var rounds = Rounds()
        let early = (1..<Gathering.patience).map { _ in rounds.next(8) }
        #expect(early.allSatisfy { $0 == nil })
        let begun = rounds.next(8)
        #expect(begun == true)
        #expect(rounds.gathering.isOn)
        // Between half as many and many it stays as it is.
        let kept = rounds.next(4)
        #expect(kept == nil)
        let ended = rounds.next(3)
        #expect(ended == false)
        #expect(!rounds.gathering.isOn)
        let again = rounds.begin()
        #expect(again)
    }

    @Test func `rounds with fewer callers begin the count anew`() {
        var rounds = Rounds()
        var changes: [Bool?] = []
        for round in 1...Gathering.patience * 4 {
            changes.append(rounds.next(round % Gathering.patience == 0 ? 7 : 100))
        }
        #expect(changes.allSatisfy { $0 == nil })
    }

    @Test func `it stops where rounds take long, and tries again later and later`() {
        var rounds = Rounds()
        var pauses: [Int64] = []
        for _ in 0..<8 {
            let stopped = rounds.now
            var begun = rounds.begin()
            while !begun {
                _ = rounds.next(0, after: 1_000_000)
                begun = rounds.begin()
            }
            pauses.append(rounds.now.nanoseconds(since: stopped) / 1_000_000_000)
            // A time slice each: a few of them are enough.
            let slow = (0..<3).map { _ in rounds.next(100, after: 3000, events: 64) }
            #expect(slow.contains { $0 == false })
            #expect(!rounds.gathering.isOn)
        }
        #expect(pauses == [0, 10, 20, 40, 80, 160, 320, 320])
    }

    @Test func `long rounds that bring many answers are what it is for`() {
        var rounds = Rounds()
        let begun = rounds.begin()
        let changes = (0..<100).map { _ in rounds.next(1000, after: 10_000, events: 500) }
        #expect(begun && changes.allSatisfy { $0 == nil })
        // As many in a time slice that others took.
        let slow = (0..<3).map { _ in rounds.next(1000, after: 10_000, events: 50) }
        #expect(slow.contains { $0 == false })
    }

    @Test func `long rounds among short ones do not stop it`() {
        var rounds = Rounds()
        let begun = rounds.begin()
        #expect(begun)
        for _ in 0..<10 {
            let long = (0..<2).map { _ in rounds.next(100, after: 30_000, events: 16) }
            #expect(long == [nil, nil])
            for _ in 0..<40 { _ = rounds.next(100, after: 180, events: 16) }
        }
        #expect(rounds.gathering.isOn)
    }

    @Test func `where the system refuses it waits as well`() {
        var rounds = Rounds()
        let begun = rounds.begin()
        rounds.gathering.stop(at: rounds.now)
        let again = rounds.begin()
        #expect(begun && !again)
    }

    @Test(.timeLimit(.minutes(10))) func `a loop begins to gather when many callers elsewhere wait`() async throws {
        let test = try TestServer { _ in .hang }
        var configuration = TransportConfiguration()
        configuration.gathersAnswers = true
        let transport = LoopTransport(configuration)
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let tasks = (0..<16).map { _ in Task { await outcome(transport, request(), peer) } }
        try await eventually("all wait") { test.server.connectionCount == 16 }
        // Each question is a round of the loop.
        for _ in 0..<Gathering.patience + 8 { _ = await transport.gatherings() }
        let gatherings = await transport.gatherings()
        #expect(gatherings.map(\.begun) == [1])
        for task in tasks { task.cancel() }
        for task in tasks { #expect(await task.value.error?.kind == .cancelled) }
        await transport.close(within: .seconds(5))
        await test.stop()
    }

    @Test(.timeLimit(.minutes(10)), arguments: [true, false])
    func `loops that may gather answer all, and never gather for their own tasks`(elsewhere: Bool) async throws {
        let test = try TestServer { .respond(ServerResponse(status: 200, body: $0.body)) }
        var configuration = TransportConfiguration()
        configuration.gathersAnswers = true
        let transport = LoopTransport(configuration)
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let seen = Seen()
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<24 {
                group.addTask(executorPreference: elsewhere ? nil : transport.executor) {
                    var wrong = 0
                    // Until it has begun to gather; beside other tests it may soon have to stop.
                    for round in 0..<400 where !seen.isOn {
                        let body = "\(number)/\(round)"
                        let answer = try await transport.exchange(
                            request(body: Array(body.utf8)),
                            with: peer,
                            options: ExchangeOptions()
                        )
                        if answer.bodyText != body { wrong += 1 }
                        if round % 50 == 49, await transport.gatherings().contains(where: { $0.begun > 0 }) {
                            seen.set()
                        }
                        if !elsewhere, round == 500 { break }
                    }
                    return wrong
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
        // Whether it has begun elsewhere depends on what else runs.
        if !elsewhere { #expect(!seen.isOn) }
        // With nobody waiting it goes back to the usual, in the round that follows the first question.
        _ = await transport.gatherings()
        let gatherings = await transport.gatherings()
        #expect(gatherings.map(\.isOn) == [false])
        await transport.close(within: .seconds(5))
        await test.stop()
    }
}

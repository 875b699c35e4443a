import TestSupport
import Testing

@testable import AlternatorTransport

struct BusyPollTests {
    @Test func `it spins only while an answer is due`() {
        var poll = BusyPoll(limit: 50_000)
        let idle = poll.budget(answersDue: 0)
        let busy = poll.budget(answersDue: 1)
        #expect(idle == 0)
        #expect(busy == 50_000)
    }

    @Test func `without a limit it never spins`() {
        var off = BusyPoll(limit: nil)
        let budget = off.budget(answersDue: 9)
        #expect(!off.isOn)
        #expect(budget == 0)
    }

    @Test func `it sleeps once answers take longer than the limit on average`() {
        var poll = BusyPoll(limit: 50_000)
        // 1/8 of 400 µs each: the average passes 50 µs with the second wait.
        poll.waited(400_000)
        let first = poll.budget(answersDue: 1)
        poll.waited(400_000)
        let second = poll.budget(answersDue: 1)
        #expect(first == 50_000)
        #expect(second == 0)
    }

    @Test func `it tries again after 64 waits and goes on once answers are fast`() {
        var poll = BusyPoll(limit: 50_000)
        for _ in 0..<20 { poll.waited(60_000) }
        let budgets = (0..<64).map { _ in poll.budget(answersDue: 1) }
        #expect(budgets.dropLast().allSatisfy { $0 == 0 })
        #expect(budgets.last == 50_000)
        for _ in 0..<10 { poll.waited(10_000) }
        let later = poll.budget(answersDue: 1)
        #expect(later == 50_000)
    }

    @Test func `one very long wait is soon forgotten`() {
        var poll = BusyPoll(limit: 50_000)
        poll.waited(60_000_000_000)
        #expect(poll.average == 50_000)
        for _ in 0..<3 { poll.waited(0) }
        #expect(poll.average < 50_000)
    }

    @Test(.timeLimit(.minutes(10)), arguments: [1, 2])
    func `requests are answered and counted out again, however they end`(loops: Int) async throws {
        let test = try TestServer { request in
            request.path == "/hang" ? .hang : .respond(ServerResponse(status: 200, body: request.body))
        }
        var configuration = TransportConfiguration()
        configuration.loopCount = loops
        configuration.busyPollLimit = .microseconds(50)
        let transport = LoopTransport(configuration)
        let peer = Peer(id: 0, host: "127.0.0.1", port: test.port)
        let answers = try await withThrowingTaskGroup { group in
            for number in 0..<32 {
                group.addTask(executorPreference: number % 2 == 0 ? transport.executor : nil) {
                    try await transport.exchange(
                        request(body: Array("\(number)".utf8)),
                        with: peer,
                        options: ExchangeOptions()
                    ).bodyText
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers == Set((0..<32).map(String.init)))
        var short = ExchangeOptions()
        short.requestTimeout = .milliseconds(20)
        let hung = await outcome(transport, request("/hang"), peer, short)
        #expect(hung.error?.kind == .requestTimeout)
        await transport.close(within: .seconds(1))
        #expect(transport.exchangesInFlight == 0)
        await test.stop()
    }
}

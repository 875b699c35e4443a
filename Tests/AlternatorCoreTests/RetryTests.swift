import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct RetryTests {
    private typealias Reply = ScriptedTransport.Reply

    /// What may have been applied, in all its forms.
    private static let ambiguous: [ScriptedTransport.Reply] = [
        .fail(.connectionLost, .complete), .fail(.requestTimeout, .complete), .fail(.protocolViolation, .complete),
        .error("InternalServerError", status: 500), .status(502, ""), .status(503, "<html>"), .status(504, ""),
        .ok("<html>"),
    ]

    /// Answers the first requests with these, one each, later ones as usual; discovery as usual.
    private static func first(_ replies: [ScriptedTransport.Reply]) -> ScriptedTransport.Script {
        let rest = RestOfReplies(replies)
        return { $0.isDiscovery ? nil : rest.next() }
    }

    @Test(arguments: [RetrySafety.idempotent, .conditional, .counting])
    func `a node that refuses is passed over at once, whatever the request`(safety: RetrySafety) async throws {
        let bench = try await Bench()
        bench.transport.everywhere(Self.first([.refused, .fail(.connectTimeout, .incomplete)]))
        let answer = try await bench.put(safety)
        #expect(Set(bench.transport.requests.map(\.host)).count == 3)
        #expect(answer.attempts == 1)
        await bench.client.close()
    }

    @Test(arguments: [RetrySafety.idempotent, .conditional, .counting])
    func `a request that broke off before it was sent is sent again`(safety: RetrySafety) async throws {
        let bench = try await Bench()
        bench.transport.everywhere(Self.first([.fail(.connectionLost, .incomplete)]))
        _ = try await bench.put(safety)
        #expect(bench.transport.requests.count == 2)
        await bench.client.close()
    }

    @Test(arguments: ambiguous.indices)
    func `an idempotent request without an answer goes to the next node`(index: Int) async throws {
        let bench = try await Bench()
        bench.transport.everywhere(Self.first([Self.ambiguous[index]]))
        let answer = await bench.whileTimePasses { await failure { try await bench.put() } }
        #expect(answer == nil)
        #expect(Set(bench.transport.requests.map(\.host)).count == 2)
        await bench.client.close()
    }

    @Test(arguments: ambiguous.indices, [RetrySafety.counting, .conditional])
    func `what must not be repeated is not, and its outcome is unknown`(index: Int, safety: RetrySafety) async throws {
        let bench = try await Bench()
        bench.transport.everywhere(Self.first([Self.ambiguous[index]]))
        let error = await failure { try await bench.put(safety) }
        #expect(error?.code == .outcomeUnknown)
        #expect(error?.cause != nil)
        #expect(error?.attempts == 1)
        #expect(error?.message.contains("may or may not have been applied") == true)
        #expect(bench.transport.requests.count == 1)
        await bench.client.close()
    }

    /// A connection that was idle may have died unseen, and what was sent over it cannot be sent again.
    @Test func `only what may be repeated goes over a connection that was idle for more than a second`() async throws {
        let bench = try await Bench()
        for safety in [RetrySafety.counting, .conditional, .idempotent] { _ = try await bench.put(safety) }
        #expect(bench.transport.requests.map(\.options.maximumIdle) == [.seconds(1), .seconds(1), nil])
        #expect(bench.transport.requests.map(\.options.mayRepeat) == [false, false, true])
        await bench.client.close()
    }

    @Test func `after three attempts that were sent the last error is given`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .error("InternalServerError", status: 500) }
        let error = await bench.whileTimePasses { await failure { try await bench.put() } }
        #expect(error?.code == .service)
        #expect(error?.serviceType == "InternalServerError")
        #expect(error?.attempts == 3)
        #expect(bench.transport.requests.count == 3)
        #expect(Set(bench.transport.requests.map(\.host)).count == 3)
        await bench.client.close()
    }

    @Test func `the wait between attempts is half of its length or more`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere(Self.first([.status(500, ""), .status(500, "")]))
        async let answer = bench.put()
        for range in [12.5...25.0, 25...50] {
            try await eventually("a wait between attempts") {
                (bench.clock.waits.first ?? .seconds(9)) < .milliseconds(100)
            }
            let wait = try #require(bench.clock.waits.first) / .milliseconds(1)
            #expect(range.contains(wait), "\(wait) ms")
            bench.clock.advance(by: .milliseconds(100))
        }
        #expect(try await answer.attempts == 3)
        await bench.client.close()
    }

    @Test(arguments: [RetrySafety.idempotent, .conditional, .counting])
    func `shed load is no answer: any request backs off and moves on`(safety: RetrySafety) async throws {
        let bench = try await Bench()
        bench.transport.everywhere(Self.first([.error("RequestLimitExceeded"), .error("RequestLimitExceeded")]))
        let error = await bench.whileTimePasses { await failure { try await bench.put(safety) } }
        #expect(error == nil)
        #expect(bench.transport.requests.count == 3)
        bench.transport.everywhere { $0.isDiscovery ? nil : .error("RequestLimitExceeded") }
        let refused = await bench.whileTimePasses { await failure { try await bench.put(safety) } }
        #expect(refused?.code == .throttled)
        #expect(refused?.attempts == 3)
        await bench.client.close()
    }

    @Test func `a client error is final`() async throws {
        let bench = try await Bench()
        for type in ["ValidationException", "ConditionalCheckFailedException", "AccessDeniedException"] {
            bench.transport.everywhere { $0.isDiscovery ? nil : .error(type) }
            let before = bench.transport.requests.count
            let error = await failure { try await bench.put() }
            #expect(error?.serviceType == type)
            #expect(bench.transport.requests.count == before + 1)
        }
        await bench.client.close()
    }

    @Test func `when the retry budget is spent a failure is given at once`() async throws {
        let bench = try await Bench(configure: {
            $0.retry.budget = 2
            $0.nodeHealth = .off
        })
        bench.transport.everywhere { $0.isDiscovery ? nil : .status(500, "") }
        for attempts in [3, 1, 1] {
            let error = await bench.whileTimePasses { await failure { try await bench.put() } }
            #expect(error?.attempts == attempts)
        }
        // Two successes pay for one repeat.
        bench.transport.everywhere(nil)
        _ = try await bench.put()
        _ = try await bench.put()
        bench.transport.everywhere { $0.isDiscovery ? nil : .status(500, "") }
        let error = await bench.whileTimePasses { await failure { try await bench.put() } }
        #expect(error?.attempts == 2)
        await bench.client.close()
    }

    @Test func `when every node refuses the error says so`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .refused }
        let error = await bench.whileTimePasses { await failure { try await bench.put(.counting) } }
        #expect(error?.code == .connectFailed)
        #expect(error?.node != nil)
        #expect(error?.table == "users")
        #expect(error?.attempts == 0)
        await bench.client.close()
    }

    // MARK: Answers that tell that the first attempt was applied

    private static func table(_ operation: OperationName) -> EncodedRequest {
        EncodedRequest(operation, table: "users", body: [], safety: .conditional)
    }

    @Test func `a table that a repeated CreateTable finds there is its own`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { call in
            switch call.operation {
            case "CreateTable":
                bench.transport.requests.count == 1
                    ? .fail(.connectionLost, .complete) : .error("ResourceInUseException")
            case "DescribeTable": .ok(#"{"Table":{"TableName":"users","TableStatus":"ACTIVE"}}"#)
            default: nil
            }
        }
        let answer = await bench.whileTimePasses { () -> Result<String, AlternatorError> in
            do throws(AlternatorError) {
                let answer = try await bench.client.execute(Self.table(.createTable))
                return .success(String(decoding: answer.bytes[answer.bodyOffset...], as: UTF8.self))
            } catch {
                return .failure(error)
            }
        }
        #expect(try answer.get() == #"{"TableDescription":{"TableName":"users","TableStatus":"ACTIVE"}}"#)
        await bench.client.close()
    }

    @Test func `a table that was there before is an error`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .error("ResourceInUseException") }
        let error = await failure {
            try await bench.client.execute(Self.table(.createTable))
        }
        #expect(error?.code == .tableInUse)
        #expect(bench.transport.requests.count == 1)
        await bench.client.close()
    }

    @Test func `a table that a repeated DeleteTable does not find was deleted by it`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere(Self.first([.status(500, ""), .error("ResourceNotFoundException")]))
        let error = await bench.whileTimePasses {
            await failure {
                let answer = try await bench.client.execute(Self.table(.deleteTable))
                #expect(
                    String(decoding: answer.bytes, as: UTF8.self)
                        == #"{"TableDescription":{"TableName":"users","TableStatus":"DELETING"}}"#
                )
            }
        }
        #expect(error == nil)
        await bench.client.close()
    }

    @Test(arguments: [true, false])
    func `a repeated conditional write looks whether the item is its own`(isOwn: Bool) async throws {
        let bench = try await Bench()
        let failed = #"{"__type":"x#ConditionalCheckFailedException","message":"m","Item":{"id":{"S":"u1"}}}"#
        bench.transport.everywhere(Self.first([.fail(.requestTimeout, .complete), .status(400, failed)]))
        let request = EncodedRequest(
            .putItem,
            table: "users",
            body: [],
            safety: .conditional,
            isOwnItem: { $0 == ["id": .string(isOwn ? "u1" : "u2")] }
        )
        let error = await bench.whileTimePasses { await failure { try await bench.client.execute(request) } }
        #expect(error?.code == (isOwn ? nil : .conditionFailed))
        #expect(bench.transport.requests.count == 2)
        await bench.client.close()
    }

    // MARK: Deadlines and cancellation

    @Test func `the operation's timeout ends all attempts`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .hang }
        var options = RequestOptions()
        options.operationTimeout = .milliseconds(700)
        async let error = failure { [options] in try await bench.put(options: options)
        }
        try await eventually("a request under way, and its limit") {
            bench.transport.hanging == 1 && bench.clock.waits.first == .milliseconds(700)
        }
        bench.clock.advance(by: .milliseconds(700))
        #expect(await error?.code == .operationTimeout)
        #expect(await error?.message.contains("0.7 seconds") == true)
        #expect(bench.transport.requests.count == 1)
        await bench.client.close()
    }

    @Test func `a counting write that meets the operation's timeout has an unknown outcome`() async throws {
        let bench = try await Bench(configure: { $0.operationTimeout = .milliseconds(700) })
        bench.transport.everywhere { $0.isDiscovery ? nil : .hang }
        async let error = failure { try await bench.put(.counting) }
        try await eventually("a request under way, and its limit") {
            bench.transport.hanging == 1 && bench.clock.waits.first == .milliseconds(700)
        }
        bench.clock.advance(by: .milliseconds(700))
        #expect(await error?.code == .outcomeUnknown)
        await bench.client.close()
    }

    @Test func `a cancelled task sends nothing`() async throws {
        let bench = try await Bench()
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return await failure { try await bench.put() }
        }
        #expect(await task.value?.code == .cancelled)
        #expect(bench.transport.requests.isEmpty)
        await bench.client.close()
    }

    @Test func `cancelling ends a request that waits for its answer`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .hang }
        let task = Task { await failure { try await bench.put() } }
        try await eventually("a request under way") { bench.transport.hanging == 1 }
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(bench.transport.requests.count == 1)
        // It says nothing about the node.
        #expect(bench.client.downNodes().isEmpty)
        await bench.client.close()
    }

    @Test func `cancelling ends a wait between attempts`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .status(500, "") }
        let task = Task { await failure { try await bench.put() } }
        try await eventually("a wait between attempts") {
            (bench.clock.waits.first ?? .seconds(9)) < .milliseconds(100)
        }
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        await bench.client.close()
    }
}

/// Replies that are given out one by one.
private final class RestOfReplies: Sendable {
    private let replies: Mutex<[ScriptedTransport.Reply]>

    init(_ replies: [ScriptedTransport.Reply]) { self.replies = Mutex(replies.reversed()) }

    func next() -> ScriptedTransport.Reply? { replies.withLock { $0.popLast() } }
}

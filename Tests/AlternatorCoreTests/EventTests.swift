import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct EventTests {
    /// What an observer was told.
    private final class Recorder: Sendable {
        private let state = Mutex<[AlternatorEvent]>([])

        var all: [AlternatorEvent] { state.withLock { $0 } }
        @Sendable func take(_ event: AlternatorEvent) { state.withLock { $0.append(event) } }
        func of(_ kind: AlternatorEvent.Kind) -> [AlternatorEvent] { all.filter { $0.kind == kind } }
    }

    private static func bench(
        _ recorder: Recorder,
        prepare: (ScriptedTransport) -> Void = { _ in },
        configure: (inout AlternatorConfig) -> Void = { _ in }
    ) async throws -> Bench {
        try await Bench(
            prepare: prepare,
            configure: {
                $0.observer = recorder.take
                configure(&$0)
            }
        )
    }

    @Test func `each kind has its level`() {
        let levels = Dictionary(uniqueKeysWithValues: AlternatorEvent.Kind.all.map { ($0.description, $0.level) })
        #expect(
            levels == [
                "nodeChosen": .debug, "nodesListed": .debug, "nodesNotListed": .debug,
                "nodeAdded": .info, "nodeRemoved": .info, "nodeUp": .info, "nodeDown": .info,
                "scopeFallback": .warning, "scopeReturn": .warning, "connectionFailed": .warning,
                "answerMissing": .warning, "poolExhausted": .warning, "poolWait": .warning,
                "filterUnsupported": .warning,
                "certificatesReloaded": .info, "certificatesUnreadable": .warning, "certificatesUnchecked": .warning,
                "operationFailed": .error,
            ]
        )
        #expect(AlternatorEvent.Level.allCases == [.debug, .info, .warning, .error])
        #expect(AlternatorEvent.Level.allCases.sorted() == AlternatorEvent.Level.allCases)
    }

    @Test func `nodes that come and go are told`() async throws {
        let recorder = Recorder()
        let bench = try await Self.bench(recorder)
        // The seed serves as a node from the start, so it is not new.
        #expect(recorder.of(.nodeAdded).map(\.node) == ["10.0.0.2:8000", "10.0.0.3:8000"])
        #expect(recorder.of(.nodesListed).first?.message == "/localnodes gave [10.0.0.1, 10.0.0.2, 10.0.0.3].")
        bench.transport.setNodes(["10.0.0.1", "10.0.0.2", "10.0.0.4"])
        try await bench.client.refreshNodes()
        #expect(recorder.of(.nodeAdded).last?.node == "10.0.0.4:8000")
        #expect(recorder.of(.nodeRemoved).map(\.node) == ["10.0.0.3:8000"])
        await bench.client.close()
    }

    @Test func `a node that fails is told down once, and up once it answers`() async throws {
        let recorder = Recorder()
        let bench = try await Self.bench(recorder)
        try await bench.healthy()
        bench.transport.at("10.0.0.2") { _ in .refused }
        for _ in 0..<400 where bench.client.downNodes().isEmpty { _ = try await bench.put() }
        #expect(recorder.of(.nodeDown).map(\.node) == ["10.0.0.2:8000"])
        #expect(recorder.of(.connectionFailed).count == 10)
        #expect(Set(recorder.of(.connectionFailed).map(\.node)) == ["10.0.0.2:8000"])
        #expect(recorder.of(.nodeUp).isEmpty)
        bench.transport.at("10.0.0.2", nil)
        _ = await bench.whileTimePasses { try? await eventually("up") { !recorder.of(.nodeUp).isEmpty } }
        #expect(recorder.of(.nodeUp).map(\.node) == ["10.0.0.2:8000"])
        await bench.client.close()
    }

    @Test func `falling back and returning are told, each once`() async throws {
        let recorder = Recorder()
        let bench = try await Self.bench(
            recorder,
            prepare: { $0.everywhere { $0.line.contains("rack=") ? .ok("[]") : nil } },
            configure: { $0.routingScope = .rack("dc1", "r1").wider }
        )
        try await bench.client.refreshNodes()
        #expect(
            recorder.of(.scopeFallback).map(\.message) == [
                "No node of the preferred rack r1 of datacentre dc1 is known; datacentre dc1 is used."
            ]
        )
        bench.transport.everywhere(nil)
        try await bench.client.refreshNodes()
        try await bench.client.refreshNodes()
        #expect(recorder.of(.scopeReturn).count == 1)
        #expect(recorder.of(.scopeFallback).count == 1)
        await bench.client.close()
    }

    @Test(arguments: [true, false])
    func `a scoped client warns once of a server that ignores the filter`(isSupported: Bool) async throws {
        let recorder = Recorder()
        let bench = try await Self.bench(
            recorder,
            prepare: { $0.everywhere { $0.line.contains("rack=__") && isSupported ? .ok("[]") : nil } },
            configure: { $0.routingScope = .datacenter("dc1") }
        )
        try await eventually("the check") { bench.client.core.isFilterChecked.load(ordering: .relaxed) }
        for _ in 0..<3 {
            let before = bench.transport.discoveries.count
            _ = await bench.whileTimePasses {
                try? await eventually("a refresh") { bench.transport.discoveries.count > before }
            }
        }
        #expect(recorder.of(.filterUnsupported).count == (isSupported ? 0 : 1))
        #expect(bench.transport.discoveries.count { $0.line.contains("rack=__") } == 1)
        await bench.client.close()
    }

    @Test func `the filter is not asked for where the scope is the cluster or nobody listens`() async throws {
        let recorder = Recorder()
        let wide = try await Self.bench(recorder)
        let deaf = try await Bench(configure: { $0.routingScope = .datacenter("dc1") })
        for bench in [wide, deaf] {
            let before = bench.transport.discoveries.count
            _ = await bench.whileTimePasses {
                try? await eventually("a refresh") { bench.transport.discoveries.count > before }
            }
            #expect(bench.transport.discoveries.count > before)
            #expect(!bench.transport.discoveries.contains { $0.line.contains("rack=") })
            await bench.client.close()
        }
    }

    @Test func `a failed operation is told once, a failed condition and a cancellation are not`() async throws {
        let recorder = Recorder()
        let bench = try await Self.bench(recorder)
        bench.transport.everywhere { $0.isDiscovery ? nil : .error("ResourceNotFoundException") }
        _ = await failure { try await bench.put() }
        let event = try #require(recorder.of(.operationFailed).first)
        #expect(event.code == .tableNotFound)
        #expect(event.operation == "PutItem")
        #expect(event.table == "users")
        #expect(event.message == "The server answered ResourceNotFoundException (attempts: 1).")
        bench.transport.everywhere { $0.isDiscovery ? nil : .error("ConditionalCheckFailedException") }
        _ = await failure { try await bench.put() }
        bench.transport.everywhere { $0.isDiscovery ? nil : .hang }
        let call = Task { await failure { try await bench.put() } }
        try await eventually("a request") { bench.transport.hanging == 1 }
        call.cancel()
        _ = await call.value
        #expect(recorder.of(.operationFailed).count == 1)
        await bench.client.close()
    }

    @Test func `the choice of a node is told with its reason`() async throws {
        let recorder = Recorder()
        let bench = try await Self.bench(
            recorder,
            configure: { $0.keyAffinity = .anyWrite(tablePKMap: ["users": "id"]) }
        )
        try await bench.healthy()
        _ = try await bench.put(body: #"{"TableName":"users","Item":{"id":{"S":"x"}}}"#)
        _ = try await bench.client.listTables()
        #expect(
            recorder.of(.nodeChosen).map(\.message) == [
                "Choice 1 (active), by its key.", "Choice 1 (active), by balancing.",
            ]
        )
        #expect(recorder.of(.nodeChosen).map(\.node) == bench.transport.requests.map { "\($0.host):8000" })
        await bench.client.close()
    }

    @Test func `no event shows a secret or a value`() async throws {
        let secret = "hidden-value"
        let recorder = Recorder()
        let bench = try await Self.bench(
            recorder,
            configure: {
                $0.authentication = .credentials(accessKey: "role", secretKey: secret, sessionToken: secret)
                $0.additionalHeaders = ["X-Key": secret]
                $0.keyAffinity = .anyWrite(tablePKMap: ["users": "id"])
            }
        )
        let body = #"{"TableName":"users","Item":{"id":{"S":"\#(secret)"}}}"#
        let item = #"{"__type":"a#ConditionalCheckFailedException","message":"no","Item":{"id":{"S":"\#(secret)"}}}"#
        let replies: [ScriptedTransport.Reply] = [
            .error("ValidationException", "bad value \(secret)"), .error("InternalServerError", secret, status: 500),
            .status(400, item), .status(403, #"{"message":"\#(secret)"}"#), .status(502, secret), .status(403, secret),
            .ok(secret), .status(300, secret), .refused,
            .fail(.requestTimeout, .complete), .fail(.connectionLost, .complete), .error("Odd", secret), .ok("{}"),
        ]
        for reply in replies {
            bench.transport.everywhere { $0.isDiscovery ? nil : reply }
            for safety in [RetrySafety.idempotent, .counting] {
                _ = await bench.whileTimePasses { await failure { try await bench.put(safety, body: body) } }
            }
        }
        #expect(recorder.of(.operationFailed).count > 10)
        for event in recorder.all { #expect(!"\(event)".contains(secret) && !event.message.contains(secret)) }
        await bench.client.close()
    }

    // MARK: Lines

    private static func written(
        _ level: AlternatorConfig.LogLevel,
        observer: (@Sendable (AlternatorEvent) -> Void)? = nil
    ) -> [String] {
        var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000)
        config.logLevel = level
        config.observer = observer
        let lines = LineBox()
        let sink = EventSink(config, secondsSinceEpoch: { 1_440_938_160 }, write: { lines.add($0) })
        for kind in [AlternatorEvent.Kind.nodeChosen, .nodeDown, .connectionFailed, .operationFailed] {
            sink.tell(kind) { AlternatorEvent($0, "a\nb", node: "n:1") }
        }
        return lines.all
    }

    private final class LineBox: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test func `lines have time, level and what happened, from the level asked for`() {
        let all = [
            "20150830T123600Z debug alternator: nodeChosen n:1: a b",
            "20150830T123600Z info alternator: nodeDown n:1: a b",
            "20150830T123600Z warning alternator: connectionFailed n:1: a b",
            "20150830T123600Z error alternator: operationFailed n:1: a b",
        ]
        #expect(Self.written(.debug) == all)
        #expect(Self.written(.info) == Array(all[1...]))
        #expect(Self.written(.warning) == Array(all[2...]))
        #expect(Self.written(.error) == Array(all[3...]))
        #expect(Self.written(.off).isEmpty)
    }

    @Test func `an observer gets everything, whatever is written`() {
        let recorder = Recorder()
        #expect(Self.written(.error, observer: recorder.take).count == 1)
        #expect(recorder.all.map(\.level) == [.debug, .info, .warning, .error])
    }

    @Test func `an event nobody wants is not built`() {
        var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000)
        config.logLevel = .info
        let sink = EventSink(config, secondsSinceEpoch: { 0 }, write: { _ in })
        sink.tell(.nodeChosen) { kind in
            Issue.record("built")
            return AlternatorEvent(kind, "")
        }
        #expect(!sink.listens(to: .debug) && sink.listens(to: .info))
    }
}

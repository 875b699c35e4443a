import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct DiscoveryTests {
    private static let nodes = Bench.three.map { $0 + ":8000" }

    @Test func `the nodes that a seed lists are the nodes, and the seed is left out`() async throws {
        let bench = try await Bench(
            seeds: ["seed.example"],
            prepare: { transport in
                transport.at("seed.example") { _ in .ok(#"["10.0.0.3","10.0.0.1","10.0.0.2"]"#) }
            }
        )
        #expect(bench.client.nodes() == Self.nodes)
        let first = try #require(bench.transport.discoveries.first)
        #expect(first.line == "GET /localnodes")
        #expect(first.header("Host") == "seed.example:8000")
        #expect(first.header("X-Amz-Target") == nil)
        for _ in 0..<50 { _ = try await bench.put() }
        #expect(!bench.transport.requests.contains { $0.host == "seed.example" })
        await bench.client.close()
    }

    @Test func `live nodes are asked first, a seed only when they are silent`() async throws {
        let bench = try await Bench(
            seeds: ["seed.example"],
            prepare: { transport in
                transport.at("seed.example") { _ in .ok(#"["10.0.0.1","10.0.0.2","10.0.0.3"]"#) }
            },
            configure: { $0.nodeHealth = .off }
        )
        let before = bench.transport.discoveries.count
        _ = try await bench.client.refreshNodes()
        let second = bench.transport.discoveries.dropFirst(before)
        #expect(second.count == 1)
        #expect(second.allSatisfy { $0.host != "seed.example" })
        bench.transport.everywhere { $0.isDiscovery ? .refused : nil }
        bench.transport.at("seed.example") { _ in .ok(#"["10.0.0.1","10.0.0.7"]"#) }
        _ = try await bench.client.refreshNodes()
        let third = bench.transport.discoveries.dropFirst(before + 1).map(\.host)
        #expect(Set(third.prefix(3)) == Set(Bench.three))
        #expect(third.last == "seed.example")
        #expect(bench.client.nodes() == ["10.0.0.1:8000", "10.0.0.7:8000"])
        // Connections to a name are given up, so that it is resolved anew.
        #expect(bench.transport.forgotten.contains { $0.host == "seed.example" })
        #expect(Set(bench.transport.forgotten.map(\.host)).isSuperset(of: ["10.0.0.2", "10.0.0.3"]))
        await bench.client.close()
    }

    @Test func `bad entries are left out one by one`() async throws {
        let bench = try await Bench(prepare: { transport in
            transport.at("10.0.0.1") {
                $0.isDiscovery ? .ok(#"["10.0.0.1", "", 5, null, "a b", "10.0.0.2", "[", "::1", "10.0.0.2"]"#) : nil
            }
        })
        #expect(bench.client.nodes() == ["10.0.0.1:8000", "10.0.0.2:8000", "[::1]:8000"])
        await bench.client.close()
    }

    private static let wrong: [(ScriptedTransport.Reply, String)] = [
        (.refused, "connectFailed"), (.fail(.protocolViolation, .complete), "protocolViolation"),
        (.fail(.resolveFailed, .incomplete), "resolveFailed"), (.status(404, "<html>"), "HTTP 404"),
        (.ok("<html>hello"), "not JSON"), (.ok(#"{"nodes":[]}"#), "no array"), (.ok("[]"), "empty list"),
        (.ok("[1]"), "1 entries"), (.ok(#"["10.0.0.1""#), "not JSON"),
    ]

    @Test(arguments: wrong.indices)
    func `without any list a request tells what each seed answered`(index: Int) async throws {
        let (reply, words) = Self.wrong[index]
        let bench = try await Bench(
            [],
            seeds: ["10.9.0.1", "10.9.0.2"],
            prepare: { transport in
                transport.everywhere { call in
                    if !call.isDiscovery, case .status(200, _) = reply { return .ok("<html>") }
                    return reply
                }
            }
        )
        // The seeds stand in for the nodes as long as none is known.
        #expect(bench.client.nodes() == ["10.9.0.1:8000", "10.9.0.2:8000"])
        let error = await bench.whileTimePasses { await failure { try await bench.put() } }
        #expect(error?.code == .noNodeAvailable, "\(error as Any)")
        let message = error?.message ?? ""
        #expect(message.contains("10.9.0.1:8000: ") && message.contains("10.9.0.2:8000: "), "\(message)")
        #expect(message.contains(words), "\(message)")
        #expect(message.contains("port 8000 is Alternator, not CQL"), "\(message)")
        #expect(error?.table == "users")
        let refreshed = await failure { try await bench.client.refreshNodes() }
        #expect(refreshed?.code == .noNodeAvailable)
        await bench.client.close()
    }

    @Test func `outside of the cluster's scope seeds are no nodes`() async throws {
        let bench = try await Bench(
            [],
            seeds: ["10.9.0.1"],
            prepare: { transport in
                transport.everywhere { _ in .ok("[]") }
            },
            configure: { $0.routingScope = .datacenter("dc 1") }
        )
        #expect(bench.client.nodes().isEmpty)
        #expect(bench.transport.discoveries.first?.line == "GET /localnodes?dc=dc%201")
        let error = await failure { try await bench.put() }
        #expect(error?.code == .noNodeAvailable)
        #expect(error?.message.contains("empty list") == true)
        #expect(bench.transport.requests.isEmpty)
        await bench.client.close()
    }

    @Test func `a client is made at the first answer, though another host hangs`() async throws {
        // The hanging seed may be asked first; then the other one is asked after a quarter of a second.
        let transport = ScriptedTransport(["10.0.0.2"])
        transport.at("10.0.0.1") { _ in .hang }
        let clock = ManualClock()
        let isMade = Mutex(false)
        let made = Task {
            defer { isMade.withLock { $0 = true } }
            return try await AlternatorClient(
                AlternatorConfig(seedHosts: ["10.0.0.1", "10.0.0.2"], port: 8000),
                clock: clock,
                random: RandomSource(seed: 1),
                transport: { _ in transport }
            )
        }
        // Time that passes before the wait has begun does not end it.
        try await eventually("the wait before the other one, or the client") {
            clock.waits.contains(.milliseconds(250)) || isMade.withLock { $0 }
        }
        clock.advance(by: .milliseconds(250))
        let client = try await made.value
        #expect(clock.now.offset == .milliseconds(250))
        #expect(client.nodes() == ["10.0.0.2:8000"])
        await client.close(within: .zero)
    }

    @Test func `a client is made without an answer when the time for one is over`() async throws {
        let transport = ScriptedTransport([])
        transport.everywhere { _ in .hang }
        let clock = ManualClock()
        let made = Task {
            try await AlternatorClient(
                AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000),
                clock: clock,
                random: RandomSource(seed: 1),
                transport: { _ in transport }
            )
        }
        try await eventually("asked") { transport.hanging >= 1 && clock.waits.count >= 4 }
        clock.advance(by: .seconds(5))
        let client = try await made.value
        #expect(client.nodes() == ["10.0.0.1:8000"])
        await client.close(within: .zero)
    }

    @Test func `requests keep the refresh at one a second, silence slows it to one a minute`() async throws {
        // Without health there are no probes, which ask the same question.
        let bench = try await Bench(configure: { $0.nodeHealth = .off })
        _ = try await bench.put()
        try await bench.settle()
        // From the idle wait straight to a refresh: the request has woken it.
        try await eventually("the second refresh") { bench.transport.discoveries.count == 2 }
        try await bench.settle()
        let activeWait: @Sendable () -> Bool = {
            bench.clock.waits.contains { $0 >= .milliseconds(900) && $0 <= .milliseconds(1100) }
        }
        for count in 3...6 {
            try await eventually("an active wait", activeWait)
            bench.clock.advance(by: .milliseconds(1100))
            try await eventually("refresh \(count)") { bench.transport.discoveries.count == count }
            try await bench.settle()
        }
        try await eventually("an active wait", activeWait)
        // More than a minute without a request.
        bench.clock.advance(by: .seconds(61))
        try await eventually("a late refresh") { bench.transport.discoveries.count == 7 }
        try await bench.settle()
        try await eventually("an idle wait") {
            bench.clock.waits.contains { $0 >= .seconds(54) && $0 <= .seconds(66) }
        }
        _ = try await bench.put()
        try await eventually("a refresh at once") { bench.transport.discoveries.count == 8 }
        await bench.client.close()
    }

    @Test func `refreshes asked for at the same time are one`() async throws {
        let bench = try await Bench(["10.0.0.1"], configure: { $0.nodeHealth = .off })
        let before = bench.transport.discoveries.count
        bench.transport.everywhere { $0.isDiscovery ? .hang : nil }
        await withTaskGroup { group in
            for _ in 0..<10 { group.addTask { _ = try? await bench.client.refreshNodes() } }
            try? await eventually("a refresh under way") { bench.transport.hanging == 1 }
            // Answered with {}, which is no list: the nodes stay.
            bench.transport.release("10.0.0.1")
            await group.waitForAll()
        }
        #expect(bench.transport.discoveries.count == before + 1)
        #expect(bench.client.nodes() == ["10.0.0.1:8000"])
        await bench.client.close()
    }

    @Test func `when all nodes fail the seeds are asked at once`() async throws {
        let bench = try await Bench(
            ["10.0.0.1", "10.0.0.2"],
            seeds: ["seed.example"],
            prepare: { transport in
                transport.at("seed.example") { _ in .ok(#"["10.0.0.1","10.0.0.2"]"#) }
            },
            configure: { $0.nodeHealth = .off }
        )
        // The client is not idle any more, so nothing else hastens the next refresh.
        _ = try await bench.put()
        try await eventually("the refresh after the first request") { bench.transport.discoveries.count >= 2 }
        try await bench.settle()
        bench.transport.everywhere { _ in .refused }
        bench.transport.at("seed.example") { _ in .ok(#"["10.0.0.8"]"#) }
        bench.transport.at("10.0.0.8") { _ in .ok("{}") }
        let before = bench.transport.discoveries.count
        // Its waits before a repeated attempt alone: not the one for the next refresh, which would ask the nodes.
        let error = await bench.whileTimePasses(upTo: .milliseconds(500)) { await failure { try await bench.put() } }
        // The first requests may fail; they bring the news.
        if error != nil { #expect(error?.code == .connectFailed) }
        // Refreshes for such a reason keep 100 ms between each other.
        _ = await bench.whileTimePasses(upTo: .milliseconds(500)) {
            try? await eventually("the new node") { bench.client.nodes().contains("10.0.0.8:8000") }
        }
        #expect(bench.transport.discoveries.dropFirst(before).first?.host == "seed.example")
        #expect(bench.client.nodes().contains("10.0.0.8:8000"))
        await bench.client.close()
    }

    @Test func `a failed refresh keeps the nodes`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? .status(500, "") : nil }
        let nodes = try await bench.client.refreshNodes()
        #expect(nodes == Self.nodes)
        await bench.client.close()
    }

    @Test func `the address translator says where to connect, not who a node is`() async throws {
        let bench = try await Bench(
            ["10.0.0.1"],
            seeds: ["10.0.0.1"],
            prepare: { transport in
                transport.everywhere {
                    $0.host == "203.0.113.1" ? ($0.isDiscovery ? .ok(#"["10.0.0.1"]"#) : .ok("{}")) : .refused
                }
            },
            configure: { $0.addressTranslator = { $0.replacing("10.0.0.", with: "203.0.113.") } }
        )
        #expect(bench.client.nodes() == ["10.0.0.1:8000"])
        _ = try await bench.put()
        #expect(bench.transport.requests.first?.host == "203.0.113.1")
        #expect(bench.transport.requests.first?.header("Host") == "203.0.113.1:8000")
        await bench.client.close()
    }

    @Test func `a node that left gets no more requests and its connections are given up`() async throws {
        let bench = try await Bench()
        bench.transport.setNodes(["10.0.0.1", "10.0.0.3"])
        _ = try await bench.client.refreshNodes()
        #expect(bench.transport.forgotten.map(\.host) == ["10.0.0.2"])
        let before = bench.transport.requests.count
        for _ in 0..<50 { _ = try await bench.put() }
        #expect(!bench.transport.requests.dropFirst(before).contains { $0.host == "10.0.0.2" })
        await bench.client.close()
    }

    // MARK: Checks

    @Test func `the check of rack and datacentre tells names from silence`() async throws {
        let scoped = try await Bench(
            prepare: { transport in
                transport.everywhere { call in
                    switch call.line {
                    case "GET /localnodes?dc=dc1&rack=r1": .ok(#"["10.0.0.1"]"#)
                    case "GET /localnodes?dc=dc1&rack=r9": .ok("[]")
                    default: nil
                    }
                }
            },
            configure: { $0.routingScope = .rack("dc1", "r1") }
        )
        try await scoped.client.checkRackAndDatacenter()
        await scoped.client.close()
        #expect(await failure { try await scoped.client.checkRackAndDatacenter() }?.code == .closed)

        let wrong = try await Bench(
            prepare: { transport in transport.everywhere { $0.line.hasSuffix("r9") ? .ok("[]") : nil } },
            configure: { $0.routingScope = .rack("dc1", "r9", fallback: .cluster) }
        )
        let error = await failure { try await wrong.client.checkRackAndDatacenter() }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("rack r9 of datacentre dc1") == true)
        wrong.transport.everywhere { _ in .refused }
        let silent = await failure { try await wrong.client.checkRackAndDatacenter() }
        #expect(silent?.code == .noNodeAvailable)
        await wrong.client.close()
    }

    @Test func `a cluster scope passes the check without asking`() async throws {
        let bench = try await Bench(configure: { $0.nodeHealth = .off })
        let before = bench.transport.calls.count
        try await bench.client.checkRackAndDatacenter()
        #expect(bench.transport.calls.count == before)
        await bench.client.close()
    }

    @Test(arguments: [true, false])
    func `a server that ignores the filter is told by a made-up rack`(isSupported: Bool) async throws {
        let bench = try await Bench(prepare: { transport in
            transport.everywhere { $0.line.contains("rack=") && isSupported ? .ok("[]") : nil }
        })
        #expect(try await bench.client.isRackDatacenterFilterSupported() == isSupported)
        bench.transport.everywhere { _ in .refused }
        #expect(await failure { try await bench.client.isRackDatacenterFilterSupported() }?.code == .noNodeAvailable)
        await bench.client.close()
    }

    @Test func `a rack without nodes falls back, and is preferred again at the next refresh`() async throws {
        let bench = try await Bench(
            prepare: { transport in
                transport.everywhere { call in
                    switch call.line {
                    case "GET /localnodes?dc=dc1&rack=r1": .ok("[]")
                    case "GET /localnodes?dc=dc1": .ok(#"["10.0.0.2","10.0.0.3"]"#)
                    default: nil
                    }
                }
            },
            configure: {
                $0.routingScope = .rack("dc1", "r1").wider
                $0.nodeHealth = .off
            }
        )
        #expect(bench.client.nodes() == ["10.0.0.2:8000", "10.0.0.3:8000"])
        bench.transport.everywhere { $0.line.hasSuffix("rack=r1") ? .ok(#"["10.0.0.1"]"#) : nil }
        #expect(try await bench.client.refreshNodes() == ["10.0.0.1:8000"])
        await bench.client.close()
    }
}

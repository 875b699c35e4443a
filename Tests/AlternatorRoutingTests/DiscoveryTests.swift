import AlternatorRouting
import Foundation
import TestSupport
import Testing

struct LocalNodesQueryTests {
    @Test func `every published discovery URL holds`() throws {
        for entry in try Vectors("wire_vectors").cases("localnodes_urls") {
            let name = try #require(entry["scheme"]?.string)
            let scheme = try #require(Endpoint.Scheme(rawValue: name))
            let node = try Endpoint(scheme: scheme, host: try #require(entry["seed"]?.string), port: 8000)
            let query = LocalNodesQuery(datacenter: entry["dc"]?.string, rack: entry["rack"]?.string)
            #expect(node.canonical + query.path == entry["url"]?.string)
        }
    }

    @Test func `an area is asked for by its own parameters`() {
        #expect(LocalNodesQuery(.cluster).path == "/localnodes")
        #expect(LocalNodesQuery(.datacenter("dc1")).path == "/localnodes?dc=dc1")
        #expect(LocalNodesQuery(.rack(datacenter: "a b", rack: "é~-._")).path == "/localnodes?dc=a%20b&rack=%C3%A9~-._")
    }
}

struct LocalNodesAnswerTests {
    private func hosts(_ body: String) throws -> ([String], Int) {
        let answer = try LocalNodesAnswer(Array(body.utf8), scheme: .http, port: 8000)
        return (answer.nodes.map(\.host), answer.skipped)
    }

    // The inputs of the published parsing cases, with this client's own results: bad entries are left out one by one.
    private static let expected: [String: [String]?] = [
        #"["10.0.0.1","10.0.0.2"]"#: ["10.0.0.1", "10.0.0.2"], "[]": [], #"["10.0.0.1"]"#: ["10.0.0.1"],
        " [ \"10.0.0.1\" ] \n": ["10.0.0.1"], #"["10.0.0.2","10.0.0.1","10.0.0.1"]"#: ["10.0.0.1", "10.0.0.2"],
        #"["2001:db8::1"]"#: ["2001:db8::1"], #"["[2001:db8::1]"]"#: ["2001:db8::1"],
        #"["fe80::1%eth0"]"#: ["fe80::1%eth0"], #"["::ffff:10.0.0.1"]"#: ["::ffff:10.0.0.1"],
        #"["node1.example.com"]"#: ["node1.example.com"], #"["10.0.0.1","node1"]"#: ["10.0.0.1", "node1"],
        #"["10.0.0.1",""]"#: ["10.0.0.1"], #"["10.0.0.1",null]"#: ["10.0.0.1"], #"["10.0.0.1",5]"#: ["10.0.0.1"],
        #"[["10.0.0.1"]]"#: nil, #"{"nodes":["10.0.0.1"]}"#: nil, #""10.0.0.1""#: nil, "null": nil, "5": nil, "": nil,
        "not json": nil, #"["10.0.0.1",]"#: nil, #"["10.0.0.1:8000"]"#: nil, #"["010.0.0.1"]"#: nil,
        #"["10.0.0"]"#: nil,
        #"["10.0.0.1"] trailing"#: nil, #"["10.0.0.1","a b","10.0.0.2"]"#: ["10.0.0.1", "10.0.0.2"],
    ]

    @Test func `an answer gives its usable entries, or an error if it has none`() {
        for (body, wanted) in Self.expected {
            #expect((try? hosts(body))?.0 == wanted, "\(body)")
        }
    }

    @Test func `no published body traps, and the valid addresses of one that parses are all found`() throws {
        for entry in try Vectors("wire_vectors").cases("localnodes_parse") {
            let body = try #require(entry["body"]?.string)
            let found = try? hosts(body).0
            // The peer voids an answer with a bad entry; what it accepts, this client accepts too.
            if let accepted = entry["python_nodes"]?.strings, !accepted.isEmpty {
                #expect(Set(try #require(found)) == Set(accepted), "\(body)")
            }
        }
    }

    @Test func `entries that are no host are counted`() throws {
        #expect(try hosts(#"["10.0.0.1",5,"",{"a":1}]"#).1 == 3)
    }

    @Test func `answers beyond the bounds are refused`() {
        let many = "[" + (0..<10_001).map { "\"n\($0)\"" }.joined(separator: ",") + "]"
        #expect(throws: LocalNodesError.self) { try hosts(many) }
        let enough = "[" + (0..<10_000).map { "\"n\($0)\"" }.joined(separator: ",") + "]"
        #expect((try? hosts(enough))?.0.count == 10_000)
        let long = "[\"10.0.0.1\"" + String(repeating: " ", count: 1 << 20) + "]"
        #expect(throws: LocalNodesError.self) { try hosts(long) }
    }
}

/// A made-up cluster that answers `/localnodes` as Alternator does.
struct FakeCluster {
    var racks: [String: (datacenter: String, rack: String)]
    var silent: Set<String> = []

    func answer(_ ask: DiscoveryAsk) throws -> [Endpoint]? {
        let host = ask.target.endpoint.host
        guard !silent.contains(host), let own = racks[host] else { return nil }
        let datacenter = ask.query.datacenter ?? own.datacenter
        return try racks.filter { name, place in
            !silent.contains(name) && place.datacenter == datacenter
                && (ask.query.rack == nil || ask.query.rack == place.rack)
        }.keys.sorted().map { try endpoint($0) }
    }
}

struct DiscoveryRoundTests {
    private let cluster = FakeCluster(racks: [
        "10.0.0.1": ("dc1", "r1"), "10.0.0.2": ("dc1", "r2"), "10.0.0.3": ("dc1", "r1"),
        "10.1.0.1": ("dc2", "r1"), "10.1.0.2": ("dc2", "r2"),
    ])

    private func targets(_ hosts: [String]) throws -> [DiscoveryTarget] {
        try hosts.map { DiscoveryTarget(seed: DiscoveredNode(try endpoint($0))) }
    }

    /// Runs a round to its end; returns what was asked, as `host path`, and the result.
    private func run(
        _ scope: RoutingScope,
        _ cluster: FakeCluster,
        _ hosts: [String],
        affinity: Bool = false,
        memory: DiscoveryMemory = DiscoveryMemory(),
        now: Duration = .zero
    ) throws -> (asked: [String], round: DiscoveryRound) {
        var round = DiscoveryRound(
            scope,
            affinity: affinity,
            targets: try targets(hosts),
            memory: memory,
            now: now
        )
        var asked: [String] = []
        while let ask = round.next() {
            asked.append("\(ask.target.endpoint.host) \(ask.query.path.dropFirst("/localnodes".count))")
            if let nodes = try cluster.answer(ask) {
                round.answered(ask, nodes)
            } else {
                round.failed(ask, reason: "no answer")
            }
            try #require(asked.count < 1000)
        }
        let finished = round.isFinished()
        #expect(finished)
        return (asked, round)
    }

    @Test func `the cluster is the union, and nobody is asked whom an answer lists`() throws {
        let hosts = ["10.0.0.1", "10.0.0.2", "10.1.0.1", "10.1.0.2"]
        let (asked, round) = try run(.cluster, cluster, hosts)
        #expect(asked == ["10.0.0.1 ", "10.1.0.1 "])
        let result = try #require(round.result())
        #expect(result.nodes.map(\.host) == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.1.0.1", "10.1.0.2"])
        #expect(result.area == .cluster)
        #expect(result.fallbacks == 0)
        #expect(result.affinity == nil)
    }

    @Test func `a silent target costs nothing but its turn`() throws {
        var cluster = cluster
        cluster.silent = ["10.0.0.1", "10.1.0.1"]
        let (asked, round) = try run(.cluster, cluster, ["10.0.0.1", "10.1.0.1", "10.0.0.2"])
        #expect(asked == ["10.0.0.1 ", "10.1.0.1 ", "10.0.0.2 "])
        #expect(round.result()?.nodes.map(\.host) == ["10.0.0.2", "10.0.0.3"])
        #expect(round.failures.map(\.target.endpoint.host) == ["10.0.0.1", "10.1.0.1"])
    }

    @Test func `a datacentre that does not answer keeps its entries, one that does has none kept`() throws {
        let seeds = ["10.0.0.1", "10.1.0.1"]
        let first = try run(.cluster, cluster, seeds).round
        var cut = cluster
        cut.silent = ["10.1.0.1", "10.1.0.2", "10.0.0.3"]
        let known = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.1.0.1", "10.1.0.2"]
        let second = try run(.cluster, cut, known, memory: first.remembered()).round
        #expect(second.result()?.nodes.map(\.host) == ["10.0.0.1", "10.0.0.2", "10.1.0.1", "10.1.0.2"])
        // Still silent in the next round: kept again.
        let third = try run(.cluster, cut, known, memory: second.remembered()).round
        #expect(third.result()?.nodes.map(\.host) == ["10.0.0.1", "10.0.0.2", "10.1.0.1", "10.1.0.2"])
        // One of its nodes answers: the other is gone for good.
        cut.silent = ["10.1.0.2"]
        let fourth = try run(.cluster, cut, known, memory: third.remembered(), now: .seconds(20)).round
        #expect(fourth.result()?.nodes.map(\.host) == ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.1.0.1"])
    }

    @Test func `a datacentre replaced by one with other addresses is gone after five minutes`() throws {
        let seeds = ["10.0.0.1", "10.1.0.1"]
        var memory = try run(.cluster, cluster, seeds).round.remembered()
        var cut = cluster
        cut.silent = ["10.1.0.1", "10.1.0.2"]
        let known = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.1.0.1", "10.1.0.2"]
        let rest = ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
        // Silence counts from the first round that missed it, at second 10.
        for (seconds, isKept) in [(10, true), (200, true), (309, true), (310, false), (311, false)] {
            let targets = isKept || seconds == 310 ? known : rest
            let round = try run(.cluster, cut, targets, memory: memory, now: .seconds(seconds)).round
            #expect(round.result()?.nodes.map(\.host) == (isKept ? known : rest), "\(seconds) s")
            memory = round.remembered()
        }
        // Back under a seed.
        let back = try run(.cluster, cluster, rest + seeds, memory: memory, now: .seconds(400)).round
        #expect(back.result()?.nodes.map(\.host) == known)
    }

    @Test func `while nobody answers, nothing is forgotten`() throws {
        let known = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.1.0.1", "10.1.0.2"]
        var memory = try run(.cluster, cluster, ["10.0.0.1", "10.1.0.1"]).round.remembered()
        var cut = cluster
        cut.silent = Set(known)
        for seconds in [10, 1000] {
            let round = try run(.cluster, cut, known, memory: memory, now: .seconds(seconds)).round
            #expect(round.result() == nil)
            memory = round.remembered()
        }
        cut.silent = ["10.1.0.1", "10.1.0.2"]
        let round = try run(.cluster, cut, known, memory: memory, now: .seconds(1001)).round
        #expect(round.result()?.nodes.map(\.host) == known)
    }

    @Test func `a datacentre is done with its first non-empty answer`() throws {
        let (asked, round) = try run(.datacenter("dc2"), cluster, ["10.0.0.1", "10.1.0.1"])
        #expect(asked == ["10.0.0.1 ?dc=dc2"])
        #expect(round.result()?.nodes.map(\.host) == ["10.1.0.1", "10.1.0.2"])
    }

    @Test func `an empty answer and a failure lead to the next target, then to the next scope`() throws {
        var cluster = cluster
        cluster.silent = ["10.0.0.1"]
        let scope = RoutingScope.rack("dc9", "r1", fallback: .rack("dc1", "r2", fallback: .cluster))
        let (asked, round) = try run(scope, cluster, ["10.0.0.1", "10.1.0.1", "10.0.0.2"])
        #expect(
            asked == [
                "10.0.0.1 ?dc=dc9&rack=r1", "10.1.0.1 ?dc=dc9&rack=r1", "10.0.0.2 ?dc=dc9&rack=r1",
                "10.1.0.1 ?dc=dc1&rack=r2",
            ]
        )
        let result = try #require(round.result())
        #expect(result.nodes.map(\.host) == ["10.0.0.2"])
        #expect(result.area == .rack(datacenter: "dc1", rack: "r2"))
        #expect(result.fallbacks == 1)
    }

    @Test func `without fallback an empty scope has no result, and no target is asked twice the same`() throws {
        let (asked, round) = try run(.datacenter("dc9"), cluster, ["10.0.0.1", "10.1.0.1", "10.0.0.1"])
        #expect(asked == ["10.0.0.1 ?dc=dc9", "10.1.0.1 ?dc=dc9"])
        #expect(round.result() == nil)
    }

    @Test func `eight empty answers are believed`() throws {
        var large = FakeCluster(racks: [:])
        for number in 1...30 { large.racks["10.0.0.\(number)"] = ("dc1", "r1") }
        let hosts = (1...30).map { "10.0.0.\($0)" }
        let (asked, round) = try run(.rack("dc1", "r9", fallback: .cluster), large, hosts)
        #expect(asked.count == 9)
        #expect(round.result()?.nodes.count == 30)
    }

    @Test func `nobody answers: no result, each target asked once over the whole chain`() throws {
        var cluster = cluster
        cluster.silent = Set(cluster.racks.keys)
        let (asked, round) = try run(.rack("dc1", "r1", fallback: .wider), cluster, ["10.0.0.1", "10.1.0.1"])
        #expect(asked.count == 2)
        #expect(round.result() == nil)
        #expect(round.failures.count == 2)
    }

    @Test func `no targets: finished without a result`() throws {
        let (asked, round) = try run(.rack("dc1", "r1", fallback: .wider), cluster, [])
        #expect(asked.isEmpty)
        #expect(round.result() == nil)
    }

    @Test func `a rack's affinity works over its datacentre`() throws {
        let (asked, round) = try run(.rack("dc1", "r1"), cluster, ["10.0.0.1"], affinity: true)
        #expect(asked == ["10.0.0.1 ?dc=dc1&rack=r1", "10.0.0.1 ?dc=dc1"])
        #expect(round.result()?.nodes.map(\.host) == ["10.0.0.1", "10.0.0.3"])
        #expect(round.result()?.affinity?.map(\.host) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
    }

    @Test func `an answer already given serves affinity too`() throws {
        let scope = RoutingScope.rack("dc1", "r9", fallback: .wider)
        let (asked, round) = try run(scope, cluster, ["10.0.0.1"], affinity: true)
        // The datacentre was asked as the rack's fallback, and is what the rack is widened to.
        #expect(asked == ["10.0.0.1 ?dc=dc1&rack=r9", "10.0.0.1 ?dc=dc1"])
        #expect(round.result()?.fallbacks == 1)
        #expect(round.result()?.affinity == round.result()?.nodes)
    }

    @Test func `several requests may be under way, in any order of answers`() throws {
        var round = DiscoveryRound(
            .cluster,
            affinity: false,
            targets: try targets(["10.0.0.1", "10.1.0.1", "10.0.0.2"]),
            memory: DiscoveryMemory(),
            now: .zero
        )
        let asks = [round.next(), round.next()].compactMap { $0 }
        try #require(asks.count == 2)
        #expect(round.result() == nil)
        round.answered(asks[1], try #require(try cluster.answer(asks[1])))
        // The first answer is usable at once.
        #expect(round.result()?.nodes.map(\.host) == ["10.1.0.1", "10.1.0.2"])
        let early = round.isFinished()
        #expect(!early)
        round.answered(asks[0], try #require(try cluster.answer(asks[0])))
        let rest = round.next()
        #expect(rest == nil)
        let finished = round.isFinished()
        #expect(finished)
        #expect(round.result()?.nodes.count == 5)
        // An answer that comes again, or after the end, changes nothing.
        round.answered(asks[0], [])
        round.failed(asks[1], reason: "late")
        #expect(round.result()?.nodes.count == 5)
        #expect(round.failures.isEmpty)
    }

    @Test func `a node that hangs is not waited for once another one has listed it`() throws {
        var round = DiscoveryRound(
            .cluster,
            affinity: false,
            targets: try targets(["10.0.0.1", "10.0.0.2"]),
            memory: DiscoveryMemory(),
            now: .zero
        )
        let asks = [round.next(), round.next()].compactMap { $0 }
        round.answered(asks[1], try #require(try cluster.answer(asks[1])))
        let finished = round.isFinished()
        #expect(finished)
        #expect(round.result()?.nodes.map(\.host) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
        round.failed(asks[0], reason: "late")
        #expect(round.result()?.nodes.count == 3)
    }

    @Test func `a seed that is a name is left alone while its nodes answer, but not for ever`() throws {
        var cluster = cluster
        cluster.racks["seed.example.com"] = ("dc1", "r1")
        // The name is no entry of any list.
        func run(_ memory: DiscoveryMemory, _ now: Duration) throws -> ([String], DiscoveryMemory) {
            var round = DiscoveryRound(
                .cluster,
                affinity: false,
                targets: try targets(["10.0.0.1", "seed.example.com"]),
                memory: memory,
                now: now
            )
            var asked: [String] = []
            while let ask = round.next() {
                asked.append(ask.target.endpoint.host)
                let nodes = try #require(try cluster.answer(ask)).filter { $0.host != "seed.example.com" }
                round.answered(ask, nodes)
            }
            return (asked, round.remembered())
        }
        let (first, memory) = try run(DiscoveryMemory(), .zero)
        #expect(first == ["10.0.0.1", "seed.example.com"])
        let (second, later) = try run(memory, .seconds(1))
        #expect(second == ["10.0.0.1"])
        let (third, _) = try run(later, .seconds(31))
        #expect(third == ["10.0.0.1", "seed.example.com"])
    }

    @Test func `a seed that fails is left alone for ten seconds while others answer`() throws {
        var cluster = cluster
        cluster.silent = ["10.1.0.1"]
        let hosts = ["10.0.0.1", "10.1.0.1"]
        let first = try run(.cluster, cluster, hosts)
        #expect(first.asked.count == 2)
        let second = try run(.cluster, cluster, hosts, memory: first.round.remembered(), now: .seconds(9))
        #expect(second.asked == ["10.0.0.1 "])
        let third = try run(.cluster, cluster, hosts, memory: second.round.remembered(), now: .seconds(11))
        #expect(third.asked.count == 2)
        // With nobody else answering it is asked at once.
        cluster.silent = ["10.0.0.1"]
        let fourth = try run(.cluster, cluster, hosts, memory: third.round.remembered(), now: .seconds(12))
        #expect(fourth.asked == ["10.0.0.1 ", "10.1.0.1 "])
    }

    @Test func `targets are active, quarantined, down nodes, then seeds, and seeds first when all is lost`() throws {
        var state = RoutingState(seeds: try discovered(1...6))
        for number in [2, 4] { _ = state.discoveryAnswered(by: try endpoint("10.0.0.\(number)"), now: .zero) }
        state.takeDown(try #require(state.nodes.nodes.first { $0.endpoint.host == "10.0.0.2" }))
        var generator = SeededGenerator(seed: 5)
        let seeds = try discovered([7, 8])
        let targets = state.discoveryTargets(seeds: seeds, using: &generator).map(\.endpoint.host)
        #expect(targets.first == "10.0.0.4")
        #expect(Set(targets[1...4]) == ["10.0.0.1", "10.0.0.3", "10.0.0.5", "10.0.0.6"])
        #expect(targets[5] == "10.0.0.2")
        #expect(Set(targets[6...]) == ["10.0.0.7", "10.0.0.8"])
        let lost = state.discoveryTargets(seeds: seeds, seedsFirst: true, using: &generator).map(\.endpoint.host)
        #expect(Set(lost[..<2]) == ["10.0.0.7", "10.0.0.8"])
    }

    @Test func `nodes that only a call has asked for are targets unless they must not be`() throws {
        var state = RoutingState(seeds: try discovered(1...2))
        _ = state.refreshed(try discovered(2...3), of: .datacenter("dc2"), now: .zero)
        var generator = SeededGenerator(seed: 5)
        func targets(_ includesOtherScopes: Bool) -> [String] {
            state.discoveryTargets(seeds: [], includesOtherScopes: includesOtherScopes, using: &generator)
                .map(\.endpoint.host).sorted()
        }
        #expect(targets(true) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
        #expect(targets(false) == ["10.0.0.1", "10.0.0.2"])
    }
}

struct RoutingScopeTests {
    @Test func `a chain is what was given, each area once`() {
        let rack = RoutingScope.Area.rack(datacenter: "dc1", rack: "r1")
        let datacenter = RoutingScope.Area.datacenter("dc1")
        #expect(RoutingScope.cluster.chain == [.cluster])
        #expect(RoutingScope.datacenter("dc1").chain == [datacenter])
        #expect(RoutingScope.rack("dc1", "r1").chain == [rack])
        #expect(RoutingScope.rack("dc1", "r1", fallback: .wider).chain == [rack, datacenter, .cluster])
        #expect(RoutingScope.rack("dc1", "r1").wider.chain == [rack, datacenter, .cluster])
        #expect(RoutingScope.datacenter("dc1", fallback: .wider).chain == [datacenter, .cluster])
        #expect(RoutingScope.datacenter("dc1").wider.chain == [datacenter, .cluster])
        #expect(RoutingScope.cluster.wider == .cluster)
        #expect(RoutingScope.wider.chain == [.cluster])
        let loop = RoutingScope.datacenter("dc1", fallback: .rack("dc1", "r1", fallback: .datacenter("dc1")))
        #expect(loop.chain == [datacenter, rack])
        #expect(RoutingScope.rack("dc1", "r1", fallback: .wider).includesCluster)
        #expect(!RoutingScope.rack("dc1", "r1").includesCluster)
    }

    @Test func `for affinity racks become their datacentres`() {
        let scope = RoutingScope.rack("A", "r1", fallback: .rack("B", "r2", fallback: .cluster))
        #expect(scope.widenedForAffinity.chain == [.datacenter("A"), .datacenter("B"), .cluster])
        #expect(
            RoutingScope.rack("A", "r1", fallback: .wider).widenedForAffinity.chain == [.datacenter("A"), .cluster]
        )
    }

    @Test func `empty names are a problem, and a scope describes itself`() {
        #expect(RoutingScope.datacenter("").problem?.contains("datacentre") == true)
        #expect(RoutingScope.rack("dc1", "").problem?.contains("rack") == true)
        #expect(RoutingScope.rack("", "r", fallback: .cluster).problem?.contains("datacentre") == true)
        #expect(RoutingScope.rack("dc1", "r1", fallback: .wider).problem == nil)
        #expect(
            RoutingScope.rack("dc1", "r1", fallback: .wider).description
                == "rack r1 of datacentre dc1, then datacentre dc1, then the cluster"
        )
    }
}

struct RefreshScheduleTests {
    @Test func `often while requests come, seldom otherwise, at once when they come again`() {
        var schedule = RefreshSchedule(active: .seconds(1), idle: .seconds(60))
        #expect(schedule.due == .zero)
        schedule.began()
        #expect(schedule.due == nil)
        // Nothing was asked yet: idle.
        schedule.finished(now: .seconds(1), jitter: 0.5)
        #expect(schedule.due == .seconds(61))
        let woken = schedule.activity(now: .seconds(20))
        #expect(woken)
        #expect(schedule.due == .seconds(20))
        let again = schedule.activity(now: .seconds(20))
        #expect(!again)
        schedule.began()
        schedule.finished(now: .seconds(21), jitter: 0.5)
        #expect(schedule.due == .seconds(22))
        // Quiet since 20 s: active until 80 s, idle after.
        schedule.began()
        schedule.finished(now: .seconds(80), jitter: 0.5)
        #expect(schedule.due == .seconds(81))
        schedule.began()
        schedule.finished(now: .milliseconds(80_001), jitter: 0.5)
        #expect(schedule.due == .milliseconds(140_001))
    }

    @Test func `the wait is spread over a tenth both ways`() {
        var schedule = RefreshSchedule(active: .seconds(1), idle: .seconds(60))
        _ = schedule.activity(now: .zero)
        schedule.finished(now: .zero, jitter: 0)
        #expect(schedule.due == .milliseconds(900))
        schedule.finished(now: .zero, jitter: 1)
        #expect(schedule.due == .milliseconds(1100))
    }
}

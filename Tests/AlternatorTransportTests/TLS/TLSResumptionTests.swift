import TestSupport
import Testing

@testable import AlternatorTransport

@Suite(.timeLimit(.minutes(10))) struct TLSResumptionTests {
    /// A bench whose every exchange needs a connection of its own.
    private func bench(
        _ version: TLSVersion = .v1_3,
        client: (CertificateFolder, inout TLSClientSettings) throws -> Void = { _, _ in }
    ) throws -> TLSBench {
        try TLSBench(
            server: { $1.maximumVersion = version },
            client: client,
            answer: { _ in
                var response = ServerResponse(status: 200)
                response.closesConnection = true
                return .respond(response)
            }
        )
    }

    private func send(_ bench: TLSBench, _ count: Int) async {
        for _ in 0..<count {
            let result = await bench.send()
            #expect(result.error == nil)
        }
    }

    @Test(arguments: TLSVersion.allCases) func `later connections resume the first`(version: TLSVersion) async throws {
        let bench = try bench(version)
        await send(bench, 6)
        #expect(bench.tls.counts == TLSServer.Counts(completed: 6, resumed: 5, failed: 0))
        await bench.close()
    }

    @Test func `nothing is resumed when that is off`() async throws {
        let bench = try bench(client: { $1.sessionCount = 0 })
        await send(bench, 4)
        #expect(bench.tls.counts == TLSServer.Counts(completed: 4, resumed: 0, failed: 0))
        await bench.close()
    }

    @Test func `nothing is resumed after the lifetime`() async throws {
        let bench = try bench(client: { $1.sessionLifetime = .zero })
        await send(bench, 4)
        #expect(bench.tls.counts == TLSServer.Counts(completed: 4, resumed: 0, failed: 0))
        await bench.close()
    }

    @Test func `two clients do not share sessions`() async throws {
        let files = try CertificateFolder()
        let bench = try TLSBench(files: files)
        var configuration = TransportConfiguration()
        configuration.tls = try TLSClient(files.client)
        for _ in 0..<3 {
            let transport = LoopTransport(configuration)
            let result = await outcome(transport, request(), bench.peer())
            #expect(result.error == nil)
            await transport.close(within: .seconds(5))
        }
        // One configuration resumes its own.
        #expect(bench.tls.counts == TLSServer.Counts(completed: 3, resumed: 2, failed: 0))
        let result = await bench.send()
        #expect(result.error == nil)
        #expect(bench.tls.counts == TLSServer.Counts(completed: 4, resumed: 2, failed: 0))
        await bench.close()
    }

    @Test func `a client certificate is resumed with its session`() async throws {
        let bench = try TLSBench(
            server: { $1.clientAuthorityFile = $0.authorityFile },
            client: { files, settings in
                settings.identity = try files.identity(files.request("role", .client), file: "client")
            },
            answer: { _ in
                var response = ServerResponse(status: 200)
                response.closesConnection = true
                return .respond(response)
            }
        )
        await send(bench, 3)
        #expect(bench.tls.counts == TLSServer.Counts(completed: 3, resumed: 2, failed: 0))
        await bench.close()
    }

    // MARK: The cache itself

    private func time(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    private func cache(_ capacity: Int, lifetime: Int = 100) -> ResumptionCache<String> {
        ResumptionCache(capacity: capacity, lifetime: .seconds(lifetime))
    }

    @Test func `a session that is for one use is given once, the newest first`() {
        var cache = cache(10)
        for name in ["a", "b"] {
            cache.store(name, for: "x", isSingleUse: true, lifetime: .seconds(1000), now: time(0))
        }
        let taken = (0..<3).map { _ in cache.take(for: "x", now: time(1)) }
        #expect(taken == ["b", "a", nil])
        #expect(cache.count == 0)
    }

    @Test func `a session that is for any number of uses stays, alone`() {
        var cache = cache(10)
        for name in ["a", "b"] {
            cache.store(name, for: "x", isSingleUse: false, lifetime: .seconds(1000), now: time(0))
        }
        #expect(cache.count == 1)
        let taken = (0..<3).map { _ in cache.take(for: "x", now: time(1)) }
        #expect(taken == ["b", "b", "b"])
    }

    @Test func `a session is of one peer`() {
        var cache = cache(10)
        cache.store("a", for: "x", isSingleUse: false, lifetime: .seconds(1000), now: time(0))
        let other = cache.take(for: "y", now: time(1))
        #expect(other == nil)
    }

    @Test func `a session ends with the shorter of both lifetimes`() {
        var cache = cache(10, lifetime: 100)
        cache.store("own", for: "x", isSingleUse: false, lifetime: .seconds(1000), now: time(0))
        cache.store("server's", for: "y", isSingleUse: false, lifetime: .seconds(50), now: time(0))
        let atTime = { (seconds: Int64, cache: inout ResumptionCache<String>) in
            [cache.take(for: "x", now: time(seconds)), cache.take(for: "y", now: time(seconds))]
        }
        let early = atTime(49, &cache)
        let middle = atTime(50, &cache)
        let late = atTime(100, &cache)
        #expect(early == ["own", "server's"])
        #expect(middle == ["own", nil])
        #expect(late == [nil, nil])
        #expect(cache.count == 0)
    }

    @Test func `the oldest of all goes when there are too many`() {
        var cache = cache(3)
        for (peer, name) in [("x", "1"), ("y", "2"), ("x", "3"), ("z", "4")] {
            cache.store(name, for: peer, isSingleUse: true, lifetime: .seconds(1000), now: time(0))
        }
        #expect(cache.count == 3)
        let left = ["x", "x", "y", "z"].map { cache.take(for: $0, now: time(1)) }
        #expect(left == ["3", nil, "2", "4"])
    }

    @Test func `a cache without room keeps nothing`() {
        var cache = cache(0)
        cache.store("a", for: "x", isSingleUse: true, lifetime: .seconds(1000), now: time(0))
        #expect(cache.count == 0)
    }
}

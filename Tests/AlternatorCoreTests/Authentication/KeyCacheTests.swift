import Testing

@testable import AlternatorCore

@Suite struct KeyCacheTests {
    private static let first = SigningKeys("a", "1", nil)
    private static let second = SigningKeys("a", "2", nil)

    private static func text(_ answer: KeyCache.Answer?) -> String {
        switch answer {
        case nil: "nothing"
        case .ready(let keys, nil)?: "keys \(keys.secretKey)"
        case .ready(let keys, let refresh?)?: "keys \(keys.secretKey), call \(refresh)"
        case .wait(let call, let isNew)?: isNew ? "make call \(call)" : "wait for call \(call)"
        case .hung?: "hung"
        }
    }

    private static func filled(seconds: Int64?, now: Int64 = 1000) -> KeyCache {
        var cache = KeyCache()
        _ = cache.keys(now: now)
        _ = cache.succeeded(1, first, seconds: seconds, now: now)
        return cache
    }

    @Test func `one call serves all who wait`() {
        var cache = KeyCache()
        #expect(Self.text(cache.keys(now: 1000)) == "make call 1")
        #expect(Self.text(cache.keys(now: 1000)) == "wait for call 1")
        let counts = cache.succeeded(1, Self.first, seconds: nil, now: 1000)
        #expect(counts)
        #expect(Self.text(cache.keys(now: 1_000_000_000)) == "keys 1")
    }

    @Test func `a call that failed is followed by another one`() {
        var cache = KeyCache()
        _ = cache.keys(now: 1000)
        let counts = cache.failed(1)
        #expect(counts)
        #expect(Self.text(cache.keys(now: 1000)) == "make call 2")
    }

    /// How long keys are valid, the second before their renewal begins, and their last one.
    @Test(arguments: [(Int64(3600), Int64(3539), Int64(3599)), (100, 79, 99), (10, 7, 9), (1, 0, 0)])
    func `keys are renewed before they end, and not used after`(seconds: Int64, quiet: Int64, last: Int64) {
        var cache = Self.filled(seconds: seconds)
        #expect(Self.text(cache.keys(now: 1000 + quiet)) == "keys 1")
        if quiet < last {
            #expect(Self.text(cache.keys(now: 1000 + quiet + 1)) == "keys 1, call 2")
            #expect(Self.text(cache.keys(now: 1000 + last)) == "keys 1")
            #expect(Self.text(cache.keys(now: 1000 + last + 1)) == "wait for call 2")
            _ = cache.succeeded(2, Self.second, seconds: seconds, now: 1000 + last)
            #expect(Self.text(cache.keys(now: 1000 + last + 1)).hasPrefix("keys 2"))
        } else {
            #expect(Self.text(cache.keys(now: 1000 + last + 1)) == "make call 2")
        }
    }

    @Test func `a renewal that fails is tried once a second, and the keys serve on`() {
        var cache = Self.filled(seconds: 100)
        #expect(Self.text(cache.keys(now: 1080)) == "keys 1, call 2")
        _ = cache.failed(2)
        #expect(Self.text(cache.keys(now: 1080)) == "keys 1")
        #expect(Self.text(cache.keys(now: 1081)) == "keys 1, call 3")
        _ = cache.failed(3)
        #expect(Self.text(cache.keys(now: 1100)) == "make call 4")
    }

    @Test func `refused keys are asked for anew, once a second`() {
        var cache = Self.filled(seconds: nil)
        #expect(Self.text(cache.refused(Self.first, now: 1000)) == "nothing")
        #expect(Self.text(cache.refused(Self.first, now: 1001)) == "make call 2")
        #expect(Self.text(cache.refused(Self.first, now: 1001)) == "wait for call 2")
        // Others go on with what there is.
        #expect(Self.text(cache.keys(now: 1001)) == "keys 1")
        _ = cache.succeeded(2, Self.second, seconds: nil, now: 1001)
        #expect(Self.text(cache.refused(Self.first, now: 1001)) == "keys 2")
        #expect(Self.text(cache.refused(Self.second, now: 1001)) == "nothing")
    }

    @Test func `calls that hang are given up, and four of them are enough`() {
        var cache = KeyCache()
        for call in 1...KeyCache.maximumAbandoned {
            #expect(Self.text(cache.keys(now: 1000)) == "make call \(call)")
            let gaveUp = (cache.gaveUp(call), cache.gaveUp(call))
            #expect(gaveUp == (true, false))
        }
        #expect(Self.text(cache.keys(now: 1000)) == "hung")
        // What one of them gives at last comes too late to be trusted, but another one may be made.
        let counts = cache.succeeded(2, Self.first, seconds: nil, now: 1000)
        #expect(!counts)
        #expect(Self.text(cache.keys(now: 1000)) == "make call 5")
    }

    @Test func `times beyond all calendars and clocks set back do no harm`() {
        var cache = Self.filled(seconds: .max)
        #expect(Self.text(cache.keys(now: .max)) == "keys 1")
        cache = Self.filled(seconds: 100)
        #expect(Self.text(cache.keys(now: 0)) == "keys 1")
        #expect(Self.text(cache.refused(Self.first, now: 0)) == "make call 2")
    }
}

import Testing

@testable import AlternatorTransport

@Suite struct DigestTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// FIPS 180-2, appendix B, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 gives the published digests`(message: String, digest: String) {
        #expect(hex(Digest.sha256(Array(message.utf8))) == digest)
        for throughProviders in [false, true] {
            let worker = DigestWorker(throughProviders: throughProviders)
            // Again and again: a worker begins anew.
            for _ in 0..<3 { #expect(hex(worker.sha256(Array(message.utf8)).bytes) == digest) }
        }
    }

    /// RFC 4231, cases 1, 2 and 6 (a key longer than a block).
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `HMAC gives the published codes, again and again with one key`(key: [UInt8], message: String, code: String)
        async
    {
        #expect(hex(Digest.hmacSHA256(Array(message.utf8), key: key)) == code)
        for throughProviders in [false, true] {
            let other = HMACKey(key, throughProviders: throughProviders)
            for _ in 0..<3 { #expect(hex(other.authenticate(Array(message.utf8))) == code) }
            // A key that has taken in the beginning already.
            let (beginning, rest) = (Array(message.utf8.prefix(3)), Array(message.utf8.dropFirst(3)))
            #expect(hex(HMACKey(other, prefix: beginning).authenticate(rest)) == code)
        }
        let shared = HMACKey(key)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<200).allSatisfy { _ in hex(shared.authenticate(Array(message.utf8))) == code } }
            }
            for await same in group { #expect(same) }
        }
    }
}

@Suite struct CompressionTests {
    private static let samples: [[UInt8]] = [
        [], [0x61], Array("hello hello hello".utf8), [UInt8](repeating: 0, count: 300_000),
        (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) },
    ]

    @Test(arguments: [Compression.gzip, .zlib]) func `what is packed unpacks`(format: Compression) throws {
        for sample in CompressionTests.samples {
            for level in [-5, 1, 6, 9, 100] {
                let packed = format.pack(sample, level: level)
                #expect(packed.prefix(2) == (format == .gzip ? [0x1F, 0x8B] : packed.prefix(2)))
                #expect(try format.unpack(packed, maximumBytes: sample.count) == sample)
            }
        }
    }

    @Test func `a stream of another program unpacks`() throws {
        // printf 'abc' | gzip -n; Python's zlib.compress(b'abc').
        let gzip: [UInt8] = [
            0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0x4B, 0x4C, 0x4A, 0x06, 0, 0xC2, 0x41, 0x24, 0x35, 0x03, 0, 0, 0,
        ]
        #expect(try Compression.gzip.unpack(gzip, maximumBytes: 3) == Array("abc".utf8))
        #expect(try Compression.gzip.unpack(gzip + gzip, maximumBytes: 6) == Array("abcabc".utf8))
        let zlib: [UInt8] = [0x78, 0x9C, 0x4B, 0x4C, 0x4A, 0x06, 0, 0x02, 0x4D, 0x01, 0x27]
        #expect(try Compression.zlib.unpack(zlib, maximumBytes: 3) == Array("abc".utf8))
        #expect(try Compression.zlib.unpack(zlib + zlib, maximumBytes: 6) == Array("abcabc".utf8))
    }

    @Test func `HTTP's deflate is unpacked with its wrapper and without, behind a head`() throws {
        let head = Array("head".utf8)
        let zlib: [UInt8] = [0x78, 0x9C, 0x4B, 0x4C, 0x4A, 0x06, 0, 0x02, 0x4D, 0x01, 0x27]
        let bare = Array(zlib[2..<7])
        for packed in [zlib, bare] {
            let unpacked = try Compression.zlib.unpackBody(head + packed, from: 4, maximumBytes: 3)
            #expect(unpacked == Array("headabc".utf8))
        }
        let broken: [[UInt8]] = [zlib + [0], bare + [0], Array(zlib.dropLast()), Array(bare.dropLast(2)), [0x78], []]
        for packed in broken {
            #expect(throws: CompressionError.self) {
                try Compression.zlib.unpackBody(head + packed, from: 4, maximumBytes: 1000)
            }
        }
    }

    /// The states are lent from a few that are kept: what one left behind must not reach the next.
    @Test func `states are used again and by many at once`() async throws {
        let samples = CompressionTests.samples
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for round in 0..<12 {
                        let sample = samples[(task + round) % samples.count]
                        let format: Compression = (task ^ round) & 1 == 0 ? .gzip : .zlib
                        let packed = format.pack(sample, level: 1 + (task + round) % 9)
                        _ = try? format.unpack(Array(packed.dropLast(3)), maximumBytes: 1 << 20)
                        if try format.unpack(packed, maximumBytes: sample.count) != sample { return false }
                    }
                    return true
                }
            }
            for try await same in group { #expect(same) }
        }
    }

    @Test(arguments: [Compression.gzip, .zlib]) func `damage, early ends and extra bytes are refused`(
        format: Compression
    ) {
        let sample = Array("some text, some more text, and some text again".utf8)
        let packed = format.pack(sample)
        for count in 0..<packed.count {
            #expect(throws: CompressionError.self) {
                try format.unpack(Array(packed[..<count]), maximumBytes: 1000)
            }
        }
        for extra in [[0], [0x61, 0x62], [UInt8](repeating: 0xFF, count: 20)] {
            #expect(throws: CompressionError.self) { try format.unpack(packed + extra, maximumBytes: 1000) }
        }
        for place in 10..<packed.count {
            var damaged = packed
            damaged[place] ^= 0x55
            #expect((try? format.unpack(damaged, maximumBytes: 1000)) != sample)
        }
        #expect(throws: CompressionError.self) { try format.unpack(Array("plain text".utf8), maximumBytes: 1000) }
    }

    @Test(arguments: [Compression.gzip, .zlib]) func `the limit is exact, and a bomb stops at it`(format: Compression) {
        let packed = format.pack([UInt8](repeating: 0, count: 1_000_000))
        for (limit, fits) in [(1_000_000, true), (999_999, false), (10, false), (0, false)] {
            do throws(CompressionError) {
                let unpacked = try format.unpack(packed, maximumBytes: limit)
                #expect(fits && unpacked.count == 1_000_000)
            } catch {
                #expect(!fits && error.isTooLong)
            }
        }
    }
}

import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct PackedAnswerTests {
    private static let json = Array((#"{"Item":{"text":{"S":""# + String(repeating: "ab", count: 3000) + #""}}}"#).utf8)

    /// A stored block, RFC 1951, 3.2.4: written by hand, without zlib's wrapper.
    private static func bareDeflate(_ bytes: [UInt8]) -> [UInt8] {
        let low = UInt8(bytes.count & 0xFF)
        let high = UInt8(bytes.count >> 8)
        return [1, low, high, ~low, ~high] + bytes
    }

    private static func bench(
        _ lines: [String],
        _ body: [UInt8],
        status: Int = 200,
        accepts: AlternatorConfig.ResponseCompression = [.gzip, .deflate],
        limit: Int = 64 << 20
    ) async throws -> Bench {
        let bench = try await Bench(configure: {
            $0.responseCompression = accepts
            $0.maximumDecompressedBytes = limit
        })
        bench.transport.everywhere { $0.isDiscovery ? nil : .answer(status, lines, body) }
        return bench
    }

    private static func body(_ answer: EncodedResponse) -> [UInt8] { Array(answer.bytes[answer.bodyOffset...]) }

    @Test(arguments: [
        ("gzip", Compression.gzip.pack(json)), ("GZip", Compression.gzip.pack(json)),
        ("gzip;q=1", Compression.gzip.pack(json)), (" gzip ; x=y", Compression.gzip.pack(json)),
        ("deflate", Compression.zlib.pack(json)), ("deflate", bareDeflate(json)),
        ("gzip", Compression.gzip.pack(Array(json[..<99])) + Compression.gzip.pack(Array(json[99...]))),
    ])
    func `a packed answer is unpacked`(coding: String, packed: [UInt8]) async throws {
        let bench = try await Self.bench(["content-encoding: \(coding)"], packed)
        let answer = try await bench.put()
        #expect(Self.body(answer) == Self.json)
        await bench.client.close()
    }

    @Test func `an answer that is not packed is taken as it is`() async throws {
        for lines in [[], ["X-Other: gzip"]] {
            let bench = try await Self.bench(lines, Self.json)
            let answer = try await bench.put()
            #expect(Self.body(answer) == Self.json)
            await bench.client.close()
        }
        // TagResource answers nothing at all.
        let bench = try await Self.bench(["Content-Encoding: gzip"], [])
        let answer = try await bench.put()
        #expect(Self.body(answer).isEmpty)
        await bench.client.close()
    }

    private static let unasked: [(AlternatorConfig.ResponseCompression, [String])] = [
        (.off, ["Content-Encoding: gzip"]), ([.deflate], ["Content-Encoding: gzip"]),
        ([.gzip], ["Content-Encoding: gzip, gzip"]),
        ([.gzip], ["Content-Encoding: gzip", "Content-Encoding: gzip"]), ([.gzip], ["Content-Encoding: br"]),
        ([.gzip], []),
    ]

    /// The specification leaves these alone; they are no JSON then.
    @Test(arguments: unasked)
    func `an answer packed otherwise than asked for is refused, and the error says so`(
        accepted: AlternatorConfig.ResponseCompression,
        lines: [String]
    ) async throws {
        let bench = try await Self.bench(lines, Compression.gzip.pack(Self.json), accepts: accepted)
        let error = await bench.whileTimePasses { await failure { try await bench.put() } }
        #expect(error?.code == .protocolViolation)
        #expect(error?.message.contains("not a JSON object") == true)
        if !lines.isEmpty { #expect(error?.message.contains("responseCompression") == true) }
        await bench.client.close()
    }

    @Test func `damage is a decompression error, after attempts at other nodes`() async throws {
        let packed = Compression.gzip.pack(Self.json)
        var damaged = packed
        damaged[packed.count / 2] ^= 0xFF
        let cases: [(name: String, coding: String, body: [UInt8])] = [
            ("a byte changed", "gzip", damaged), ("cut short", "gzip", Array(packed.dropLast(9))),
            ("more behind it", "gzip", packed + [1, 2, 3]), ("no gzip", "gzip", Array("{}".utf8)),
            ("no deflate", "deflate", Self.json), ("one byte", "deflate", [0x78]),
        ]
        for (name, coding, body) in cases {
            let bench = try await Self.bench(["Content-Encoding: \(coding)"], body)
            let error = await bench.whileTimePasses { await failure { try await bench.put() } }
            #expect(error?.code == .decompression, "\(name)")
            #expect(error?.message.contains("Content-Encoding is \(coding)") == true, "\(name)")
            #expect(error?.attempts == 3, "\(name)")
            // A write that counts was perhaps applied, so nothing is sent again.
            let sent = bench.transport.requests.count
            let counting = await failure { try await bench.put(.counting) }
            #expect(counting?.code == .outcomeUnknown, "\(name)")
            #expect(bench.transport.requests.count == sent + 1, "\(name)")
            await bench.client.close()
        }
    }

    @Test func `the limit is exact, and over it the field is named and nothing repeated`() async throws {
        for (coding, packed) in [
            ("gzip", Compression.gzip.pack(Self.json)), ("deflate", Compression.zlib.pack(Self.json)),
        ] {
            let fits = try await Self.bench(["Content-Encoding: \(coding)"], packed, limit: Self.json.count)
            #expect(Self.body(try await fits.put()) == Self.json)
            await fits.client.close()
            let bench = try await Self.bench(["Content-Encoding: \(coding)"], packed, limit: Self.json.count - 1)
            let error = await failure { try await bench.put() }
            #expect(error?.code == .decompression)
            #expect(error?.message.contains("AlternatorConfig.maximumDecompressedBytes") == true)
            #expect(bench.transport.requests.count == 1)
            #expect(bench.client.downNodes().isEmpty)
            await bench.client.close()
        }
    }

    @Test func `errors are unpacked too`() async throws {
        let text = #"{"__type":"a#ResourceNotFoundException","message":"no such table"}"#
        let bench = try await Self.bench(
            ["Content-Encoding: gzip"],
            Compression.gzip.pack(Array(text.utf8)),
            status: 400
        )
        let error = await failure { try await bench.put() }
        #expect(error?.code == .tableNotFound)
        await bench.client.close()
    }

    // MARK: Requests

    @Test func `bodies are packed from the size on, once for all attempts, whatever comes out`() async throws {
        let bench = try await Bench(configure: { $0.requestCompression = .gzip(level: 9, minimumSize: 10) })
        for (length, isPacked) in [(0, false), (9, false), (10, true), (5000, true)] {
            let text = String(repeating: "x", count: length)
            _ = try await bench.put(body: text)
            let call = try #require(bench.transport.requests.last)
            #expect(call.header("Content-Encoding") == (isPacked ? "gzip" : nil))
            #expect(call.header("Content-Length") == "\(call.body.count)")
            let body = isPacked ? try Compression.gzip.unpack(call.body, maximumBytes: length) : call.body
            #expect(String(decoding: body, as: UTF8.self) == text)
        }
        // The specification packs though it may become longer.
        #expect(bench.transport.requests.first { $0.body.count > 10 }?.header("Content-Encoding") == "gzip")
        bench.transport.everywhere { $0.isDiscovery ? nil : .status(500, "") }
        _ = await bench.whileTimePasses { await failure { try await bench.put(body: "0123456789") } }
        let attempts = bench.transport.requests.suffix(3)
        #expect(Set(attempts.map(\.body)).count == 1)
        #expect(attempts.allSatisfy { $0.header("Content-Encoding") == "gzip" })
        await bench.client.close()
    }

    @Test func `a body that would outgrow the server's limit is sent as it is`() throws {
        var generator = SeededGenerator(seed: 7)
        // Chance cannot be packed: it becomes some bytes longer.
        let body = (0..<1000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let request = EncodedRequest(.putItem, table: "t", body: body, safety: .idempotent)
        for (limit, isPacked) in [(1000, false), (1100, true)] {
            var call = OutgoingCall(request)
            call.pack(.gzip(minimumSize: 1), maximumBytes: limit)
            #expect(call.isPacked == isPacked)
            #expect((call.body == body) == !isPacked)
            #expect(call.body.count <= limit)
        }
    }
}

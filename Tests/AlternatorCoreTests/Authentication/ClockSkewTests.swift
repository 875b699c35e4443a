import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct ClockSkewTests {
    /// 2026-11-21 07:36:00 UTC, as the nodes have it.
    private static let serverTime: Int64 = 1_795_246_560

    /// Nodes that know the time, and refuse signatures of another one as Alternator does.
    private static func node(_ call: ScriptedTransport.Call, refusal: String = "InvalidSignatureException")
        -> ScriptedTransport.Reply?
    {
        guard !call.isDiscovery, let stamp = call.header("X-Amz-Date") else { return nil }
        // All times of these tests lie on that day, the one before or the one after.
        if stamp == "20261121T073600Z" { return nil }
        let words = stamp < "20261121T073600Z" ? "Signature expired: \(stamp)" : "Signature not yet current: \(stamp)"
        return .answer(
            400,
            ["Date: Sat, 21 Nov 2026 07:36:00 GMT"],
            Array(
                #"{"__type":"com.amazonaws.dynamodb.v20120810#\#(refusal)","message":"invalid signature: \#(words)"}"#
                    .utf8
            )
        )
    }

    private static func bench(
        skew: Int64,
        _ script: @escaping ScriptedTransport.Script = { node($0) }
    ) async throws -> (AlternatorClient, ScriptedTransport) {
        var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000)
        config.authentication = .credentials(accessKey: "role", secretKey: "secret")
        let transport = ScriptedTransport(["10.0.0.1"])
        transport.everywhere(script)
        let client = try await AlternatorClient(
            config,
            clock: ManualClock(),
            random: RandomSource(seed: 1),
            secondsSinceEpoch: { serverTime + skew },
            transport: { _ in transport }
        )
        return (client, transport)
    }

    private static func count(_ client: AlternatorClient) async throws(AlternatorError) -> EncodedResponse {
        try await client.execute(EncodedRequest(.updateItem, table: "t", body: Array("{}".utf8), safety: .counting))
    }

    @Test(arguments: [-86_000, -3600, -901, 901, 3600, 86_000] as [Int64])
    func `a write refused for its time is signed anew once, and later ones at once`(skew: Int64) async throws {
        let (client, transport) = try await Self.bench(skew: skew)
        let answer = try await Self.count(client)
        #expect(answer.attempts == 1)
        #expect(transport.requests.count == 2)
        #expect(transport.requests.last?.header("X-Amz-Date") == "20261121T073600Z")
        // Another signature, not only another date.
        #expect(Set(transport.requests.map { $0.header("Authorization") }).count == 2)
        for _ in 0..<3 { _ = try await Self.count(client) }
        #expect(transport.requests.count == 5)
        await client.close()
    }

    @Test(arguments: ["RequestTimeTooSkewed", "RequestExpired", "SignatureDoesNotMatch"])
    func `the names of other implementations are understood`(type: String) async throws {
        let (client, transport) = try await Self.bench(skew: 4000) { Self.node($0, refusal: type) }
        _ = try await Self.count(client)
        #expect(transport.requests.count == 2)
        await client.close()
    }

    @Test func `a clock more than a day off is not followed`() async throws {
        for skew in [-86_401, 86_401] as [Int64] {
            let (client, transport) = try await Self.bench(skew: skew)
            let error = await failure { try await Self.count(client) }
            #expect(error?.code == .signature)
            #expect(error?.message.contains("Set this machine's clock") == true)
            #expect(transport.requests.count == 1)
            await client.close()
        }
    }

    @Test func `a node that refuses every time is not asked again and again`() async throws {
        let (client, transport) = try await Self.bench(skew: 4000) { call in
            if call.isDiscovery { return nil }
            return .answer(
                400,
                ["Date: Sat, 21 Nov 2026 07:36:00 GMT"],
                Array(#"{"__type":"x#InvalidSignatureException","message":"Signature expired"}"#.utf8)
            )
        }
        let error = await failure { try await Self.count(client) }
        #expect(error?.code == .signature)
        #expect(transport.requests.count == 2)
        // The time is right now, so nothing is left to mend.
        _ = await failure { try await Self.count(client) }
        #expect(transport.requests.count == 3)
        await client.close()
    }

    @Test func `without a readable date the refusal stands`() async throws {
        for lines in [[], ["Date: 2026-11-21"], ["Date: Sat, 21 Nov 2026 07:36:00 PST"]] {
            let (client, transport) = try await Self.bench(skew: 4000) { call in
                if call.isDiscovery { return nil }
                return .answer(
                    400,
                    lines,
                    Array(#"{"__type":"x#InvalidSignatureException","message":"Signature expired"}"#.utf8)
                )
            }
            #expect(await failure { try await Self.count(client) }?.code == .signature)
            #expect(transport.requests.count == 1)
            await client.close()
        }
    }

    @Test func `a wrong signature is no matter of time`() async throws {
        let (client, transport) = try await Self.bench(skew: 4000) { call in
            if call.isDiscovery { return nil }
            return .answer(
                400,
                ["Date: Sat, 21 Nov 2026 07:36:00 GMT"],
                Array(#"{"__type":"x#UnrecognizedClientException","message":"wrong signature"}"#.utf8)
            )
        }
        #expect(await failure { try await Self.count(client) }?.code == .signature)
        #expect(transport.requests.count == 1)
        await client.close()
    }

    @Test(arguments: [
        ("Sat, 21 Nov 2026 07:36:00 GMT", Int64(1_795_246_560)), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
    ])
    func `dates of answers are read`(text: String, second: Int64) {
        #expect(HTTPDate.secondsSinceEpoch(text) == second)
    }

    @Test(arguments: [
        "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov -994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
    ])
    func `what is no date is not taken for one`(text: String) { #expect(HTTPDate.secondsSinceEpoch(text) == nil) }
}

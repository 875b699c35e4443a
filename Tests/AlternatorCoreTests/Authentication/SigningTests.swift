import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct SigningTests {
    @Test(arguments: [
        (Int64(0), "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (4_107_542_399, "21000228T235959Z"),
        (4_107_542_400, "21000301T000000Z"), (-5, "19700101T000000Z"), (.max, "99991231T235959Z"),
    ])
    func `moments are written as signatures want them`(seconds: Int64, timestamp: String) {
        #expect(SigningTime(secondsSinceEpoch: seconds).timestamp == timestamp)
    }

    @Test func `digests are those of FIPS 180 and RFC 4231`() {
        #expect(
            SignatureText.hexadecimal(Digest.sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        // RFC 4231, test case 2.
        #expect(
            SignatureText.hexadecimal(
                Digest.hmacSHA256(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
            ) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        )
        // An empty key, by Python's hmac.
        #expect(
            SignatureText.hexadecimal(Digest.hmacSHA256([], key: []))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        )
    }

    /// The expected signature was computed by Python's hmac and hashlib from the text of the specification.
    @Test func `a request is signed for the node it goes to`() async throws {
        var config = AlternatorConfig(seedHosts: ["10.0.0.1"], port: 8000)
        config.authentication = .credentials(accessKey: "alternator", secretKey: "secret", sessionToken: "tok")
        config.region = "eu-north-1"
        let transport = ScriptedTransport(["10.0.0.1"])
        let client = try await AlternatorClient(
            config,
            clock: ManualClock(),
            random: RandomSource(seed: 1),
            secondsSinceEpoch: { 1_795_246_560 },
            transport: { _ in transport }
        )
        for _ in 0..<2 {
            _ = try await client.execute(
                EncodedRequest(
                    .putItem,
                    table: "users",
                    body: Array(#"{"TableName":"users"}"#.utf8),
                    safety: .idempotent
                )
            )
        }
        for call in transport.requests {
            #expect(call.header("X-Amz-Date") == "20261121T073600Z")
            #expect(call.header("X-Amz-Security-Token") == "tok")
            #expect(
                call.header("Authorization")
                    == "AWS4-HMAC-SHA256 Credential=alternator/20261121/eu-north-1/dynamodb/aws4_request, "
                    + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
                    + "Signature=3137e9f9d9df4a07d79ded72e77cec80cbe06f2b2ee37f3c3550134f20fd410c"
            )
        }
        #expect(transport.requests.count == 2)
        #expect(transport.discoveries.allSatisfy { $0.header("Authorization") == nil })
        await client.close()
    }
}

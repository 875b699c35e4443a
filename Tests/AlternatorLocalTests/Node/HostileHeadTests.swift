import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorLocal

/// Heads of requests nobody means well with: methods, paths, queries and headers, at random.
@Suite struct HostileHeadTests {
    private static let values = [
        "", " ", "127.0.0.1:8000", "DynamoDB_20120810.ListTables", "ListTables", ".", "..", "a.b.c", "gzip", "deflate",
        "br",
        "GZIP;q=0.5, *;q=0", "gzip;q=nan;q=1e999, deflate;;q", "identity;q=-0.", "*;q=0.", "20261121T101112Z",
        "20261121",
        "99999999T999999Z", "20260230T000000Z",
        "AWS4-HMAC-SHA256 Credential=a/20261121/r/s/aws4_request, SignedHeaders=;,",
        "AWS4-HMAC-SHA256 Credential=////,SignedHeaders=host;x-amz-date,Signature=", "AWS4-HMAC-SHA256 ",
        "AWS4-HMAC-SHA256 Credential=ann/2/3/4/aws4_request SignedHeaders=x-amz-date;host Signature=123", "Basic YTpi",
        "http://example.com", "cat, meerkat", "Boto3/1.2", "é\u{0}\u{7f}", String(repeating: "x", count: 5000),
    ]

    private static let names = [
        "host", "x-amz-target", "authorization", "x-amz-date", "content-encoding", "accept-encoding", "origin",
        "user-agent",
        "access-control-request-headers", "access-control-request-method", "content-type", "x",
    ]

    private static let paths = ["/", "/localnodes", "/x", "*", "", "/localnodes/", "//"]

    private static let queries = [
        nil, "", "dc=dc1", "dc=%", "rack=%zz&rack", "=&==&", "dc=%ff%fe", "dc=+&dc=dc1", "%64c=dc1", "dc",
    ]

    private func value(_ random: inout SeededGenerator) -> String {
        var text = Self.values.randomElement(using: &random) ?? ""
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let position = text.index(text.startIndex, offsetBy: Int.random(in: 0...text.count, using: &random))
            let character = Character(UnicodeScalar(UInt8.random(in: 1...127, using: &random)))
            text.insert(character, at: position)
        }
        return text
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `every head gets an answer, and the server works afterwards`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let server = try LocalServer()
        try server.createUsers()
        var signed = server.handler
        signed.signatures = SignatureCheck(secrets: ["ann": "secret"])
        for turn in 0..<400 {
            var headers: [(name: String, value: String)] = []
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                headers.append((Self.names.randomElement(using: &random) ?? "x", value(&random)))
            }
            let request = ServerRequest(
                method: ["POST", "GET", "OPTIONS", "HEAD", "P"].randomElement(using: &random) ?? "GET",
                path: Self.paths.randomElement(using: &random) ?? "/",
                query: Self.queries.randomElement(using: &random) ?? nil,
                headers: headers,
                body: Array(value(&random).utf8),
                remoteAddress: "127.0.0.9"
            )
            for handler in [server.handler, signed] {
                let response = handler.respond(request)
                #expect([200, 400, 404, 413, 500].contains(response.status), "seed \(seed), turn \(turn)")
                // What an answer carries must not break its own head.
                let isOneLine = response.headers.allSatisfy { !$0.value.utf8.contains { [10, 13].contains($0) } }
                #expect(isOneLine || headers.contains { $0.value.utf8.contains { [10, 13].contains($0) } })
            }
        }
        #expect(try server.call("ListTables", "{}")["TableNames"] == .array([.string("users")]))
    }
}

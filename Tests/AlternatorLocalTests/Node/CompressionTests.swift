import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorLocal

@Suite struct CompressionTests {
    @Test(arguments: [
        (["gzip"], Compression.gzip), (["deflate"], .zlib), (["gzip, deflate"], .gzip), (["deflate, gzip"], .zlib),
        (["deflate", "gzip;q=0.5"], .zlib), (["identity"], nil), ([""], nil), (["br"], nil), (["x-gzip"], nil),
        (["br, identity, deflate, gzip"], .zlib), (["GZIP, identity"], .gzip), (["dog, gzip ,, cat"], .gzip),
        (["gzip;q=0.8, deflate;q=0.9"], .zlib), (["gzip;q=0, deflate; q = 0.5 , identity;q=0"], .zlib),
        (["*"], .gzip), (["*, deflate;q=0.5"], .gzip), (["*, deflate"], .zlib), (["*, gzip;q=0.5"], .zlib),
        (["*, gzip;q=0.2, deflate;q=0.3"], .zlib), (["*;q=0"], nil), (["gzip ;q=0"], nil), (["identity;q=0"], nil),
        (["*, gzip;q=0, deflate;q=0"], nil), (["gzip;q=0.5,identity;q=0.8"], .gzip), (["\"gzip\""], nil),
        (["gzip br"], nil), (["gzip:q=1"], nil), (["gzip;q=31,deflate;q=51"], .gzip),
        (["deflate;q=0.5, gzip;q=1;q=0.2"], .gzip), (["deflate;q=0.5,gzip;q=0."], .zlib),
        (["deflate;q=0.5,gzip;q=0.x"], .gzip), (["deflate;q=-0.5,gzip;q=0.2"], .gzip), (["gzip;nq=1;q=0 "], nil),
        (["gzip;q=0, gzip;q=1, gzip;q=0"], .gzip), (["br,gzip;q=0.0001"], .gzip),
    ])
    func `Accept-Encoding chooses`(headers: [String], expected: Compression?) {
        #expect(ContentCoding.chosen(from: headers, length: 4096, threshold: 4096) == expected)
        #expect(ContentCoding.chosen(from: headers, length: 4095, threshold: 4096) == nil)
        #expect(ContentCoding.chosen(from: headers, length: 4096, threshold: 0) == nil)
    }

    private func server(holding size: Int) throws -> LocalServer {
        let server = try LocalServer { $0.allowsSystemTableWrites = true }
        try server.createUsers()
        try server.call(
            "PutItem",
            #"{"TableName":"users","Item":{"id":{"S":"a"},"x":{"S":"\#(String(repeating: "x", count: size))"}}}"#
        )
        return server
    }

    private func get(_ server: LocalServer, _ headers: [(name: String, value: String)]) throws -> ServerResponse {
        try server.send(
            headers: [("x-amz-target", "D.GetItem")] + headers,
            body: #"{"TableName":"users","Key":{"id":{"S":"a"}}}"#
        )
    }

    private func encoding(_ response: ServerResponse) -> String? {
        response.headers.first { $0.name == "Content-Encoding" }?.value
    }

    @Test func `a long answer is packed, a short one and an error are not`() throws {
        let long = try server(holding: 5000)
        let plain = try get(long, [])
        #expect(encoding(plain) == nil)
        let packed = try get(long, [("accept-encoding", "deflate")])
        #expect(encoding(packed) == "deflate")
        #expect(try Compression.zlib.unpack(packed.body, maximumBytes: 1 << 20) == plain.body)
        let short = try get(server(holding: 100), [("accept-encoding", "gzip")])
        #expect(encoding(short) == nil)
        let name = String(repeating: "n", count: 5000)
        let error = try long.send(
            headers: [("x-amz-target", "D.Scan"), ("accept-encoding", "gzip")],
            body: #"{"TableName":"\#(name)"}"#
        )
        #expect(error.status == 400)
        #expect(error.body.count > 4096)
        #expect(encoding(error) == nil)
    }

    @Test func `the options of system config rule the answers`() throws {
        let server = try server(holding: 100)
        func set(_ name: String, _ value: String) throws {
            try server.call(
                "UpdateItem",
                """
                {"TableName":".scylla.alternator.system.config","Key":{"name":{"S":"\(name)"}},
                "UpdateExpression":"SET #v = :v","ExpressionAttributeNames":{"#v":"value"},
                "ExpressionAttributeValues":{":v":{"S":"\(value)"}}}
                """
            )
        }
        func names(_ response: ServerResponse) -> Set<String> { Set(response.headers.map(\.name)) }
        try set("alternator_response_compression_threshold_in_bytes", "64")
        #expect(try encoding(get(server, [("accept-encoding", "gzip")])) == "gzip")
        try set("alternator_response_compression_threshold_in_bytes", "0")
        #expect(try encoding(get(server, [("accept-encoding", "gzip")])) == nil)
        #expect(try names(get(server, [])) == ["Content-Type", "Date"])
        try set("alternator_http_response_server_header", "My\\u0001Server ")
        #expect(try get(server, []).headers.first { $0.name == "Server" }?.value == "MyServer")
        try set("alternator_http_response_server_header", " ")
        try set("alternator_http_response_disable_date_header", "true")
        #expect(try names(get(server, [])) == ["Content-Type"])
        try set("alternator_http_response_disable_content_type_header", "true")
        #expect(try names(get(server, [])).isEmpty)
        let error = try server.send(headers: [("x-amz-target", "D.Scan")], body: "{}")
        #expect(error.status == 400 && names(error).isEmpty)
    }

    private static let request = Array(#"{"TableName":"users","Key":{"id":{"S":"a"}}}"#.utf8)
    private static let packed = Compression.gzip.pack(request)

    private func status(_ body: [UInt8], _ encoding: String) throws -> Int {
        let server = try server(holding: 1)
        let request = ServerRequest(
            method: "POST",
            path: "/",
            query: nil,
            headers: [("x-amz-target", "D.GetItem"), ("content-encoding", encoding)],
            body: body,
            remoteAddress: ""
        )
        return server.handler.respond(request).status
    }

    @Test func `packed requests are unpacked`() throws {
        #expect(try status(Self.packed, "gzip") == 200)
        #expect(try status(Compression.zlib.pack(Self.request), "deflate") == 200)
        for (format, encoding) in [(Compression.gzip, "gzip"), (.zlib, "deflate")] {
            let halves = format.pack(Array(Self.request[..<9])) + format.pack(Array(Self.request[9...]))
            #expect(try status(halves, encoding) == 200)
            #expect(try status(halves + [1, 2, 3], encoding) == 500)
            #expect(try status(Array(halves.dropLast()), encoding) == 500)
        }
        #expect(try status(Self.request, "") == 200)
    }

    @Test func `what cannot be unpacked is a fault of the server`() throws {
        #expect(try status(Self.packed, "GZIP") == 500)
        #expect(try status(Self.packed, "deflate") == 500)
        #expect(try status(Self.request, "br") == 500)
        #expect(try status(Self.request, "gzip") == 500)
        #expect(try status([], "gzip") == 500)
        #expect(try status(Array(Self.packed.dropLast()), "gzip") == 500)
        #expect(try status(Self.packed + [1, 2, 3], "gzip") == 500)
    }

    @Test(.ownThread) func `a small body that unpacks to over 16 MiB is too large`() throws {
        let blanks = [UInt8](repeating: 0x20, count: (16 << 20) - Self.request.count)
        #expect(try status(Compression.gzip.pack(blanks + Self.request), "gzip") == 200)
        #expect(try status(Compression.gzip.pack([0x20] + blanks + Self.request), "gzip") == 413)
    }

    @Test func `a body over the limit is refused in the server's form`() throws {
        let server = try LocalServer()
        let head = ServerRequest(method: "POST", path: "/", query: nil, headers: [], body: [], remoteAddress: "")
        let answer = server.handler.tooLarge(head)
        #expect(answer.status == 413)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("#PayloadTooLarge"))
        #expect(answer.closesConnection)
    }
}

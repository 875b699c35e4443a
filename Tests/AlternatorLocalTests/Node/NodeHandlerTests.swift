import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorLocal

@Suite struct NodeHandlerTests {
    private func text(_ response: ServerResponse) -> String { String(decoding: response.body, as: UTF8.self) }

    private func header(_ response: ServerResponse, _ name: String) -> String? {
        response.headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    @Test func `GET on the root says healthy with the host`() throws {
        let response = try LocalServer().send("GET")
        #expect(response.status == 200)
        #expect(text(response) == "healthy: 127.0.0.1:8000")
        #expect(header(response, "Content-Type") == "text/plain")
        #expect(header(response, "Date") == "Tue, 14 Nov 2023 22:13:20 GMT")
        #expect(header(response, "Server") == nil)
    }

    @Test(arguments: [("GET", "/x"), ("POST", "/x"), ("PUT", "/"), ("DELETE", "/localnodes"), ("POST", "/localnodes")])
    func `other paths and methods are not found`(method: String, path: String) throws {
        let response = try LocalServer().send(method, path)
        #expect(response.status == 404)
        #expect(text(response) == #"{"message": "Not found", "code": 404}"#)
    }

    @Test(arguments: [
        (nil, ["127.0.0.1", "127.0.0.2"]), ("dc=dc1", ["127.0.0.1", "127.0.0.2"]), ("dc=east+coast", ["127.0.0.3"]),
        ("dc=east%20coast&rack=r%31", ["127.0.0.3"]), ("rack=rack2", ["127.0.0.2"]), ("dc=nowhere", []),
        ("dc=&rack=", ["127.0.0.1", "127.0.0.2"]), ("rack=nothing", []),
    ])
    func `localnodes lists the nodes of a place`(query: String?, expected: [String]) throws {
        let places = [("127.0.0.1", "dc1", "rack1"), ("127.0.0.2", "dc1", "rack2"), ("127.0.0.3", "east coast", "r1")]
        let nodes = places.map { place in
            let node = LocalNode(NodePlace(address: place.0, datacenter: place.1, rack: place.2))
            node.update { $0.state = .up }
            return node
        }
        let handler = try NodeHandler(node: nodes[0], engine: Engine(), topology: Topology(nodes, now: { 0 }))
        let request = ServerRequest(
            method: "GET",
            path: "/localnodes",
            query: query,
            headers: [],
            body: [],
            remoteAddress: ""
        )
        let response = handler.respond(request)
        let list = try LocalServer.tree(response.body).elements?.compactMap(\.text)
        #expect(list == expected)
        #expect(header(response, "Content-Type") == "application/json")
    }

    @Test func `a node that stopped is listed until gossip notices`() {
        let clock = LocalServer.ManualTime(0)
        let node = LocalNode(NodePlace(address: "127.0.0.1", datacenter: "d", rack: "r"))
        let topology = Topology([node], gossipDelay: 5000, now: { clock.now })
        node.update { $0.state = .down }
        #expect(topology.listedAddresses(datacenter: "d", rack: nil) == ["127.0.0.1"])
        clock.advance(milliseconds: 5000)
        #expect(topology.listedAddresses(datacenter: "d", rack: nil).isEmpty)
    }

    @Test(arguments: ["TransactWriteItems", "ExecuteStatement", "CreateBackup", "", "putitem"])
    func `an operation there is not is unknown, even with broken JSON`(operation: String) throws {
        let error = try LocalServer().error(operation, "{broken")
        #expect(error.type == "UnknownOperationException")
        #expect(error.message == "Unsupported operation \(operation)")
    }

    @Test func `only what follows the first dot of the target counts`() throws {
        let server = try LocalServer()
        let known = try server.send(headers: [("x-amz-target", "Anything.ListTables")], body: "{}")
        #expect(known.status == 200)
        #expect(header(known, "Content-Type") == "application/x-amz-json-1.0")
        #expect(try server.send(body: "{}").status == 400)
    }

    @Test(arguments: ["", "{", "[]", "7", #"{"a":}"#, #"{"TableName":"x"} x"#, #"{"a":"\ud800"}"#])
    func `a body that is no JSON object is a ValidationException`(body: String) throws {
        #expect(try LocalServer().error("ListTables", body).type == "ValidationException")
    }

    @Test func `32 levels are taken, 50 are refused as nested too deeply`() throws {
        let server = try LocalServer()
        try server.createUsers()
        func item(_ depth: Int) -> String {
            String(repeating: #"{"L":["#, count: depth) + #"{"S":"x"}"# + String(repeating: "]}", count: depth)
        }
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"},"d":\#(item(31))}}"#)
        let error = try server.error("PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"},"d":\#(item(50))}}"#)
        #expect(error.type == "ValidationException")
        #expect(error.message.contains("nested"), "\(error.message)")
    }

    @Test(.ownThread) func `a body over 16 MiB is too large`() throws {
        let body = String(repeating: " ", count: (16 << 20) + 1)
        #expect(try LocalServer().error("ListTables", body, status: 413).type == "PayloadTooLarge")
    }

    @Test func `CORS headers come only with an Origin`() throws {
        let server = try LocalServer()
        let plain = try server.send("OPTIONS")
        #expect(header(plain, "Access-Control-Allow-Origin") == nil)
        let response = try server.send(
            "OPTIONS",
            headers: [
                ("origin", "http://example.com"), ("access-control-request-headers", "x-amz-target"),
                ("access-control-request-method", "POST"),
            ]
        )
        #expect(header(response, "Access-Control-Allow-Origin") == "*")
        #expect(header(response, "Access-Control-Allow-Headers") == "x-amz-target")
        #expect(header(response, "Access-Control-Allow-Methods") == "POST")
        #expect(header(response, "Access-Control-Max-Age") == "7200")
    }

    @Test func `long answers are sent in chunks`() throws {
        let server = try LocalServer()
        try server.createUsers()
        let filler = String(repeating: "x", count: 60_000)
        for id in 0..<2 {
            let item = #"{"id":{"S":"\#(id)"},"f":{"S":"\#(filler)"}}"#
            try server.call("PutItem", #"{"TableName":"users","Item":\#(item)}"#)
        }
        let target = [(name: "x-amz-target", value: "D.Scan")]
        #expect(try server.send(headers: target, body: #"{"TableName":"users"}"#).chunked)
        #expect(try !server.send(headers: target, body: #"{"TableName":"users","Limit":1}"#).chunked)
    }

    @Test func `requests are counted by operation`() throws {
        let server = try LocalServer()
        try server.call("ListTables", "{}")
        _ = try server.send("GET")
        let counts = server.handler.node.counters.all
        #expect(counts == ["requests": 1, "ListTables": 1, "health": 1])
    }
}

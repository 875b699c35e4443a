import AlternatorCore
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import Alternator

struct TableNameTests {
    @Test func `a resource may change the names of all its tables`() async throws {
        let bench = try await Bench { _, call in
            call.operation == "ListTables" ? .ok(#"{"TableNames":["t42_visits"]}"#) : nil
        }
        let resource = AlternatorResource(client: bench.resource.client, tableName: { "t42_" + $0 })
        let visit = Visit(site: "x", at: 7, hits: 2, note: nil, until: nil)
        try await resource.table(Visit.self).put(visit)
        try await resource.table("users").put(["id": "u1"])
        _ = try await resource.batchWrite([
            resource.table("visits", of: Visit.self).putRequest(visit),
            resource.table("users").putRequest(["id": "u1"]),
        ])
        #expect(resource.table(Visit.self).name == "t42_visits")
        #expect(bench.bodies[0].hasPrefix(#"{"TableName":"t42_visits","#))
        #expect(bench.bodies[1].hasPrefix(#"{"TableName":"t42_users","#))
        #expect(bench.bodies[2].hasPrefix(#"{"RequestItems":{"t42_visits":[{"#))
        #expect(bench.bodies[2].contains(#"],"t42_users":[{"#))
        #expect(try await resource.tableNames() == ["t42_visits"])
    }

    @Test func `listing tables heeds its options`() async throws {
        let bench = try await Bench(answers: [.ok(#"{"TableNames":[]}"#)])
        var options = RequestOptions()
        options.requestTimeout = .seconds(7)
        _ = try await bench.resource.tableNames(requestOptions: options)
        #expect(bench.transport.requests.map(\.options.requestTimeout) == [.seconds(7)])
    }
}

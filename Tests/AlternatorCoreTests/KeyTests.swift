import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct KeyTests {
    private static let description =
        #"{"Table":{"TableName":"users","KeySchema":[{"AttributeName":"at","KeyType":"RANGE"},{"AttributeName":"id","KeyType":"HASH"}]}}"#
    private static let users: ScriptedTransport.Script = { $0.operation == "DescribeTable" ? .ok(description) : nil }
    private static func item(_ id: String) -> String { #"{"TableName":"users","Item":{"id":{"S":"\#(id)"}}}"# }

    @Test func `without affinity no table is ever described`() async throws {
        let bench = try await Bench()
        for id in 0..<20 { _ = try await bench.put(body: Self.item("u\(id)")) }
        #expect(bench.transport.requests.allSatisfy { $0.operation == "PutItem" })
        await bench.client.close()
    }

    @Test func `an unknown table is described once, then every put of one key goes to one node`() async throws {
        let bench = try await Bench(prepare: { $0.everywhere(Self.users) }, configure: { $0.keyAffinity = .anyWrite })
        try await bench.healthy()
        for _ in 0..<20 { _ = try await bench.put(body: Self.item("u1")) }
        try await eventually("the key's name") { bench.client.core.keys.known("users") == "id" }
        let before = bench.transport.requests.count
        for round in 0..<90 { _ = try await bench.put(body: Self.item("u\(round % 30)")) }
        #expect(bench.transport.requests.count { $0.operation == "DescribeTable" } == 1)
        let after = bench.transport.requests.dropFirst(before).filter { $0.operation == "PutItem" }
        let hosts = Dictionary(grouping: after, by: \.body).mapValues { Set($0.map(\.host)).count }
        #expect(hosts.count == 30)
        #expect(hosts.values.allSatisfy { $0 == 1 })
        #expect(Set(after.map(\.host)).count == 3)
        await bench.client.close()
    }

    @Test(arguments: [true, false])
    func `a table known beforehand is never described`(isRegistered: Bool) async throws {
        let bench = try await Bench(
            prepare: { $0.everywhere(Self.users) },
            configure: {
                $0.keyAffinity = .anyWrite
                if !isRegistered { $0.tablePKMap = ["users": "id"] }
            }
        )
        if isRegistered { bench.client.registerPartitionKey("id", of: "users") }
        for _ in 0..<30 { _ = try await bench.put(body: Self.item("u1")) }
        #expect(bench.transport.requests.allSatisfy { $0.operation == "PutItem" })
        #expect(Set(bench.transport.requests.map(\.host)).count == 1)
        await bench.client.close()
    }

    private static let isolations: [(tag: String?, setting: String?, places: Int)] = [
        ("always_use_lwt", nil, 1), ("a", "\\\"forbid\\\"", 1), ("forbid_rmw", nil, 3), ("unsafe", nil, 3),
        (nil, "\\\"always\\\"", 1), (nil, "\\\"only_rmw_uses_lwt\\\"", 3), (nil, nil, 3), ("o", "always", 3),
    ]

    /// Plain puts: they are gathered only where every write uses a lightweight transaction.
    @Test(arguments: isolations.indices)
    func `automatic affinity follows the table's write isolation, then the server's`(index: Int) async throws {
        let (tag, setting, places) = Self.isolations[index]
        let tags = tag.map { #"{"Tags":[{"Key":"x","Value":"a"},{"Key":"system:write_isolation","Value":"\#($0)"}]}"# }
        let items = setting.map { #"{"Items":[{"name":{"S":"n"},"value":{"S":"\#($0)"}}]}"# }
        let script: ScriptedTransport.Script = { call in
            switch call.operation {
            case "DescribeTable":
                .ok(#"{"Table":{"TableArn":"arn:t","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}}"#)
            case "ListTagsOfResource": .ok(tags ?? #"{"Tags":[]}"#)
            case "Query": items.map { .ok($0) } ?? .error("ResourceNotFoundException")
            default: nil
            }
        }
        let bench = try await Bench(
            prepare: { $0.everywhere(script) },
            configure: {
                $0.keyAffinity = .automatic
                $0.tablePKMap = ["users": "id"]
            }
        )
        try await bench.healthy()
        _ = try await bench.put(body: Self.item("u1"))
        try await eventually("a decision") { bench.client.core.modes.decision(on: "users") != nil }
        let before = bench.transport.requests.count
        for _ in 0..<40 { _ = try await bench.put(body: Self.item("u1")) }
        let puts = bench.transport.requests.dropFirst(before)
        #expect(puts.allSatisfy { $0.operation == "PutItem" })
        #expect(Set(puts.map(\.host)).count == places)
        let asked = bench.transport.requests.compactMap(\.operation).filter { $0 != "PutItem" }
        #expect(asked == ["DescribeTable", "ListTagsOfResource"] + (tag == nil ? ["Query"] : []))
        await bench.client.close()
    }

    @Test func `the name of a key can be asked for, many times at once for one look-up`() async throws {
        let bench = try await Bench(prepare: { $0.everywhere(Self.users) })
        await withTaskGroup { group in
            for _ in 0..<10 {
                group.addTask {
                    let name = try? await bench.client.partitionKeyName(of: "users")
                    #expect(name == "id")
                }
            }
        }
        #expect(bench.transport.requests.count == 1)
        await bench.client.close()
    }

    @Test func `a table that is not there is asked for again only after five minutes`() async throws {
        let bench = try await Bench(prepare: { transport in
            transport.everywhere { $0.operation == "DescribeTable" ? .error("ResourceNotFoundException") : nil }
        })
        for _ in 0..<3 {
            let error = await failure {
                try await bench.client.partitionKeyName(of: "users")
            }
            #expect(error?.code == .tableNotFound)
        }
        #expect(bench.transport.requests.count == 1)
        bench.clock.advance(by: .seconds(301))
        bench.transport.everywhere(Self.users)
        #expect(try await bench.client.partitionKeyName(of: "users") == "id")
        await bench.client.close()
    }

    @Test func `a look-up that fails for now is repeated three times`() async throws {
        let bench = try await Bench(
            prepare: { transport in
                transport.everywhere {
                    $0.operation == "DescribeTable" ? .error("InternalServerError", status: 500) : nil
                }
            },
            configure: { $0.nodeHealth = .off }
        )
        let error = await bench.whileTimePasses {
            await failure { try await bench.client.partitionKeyName(of: "users") }
        }
        #expect(error?.serviceType == "InternalServerError")
        #expect(bench.transport.requests.count == 4)
        bench.transport.everywhere(Self.users)
        #expect(try await bench.client.partitionKeyName(of: "users") == "id")
        await bench.client.close()
    }

    @Test func `a discovered name is forgotten when the table is made anew, a given one is not`() async throws {
        let bench = try await Bench(
            prepare: { $0.everywhere(Self.users) },
            configure: { $0.tablePKMap = ["fixed": "pk"] }
        )
        _ = try await bench.client.partitionKeyName(of: "users")
        for operation in [OperationName.deleteTable, .createTable] {
            for table in ["users", "fixed"] {
                _ = try await bench.client.execute(
                    EncodedRequest(operation, table: table, body: [], safety: .idempotent)
                )
            }
            #expect(bench.client.core.keys.known("users") == nil)
            #expect(bench.client.core.keys.known("fixed") == "pk")
            _ = try await bench.client.partitionKeyName(of: "users")
        }
        #expect(bench.transport.requests.count { $0.operation == "DescribeTable" } == 3)
        await bench.client.close()
    }

    @Test func `a key that does not fit makes the client look again, once in five minutes`() async throws {
        let bench = try await Bench(prepare: { $0.everywhere(Self.users) })
        _ = try await bench.client.partitionKeyName(of: "users")
        bench.transport.everywhere { call in
            call.operation == "PutItem" ? .error("ValidationException", "Key column id not found") : Self.users(call)
        }
        for isForgotten in [true, false] {
            _ = await failure { try await bench.put() }
            #expect((bench.client.core.keys.known("users") == nil) == isForgotten)
            _ = try await bench.client.partitionKeyName(of: "users")
        }
        await bench.client.close()
    }
}

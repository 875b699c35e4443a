import Alternator
import AlternatorLocal
import TestSupport
import Testing

/// What key affinity makes of the mapper's puts, counted at five nodes.
struct KeyRoutingTests {
    private struct Row: TableItem {
        var id: String
        var text = "x"
        static let primaryKey = PrimaryKey(\Row.id)
    }

    /// Tables named table0, table1, … made by another client, and a client that knows all nodes.
    private static func run(
        tables: Int,
        _ affinity: KeyAffinity,
        _ body: (LocalCluster, AlternatorResource) async throws -> Void
    ) async throws {
        let cluster = try await LocalCluster(nodes: 5)
        let result: Result<Void, any Error>
        do {
            var config = AlternatorConfig(seedHosts: [cluster.seedHosts[0]], port: cluster.port)
            try await AlternatorResource.withResource(config) { setup in
                for table in 0..<tables { try await setup.table("table\(table)", of: Row.self).create() }
            }
            config.keyAffinity = affinity
            try await AlternatorResource.withResource(config) { resource in
                try await eventually("all nodes active") { resource.client.activeNodes().count == 5 }
                try await body(cluster, resource)
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await cluster.close()
        try result.get()
    }

    /// How often each node was asked for an operation, in the order of their addresses.
    private static func counts(_ operation: String, _ cluster: LocalCluster) -> [Int] {
        cluster.seedHosts.map { cluster.requestCounts(of: $0)[operation, default: 0] }
    }

    /// Puts each of 20 keys several times: the puts of a key go to one node, those of all keys to several.
    private static func expectOneNodePerKey(
        _ cluster: LocalCluster,
        _ put: (Row) async throws -> Void
    ) async throws {
        var places: Set<Int> = []
        for key in 0..<20 {
            let before = counts("PutItem", cluster)
            for _ in 0..<8 { try await put(Row(id: "k\(key)")) }
            let added = zip(counts("PutItem", cluster), before).map { $0 - $1 }
            #expect(added.sorted() == [0, 0, 0, 0, 8], "key k\(key)")
            places.insert(added.firstIndex(of: 8) ?? -1)
        }
        #expect(places.count > 1)
    }

    @Test func `a put on an unknown table goes anywhere and has it described once, further ones go by key`()
        async throws
    {
        let tables = 16
        try await Self.run(tables: tables, .anyWrite) { cluster, resource in
            let described = Self.counts("DescribeTable", cluster).reduce(0, +)
            // The same key in each: if it were known, all would go to one node.
            for table in 0..<tables { try await resource.table("table\(table)").put(Row(id: "k")) }
            #expect(Self.counts("PutItem", cluster).count { $0 > 0 } > 1)
            try await eventually("a look at each table") {
                Self.counts("DescribeTable", cluster).reduce(0, +) - described == tables
            }
            // Joins what the put began.
            for table in 0..<tables {
                #expect(try await resource.client.partitionKeyName(of: "table\(table)") == "id")
            }
            let table = resource.table("table0")
            try await Self.expectOneNodePerKey(cluster) { try await table.put($0) }
            #expect(Self.counts("DescribeTable", cluster).reduce(0, +) - described == tables)
        }
    }

    enum Source: CaseIterable { case map, mapOfConfig, type }

    @Test(arguments: Source.allCases)
    func `with a key known beforehand the first put goes by it, and no table is described`(source: Source) async throws
    {
        let affinity: KeyAffinity = source == .map ? .anyWrite(tablePKMap: ["table0": "id"]) : .anyWrite
        try await Self.run(tables: 1, affinity) { cluster, resource in
            let described = Self.counts("DescribeTable", cluster)
            switch source {
            case .map:
                let table = resource.table("table0")
                try await Self.expectOneNodePerKey(cluster) { try await table.put($0) }
            case .type:
                let table = resource.table("table0", of: Row.self)
                try await Self.expectOneNodePerKey(cluster) { try await table.put($0) }
            case .mapOfConfig:
                var config = resource.client.config
                config.tablePKMap = ["table0": "id"]
                try await AlternatorResource.withResource(config) { other in
                    try await eventually("all nodes active") { other.client.activeNodes().count == 5 }
                    let table = other.table("table0")
                    try await Self.expectOneNodePerKey(cluster) { try await table.put($0) }
                }
            }
            #expect(Self.counts("DescribeTable", cluster) == described)
        }
    }
}

import AlternatorWire
import Foundation
import Testing

@testable import AlternatorLocal

@Suite struct StoreTests {
    private func file() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("alternator-\(UUIDText.random()).db").path
    }

    @Test func `a file holds tables, items and indexes when it is opened again`() throws {
        let path = file()
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        do {
            let server = try LocalServer(path: path)
            try server.createRows()
            try server.call("PutItem", #"{"TableName":"rows","Item":{"p":{"S":"a"},"c":{"N":"1"},"x":{"S":"y"}}}"#)
            try server.call(
                "UpdateTable",
                """
                {"TableName":"rows","AttributeDefinitions":[{"AttributeName":"x","AttributeType":"S"}],
                "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byX",
                "KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}
                """
            )
        }
        let server = try LocalServer(path: path)
        let scan = try server.call("Scan", #"{"TableName":"rows","IndexName":"byX"}"#)
        #expect(
            try scan["Items"] == LocalServer.tree(#"[{"p":{"S":"a"},"c":{"N":"1"},"x":{"S":"y"}}]"#)
        )
        try server.createUsers()
        #expect(try server.call("ListTables", "{}")["TableNames"]?.elements?.count == 2)
    }

    @Test func `a file that is no database is refused with its name`() throws {
        let path = file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: path))
        #expect(throws: LocalError.self) { try Engine(EngineSettings(path: path)) }
        #expect(throws: LocalError.self) { try Engine(EngineSettings(path: "/nowhere/at/all.db")) }
    }

    @Test func `sort keys of numbers are ordered by value`() throws {
        let server = try LocalServer()
        try server.createRows()
        let numbers = [
            "1e125", "-1e125", "0", "-0.5", "0.5", "-2", "10", "9", "1e-130", "-1e-130", "100", "-10", "1.05",
        ]
        for number in numbers {
            try server.call("PutItem", #"{"TableName":"rows","Item":{"p":{"S":"a"},"c":{"N":"\#(number)"}}}"#)
        }
        let answer = try server.call(
            "Query",
            """
            {"TableName":"rows","KeyConditionExpression":"p = :p","ProjectionExpression":"c",
            "ExpressionAttributeValues":{":p":{"S":"a"}}}
            """
        )
        let values = try #require(answer["Items"]?.elements).compactMap { $0["c"]?["N"]?.text.flatMap(Double.init) }
        #expect(values == [-1e125, -10, -2, -0.5, -1e-130, 0, 1e-130, 0.5, 1.05, 9, 10, 100, 1e125])
    }

    @Test func `a prefix ends at the next bytes, or nowhere`() {
        #expect(RowRange.end(ofPrefix: [1, 2]) == [1, 3])
        #expect(RowRange.end(ofPrefix: [1, 0xff, 0xff]) == [2])
        #expect(RowRange.end(ofPrefix: [0xff, 0xff]) == nil)
    }

    @Test func `a failed transaction leaves nothing`() throws {
        let store = try Store(path: nil)
        try store.createTable(1)
        let key = RowKey(partition: [1], sort: [])
        #expect(throws: LocalError.self) {
            try store.transaction { () throws(LocalError) in
                try store.put([1, 2, 3], in: 1, at: key)
                throw LocalError.validation("stop")
            }
        }
        #expect(try store.item(in: 1, at: key) == nil)
    }
}

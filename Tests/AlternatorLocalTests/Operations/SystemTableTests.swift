import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct SystemTableTests {
    private let read = """
        {"TableName":".scylla.alternator.system.config","KeyConditionExpression":"#n = :n",
        "ExpressionAttributeNames":{"#n":"name"},
        "ExpressionAttributeValues":{":n":{"S":"alternator_max_items_in_batch_write"}}}
        """
    private let write = """
        {"TableName":".scylla.alternator.system.config","Key":{"name":{"S":"alternator_max_items_in_batch_write"}},
        "UpdateExpression":"SET #v = :v","ExpressionAttributeNames":{"#v":"value"},
        "ExpressionAttributeValues":{":v":{"S":"1"}}}
        """

    private func value(_ server: LocalServer) throws -> String? {
        try server.call("Query", read)["Items"]?.elements?.first?["value"]?["S"]?.text
    }

    @Test func `an option is read, and written only if that is allowed`() throws {
        let closed = try LocalServer()
        #expect(try value(closed) == "100")
        #expect(try closed.error("UpdateItem", write).message.contains("alternator_allow_system_table_write"))
        let open = try LocalServer { $0.allowsSystemTableWrites = true }
        try open.call("UpdateItem", write)
        #expect(try value(open) == "1")
    }

    @Test func `a written option has its effect at once`() throws {
        let server = try LocalServer { $0.allowsSystemTableWrites = true }
        try server.createUsers()
        try server.call("UpdateItem", write)
        let two = #"[{"DeleteRequest":{"Key":{"id":{"S":"a"}}}},{"DeleteRequest":{"Key":{"id":{"S":"b"}}}}]"#
        #expect(try server.error("BatchWriteItem", #"{"RequestItems":{"users":\#(two)}}"#).message.contains("length"))
    }

    @Test func `the local table tells where the node stands`() throws {
        let scan = try LocalServer().call(
            "Scan",
            #"{"TableName":".scylla.alternator.system.local","AttributesToGet":["data_center","rack"]}"#
        )
        #expect(try scan["Items"] == LocalServer.tree(#"[{"data_center":{"S":"dc1"},"rack":{"S":"rack1"}}]"#))
    }

    @Test func `every table that is listed can be scanned by its key columns`() throws {
        let server = try LocalServer()
        try server.createUsers()
        let tables = try server.call("Scan", #"{"TableName":".scylla.alternator.system_schema.tables"}"#)
        var scanned: Set<String> = []
        for table in tables["Items"]?.elements ?? [] {
            let keyspace = try #require(table["keyspace_name"]?["S"]?.text)
            let name = try #require(table["table_name"]?["S"]?.text)
            guard keyspace.hasPrefix("system") else { continue }
            let columns = try server.call(
                "Query",
                """
                {"TableName":".scylla.alternator.system_schema.columns","KeyConditionExpression":"keyspace_name = :k AND \
                table_name = :t","ExpressionAttributeValues":{":k":{"S":"\(keyspace)"},":t":{"S":"\(name)"}}}
                """
            )
            let keys = (columns["Items"]?.elements ?? []).filter { $0["kind"]?["S"]?.text != "regular" }
            let names = keys.compactMap { $0["column_name"]?["S"]?.text }
            #expect(!names.isEmpty, "\(keyspace).\(name)")
            let list = names.map { "\"\($0)\"" }.joined(separator: ",")
            try server.call(
                "Scan",
                #"{"TableName":".scylla.alternator.\#(keyspace).\#(name)","AttributesToGet":[\#(list)],"Limit":50}"#
            )
            scanned.insert("\(keyspace).\(name)")
        }
        #expect(scanned.isSuperset(of: ["system.clients", "system.peers", "system.roles", "system_schema.columns"]))
    }

    /// How one of the server's own tables describes what a table consists of.
    private func description(
        _ server: LocalServer,
        _ schema: String,
        _ column: String,
        _ name: String
    ) throws -> JSONValue {
        let found = try server.call(
            "Query",
            """
            {"TableName":".scylla.alternator.system_schema.\(schema)","KeyConditionExpression":"keyspace_name = :k AND \
            \(column) = :n","ExpressionAttributeValues":{":k":{"S":"alternator_rows"},":n":{"S":"\(name)"}}}
            """
        )
        #expect(found["Count"]?.integer == 1, "\(name)")
        return try #require(found["Items"]?.elements?.first)
    }

    @Test func `views and logs have the options of their table`() throws {
        let server = try LocalServer()
        let keys = #"{"AttributeName":"p","KeyType":"HASH"}"#
        let index = """
            "KeySchema":[\(keys),{"AttributeName":"x","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}
            """
        try server.call(
            "CreateTable",
            """
            {"TableName":"rows","KeySchema":[\(keys),{"AttributeName":"c","KeyType":"RANGE"}],"AttributeDefinitions":[
            {"AttributeName":"p","AttributeType":"S"},{"AttributeName":"c","AttributeType":"S"},
            {"AttributeName":"x","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST",
            "GlobalSecondaryIndexes":[{"IndexName":"global",\(index)}],
            "LocalSecondaryIndexes":[{"IndexName":"local",\(index)}],
            "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"}}
            """
        )
        let base = try description(server, "tables", "table_name", "rows")
        #expect(base["compression"]?["S"]?.text?.contains("LZ4WithDictsCompressor") == true)
        #expect(base["speculative_retry"]?["S"]?.text == "99.0PERCENTILE")
        let derived = [
            try description(server, "tables", "table_name", "rows_scylla_cdc_log"),
            try description(server, "views", "view_name", "rows:global"),
            try description(server, "views", "view_name", "rows!:local"),
        ]
        for row in derived {
            #expect(row["compression"] == base["compression"])
            #expect(row["speculative_retry"] == base["speculative_retry"])
        }
        #expect(derived[1]["base_table_name"]?["S"]?.text == "rows")
        #expect(derived[1]["base_table_id"] == base["id"])
    }

    @Test func `truth values of clients print as a node prints them`() throws {
        let scan = try LocalServer().call("Scan", #"{"TableName":".scylla.alternator.system.clients"}"#)
        let client = try #require(scan["Items"]?.elements?.first)
        #expect(client["client_type"]?["S"]?.text == "alternator")
        #expect(try client["ssl_enabled"] == LocalServer.tree(#"{"BOOL":"false"}"#))
    }

    @Test func `what reads before writing is counted by the larger of both items`() throws {
        let server = try LocalServer { $0.allowsSystemTableWrites = true }
        try server.createUsers()
        let long = String(repeating: "a", count: 1024)
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"a"},"x":{"S":"\#(long)"}}}"#)
        try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"b"},"x":{"S":"\#(long)"}}}"#)
        try server.call(
            "UpdateItem",
            """
            {"TableName":".scylla.alternator.system.config",
            "Key":{"name":{"S":"alternator_force_read_before_write"}},"UpdateExpression":"SET #v = :v",
            "ExpressionAttributeNames":{"#v":"value"},"ExpressionAttributeValues":{":v":{"S":"true"}}}
            """
        )
        let batch = try server.call(
            "BatchWriteItem",
            """
            {"ReturnConsumedCapacity":"TOTAL","RequestItems":{"users":[
            {"PutRequest":{"Item":{"id":{"S":"a"}}}},{"DeleteRequest":{"Key":{"id":{"S":"b"}}}}]}}
            """
        )
        #expect(batch["ConsumedCapacity"]?.elements?.first?["CapacityUnits"]?.integer == 4)
    }

    @Test func `pages of a system table cover it`() throws {
        let server = try LocalServer()
        var names: [String] = []
        var start = ""
        while true {
            let page = try server.call(
                "Scan",
                #"{"TableName":".scylla.alternator.system.config","Limit":3\#(start)}"#
            )
            names += page["Items"]?.elements?.compactMap { $0["name"]?["S"]?.text } ?? []
            guard let key = page["LastEvaluatedKey"] else { break }
            start = #","ExclusiveStartKey":\#(key.printed)"#
        }
        #expect(names.count > 10)
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: [
        "system.absent", "alternator_users.users", "nothing",
    ])
    func `other names are not found`(name: String) throws {
        let server = try LocalServer()
        try server.createUsers()
        let error = try server.error("Scan", #"{"TableName":".scylla.alternator.\#(name)"}"#)
        #expect(error.type == "ResourceNotFoundException")
    }
}

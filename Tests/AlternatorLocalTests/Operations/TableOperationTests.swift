import AlternatorTransport
import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct TableOperationTests {
    @Test func `CreateTable answers with the request and what the server adds`() throws {
        let server = try LocalServer()
        let answer = try server.call(
            "CreateTable",
            """
            {"TableName":"abc","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],"TableClass":"STANDARD",
            "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"B"}],"BillingMode":"PAY_PER_REQUEST"}
            """
        )
        let table = try #require(answer["TableDescription"])
        #expect(table["TableClass"]?.text == "STANDARD")
        #expect(table["TableStatus"]?.text == "ACTIVE")
        #expect(table["CreationDateTime"] == .number("1700000000.123"))
        #expect(table["TableId"]?.text?.count == 36)
        #expect(table["TableArn"] == nil)
    }

    @Test func `DescribeTable tells keys, types, ARN and throughput, and no item count`() throws {
        let server = try LocalServer()
        try server.createRows()
        let table = try #require(try server.call("DescribeTable", #"{"TableName":"rows"}"#)["Table"])
        #expect(table["TableArn"]?.text == "arn:scylla:alternator:alternator_rows:scylla:table/rows")
        #expect(
            try table["KeySchema"]
                == LocalServer.tree(
                    #"[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"c","KeyType":"RANGE"}]"#
                )
        )
        #expect(table["BillingModeSummary"]?["BillingMode"]?.text == "PAY_PER_REQUEST")
        #expect(table["ProvisionedThroughput"]?["ReadCapacityUnits"]?.integer == 0)
        #expect(table["ItemCount"] == nil)
    }

    @Test func `the class and the warm throughput of a table are told once they were asked for`() throws {
        let server = try LocalServer()
        try server.createUsers()
        func table() throws -> JSONValue? { try server.call("DescribeTable", #"{"TableName":"users"}"#)["Table"] }
        func update(_ members: String) throws -> JSONValue? {
            try server.call("UpdateTable", #"{"TableName":"users",\#(members)}"#)["TableDescription"]
        }
        #expect(try table()?["TableClassSummary"] == nil)
        #expect(try table()?["WarmThroughput"] == nil)
        _ = try update(#""TableClass":"STANDARD_INFREQUENT_ACCESS""#)
        #expect(try table()?["TableClassSummary"] == LocalServer.tree(#"{"TableClass":"STANDARD_INFREQUENT_ACCESS"}"#))
        _ = try update(#""TableClass":"STANDARD""#)
        #expect(try table()?["TableClassSummary"] == nil)
        let warm = try LocalServer.tree(#"{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":0,"Status":"ACTIVE"}"#)
        #expect(try update(#""WarmThroughput":{"ReadUnitsPerSecond":12000}"#)?["WarmThroughput"] == warm)
        #expect(try table()?["WarmThroughput"] == warm)
        for name in ["junk", "standard"] {
            let error = try server.error("UpdateTable", #"{"TableName":"users","TableClass":"\#(name)"}"#)
            #expect(error.type == "ValidationException")
            #expect(error.message.contains("table-class"))
        }
    }

    @Test func `a table of the class for rare access says so in system_schema, and after it is saved`() throws {
        let server = try LocalServer()
        try server.call(
            "CreateTable",
            """
            {"TableName":"abc","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
            "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST",
            "TableClass":"STANDARD_INFREQUENT_ACCESS","WarmThroughput":{"WriteUnitsPerSecond":4000}}
            """
        )
        let answer = try server.call(
            "Query",
            """
            {"TableName":".scylla.alternator.system_schema.tables",
            "KeyConditionExpression":"keyspace_name = :k AND table_name = :t",
            "ExpressionAttributeValues":{":k":{"S":"alternator_abc"},":t":{"S":"abc"}}}
            """
        )
        let compression = answer["Items"]?.elements?.first?["compression"]?["S"]?.text
        #expect(compression?.contains("ZstdWithDictsCompressor") == true)
        var table = TableDefinition(
            name: "abc",
            id: "id",
            createdAt: 0,
            hash: KeyColumn(name: "p", type: .string),
            sort: nil,
            number: 1
        )
        table.isInfrequentAccess = true
        table.warmThroughput = TableDefinition.Throughput(read: 1, write: 2)
        let saved = try #require(TableDefinition(LocalServer.tree(String(decoding: table.encoded, as: UTF8.self))))
        #expect(saved.isInfrequentAccess)
        #expect(saved.warmThroughput == table.warmThroughput)
    }

    @Test func `a table that exists is in use, and gone after DeleteTable`() throws {
        let server = try LocalServer()
        try server.createUsers()
        let create = """
            {"TableName":"users","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
            "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}
            """
        #expect(try server.error("CreateTable", create).type == "ResourceInUseException")
        let deleted = try server.call("DeleteTable", #"{"TableName":"users"}"#)
        #expect(deleted["TableDescription"]?["TableStatus"]?.text == "DELETING")
        #expect(deleted["TableDescription"]?["KeySchema"] == nil)
        #expect(try server.error("DescribeTable", #"{"TableName":"users"}"#).type == "ResourceNotFoundException")
        try server.call("CreateTable", create)
    }

    @Test(arguments: [
        (#""BillingMode":"PROVISIONED""#, "ProvisionedThroughput must be specified"),
        (#""BillingMode":"FREE""#, "Unknown BillingMode"),
        (
            #""BillingMode":"PAY_PER_REQUEST","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}"#,
            "cannot be specified"
        ),
        (#""BillingMode":"PAY_PER_REQUEST","SSESpecification":{"Enabled":true}"#, "not yet supported"),
        (#""BillingMode":"PAY_PER_REQUEST","Tags":[{"Key":"","Value":"x"}]"#, "cannot be empty"),
        (#""BillingMode":"PAY_PER_REQUEST","LocalSecondaryIndexes":7"#, "must be an array"),
    ])
    func `a bad CreateTable is a ValidationException`(rest: String, part: String) throws {
        let server = try LocalServer()
        let error = try server.error(
            "CreateTable",
            """
            {"TableName":"abc","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
            "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],\(rest)}
            """
        )
        #expect(error.type == "ValidationException")
        #expect(error.message.contains(part), "\(error.message)")
    }

    @Test(arguments: [
        (#"[{"AttributeName":"p","KeyType":"RANGE"}]"#, #"[{"AttributeName":"p","AttributeType":"S"}]"#, "HASH key"),
        (#"[]"#, #"[{"AttributeName":"p","AttributeType":"S"}]"#, "one or two key columns"),
        (#"[{"AttributeName":"p","KeyType":"HASH"}]"#, #"[]"#, "missing in AttributeDefinitions"),
        (
            #"[{"AttributeName":"p","KeyType":"HASH"}]"#, #"[{"AttributeName":"p","AttributeType":"Q"}]"#,
            "Invalid key type 'Q'"
        ),
        (
            #"[{"AttributeName":"p","KeyType":"HASH"}]"#,
            #"[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"q","AttributeType":"S"}]"#, "spurious"
        ),
        (
            #"[{"AttributeName":"p","KeyType":"HASH"}]"#,
            #"[{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"p","AttributeType":"S"}]"#, "Duplicate"
        ),
    ])
    func `a bad key schema is a ValidationException`(schema: String, definitions: String, part: String) throws {
        let server = try LocalServer()
        let error = try server.error(
            "CreateTable",
            """
            {"TableName":"abc","KeySchema":\(schema),"AttributeDefinitions":\(definitions),
            "BillingMode":"PAY_PER_REQUEST"}
            """
        )
        #expect(error.type == "ValidationException")
        #expect(error.message.contains(part), "\(error.message)")
    }

    @Test func `ListTables pages, and an unknown start gives an empty page`() throws {
        let server = try LocalServer()
        for name in ["aaa", "bbb", "ccc"] {
            try server.call(
                "CreateTable",
                """
                {"TableName":"\(name)","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
                "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}
                """
            )
        }
        let first = try server.call("ListTables", #"{"Limit":2}"#)
        let last = try #require(first["LastEvaluatedTableName"]?.text)
        let second = try server.call("ListTables", #"{"ExclusiveStartTableName":"\#(last)"}"#)
        #expect(second["LastEvaluatedTableName"] == nil)
        let names = ((first["TableNames"]?.elements ?? []) + (second["TableNames"]?.elements ?? [])).compactMap(\.text)
        #expect(names.sorted() == ["aaa", "bbb", "ccc"])
        let none = try server.call("ListTables", #"{"ExclusiveStartTableName":"zzz"}"#)
        #expect(none["TableNames"]?.elements?.isEmpty == true)
        #expect(try server.error("ListTables", #"{"Limit":101}"#).type == "ValidationException")
    }

    @Test func `tags are added, listed and removed with empty answers`() throws {
        let server = try LocalServer()
        try server.createUsers()
        let arn = #""ResourceArn":"arn:scylla:alternator:alternator_users:scylla:table/users""#
        let response = try server.send(
            headers: [("x-amz-target", "DynamoDB_20120810.TagResource")],
            body: #"{\#(arn),"Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":""}]}"#
        )
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
        try server.call("UntagResource", #"{\#(arn),"TagKeys":["a"]}"#)
        let tags = try server.call("ListTagsOfResource", "{\(arn)}")
        #expect(try tags == LocalServer.tree(#"{"Tags":[{"Key":"b","Value":""}]}"#))
        let error = try server.error(
            "TagResource",
            #"{\#(arn),"Tags":[{"Key":"system:write_isolation","Value":"dog"}]}"#
        )
        #expect(error.type == "ValidationException")
        #expect(try server.error("ListTagsOfResource", #"{"ResourceArn":"x"}"#).type == "AccessDeniedException")
    }

    @Test func `expired items are removed, others stay`() throws {
        let server = try LocalServer()
        try server.createUsers()
        try server.call(
            "UpdateTimeToLive",
            #"{"TableName":"users","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"end"}}"#
        )
        let times = ["old": "1699999999", "now": "1700000000.9", "later": "1700000060", "ancient": "100", "text": "x"]
        for (id, time) in times {
            let value = id == "text" ? #"{"S":"1"}"# : #"{"N":"\#(time)"}"#
            try server.call("PutItem", #"{"TableName":"users","Item":{"id":{"S":"\#(id)"},"end":\#(value)}}"#)
        }
        server.handler.engine.expireItems()
        func left() throws -> [String] {
            let items = try server.call("Scan", #"{"TableName":"users"}"#)["Items"]?.elements ?? []
            return items.compactMap { $0["id"]?["S"]?.text }.sorted()
        }
        #expect(try left() == ["ancient", "later", "text"])
        server.clock.advance(milliseconds: 60_000)
        server.handler.engine.expireItems()
        #expect(try left() == ["ancient", "text"])
        let again = #"{"TableName":"users","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"end"}}"#
        #expect(try server.error("UpdateTimeToLive", again).message.contains("already enabled"))
    }

    @Test func `backups are described as disabled, with an error type of their own`() throws {
        let server = try LocalServer()
        try server.createUsers()
        let answer = try server.call("DescribeContinuousBackups", #"{"TableName":"users"}"#)
        #expect(answer["ContinuousBackupsDescription"]?["ContinuousBackupsStatus"]?.text == "DISABLED")
        let error = try server.error("DescribeContinuousBackups", #"{"TableName":"absent"}"#)
        #expect(error.type == "TableNotFoundException")
    }
}

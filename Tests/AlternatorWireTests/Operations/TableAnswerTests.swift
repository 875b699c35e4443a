import AlternatorWire
import Testing

@Suite struct TableAnswerTests {
    // As Alternator describes a table: no ItemCount, no index sizes, all projections ALL.
    @Test func `Alternator's description of a table is read`() throws {
        let table = try answer(
            """
            {"Table":{"TableName":"users","TableSizeBytes":0,"TableStatus":"ACTIVE",\
            "TableArn":"arn:scylla:alternator:alternator_users:scylla:table/users",\
            "TableId":"0b9f5bd0-5d4e-11ef-8a3f-1b6f0c9d2a77",\
            "BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST","LastUpdateToPayPerRequestDateTime":1723995432.25},\
            "ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":0,"NumberOfDecreasesToday":0},\
            "CreationDateTime":1723995432.25,"KeySchema":[{"AttributeName":"id","KeyType":"HASH"},\
            {"AttributeName":"at","KeyType":"RANGE"}],\
            "GlobalSecondaryIndexes":[{"IndexName":"by-mail","IndexArn":"arn:g",\
            "KeySchema":[{"AttributeName":"mail","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"},\
            "IndexStatus":"CREATING","Backfilling":true}],\
            "LocalSecondaryIndexes":[{"IndexName":"by-age","IndexArn":"arn:l",\
            "KeySchema":[{"AttributeName":"id","KeyType":"HASH"},{"AttributeName":"age","KeyType":"RANGE"}],\
            "Projection":{"ProjectionType":"ALL"}}],\
            "VectorIndexes":[{"IndexName":"vec","VectorAttribute":{"AttributeName":"v","Dimensions":3},\
            "Projection":{"ProjectionType":"KEYS_ONLY"},"SimilarityFunction":"COSINE","IndexStatus":"ACTIVE"}],\
            "LatestStreamArn":"arn:s","LatestStreamLabel":"l",\
            "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},\
            "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},\
            {"AttributeName":"at","AttributeType":"N"}]}}
            """,
            as: DescribeTableResponse.self
        ).table
        #expect(table.tableName == "users")
        #expect(table.tableStatus == .active)
        #expect(table.tableARN == "arn:scylla:alternator:alternator_users:scylla:table/users")
        #expect(table.tableID == "0b9f5bd0-5d4e-11ef-8a3f-1b6f0c9d2a77")
        #expect(table.creationDateTime == 1_723_995_432.25)
        #expect(table.keySchema == [KeySchemaElement("id", .hash), KeySchemaElement("at", .range)])
        #expect(table.attributeDefinitions == [AttributeDefinition("id", .string), AttributeDefinition("at", .number)])
        #expect(table.billingMode == .payPerRequest)
        #expect(table.provisionedThroughput == ProvisionedThroughput(readCapacityUnits: 0, writeCapacityUnits: 0))
        #expect(table.tableSizeBytes == 0)
        #expect(table.itemCount == nil)
        #expect(table.latestStreamARN == "arn:s")
        #expect(table.latestStreamLabel == "l")
        #expect(table.streamSpecification == StreamSpecification(streamEnabled: true, streamViewType: .newImage))

        let global = try #require(table.globalSecondaryIndexes.first)
        #expect(global.indexName == "by-mail")
        #expect(global.indexARN == "arn:g")
        #expect(global.keySchema == [KeySchemaElement("mail", .hash)])
        #expect(global.projection == .all)
        #expect(global.indexStatus == .creating)
        #expect(global.backfilling == true)
        let local = try #require(table.localSecondaryIndexes.first)
        #expect(local.indexName == "by-age")
        #expect(local.indexStatus == nil)
        let vector = try #require(table.vectorIndexes.first)
        #expect(vector.attributeName == "v")
        #expect(vector.dimensions == 3)
        #expect(vector.similarityFunction == .cosine)
        #expect(vector.projection == .keysOnly)
        #expect(vector.indexStatus == .active)
        #expect(vector.backfilling == nil)
    }

    @Test func `CreateTable's echo of the request is read`() throws {
        let table = try answer(
            """
            {"TableDescription":{"TableName":"t","BillingMode":"PAY_PER_REQUEST",\
            "Tags":[{"Key":"system:write_isolation","Value":"a"}],\
            "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],\
            "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],\
            "GlobalSecondaryIndexes":[{"IndexName":"by-x","KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],\
            "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["y"]}}],\
            "SSESpecification":{"Enabled":false},"CreationDateTime":1723995432,"TableStatus":"ACTIVE",\
            "TableId":"i"}}
            """,
            as: CreateTableResponse.self
        ).tableDescription
        #expect(table?.tableName == "t")
        #expect(table?.tableARN == nil)
        #expect(table?.billingMode == .payPerRequest)
        #expect(table?.creationDateTime == 1_723_995_432)
        #expect(table?.globalSecondaryIndexes.first?.projection == .include(["y"]))
    }

    @Test func `DeleteTable's short description is read`() throws {
        let table = try answer(
            #"{"TableDescription":{"TableName":"t","TableStatus":"DELETING"}}"#,
            as: DeleteTableResponse.self
        ).tableDescription
        #expect(table?.tableStatus == .deleting)
        #expect(table?.keySchema == [])
        #expect(try answer("{}", as: DeleteTableResponse.self).tableDescription == nil)
        #expect(try answer("{}", as: UpdateTableResponse.self).tableDescription == nil)
    }

    @Test func `a state this package does not know is kept`() throws {
        let table = try answer(
            #"{"Table":{"TableName":"t","TableStatus":"ARCHIVED","ItemCount":12}}"#,
            as: DescribeTableResponse.self
        ).table
        #expect(table.tableStatus?.rawValue == "ARCHIVED")
        #expect(table.itemCount == 12)
    }

    @Test(arguments: [
        "{}", #"{"Table":{}}"#, #"{"Table":null}"#, #"{"Table":{"TableName":"t","KeySchema":[{"KeyType":"HASH"}]}}"#,
        #"{"Table":{"TableName":"t","AttributeDefinitions":[{"AttributeName":"a"}]}}"#,
        #"{"Table":{"TableName":"t","GlobalSecondaryIndexes":[{}]}}"#, #"{"Table":{"TableName":3}}"#,
    ])
    func `a description without what it must have is refused`(text: String) {
        #expect(throws: JSONError.self) { try answer(text, as: DescribeTableResponse.self) }
    }

    @Test func `table names are read`() throws {
        let response = try answer(
            #"{"TableNames":["b","a"],"LastEvaluatedTableName":"a"}"#,
            as: ListTablesResponse.self
        )
        #expect(response.tableNames == ["b", "a"])
        #expect(response.lastEvaluatedTableName == "a")
        #expect(try answer(#"{"TableNames":[]}"#, as: ListTablesResponse.self).lastEvaluatedTableName == nil)
    }

    @Test func `tags are read`() throws {
        let response = try answer(
            #"{"Tags":[{"Key":"a","Value":"1"},{"Key":"b"}]}"#,
            as: ListTagsOfResourceResponse.self
        )
        #expect(response.tags == ["a": "1", "b": ""])
        #expect(response.nextToken == nil)
    }

    @Test func `time to live is read`() throws {
        let update = try answer(
            #"{"TimeToLiveSpecification":{"AttributeName":"e","Enabled":true}}"#,
            as: UpdateTimeToLiveResponse.self
        )
        #expect(update.timeToLiveSpecification == TimeToLiveSpecification(attributeName: "e", enabled: true))
        let on = try answer(
            #"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"e"}}"#,
            as: DescribeTimeToLiveResponse.self
        )
        #expect(on.timeToLiveStatus == .enabled)
        #expect(on.attributeName == "e")
        let off = try answer(
            #"{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}"#,
            as: DescribeTimeToLiveResponse.self
        )
        #expect(off.timeToLiveStatus == .disabled)
        #expect(off.attributeName == nil)
    }

    @Test func `backups are read`() throws {
        let response = try answer(
            """
            {"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"DISABLED",\
            "PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}}
            """,
            as: DescribeContinuousBackupsResponse.self
        )
        #expect(response.continuousBackupsStatus == .disabled)
        #expect(response.pointInTimeRecoveryStatus == .disabled)
    }

    @Test func `endpoints are read`() throws {
        let response = try answer(
            #"{"Endpoints":[{"Address":"127.0.0.1:8000","CachePeriodInMinutes":1440}]}"#,
            as: DescribeEndpointsResponse.self
        )
        #expect(response.endpoints == [.init(address: "127.0.0.1:8000", cachePeriodInMinutes: 1440)])
    }
}

import AlternatorWire
import Testing

@Suite struct TableRequestTests {
    @Test func `creating a table asks for payment per request unless told otherwise`() throws {
        var request = CreateTableRequest(
            tableName: "users",
            keySchema: [KeySchemaElement("id", .hash)],
            attributeDefinitions: [AttributeDefinition("id", .string)]
        )
        #expect(
            try body(request) == """
                {"TableName":"users","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],\
                "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}
                """
        )
        request.billingMode = nil
        #expect(try !body(request).contains("BillingMode"))
        #expect(request.routedTable == "users")
    }

    @Test func `creating a table sends every member in a fixed order`() throws {
        let request = CreateTableRequest(
            tableName: "users",
            keySchema: [KeySchemaElement("id", .hash), KeySchemaElement("at", .range)],
            attributeDefinitions: [AttributeDefinition("id", .binary), AttributeDefinition("at", .number)],
            billingMode: .provisioned,
            provisionedThroughput: ProvisionedThroughput(readCapacityUnits: 5, writeCapacityUnits: 6),
            globalSecondaryIndexes: [
                GlobalSecondaryIndex(
                    indexName: "global",
                    keySchema: [KeySchemaElement("at", .hash)],
                    projection: .include(["x", "y"]),
                    provisionedThroughput: ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 2)
                )
            ],
            localSecondaryIndexes: [
                LocalSecondaryIndex(
                    indexName: "local",
                    keySchema: [KeySchemaElement("id", .hash), KeySchemaElement("n", .range)],
                    projection: .keysOnly
                )
            ],
            vectorIndexes: [VectorIndex(indexName: "vec", attributeName: "embedding", dimensions: 1536)],
            streamSpecification: StreamSpecification(streamEnabled: true, streamViewType: .newAndOldImages),
            sseSpecification: SSESpecification(enabled: false),
            tags: ["system:write_isolation": "only_rmw_uses_lwt", "owner": "ada"],
            tableClass: "STANDARD",
            deletionProtectionEnabled: false
        )
        #expect(
            try body(request) == """
                {"TableName":"users",\
                "KeySchema":[{"AttributeName":"id","KeyType":"HASH"},{"AttributeName":"at","KeyType":"RANGE"}],\
                "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"B"},\
                {"AttributeName":"at","AttributeType":"N"}],"BillingMode":"PROVISIONED",\
                "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6},\
                "GlobalSecondaryIndexes":[{"IndexName":"global",\
                "KeySchema":[{"AttributeName":"at","KeyType":"HASH"}],\
                "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x","y"]},\
                "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}}],\
                "LocalSecondaryIndexes":[{"IndexName":"local",\
                "KeySchema":[{"AttributeName":"id","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],\
                "Projection":{"ProjectionType":"KEYS_ONLY"}}],\
                "VectorIndexes":[{"IndexName":"vec",\
                "VectorAttribute":{"AttributeName":"embedding","Dimensions":1536}}],\
                "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},\
                "SSESpecification":{"Enabled":false},\
                "Tags":[{"Key":"owner","Value":"ada"},{"Key":"system:write_isolation","Value":"only_rmw_uses_lwt"}],\
                "TableClass":"STANDARD","DeletionProtectionEnabled":false}
                """
        )
    }

    @Test func `one change of an index goes into an update`() throws {
        let create = UpdateTableRequest(
            tableName: "users",
            attributeDefinitions: [AttributeDefinition("mail", .string)],
            globalSecondaryIndexUpdates: [
                .create(GlobalSecondaryIndex(indexName: "by-mail", keySchema: [KeySchemaElement("mail", .hash)]))
            ]
        )
        #expect(
            try body(create) == """
                {"TableName":"users","AttributeDefinitions":[{"AttributeName":"mail","AttributeType":"S"}],\
                "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by-mail",\
                "KeySchema":[{"AttributeName":"mail","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}
                """
        )
        let delete = UpdateTableRequest(
            tableName: "users",
            globalSecondaryIndexUpdates: [.delete(indexName: "by-mail")]
        )
        #expect(
            try body(delete)
                == #"{"TableName":"users","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"by-mail"}}]}"#
        )
        let update = UpdateTableRequest(
            tableName: "users",
            globalSecondaryIndexUpdates: [
                .update(
                    indexName: "by-mail",
                    provisionedThroughput: ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 2)
                )
            ]
        )
        #expect(
            try body(update) == """
                {"TableName":"users","GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"by-mail",\
                "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}}}]}
                """
        )
    }

    // ScyllaDB documentation, "Alternator Vector Search", UpdateTable.
    @Test func `one change of a vector index goes into an update`() throws {
        let create = UpdateTableRequest(
            tableName: "t",
            vectorIndexUpdates: [
                .create(
                    VectorIndex(
                        indexName: "my-vector-index",
                        attributeName: "embedding",
                        dimensions: 1536,
                        similarityFunction: .cosine,
                        projection: .keysOnly
                    )
                )
            ]
        )
        #expect(
            try body(create) == """
                {"TableName":"t","VectorIndexUpdates":[{"Create":{"IndexName":"my-vector-index",\
                "VectorAttribute":{"AttributeName":"embedding","Dimensions":1536},\
                "Projection":{"ProjectionType":"KEYS_ONLY"},"SimilarityFunction":"COSINE"}}]}
                """
        )
        let delete = UpdateTableRequest(tableName: "t", vectorIndexUpdates: [.delete(indexName: "my-vector-index")])
        #expect(
            try body(delete) == #"{"TableName":"t","VectorIndexUpdates":[{"Delete":{"IndexName":"my-vector-index"}}]}"#
        )
    }

    @Test func `an update sends the other members`() throws {
        let request = UpdateTableRequest(
            tableName: "users",
            billingMode: .payPerRequest,
            provisionedThroughput: ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1),
            streamSpecification: StreamSpecification(streamEnabled: false),
            sseSpecification: SSESpecification(enabled: true, sseType: "KMS", kmsMasterKeyID: "k"),
            tableClass: "STANDARD",
            deletionProtectionEnabled: true
        )
        #expect(
            try body(request) == """
                {"TableName":"users","BillingMode":"PAY_PER_REQUEST",\
                "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},\
                "StreamSpecification":{"StreamEnabled":false},\
                "SSESpecification":{"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"k"},\
                "TableClass":"STANDARD","DeletionProtectionEnabled":true}
                """
        )
    }

    @Test func `requests that name a table send its name`() throws {
        #expect(try body(DescribeTableRequest(tableName: "t1")) == #"{"TableName":"t1"}"#)
        #expect(try body(DeleteTableRequest(tableName: "t2")) == #"{"TableName":"t2"}"#)
        #expect(try body(DescribeTimeToLiveRequest(tableName: "t3")) == #"{"TableName":"t3"}"#)
        #expect(try body(DescribeContinuousBackupsRequest(tableName: "t4")) == #"{"TableName":"t4"}"#)
    }

    @Test func `listing tables sends nothing, or where to go on`() throws {
        #expect(try body(ListTablesRequest()) == "{}")
        #expect(
            try body(ListTablesRequest(exclusiveStartTableName: "m", limit: 7))
                == #"{"ExclusiveStartTableName":"m","Limit":7}"#
        )
        #expect(try body(DescribeEndpointsRequest()) == "{}")
    }

    @Test func `time to live sends attribute and switch`() throws {
        let request = UpdateTimeToLiveRequest(
            tableName: "t",
            timeToLiveSpecification: TimeToLiveSpecification(attributeName: "expires", enabled: true)
        )
        #expect(
            try body(request)
                == #"{"TableName":"t","TimeToLiveSpecification":{"AttributeName":"expires","Enabled":true}}"#
        )
    }

    @Test func `tags go by the table's ARN`() throws {
        let arn = "arn:scylla:alternator:alternator_users:scylla:table/users"
        let tag = TagResourceRequest(resourceARN: arn, tags: ["b": "2", "a": ""])
        #expect(
            try body(tag) == """
                {"ResourceArn":"arn:scylla:alternator:alternator_users:scylla:table/users",\
                "Tags":[{"Key":"a","Value":""},{"Key":"b","Value":"2"}]}
                """
        )
        #expect(tag.routedTable == "users")
        #expect(
            try body(UntagResourceRequest(resourceARN: "x", tagKeys: ["b", "a"]))
                == #"{"ResourceArn":"x","TagKeys":["b","a"]}"#
        )
        #expect(try body(ListTagsOfResourceRequest(resourceARN: "x")) == #"{"ResourceArn":"x"}"#)
        #expect(
            try body(ListTagsOfResourceRequest(resourceARN: "x", nextToken: "n"))
                == #"{"ResourceArn":"x","NextToken":"n"}"#
        )
    }

    @Test(arguments: ["", "x", "arn:aws:dynamodb:us-east-1:0:table", "arn:x:table/", "users/table"])
    func `text that is no table's ARN names no table`(arn: String) {
        #expect(UntagResourceRequest(resourceARN: arn, tagKeys: ["a"]).routedTable == nil)
    }
}

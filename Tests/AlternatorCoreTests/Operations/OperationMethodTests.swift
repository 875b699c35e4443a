import AlternatorCore
import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@Suite struct OperationMethodTests {
    private let key: [String: AttributeValue] = ["id": .string("u1")]

    /// A one-node cluster whose node answers every operation with one body.
    private func bench(_ body: String, status: Int = 200) async throws -> Bench {
        try await Bench(
            ["10.0.0.1"],
            prepare: { transport in
                transport.everywhere { $0.isDiscovery ? nil : .status(status, body) }
            }
        )
    }

    @Test func `each item method sends its operation and reads its answer`() async throws {
        let bench = try await Bench(
            ["10.0.0.1"],
            prepare: { transport in
                transport.everywhere { call in
                    switch call.operation {
                    case "PutItem", "UpdateItem", "DeleteItem": .ok(#"{"Attributes":{"a":{"S":"old"}}}"#)
                    case "GetItem": .ok(#"{"Item":{"a":{"S":"x"}}}"#)
                    case "BatchGetItem": .ok(#"{"Responses":{"t":[{}]}}"#)
                    case "BatchWriteItem": .ok(#"{"UnprocessedItems":{"t":[{"DeleteRequest":{"Key":{}}}]}}"#)
                    case "Query": .ok(#"{"Items":[],"Count":1,"ScannedCount":2}"#)
                    case "Scan": .ok(#"{"Items":[],"Count":3,"ScannedCount":4}"#)
                    default: nil
                    }
                }
            }
        )
        let client = bench.client
        let old: [String: AttributeValue] = ["a": .string("old")]
        #expect(try await client.putItem(PutItemRequest(tableName: "t", item: key)).attributes == old)
        #expect(try await client.updateItem(UpdateItemRequest(tableName: "t", key: key)).attributes == old)
        #expect(try await client.deleteItem(DeleteItemRequest(tableName: "t", key: key)).attributes == old)
        #expect(try await client.getItem(GetItemRequest(tableName: "t", key: key)).item == ["a": .string("x")])
        let keys = BatchGetItemRequest(requestItems: ["t": KeysAndAttributes(keys: [key])])
        #expect(try await client.batchGetItem(keys).responses == ["t": [[:]]])
        let writes = BatchWriteItemRequest(requestItems: ["t": [.delete(key)]])
        #expect(try await client.batchWriteItem(writes).unprocessedItems == ["t": [.delete([:])]])
        #expect(try await client.query(QueryRequest(tableName: "t")).scannedCount == 2)
        #expect(try await client.scan(ScanRequest(tableName: "t")).scannedCount == 4)
        #expect(
            bench.transport.requests.map(\.operation) == [
                "PutItem", "UpdateItem", "DeleteItem", "GetItem", "BatchGetItem", "BatchWriteItem", "Query", "Scan",
            ]
        )
        #expect(
            bench.transport.requests.first.map { String(decoding: $0.body, as: UTF8.self) }
                == #"{"TableName":"t","Item":{"id":{"S":"u1"}}}"#
        )
        await client.close()
    }

    @Test func `each table method sends its operation and reads its answer`() async throws {
        let bench = try await Bench(
            ["10.0.0.1"],
            prepare: { transport in
                transport.everywhere { call in
                    switch call.operation {
                    case "CreateTable", "DeleteTable", "UpdateTable":
                        .ok(#"{"TableDescription":{"TableName":"t","TableStatus":"ACTIVE"}}"#)
                    case "DescribeTable": .ok(#"{"Table":{"TableName":"t","TableArn":"a"}}"#)
                    case "ListTables": .ok(#"{"TableNames":["t"]}"#)
                    // A body of no bytes, as Alternator answers them.
                    case "TagResource", "UntagResource": .ok("")
                    case "ListTagsOfResource": .ok(#"{"Tags":[{"Key":"k","Value":"v"}]}"#)
                    case "UpdateTimeToLive": .ok(#"{"TimeToLiveSpecification":{"AttributeName":"e","Enabled":true}}"#)
                    case "DescribeTimeToLive": .ok(#"{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}"#)
                    case "DescribeEndpoints": .ok(#"{"Endpoints":[{"Address":"10.0.0.1:8000"}]}"#)
                    case "DescribeContinuousBackups":
                        .ok(#"{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"DISABLED"}}"#)
                    default: nil
                    }
                }
            }
        )
        let client = bench.client
        let create = CreateTableRequest(tableName: "t", keySchema: [], attributeDefinitions: [])
        #expect(try await client.createTable(create).tableDescription?.tableStatus == .active)
        #expect(try await client.describeTable(DescribeTableRequest(tableName: "t")).table.tableARN == "a")
        let update = UpdateTableRequest(tableName: "t", billingMode: .payPerRequest)
        #expect(try await client.updateTable(update).tableDescription?.tableName == "t")
        let delete = DeleteTableRequest(tableName: "t")
        #expect(try await client.deleteTable(delete).tableDescription?.tableName == "t")
        #expect(try await client.listTables().tableNames == ["t"])
        try await client.tagResource(TagResourceRequest(resourceARN: "a", tags: ["k": "v"]))
        try await client.untagResource(UntagResourceRequest(resourceARN: "a", tagKeys: ["k"]))
        let tags = try await client.listTagsOfResource(ListTagsOfResourceRequest(resourceARN: "a")).tags
        #expect(tags == ["k": "v"])
        let specification = TimeToLiveSpecification(attributeName: "e", enabled: true)
        let enable = UpdateTimeToLiveRequest(tableName: "t", timeToLiveSpecification: specification)
        #expect(try await client.updateTimeToLive(enable).timeToLiveSpecification == specification)
        let timeToLive = try await client.describeTimeToLive(DescribeTimeToLiveRequest(tableName: "t"))
        #expect(timeToLive.timeToLiveStatus == .disabled)
        #expect(try await client.describeEndpoints().endpoints.map(\.address) == ["10.0.0.1:8000"])
        let backups = try await client.describeContinuousBackups(DescribeContinuousBackupsRequest(tableName: "t"))
        #expect(backups.continuousBackupsStatus == .disabled)
        #expect(
            bench.transport.requests.map(\.operation) == [
                "CreateTable", "DescribeTable", "UpdateTable", "DeleteTable", "ListTables", "TagResource",
                "UntagResource", "ListTagsOfResource", "UpdateTimeToLive", "DescribeTimeToLive", "DescribeEndpoints",
                "DescribeContinuousBackups",
            ]
        )
        await client.close()
    }

    @Test func `each stream method sends its operation and reads its answer`() async throws {
        let bench = try await Bench(
            ["10.0.0.1"],
            prepare: { transport in
                transport.everywhere { call in
                    switch call.operation {
                    case "ListStreams": .ok(#"{"Streams":[{"StreamArn":"s"}]}"#)
                    case "DescribeStream": .ok(#"{"StreamDescription":{"StreamArn":"s","Shards":[]}}"#)
                    case "GetShardIterator": .ok(#"{"ShardIterator":"i"}"#)
                    case "GetRecords": .ok(#"{"Records":[],"NextShardIterator":"j"}"#)
                    default: nil
                    }
                }
            }
        )
        let client = bench.client
        #expect(try await client.listStreams().streams.map(\.streamARN) == ["s"])
        let stream = try await client.describeStream(DescribeStreamRequest(streamARN: "s")).streamDescription
        #expect(stream.streamARN == "s")
        let place = GetShardIteratorRequest(streamARN: "s", shardID: "h", shardIteratorType: .latest)
        #expect(try await client.getShardIterator(place).shardIterator == "i")
        #expect(try await client.getRecords(GetRecordsRequest(shardIterator: "i")).nextShardIterator == "j")
        #expect(
            bench.transport.requests.map(\.operation) == [
                "ListStreams", "DescribeStream", "GetShardIterator", "GetRecords",
            ]
        )
        await client.close()
    }

    @Test func `an answer of another shape is a decoding error with its context`() async throws {
        let bench = try await bench(#"{"Items":{"secret":{"S":"secret"}}}"#)
        let error = await failure { try await bench.client.query(QueryRequest(tableName: "t")) }
        #expect(error?.code == .decoding)
        #expect(error?.operation == "Query")
        #expect(error?.table == "t")
        #expect(error?.node == "10.0.0.1:8000")
        #expect(error?.attempts == 1)
        #expect(error?.description.contains("secret") == false)
        await bench.client.close()
    }

    @Test(arguments: [#"{"Items":[}"#, #"{"Items":[]"#, #"{"Items":[]}}"#, "{\"Items\":[]}\u{0}"])
    func `an answer that is no JSON is a breach of protocol`(body: String) async throws {
        let bench = try await bench(body)
        let error = await failure { try await bench.client.scan(ScanRequest(tableName: "t")) }
        #expect(error?.code == .protocolViolation)
        #expect(error?.operation == "Scan")
        await bench.client.close()
    }

    @Test func `a failed condition brings the present item`() async throws {
        let bench = try await bench(
            """
            {"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",\
            "message":"The conditional request failed","Item":{"id":{"S":"u1"}}}
            """,
            status: 400
        )
        let error = await failure {
            try await bench.client.putItem(
                PutItemRequest(
                    tableName: "t",
                    item: key,
                    conditionExpression: "attribute_not_exists(id)",
                    returnValuesOnConditionCheckFailure: .allOld
                )
            )
        }
        #expect(error?.code == .conditionFailed)
        #expect(error?.existingItem == key)
        #expect(error?.table == "t")
        await bench.client.close()
    }

    @Test func `a request that cannot be written is refused with its context and not sent`() async throws {
        let bench = try await bench("{}")
        let search = VectorSearch(queryVector: .float32Vector([.nan]))
        let error = await failure {
            try await bench.client.query(QueryRequest(tableName: "t", vectorSearch: search))
        }
        #expect(error?.code == .validation)
        #expect(error?.operation == "Query")
        #expect(bench.transport.requests.isEmpty)
        await bench.client.close()
    }

    @Test func `a request over 16 MiB is refused and not sent`() async throws {
        let bench = try await bench("{}")
        let item: [String: AttributeValue] = ["id": .string(String(repeating: "x", count: 16 << 20))]
        let error = await failure { try await bench.client.putItem(PutItemRequest(tableName: "t", item: item)) }
        #expect(error?.code == .payloadTooLarge)
        #expect(error?.operation == "PutItem")
        #expect(bench.transport.requests.isEmpty)
        await bench.client.close()
    }

    @Test func `after a lost answer setting is repeated and counting is not`() async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .fail(.connectionLost, .complete) }
        func update(_ expression: String) async -> AlternatorError? {
            await bench.whileTimePasses { [client = bench.client, key] in
                await failure {
                    try await client.updateItem(
                        UpdateItemRequest(
                            tableName: "t",
                            key: key,
                            updateExpression: expression,
                            expressionAttributeValues: [":one": .number(AttributeNumber(1))]
                        )
                    )
                }
            }
        }
        #expect(await update("ADD n :one")?.code == .outcomeUnknown)
        #expect(bench.transport.requests.count == 1)
        #expect(await update("SET n = :one")?.code != .outcomeUnknown)
        #expect(bench.transport.requests.count == 4)
        await bench.client.close()
    }

    // Alternator sheds load with a 400; a proxy before it may do so with a 503. Both refuse before anything is done.
    @Test(arguments: [400, 503])
    func `even a counting request is repeated after it was refused for load`(status: Int) async throws {
        let bench = try await Bench()
        bench.transport.everywhere { $0.isDiscovery ? nil : .error("RequestLimitExceeded", status: status) }
        let error = await bench.whileTimePasses { [client = bench.client, key] in
            await failure {
                try await client.updateItem(
                    UpdateItemRequest(
                        tableName: "t",
                        key: key,
                        updateExpression: "ADD n :one",
                        expressionAttributeValues: [":one": .number(AttributeNumber(1))]
                    )
                )
            }
        }
        #expect(error?.code == .throttled)
        #expect(bench.transport.requests.count == 3)
        await bench.client.close()
    }
}

import AlternatorCore
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorLocal

/// The methods against the embedded cluster's own request handler: what one side writes, the other reads.
@Suite struct EmbeddedNodeTests {
    private func bench() async throws -> Bench {
        let node = LocalNode(NodePlace(address: "10.0.0.1", datacenter: "dc1", rack: "rack1"))
        node.update { $0.state = .up }
        let now: @Sendable () -> Int64 = { 1_700_000_000_000 }
        var settings = EngineSettings()
        settings.now = now
        let handler = try NodeHandler(node: node, engine: Engine(settings), topology: Topology([node], now: now))
        return try await Bench(
            ["10.0.0.1"],
            prepare: { transport in
                transport.everywhere { call in
                    guard let target = call.header("X-Amz-Target") else { return nil }
                    let request = ServerRequest(
                        method: "POST",
                        path: "/",
                        query: nil,
                        headers: [("host", "10.0.0.1:8000"), ("x-amz-target", target)],
                        body: call.body,
                        remoteAddress: "127.0.0.1"
                    )
                    guard case .respond(let response) = handler.handle(request) else { return nil }
                    return .status(response.status, String(decoding: response.body, as: UTF8.self))
                }
            }
        )
    }

    private func item(_ day: String, _ at: Int, _ more: [String: AttributeValue] = [:]) -> [String: AttributeValue] {
        more.merging(["day": .string(day), "at": .number(AttributeNumber(at))]) { $1 }
    }

    private let table = CreateTableRequest(
        tableName: "events",
        keySchema: [KeySchemaElement("day", .hash), KeySchemaElement("at", .range)],
        attributeDefinitions: [
            AttributeDefinition("day", .string), AttributeDefinition("at", .number),
            AttributeDefinition("kind", .string),
        ],
        globalSecondaryIndexes: [
            GlobalSecondaryIndex(indexName: "by-kind", keySchema: [KeySchemaElement("kind", .hash)])
        ],
        tags: ["owner": "ada"]
    )

    @Test func `a table lives from its creation to its end`() async throws {
        let bench = try await bench()
        let client = bench.client
        let created = try await client.createTable(table).tableDescription
        #expect(created?.tableStatus == .active)
        #expect(try await client.listTables().tableNames == ["events"])

        let description = try await client.describeTable(DescribeTableRequest(tableName: "events")).table
        #expect(description.keySchema == table.keySchema)
        #expect(description.billingMode == .payPerRequest)
        #expect(description.globalSecondaryIndexes.map(\.indexName) == ["by-kind"])
        #expect(description.globalSecondaryIndexes.first?.projection == .all)
        #expect(description.creationDateTime == 1_700_000_000)

        let arn = try #require(description.tableARN)
        try await client.tagResource(TagResourceRequest(resourceARN: arn, tags: ["stage": "test"]))
        try await client.untagResource(UntagResourceRequest(resourceARN: arn, tagKeys: ["owner"]))
        let tags = try await client.listTagsOfResource(ListTagsOfResourceRequest(resourceARN: arn)).tags
        #expect(tags == ["stage": "test"])

        let expiry = TimeToLiveSpecification(attributeName: "expires", enabled: true)
        try await client.updateTimeToLive(
            UpdateTimeToLiveRequest(tableName: "events", timeToLiveSpecification: expiry)
        )
        let timeToLive = try await client.describeTimeToLive(DescribeTimeToLiveRequest(tableName: "events"))
        #expect(timeToLive.timeToLiveStatus == .enabled)
        #expect(timeToLive.attributeName == "expires")

        try await client.updateTable(
            UpdateTableRequest(
                tableName: "events",
                globalSecondaryIndexUpdates: [.delete(indexName: "by-kind")]
            )
        )
        let afterwards = try await client.describeTable(DescribeTableRequest(tableName: "events")).table
        #expect(afterwards.globalSecondaryIndexes.isEmpty)

        let backups = try await client.describeContinuousBackups(DescribeContinuousBackupsRequest(tableName: "events"))
        #expect(backups.continuousBackupsStatus == .disabled)
        #expect(try await client.describeEndpoints().endpoints.map(\.address) == ["10.0.0.1:8000"])
        #expect(await failure { try await client.createTable(table) }?.code == .tableInUse)
        #expect(try await client.deleteTable(DeleteTableRequest(tableName: "events")).tableDescription != nil)
        let missing = await failure { try await client.describeTable(DescribeTableRequest(tableName: "events")) }
        #expect(missing?.code == .tableNotFound)
        await client.close()
    }

    @Test func `an item is written, changed, guarded and deleted`() async throws {
        let bench = try await bench()
        let client = bench.client
        try await client.createTable(table)
        let full = item("mon", 1, ["n": .number(AttributeNumber(1)), "kind": .string("a"), "raw": .binary([0, 255])])
        let put = PutItemRequest(tableName: "events", item: full, returnConsumedCapacity: true)
        #expect(try await client.putItem(put).consumedCapacity?.capacityUnits != nil)
        let get = GetItemRequest(tableName: "events", key: item("mon", 1), consistentRead: true)
        #expect(try await client.getItem(get).item == full)

        let guarded = PutItemRequest(
            tableName: "events",
            item: item("mon", 1),
            conditionExpression: "attribute_not_exists(#d)",
            expressionAttributeNames: ["#d": "day"],
            returnValuesOnConditionCheckFailure: .allOld
        )
        let error = await failure { try await client.putItem(guarded) }
        #expect(error?.code == .conditionFailed)
        #expect(error?.existingItem == full)

        let update = UpdateItemRequest(
            tableName: "events",
            key: item("mon", 1),
            updateExpression: "ADD n :n REMOVE kind",
            expressionAttributeValues: [":n": .number(AttributeNumber(4))],
            returnValues: .updatedNew
        )
        #expect(try await client.updateItem(update).attributes == ["n": .number(AttributeNumber(5))])
        let legacy = UpdateItemRequest(
            tableName: "events",
            key: item("mon", 1),
            attributeUpdates: ["n": AttributeValueUpdate(action: .add, value: .number(AttributeNumber(1)))],
            expected: [
                "n": ExpectedAttribute(comparisonOperator: .equal, attributeValueList: [.number(AttributeNumber(5))])
            ]
        )
        try await client.updateItem(legacy)
        let nested = UpdateItemRequest(
            tableName: "events",
            key: item("mon", 1),
            updateExpression: "SET a.b = :v",
            expressionAttributeValues: [":v": .bool(true)]
        )
        let refused = await failure { try await client.updateItem(nested) }
        #expect(refused?.code == .validation)
        #expect(refused?.message.contains("A member can only be set where its map exists") == true)

        let delete = DeleteItemRequest(tableName: "events", key: item("mon", 1), returnValues: .allOld)
        #expect(
            try await client.deleteItem(delete).attributes
                == item("mon", 1, ["n": .number(AttributeNumber(6)), "raw": .binary([0, 255])])
        )
        #expect(try await client.getItem(get).item == nil)
        await client.close()
    }

    @Test func `batches, queries and scans read what was written`() async throws {
        let bench = try await bench()
        let client = bench.client
        try await client.createTable(table)
        let writes = (1...5).map { BatchWriteItemRequest.Write.put(item("mon", $0, ["kind": .string("a")])) }
        let written = try await client.batchWriteItem(BatchWriteItemRequest(requestItems: ["events": writes]))
        #expect(written.unprocessedItems.isEmpty)

        let keys = KeysAndAttributes(keys: [item("mon", 2), item("mon", 9)], projectionExpression: "kind")
        let found = try await client.batchGetItem(BatchGetItemRequest(requestItems: ["events": keys]))
        #expect(found.responses == ["events": [["kind": .string("a")]]])

        let query = QueryRequest(
            tableName: "events",
            keyConditionExpression: "#d = :d AND #at > :one",
            projectionExpression: "#at",
            expressionAttributeNames: ["#d": "day", "#at": "at"],
            expressionAttributeValues: [":d": .string("mon"), ":one": .number(AttributeNumber(1))],
            limit: 2,
            scanIndexForward: false
        )
        let first = try await client.query(query)
        #expect(first.items == [["at": .number(AttributeNumber(5))], ["at": .number(AttributeNumber(4))]])
        var next = query
        next.exclusiveStartKey = first.lastEvaluatedKey
        #expect(next.exclusiveStartKey == item("mon", 4))
        #expect(try await client.query(next).items.count == 2)

        let legacy = QueryRequest(
            tableName: "events",
            indexName: "by-kind",
            select: .count,
            keyConditions: ["kind": LegacyCondition(.equal, [.string("a")])]
        )
        let counted = try await client.query(legacy)
        #expect(counted.count == 5)
        #expect(counted.items.isEmpty)

        let scan = ScanRequest(
            tableName: "events",
            filterExpression: "#at IN (:a, :b)",
            expressionAttributeNames: ["#at": "at"],
            expressionAttributeValues: [":a": .number(AttributeNumber(2)), ":b": .number(AttributeNumber(3))],
            segment: 0,
            totalSegments: 1
        )
        let page = try await client.scan(scan)
        #expect(page.count == 2)
        #expect(page.scannedCount == 5)
        await client.close()
    }
}

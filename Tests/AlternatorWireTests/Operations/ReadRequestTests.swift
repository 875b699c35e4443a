import AlternatorWire
import Testing

@Suite struct ReadRequestTests {
    @Test func `a query sends every member in a fixed order`() throws {
        let request = QueryRequest(
            tableName: "events",
            indexName: "by-day",
            keyConditionExpression: "#d = :d",
            filterExpression: "n > :n",
            projectionExpression: "#d, n",
            expressionAttributeNames: ["#d": "day"],
            expressionAttributeValues: [":d": .string("mon"), ":n": number("1")],
            select: .specificAttributes,
            consistentRead: false,
            limit: 25,
            scanIndexForward: false,
            exclusiveStartKey: ["day": .string("mon"), "at": number("5")],
            returnConsumedCapacity: true
        )
        #expect(
            try body(request) == """
                {"TableName":"events","IndexName":"by-day","KeyConditionExpression":"#d = :d",\
                "FilterExpression":"n > :n","ProjectionExpression":"#d, n","ExpressionAttributeNames":{"#d":"day"},\
                "ExpressionAttributeValues":{":d":{"S":"mon"},":n":{"N":"1"}},"Select":"SPECIFIC_ATTRIBUTES",\
                "ConsistentRead":false,"Limit":25,"ScanIndexForward":false,\
                "ExclusiveStartKey":{"at":{"N":"5"},"day":{"S":"mon"}},"ReturnConsumedCapacity":"TOTAL"}
                """
        )
        #expect(request.routedTable == "events")
    }

    @Test func `a query sends legacy conditions`() throws {
        let request = QueryRequest(
            tableName: "events",
            keyConditions: [
                "day": LegacyCondition(.equal, [.string("mon")]),
                "at": LegacyCondition(.between, [number("1"), number("2")]),
            ],
            queryFilter: ["gone": LegacyCondition(.null)],
            conditionalOperator: .or,
            attributesToGet: ["n"]
        )
        #expect(
            try body(request) == """
                {"TableName":"events","KeyConditions":{\
                "at":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"1"},{"N":"2"}]},\
                "day":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"mon"}]}},\
                "QueryFilter":{"gone":{"ComparisonOperator":"NULL"}},"ConditionalOperator":"OR",\
                "AttributesToGet":["n"]}
                """
        )
    }

    // ScyllaDB documentation, "Alternator Vector Search": the two forms of a query vector.
    @Test func `a vector search sends either form of vector`() throws {
        let plain = QueryRequest(
            tableName: "t",
            indexName: "embedding-index",
            limit: 10,
            vectorSearch: VectorSearch(queryVector: .list([number("0.1"), number("-0.3"), number("0.7")]))
        )
        #expect(
            try body(plain) == """
                {"TableName":"t","IndexName":"embedding-index","Limit":10,\
                "VectorSearch":{"QueryVector":{"L":[{"N":"0.1"},{"N":"-0.3"},{"N":"0.7"}]}}}
                """
        )
        let compact = QueryRequest(
            tableName: "t",
            indexName: "embedding-index",
            limit: 5,
            vectorSearch: VectorSearch(queryVector: .float32Vector([0.5, -0.25, 2]), returnScores: .similarity)
        )
        let text = try body(compact)
        #expect(text.hasPrefix(#"{"TableName":"t","IndexName":"embedding-index","Limit":5,"VectorSearch":{"QueryVe"#))
        #expect(text.contains(#"{"FLOAT32VECTOR":[0.5,-0.25,2"#))
        #expect(text.hasSuffix(#"]},"ReturnScores":"SIMILARITY"}}"#))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func `a vector with what JSON cannot say is refused before sending`(bad: Float) {
        let request = QueryRequest(
            tableName: "t",
            vectorSearch: VectorSearch(queryVector: .float32Vector([1, bad]))
        )
        let error = #expect(throws: AlternatorError.self) { try body(request) }
        #expect(error?.code == .validation)
        #expect(error?.table == "t")
    }

    @Test func `a scan sends table alone`() throws {
        #expect(try body(ScanRequest(tableName: "t")) == #"{"TableName":"t"}"#)
    }

    @Test func `a scan sends every member in a fixed order`() throws {
        let request = ScanRequest(
            tableName: "t",
            indexName: "by-day",
            filterExpression: "a = :a",
            projectionExpression: "#b",
            expressionAttributeNames: ["#b": "b"],
            expressionAttributeValues: [":a": .binary([1, 2, 3])],
            select: .count,
            consistentRead: true,
            limit: 1,
            exclusiveStartKey: ["id": .string("x")],
            segment: 0,
            totalSegments: 4,
            returnConsumedCapacity: true,
            scanFilter: ["c": LegacyCondition(.in, [.string("x"), .string("y")])],
            conditionalOperator: .and,
            attributesToGet: ["e"]
        )
        #expect(
            try body(request) == """
                {"TableName":"t","IndexName":"by-day","FilterExpression":"a = :a","ProjectionExpression":"#b",\
                "ExpressionAttributeNames":{"#b":"b"},"ExpressionAttributeValues":{":a":{"B":"AQID"}},\
                "Select":"COUNT","ConsistentRead":true,"Limit":1,"ExclusiveStartKey":{"id":{"S":"x"}},\
                "Segment":0,"TotalSegments":4,\
                "ScanFilter":{"c":{"ComparisonOperator":"IN","AttributeValueList":[{"S":"x"},{"S":"y"}]}},\
                "ConditionalOperator":"AND","AttributesToGet":["e"],"ReturnConsumedCapacity":"TOTAL"}
                """
        )
    }

    @Test func `stream requests send their members`() throws {
        #expect(try body(ListStreamsRequest()) == "{}")
        #expect(
            try body(ListStreamsRequest(tableName: "t", limit: 5, exclusiveStartStreamARN: "a"))
                == #"{"TableName":"t","Limit":5,"ExclusiveStartStreamArn":"a"}"#
        )
        #expect(try body(DescribeStreamRequest(streamARN: "a")) == #"{"StreamArn":"a"}"#)
        #expect(
            try body(
                DescribeStreamRequest(
                    streamARN: "a",
                    limit: 9,
                    exclusiveStartShardID: "s",
                    shardFilter: .childShards(of: "p")
                )
            ) == """
                {"StreamArn":"a","Limit":9,"ExclusiveStartShardId":"s",\
                "ShardFilter":{"Type":"CHILD_SHARDS","ShardId":"p"}}
                """
        )
        #expect(
            try body(GetShardIteratorRequest(streamARN: "a", shardID: "s", shardIteratorType: .trimHorizon))
                == #"{"StreamArn":"a","ShardId":"s","ShardIteratorType":"TRIM_HORIZON"}"#
        )
        #expect(
            try body(
                GetShardIteratorRequest(
                    streamARN: "a",
                    shardID: "s",
                    shardIteratorType: .afterSequenceNumber,
                    sequenceNumber: "340282366920938463463374607431768211455"
                )
            ) == """
                {"StreamArn":"a","ShardId":"s","ShardIteratorType":"AFTER_SEQUENCE_NUMBER",\
                "SequenceNumber":"340282366920938463463374607431768211455"}
                """
        )
        #expect(try body(GetRecordsRequest(shardIterator: "i")) == #"{"ShardIterator":"i"}"#)
        #expect(try body(GetRecordsRequest(shardIterator: "i", limit: 1000)) == #"{"ShardIterator":"i","Limit":1000}"#)
    }
}

import AlternatorWire
import Testing

@Suite struct StreamAnswerTests {
    @Test func `streams are listed`() throws {
        let response = try answer(
            """
            {"Streams":[{"StreamArn":"arn:1","TableName":"t","StreamLabel":"l"},{"StreamArn":"arn:2"}],\
            "LastEvaluatedStreamArn":"arn:2"}
            """,
            as: ListStreamsResponse.self
        )
        #expect(
            response.streams == [
                .init(streamARN: "arn:1", tableName: "t", streamLabel: "l"), .init(streamARN: "arn:2"),
            ]
        )
        #expect(response.lastEvaluatedStreamARN == "arn:2")
    }

    @Test func `a stream and its shards are described`() throws {
        let stream = try answer(
            """
            {"StreamDescription":{"StreamArn":"arn:1","StreamLabel":"l","StreamStatus":"ENABLED",\
            "StreamViewType":"KEYS_ONLY","CreationRequestDateTime":1723995432,"TableName":"t",\
            "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"Shards":[\
            {"ShardId":"H 191:a","SequenceNumberRange":{"StartingSequenceNumber":"1"}},\
            {"ShardId":"H 191:b","ParentShardId":"H 190:c",\
            "SequenceNumberRange":{"StartingSequenceNumber":"2","EndingSequenceNumber":"3"}}],\
            "LastEvaluatedShardId":"H 191:b"}}
            """,
            as: DescribeStreamResponse.self
        ).streamDescription
        #expect(stream.streamARN == "arn:1")
        #expect(stream.streamLabel == "l")
        #expect(stream.streamStatus == .enabled)
        #expect(stream.streamViewType == .keysOnly)
        #expect(stream.creationRequestDateTime == 1_723_995_432)
        #expect(stream.tableName == "t")
        #expect(stream.keySchema == [KeySchemaElement("id", .hash)])
        #expect(stream.shards.map(\.shardID) == ["H 191:a", "H 191:b"])
        #expect(stream.shards.map(\.parentShardID) == [nil, "H 190:c"])
        #expect(stream.shards.map(\.startingSequenceNumber) == ["1", "2"])
        #expect(stream.shards.map(\.endingSequenceNumber) == [nil, "3"])
        #expect(stream.lastEvaluatedShardID == "H 191:b")
    }

    @Test func `a shard iterator is read`() throws {
        #expect(try answer(#"{"ShardIterator":"I 1"}"#, as: GetShardIteratorResponse.self).shardIterator == "I 1")
    }

    @Test func `records are read with both images`() throws {
        let response = try answer(
            """
            {"Records":[{"awsRegion":"dc1","eventID":"e1","eventName":"MODIFY","eventSource":"scylladb:alternator",\
            "eventVersion":"1.1","dynamodb":{"ApproximateCreationDateTime":1723995432.5,"Keys":{"id":{"S":"u1"}},\
            "NewImage":{"id":{"S":"u1"},"n":{"N":"2"}},"OldImage":{"id":{"S":"u1"},"n":{"N":"1"}},\
            "SequenceNumber":"27","StreamViewType":"NEW_AND_OLD_IMAGES"}}],"NextShardIterator":"I 2"}
            """,
            as: GetRecordsResponse.self
        )
        let record = try #require(response.records.first)
        #expect(record.awsRegion == "dc1")
        #expect(record.eventID == "e1")
        #expect(record.eventName == .modify)
        #expect(record.eventSource == "scylladb:alternator")
        #expect(record.eventVersion == "1.1")
        #expect(record.userIdentity == nil)
        let change = try #require(record.change)
        #expect(change.approximateCreationDateTime == 1_723_995_432.5)
        #expect(change.keys == ["id": .string("u1")])
        #expect(change.newImage == ["id": .string("u1"), "n": number("2")])
        #expect(change.oldImage == ["id": .string("u1"), "n": number("1")])
        #expect(change.sequenceNumber == "27")
        #expect(change.streamViewType == .newAndOldImages)
        #expect(change.sizeBytes == nil)
        #expect(response.nextShardIterator == "I 2")
    }

    @Test(arguments: [
        #"{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"}"#,
        #"{"type":"Service","principalId":"dynamodb.amazonaws.com"}"#,
    ])
    func `an expiry is told from a deletion in both spellings`(identity: String) throws {
        let response = try answer(
            #"{"Records":[{"eventName":"REMOVE","userIdentity":\#(identity)}]}"#,
            as: GetRecordsResponse.self
        )
        #expect(response.records.first?.eventName == .remove)
        #expect(
            response.records.first?.userIdentity
                == ChangeRecord.UserIdentity(type: "Service", principalID: "dynamodb.amazonaws.com")
        )
        // A closed shard's last answer.
        #expect(response.nextShardIterator == nil)
    }
}

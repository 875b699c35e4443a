import AlternatorWire
import Testing

@testable import AlternatorLocal

@Suite struct StreamTests {
    private func streaming(_ view: String, _ adjust: (inout EngineSettings) -> Void = { _ in }) throws -> LocalServer {
        let server = try LocalServer(adjust)
        try server.call(
            "CreateTable",
            """
            {"TableName":"tab","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
            "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST",
            "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"\(view)"}}
            """
        )
        return server
    }

    private func arn(_ server: LocalServer) throws -> String {
        let list = try server.call("ListStreams", #"{"TableName":"tab"}"#)["Streams"]?.elements
        return try #require(list?.first?["StreamArn"]?.text)
    }

    private func iterators(_ server: LocalServer, _ type: String) throws -> [String] {
        let arn = try arn(server)
        let stream = try server.call("DescribeStream", #"{"StreamArn":"\#(arn)"}"#)["StreamDescription"]
        let shards = stream?["Shards"]?.elements ?? []
        return try shards.map { shard in
            let id = try #require(shard["ShardId"]?.text)
            let answer = try server.call(
                "GetShardIterator",
                #"{"StreamArn":"\#(arn)","ShardId":"\#(id)","ShardIteratorType":"\#(type)"}"#
            )
            return try #require(answer["ShardIterator"]?.text)
        }
    }

    private func records(_ server: LocalServer, _ iterators: [String]) throws -> [JSONValue] {
        try iterators.flatMap {
            try server.call("GetRecords", #"{"ShardIterator":"\#($0)"}"#)["Records"]?.elements ?? []
        }
    }

    @Test func `inserts, changes and removals are told with both images`() throws {
        let server = try streaming("NEW_AND_OLD_IMAGES")
        for number in ["1", "2", "2"] {
            try server.call("PutItem", #"{"TableName":"tab","Item":{"p":{"S":"a"},"v":{"N":"\#(number)"}}}"#)
        }
        try server.call("DeleteItem", #"{"TableName":"tab","Key":{"p":{"S":"a"}}}"#)
        try server.call("DeleteItem", #"{"TableName":"tab","Key":{"p":{"S":"a"}}}"#)
        let found = try records(server, iterators(server, "TRIM_HORIZON"))
        #expect(found.map { $0["eventName"]?.text } == ["INSERT", "MODIFY", "REMOVE"])
        let change = try #require(found[1]["dynamodb"])
        #expect(try change["Keys"] == LocalServer.tree(#"{"p":{"S":"a"}}"#))
        #expect(change["OldImage"]?["v"]?["N"]?.text == "1")
        #expect(change["NewImage"]?["v"]?["N"]?.text == "2")
        #expect(found[0]["eventSource"]?.text == "scylladb:alternator")
        #expect(found[0]["awsRegion"]?.text == "dc1")
        let numbers = found.compactMap { $0["dynamodb"]?["SequenceNumber"]?.text }
        #expect(Set(numbers).count == 3)
        #expect(numbers.allSatisfy { (21...40).contains($0.count) })
    }

    @Test(arguments: [
        ("KEYS_ONLY", false, false), ("NEW_IMAGE", true, false), ("OLD_IMAGE", false, true),
    ])
    func `the view type decides about images`(view: String, new: Bool, old: Bool) throws {
        let server = try streaming(view)
        for number in 1...2 {
            try server.call("PutItem", #"{"TableName":"tab","Item":{"p":{"S":"a"},"v":{"N":"\#(number)"}}}"#)
        }
        let change = try #require(try records(server, iterators(server, "TRIM_HORIZON")).last?["dynamodb"])
        #expect((change["NewImage"] != nil) == new)
        #expect((change["OldImage"] != nil) == old)
        #expect(change["StreamViewType"]?.text == view)
    }

    @Test func `LATEST shows only what comes, and old enough`() throws {
        let server = try streaming("KEYS_ONLY") { $0.streamsWindow = 1000 }
        try server.call("PutItem", #"{"TableName":"tab","Item":{"p":{"S":"a"}}}"#)
        let latest = try iterators(server, "LATEST")
        try server.call("PutItem", #"{"TableName":"tab","Item":{"p":{"S":"b"}}}"#)
        #expect(try records(server, latest).isEmpty)
        server.clock.advance(milliseconds: 1000)
        let found = try records(server, latest)
        #expect(found.map { $0["dynamodb"]?["Keys"]?["p"]?["S"]?.text } == ["b"])
    }

    @Test func `a stream switched off ends, and one switched on again is another`() throws {
        let server = try streaming("KEYS_ONLY")
        let first = try arn(server)
        try server.call("PutItem", #"{"TableName":"tab","Item":{"p":{"S":"a"}}}"#)
        let old = try iterators(server, "TRIM_HORIZON")
        try server.call("UpdateTable", #"{"TableName":"tab","StreamSpecification":{"StreamEnabled":false}}"#)
        let answers = try old.map { try server.call("GetRecords", #"{"ShardIterator":"\#($0)"}"#) }
        #expect(answers.flatMap { $0["Records"]?.elements ?? [] }.count == 1)
        #expect(answers.allSatisfy { $0["NextShardIterator"] == nil })
        let off = try server.error(
            "UpdateTable",
            #"{"TableName":"tab","StreamSpecification":{"StreamEnabled":false}}"#
        )
        #expect(off.message.contains("no stream to disable"))
        try server.call("UpdateTable", #"{"TableName":"tab","StreamSpecification":{"StreamEnabled":true}}"#)
        #expect(try arn(server) != first)
        #expect(try records(server, iterators(server, "TRIM_HORIZON")).isEmpty)
        #expect(try server.error("DescribeStream", #"{"StreamArn":"\#(first)"}"#).type == "ResourceNotFoundException")
    }

    @Test(arguments: ["nonsense", "H 0:0"])
    func `no shards follow one there is not`(shard: String) throws {
        let server = try streaming("KEYS_ONLY")
        let request = #"{"StreamArn":"\#(try arn(server))","ExclusiveStartShardId":"\#(shard)"}"#
        let description = try server.call("DescribeStream", request)["StreamDescription"]
        #expect(description?["Shards"] == .array([]))
        #expect(description?["LastEvaluatedShardId"] == nil)
    }

    @Test func `an expired item is removed by the service`() throws {
        let server = try streaming("OLD_IMAGE")
        try server.call(
            "UpdateTimeToLive",
            #"{"TableName":"tab","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"end"}}"#
        )
        try server.call("PutItem", #"{"TableName":"tab","Item":{"p":{"S":"a"},"end":{"N":"1699999999"}}}"#)
        server.handler.engine.expireItems()
        let last = try records(server, iterators(server, "TRIM_HORIZON")).last
        #expect(last?["eventName"]?.text == "REMOVE")
        #expect(
            try last?["userIdentity"]
                == LocalServer.tree(#"{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"}"#)
        )
    }

    @Test(arguments: [
        ("DescribeStream", #"{"StreamArn":"nonsense"}"#, "ValidationException"),
        ("DescribeStream", #"{}"#, "ValidationException"),
        ("GetRecords", #"{"ShardIterator":"nonsense"}"#, "ValidationException"),
        ("GetRecords", #"{"ShardIterator":"i:99:1:0:0"}"#, "ResourceNotFoundException"),
        ("ListStreams", #"{"Limit":0}"#, "ValidationException"),
        ("ListStreams", #"{"TableName":"absent"}"#, "ResourceNotFoundException"),
    ])
    func `bad stream requests are refused`(operation: String, body: String, type: String) throws {
        #expect(try streaming("KEYS_ONLY").error(operation, body).type == type)
    }
}

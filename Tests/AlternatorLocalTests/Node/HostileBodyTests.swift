import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorLocal

/// Requests nobody means well with, whole: every one gets an answer, and the server works afterwards.
@Suite struct HostileBodyTests {
    /// A sound body of each operation.
    private static let bodies: [(operation: OperationName, body: String)] = [
        (
            .createTable,
            #"""
            {"TableName":"fuzz","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},
            {"AttributeName":"c","KeyType":"RANGE"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},
            {"AttributeName":"c","AttributeType":"N"},{"AttributeName":"x","AttributeType":"B"}],
            "GlobalSecondaryIndexes":[{"IndexName":"gsi","KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],
            "Projection":{"ProjectionType":"ALL"}}],"LocalSecondaryIndexes":[{"IndexName":"lsi","KeySchema":
            [{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"x","KeyType":"RANGE"}],
            "Projection":{"ProjectionType":"ALL"}}],"Tags":[{"Key":"k","Value":"v"}],
            "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},"SSESpecification":{"Enabled":false}}
            """#
        ),
        (.describeTable, #"{"TableName":"rows"}"#), (.deleteTable, #"{"TableName":"fuzz"}"#),
        (
            .updateTable,
            #"""
            {"TableName":"rows","AttributeDefinitions":[{"AttributeName":"g","AttributeType":"S"}],
            "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"ggg","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
            "Projection":{"ProjectionType":"ALL"}}}],"StreamSpecification":{"StreamEnabled":false}}
            """#
        ),
        (.listTables, #"{"ExclusiveStartTableName":"rows","Limit":3}"#),
        (
            .putItem,
            #"""
            {"TableName":"rows","Item":{"p":{"S":"a"},"c":{"N":"1.50"},"s":{"SS":["x","y"]},"b":{"B":"YWJj"},"t":{"BOOL":true},
            "l":{"L":[{"N":"1e5"},{"NULL":true},{"M":{"k":{"NS":["1","2"]}}}]}},"ConditionExpression":"#a <> :v",
            "ExpressionAttributeNames":{"#a":"s"},"ExpressionAttributeValues":{":v":{"S":"q"}},"ReturnValues":"ALL_OLD",
            "ReturnConsumedCapacity":"TOTAL","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}
            """#
        ),
        (
            .getItem,
            #"""
            {"TableName":"rows","Key":{"p":{"S":"a"},"c":{"N":"1"}},"ProjectionExpression":"l[2].k, #b",
            "ExpressionAttributeNames":{"#b":"b"},"ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL"}
            """#
        ),
        (
            .updateItem,
            #"""
            {"TableName":"rows","Key":{"p":{"S":"a"},"c":{"N":"1"}},"UpdateExpression":
            "SET l[1] = :v, n = if_not_exists(n, :n) + :n REMOVE b ADD s :s DELETE q :s","ConditionExpression":
            "attribute_exists(p) OR size(s) BETWEEN :n AND :n","ExpressionAttributeValues":{":v":{"M":{}},":n":{"N":"1"},
            ":s":{"SS":["z"]}},"ReturnValues":"UPDATED_NEW"}
            """#
        ),
        (
            .updateItem,
            #"""
            {"TableName":"rows","Key":{"p":{"S":"a"},"c":{"N":"2"}},"AttributeUpdates":{"a":{"Action":"ADD","Value":{"N":"1"}},
            "s":{"Action":"DELETE","Value":{"SS":["x"]}}},"Expected":{"z":{"Exists":false},"a":{"ComparisonOperator":"IN",
            "AttributeValueList":[{"N":"1"},{"N":"2"}]}},"ConditionalOperator":"OR"}
            """#
        ),
        (
            .deleteItem,
            #"{"TableName":"rows","Key":{"p":{"S":"a"},"c":{"N":"9"}},"Expected":{"a":{"Value":{"N":"1"}}}}"#
        ),
        (
            .batchGetItem,
            #"{"RequestItems":{"rows":{"Keys":[{"p":{"S":"a"},"c":{"N":"1"}}],"AttributesToGet":["l"],"ConsistentRead":true}}}"#
        ),
        (
            .batchWriteItem,
            #"""
            {"RequestItems":{"rows":[{"PutRequest":{"Item":{"p":{"S":"w"},"c":{"N":"3"}}}},
            {"DeleteRequest":{"Key":{"p":{"S":"w"},"c":{"N":"4"}}}}]},"ReturnConsumedCapacity":"TOTAL"}
            """#
        ),
        (
            .query,
            #"""
            {"TableName":"rows","KeyConditionExpression":"p = :p AND c BETWEEN :a AND :b","FilterExpression":"contains(s, :p)",
            "ExpressionAttributeValues":{":p":{"S":"a"},":a":{"N":"0"},":b":{"N":"5"}},"Limit":2,"ScanIndexForward":false,
            "ExclusiveStartKey":{"p":{"S":"a"},"c":{"N":"4"}},"Select":"COUNT"}
            """#
        ),
        (
            .query,
            #"""
            {"TableName":"rows","KeyConditions":{"p":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]}},
            "QueryFilter":{"a":{"ComparisonOperator":"NOT_NULL"}},"AttributesToGet":["a"],"ConditionalOperator":"AND"}
            """#
        ),
        (
            .scan,
            #"""
            {"TableName":"rows","Segment":1,"TotalSegments":4,"ScanFilter":{"c":{"ComparisonOperator":"GT",
            "AttributeValueList":[{"N":"0"}]}},"Limit":5}
            """#
        ),
        (.scan, #"{"TableName":".scylla.alternator.system.config","Limit":2,"ExclusiveStartKey":{"name":{"S":"b"}}}"#),
        (.tagResource, #"{"ResourceArn":"ARN","Tags":[{"Key":"system:write_isolation","Value":"a"}]}"#),
        (.untagResource, #"{"ResourceArn":"ARN","TagKeys":["k"]}"#), (.listTagsOfResource, #"{"ResourceArn":"ARN"}"#),
        (.updateTimeToLive, #"{"TableName":"rows","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"e"}}"#),
        (.describeTimeToLive, #"{"TableName":"rows"}"#),
        (.listStreams, #"{"TableName":"rows","Limit":1,"ExclusiveStartStreamArn":"STREAM"}"#),
        (.describeStream, #"{"StreamArn":"STREAM","Limit":1,"ExclusiveStartShardId":"SHARD"}"#),
        (
            .getShardIterator,
            #"{"StreamArn":"STREAM","ShardId":"SHARD","ShardIteratorType":"AT_SEQUENCE_NUMBER","SequenceNumber":"5"}"#
        ),
        (.getRecords, #"{"ShardIterator":"ITERATOR","Limit":5}"#), (.describeEndpoints, "{}"),
        (.describeContinuousBackups, #"{"TableName":"rows"}"#),
    ]

    @Test func `there is a body for every operation`() {
        #expect(Set(Self.bodies.map(\.operation)) == Set(OperationName.allCases))
    }

    @Test(.ownThread, arguments: 0..<8 as Range<UInt64>)
    func `spoilt bodies and headers are answered`(seed: UInt64) throws {
        var soup = BodySoup(seed: seed)
        let server = try LocalServer { $0.allowsSystemTableWrites = seed % 2 == 0 }
        try server.createRows()
        try server.call(
            "UpdateTable",
            #"{"TableName":"rows","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}"#
        )
        let names = try Self.names(server)
        var served = 0
        for round in 0..<24 {
            for (operation, text) in Self.bodies {
                var body = text
                for (mark, name) in names { body = body.replacing("\"\(mark)\"", with: "\"\(name)\"") }
                let spoilt = round == 0 ? Array(body.utf8) : soup.spoil(Array(body.utf8))
                let headers = [("x-amz-target", "D.\(operation.rawValue)")] + soup.headers()
                let request = ServerRequest(
                    method: "POST",
                    path: "/",
                    query: nil,
                    headers: headers,
                    body: spoilt,
                    remoteAddress: "127.0.0.1"
                )
                let answer = server.handler.respond(request)
                let isSound = [200, 400].contains(answer.status) || answer.status == 500 && headers.count > 1
                #expect(isSound, "seed \(seed): \(answer.status) for \(String(decoding: spoilt, as: UTF8.self))")
                served += answer.status == 200 ? 1 : 0
            }
        }
        #expect(served > Self.bodies.count, "seed \(seed): nearly nothing got through, so this tests little")
        try server.call("ListTables", "{}")
    }

    private static func names(_ server: LocalServer) throws -> [(String, String)] {
        let table = try server.call("DescribeTable", #"{"TableName":"rows"}"#)["Table"]
        let stream = try #require(table?["LatestStreamArn"]?.text)
        let shards = try server.call("DescribeStream", #"{"StreamArn":"\#(stream)"}"#)["StreamDescription"]?["Shards"]
        let shard = try #require(shards?.elements?.first?["ShardId"]?.text)
        let iterator = try server.call(
            "GetShardIterator",
            #"{"StreamArn":"\#(stream)","ShardId":"\#(shard)","ShardIteratorType":"TRIM_HORIZON"}"#
        )
        return try [
            ("ARN", #require(table?["TableArn"]?.text)), ("STREAM", stream), ("SHARD", shard),
            ("ITERATOR", #require(iterator["ShardIterator"]?.text)),
        ]
    }
}

/// Spoils bodies: as bytes, or as trees that still parse.
private struct BodySoup {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func spoil(_ body: [UInt8]) -> [UInt8] {
        guard Int.random(in: 0..<4, using: &random) > 0, var reader = Optional(JSONReader(body)),
            let tree = try? reader.readTree()
        else { return spoilBytes(body) }
        return spoil(tree).encoded
    }

    private mutating func spoilBytes(_ body: [UInt8]) -> [UInt8] {
        var bytes = body
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard !bytes.isEmpty else { return bytes }
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.insert(Array("{}[]\",:\\-e0".utf8).randomElement(using: &random) ?? 0, at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes.removeSubrange(place...)
            default: bytes.insert(contentsOf: bytes[..<place].suffix(40), at: place)
            }
        }
        return bytes
    }

    private mutating func spoil(_ value: JSONValue) -> JSONValue {
        if Int.random(in: 0..<5, using: &random) == 0 { return shape() }
        switch value {
        case .object(var members) where !members.isEmpty:
            let place = Int.random(in: 0..<members.count, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: members.remove(at: place)
            case 1: members[place] = .init(name(), members[place].value)
            case 2: members.append(.init(name(), shape()))
            default: members[place] = .init(members[place].name, spoil(members[place].value))
            }
            return .object(members)
        case .array(var elements) where !elements.isEmpty:
            let place = Int.random(in: 0..<elements.count, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                elements.append(elements[place])
            } else {
                elements[place] = spoil(elements[place])
            }
            return .array(elements)
        case .string(let text):
            let bytes = spoilBytes(Array(text.utf8))
            return .string(String(decoding: bytes, as: UTF8.self))
        default: return shape()
        }
    }

    private mutating func name() -> String {
        ["", "S", "N", "B", "SS", "L", "M", "NULL", "p", "c", "#a", ":v", "\u{0}", "é"].randomElement(using: &random)
            ?? ""
    }

    private mutating func shape() -> JSONValue {
        let deep = (0..<30).reduce(JSONValue.object([])) { inner, _ in .object([.init("M", inner)]) }
        let shapes: [JSONValue] = [
            .null, .bool(true), .number("0"), .number("-1"), .number("1e400"), .number("9223372036854775808"),
            .number("1.5"), .string(""), .string("x"), .string(String(repeating: "a", count: 300)), .string("1e999"),
            .array([]), .array([.null]), .array([.array([])]), .object([]), .object([.init("S", .string(""))]),
            .object([.init("N", .string("x"))]), .object([.init("N", .number("1"))]),
            .object([.init("B", .string("?"))]),
            .object([.init("SS", .array([]))]), .object([.init("L", .object([]))]), .object([.init("NULL", .null)]),
            deep,
        ]
        return shapes.randomElement(using: &random) ?? .null
    }

    /// Mostly none; those that spoil how the body is read allow for status 500.
    mutating func headers() -> [(name: String, value: String)] {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: [("content-encoding", ["gzip", "deflate", "br", "\u{0}"].randomElement(using: &random) ?? "")]
        case 1:
            [
                (
                    "accept-encoding",
                    ["*;q=", "gzip;q=0.0.0", ",;,;=", "deflate;q=nan"].randomElement(using: &random) ?? ""
                )
            ]
        case 2: [("origin", ""), ("content-type", "\u{1}"), ("authorization", "AWS4-HMAC-SHA256 Credential=/////")]
        default: []
        }
    }
}

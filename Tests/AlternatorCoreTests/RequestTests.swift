import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import TestSupport
import Testing

@testable import AlternatorCore

@Suite struct RequestTests {
    @Test func `a request is one head in a fixed order and its body`() async throws {
        let bench = try await Bench(["10.0.0.1"])
        let answer = try await bench.put(body: #"{"TableName":"users"}"#)
        #expect(answer.node == "10.0.0.1:8000")
        #expect(answer.attempts == 1)
        let call = try #require(bench.transport.requests.first)
        #expect(
            call.head == """
                POST / HTTP/1.1\r
                Host: 10.0.0.1:8000\r
                X-Amz-Target: DynamoDB_20120810.PutItem\r
                Content-Type: application/x-amz-json-1.0\r
                User-Agent: scylladb-alternator-client-swift/0.1.0\r
                Content-Length: 21\r
                \r

                """
        )
        #expect(String(decoding: call.body, as: UTF8.self) == #"{"TableName":"users"}"#)
        #expect(call.options.requestTimeout == .seconds(30))
        await bench.client.close()
    }

    @Test func `operations on streams name their own target, operations on tables have their own timeout`() async throws
    {
        let bench = try await Bench()
        for operation in OperationName.allCases {
            _ = try await bench.client.execute(EncodedRequest(operation, table: nil, body: [], safety: .idempotent))
        }
        let targets = bench.transport.requests.compactMap { $0.header("X-Amz-Target") }
        #expect(targets.count == 24)
        #expect(
            targets.filter { $0.hasPrefix("DynamoDBStreams_20120810.") }.sorted() == [
                "DynamoDBStreams_20120810.DescribeStream", "DynamoDBStreams_20120810.GetRecords",
                "DynamoDBStreams_20120810.GetShardIterator", "DynamoDBStreams_20120810.ListStreams",
            ]
        )
        #expect(targets.filter { $0.hasPrefix("DynamoDB_20120810.") }.count == 20)
        let slow = bench.transport.requests.filter { $0.options.requestTimeout == .seconds(60) }
        #expect(
            slow.compactMap(\.operation).sorted() == [
                "CreateTable", "DeleteTable", "TagResource", "UntagResource", "UpdateTable", "UpdateTimeToLive",
            ]
        )
        #expect(bench.transport.requests.allSatisfy { $0.header("Content-Length") == "0" })
        await bench.client.close()
    }

    @Test func `user agent and further headers are the configuration's`() async throws {
        let bench = try await Bench(
            ["10.0.0.1"],
            configure: {
                $0.userAgent = .none
                $0.additionalHeaders = ["X-B": "2", "X-A": "1"]
            }
        )
        _ = try await bench.put()
        let call = try #require(bench.transport.requests.first)
        #expect(call.header("User-Agent") == nil)
        #expect(call.head.contains("X-A: 1\r\nX-B: 2\r\nContent-Length: 2\r\n\r\n"))
        #expect(bench.transport.discoveries.first?.header("X-A") == "1")
        await bench.client.close()
    }

    @Test func `an IPv6 host stands in brackets and without its zone`() async throws {
        let bench = try await Bench(["fe80::1%eth0"])
        _ = try await bench.put()
        let call = try #require(bench.transport.requests.first)
        #expect(call.header("Host") == "[fe80::1]:8000")
        #expect(call.peer.host == "fe80::1%eth0")
        await bench.client.close()
    }

    @Test func `a request over 16 MiB is refused and nothing is sent`() async throws {
        let bench = try await Bench()
        let body = [UInt8](repeating: 0x20, count: 16 << 20)
        _ = try await bench.client.execute(EncodedRequest(.putItem, table: "t", body: body, safety: .idempotent))
        let error = await failure {
            try await bench.client.execute(
                EncodedRequest(.putItem, table: "users", body: body + [0x20], safety: .idempotent)
            )
        }
        #expect(error?.code == .payloadTooLarge)
        #expect(error?.message.contains("16777217 bytes") == true)
        #expect(error?.table == "users")
        #expect(error?.operation == "PutItem")
        #expect(bench.transport.requests.count == 1)
        await bench.client.close()
    }

    @Test func `requests are spread over all nodes`() async throws {
        let bench = try await Bench()
        try await bench.healthy()
        for _ in 0..<300 { _ = try await bench.put() }
        let counts = Dictionary(grouping: bench.transport.requests, by: \.host).mapValues(\.count)
        #expect(counts.keys.sorted() == Bench.three)
        // Expected 100 each, standard deviation 8.2: five of them either way.
        #expect(counts.values.allSatisfy { (59...141).contains($0) }, "\(counts)")
        await bench.client.close()
    }

    @Test func `a service error carries what was asked of whom`() async throws {
        let bench = try await Bench(["10.0.0.1"])
        bench.transport.everywhere { $0.isDiscovery ? nil : .error("ResourceNotFoundException", "no users") }
        let error = await failure { try await bench.put() }
        #expect(error?.code == .tableNotFound)
        #expect(error?.operation == "PutItem")
        #expect(error?.table == "users")
        #expect(error?.node == "10.0.0.1:8000")
        #expect(error?.attempts == 1)
        #expect(error?.serviceType == "ResourceNotFoundException")
        #expect(bench.transport.requests.count == 1)
        await bench.client.close()
    }
}

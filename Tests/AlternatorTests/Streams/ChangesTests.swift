import AlternatorLocal
import AlternatorWire
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Alternator

/// `changes(from:)` against scripted answers.
struct ChangesTests {
    private static let table = ScriptedTransport.Reply.ok(
        #"{"Table":{"TableName":"visits","KeySchema":[{"AttributeName":"s","KeyType":"HASH"},"#
            + #"{"AttributeName":"a","KeyType":"RANGE"}],"LatestStreamArn":"arn"}}"#
    )

    private static func shards(_ ids: String...) -> ScriptedTransport.Reply {
        let list = ids.map { #"{"ShardId":"\#($0)","SequenceNumberRange":{"StartingSequenceNumber":"0"}}"# }
        return .ok(
            #"{"StreamDescription":{"StreamArn":"arn","StreamStatus":"ENABLED","Shards":[\#(list.joined(separator: ","))]}}"#
        )
    }

    private static func image(_ at: Int, _ hits: Int) -> String {
        #"{"s":{"S":"x"},"a":{"N":"\#(at)"},"hits":{"N":"\#(hits)"}}"#
    }

    private static func record(_ name: String, _ number: Int, old: String?, new: String?) -> String {
        let images = [old.map { #","OldImage":\#($0)"# }, new.map { #","NewImage":\#($0)"# }].compactMap(\.self)
            .joined()
        return #"{"eventName":"\#(name)","dynamodb":{"Keys":{"s":{"S":"x"},"a":{"N":"1"}},"#
            + #""SequenceNumber":"\#(number)","ApproximateCreationDateTime":1700000000\#(images)}}"#
    }

    private static func records(_ records: [String], next: String?) -> ScriptedTransport.Reply {
        let tail = next.map { #","NextShardIterator":"\#($0)""# } ?? ""
        return .ok(#"{"Records":[\#(records.joined(separator: ","))]\#(tail)}"#)
    }

    @Test func `changes come with their typed images, keys, number and time`() async throws {
        let bench = try await Bench { _, call in
            switch call.operation {
            case "DescribeTable": Self.table
            case "DescribeStream": Self.shards("a")
            case "GetShardIterator": .ok(#"{"ShardIterator":"i0"}"#)
            case "GetRecords":
                Self.records(
                    [
                        Self.record("INSERT", 1, old: nil, new: Self.image(1, 5)),
                        Self.record("MODIFY", 2, old: Self.image(1, 5), new: Self.image(1, 6)),
                        Self.record("REMOVE", 3, old: Self.image(1, 6), new: nil)
                            .replacing(
                                #""dynamodb":"#,
                                with:
                                    #""userIdentity":{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"},"dynamodb":"#
                            ),
                    ],
                    next: "i1"
                )
            default: nil
            }
        }
        let visits = bench.resource.table(Visit.self)
        var changes = visits.changes(from: .trimHorizon).makeAsyncIterator()
        var all: [ItemChange<Visit>] = []
        for _ in 0..<3 { all.append(try #require(try await changes.next(isolation: nil))) }
        #expect(all.map(\.event) == [.inserted, .modified, .removed])
        #expect(all.map { $0.old?.hits } == [nil, 5, 6])
        #expect(all.map { $0.new?.hits } == [5, 6, nil])
        #expect(all.map(\.sequenceNumber) == ["1", "2", "3"])
        #expect(all.map(\.isExpiry) == [false, false, true])
        #expect(all[0].time == Date(timeIntervalSince1970: 1_700_000_000))
        #expect(all[0].keys == ["s": "x", "a": 1])
        #expect(try visits.key(of: all[0]) == .init("x", 1))
        #expect(all[0].shardID == "a")
        #expect(
            bench.bodies.prefix(4) == [
                #"{"TableName":"visits"}"#, #"{"StreamArn":"arn"}"#,
                #"{"StreamArn":"arn","ShardId":"a","ShardIteratorType":"TRIM_HORIZON"}"#,
                #"{"ShardIterator":"i0","Limit":1000}"#,
            ]
        )
    }

    @Test func `a table without a stream is an error that tells the remedy`() async throws {
        let bench = try await Bench { _, _ in .ok(#"{"Table":{"TableName":"visits"}}"#) }
        var changes = bench.resource.table(Visit.self).changes().makeAsyncIterator()
        let error = await #expect(throws: AlternatorError.self) { _ = try await changes.next(isolation: nil) }
        #expect(error?.code == .validation)
        #expect(error?.message.contains("enableStream()") == true)
        #expect(try await changes.next(isolation: nil) == nil)
    }

    @Test func `images that the model cannot read are an error behind the changes before`() async throws {
        let bench = try await Bench { _, call in
            switch call.operation {
            case "DescribeTable": Self.table
            case "DescribeStream": Self.shards("a")
            case "GetShardIterator": .ok(#"{"ShardIterator":"i0"}"#)
            default:
                Self.records(
                    [
                        Self.record("INSERT", 1, old: nil, new: Self.image(1, 5)),
                        Self.record("INSERT", 2, old: nil, new: #"{"s":{"S":"x"}}"#),
                    ],
                    next: "i1"
                )
            }
        }
        var changes = bench.resource.table(Visit.self).changes(from: .trimHorizon).makeAsyncIterator()
        #expect(try await changes.next(isolation: nil)?.sequenceNumber == "1")
        let error = await #expect(throws: AlternatorError.self) { _ = try await changes.next(isolation: nil) }
        #expect(error?.code == .decoding)
        #expect(error?.operation == "GetRecords")
    }

    @Test(arguments: [
        ("TrimmedDataAccessException", AlternatorError.Code.changesTrimmed),
        ("ValidationException", .validation), ("AccessDeniedException", .accessDenied),
    ])
    func `an error that will not pass ends the sequence`(type: String, code: AlternatorError.Code) async throws {
        let bench = try await Bench { _, call in
            switch call.operation {
            case "DescribeTable": Self.table
            case "DescribeStream": Self.shards("a")
            case "GetShardIterator": .ok(#"{"ShardIterator":"i0"}"#)
            default: .error(type)
            }
        }
        var changes = bench.resource.table(Visit.self).changes(from: .trimHorizon).makeAsyncIterator()
        let error = await #expect(throws: AlternatorError.self) { _ = try await changes.next(isolation: nil) }
        #expect(error?.code == code)
    }

    @Test func `an expired iterator and a failing request do not end the sequence`() async throws {
        let asked = Mutex(0)
        let bench = try await Bench { _, call in
            switch call.operation {
            case "DescribeTable": return Self.table
            case "DescribeStream": return Self.shards("a")
            case "GetShardIterator": return .ok(#"{"ShardIterator":"i0"}"#)
            default:
                let number = asked.withLock { count in
                    count += 1
                    return count
                }
                switch number {
                case 1: return Self.records([Self.record("INSERT", 1, old: nil, new: Self.image(1, 1))], next: "i1")
                case 2: return .error("ExpiredIteratorException")
                case 3: return .error("LimitExceededException")
                // Read again at the last change, which must not be given twice.
                default:
                    return Self.records(
                        [
                            Self.record("INSERT", 1, old: nil, new: Self.image(1, 1)),
                            Self.record("MODIFY", 2, old: nil, new: Self.image(1, 2)),
                        ],
                        next: "i2"
                    )
                }
            }
        }
        var changes = bench.resource.table(Visit.self).changes(from: .trimHorizon).makeAsyncIterator()
        #expect(try await changes.next(isolation: nil)?.sequenceNumber == "1")
        #expect(try await changes.next(isolation: nil)?.sequenceNumber == "2")
        #expect(
            bench.bodies.filter { $0.contains("AT_SEQUENCE_NUMBER") } == [
                #"{"StreamArn":"arn","ShardId":"a","ShardIteratorType":"AT_SEQUENCE_NUMBER","SequenceNumber":"1"}"#
            ]
        )
    }

    @Test func `a checkpoint too old, of a stream that is gone, or none is refused`() async throws {
        var places = ShardPlaces(streamARN: "arn")
        places.shards["a"] = .behind(sequenceNumber: "1", taken: 1)
        places.time = Date().timeIntervalSince1970 - 90_000
        let bench = try await Bench { _, _ in .error("ResourceNotFoundException") }
        let visits = bench.resource.table(Visit.self)
        func code(_ start: StreamPosition, _ options: ChangeOptions = ChangeOptions()) async -> AlternatorError.Code? {
            var changes = visits.changes(from: start, options: options).makeAsyncIterator()
            do throws(AlternatorError) {
                _ = try await changes.next(isolation: nil)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(await code(.at(places.checkpoint)) == .changesTrimmed)
        #expect(await code(.at(StreamCheckpoint("x"))) == .tokenMismatch)
        #expect(await code(.latest, ChangeOptions(concurrency: 0)) == .mapping)
        #expect(await code(.latest, ChangeOptions(pageSize: 1001)) == .mapping)
        #expect(bench.sent.isEmpty)
        places.time = Date().timeIntervalSince1970
        #expect(await code(.at(places.checkpoint)) == .changesTrimmed)
        #expect(bench.sent.map(\.operation) == ["DescribeStream"])
    }

    @Test func `many shards are read with no more requests under way than asked for`() async throws {
        let bench = try await Bench { _, call in
            switch call.operation {
            case "DescribeTable": Self.table
            case "DescribeStream":
                String(decoding: call.body, as: UTF8.self).contains("ExclusiveStartShardId")
                    ? Self.shards("c", "d", "e")
                    : .ok(
                        #"{"StreamDescription":{"StreamArn":"arn","Shards":[{"ShardId":"a"},{"ShardId":"b"}],"#
                            + #""LastEvaluatedShardId":"b"}}"#
                    )
            default: .hang
            }
        }
        let visits = bench.resource.table(Visit.self)
        let task = Task { () -> Int in
            var count = 0
            for try await _ in visits.changes(from: .trimHorizon, options: ChangeOptions(concurrency: 3)) { count += 1 }
            return count
        }
        try await eventually("three requests") { bench.transport.hanging == 3 }
        #expect(bench.sent.count { $0.operation == "GetShardIterator" } == 3)
        task.cancel()
        // A cancelled task ends the sequence without an error.
        #expect(try await task.value == 0)
        try await eventually("all cancelled") { bench.transport.hanging == 0 }
    }
}

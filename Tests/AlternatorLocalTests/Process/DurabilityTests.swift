import AlternatorWire
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AlternatorLocal

@Suite(.serialized, .timeLimit(.minutes(10))) struct DurabilityTests {
    /// What writers were told: the last value of each of their items that was acknowledged.
    private final class Acknowledged: Sendable {
        private let values = Mutex<[Int: Int]>([:])

        func note(_ writer: Int, _ value: Int) { values.withLock { $0[writer] = value } }

        var all: [Int: Int] { values.withLock { $0 } }

        var count: Int { values.withLock { $0.values.reduce(0) { $0 + $1 + 1 } } }
    }

    private func put(_ writer: Int, _ value: Int) -> String {
        #"{"TableName":"users","Item":{"id":{"S":"w\#(writer)-\#(value)"},"v":{"N":"\#(value)"}}}"#
    }

    private func count(_ writer: Int) -> String {
        """
        {"TableName":"users","Key":{"id":{"S":"counter\(writer)"}},"UpdateExpression":"ADD n :one",
        "ExpressionAttributeValues":{":one":{"N":"1"}}}
        """
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `every write that was acknowledged is there after kill -9`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let enough = Int.random(in: 100...400, using: &random)
        try await withTemporaryFile { path in
            let acknowledged = Acknowledged()
            let server = try await ServerProcess(["--data", path])
            #expect(try await server.client.call("CreateTable", ServerProcess.createUsers).status == 200)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask { [client = server.client] in
                        // Until the process is gone: the next request then fails.
                        for value in 0..<100_000 {
                            guard let put = try? await client.call("PutItem", self.put(writer, value)),
                                let count = try? await client.call("UpdateItem", self.count(writer)),
                                put.status == 200, count.status == 200
                            else { return }
                            acknowledged.note(writer, value)
                        }
                    }
                }
                try await eventually("\(enough) writes, seed \(seed)") { acknowledged.count >= enough }
                try await server.killHard()
                try await group.waitForAll()
            }
            let told = acknowledged.all
            #expect(told.count == 8)
            try await ServerProcess.run(["--data", path]) { server in
                for (writer, last) in told {
                    let counter = try await server.client.call(
                        "GetItem",
                        #"{"TableName":"users","Key":{"id":{"S":"counter\#(writer)"}}}"#
                    )
                    let counted = counter.answer["Item"]?["n"]?["N"]?.text.flatMap { Int($0) } ?? 0
                    // The last one may have been performed without its answer getting through.
                    #expect((last + 1...last + 2).contains(counted), "writer \(writer), seed \(seed)")
                    for value in [0, last / 2, last] {
                        let item = try await server.client.call(
                            "GetItem",
                            #"{"TableName":"users","Key":{"id":{"S":"w\#(writer)-\#(value)"}}}"#
                        )
                        #expect(item.answer["Item"]?["v"]?["N"]?.text == "\(value)", "w\(writer)-\(value)")
                    }
                }
            }
        }
    }

    /// The limit is far above an empty data file and far below what is written.
    @Test func `writes to a full disk get 500 and a reason, reads go on, and nothing is half done`() async throws {
        try await withTemporaryFile { path in
            var stored = 0
            try await ServerProcess.run(["--data", path], fileBlocks: 4000) { server in
                #expect(try await server.client.call("CreateTable", ServerProcess.createUsers).status == 200)
                let filler = String(repeating: "x", count: 100_000)
                func item(_ number: Int) -> String {
                    #"{"TableName":"users","Item":{"id":{"S":"i\#(number)"},"filler":{"S":"\#(filler)"}}}"#
                }
                var refusal: (status: Int, answer: JSONValue)?
                while refusal == nil, stored < 1000 {
                    let put = try await server.client.call("PutItem", item(stored))
                    if put.status == 200 { stored += 1 } else { refusal = put }
                }
                #expect(refusal?.status == 500)
                #expect(refusal?.answer["__type"]?.text?.hasSuffix("#InternalServerError") == true)
                #expect(refusal?.answer["message"]?.text?.contains("storage") == true)
                #expect(stored > 1)
                let batch = (0..<3).map { #"{"PutRequest":{"Item":{"id":{"S":"b\#($0)"},"f":{"S":"\#(filler)"}}}}"# }
                let writes = #"{"RequestItems":{"users":[\#(batch.joined(separator: ","))]}}"#
                #expect(try await server.client.call("BatchWriteItem", writes).status == 500)
                let scan = try await server.client.call("Scan", #"{"TableName":"users","Select":"COUNT"}"#)
                #expect(scan.status == 200)
                let first = try await server.client.call("GetItem", #"{"TableName":"users","Key":{"id":{"S":"i0"}}}"#)
                #expect(first.answer["Item"]?["filler"]?["S"]?.text == filler)
                #expect(server.isRunning)
            }
            try await ServerProcess.run(["--data", path]) { server in
                var found = 0
                var start = ""
                repeat {
                    let page = try await server.client.call("Scan", #"{"TableName":"users","Select":"COUNT"\#(start)}"#)
                    found += page.answer["Count"]?.integer ?? 0
                    start = page.answer["LastEvaluatedKey"].map { #","ExclusiveStartKey":\#($0.printed)"# } ?? ""
                } while !start.isEmpty
                #expect(found == stored)
            }
        }
    }

    @Test func `a data file that cannot be used is told at the start`() async throws {
        for path in ["/nowhere/data.db", "/dev/null/data.db", "/proc/self/status"] {
            var configuration = LocalCluster.Configuration(nodes: 1)
            configuration.dataFile = path
            let unusable = configuration
            let failure = await #expect(throws: LocalCluster.Failure.self) { try await LocalCluster(unusable) }
            #expect(failure?.description.isEmpty == false)
        }
    }
}

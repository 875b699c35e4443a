import AlternatorTransport
import AlternatorWire
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Alternator

/// Exports against scripted answers: what stands in the file, and how an export goes on.
struct ExportTests {
    private static func page(_ numbers: [Int], last: Int? = nil) -> ScriptedTransport.Reply {
        let items = numbers.map { #"{"id": {"S":"\#($0)"}}"# }.joined(separator: ",\n")
        let key = last.map { #","LastEvaluatedKey":{"id":{"S":"\#($0)"}}"# } ?? ""
        return .ok(#"{"Items":[\#(items)],"Count":\#(numbers.count),"ScannedCount":\#(numbers.count)\#(key)}"#)
    }

    private static func line(_ number: Int) -> String { #"{"Item":{"id": {"S":"\#(number)"}}}"# + "\n" }

    @Test func `each item is one line in DynamoDB's export form`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench(answers: [Self.page([1, 2], last: 2), Self.page([]), Self.page([3])])
        let report = try await bench.resource.table("t").export(
            to: folder.file("out"),
            options: ExportOptions(segments: 2, concurrency: 1)
        )
        #expect(try folder.text("out") == [1, 2, 3].map(Self.line).joined())
        #expect(report == ExportReport(items: 3, bytes: 3 * 27, requests: 3))
        #expect(bench.bodies.allSatisfy { $0.contains(#""TotalSegments":2"#) })
    }

    @Test func `line breaks between the server's values do not break a line`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench(answers: [.ok("{\"Items\":[{\n\"id\":\r\n{\"S\":\"a\\nb\"}}]}")])
        try await bench.resource.table("t").export(to: folder.file("out"), options: ExportOptions(segments: 1))
        #expect(try folder.text("out") == "{\"Item\":{ \"id\":  {\"S\":\"a\\nb\"}}}\n")
    }

    @Test func `an empty table makes an empty file`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench { _, _ in Self.page([]) }
        let report = try await bench.resource.table("t").export(to: folder.file("out"))
        #expect(report.items == 0)
        #expect(try folder.text("out").isEmpty)
    }

    @Test func `a file that is there is refused unless it may be replaced`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("precious", to: "out")
        let bench = try await Bench { _, _ in Self.page([1]) }
        let table = bench.resource.table("t")
        let error = await #expect(throws: AlternatorError.self) { try await table.export(to: folder.file("out")) }
        #expect(error?.code == .file)
        #expect(error?.message.hasSuffix("File exists. Take another name, or ExportOptions.replacesFile.") == true)
        #expect(try folder.text("out") == "precious")
        #expect(bench.sent.isEmpty)
        try await table.export(to: folder.file("out"), options: ExportOptions(segments: 1, replacesFile: true))
        #expect(try folder.text("out") == Self.line(1))
    }

    @Test func `a folder that is not there is an error naming the path`() async throws {
        let bench = try await Bench()
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("t").export(to: "/nowhere/at/all")
        }
        #expect(error?.code == .file)
        #expect(error?.message.contains("/nowhere/at/all cannot be made: No such file or directory") == true)
    }

    @Test func `a path that ends in gz is packed`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench(answers: [Self.page([1, 2])])
        try await bench.resource.table("t").export(to: folder.file("out.gz"), options: ExportOptions(segments: 1))
        let packed = try folder.bytes("out.gz")
        #expect(packed.starts(with: [0x1F, 0x8B]))
        let lines = try Compression.gzip.unpack(packed, maximumBytes: 1000)
        #expect(String(decoding: lines, as: UTF8.self) == Self.line(1) + Self.line(2))
    }

    @Test func `progress tells items, bytes and the state of each segment`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench { _, _ in Self.page([1]) }
        let seen = Mutex<[ExportProgress]>([])
        try await bench.resource.table("t").export(
            to: folder.file("out"),
            options: ExportOptions(segments: 3, concurrency: 1)
        ) { progress in seen.withLock { $0.append(progress) } }
        let last = try #require(seen.withLock { $0.last })
        #expect(last.items == 3)
        #expect(last.bytes == 81)
        #expect(last.segments == [.finished, .finished, .finished])
        #expect(last.fraction == 1)
    }

    @Test func `an error of the progress code ends the export and is its cause`() async throws {
        struct Enough: Error {}
        let folder = try TemporaryFolder()
        let bench = try await Bench { _, _ in Self.page([1]) }
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("t").export(to: folder.file("out")) { _ in throw Enough() }
        }
        #expect(error?.code == .abandoned)
        #expect(error?.cause is Enough)
    }

    // MARK: Going on

    /// A table of 400 items of 10 kB in 4 segments, ten items a page; a page may fail.
    private static func table(failing: @escaping @Sendable (Int) -> Bool) async throws -> Bench {
        let filler = String(repeating: "x", count: 10_000)
        return try await Bench { number, call in
            let body = String(decoding: call.body, as: UTF8.self)
            guard !failing(number) else { return .error("ValidationException", "broken") }
            guard let place = body.range(of: #""Segment":"#) else { return nil }
            let segment = Int(body[place.upperBound...].prefix { $0.isNumber }) ?? 0
            let start = body.range(of: #""ExclusiveStartKey":{"id":{"S":"\#(segment)-"#)
                .flatMap { Int(body[$0.upperBound...].prefix { $0.isNumber }) }
            let first = start.map { $0 + 1 } ?? 0
            let numbers = first..<min(first + 10, 100)
            let items = numbers.map { #"{"id":{"S":"\#(segment)-\#($0)"},"f":{"S":"\#(filler)"}}"# }
            let key =
                numbers.upperBound < 100
                ? #","LastEvaluatedKey":{"id":{"S":"\#(segment)-\#(numbers.upperBound - 1)"}}"# : ""
            return .ok(#"{"Items":[\#(items.joined(separator: ","))]\#(key)}"#)
        }
    }

    private static func ids(_ text: String) -> [String] {
        text.split(separator: "\n").map { String($0.dropFirst(20).prefix { $0 != "\"" }) }
    }

    @Test(arguments: ["out", "out.gz"])
    func `an export that broke off goes on without losing or repeating an item`(name: String) async throws {
        let folder = try TemporaryFolder()
        let options = ExportOptions(segments: 4, concurrency: 2, checkpointFile: folder.file("checkpoint"))
        // The first run breaks off in the third megabyte, the second in the fourth.
        for failing in [25, 12] {
            let bench = try await Self.table { $0 >= failing }
            let error = await #expect(throws: AlternatorError.self) {
                try await bench.resource.table("t").export(to: folder.file(name), options: options)
            }
            #expect(error?.code == .validation)
            #expect(folder.exists("checkpoint"))
        }
        let bench = try await Self.table { _ in false }
        let report = try await bench.resource.table("t").export(to: folder.file(name), options: options)
        #expect(report.items == 400)
        #expect(!folder.exists("checkpoint"))
        #expect(bench.sent.count < 30)
        var bytes = try folder.bytes(name)
        #expect(report.bytes == bytes.count)
        if name.hasSuffix("gz") { bytes = try Compression.gzip.unpack(bytes, maximumBytes: 10_000_000) }
        let ids = Self.ids(String(decoding: bytes, as: UTF8.self))
        #expect(ids.count == 400)
        #expect(Set(ids) == Set((0..<4).flatMap { segment in (0..<100).map { "\(segment)-\($0)" } }))
    }

    @Test func `what was written behind the checkpoint is cut off`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Self.table { _ in false }
        let checkpoints = Mutex<[BulkCheckpoint]>([])
        let table = bench.resource.table("t")
        try await table.export(to: folder.file("out"), options: ExportOptions(segments: 4)) { progress in
            checkpoints.withLock { $0.append(progress.checkpoint) }
        }
        // As after a crash right behind the second block: the file is longer than the checkpoint says.
        let second = checkpoints.withLock { $0[1] }
        let report = try await table.export(
            to: folder.file("out"),
            options: ExportOptions(segments: 4, checkpoint: second)
        )
        #expect(report.items == 400)
        #expect(Set(Self.ids(try folder.text("out"))).count == 400)
        #expect(Self.ids(try folder.text("out")).count == 400)
    }

    @Test func `a checkpoint of something else is refused before anything is sent or cut`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Self.table { _ in false }
        let checkpoints = Mutex<[BulkCheckpoint]>([])
        try await bench.resource.table("t").export(to: folder.file("out"), options: ExportOptions(segments: 4)) {
            progress in
            checkpoints.withLock { $0.append(progress.checkpoint) }
        }
        let checkpoint = try #require(checkpoints.withLock { $0.first })
        let sent = bench.sent.count
        let size = try folder.bytes("out").count
        let wrong: [(String, ExportOptions)] = [
            ("other", ExportOptions(segments: 4, checkpoint: checkpoint)),
            ("t", ExportOptions(segments: 5, checkpoint: checkpoint)),
            ("t", ExportOptions(segments: 4, checkpoint: BulkCheckpoint("nonsense"))),
            ("t", ExportOptions(segments: 4, checkpoint: CheckpointContent(.import).checkpoint)),
        ]
        for (name, options) in wrong {
            let error = await #expect(throws: AlternatorError.self) {
                try await bench.resource.table(name).export(to: folder.file("out"), options: options)
            }
            #expect(error?.code == .tokenMismatch)
        }
        try folder.write("short", to: "short")
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("t").export(
                to: folder.file("short"),
                options: ExportOptions(segments: 4, checkpoint: checkpoint)
            )
        }
        #expect(error?.code == .file)
        #expect(bench.sent.count == sent)
        #expect(try folder.bytes("out").count == size)
    }

    @Test func `cancelling ends an export`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench { _, _ in .hang }
        let table = bench.resource.table("t")
        let task = Task { try await table.export(to: folder.file("out")) }
        try await eventually("requests hang") { bench.transport.hanging > 0 }
        task.cancel()
        let error = await #expect(throws: AlternatorError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        try await eventually("all cancelled") { bench.transport.hanging == 0 }
    }

    @Test func `a query is written in its order, a partial type with its attributes`() async throws {
        struct Hits: Decodable { var hits: Int }
        let folder = try TemporaryFolder()
        let bench = try await Bench(answers: [.ok(#"{"Items":[{"hits":{"N":"4"}},{"hits":{"N":"2"}}]}"#)])
        let query = bench.resource.table(Visit.self).query("x").descending().select(Hits.self)
        try await query.export(to: folder.file("out"))
        #expect(try folder.text("out") == "{\"Item\":{\"hits\":{\"N\":\"4\"}}}\n{\"Item\":{\"hits\":{\"N\":\"2\"}}}\n")
        #expect(bench.bodies.count == 1)
        #expect(!bench.bodies[0].contains("Segment"))
    }
}

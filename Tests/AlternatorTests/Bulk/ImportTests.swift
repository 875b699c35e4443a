import AlternatorTransport
import AlternatorWire
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Alternator

/// Imports against scripted answers: what is sent for a file, and what becomes of bad lines.
struct ImportTests {
    private static let description = ScriptedTransport.Reply.ok(
        #"{"Table":{"TableName":"t","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"#
            + #""AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}]}}"#
    )

    /// A table with the key `id`, S; `answer` is asked for writes, numbered from 0.
    private static func bench(
        _ answer: @escaping @Sendable (Int, String) -> ScriptedTransport.Reply? = { _, _ in nil }
    ) async throws -> Bench {
        let writes = Mutex(0)
        return try await Bench { _, call in
            if call.operation == "DescribeTable" { return description }
            let number = writes.withLock { count in
                count += 1
                return count - 1
            }
            return answer(number, String(decoding: call.body, as: UTF8.self))
        }
    }

    private static func put(_ item: String) -> String { #"{"PutRequest":{"Item":\#(item)}}"# }

    private static func request(_ items: String...) -> String {
        #"{"RequestItems":{"t":[\#(items.map(put).joined(separator: ","))]}}"#
    }

    private func writes(_ bench: Bench) -> [String] {
        bench.sent.filter { $0.operation == "BatchWriteItem" }.map(\.body)
    }

    // MARK: Forms

    @Test(arguments: [
        (#"{"Item":{"id":{"S":"a"},"n":{"N":"1e2"}}}"#, #"{"id":{"S":"a"},"n":{"N":"1e2"}}"#),
        (#"{"id":{"S":"a"},"l":{"L":[{"NULL":true}]}}"#, #"{"id":{"S":"a"},"l":{"L":[{"NULL":true}]}}"#),
        (#"  {"Item" : {"id" : {"S":"a"}} }  "#, #"{"id" : {"S":"a"}}"#),
        // An item with one attribute, the map "Item", beside its key.
        (#"{"Item":{"M":{}},"id":{"S":"a"}}"#, #"{"Item":{"M":{}},"id":{"S":"a"}}"#),
        (#"{"id":"a"}"#, #"{"id":{"S":"a"}}"#), (#"{"id":"a","n":1.50e1}"#, #"{"id":{"S":"a"},"n":{"N":"1.50e1"}}"#),
        (
            #"{"id":"a","v":[true,null,{"x":[]}]}"#,
            #"{"id":{"S":"a"},"v":{"L":[{"BOOL":true},{"NULL":true},{"M":{"x":{"L":[]}}}]}}"#
        ),
    ])
    func `each form of a line becomes its item`(line: String, item: String) async throws {
        let folder = try TemporaryFolder()
        let bench = try await Self.bench()
        let path = try folder.write(line + "\n", to: "in")
        let report = try await bench.resource.table("t").import(from: path)
        #expect(report == ImportReport(items: 1, lines: 1, requests: 1, skippedCount: 0, skipped: []))
        // Attributes of a plain line come in any order.
        let sent = try #require(writes(bench).first)
        let pair = try (tree(sent), tree(Self.request(item)))
        #expect(pair.0 == pair.1)
    }

    private func tree(_ text: String) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
    }

    @Test func `a key attribute called Item is none of a wrapped item`() throws {
        let line = ImportLine(keys: [("Item", .s)], check: nil)
        let bytes = Array(#"{"Item":{"S":"x"}}"#.utf8)
        let item = try #require(try line.item(in: bytes, 0..<bytes.count))
        #expect(item.range == 0..<bytes.count)
        #expect(item.key == ["x"])
    }

    @Test(arguments: [
        ("nonsense", "it is no JSON object"), (#"{"id":{"S":"a"}"#, "the line ends before its item"),
        (#"{"id":{"S":"a"}} x"#, "text follows the item at byte 16"),
        (#"{"Item":{"n":{"N":"1"}}}"#, #"the key attribute "id" is missing"#),
        (#"{"Item":{"id":{"N":"1"}}}"#, "is declared S but its value is N"),
        (#"{"id":{"S":""}}"#, "is an empty string"), (#"{"n":1}"#, #"the key attribute "id" is missing"#),
        (#"{"id":"a","n":1e200}"#, "too large"), (#"{"id":{"X":"a"}}"#, "no type that DynamoDB knows"),
        (#"{"id":{"S":"a"},"id":{"S":"b"}}"#, "duplicate member name"), ("[1]", "it is no JSON object"),
        (#"{"id":"a""#, "the line ends before its item"), ("{}", #"the key attribute "id" is missing"#),
    ])
    func `a bad line ends the import with its number and reason`(line: String, reason: String) async throws {
        let folder = try TemporaryFolder()
        let bench = try await Self.bench()
        let path = try folder.write("{\"id\":\"1\"}\n\n\(line)\n{\"id\":\"2\"}\n", to: "in")
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("t").import(from: path)
        }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains("Line 3 cannot be imported: ") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error?.table == "t")
    }

    @Test func `an item over several lines is a bad line`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Self.bench()
        let path = try folder.write("{\"id\":\n{\"S\":\"a\"}}\n", to: "in")
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("t").import(from: path)
        }
        #expect(error?.message.contains("Line 1 cannot be imported: the line ends before its item") == true)
    }

    @Test func `bad lines are left out and reported on request`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Self.bench()
        let path = try folder.write("{\"id\":\"1\"}\nbad\r\n\r\n{\"id\":\"2\"}\nworse", to: "in")
        let options = ImportOptions(badLines: .skip)
        let report = try await bench.resource.table("t").import(from: path, options: options)
        #expect(report.items == 2)
        #expect(report.lines == 5)
        #expect(report.skippedCount == 2)
        #expect(report.skipped.map(\.description) == ["line 2: it is no JSON object", "line 5: it is no JSON object"])
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("t").import(from: path, options: ImportOptions(badLines: .skip(atMost: 1)))
        }
        #expect(error?.message.contains("Line 5 ") == true)
    }

    @Test func `a typed table takes only lines its model can read`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench { _, call in
            call.operation == "DescribeTable"
                ? .ok(
                    #"{"Table":{"TableName":"visits","KeySchema":[{"AttributeName":"s","KeyType":"HASH"},"#
                        + #"{"AttributeName":"a","KeyType":"RANGE"}],"AttributeDefinitions":["#
                        + #"{"AttributeName":"s","AttributeType":"S"},{"AttributeName":"a","AttributeType":"N"}]}}"#
                ) : nil
        }
        let lines = [
            #"{"Item":{"s":{"S":"x"},"a":{"N":"1"},"hits":{"N":"1"},"extra":{"S":"kept"}}}"#,
            #"{"s":"x","a":2,"hits":5}"#, #"{"Item":{"s":{"S":"x"},"a":{"N":"3"}}}"#,
        ]
        let path = try folder.write(lines.joined(separator: "\n"), to: "in")
        let report = try await bench.resource.table(Visit.self).import(from: path, options: .init(badLines: .skip))
        #expect(report.items == 2)
        #expect(report.skipped.map(\.number) == [3])
        #expect(report.skipped[0].reason.contains("hits"))
        #expect(writes(bench)[0].contains(#""extra":{"S":"kept"}"#))
    }

    // MARK: Requests

    @Test func `lines are cut into chunks and sent side by side`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Self.bench { _, _ in .hang }
        let path = try folder.write((0..<100).map { "{\"id\":\"\($0)\"}\n" }.joined(), to: "in")
        let table = bench.resource.table("t")
        let task = Task { try await table.import(from: path, options: ImportOptions(chunkSize: 10, concurrency: 3)) }
        try await eventually("three requests") { bench.transport.hanging == 3 }
        #expect(writes(bench).count == 3)
        #expect(writes(bench).allSatisfy { $0.components(separatedBy: "PutRequest").count == 11 })
        task.cancel()
        let error = await #expect(throws: AlternatorError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        try await eventually("all cancelled") { bench.transport.hanging == 0 }
    }

    @Test func `of two lines with one key the last is written last`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Self.bench()
        let path = try folder.write(#"{"id":"a","n":1}"# + "\n" + #"{"id":"a","n":2}"# + "\n", to: "in")
        let report = try await bench.resource.table("t").import(from: path)
        #expect(report.requests == 2)
        #expect(writes(bench).map { $0.contains(#""n":{"N":"1"}"#) } == [true, false])
    }

    @Test func `unprocessed items are sent again, and stay an error if they stay`() async throws {
        let folder = try TemporaryFolder()
        let left = #"{"UnprocessedItems":{"t":[\#(Self.put(#"{"id":{"S":"2"}}"#))]}}"#
        let bench = try await Self.bench { number, _ in number == 0 ? .ok(left) : nil }
        let path = try folder.write("{\"id\":\"1\"}\n{\"id\":\"2\"}\n", to: "in")
        let report = try await bench.resource.table("t").import(from: path)
        #expect(report.items == 2)
        #expect(report.requests == 2)
        #expect(writes(bench)[1] == Self.request(#"{"id":{"S":"2"}}"#))
        #expect(bench.waits.all == [.microseconds(12_500)])

        let never = try await Self.bench { _, _ in .ok(left) }
        let error = await #expect(throws: AlternatorError.self) {
            try await never.resource.table("t").import(from: path, options: ImportOptions(rounds: 2))
        }
        #expect(error?.code == .throttled)
        #expect(error?.message.contains("lines 1 to 2") == true)
    }

    @Test func `a line that the server refuses is found by halving`() async throws {
        let folder = try TemporaryFolder()
        let refusing: @Sendable (Int, String) -> ScriptedTransport.Reply? = { _, body in
            body.contains(#"{"S":"7"}"#) || body.contains(#"{"S":"11"}"#)
                ? .error("ValidationException", "not this one") : nil
        }
        let path = try folder.write((1...16).map { "{\"id\":\"\($0)\"}\n" }.joined(), to: "in")
        let failing = try await Self.bench(refusing)
        let error = await #expect(throws: AlternatorError.self) {
            try await failing.resource.table("t").import(from: path)
        }
        #expect(error?.message.contains("Line 7 cannot be imported: not this one") == true)
        let skipping = try await Self.bench(refusing)
        let report = try await skipping.resource.table("t").import(from: path, options: ImportOptions(badLines: .skip))
        #expect(report.items == 14)
        #expect(report.skipped.map(\.number) == [7, 11])
    }

    @Test func `a table that is not there ends the import`() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("{\"id\":\"1\"}\n", to: "in")
        let bench = try await Bench { _, _ in .error("ResourceNotFoundException") }
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("t").import(from: path)
        }
        #expect(error?.code == .tableNotFound)
    }

    @Test func `options and files that cannot be are refused`() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Self.bench()
        let path = try folder.write("", to: "empty")
        for options in [ImportOptions(chunkSize: 0), ImportOptions(chunkSize: 101), ImportOptions(concurrency: 0)] {
            let error = await #expect(throws: AlternatorError.self) {
                try await bench.resource.table("t").import(from: path, options: options)
            }
            #expect(error?.code == .mapping)
        }
        let missing = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("t").import(from: folder.file("none"))
        }
        #expect(missing?.code == .file)
        #expect(bench.sent.isEmpty)
        #expect(try await bench.resource.table("t").import(from: path).items == 0)
    }

    // MARK: Packed

    @Test(arguments: [1, 3])
    func `a packed file of any number of members is read`(members: Int) async throws {
        let folder = try TemporaryFolder()
        let bench = try await Self.bench()
        let text = (0..<300).map { "{\"id\":\"\($0)\"}\n" }.joined()
        let bytes = Array(text.utf8)
        let size = bytes.count / members + 1
        let packed = stride(from: 0, to: bytes.count, by: size).flatMap {
            Compression.gzip.pack(Array(bytes[$0..<min($0 + size, bytes.count)]))
        }
        let path = folder.file("in")
        try Data(packed).write(to: URL(fileURLWithPath: path))
        let report = try await bench.resource.table("t").import(from: path)
        #expect(report.items == 300)
        #expect(report.lines == 300)

        try Data(packed.dropLast(4)).write(to: URL(fileURLWithPath: path))
        let short = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("t").import(from: path)
        }
        #expect(short?.code == .file)
        #expect(short?.message.contains("ends in the middle") == true)
        var broken = packed
        broken[packed.count / 2] ^= 0xFF
        try Data(broken).write(to: URL(fileURLWithPath: path))
        let damaged = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("t").import(from: path)
        }
        #expect(damaged?.code == .file || damaged?.code == .mapping)
    }

    // MARK: Going on

    /// 3000 lines of about 1 kB.
    private static func long() -> String {
        let filler = String(repeating: "y", count: 1000)
        return (0..<3000).map { "{\"id\":\"\($0)\",\"f\":\"\(filler)\"}\n" }.joined()
    }

    private static func ids(_ bodies: [String]) -> Set<Int> {
        Set(
            bodies.flatMap { body in
                body.components(separatedBy: #""id":{"S":""#).dropFirst().compactMap { Int($0.prefix { $0.isNumber }) }
            }
        )
    }

    @Test(arguments: [false, true])
    func `an import that broke off goes on without losing an item`(packed: Bool) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("in")
        let bytes = Array(Self.long().utf8)
        try Data(packed ? Compression.gzip.pack(bytes) : bytes).write(to: URL(fileURLWithPath: path))
        let options = ImportOptions(concurrency: 4, checkpointFile: folder.file("checkpoint"))
        let written = Mutex<Set<Int>>([])
        for failing in [50, 40, Int.max] {
            let bench = try await Self.bench { number, body in
                if number >= failing { return .error("ResourceNotFoundException") }
                written.withLock { $0.formUnion(Self.ids([body])) }
                return nil
            }
            if failing == .max {
                let report = try await bench.resource.table("t").import(from: path, options: options)
                #expect(report.items == 3000)
                #expect(report.lines == 3000)
                #expect(report.requests < 60)
                #expect(!folder.exists("checkpoint"))
            } else {
                let error = await #expect(throws: AlternatorError.self) {
                    try await bench.resource.table("t").import(from: path, options: options)
                }
                #expect(error?.code == .tableNotFound)
                #expect(folder.exists("checkpoint"))
            }
        }
        #expect(written.withLock { $0 } == Set(0..<3000))
    }

    @Test func `progress grows and its checkpoint belongs to the file and the table`() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.long(), to: "in")
        let bench = try await Self.bench()
        let seen = Mutex<[ImportProgress]>([])
        try await bench.resource.table("t").import(from: path) { progress in seen.withLock { $0.append(progress) } }
        let all = seen.withLock { $0 }
        #expect(all.count >= 3)
        #expect(all.map(\.items) == all.map(\.items).sorted())
        #expect(all.last?.items == 3000)
        #expect(all.last?.fraction == 1)
        #expect(all.last?.bytes == all.last?.fileSize)
        let checkpoint = try #require(all.first?.checkpoint)
        try folder.write(Self.long() + "{\"id\":\"new\"}\n", to: "longer")
        for (table, file) in [("t", "longer"), ("other", "in")] {
            let error = await #expect(throws: AlternatorError.self) {
                try await bench.resource.table(table).import(
                    from: folder.file(file),
                    options: ImportOptions(checkpoint: checkpoint)
                )
            }
            #expect(error?.code == .tokenMismatch)
        }
    }

    // MARK: Lines

    @Test func `lines are cut wherever the blocks end`() throws {
        let text = Array("one\n\nthree\r\nfour".utf8)
        for size in 1...text.count {
            var splitter = LineSplitter()
            var lines: [String] = []
            var ends: [Int] = []
            for start in stride(from: 0, to: text.count, by: size) {
                splitter.append(Array(text[start..<min(start + size, text.count)]))
                while let line = try splitter.next() {
                    lines.append(String(decoding: splitter.bytes[line.range], as: UTF8.self))
                    ends.append(line.endOffset)
                }
            }
            splitter.append([])
            if let line = splitter.last() {
                lines.append(String(decoding: splitter.bytes[line.range], as: UTF8.self))
                ends.append(line.endOffset)
            }
            #expect(lines == ["one", "", "three\r", "four"])
            #expect(ends == [4, 5, 12, 16])
            #expect(splitter.last() == nil)
        }
    }

    @Test func `a line without end is refused, not collected`() throws {
        var splitter = LineSplitter(maximumBytes: 10)
        splitter.append(Array(repeating: 0x20, count: 11))
        #expect(throws: AlternatorError.self) { try splitter.next() }
    }
}

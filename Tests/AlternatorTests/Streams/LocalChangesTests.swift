import Alternator
import Foundation
import TestSupport
import Testing

/// `changes(from:)` against the embedded cluster with its four shards.
struct LocalChangesTests {
    private let quick = ChangeOptions(pollInterval: .milliseconds(5), idlePollInterval: .milliseconds(20))

    private func withUsers<Result>(
        _ body: (AlternatorResource, TypedTable<User>) async throws -> Result
    ) async throws -> Result {
        try await withLocal { resource in
            let users = resource.table("users", of: User.self)
            try await users.create(CreateOptions(stream: .newAndOldImages))
            return try await body(resource, users)
        }
    }

    @Test func `every change of every shard is given once, each item's in order`() async throws {
        try await withUsers { _, users in
            for number in 0..<40 { try await users.put(User(id: "u\(number)", name: "n", visits: 0)) }
            for number in 0..<40 { try await users.update("u\(number)") { $0.visits.add(1) } }
            for number in 0..<20 { try await users.delete("u\(number)") }
            var events: [String: [String]] = [:]
            var shards: Set<String> = []
            var count = 0
            for try await change in users.changes(from: .trimHorizon, options: quick) {
                let id = try users.key(of: change).partition
                events[id, default: []].append(
                    "\(change.event) \(change.old?.visits ?? -1) \(change.new?.visits ?? -1)"
                )
                shards.insert(change.shardID)
                count += 1
                if count == 100 { break }
            }
            #expect(shards.count == 4)
            #expect(events.count == 40)
            for (id, list) in events {
                let number = Int(id.dropFirst()) ?? -1
                let expected = ["inserted -1 0", "modified 0 1"] + (number < 20 ? ["removed 1 -1"] : [])
                #expect(list == expected)
            }
        }
    }

    @Test func `after each change reading can stop and go on without losing or repeating one`() async throws {
        try await withUsers { _, users in
            var written: [String] = []
            for number in 0..<12 {
                try await users.put(User(id: "u\(number % 5)", name: "\(number)", visits: 0))
                written.append("\(number)")
            }
            var seen: [String] = []
            var position = StreamPosition.trimHorizon
            while seen.count < 12 {
                // A new reader for each change, as after a crash right behind it.
                for try await change in users.changes(from: position, options: quick) {
                    seen.append(try #require(change.new?.name))
                    let text = change.checkpoint.description
                    position = .at(StreamCheckpoint(text))
                    break
                }
            }
            #expect(seen.sorted() == written.sorted())
            // More arrives, and nothing of the old comes again.
            try await users.put(User(id: "late", name: "late", visits: 0))
            for try await change in users.changes(from: position, options: quick) {
                #expect(change.new?.name == "late")
                break
            }
        }
    }

    @Test func `latest gives only what is written from then on`() async throws {
        try await withUsers { _, users in
            for number in 0..<8 { try await users.put(User(id: "old\(number)", name: "old", visits: 0)) }
            let quick = quick
            let reader = Task {
                var names: [String] = []
                for try await change in users.changes(from: .latest, options: quick) {
                    names.append(change.new?.name ?? "-")
                    if names.last == "end" { break }
                }
                return names
            }
            // Written again and again until the reader has its place and sees one.
            let writer = Task {
                while !Task.isCancelled {
                    try await users.put(User(id: "\(UUID())", name: "end", visits: 0))
                }
            }
            let names = try await reader.value
            writer.cancel()
            #expect(names == ["end"])
        }
    }

    @Test func `a stream that is turned off ends the sequence when it is read`() async throws {
        try await withUsers { _, users in
            for number in 0..<5 { try await users.put(User(id: "u\(number)", name: "n", visits: 0)) }
            try await users.disableStream()
            try await users.disableStream()
            var count = 0
            for try await change in users.changes(from: .trimHorizon, options: quick) {
                #expect(change.event == .inserted)
                count += 1
            }
            #expect(count == 5)
        }
    }

    @Test func `a checkpoint of a stream made anew is refused, not read from elsewhere`() async throws {
        try await withUsers { _, users in
            try await users.put(User(id: "u", name: "n", visits: 0))
            var checkpoint: StreamCheckpoint?
            for try await change in users.changes(from: .trimHorizon, options: quick) {
                checkpoint = change.checkpoint
                break
            }
            try await users.disableStream()
            try await users.enableStream()
            let position = StreamPosition.at(try #require(checkpoint))
            let error = await #expect(throws: AlternatorError.self) {
                for try await _ in users.changes(from: position, options: quick) {}
            }
            #expect(error?.code == .changesTrimmed)
        }
    }

    @Test func `tables by name give attributes, or any type`() async throws {
        try await withUsers { resource, users in
            let table = resource.table("users")
            try await users.put(User(id: "u", name: "n", visits: 3))
            for try await change in table.changes(from: .oldest, options: quick) {
                #expect(change.new == ["id": "u", "name": "n", "visits": 3])
                break
            }
            struct Name: Decodable { var name: String }
            for try await change in table.changes(Name.self, from: .oldest, options: quick) {
                #expect(change.new?.name == "n")
                break
            }
        }
    }

    @Test func `a stream may carry the keys alone`() async throws {
        try await withLocal { resource in
            let users = resource.table("users", of: User.self)
            try await users.create()
            try await users.enableStream(.keysOnly)
            try await users.enableStream(.keysOnly)
            try await users.put(User(id: "u", name: "n", visits: 3))
            for try await change in users.changes(from: .trimHorizon, options: quick) {
                #expect(change.keys == ["id": "u"])
                #expect(change.new == nil)
                break
            }
        }
    }
}

import Alternator
import Foundation
import Testing

extension MapperScenarios {
    // MARK: - Export and import

    @Test(arguments: ["users.jsonl", "users.jsonl.gz"])
    func `a table is exported and imported into another one`(file: String) async throws {
        try await scenario("bulk") { resource, tables in
            let folder = try TemporaryFolder()
            let from = resource.table(tables.name("from"), of: Visitor.self)
            try await from.create()
            let all = (0..<300).map { Visitor(id: "user \($0)", name: "Zoë \"\($0)\"\n", visits: $0, email: "\($0)@x") }
            _ = try await from.batchWrite(put: all)
            let exported = try await from.export(to: folder.file(file), options: ExportOptions(segments: 8))
            #expect(exported.items == 300)

            let to = resource.table(tables.name("to"), of: Visitor.self)
            try await to.create()
            let imported = try await to.import(from: folder.file(file))
            #expect(imported.items == 300)
            let found = try await to.get(all.map(\.id), consistent: true)
            #expect(found.count == 300)
            #expect(all.allSatisfy { found[$0.id] == $0 })
        }
    }

    @Test func `attributes of every kind survive an export and import by name`() async throws {
        try await scenario("bulk untyped") { resource, tables in
            let folder = try TemporaryFolder()
            let (from, to) = (tables.name("from"), tables.name("to"))
            try await resource.table(from).create(partitionKey: KeyDefinition("id", .s))
            try await resource.table(to).create(partitionKey: KeyDefinition("id", .s))
            let item: [String: AttributeValue] = [
                "id": "u1", "age": 30, "ok": true, "nothing": nil, "list": ["a", 1, [nil]], "map": ["k": ["deep": "ü"]],
                "bytes": .binary([0, 255]), "strings": .stringSet(["x", "y"]), "numbers": .numberSet([1, 2]),
            ]
            try await resource.table(from).put(item)
            try await resource.table(from).export(to: folder.file("out"))
            let report = try await resource.table(to).import(from: folder.file("out"))
            #expect(report.items == 1)
            #expect(try await resource.table(to).get(key: ["id": "u1"], consistent: true) == item)
        }
    }

    // MARK: - Streams

    @Test func `changes are followed, stopped and taken up again`() async throws {
        try await scenario("changes") { resource, tables in
            let name = tables.name("users")
            let users = resource.table(name, of: Visitor.self)
            try await users.create(CreateOptions(stream: .newAndOldImages))
            let options = ChangeOptions(pollInterval: .milliseconds(20), idlePollInterval: .milliseconds(200))
            try await users.put(Visitor(id: "u", name: "Ada", visits: 1))
            try await users.update("u") { $0.visits.add(1) }
            try await users.delete("u")
            var seen: [String] = []
            var position = StreamPosition.trimHorizon
            while seen.count < 3 {
                for try await change in users.changes(from: position, options: options) {
                    seen.append("\(change.event) \(change.old?.visits ?? 0) \(change.new?.visits ?? 0)")
                    #expect(try users.key(of: change).partition == "u")
                    position = .at(change.checkpoint)
                    break
                }
            }
            #expect(seen == ["inserted 0 1", "modified 1 2", "removed 2 0"])
            for try await change in resource.table(name).changes(from: .oldest, options: options) {
                #expect(change.keys == ["id": "u"])
                #expect(change.new?["name"] == "Ada")
                break
            }
        }
    }

    // MARK: - Many conditional writes

    @Test func `many conditional writes have one outcome each`() async throws {
        try await scenario("write each") { resource, tables in
            let users = resource.table(tables.name("users"), of: Visitor.self)
            try await users.create()
            try await users.put(Visitor(id: "u1", name: "Ada", visits: 5))
            let outcomes = await resource.writeEach([
                users.putRequest(Visitor(id: "u2", name: "Eve", visits: 0), if: { $0.id.isMissing() }),
                users.updateRequest(.init("u1"), if: { $0.visits > 9 }) { $0.visits.add(1) },
                users.updateRequest(.init("u1"), if: { $0.visits < 9 }) { $0.name.set("Bob") },
            ])
            #expect(try outcomes[0].get() == .written)
            guard case .conditionFailed(let existing) = try outcomes[1].get() else {
                Issue.record("the condition is false")
                return
            }
            #expect(existing?["visits"] == 5)
            #expect(try outcomes[2].get() == .written)
            #expect(try await users.get("u1", consistent: true)?.name == "Bob")
            #expect(try await users.get("u2", consistent: true)?.name == "Eve")
        }
    }

    // MARK: - Partial types

    @Test func `a partial type fetches its attributes alone, one item or many`() async throws {
        try await scenario("partial types") { resource, tables in
            struct Title: Decodable, Equatable { var title: String }
            let name = tables.name("notes")
            let notes = resource.table(name, of: Note.self)
            try await notes.create()
            for number in 0..<5 { try await notes.put(.sample("ann", number)) }
            #expect(try await notes.get("ann", 2, as: Title.self, consistent: true) == Title(title: "Note 2"))
            let many = try await notes.get(keys: (0..<7).map { .init("ann", $0) }, as: Title.self, consistent: true)
            #expect(many.count == 5)
            #expect(many[.init("ann", 4)] == Title(title: "Note 4"))
            let queried = try await notes.query("ann", .less(3)).select(Title.self).all(max: 9)
            #expect(queried == (0..<3).map { Title(title: "Note \($0)") })
            let one = try await resource.table(name).get(partial: Title.self, key: ["pk": "ann", "sk": 1])
            #expect(one == Title(title: "Note 1"))
            #expect(try await resource.table(name).count() == 5)
        }
    }
}

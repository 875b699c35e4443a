import Alternator
import Foundation
import Testing

extension MapperScenarios {
    // MARK: - Batches

    @Test func `batches write and read any number of items`() async throws {
        try await scenario("batches") { resource, tables in
            let users = resource.table(tables.name("users"), of: Visitor.self)
            try await users.create()
            let all = (0..<130).map { Visitor(id: "user \($0)", name: "n", visits: $0) }
            let report = try await users.batchWrite(put: all)
            #expect(report.written == 130)
            #expect(report.unprocessed.isEmpty)
            let found = try await users.get(all.map(\.id) + ["nobody", "user 1"], consistent: true)
            #expect(found.count == 130)
            #expect(found["user 99"] == all[99])
            let removal = try await users.batchWrite(delete: all.prefix(100).map { .init($0.id) })
            #expect(removal.written == 100)
            #expect(try await users.scan().count() == 30)
        }
    }

    // MARK: - Locking

    @Test func `concurrent changes of a versioned item are all kept`() async throws {
        try await scenario("locking") { resource, tables in
            let counters = resource.table(tables.name("counters"), of: Counter.self)
            try await counters.create()
            try await counters.insert(Counter(id: "c", total: 0))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await counters.modify("c", attempts: 100) { $0.total += 1 } }
                }
                try await group.waitForAll()
            }
            #expect(try await counters.get("c", consistent: true)?.total == 8)
        }
    }

    // MARK: - Conditions

    @Test func `filters by membership, size, range and negation`() async throws {
        try await scenario("filter operators") { resource, tables in
            let notes = resource.table(tables.name("notes"), of: Note.self)
            try await notes.create()
            for number in 0..<10 { try await notes.put(.sample("ann", number)) }
            func numbers(_ condition: (Fields<Note>) -> Condition<Note>) async throws -> [Int] {
                try await notes.query("ann").where(condition).all(max: 100).map(\.number)
            }
            let floors = try await numbers { $0.place.floor.isIn([1, 2, 7]) }
            #expect(floors == [1, 2, 7])
            let sizes = try await numbers { $0.lines.sizeOf == 3 && $0.place.floor > 7 }
            #expect(sizes == [8])
            let negated = try await numbers { !($0.isDraft == true || $0.title == "Note 1") }
            #expect(negated == [3, 5, 7, 9])
            let tagged = try await numbers { $0.tags.contains("b") && $0.price.between(Decimal(19), Decimal(20)) }
            #expect(tagged.count == 10)
        }
    }

    @Test func `a condition compares values of different types as unequal`() async throws {
        try await scenario("types differ") { resource, tables in
            let name = tables.name("users")
            try await resource.table(name, of: Visitor.self).create()
            let table = resource.table(name)
            try await table.put(["id": "u", "value": "text"])
            let refusal = try await failure {
                try await table.update(key: ["id": "u"], if: { $0["value"] > 5 }) { $0["value"].set(6) }
            }
            #expect(refusal.code == .conditionFailed)
        }
    }

    // MARK: - Numbers

    @Test func `numbers are kept as plain decimals`() async throws {
        try await scenario("number forms") { resource, tables in
            let name = tables.name("users")
            try await resource.table(name, of: Visitor.self).create()
            let table = resource.table(name)
            try await table.put(["id": "u", "n": .number(AttributeNumber("1.50e3")!)])
            let item = try await table.get(key: ["id": "u"], consistent: true)
            guard case .number(let number)? = item?["n"] else {
                Issue.record("not a number: \(String(describing: item?["n"]))")
                return
            }
            #expect(number.description == "1500")
        }
    }

    // MARK: - Refusals

    @Test func `a key of the wrong type is refused by the server`() async throws {
        try await scenario("key type") { resource, tables in
            let name = tables.name("users")
            try await resource.table(name, of: Visitor.self).create()
            let refusal = try await failure { try await resource.table(name).put(["id": 5]) }
            #expect(refusal.code == .validation)
            #expect(refusal.table == name)
        }
    }

    @Test func `a batch with one key twice is refused by the server`() async throws {
        try await scenario("duplicate keys") { resource, tables in
            let name = tables.name("users")
            try await resource.table(name, of: Visitor.self).create()
            let item: [String: AttributeValue] = ["id": "u"]
            let refusal = try await failure {
                _ = try await resource.client.batchWriteItem(
                    BatchWriteItemRequest(requestItems: [name: [.put(item), .put(item)]])
                )
            }
            #expect(refusal.code == .validation)
        }
    }
}

import Alternator
import AlternatorLocal
import Foundation
import Testing

/// One table value in the hands of many tasks: the Thread Sanitizer watches these.
struct SharedTableTests {
    private static let tasks = 64

    /// Runs a body in many tasks at once, each with its number.
    private func everywhere(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<Self.tasks { group.addTask { try await body(number) } }
            try await group.waitForAll()
        }
    }

    @Test func `64 tasks share one typed table for every verb`() async throws {
        try await withLocal(nodes: 2) { resource in
            let users = resource.table("users", of: IndexedVisitor.self)
            try await users.create()
            let query = users.scan().where { $0.visits >= 0 }.pageSize(50)
            try await everywhere { number in
                let id = "u\(number)"
                let user = IndexedVisitor(id: id, city: "Bern", visits: number)
                try await users.insert(user)
                try await users.put(user)
                try await users.update(id, if: { $0.visits == number }) { $0.visits.add(1) }
                // Closures stay outside of #expect: the 6.3.1 compiler confuses those of several.
                let updated = try await users.updated(id) { $0.city.remove() }
                #expect(updated.visits == number + 1)
                let replaced = try await users.replace(user)
                #expect(replaced?.visits == number + 1)
                _ = try await users.tryPut(user, if: { $0.city == "Bern" })
                #expect(try await users.get(id, consistent: true) == user)
                #expect(try await users.get([id])[id] == user)
                #expect(try await users.query(id).all(max: 9) == [user])
                _ = try await users.query(IndexedVisitor.byCity, "Bern").limit(3).page()
                _ = try await query.count()
                for try await found in query.limit(2) { #expect(found.visits >= 0) }
                _ = try await users.batchWrite(put: [user])
                _ = try await users.with { $0.requestTimeout = .seconds(20) }.get(id)
                #expect(try await users.removed(id) == user)
                try await users.delete(id)
            }
            #expect(try await users.count() == 0)
        }
    }

    @Test func `64 tasks share one untyped table and one versioned model`() async throws {
        try await withLocal(nodes: 2) { resource in
            let table = resource.table("plain")
            try await table.create(partitionKey: KeyDefinition("id", .s))
            let counters = resource.table("counters", of: Counter.self)
            try await counters.create()
            for number in 0..<8 { try await counters.insert(Counter(id: "c\(number)", total: 0)) }
            try await everywhere { number in
                let key: ItemKey = ["id": "u\(number)"]
                try await table.put(["id": .string("u\(number)"), "n": 1])
                try await table.update(key: key) { $0["n"].add(1) }
                let updated = try await table.updated(key: key) { $0["n"].set($0["n"] + 1) }
                #expect(updated["n"] == 3)
                #expect(try await table.get(key: key, consistent: true)?["n"] == 3)
                _ = try await table.scan().limit(3).all(max: 3)
                _ = try await counters.modify("c\(number % 8)", attempts: 200) { $0.total += 1 }
            }
            #expect(try await table.count() == Self.tasks)
            var total = 0
            for try await counter in counters.scan() { total += counter.total }
            #expect(total == Self.tasks)
        }
    }
}

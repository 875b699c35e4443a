import Alternator
import Foundation
import Testing

/// The column of typed tables.
enum TypedMatrix {
    private static func users(
        _ resource: AlternatorResource,
        _ tables: ScenarioTables
    ) async throws -> TypedTable<Visitor> {
        let users = resource.table(tables.name("typed"), of: Visitor.self)
        try await users.create()
        return users
    }

    private static func notes(_ resource: AlternatorResource, _ tables: ScenarioTables) async throws -> TypedTable<Note>
    {
        let notes = resource.table(tables.name("notes"), of: Note.self)
        try await notes.create()
        for number in 0..<10 { try await notes.put(.sample("ann", number)) }
        return notes
    }

    private static func counters(
        _ resource: AlternatorResource,
        _ tables: ScenarioTables
    ) async throws -> TypedTable<Counter> {
        let counters = resource.table(tables.name("counters"), of: Counter.self)
        try await counters.create()
        return counters
    }

    private static let ada = Visitor(id: "u", name: "Ada", visits: 1)

    private struct Brief: Decodable, Equatable {
        var id: String
        var visits: Int
    }

    static func cell(_ operation: TableOperation) -> MatrixCell {
        switch operation {
        case .insert, .put, .conditionalPut, .tryPut, .replace, .putEach: writes(operation)
        case .get, .getPartial, .update, .conditionalUpdate, .updated, .delete, .conditionalDelete, .removed:
            items(operation)
        case .save, .modify: locking(operation)
        case .query, .querySort, .queryIndex, .page, .scan, .parallelScan, .filter, .count: reads(operation)
        case .batchGet, .batchWrite, .batchOverTables: batches(operation)
        case .create, .describe, .waitUntilActive, .deleteTable, .verifySchema, .verifyMapping, .addAndRemoveIndex,
            .timeToLive, .tags, .tableNames, .transactions:
            tables(operation)
        }
    }

    private static func writes(_ operation: TableOperation) -> MatrixCell {
        .run { resource, tables in
            let users = try await users(resource, tables)
            try await users.insert(ada)
            switch operation {
            case .insert:
                let again = try await failure { try await users.insert(ada) }
                #expect(again.code == .conditionFailed)
            case .put: try await users.put(Visitor(id: "u", name: "Eve", visits: 2))
            case .conditionalPut:
                try await users.put(Visitor(id: "u", name: "Eve", visits: 2), if: { $0.visits == 1 })
                let refused = try await failure { try await users.put(ada, if: { $0.visits == 1 }) }
                #expect(refused.code == .conditionFailed)
            case .tryPut:
                let outcome = try await users.tryPut(Visitor(id: "u", name: "Eve", visits: 2), if: { $0.visits == 1 })
                guard case .written = outcome else {
                    Issue.record("the condition holds")
                    return
                }
            case .replace:
                #expect(try await users.replace(Visitor(id: "u", name: "Eve", visits: 2)) == ada)
            default:
                let others = [Visitor(id: "u", name: "Eve", visits: 2), Visitor(id: "v", name: "Bob", visits: 3)]
                let outcomes = await users.putEach(others, if: { $0.visits == 1 })
                guard outcomes.count == 2, case .success(.written) = outcomes[0],
                    case .success(.conditionFailed) = outcomes[1]
                else {
                    Issue.record("\(outcomes)")
                    return
                }
            }
            let name = operation == .insert ? "Ada" : "Eve"
            #expect(try await users.get("u", consistent: true)?.name == name)
        }
    }

    private static func items(_ operation: TableOperation) -> MatrixCell {
        .run { resource, tables in
            let users = try await users(resource, tables)
            try await users.put(ada)
            switch operation {
            case .get:
                #expect(try await users.get("u") == ada)
                #expect(try await users.get("nobody", consistent: true) == nil)
            case .getPartial:
                #expect(try await users.get("u", as: Brief.self) == Brief(id: "u", visits: 1))
            case .update:
                try await users.update("u") { $0.visits.add(4) }
                #expect(try await users.get("u", consistent: true)?.visits == 5)
            case .conditionalUpdate:
                try await users.update("u", if: { $0.visits == 1 }) { $0.name.set("Eve") }
                let refused = try await failure {
                    try await users.update("u", if: { $0.visits == 2 }) { $0.name.set("Bob") }
                }
                #expect(refused.code == .conditionFailed)
                #expect(try await users.get("u", consistent: true)?.name == "Eve")
            case .updated:
                let updated = try await users.updated("u") { $0.visits.add(4) }
                #expect(updated.visits == 5)
            case .delete:
                try await users.delete("u")
                try await users.delete("u")
                #expect(try await users.get("u", consistent: true) == nil)
            case .conditionalDelete:
                let refused = try await failure { try await users.delete("u", if: { $0.visits == 2 }) }
                #expect(refused.code == .conditionFailed)
                try await users.delete("u", if: { $0.visits == 1 })
                #expect(try await users.get("u", consistent: true) == nil)
            default:
                #expect(try await users.removed("u") == ada)
                #expect(try await users.removed(ada) == nil)
            }
        }
    }

    private static func locking(_ operation: TableOperation) -> MatrixCell {
        .run { resource, tables in
            let counters = try await counters(resource, tables)
            let first = try await counters.save(Counter(id: "c", total: 1))
            #expect(first.revision == 1)
            if operation == .modify {
                let changed = try await counters.modify("c") { $0.total += 1 }
                #expect(changed == Counter(id: "c", total: 2, revision: 2))
            } else {
                _ = try await counters.save(first)
                let conflict = try await failure { _ = try await counters.save(first) }
                #expect(conflict.code == .versionConflict)
            }
        }
    }

    private static func reads(_ operation: TableOperation) -> MatrixCell {
        .run { resource, tables in
            let notes = try await notes(resource, tables)
            switch operation {
            case .query: #expect(try await notes.query("ann").all(max: 99).map(\.number) == Array(0..<10))
            case .querySort:
                let found = try await notes.query("ann", .between(3, 5)).descending().all(max: 99)
                #expect(found.map(\.number) == [5, 4, 3])
            case .queryIndex:
                let indexed = resource.table(tables.name("indexed"), of: IndexedVisitor.self)
                try await indexed.create()
                try await indexed.put(IndexedVisitor(id: "a", city: "Bern", visits: 1))
                try await indexed.put(IndexedVisitor(id: "b", city: nil, visits: 2))
                let found = try await indexed.query(IndexedVisitor.byCity, "Bern").all(max: 9)
                #expect(found.map(\.id) == ["a"])
            case .page:
                let page = try await notes.query("ann").limit(4).page()
                #expect(page.items.map(\.number) == [0, 1, 2, 3])
                let next = try await notes.query("ann").limit(4).after(page.next).page()
                #expect(next.items.map(\.number) == [4, 5, 6, 7])
            case .scan: #expect(Set(try await notes.scan().all(max: 99).map(\.number)) == Set(0..<10))
            case .parallelScan:
                var found: Set<Int> = []
                for try await note in notes.scan().parallel(segments: 4, concurrency: 2) { found.insert(note.number) }
                #expect(found == Set(0..<10))
            case .filter:
                let drafts = try await notes.query("ann").where { $0.isDraft == true }.all(max: 99)
                #expect(drafts.count == 5)
            default:
                #expect(try await notes.count() == 10)
                #expect(try await notes.query("ann", .less(4)).count() == 4)
            }
        }
    }

    private static func batches(_ operation: TableOperation) -> MatrixCell {
        .run { resource, tables in
            let users = try await users(resource, tables)
            let all = (0..<30).map { Visitor(id: "u\($0)", name: "n", visits: $0) }
            switch operation {
            case .batchGet:
                for user in all.prefix(3) { try await users.put(user) }
                let found = try await users.get(["u0", "u2", "u2", "nobody"], consistent: true)
                #expect(found == ["u0": all[0], "u2": all[2]])
            case .batchWrite:
                let report = try await users.batchWrite(put: all)
                #expect(report.written == 30)
                _ = try await users.batchWrite(delete: all.prefix(10).map { .init($0.id) })
                #expect(try await users.count() == 20)
            default:
                let counters = resource.table(tables.name("second"), of: Visitor.self)
                try await counters.create()
                let report = try await resource.batchWrite([
                    users.putRequest(all[0]), counters.putRequest(all[1]), users.deleteRequest(.init("nobody")),
                ])
                #expect(report.written == 3)
                #expect(try await counters.get("u1", consistent: true) == all[1])
            }
        }
    }

    private static func tables(_ operation: TableOperation) -> MatrixCell {
        .run { resource, tables in
            let name = tables.name("managed")
            let users = resource.table(name, of: IndexedVisitor.self)
            try await users.create()
            switch operation {
            case .create: try await users.create(ifNotExists: true)
            case .describe: #expect(try await users.describe().keySchema.map(\.attributeName) == ["id"])
            case .waitUntilActive: try await users.waitUntilActive(indexes: true)
            case .deleteTable:
                try await users.deleteTable()
                try await users.deleteTable(ifExists: true)
            case .verifySchema:
                #expect(try await users.verifySchema() == [])
                let other = resource.table(name, of: Note.self)
                #expect(try await other.verifySchema().isEmpty == false)
            case .verifyMapping: try users.verifyMapping(sample: IndexedVisitor(id: "a", city: "b", visits: 1))
            case .addAndRemoveIndex:
                try await users.removeIndex("byCity")
                try await users.waitUntilActive(indexes: true)
                try await users.addIndex(IndexedVisitor.byCity)
                try await users.waitUntilActive(indexes: true)
                #expect(try await users.describe().globalSecondaryIndexes.map(\.indexName) == ["byCity"])
            case .timeToLive:
                let expiring = resource.table(tables.name("expiring"), of: ExpiringVisitor.self)
                try await expiring.create()
                #expect(try await expiring.verifySchema() == [])
                try await expiring.setTimeToLive(false)
            case .tags:
                try await users.setTags(["team": "a", "stage": "test"])
                #expect(try await users.tags()["team"] == "a")
                try await users.removeTags(["team"])
                #expect(try await users.tags()["team"] == nil)
            case .tableNames: #expect(try await resource.tableNames().contains(name))
            default:
                let refused = try await failure {
                    try await resource.transactWrite([users.putRequest(IndexedVisitor(id: "a", city: nil, visits: 1))])
                }
                #expect(refused.code == .unsupportedByServer)
            }
        }
    }
}

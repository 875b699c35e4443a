import Alternator
import Foundation
import Testing

/// The column of tables by name, with attributes instead of a model.
enum UntypedMatrix {
    private static func users(_ resource: AlternatorResource, _ tables: ScenarioTables) async throws -> Table {
        let users = resource.table(tables.name("untyped"))
        try await users.create(partitionKey: KeyDefinition("id", .s))
        return users
    }

    private static func notes(_ resource: AlternatorResource, _ tables: ScenarioTables) async throws -> Table {
        let notes = resource.table(tables.name("ranged"))
        try await notes.create(
            partitionKey: KeyDefinition("pk", .s),
            sortKey: KeyDefinition("sk", .n),
            indexes: [.global("byColor", KeyDefinition("color", .s))]
        )
        for number in 0..<10 {
            var note: [String: AttributeValue] = [
                "pk": "ann", "sk": .number(AttributeNumber(number)), "even": .bool(number % 2 == 0),
            ]
            if number < 3 { note["color"] = "red" }
            try await notes.put(note)
        }
        return notes
    }

    private static let ada: [String: AttributeValue] = ["id": "u", "name": "Ada", "visits": 1]
    private static let eve: [String: AttributeValue] = ["id": "u", "name": "Eve", "visits": 2]
    private static let key: ItemKey = ["id": "u"]

    static func cell(_ operation: TableOperation) -> MatrixCell {
        switch operation {
        case .insert, .put, .conditionalPut, .tryPut, .replace: writes(operation)
        case .putEach: .absent("many conditional puts are offered on typed tables; tryPut in a task group does it here")
        case .get, .getPartial, .update, .conditionalUpdate, .updated, .delete, .conditionalDelete, .removed:
            items(operation)
        case .save, .modify: .absent("a version is declared by a model")
        case .query, .querySort, .queryIndex, .page, .scan, .parallelScan, .filter, .count: reads(operation)
        case .batchGet, .batchWrite, .batchOverTables: batches(operation)
        case .verifySchema, .verifyMapping: .absent("there is no model to compare with")
        case .create, .describe, .waitUntilActive, .deleteTable, .addAndRemoveIndex, .timeToLive, .tags, .tableNames,
            .transactions:
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
            case .put: try await users.put(eve)
            case .conditionalPut:
                try await users.put(eve, if: { $0["visits"] == 1 })
                let refused = try await failure { try await users.put(ada, if: { $0["visits"] == 1 }) }
                #expect(refused.code == .conditionFailed)
            case .tryPut:
                _ = try await users.tryPut(eve, if: { $0["visits"] == 1 })
                let outcome = try await users.tryPut(ada, if: { $0["visits"] == 1 })
                guard case .conditionFailed(let existing) = outcome else {
                    Issue.record("the condition fails")
                    return
                }
                #expect(existing == eve)
            default: #expect(try await users.replace(eve) == ada)
            }
            #expect(try await users.get(key: key, consistent: true) == (operation == .insert ? ada : eve))
        }
    }

    private static func items(_ operation: TableOperation) -> MatrixCell {
        .run { resource, tables in
            let users = try await users(resource, tables)
            try await users.put(ada)
            switch operation {
            case .get:
                #expect(try await users.get(key: key, consistent: true) == ada)
                #expect(try await users.get(key: ["id": "nobody"]) == nil)
            case .getPartial:
                struct Brief: Decodable { var visits: Int }
                #expect(try await users.get(Brief.self, key: key)?.visits == 1)
            case .update:
                try await users.update(key: key) {
                    $0["visits"].set($0["visits"] + 4)
                    $0["name"].remove()
                }
                #expect(try await users.get(key: key, consistent: true) == ["id": "u", "visits": 5])
                try await users.update(key: key, expression: "SET visits = visits - \(2)")
                #expect(try await users.get(key: key, consistent: true) == ["id": "u", "visits": 3])
            case .conditionalUpdate:
                try await users.update(key: key, if: { $0["visits"] == 1 }) { $0["name"].set("Eve") }
                let refused = try await failure {
                    try await users.update(key: key, if: { $0["visits"] == 2 }) { $0["name"].set("Bob") }
                }
                #expect(refused.code == .conditionFailed)
                #expect(try await users.get(key: key, consistent: true)?["name"] == "Eve")
            case .updated:
                let updated = try await users.updated(key: key) { $0["visits"].add(4) }
                #expect(updated["visits"] == 5)
                let typed = try await users.updated(Visitor.self, key: key) { $0.visits.add(1) }
                #expect(typed.visits == 6)
            case .delete:
                try await users.delete(key: key)
                try await users.delete(key: key)
                #expect(try await users.get(key: key, consistent: true) == nil)
            case .conditionalDelete:
                let refused = try await failure { try await users.delete(key: key, if: { $0["visits"] == 2 }) }
                #expect(refused.code == .conditionFailed)
                try await users.delete(key: key, if: { $0["visits"] == 1 })
                #expect(try await users.get(key: key, consistent: true) == nil)
            default:
                #expect(try await users.removed(key: key) == ada)
                #expect(try await users.removed(key: key) == nil)
            }
        }
    }

    private static func reads(_ operation: TableOperation) -> MatrixCell {
        .run { resource, tables in
            let notes = try await notes(resource, tables)
            func numbers(_ items: [[String: AttributeValue]]) -> [AttributeValue] { items.compactMap { $0["sk"] } }
            switch operation {
            case .query:
                let found = try await notes.query(key: ["pk": "ann"]).all(max: 99)
                #expect(numbers(found) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
            case .querySort:
                let found = try await notes.query(matching: { $0["pk"] == "ann" && $0["sk"].between(3, 5) })
                    .descending().all(max: 99)
                #expect(numbers(found) == [5, 4, 3])
            case .queryIndex:
                let found = try await notes.query(key: ["color": "red"], index: "byColor").all(max: 99)
                #expect(Set(numbers(found)) == [0, 1, 2])
            case .page:
                let page = try await notes.query(key: ["pk": "ann"]).limit(4).page()
                #expect(numbers(page.items) == [0, 1, 2, 3])
                let next = try await notes.query(key: ["pk": "ann"]).limit(4).after(page.next).page()
                #expect(numbers(next.items) == [4, 5, 6, 7])
            case .scan: #expect(try await notes.scan().all(max: 99).count == 10)
            case .parallelScan:
                var found = 0
                for try await _ in notes.scan().parallel(segments: 4, concurrency: 2) { found += 1 }
                #expect(found == 10)
            case .filter:
                let even = try await notes.query(key: ["pk": "ann"]).where { $0["even"] == true }.all(max: 99)
                #expect(even.count == 5)
            default:
                #expect(try await notes.count() == 10)
                let low = try await notes.query(matching: { $0["pk"] == "ann" && $0["sk"] < 4 }).count()
                #expect(low == 4)
            }
        }
    }

    private static func batches(_ operation: TableOperation) -> MatrixCell {
        .run { resource, tables in
            let users = try await users(resource, tables)
            let all: [[String: AttributeValue]] = (0..<30).map { ["id": "u\($0)", "n": .number(AttributeNumber($0))] }
            switch operation {
            case .batchGet:
                for user in all.prefix(3) { try await users.put(user) }
                let keys: [ItemKey] = [["id": "u0"], ["id": "u2"], ["id": "u2"], ["id": "nobody"]]
                let found = try await users.get([String: AttributeValue].self, keys: keys, consistent: true)
                #expect(Set(found.compactMap { $0["id"] }) == ["u0", "u2"])
            case .batchWrite:
                let report = try await users.batchWrite(put: all)
                #expect(report.written == 30)
                let keys = (0..<10).map { ItemKey(["id": "u\($0)"]) }
                _ = try await users.batchWrite(put: [[String: AttributeValue]](), delete: keys)
                #expect(try await users.count() == 20)
            default:
                let report = try await resource.batchWrite([
                    users.putRequest(all[0]), users.putRequest(all[1]), users.deleteRequest(key: ["id": "nobody"]),
                ])
                #expect(report.written == 3)
                #expect(try await users.count() == 2)
            }
        }
    }

    private static func tables(_ operation: TableOperation) -> MatrixCell {
        .run { resource, tables in
            let name = tables.name("managed")
            let users = resource.table(name)
            try await users.create(partitionKey: KeyDefinition("id", .s))
            switch operation {
            case .create: try await users.create(partitionKey: KeyDefinition("id", .s), ifNotExists: true)
            case .describe: #expect(try await users.describe().keySchema.map(\.attributeName) == ["id"])
            case .waitUntilActive: try await users.waitUntilActive(indexes: true)
            case .deleteTable:
                try await users.deleteTable()
                try await users.deleteTable(ifExists: true)
            case .addAndRemoveIndex:
                try await users.addIndex(.global("byCity", KeyDefinition("city", .s)))
                try await users.waitUntilActive(indexes: true)
                #expect(try await users.describe().globalSecondaryIndexes.map(\.indexName) == ["byCity"])
                try await users.removeIndex("byCity")
            case .timeToLive:
                try await users.setTimeToLive("until", true)
                try await users.setTimeToLive("until", true)
                try await users.setTimeToLive("until", false)
            case .tags:
                try await users.setTags(["team": "a"])
                #expect(try await users.tags()["team"] == "a")
                try await users.removeTags(["team"])
                #expect(try await users.tags()["team"] == nil)
            case .tableNames: #expect(try await resource.tableNames().contains(name))
            default:
                let refused = try await failure {
                    try await resource.transactWrite([users.deleteRequest(key: ["id": "a"])], token: "t")
                }
                #expect(refused.code == .unsupportedByServer)
            }
        }
    }
}

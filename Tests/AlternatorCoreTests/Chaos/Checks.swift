import AlternatorWire
import Testing

@testable import AlternatorCore

/// What the table holds after a load, compared with what the load was told.
enum Checks {
    /// Every counting write that was acknowledged was applied, once; of the others only such whose outcome is unknown.
    static func expectCountedOnce(_ outcomes: [Load.Outcome], _ client: AlternatorClient) async throws {
        for (caller, outcomes) in Dictionary(grouping: outcomes.filter { $0.kind == .counting }, by: \.caller) {
            let acknowledged = Set(outcomes.filter { $0.error == nil }.map(\.mark))
            let unknown = Set(outcomes.filter { $0.error?.code == .outcomeUnknown }.map(\.mark))
            let others = outcomes.filter { $0.error != nil && $0.error?.code != .outcomeUnknown }
            #expect(others.isEmpty, "\(others.failures.prefix(3))")
            let key: [String: AttributeValue] = ["id": .string(Load.counter(caller))]
            let answer = try await client.getItem(GetItemRequest(tableName: "users", key: key, consistentRead: true))
            var applied: Set<Int> = []
            if case .numberSet(let marks)? = answer.item?["marks"] {
                applied = Set(marks.compactMap { Int($0.canonical) })
            }
            #expect(applied.isSuperset(of: acknowledged))
            #expect(applied.isSubset(of: acknowledged.union(unknown)))
            // As many additions as marks: none was applied twice.
            #expect(answer.item?["n"]?.numberValue ?? 0 == AttributeNumber(applied.count))
        }
    }

    /// Every item whose put was acknowledged is there.
    static func expectNothingLost(_ outcomes: [Load.Outcome], _ client: AlternatorClient) async throws {
        var found: Set<String> = []
        var start: [String: AttributeValue]?
        repeat {
            let request = ScanRequest(tableName: "users", consistentRead: true, exclusiveStartKey: start)
            let page = try await client.scan(request)
            for item in page.items { found.insert(item["id"]?.stringValue ?? "?") }
            start = page.lastEvaluatedKey
        } while start != nil
        let puts = outcomes.idempotent.filter { $0.error == nil && $0.number.isMultiple(of: 2) }
        let missing = puts.filter { !found.contains($0.key) }
        #expect(missing.isEmpty, "\(missing.count) of \(puts.count)")
    }
}

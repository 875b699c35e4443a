import Alternator
import Foundation

actor Cache {
    let users: TypedTable<User>
    let table: Table
    var seen: [String: User] = [:]
    var legacy = Legacy()  // not Sendable, stays in the actor
    init(_ r: AlternatorResource) { users = r.table("users", of: User.self); table = r.table("legacy") }
    func user(_ id: String) async throws(AlternatorError) -> User? {
        if let hit = seen[id] { return hit }
        let u = try await users.get(id)
        seen[id] = u
        return u
    }
    func store() async throws(AlternatorError) {
        try await table.put(legacy)  // non-Sendable value by name
        if let l = try await table.get(Legacy.self, key: ["id": "l"]) { legacy = l }
        for try await l in table.scan(Legacy.self) { legacy = l }
        for try await u in users.scan().where({ $0.visits > 3 }) { seen[u.id] = u }
        for try await u in users.query("x") { seen[u.id] = u }
    }
}
@MainActor final class Screen {
    var names: [String] = [], last: Legacy?
    let users: TypedTable<User>, table: Table
    init(_ r: AlternatorResource) { users = r.table("users", of: User.self); table = r.table("legacy") }
    func load() async throws(AlternatorError) {
        for try await u in users.query("x") { names.append(u.name) }
        for try await l in table.scan(Legacy.self) { last = l }
        try await table.put(last!)
        let limit = names.count
        for try await u in users.scan().where({ $0.visits > limit && $0.name != "x" }) { names.append(u.name) }
        try await users.update("u1", if: { $0.visits < limit }) { $0.visits.add(limit) }
    }
    func scoped() async throws {
        try await AlternatorResource.withResource(AlternatorConfig(seedHosts: ["a"], port: 1)) { r in
            names.append("x")  // still on the main actor
            last = try await r.table("legacy").get(Legacy.self, key: ["id": "l"])
        }
    }
}
func many(_ users: TypedTable<User>, _ all: [User]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for (i, u) in all.enumerated() {
            if i >= 64 { try await group.next() }
            group.addTask { try await users.put(u) }
        }
        try await group.waitForAll()
    }
    let found = try await withThrowingTaskGroup(of: User?.self) { group in
        for u in all { group.addTask { try await users.get(u.id) } }
        return try await group.reduce(into: [User]()) { if let u = $1 { $0.append(u) } }
    }
    _ = found.count
    try await withThrowingDiscardingTaskGroup { group in
        for u in all { group.addTask { try await users.update(u.id) { $0.visits.add(1) } } }
    }
    async let a = users.get("a")
    async let b = users.get("b")
    _ = try await (a, b)
    let t = Task { try await users.get("a") }
    _ = try await t.value
    Task { do { try await users.put(all[0]) } catch { print(error) } }
}
/// Generic over models.
func copy<I: TableItem>(_ from: TypedTable<I>, _ to: TypedTable<I>) async throws(AlternatorError) -> Int
where I.Locking == Unversioned {
    var n = 0
    for try await item in from.scan() { try await to.put(item); n += 1 }
    for try await page in from.query(try await first(from).partition).pages {
        _ = try await to.batchWrite(put: page.items)
    }
    return n
}
func first<I: TableItem>(_ t: TypedTable<I>) async throws(AlternatorError) -> TypedTable<I>.Key
where I.Locking == Unversioned {
    guard let item = try await t.scan().page().items.first else {
        throw AlternatorError(.itemNotFound, message: "empty")
    }
    let k = try t.key(of: item)
    _ = try await t.get(key: k)
    try await t.delete(key: k)
    _ = try await t.get(k.partition, k.sort)
    return k
}
protocol HasVisits: TableItem { static var visitsPath: Path<Self, Int> { get } }
extension User: HasVisits { static let visitsPath = Path(\User.visits) }
func bump<I: HasVisits>(_ t: TypedTable<I>, _ k: TypedTable<I>.Key) async throws(AlternatorError) {
    try await t.update(key: k, if: { _ in I.visitsPath < 10 }) { _ in I.visitsPath.add(1) }
}
struct Repository<I: TableItem>: Sendable where I.PartitionKey == String, I.SortKey == NoSortKey {
    let table: TypedTable<I>
    func find(_ id: String) async throws(AlternatorError) -> I? { try await table.get(id) }
    func all(where c: (Fields<I>) -> Condition<I>) async throws(AlternatorError) -> [I] {
        var out: [I] = []
        for try await i in table.scan().where(c) { out.append(i) }
        return out
    }
}
func useRepository(_ r: AlternatorResource) async throws {
    let repo = Repository(table: r.table("users", of: User.self))
    _ = try await repo.find("x")
    _ = try await repo.all { $0.visits > 1 }
}
// stored conditions and queries
func stored(_ users: TypedTable<User>, onlyActive: Bool) async throws {
    let busy: Condition<User> = Fields().visits > 10
    let f = Fields<User>()
    let named = f.name == "x" || f.name.hasPrefix("y")
    var query = users.query("x")
    if onlyActive { query = query.where { _ in busy && named } }
    let seq: some AsyncSequence<User, AlternatorError> = query
    for try await u in seq { print(u) }
    let any: any AsyncSequence<User, AlternatorError> & Sendable = query
    for try await u in any { print(u) }
    for try await n in query.map({ $0.name }).prefix(3) { print(n) }
}

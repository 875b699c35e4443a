import Alternator
import Foundation

func operations(_ resource: AlternatorResource, hasMail: Bool) async throws(AlternatorError) {
    let orders = resource.table(Order.self), tenant = resource.table("t42_orders", of: Order.self)
    let users = resource.table("users", of: User.self)
    _ = tenant
    let order = Order(
        customer: "c1",
        number: 7,
        total: 3,
        ship: Address(city: "X"),
        lines: [],
        meta: [:],
        created: .now,
        size: 2
    )
    try await orders.create(.init(writeIsolation: "only_rmw_uses_lwt", initialTablets: "0"), ifNotExists: true)
    for difference in try await orders.verifySchema() { print(difference) }
    // put
    try await orders.put(order)
    try await orders.insert(order)
    try await orders.put(order, if: { $0.customer.isMissing() || ($0.rev == 3 && $0.status != .closed) })
    switch try await orders.tryPut(order, if: { $0.rev == 1 }) {
    case .written: break
    case .conditionFailed(let existing): _ = existing?.total
    }
    let before = try await orders.replace(order)
    _ = before?.total
    // get
    let u = try await users.get("u1", consistent: true)
    _ = u?.visits
    let o = try await orders.get("c1", 7)
    let s = try await orders.get("c1", 7, as: OrderSummary.self)
    _ = (o?.total, s?.total)
    // update
    try await orders.update("c1", 7, if: { $0.rev == 1 }) {
        $0.status.set(.closed)
        $0.size.set($0.size + 1)
        $0.size.add(1)
        $0.lines.append([Line(sku: "a", qty: 1)])
        $0.lines[0].qty.set(4)
        $0.ship.city.set("Y")
        $0.meta["k"].set("v")
        $0.tags.insert(["new"])
        $0.bill.remove()
        $0.bill.zip.remove()
        $0.created.setIfMissing(.now)
        if hasMail { $0.email.set("a@b") } else { $0.email.remove() }
        for i in 0..<2 { $0.lines[i].sku.set("x") }
        switch order.status {
        case .active: $0.size.add(2);
        case .closed: $0.size.add(3)
        }
    }
    let after = try await orders.updated("c1", 7) { $0.size.increment(by: 1, startingAt: 0) }
    _ = after.size
    // delete
    try await orders.delete("c1", 7)
    try await orders.delete("c1", 7, if: { $0.status == .closed })
    if let old = try await orders.removed("c1", 7, if: { $0.status == .closed }) { _ = old.total }
    // query
    let q = orders.query("c1", .between(1, 100))
        .where { $0.total > 100 && $0.bill.city == "Paris" && $0.email.hasPrefix("a") && $0.lines.sizeOf > 2 }
        .descending().limit(20)
    for try await x in q { _ = x.total }
    for try await x in orders.query(Order.byEmail, "a@b", .greater(5)).pageSize(50) { _ = x.total }
    for try await x in orders.query("c1").select(OrderSummary.self) { _ = x.total }
    let page = try await orders.query(Order.byStatus, .active).limit(10).after(nil).page()
    _ = page.next
    for try await p in orders.query("c1").pages { _ = p.items.count }
    let n = try await orders.query("c1").where { $0.size > 3 }.count()
    _ = n
    // scan
    for try await x in orders.scan().where({ $0.total > 5 }).parallel(segments: 64, concurrency: 8) { _ = x.total }
    // batch
    let found = try await users.get(["u1", "u2"])
    _ = found["u1"]?.name
    let many = try await orders.get(keys: [.init("c1", 7), .init("c1", 8)])
    _ = many[.init("c1", 7)]?.total
    let report = try await orders.batchWrite(put: [order], delete: [.init("c1", 3)])
    _ = report.unprocessed
    _ = try await resource.batchWrite([orders.putRequest(order), users.putRequest(User(id: "a", name: "b", visits: 1))])
    // locking
    let accounts = resource.table(Account.self)
    let account = Account(id: "a", balance: 3, note: "n", rev: nil)
    try await accounts.insert(account)
    let saved = try await accounts.save(account)
    _ = saved.rev
    try await accounts.save(saved)
    try await accounts.delete(saved)
    try await users.delete("u1")
    _ = try await resource.table("e", of: Envelope<[String]>.self).get("x")?.body
    try await resource.table("nodes", of: Node.self).put(Node(id: "a", n: 1))
    // errors
    do { try await orders.put(order, if: { $0.rev == 1 }) } catch .conditionFailed { print("exists") }
    do { try await resource.transactWrite([orders.putRequest(order)]) } catch .unsupportedByServer {
        print("no transactions")
    }
}

func closureErrors(_ accounts: TypedTable<Account>, _ config: AlternatorConfig) async throws {
    let done = try await accounts.modify("c1") { $0.balance += 1 }
    _ = done.balance
    let n = try await AlternatorResource.withResource(config) { resource in
        let t = resource.table(Order.self)
        try await t.put(try await t.get("c1", 7)!)
        return try await t.query("c1").count()
    }
    _ = n
}

func byName(_ resource: AlternatorResource, id: String, age: Int) async throws(AlternatorError) {
    let t = resource.table("users")
    try await t.put(User(id: id, name: "n", visits: 1))
    try await t.put(Legacy())
    try await t.put(["id": "u1", "age": 30])
    try await t.put(["id": "u1", "name": "Ada"])
    try await t.put([
        "id": "u1", "age": 30, "tags": ["a", "b"], "nick": nil, "nested": ["a": 1, "b": [1, 2.5, true]],
    ])
    try await t.put(["id": .string(id), "age": .number(AttributeNumber(age))])
    try await t.put(["id": .init(id), "age": .init(age)])
    try await t.put(["id": "u1", "age": 30], if: { _ in .raw("attribute_not_exists(id) OR age > \(age)") })
    try await t.put(["id": "u1", "age": 30], if: { $0["id"].isMissing() || $0["age"] > 3 })
    try await t.put(User(id: id, name: "n", visits: 1), if: { $0.visits < 3 })
    try await t.put(User(id: id, name: "n", visits: 1), if: { $0.id.isMissing() })
    let a = try await t.get(User.self, key: ["id": id])
    let b = try await t.get(key: ["id": "u1"])
    _ = (a?.name, b?["age"])
    let item: [String: AttributeValue] = ["id": "u1", "age": 30]
    try await t.put(item)
    try await t.update(User.self, key: ["id": id]) {
        $0.visits.add(1); $0.name.set("x")
    }
    try await t.update(key: ["id": id]) {
        $0["visits"].add(1); $0["a"]["b"][0].set(["x": 1]); $0["z"].remove()
    }
    try await t.update(key: ["id": id], expression: "SET visits = visits + \(1)")
    try await t.delete(key: ["id": id])
    for try await u in t.query(User.self, key: ["id": id]).where({ $0.visits > 3 }) { _ = u.name }
    for try await u in t.query(key: ["id": id, "n": 5]) { _ = u["name"] }
    for try await u in t.scan(User.self).where({ $0.visits > 3 }) { _ = u.name }
    for try await u in t.scan().where({ $0["visits"] > 3 && $0["a"]["b"] == "x" }) { _ = u["name"] }
}

func keyForms(_ t: Table, _ users: TypedTable<User>, id: String) async throws(AlternatorError) {
    for try await o in t.query(Order.self, matching: { $0.customer == id && $0.number.between(1, 9) }) { _ = o.total }
    for try await o in t.query(matching: { $0["pk"] == .init(id) && $0["sk"] > 3 }) { _ = o["total"] }
    let slow = users.with { $0.requestTimeout = .seconds(60) }
    _ = try await slow.get(id)
    _ = try await t.with { $0.requestTimeout = .seconds(1) }.get(User.self, key: ["id": id])
    _ = try await t.get(User.self, key: ["id": "USER#\(id)", "n": AttributeValue(3)])
}

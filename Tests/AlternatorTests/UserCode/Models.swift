// Models and calls as a user writes them, against the public interface alone: that this folder compiles under the
// strict settings is the test. Some of it is run elsewhere against LocalCluster.

import Alternator
import Foundation

enum Status: String, KeyValue { case active, closed }
struct Address: Document { var city: String; var zip: String? }
struct Line: Document { var sku: String; var qty: Int }
struct Order: NamedTableItem, IndexedItem, ExpiringItem {
    var customer: String
    var number: Int
    var status: Status = .active
    var total: Decimal
    var ship: Address
    var bill: Address?
    var lines: [Line]
    var tags: Set<String>?
    var meta: [String: String]
    var email: String?
    var created: Date
    var expires: Date?
    var rev: Int?
    var size: Int
    enum CodingKeys: String, CodingKey {
        case customer = "pk", number = "sk", status, total, ship, bill, lines, tags, meta, email, created, expires =
            "ttl", rev = "_v", size
    }
    static let tableName = "orders"
    static let primaryKey = PrimaryKey(\Order.customer, \Order.number)
    static let byEmail = SecondaryIndex.global("byEmail", \Order.email, \Order.number)
    static let byStatus = SecondaryIndex.global("byStatus", \Order.status)
    static let indexes = Indexes(byEmail, byStatus)
    static let expiry = ExpiryAttribute(\Order.expires)
}
struct OrderSummary: Decodable, Sendable { var number: Int; var total: Decimal }
/// Any Codable, not Sendable, for tables by name.
final class Legacy: Codable { var id = "l"; var n = 1 }

struct Account: TableItem, VersionedItem, NamedTableItem, ExplicitNames {
    let id: String
    var balance: Int
    @Plain var note: String
    var rev: Int?
    enum CodingKeys: String, CodingKey { case id, balance, note = "nt", rev }
    static let tableName = "accounts"
    static let primaryKey = PrimaryKey(\Account.id)
    static let version = VersionAttribute(\Account.rev)
    static let attributeNames: AttributeNames<Account> = [\.note: "nt"]
}
@propertyWrapper struct Plain<T: Codable & Sendable>: Codable, Sendable { var wrappedValue: T }
/// A generic model, which cannot have static stored properties and so has a computed one.
struct Envelope<Body: Codable & Sendable>: TableItem {
    var id: String
    var body: Body
    static var primaryKey: PrimaryKey<Self, String, NoSortKey> { PrimaryKey(\.id) }
}
final class Node: TableItem {
    let id: String; let n: Int; init(id: String, n: Int) { self.id = id; self.n = n }
    static let primaryKey = PrimaryKey(\Node.id, \Node.n)
}

struct User: TableItem {
    var id: String
    var name: String
    var visits: Int
    static let primaryKey = PrimaryKey(\User.id)
}

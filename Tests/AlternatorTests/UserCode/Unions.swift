import Alternator
import Foundation

struct Customer: TableItem {
    var pk: String; var sk: String; var name: String
    static let primaryKey = PrimaryKey(\Customer.pk, \Customer.sk)
}
struct Invoice: TableItem {
    var pk: String; var sk: Int; var total: Int
    static let primaryKey = PrimaryKey(\Invoice.pk, \Invoice.sk)
}
enum Row: ItemUnion {
    case customer(Customer), invoice(Invoice)
    static let members = Members<Row>(
        discriminator: "type",
        ["customer": .init(Row.customer), "invoice": .init(Row.invoice)]
    )
    var model: any Document {
        switch self {
        case .customer(let c): c;
        case .invoice(let i): i
        }
    }
}
/// The union as a typed table: keys by name.
enum Entity: ItemUnion, TableItem {
    case customer(Customer), other(Customer)
    static let members = Members<Entity>(
        discriminator: "type",
        ["customer": .init(Entity.customer), "other": .init(Entity.other)]
    )
    var model: any Document {
        switch self {
        case .customer(let c), .other(let c): c
        }
    }
    static let primaryKey = PrimaryKey(Path<Entity, String>("pk"), Path<Entity, String>("sk"))
}
func unions(_ r: AlternatorResource) async throws(AlternatorError) {
    let shop = r.table("shop")
    for try await row in shop.query(Row.self, key: ["pk": "c1"]) {
        switch row {
        case .customer(let c): print(c.name);
        case .invoice(let i): print(i.total)
        }
    }
    try await shop.put(Row.customer(Customer(pk: "c1", sk: "x", name: "n")))
    let typed = r.table("shop", of: Entity.self)
    for try await e in typed.query("c1", .hasPrefix("x")).where({ $0.named("name", as: String.self) == "n" }) {
        print(e)
    }
    _ = try await typed.get("c1", "x")
    // several models in one typed table
    let customers = r.table("shop", of: Customer.self)
    for try await row in customers.query("c1").select(Row.self) { print(row) }
}

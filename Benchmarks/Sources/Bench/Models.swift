import Alternator

/// The item of every benchmark: ten attributes, about 360 bytes of DynamoDB JSON.
struct Account: TableItem {
    struct Address: Document {
        var street: String
        var city: String
        var zip: Int
    }

    var pk: String
    var sk: String
    var name: String
    var email: String
    var age: Int
    var score: Double
    var visits: Int
    var active: Bool
    var address: Address
    var tags: [String]

    static let primaryKey = PrimaryKey(\Account.pk, \Account.sk)

    static func sample(_ number: Int) -> Account {
        Account(
            pk: "user#\(number)",
            sk: "profile",
            name: "Ada Lovelace",
            email: "ada@example.com",
            age: 36,
            score: 97.25,
            visits: 1024,
            active: true,
            address: Address(street: "12 St James's Square", city: "London", zip: 10115),
            tags: ["admin", "beta", "early"]
        )
    }
}

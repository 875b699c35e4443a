import Alternator

/// The item of the benchmarks: ten attributes, about 360 bytes of DynamoDB JSON, as `Server/data.py` writes it.
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

    /// `user#123456` and up.
    static func key(_ number: Int) -> String { "user#\(123_456 + number)" }

    static func sample(_ number: Int) -> Account {
        Account(
            pk: key(number),
            sk: "profile",
            name: "Ada Lovelace",
            email: "ada.lovelace@example.com",
            age: 36,
            score: 98.125,
            visits: 1_234_567_890 + number,
            active: true,
            address: Address(street: "12 St James Square", city: "London", zip: 10001),
            tags: ["alpha", "beta", "gamma"]
        )
    }
}

/// An item of any size.
struct Blob: TableItem {
    var pk: String
    var text: String
    static let primaryKey = PrimaryKey(\Blob.pk)
}

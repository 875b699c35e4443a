import Alternator

struct Address: Document, Equatable {
    var street: String
    var city: String
    var zip: Int
}

/// Ten attributes, about 360 bytes of DynamoDB JSON.
struct Account: TableItem, Equatable {
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

    static let sample = Account(
        pk: "user#1234",
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

/// The item of a page: eleven attributes, about 520 bytes.
struct Profile: TableItem, Equatable {
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
    var bio: String

    static let primaryKey = PrimaryKey(\Profile.pk, \Profile.sk)

    static func sample(_ number: Int) -> Profile {
        Profile(
            pk: "user#\(number)",
            sk: "profile",
            name: "Ada Lovelace",
            email: "ada@example.com",
            age: 36,
            score: 97.25,
            visits: 1024 + number,
            active: true,
            address: Address(street: "12 St James's Square", city: "London", zip: 10115),
            tags: ["admin", "beta", "early"],
            bio: "The Analytical Engine has no pretensions whatever to originate anything. "
                + "It can do whatever we know how to order it to perform."
        )
    }
}

import Alternator
import AlternatorWire

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

/// The same ten attributes, written and read by hand.
struct FastAccount: FastItem, Equatable {
    var account: Account

    init(_ account: Account) { self.account = account }

    func write(into writer: inout ItemWriter) {
        writer.string("pk", account.pk)
        writer.string("sk", account.sk)
        writer.string("name", account.name)
        writer.string("email", account.email)
        writer.integer("age", account.age)
        writer.double("score", account.score)
        writer.integer("visits", account.visits)
        writer.bool("active", account.active)
        writer.map("address", FastAddress(address: account.address))
        writer.strings("tags", account.tags)
    }

    init(from reader: inout ItemReader) throws {
        account = Account(
            pk: try reader.string("pk"),
            sk: try reader.string("sk"),
            name: try reader.string("name"),
            email: try reader.string("email"),
            age: try reader.integer("age"),
            score: try reader.double("score"),
            visits: try reader.integer("visits"),
            active: try reader.bool("active"),
            address: try reader.map("address", as: FastAddress.self).address,
            tags: try reader.strings("tags")
        )
    }
}

struct FastAddress: FastItem, Equatable {
    var address: Address

    init(address: Address) { self.address = address }

    func write(into writer: inout ItemWriter) {
        writer.string("street", address.street)
        writer.string("city", address.city)
        writer.integer("zip", address.zip)
    }

    init(from reader: inout ItemReader) throws {
        address = Address(
            street: try reader.string("street"),
            city: try reader.string("city"),
            zip: try reader.integer("zip")
        )
    }
}

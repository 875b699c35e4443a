import Alternator
import Foundation

/// A model with a partition key alone.
struct Visitor: TableItem, Equatable {
    var id: String
    var name: String
    var visits: Int
    var email: String?

    static let primaryKey = PrimaryKey(\Visitor.id)
}

/// A model with both keys and every kind of attribute.
struct Note: TableItem, Equatable {
    struct Place: Document, Equatable {
        var city: String
        var floor: Int?
    }

    var owner: String
    var number: Int
    var title: String
    var price: Decimal
    var weight: Double
    var isDraft: Bool
    var data: Data
    var tags: Set<String>
    var scores: Set<Int>
    var lines: [String]
    var place: Place
    var labels: [String: String]
    var reviewer: String?

    enum CodingKeys: String, CodingKey {
        case owner = "pk"
        case number = "sk"
        case title, price, weight, isDraft, data, tags, scores, lines, place, labels, reviewer
    }

    static let primaryKey = PrimaryKey(\Note.owner, \Note.number)

    static func sample(_ owner: String, _ number: Int) -> Note {
        Note(
            owner: owner,
            number: number,
            title: "Note \(number)",
            price: Decimal(string: "19.99")!,
            weight: 0.5,
            isDraft: number % 2 == 0,
            data: Data([0, 1, 254, 255]),
            tags: ["a", "b"],
            scores: [1, 20, 300],
            lines: ["first", "second", ""],
            place: Place(city: "Zürich", floor: number % 3 == 0 ? nil : number),
            labels: ["color": "red", "a.b": "dots"],
            reviewer: nil
        )
    }
}

/// A model that every write of must check.
struct Counter: VersionedItem, Equatable {
    var id: String
    var total: Int
    var revision: Int?

    static let primaryKey = PrimaryKey(\Counter.id)
    static let version = VersionAttribute(\Counter.revision)
}

/// A model with a sparse index.
struct IndexedVisitor: IndexedItem, Equatable {
    var id: String
    var city: String?
    var visits: Int

    static let primaryKey = PrimaryKey(\IndexedVisitor.id)
    static let byCity = SecondaryIndex.global("byCity", \IndexedVisitor.city)
    static let indexes = Indexes(byCity)
}

/// A model whose items expire.
struct ExpiringVisitor: ExpiringItem, Equatable {
    var id: String
    var until: Date?

    static let primaryKey = PrimaryKey(\ExpiringVisitor.id)
    static let expiry = ExpiryAttribute(\ExpiringVisitor.until)
}

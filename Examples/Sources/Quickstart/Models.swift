import Alternator

/// A state, province or parish: ISO 3166-2.
struct Subdivision: NamedTableItem, Equatable {
    var country: String
    var code: String
    var name: String
    var type: String
    var parent: String?

    static let tableName = "iso_3166_2"
    static let primaryKey = PrimaryKey(\Subdivision.country, \Subdivision.code)
}

/// A language: ISO 639-3.
struct Language: NamedTableItem, Equatable {
    var alpha3: String
    var name: String
    var scope: String
    var type: String
    var alpha2: String?
    var invertedName: String?

    enum CodingKeys: String, CodingKey {
        case name, scope, type
        case alpha3 = "alpha_3"
        case alpha2 = "alpha_2"
        case invertedName = "inverted_name"
    }

    static let tableName = "iso_639_3"
    static let primaryKey = PrimaryKey(\Language.alpha3)
}

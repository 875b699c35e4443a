import Foundation

@testable import Alternator

// One model per way in which a property's name and its attribute's name may be related.

struct Geo: Document {
    var lat: Double
    var lon: Double
}

struct Place: Document {
    var city: String
    var zip: String?
    var geo: Geo
    enum CodingKeys: String, CodingKey { case city = "c", zip, geo }
}

enum Shade: String, Codable { case light, dark }
enum Level: Int, Codable { case low, high }
enum Shape: Codable { case circle(radius: Double), square(side: Double), none }
enum OneCase: String, Codable { case only }

/// Checks its text while decoding: no made-up value would pass.
struct Email: Codable {
    var raw: String
    init(from decoder: any Decoder) throws {
        raw = try decoder.singleValueContainer().decode(String.self)
        guard raw.contains("@") else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no @"))
        }
    }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(raw)
    }
}

struct Branch: Codable {
    var value: Int
    var children: [Branch]
}

final class Link: Codable {
    var value: Int
    var next: Link?
    init(value: Int) { self.value = value }
}

struct Wide: Codable {
    let id: UUID
    // The names of these two are swapped on purpose.
    var first: String
    var second: Int
    var unsigned: UInt64
    var double: Double
    var float: Float
    var flag: Bool
    var place: Place
    var other: Place?
    var text: String?
    var shade: Shade
    var maybeShade: Shade?
    var level: Level
    var shape: Shape
    var one: OneCase
    var list: [String]
    var places: [Place]
    var counts: [String: Int]
    var byID: [UUID: String]
    var tags: Set<String>
    var numbers: Set<Int>
    var date: Date
    var data: Data
    var decimal: Decimal
    var url: URL
    var email: Email
    var branch: Branch
    var link: Link?
    enum CodingKeys: String, CodingKey {
        case id = "pk", first = "second", second = "first", unsigned, double, float, flag, place = "address", other
        case text = "opt_s", shade, maybeShade, level, shape, one, list, places, counts, byID, tags, numbers, date, data
        case decimal, url, email, branch, link
    }
    var shout: String { first + "!" }
}

struct Bounds: Codable {
    var low: Int
    var high: Int
    enum CodingKeys: String, CodingKey { case low = "lo", high = "hi" }
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        low = try container.decode(Int.self, forKey: .low)
        high = try container.decode(Int.self, forKey: .high)
        guard low < high else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "low < high"))
        }
    }
}

/// Traps on any value it does not like: deciding names must never get that far.
struct Trap: Codable {
    var url: URL
    enum CodingKeys: String, CodingKey { case url = "link" }
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let text = try container.decode(String.self, forKey: .url)
        guard let url = URL(string: text), text.count > 1000 else { fatalError("a made-up value was decoded") }
        self.url = url
    }
}

struct Lowered: Codable {
    var name: String
    enum CodingKeys: String, CodingKey { case name = "n" }
    init(from decoder: any Decoder) throws {
        name = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .name).lowercased()
    }
}

struct OtherKeys: Codable {
    var first: String
    enum Names: String, CodingKey { case a }
    init(from decoder: any Decoder) throws {
        first = try decoder.container(keyedBy: Names.self).decode(String.self, forKey: .a)
    }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Names.self)
        try container.encode(first, forKey: .a)
    }
}

struct AnyName: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

struct DynamicKeys: Codable {
    var first: String
    init(from decoder: any Decoder) throws {
        first = try decoder.container(keyedBy: AnyName.self).decode(String.self, forKey: AnyName(stringValue: "one"))
    }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyName.self)
        try container.encode(first, forKey: AnyName(stringValue: "one"))
    }
}

/// Decodes another type from the same item first.
struct Flat: Codable {
    var lat: String
    var base: Geo
    enum CodingKeys: String, CodingKey { case lat = "latitude_text" }
    init(from decoder: any Decoder) throws {
        base = try Geo(from: decoder)
        lat = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .lat)
    }
    func encode(to encoder: any Encoder) throws {
        try base.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(lat, forKey: .lat)
    }
}

struct OneField: Codable {
    var only: String
    enum CodingKeys: String, CodingKey { case only = "the_one" }
}

struct Skipped: Codable {
    var kept: Int
    var cache = ""
    enum CodingKeys: String, CodingKey { case kept }
}

final class Closed: Codable {
    var name = ""
    enum CodingKeys: String, CodingKey { case name = "nm" }
}

class Open: Codable {
    var name = ""
    enum CodingKeys: String, CodingKey { case name = "nm" }
}

@propertyWrapper struct Wrapped<Value: Codable & Sendable>: Codable, Sendable { var wrappedValue: Value }

struct WithWrapper: Document {
    @Wrapped var name: String
    var plain: Int
    enum CodingKeys: String, CodingKey { case name = "nm", plain }
}

struct Observed: Codable {
    var watched: Int { didSet {} }
}

protocol HasID { var id: UUID { get } }
extension Wide: HasID {}
func witness<T: HasID>(_: T.Type) -> KeyPath<T, UUID> { \T.id }

struct Generic<Payload: Codable>: Codable {
    var payload: Payload
    enum CodingKeys: String, CodingKey { case payload = "p" }
}

struct Outer: Codable {
    struct Inner: Codable { var depth: Int }
    var inner: Inner
}

struct Reserved: Codable {
    var `default`: String
    var size: Int
}

struct Named: ExplicitNames {
    @Wrapped var note: String
    var count: Int { didSet {} }
    enum CodingKeys: String, CodingKey { case note = "nt", count }
    static let attributeNames: AttributeNames<Named> = [\.note: "nt", \.count: "count"]
}

/// Fields without size share the place of the field behind them, and a key path alone does not tell which is meant.
struct Sizeless: Codable {
    var kind: OneCase
    var id: Int
    var mark: OneCase
    var text: String
}

struct OneSizeless: Codable {
    var kind: OneCase
    var id: Int
    enum CodingKeys: String, CodingKey { case kind = "k", id = "i" }
}

import Alternator
import Foundation
import TestSupport

/// A model with a member of every kind that conditions and updates can name.
struct Sample: TableItem, Equatable {
    struct Inner: Document, Equatable {
        var a: Int
        var b: String?
        var deep: Deep
    }
    struct Deep: Document, Equatable {
        var list: [Int]
        var note: String?
    }
    enum Level: String, Codable, Sendable, CaseIterable { case low, middle, high }

    var id: String
    var n: Int
    var m: Int?
    var price: Decimal
    var ratio: Double
    var flag: Bool
    var text: String
    var word: String?
    var data: Data
    var blob: Data?
    var date: Date
    var level: Level
    var tags: Set<String>
    var marks: Set<String>?
    var numbers: Set<Int>
    var blobs: Set<Data>
    var list: [Int]
    var words: [String]?
    var rows: [Inner]
    var map: [String: Int]
    var labels: [String: String]?
    var inner: Inner
    var outer: Inner?
    var any: AttributeValue
    /// Reserved words and characters of the grammar as names.
    var size: Int
    var odd: Int

    enum CodingKeys: String, CodingKey {
        case id, n, m, price, ratio, flag, text, word, data, blob, date, level, tags, marks, numbers, blobs, list, words
        case rows, map, labels, inner, outer, any, size
        case odd = "o.d#d :x"
    }

    static let primaryKey = PrimaryKey(\Sample.id)
}

/// What random members are made of: few values, so that conditions meet them.
enum Draw {
    static let words = ["", "a", "ab", "abc", "b", "size", "é", "#n0"]
    static let keys = ["k", "k.1", "size"]

    static func number(_ random: inout SeededGenerator) -> Int { .random(in: -3...3, using: &random) }

    static func word(_ random: inout SeededGenerator) -> String { words.randomElement(using: &random) ?? "" }

    static func data(_ random: inout SeededGenerator) -> Data {
        Data((0..<Int.random(in: 0...3, using: &random)).map { _ in [0, 1, 255].randomElement(using: &random) ?? 0 })
    }

    /// Members of sets are not empty.
    static func tag(_ random: inout SeededGenerator) -> String {
        words.dropFirst().randomElement(using: &random) ?? "a"
    }

    static func bytes(_ random: inout SeededGenerator) -> Data { data(&random) + [7] }

    static func price(_ random: inout SeededGenerator) -> Decimal { Decimal(number(&random)) / 4 }

    static func date(_ random: inout SeededGenerator) -> Date {
        Date(timeIntervalSince1970: Double(1_700_000_000 + number(&random)))
    }

    static func level(_ random: inout SeededGenerator) -> Sample.Level {
        Sample.Level.allCases.randomElement(using: &random) ?? .low
    }

    static func maybe<Value>(
        _ random: inout SeededGenerator,
        _ make: (inout SeededGenerator) -> Value
    ) -> Value? {
        Bool.random(using: &random) ? make(&random) : nil
    }

    static func array<Value>(
        _ random: inout SeededGenerator,
        _ make: (inout SeededGenerator) -> Value
    ) -> [Value] {
        var values: [Value] = []
        for _ in 0..<Int.random(in: 0...3, using: &random) { values.append(make(&random)) }
        return values
    }

    static func set<Value: Hashable>(
        _ random: inout SeededGenerator,
        _ make: (inout SeededGenerator) -> Value
    ) -> Set<Value> {
        Set(array(&random, make))
    }

    static func map<Value>(
        _ random: inout SeededGenerator,
        _ make: (inout SeededGenerator) -> Value
    ) -> [String: Value] {
        var values: [String: Value] = [:]
        for key in keys where Bool.random(using: &random) { values[key] = make(&random) }
        return values
    }

    static func inner(_ random: inout SeededGenerator) -> Sample.Inner {
        Sample.Inner(
            a: number(&random),
            b: maybe(&random, word),
            deep: Sample.Deep(list: array(&random, number), note: maybe(&random, word))
        )
    }

    static func any(_ random: inout SeededGenerator) -> AttributeValue {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .string(word(&random))
        case 1: .number(AttributeNumber(number(&random)))
        case 2: .bool(Bool.random(using: &random))
        case 3: .null
        case 4: .list([.number(1), .string("a")])
        case 5: .map(["k": .number(AttributeNumber(number(&random)))])
        case 6: .stringSet(["a", "b"])
        default: .binary([1])
        }
    }

    static func sample(_ number: Int, _ random: inout SeededGenerator) -> Sample {
        Sample(
            id: "s\(number)",
            n: Self.number(&random),
            m: maybe(&random, Self.number),
            price: price(&random),
            ratio: Double(Self.number(&random)) / 8,
            flag: .random(using: &random),
            text: word(&random),
            word: maybe(&random, word),
            data: data(&random),
            blob: maybe(&random, data),
            date: date(&random),
            level: level(&random),
            tags: set(&random, tag),
            marks: maybe(&random, { Set([tag(&$0), "m"]) }),
            numbers: set(&random, Self.number),
            blobs: set(&random, bytes),
            list: array(&random, Self.number),
            words: maybe(&random, { array(&$0, word) }),
            rows: array(&random, inner),
            map: map(&random, Self.number),
            labels: maybe(&random, { map(&$0, word) }),
            inner: inner(&random),
            outer: maybe(&random, inner),
            any: any(&random),
            size: Self.number(&random),
            odd: Self.number(&random)
        )
    }
}

import AlternatorWire
import Testing

struct FastItemTests {
    /// What both forms hold; `Plain` goes by `Codable`, `Fast` by hand.
    private struct Plain: Codable, Equatable {
        struct Part: Codable, Equatable {
            var city: String
            var zip: Int
        }
        var id: String
        var count: Int
        var small: Int?
        var score: Double
        var isOn: Bool
        var note: String?
        var part: Part
        var tags: [String]
        var data: Binary
        var groups: Set<Int>
        var byName: [String: Int]
    }

    private struct Fast: FastItem, Equatable {
        struct Part: FastItem, Equatable {
            var city: String
            var zip: Int

            init(city: String, zip: Int) {
                self.city = city
                self.zip = zip
            }

            func write(into writer: inout ItemWriter) {
                writer.string("city", city)
                writer.integer("zip", zip)
            }

            init(from reader: inout ItemReader) throws {
                city = try reader.string("city")
                zip = try reader.integer("zip")
            }
        }
        var id: String
        var count: Int
        var small: Int?
        var score: Double
        var isOn: Bool
        var note: String?
        var part: Part
        var tags: [String]
        var data: Binary
        var groups: Set<Int>
        var byName: [String: Int]

        init(_ plain: Plain) {
            id = plain.id
            count = plain.count
            small = plain.small
            score = plain.score
            isOn = plain.isOn
            note = plain.note
            part = Part(city: plain.part.city, zip: plain.part.zip)
            tags = plain.tags
            data = plain.data
            groups = plain.groups
            byName = plain.byName
        }

        func write(into writer: inout ItemWriter) {
            writer.string("id", id)
            writer.integer("count", count)
            writer.integer("small", small)
            writer.double("score", score)
            writer.bool("isOn", isOn)
            writer.string("note", note)
            writer.map("part", part)
            writer.strings("tags", tags)
            writer.binary("data", data.bytes)
            writer.value("groups", groups)
            writer.value("byName", byName)
        }

        init(from reader: inout ItemReader) throws {
            id = try reader.string("id")
            count = try reader.integer("count")
            small = try reader.integerIfPresent("small")
            score = try reader.double("score")
            isOn = try reader.bool("isOn")
            note = try reader.stringIfPresent("note")
            part = try reader.map("part")
            tags = try reader.strings("tags")
            data = Binary(try reader.binary("data"))
            groups = try reader.value("groups")
            byName = try reader.value("byName")
        }
    }

    private static let samples: [Plain] = [
        Plain(
            id: "u1",
            count: 36,
            small: 1,
            score: 97.25,
            isOn: true,
            note: "a \"quoted\" line\nand München, 日本 and 🎉",
            part: Plain.Part(city: "London", zip: 10115),
            tags: ["admin", "", "a tag of more than eight bytes", "back\\slash"],
            data: Binary([0, 255, 7]),
            groups: [3],
            byName: ["b": 2, "a": 1]
        ),
        Plain(
            id: "",
            count: .min,
            small: nil,
            score: -0.0,
            isOn: false,
            note: nil,
            part: Plain.Part(city: String(repeating: "long ", count: 400), zip: .max),
            tags: [],
            data: Binary([]),
            groups: [],
            byName: [:]
        ),
        Plain(
            id: "12345678",
            count: 100_000_000,
            small: -99_999_999,
            score: 1e300 / 1e200,
            isOn: true,
            note: "1234567",
            part: Plain.Part(city: "\u{1F}", zip: -1),
            tags: ["one"],
            data: Binary([1]),
            groups: [1],
            byName: ["c": 3]
        ),
    ]

    @Test(arguments: 0..<3)
    func `an item writes the same bytes by hand as by Codable`(_ sample: Int) throws {
        let plain = FastItemTests.samples[sample]
        let expected = try itemJSON(plain)
        let found = try itemJSON(Fast(plain))
        #expect(found == expected)
    }

    @Test(arguments: 0..<3)
    func `an item reads by hand what Codable has written`(_ sample: Int) throws {
        let plain = FastItemTests.samples[sample]
        let read = try decoded(Fast.self, try itemJSON(plain))
        #expect(read == Fast(plain))
    }

    @Test func `bytes are those of the specification and not only equal`() throws {
        struct Two: FastItem {
            var id = "u1"
            var visits = 7
            init() {}
            func write(into writer: inout ItemWriter) {
                writer.string("id", id)
                writer.integer("visits", visits)
            }
            init(from reader: inout ItemReader) throws {
                id = try reader.string("id")
                visits = try reader.integer("visits")
            }
            // Were Codable used, this would show.
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode("codable")
            }
        }
        let json = try itemJSON(Two())
        #expect(json == #"{"id":{"S":"u1"},"visits":{"N":"7"}}"#)
    }

    private struct Broken: FastItem {
        var body: @Sendable (inout ItemWriter) -> Void = { _ in }
        init(_ body: @escaping @Sendable (inout ItemWriter) -> Void) { self.body = body }
        func write(into writer: inout ItemWriter) { body(&writer) }
        init(from reader: inout ItemReader) throws { _ = try reader.double("a") }
        init(from decoder: any Decoder) throws {}
        func encode(to encoder: any Encoder) throws {}
    }

    @Test func `an attribute written twice is refused`() {
        let item = Broken { writer in
            writer.string("first", "1")
            writer.integer("second", 2)
            writer.bool("first", true)
            writer.string("third", "after")
        }
        expectError(.mapping, "Broken", "first", "twice") { try itemJSON(item) }
    }

    @Test func `a number that is not finite is refused with its path`() {
        let item = Broken { $0.double("score", .nan) }
        expectError(.mapping, "score", "NaN or infinite") { try itemJSON(item) }
    }

    @Test func `what another type refuses inside comes with its whole path`() {
        let item = Broken { $0.value("outer", ["inner": Double.infinity]) }
        expectError(.mapping, "outer.inner", "NaN or infinite") { try itemJSON(item) }
    }

    @Test func `an error leaves the writer as it was`() {
        var writer = JSONWriter()
        writer.raw("before")
        let item = Broken { writer in
            writer.string("a", "1")
            writer.double("b", .infinity)
        }
        let failed = (try? ItemEncoder().encodeItem(item, into: &writer)) == nil
        #expect(failed)
        #expect(writer.bytes == Array("before".utf8))
    }

    @Test func `missing and mistyped attributes are errors with their path`() {
        expectError(.decoding, "Broken", "a", "missing") { try decoded(Broken.self, #"{"b":{"S":"x"}}"#) }
        expectError(.decoding, "a", "expected", secret: "hidden") {
            try decoded(Broken.self, #"{"a":{"S":"hidden"}}"#)
        }
    }

    @Test func `attributes are found in any order and unknown ones ignored`() throws {
        let json = #"{"zip":{"N":"1"},"x":{"M":{"city":{"S":"no"}}},"city":{"S":"yes"}}"#
        let part = try decoded(Fast.Part.self, json)
        #expect(part == Fast.Part(city: "yes", zip: 1))
    }

    @Test(arguments: 0...20)
    func `names and texts of every length are copied whole`(_ length: Int) throws {
        let text = String("abcdefghijklmnopqrstuvwxyz".prefix(length))
        let name = "n" + text
        let json = try itemJSON([name: text])
        #expect(json == "{\"\(name)\":{\"S\":\"\(text)\"}}")
        let escaped = try itemJSON([name + "\"": text + "\\"])
        #expect(escaped == "{\"\(name)\\\"\":{\"S\":\"\(text)\\\\\"}}")
    }

    @Test(arguments: [0, 9, 10, 99_999_999, 100_000_000, -1, -99_999_999, -100_000_000, Int.max, Int.min])
    func `integers of every length are written whole`(_ number: Int) throws {
        let json = try itemJSON(Box(a: number))
        #expect(json == "{\"a\":{\"N\":\"\(number)\"}}")
    }
}

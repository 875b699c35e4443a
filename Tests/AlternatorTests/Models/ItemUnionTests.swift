import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

private struct Cat: TableItem, Equatable {
    var id: String
    var lives: Int
    var rest: Extras = [:]
    static let primaryKey = PrimaryKey(\Cat.id)
}

/// With the discriminator as a property.
private struct Dog: TableItem, DefaultingItem, TimestampedItem, ExpiringItem, Equatable {
    var id: String
    var kind: String?
    var name: String
    var updated: Date?
    var until: Date?
    static let primaryKey = PrimaryKey(\Dog.id)
    static let defaults = AttributeDefaults<Dog>().with(\.name, "Rex")
    static let timestamps = Timestamps<Dog>(updated: .init(\.updated), format: .milliseconds)
    static let expiry = ExpiryAttribute(\Dog.until)
}

private struct Lion: VersionedItem, Equatable {
    var id: String
    var rev: Int?
    static let primaryKey = PrimaryKey(\Lion.id)
    static let version = VersionAttribute(\Lion.rev)
}

private enum Pet: ItemUnion, TableItem, Equatable {
    case cat(Cat), stray(Cat), dog(Dog), lion(Lion), other(UnknownItem)
    static let members = Members<Pet>(
        discriminator: "kind",
        ["cat": .init(Pet.cat), "stray": .init(Pet.stray), "dog": .init(Pet.dog), "lion": .init(Pet.lion)],
        unknown: .keep(Pet.other)
    )
    var model: any Document {
        switch self {
        case .cat(let cat), .stray(let cat): cat
        case .dog(let dog): dog
        case .lion(let lion): lion
        case .other(let item): item
        }
    }
    static let primaryKey = PrimaryKey(Path<Pet, String>("id"))
}

private enum Skipping: ItemUnion, Equatable {
    case cat(Cat)
    static let members = Members<Skipping>(discriminator: "kind", ["cat": .init(Skipping.cat)], unknown: .skip)
    var model: any Document {
        switch self {
        case .cat(let cat): cat
        }
    }
}

private enum Strict: ItemUnion, Equatable {
    case cat(Cat)
    static let members = Members<Strict>(discriminator: "kind", ["cat": .init(Strict.cat)])
    var model: any Document {
        switch self {
        case .cat(let cat): cat
        }
    }
}

private enum Twice: ItemUnion {
    case one(Cat), two(Cat)
    static let members = Members<Twice>(discriminator: "kind", ["cat": .init(Twice.one), "cat": .init(Twice.two)])
    var model: any Document {
        switch self {
        case .one(let cat), .two(let cat): cat
        }
    }
}

struct ItemUnionTests {
    private static let now = Date(timeIntervalSince1970: 1_700_000_000.75)
    private static let cat = #"{"id":{"S":"c"},"lives":{"N":"9"},"kind":{"S":"cat"}}"#
    private static let bird = #"{"id":{"S":"b"},"kind":{"S":"bird"},"wings":{"N":"2"}}"#
    private static let nameless = #"{"id":{"S":"n"}}"#

    @Test func `each case is written with its own text, one model in two cases too`() async throws {
        let bench = try await Bench()
        let pets = bench.resource.table("pets", of: Pet.self).with(clock: { Self.now })
        try await pets.put(.cat(Cat(id: "c", lives: 9)))
        try await pets.put(.stray(Cat(id: "s", lives: 1)))
        #expect(bench.bodies[0].contains(#""Item":\#(Self.cat)"#))
        #expect(bench.bodies[1].contains(#""kind":{"S":"stray"}"#))
    }

    @Test func `what a member declares holds inside the union`() async throws {
        let dog = #"{"id":{"S":"d"},"kind":{"S":"dog"},"updated":{"N":"1700000000750"},"until":{"N":"5"}}"#
        let bench = try await Bench { _, call in call.operation == "GetItem" ? .ok(#"{"Item":\#(dog)}"#) : nil }
        let pets = bench.resource.table("pets", of: Pet.self).with(clock: { Self.now })
        let until = Date(timeIntervalSince1970: 5)
        let read = try await pets.get("d")
        #expect(read == .dog(Dog(id: "d", kind: "dog", name: "Rex", updated: Self.now, until: until)))
        try await pets.put(.dog(Dog(id: "d", kind: nil, name: "Ben", updated: nil, until: until + 0.5)))
        let item = try ItemDecoder().decode([String: AttributeValue].self, from: .map(body(bench.bodies[1])))
        #expect(item == ["id": "d", "kind": "dog", "name": "Ben", "updated": 1_700_000_000_750, "until": 5])
        // A property that says otherwise is a mistake of the caller.
        let error = await #expect(throws: AlternatorError.self) {
            try await pets.put(.dog(Dog(id: "d", kind: "cat", name: "Ben")))
        }
        #expect(error?.code == .mapping)
    }

    private func body(_ text: String) throws -> [String: AttributeValue] {
        var reader = JSONReader(Array(text.utf8))
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "Item" { return try reader.readItem() }
            try reader.skipValue()
        }
        return [:]
    }

    @Test func `a versioned member is not written through a union`() async throws {
        let bench = try await Bench()
        let pets = bench.resource.table("pets", of: Pet.self)
        let put = await #expect(throws: AlternatorError.self) { try await pets.put(.lion(Lion(id: "l", rev: 1))) }
        let batch = await #expect(throws: AlternatorError.self) {
            _ = try await pets.batchWrite(put: [.lion(Lion(id: "l", rev: 1))])
        }
        let byName = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("pets").put(Pet.lion(Lion(id: "l", rev: 1)))
        }
        for error in [put, batch, byName] { #expect(error?.code == .mapping) }
        #expect(bench.sent.isEmpty)
    }

    @Test func `extras of a member are without the text that tells it apart`() throws {
        let read = try ItemReading<Pet>().item(from: ["id": "c", "lives": 9, "kind": "cat", "more": 1])
        #expect(read == .cat(Cat(id: "c", lives: 9, rest: ["more": 1])))
    }

    @Test func `an unknown item can be a case and goes back as it was`() async throws {
        let bench = try await Bench(answers: [
            .ok(#"{"Items":[\#(Self.cat),\#(Self.bird),\#(Self.nameless)],"Count":3,"ScannedCount":3}"#)
        ])
        let pets = bench.resource.table("pets", of: Pet.self)
        let found = try await pets.scan().all(max: 9)
        #expect(
            found == [
                .cat(Cat(id: "c", lives: 9)), .other(UnknownItem(["id": "b", "kind": "bird", "wings": 2])),
                .other(UnknownItem(["id": "n"])),
            ]
        )
        try await pets.put(found[1])
        #expect(try body(bench.bodies[1]) == ["id": "b", "kind": "bird", "wings": 2])
    }

    @Test func `an unknown item can be left out, and a limit counts what is kept`() async throws {
        let first = #"{"Items":[\#(Self.bird),\#(Self.cat),\#(Self.nameless)],"Count":3,"ScannedCount":3,"#
        let bench = try await Bench(answers: [
            .ok(first + #""LastEvaluatedKey":{"id":{"S":"n"}}}"#),
            .ok(#"{"Items":[\#(Self.bird),\#(Self.cat)],"Count":2,"ScannedCount":2}"#), .ok(#"{"Item":\#(Self.bird)}"#),
        ])
        let table = bench.resource.table("pets")
        let found = try await table.scan(Skipping.self).limit(2).all(max: 9)
        #expect(found == Array(repeating: .cat(Cat(id: "c", lives: 9)), count: 2))
        let error = await #expect(throws: AlternatorError.self) { try await table.get(Skipping.self, key: ["id": "b"]) }
        #expect(error?.code == .decoding)
    }

    @Test func `an unknown item is an error by default, naming what is known`() async throws {
        let bench = try await Bench(answers: [.ok(#"{"Items":[\#(Self.bird)],"Count":1,"ScannedCount":1}"#)])
        let error = await #expect(throws: AlternatorError.self) {
            _ = try await bench.resource.table("pets").scan(Strict.self).all(max: 9)
        }
        #expect(error?.code == .decoding)
    }

    @Test func `one text for two members is refused`() async throws {
        let bench = try await Bench()
        let error = await #expect(throws: AlternatorError.self) {
            try await bench.resource.table("pets").put(Twice.two(Cat(id: "c", lives: 1)))
        }
        #expect(error?.message.contains("two members") == true)
        #expect(bench.sent.isEmpty)
    }
}

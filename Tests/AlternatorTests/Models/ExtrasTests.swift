import AlternatorWire
import Foundation
import TestSupport
import Testing

@testable import Alternator

private struct Keeper: TableItem, Equatable {
    var id: String
    var name: String?
    var place: Place?
    var rest: Extras

    struct Place: Document, Equatable {
        var city: String
        var more: Extras
    }

    static let primaryKey = PrimaryKey(\Keeper.id)
}

private struct Brief: Decodable {
    var id: String
    var rest: Extras
}

struct ExtrasTests {
    private static let stored: [String: AttributeValue] = [
        "id": "k", "name": "n", "color": "red", "rest": ["a", 1], "flags": .stringSet(["x"]),
        "place": ["city": "Bern", "floor": 3],
    ]

    @Test func `attributes without a coding key go into the extras of their own map and come back out`() throws {
        let keeper = try ItemReading<Keeper>().item(from: Self.stored)
        #expect(keeper.name == "n")
        // An attribute that has the name of the extras property is no member of it but one of them.
        #expect(keeper.rest == ["color": "red", "rest": ["a", 1], "flags": .stringSet(["x"])])
        #expect(keeper.place?.more == ["floor": 3])
        #expect(try ItemEncoder().attributes(of: keeper) == Self.stored)
    }

    @Test func `extras are read and set as any type`() throws {
        var extras: Extras = ["n": 5, "none": nil, "text": "t"]
        #expect(try extras.value("n", as: Int.self) == 5)
        #expect(try extras.value("none", as: Int.self) == nil)
        #expect(try extras.value("missing", as: Int.self) == nil)
        let error = #expect(throws: AlternatorError.self) { try extras.value("text", as: Int.self) }
        #expect(error?.code == .decoding)
        try extras.set([1, 2], for: "list")
        #expect(extras["list"] == [1, 2])
        extras["text"] = nil
        #expect(extras.attributes.keys.sorted() == ["list", "n", "none"])
        #expect(!extras.isEmpty)
        #expect(Extras().isEmpty)
    }

    @Test func `an extra with the name of a property is refused`() {
        let keeper = Keeper(id: "k", name: "n", place: nil, rest: ["name": "other"])
        let error = #expect(throws: AlternatorError.self) { try ItemEncoder().attributes(of: keeper) }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains("name") == true)
    }

    @Test func `extras survive get, change and put`() async throws {
        let item = #"{"id":{"S":"k"},"color":{"S":"red"},"n":{"N":"7"}}"#
        let bench = try await Bench(answers: [.ok(#"{"Item":\#(item)}"#)])
        let keepers = bench.resource.table("keepers", of: Keeper.self)
        var keeper = try #require(try await keepers.get("k"))
        keeper.name = "new"
        try await keepers.put(keeper)
        #expect(
            bench.bodies[1] == #"{"TableName":"keepers","Item":{"id":{"S":"k"},"name":{"S":"new"},"#
                + #""color":{"S":"red"},"n":{"N":"7"}}}"#
        )
    }

    @Test func `a partial type with extras asks for the whole item`() async throws {
        let bench = try await Bench(answers: [.ok(#"{"Item":{"id":{"S":"k"},"x":{"N":"1"}}}"#)])
        let brief = try await bench.resource.table("keepers", of: Keeper.self).get("k", as: Brief.self)
        #expect(brief?.rest == ["x": 1])
        #expect(bench.bodies == [#"{"TableName":"keepers","Key":{"id":{"S":"k"}}}"#])
    }

    @Test func `a path through extras names the attribute beside the model's own`() throws {
        let f = Fields<Keeper>()
        #expect(
            try Rendering.condition(f.rest["color"] == "red" && f.place.more["floor"] > 2)
                == Rendering(
                    "#n0 = :v0 AND #n1.#n2 > :v1",
                    ##"{"ExpressionAttributeNames":{"#n0":"color","#n1":"place","#n2":"floor"},"##
                        + #""ExpressionAttributeValues":{":v0":{"S":"red"},":v1":{"N":"2"}}}"#
                )
        )
        let typed = try Rendering.update(changes(of: Keeper.self) { $0.rest["n", as: Int.self].add(1) })
        #expect(typed.rendering.text == "ADD #n0 :v0")
        let error = #expect(throws: AlternatorError.self) { try Rendering.condition(f.rest.exists()) }
        #expect(error?.message.contains("$0.rest") == true)
    }

    @Test func `other coders see extras as a map`() throws {
        let brief = Keeper.Place(city: "c", more: ["x": 1])
        let json = try JSONEncoder().encode(brief)
        #expect(try JSONDecoder().decode(Keeper.Place.self, from: json) == brief)
        #expect(try JSONDecoder().decode(Keeper.Place.self, from: Data(#"{"city":"c"}"#.utf8)).more.isEmpty)
    }
}

import Foundation
import Testing

@testable import Alternator

/// The table of facts on key paths and names: every kind of property that resolves, and every kind that must be refused.
struct NameResolverTests {
    private func name<Root: Decodable, Value>(_ keyPath: KeyPath<Root, Value>) -> String? {
        if case .name(let name) = NameResolver.element(keyPath) { name } else { nil }
    }

    private func refusal<Root: Decodable, Value>(_ keyPath: KeyPath<Root, Value>) -> String? {
        if case .unresolved(let reason) = NameResolver.element(keyPath) { reason } else { nil }
    }

    @Test func `the running program's enum layout is the assumed one`() {
        #expect(EnumCases.isTrustworthy)
        #expect(EnumCases.list(Shade.self)?.map(\.name) == ["light", "dark"])
        #expect(EnumCases.list(Shade.self)?.map(\.value) == [.light, .dark])
        #expect(EnumCases.list(OneCase.self)?.map(\.name) == ["only"])
        #expect(EnumCases.list(Shape.self) == nil)
        #expect(EnumCases.list(String.self) == nil)
        #expect(EnumCases.list(Closed.self) == nil)
    }

    @Test func `properties of every stored kind have the name of their coding key`() {
        #expect(name(\Wide.id) == "pk")
        #expect(name(\Wide.first) == "second")
        #expect(name(\Wide.second) == "first")
        #expect(name(\Wide.unsigned) == "unsigned")
        #expect(name(\Wide.flag) == "flag")
        #expect(name(\Wide.place) == "address")
        #expect(name(\Place.city) == "c")
        #expect(name(\Geo.lat) == "lat")
        #expect(name(\Wide.other) == "other")
        #expect(name(\Wide.text) == "opt_s")
        #expect(name(\Wide.shade) == "shade")
        #expect(name(\Wide.maybeShade) == "maybeShade")
        #expect(name(\Wide.level) == "level")
        #expect(name(\Wide.shape) == "shape")
        #expect(name(\Wide.one) == "one")
        #expect(name(\Wide.list) == "list")
        #expect(name(\Wide.places) == "places")
        #expect(name(\Wide.counts) == "counts")
        #expect(name(\Wide.byID) == "byID")
        #expect(name(\Wide.tags) == "tags")
        #expect(name(\Wide.numbers) == "numbers")
        #expect(name(\Wide.date) == "date")
        #expect(name(\Wide.data) == "data")
        #expect(name(\Wide.decimal) == "decimal")
        #expect(name(\Wide.url) == "url")
        #expect(name(\Wide.email) == "email")
        #expect(name(\Wide.branch) == "branch")
        #expect(name(\Wide.link) == "link")
    }

    @Test func `types of every shape resolve`() {
        #expect(name(\Bounds.low) == "lo")
        #expect(name(\Trap.url) == "link")
        #expect(name(\Lowered.name) == "n")
        #expect(name(\OneField.only) == "the_one")
        #expect(name(\Skipped.kept) == "kept")
        #expect(name(\Closed.name) == "nm")
        #expect(name(\WithWrapper.plain) == "plain")
        #expect(name(\Generic<Int>.payload) == "p")
        #expect(name(\Generic<[String]>.payload) == "p")
        #expect(name(\Outer.Inner.depth) == "depth")
        #expect(name(\Reserved.default) == "default")
        #expect(name(\Reserved.size) == "size")
        #expect(name(\Branch.children) == "children")
    }

    private struct Hidden: Codable {
        private(set) var value: Int
        enum CodingKeys: String, CodingKey { case value = "V" }
    }

    @Test func `private and local types resolve`() {
        struct Local: Codable {
            var value: Int
            enum CodingKeys: String, CodingKey { case value = "L" }
        }
        #expect(name(\Hidden.value) == "V")
        #expect(name(\Local.value) == "L")
    }

    @Test func `a name given in the model wins, for wrapped and observed properties too`() {
        #expect(name(\Named.note) == "nt")
        #expect(name(\Named.count) == "count")
    }

    @Test func `what is no stored property is refused, never guessed`() {
        #expect(refusal(\Wide.shout) != nil)
        #expect(refusal(\Wide.place.city) != nil)
        #expect(refusal(\Wide.list[0]) != nil)
        #expect(refusal(\Wide.self) != nil)
        #expect(refusal(\Open.name) != nil)
        #expect(refusal(\WithWrapper.name) != nil)
        #expect(refusal(\Observed.watched) != nil)
        #expect(refusal(witness(Wide.self)) != nil)
    }

    @Test func `what has no coding key of its own is refused`() {
        #expect(refusal(\OtherKeys.first) != nil)
        #expect(refusal(\DynamicKeys.first) != nil)
        #expect(refusal(\Flat.lat) != nil)
        #expect(refusal(\Flat.base) != nil)
        #expect(refusal(\Skipped.cache) != nil)
        #expect(refusal(\Email.raw) != nil)
    }

    @Test func `fields without size are told apart by their types or refused`() {
        #expect(name(\OneSizeless.id) == "i")
        #expect(name(\OneSizeless.kind) == "k")
        #expect(name(\Sizeless.id) == "id")
        #expect(name(\Sizeless.text) == "text")
        #expect(refusal(\Sizeless.kind) != nil)
        #expect(refusal(\Sizeless.mark) != nil)
    }

    @Test func `a refusal names the property and the remedy`() throws {
        let reason = try #require(refusal(\Skipped.cache))
        #expect(reason.contains("\\Skipped.cache"))
        #expect(reason.contains("Path(\"name\", as: T.self)"))
        #expect(reason.contains("ExplicitNames"))
    }

    @Test func `paths are built hop by hop`() {
        let fields = Fields<Order>()
        #expect(fields.customer.elements == [.name("pk")])
        #expect(fields.ship.city.elements == [.name("ship"), .name("city")])
        #expect(fields.bill.city.elements == [.name("bill"), .name("city")])
        #expect(fields.bill.zip.elements == [.name("bill"), .name("zip")])
        #expect(fields.lines[3].qty.elements == [.name("lines"), .index(3), .name("qty")])
        #expect(fields.meta["a.b"].elements == [.name("meta"), .name("a.b")])
        #expect(fields.ship[\.city].elements == [.name("ship"), .name("city")])
        #expect(fields.named("x", as: Int.self).elements == [.name("x")])
        #expect(Path(\Order.rev).elements == [.name("_v")])
        #expect(Path(\Order.rev, Order.CodingKeys.size).elements == [.name("size")])
        #expect(Path<Order, Int>("n").elements == [.name("n")])
        #expect(Fields<UntypedItem>()["a"]["b"][0].elements == [.name("a"), .name("b"), .index(0)])
    }

    @Test func `names resolve from many tasks at once`() async {
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    (0..<200).allSatisfy { _ in
                        Fields<Order>().ship.city.elements == [.name("ship"), .name("city")]
                            && Fields<Order>().number.elements == [.name("sk")]
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func `the attributes of a partial type are those of its coding keys`() {
        #expect(Projection.of(OrderSummary.self) == ["number", "total"])
        #expect(Projection.of(Place.self) == ["c", "geo", "zip"])
        #expect(Projection.of(Flat.self) == nil)
        #expect(Projection.of([String: AttributeValue].self) == nil)
    }
}

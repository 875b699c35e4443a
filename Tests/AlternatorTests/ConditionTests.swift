import Foundation
import TestSupport
import Testing

@testable import Alternator

struct ConditionTests {
    private let order = Fields<Order>()
    private let item = Fields<UntypedItem>()

    private func render<Root>(_ condition: Condition<Root>) throws -> Rendering { try Rendering.condition(condition) }

    @Test(arguments: [("=", 0), ("<>", 1), ("<", 2), ("<=", 3), (">", 4), (">=", 5)])
    func `a comparison with a value uses a name and a value placeholder`(comparator: String, number: Int) throws {
        let conditions = [
            order.number == 7, order.number != 7, order.number < 7, order.number <= 7, order.number > 7,
            order.number >= 7,
        ]
        #expect(
            try render(conditions[number])
                == Rendering(
                    "#n0 \(comparator) :v0",
                    ##"{"ExpressionAttributeNames":{"#n0":"sk"},"ExpressionAttributeValues":{":v0":{"N":"7"}}}"##
                )
        )
    }

    @Test(arguments: [("=", 0), ("<>", 1), ("<", 2), ("<=", 3), (">", 4), (">=", 5)])
    func `a comparison of two attributes has no values`(comparator: String, number: Int) throws {
        let conditions = [
            order.number == order.size, order.number != order.size, order.number < order.size,
            order.number <= order.size, order.number > order.size, order.number >= order.size,
        ]
        #expect(
            try render(conditions[number])
                == Rendering("#n0 \(comparator) #n1", ##"{"ExpressionAttributeNames":{"#n0":"sk","#n1":"size"}}"##)
        )
    }

    @Test func `the same name is one placeholder, wherever it occurs`() throws {
        let condition = order.rev == 3 && order.bill.city == "Paris" && order.ship.city == "Rome" && order.rev < 9
        #expect(
            try render(condition)
                == Rendering(
                    "#n0 = :v0 AND #n1.#n2 = :v1 AND #n3.#n2 = :v2 AND #n0 < :v3",
                    ##"{"ExpressionAttributeNames":{"#n0":"_v","#n1":"bill","#n2":"city","#n3":"ship"},"##
                        + #""ExpressionAttributeValues":{":v0":{"N":"3"},":v1":{"S":"Paris"},"#
                        + #"":v2":{"S":"Rome"},":v3":{"N":"9"}}}"#
                )
        )
    }

    @Test func `and, or and not keep their meaning in text`() throws {
        let a = order.number > 1
        let b = order.size > 2
        let c = order.rev > 3
        #expect(try render(a && b || c).text == "(#n0 > :v0 AND #n1 > :v1) OR #n2 > :v2")
        #expect(try render(a && (b || c)).text == "#n0 > :v0 AND (#n1 > :v1 OR #n2 > :v2)")
        #expect(try render(!(a || b) && c).text == "NOT (#n0 > :v0 OR #n1 > :v1) AND #n2 > :v2")
        #expect(try render(!a).text == "NOT (#n0 > :v0)")
        #expect(try render(a || b || c).text == "#n0 > :v0 OR #n1 > :v1 OR #n2 > :v2")
    }

    @Test func `always is not sent and changes nothing`() throws {
        #expect(try render(Condition<Order>.always) == Rendering(nil, "{}"))
        #expect(try render(.always && order.number > 1).text == "#n0 > :v0")
        #expect(try render(order.number > 1 && .always).text == "#n0 > :v0")
        #expect(try render(.always || order.number > 1).text == nil)
        #expect(throws: AlternatorError.self) { try render(!Condition<Order>.always) }
    }

    @Test func `nil means missing or NULL`() throws {
        let placeholders =
            ##"{"ExpressionAttributeNames":{"#n0":"email"},"ExpressionAttributeValues":{":v0":{"S":"NULL"}}}"##
        #expect(
            try render(order.email == nil)
                == Rendering("(attribute_not_exists(#n0) OR attribute_type(#n0, :v0))", placeholders)
        )
        #expect(
            try render(order.email != nil)
                == Rendering("(attribute_exists(#n0) AND NOT attribute_type(#n0, :v0))", placeholders)
        )
        let nothing: String? = nil
        #expect(try render(order.email == nothing) == render(order.email == nil))
        #expect(try render(item["email"] == nil) == render(order.email == nil))
        let something: String? = "a@b"
        #expect(try render(order.email == something).text == "#n0 = :v0")
    }

    @Test func `an empty set is a missing attribute`() throws {
        #expect(try render(order.tags == []).text == "attribute_not_exists(#n0)")
        #expect(try render(order.tags != []).text == "attribute_exists(#n0)")
    }

    @Test func `order against nil is refused`() {
        let nothing: Int? = nil
        #expect(throws: AlternatorError.self) { try render(order.rev < nothing) }
    }

    @Test func `between and in list their values`() throws {
        #expect(
            try render(order.number.between(1, 9))
                == Rendering(
                    "#n0 BETWEEN :v0 AND :v1",
                    ##"{"ExpressionAttributeNames":{"#n0":"sk"},"##
                        + #""ExpressionAttributeValues":{":v0":{"N":"1"},":v1":{"N":"9"}}}"#
                )
        )
        #expect(
            try render(order.status.isIn([.active, .closed]))
                == Rendering(
                    "#n0 IN (:v0, :v1)",
                    ##"{"ExpressionAttributeNames":{"#n0":"status"},"##
                        + #""ExpressionAttributeValues":{":v0":{"S":"active"},":v1":{"S":"closed"}}}"#
                )
        )
        #expect(try render(order.number.isIn([])).text == "(attribute_exists(#n0) AND attribute_not_exists(#n0))")
        #expect(
            try render(order.rev.isIn([1, nil])).text
                == "(#n0 IN (:v0) OR (attribute_not_exists(#n0) OR attribute_type(#n0, :v1)))"
        )
    }

    @Test func `functions have the server's names`() throws {
        #expect(try render(order.email.exists()).text == "attribute_exists(#n0)")
        #expect(try render(order.email.isMissing()).text == "attribute_not_exists(#n0)")
        #expect(try render(order.email.hasPrefix("a")).text == "begins_with(#n0, :v0)")
        #expect(try render(order.customer.hasPrefix("a")).text == "begins_with(#n0, :v0)")
        #expect(try render(order.customer.contains("a")).text == "contains(#n0, :v0)")
        #expect(try render(order.tags.contains("a")).text == "contains(#n0, :v0)")
        #expect(
            try render(order.lines.contains(Line(sku: "a", qty: 1))).placeholders
                == ##"{"ExpressionAttributeNames":{"#n0":"lines"},"ExpressionAttributeValues":"##
                + #"{":v0":{"M":{"sku":{"S":"a"},"qty":{"N":"1"}}}}}"#
        )
        #expect(try render(order.lines.sizeOf > 2).text == "size(#n0) > :v0")
        #expect(try render(order.lines.sizeOf.between(1, 2)).text == "size(#n0) BETWEEN :v0 AND :v1")
        #expect(
            try render(order.email.hasType(.string))
                == Rendering(
                    "attribute_type(#n0, :v0)",
                    ##"{"ExpressionAttributeNames":{"#n0":"email"},"ExpressionAttributeValues":{":v0":{"S":"S"}}}"##
                )
        )
    }

    @Test func `paths reach into maps, lists and dictionaries, whatever the key`() throws {
        #expect(
            try render(order.lines[2].qty == 1)
                == Rendering(
                    "#n0[2].#n1 = :v0",
                    ##"{"ExpressionAttributeNames":{"#n0":"lines","#n1":"qty"},"##
                        + #""ExpressionAttributeValues":{":v0":{"N":"1"}}}"#
                )
        )
        #expect(
            try render(order.meta["a.b #1"] == "x").placeholders
                == ##"{"ExpressionAttributeNames":{"#n0":"meta","#n1":"a.b #1"},"##
                + #""ExpressionAttributeValues":{":v0":{"S":"x"}}}"#
        )
        #expect(
            try render(item["a"]["b"][0] == "x")
                == Rendering(
                    "#n0.#n1[0] = :v0",
                    ##"{"ExpressionAttributeNames":{"#n0":"a","#n1":"b"},"ExpressionAttributeValues":{":v0":{"S":"x"}}}"##
                )
        )
        #expect(throws: AlternatorError.self) { try render(order.lines[-1].qty == 1) }
        #expect(throws: AlternatorError.self) { try render(item[""] == 1) }
    }

    @Test func `raw text takes values and names as placeholders, never as text`() throws {
        let age = 30
        #expect(
            try render(Condition<Order>.raw("attribute_not_exists(id) OR \(name: "size") > \(age)"))
                == Rendering(
                    "attribute_not_exists(id) OR #n0 > :v0",
                    ##"{"ExpressionAttributeNames":{"#n0":"size"},"ExpressionAttributeValues":{":v0":{"N":"30"}}}"##
                )
        )
        #expect(try render(order.number > 1 && .raw("a = b OR c = d")).text == "#n0 > :v0 AND (a = b OR c = d)")
        let hostile = "x OR attribute_exists(id)"
        #expect(
            try render(Condition<Order>.raw("name = \(hostile)"))
                == Rendering(
                    "name = :v0",
                    #"{"ExpressionAttributeValues":{":v0":{"S":"x OR attribute_exists(id)"}}}"#
                )
        )
    }

    @Test func `raw text with placeholders by hand, nil or nothing in it is refused`() {
        let empty: Set<String> = []
        let pieces: [RawExpression.Piece] = [.text("a = "), .value(String?.none)]
        for raw: RawExpression in ["a = :x", "#a = b", "a = \(empty)", "", "  ", RawExpression(pieces: pieces)] {
            #expect(throws: AlternatorError.self) { try render(Condition<Order>.raw(raw)) }
        }
    }

    @Test func `a path without a name is an error naming the property`() {
        let error = #expect(throws: AlternatorError.self) { try render(Fields<Skipped>().cache == "x") }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains("\\Skipped.cache") == true)
    }

    @Test func `a condition over the server's 4096 bytes is refused here`() {
        let many = (0..<400).reduce(Condition<Order>.always) { $0 && order.number != $1 }
        let error = #expect(throws: AlternatorError.self) { try render(many) }
        #expect(error?.code == .mapping)
        #expect(error?.message.contains("4096") == true)
    }

    @Test(.ownThread) func `depth without end is refused and never traps`() {
        var deep = order.number > 1
        for _ in 0..<100_000 { deep = !deep }
        #expect(throws: AlternatorError.self) { try render(deep) }
        var mixed = order.number > 1
        for _ in 0..<100_000 { mixed = (mixed && order.size > 1) || order.rev > 1 }
        #expect(throws: AlternatorError.self) { try render(mixed) }
    }

    @Test func `an expiry date is compared in whole seconds`() throws {
        let date = Date(timeIntervalSince1970: 1_700_000_000.75)
        #expect(
            try Rendering.condition(order.expires < date, dates: DateForms(forms: ["ttl": .wholeSeconds]))
                == Rendering(
                    "#n0 < :v0",
                    ##"{"ExpressionAttributeNames":{"#n0":"ttl"},"ExpressionAttributeValues":{":v0":{"N":"1700000000"}}}"##
                )
        )
        #expect(
            try Rendering.condition(order.created < date, dates: DateForms(forms: ["ttl": .wholeSeconds])).placeholders
                == ##"{"ExpressionAttributeNames":{"#n0":"created"},"##
                + #""ExpressionAttributeValues":{":v0":{"N":"1700000000.75"}}}"#
        )
    }
}

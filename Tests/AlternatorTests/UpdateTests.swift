import Foundation
import Testing

@testable import Alternator

struct UpdateTests {
    private func render(@UpdateBuilder<Order> _ body: Changing<Order>) throws -> (
        rendering: Rendering, update: UpdateText
    ) {
        try Rendering.update(body(Fields()))
    }

    @Test func `the clauses come in one order with shared names`() throws {
        let hasMail = true
        let (rendering, _) = try render {
            $0.status.set(.closed)
            $0.rev.set(4)
            $0.size.add(1)
            $0.lines[0].qty.set(4)
            $0.ship.city.set("Y")
            $0.bill.remove()
            $0.tags.insert(["new"])
            if hasMail { $0.email.set("a@b") }
        }
        #expect(
            rendering
                == Rendering(
                    "SET #n0 = :v0, #n1 = :v1, #n3[0].#n4 = :v3, #n5.#n6 = :v4, #n9 = :v6 REMOVE #n7 "
                        + "ADD #n2 :v2, #n8 :v5",
                    ##"{"ExpressionAttributeNames":{"#n0":"status","#n1":"_v","#n2":"size","#n3":"lines","#n4":"qty","##
                        + ##""#n5":"ship","#n6":"city","#n7":"bill","#n8":"tags","#n9":"email"},"##
                        + #""ExpressionAttributeValues":{":v0":{"S":"closed"},":v1":{"N":"4"},":v2":{"N":"1"},"#
                        + #"":v3":{"N":"4"},":v4":{"S":"Y"},":v5":{"SS":["new"]},":v6":{"S":"a@b"}}}"#
                )
        )
    }

    @Test func `right sides may read the item`() throws {
        #expect(try render { $0.size.set($0.size + 1) }.rendering.text == "SET #n0 = #n0 + :v0")
        #expect(try render { $0.size.set($0.number - 1) }.rendering.text == "SET #n0 = #n1 - :v0")
        #expect(try render { $0.size.set($0.size + $0.number) }.rendering.text == "SET #n0 = #n0 + #n1")
        #expect(try render { $0.size.setIfMissing(1) }.rendering.text == "SET #n0 = if_not_exists(#n0, :v0)")
        #expect(
            try render { $0.size.increment(by: 1, startingAt: 0) }.rendering.text
                == "SET #n0 = if_not_exists(#n0, :v0) + :v1"
        )
        #expect(try render { $0.size.set($0.number.or(3)) }.rendering.text == "SET #n0 = if_not_exists(#n1, :v0)")
        #expect(
            try render { $0.size.set($0.rev.or(3) + 1) }.rendering.text == "SET #n0 = if_not_exists(#n1, :v0) + :v1"
        )
        #expect(
            try render { $0.lines.append([Line(sku: "a", qty: 1)]) }.rendering.text
                == "SET #n0 = list_append(#n0, :v0)"
        )
        #expect(try render { $0.lines.prepend([]) }.rendering.text == "SET #n0 = list_append(:v0, #n0)")
    }

    @Test func `removing reaches everywhere`() throws {
        #expect(try render { $0.bill.remove() }.rendering.text == "REMOVE #n0")
        #expect(try render { $0.bill.zip.remove() }.rendering.text == "REMOVE #n0.#n1")
        #expect(try render { $0.lines.removeElement(at: 3) }.rendering.text == "REMOVE #n0[3]")
        #expect(
            try render { $0.meta.removeValue(forKey: "a.b") }.rendering
                == Rendering("REMOVE #n0.#n1", ##"{"ExpressionAttributeNames":{"#n0":"meta","#n1":"a.b"}}"##)
        )
    }

    @Test func `setting nil or an empty set removes`() throws {
        let nothing: String? = nil
        #expect(
            try render { $0.email.set(nothing) }.rendering
                == Rendering("REMOVE #n0", ##"{"ExpressionAttributeNames":{"#n0":"email"}}"##)
        )
        #expect(try render { $0.email.set(nil) }.rendering.text == "REMOVE #n0")
        #expect(try render { $0.tags.set([]) }.rendering.text == "REMOVE #n0")
    }

    @Test func `adding or deleting no members changes nothing`() throws {
        #expect(
            try render {
                $0.tags.insert([]); $0.tags.subtract([]); $0.size.set(1)
            }.rendering.text == "SET #n0 = :v0"
        )
        #expect(try render { $0.tags.subtract(["x"]) }.rendering.text == "DELETE #n0 :v0")
    }

    @Test func `an update without changes is refused`() {
        let error = #expect(throws: AlternatorError.self) { try render { _ in } }
        #expect(error?.code == .mapping)
        #expect(throws: AlternatorError.self) { try render { $0.tags.insert([]) } }
    }

    @Test func `control flow collects its changes`() throws {
        let flags = [true, false, true]
        let rendering = try render {
            for (index, flag) in flags.enumerated() {
                if flag { $0.lines[index].qty.set(index) } else { $0.lines[index].sku.set("x") }
            }
            switch flags.count {
            case 3: $0.size.set(3)
            default: $0.size.set(0)
            }
        }.rendering
        #expect(rendering.text == "SET #n0[0].#n1 = :v0, #n0[1].#n2 = :v1, #n0[2].#n1 = :v2, #n3 = :v3")
    }

    @Test func `two signs in one value are refused, as the server would`() {
        #expect(throws: AlternatorError.self) { try render { $0.size.set($0.size + 1 - 2) } }
    }

    // MARK: What routing and retries are told (DESIGN, retry safety)

    @Test func `plain sets and removes neither read nor count`() throws {
        for update in [
            try render { $0.size.set(1) }, try render { $0.bill.remove() }, try render { $0.email.set(nil) },
            try render { $0.ship.set(Address(city: "x")) },
        ] {
            #expect(!update.update.readsItem && !update.update.counts)
        }
    }

    @Test func `nested targets, sets of members and defaults read but do not count`() throws {
        for update in [
            try render { $0.ship.city.set("x") }, try render { $0.bill.zip.remove() },
            try render { $0.tags.insert(["x"]) }, try render { $0.tags.subtract(["x"]) },
            try render { $0.size.setIfMissing(1) }, try render { $0.lines[0].qty.set(1) },
        ] {
            #expect(update.update.readsItem && !update.update.counts)
        }
    }

    @Test func `numbers added, other attributes read, and list positions count`() throws {
        for update in [
            try render { $0.size.add(1) }, try render { $0.rev.add(1) }, try render { $0.size.set($0.size + 1) },
            try render { $0.size.set($0.number.or(1)) }, try render { $0.size.increment(by: 1, startingAt: 0) },
            try render { $0.lines.append([]) }, try render { $0.lines[0].set(Line(sku: "a", qty: 1)) },
            try render { $0.lines.removeElement(at: 0) },
        ] {
            #expect(update.update.readsItem && update.update.counts)
        }
    }

    // MARK: Attributes without a model

    @Test func `untyped attributes take any value`() throws {
        let limit = 3
        let actions = changes(of: UntypedItem.self) {
            $0["visits"].add(limit)
            $0["tags"].add(.stringSet(["a"]))
            $0["a"]["b"][0].set(["x": 1])
            $0["n"].set(limit)
            $0["s"].set("text")
            $0["z"].remove()
            $0["g"].subtract(.numberSet([1]))
        }
        let (rendering, update) = try Rendering.update(actions)
        #expect(
            rendering
                == Rendering(
                    "SET #n2.#n3[0] = :v2, #n4 = :v3, #n5 = :v4 REMOVE #n6 ADD #n0 :v0, #n1 :v1 DELETE #n7 :v5",
                    ##"{"ExpressionAttributeNames":{"#n0":"visits","#n1":"tags","#n2":"a","#n3":"b","#n4":"n","#n5":"s","##
                        + ##""#n6":"z","#n7":"g"},"##
                        + #""ExpressionAttributeValues":{":v0":{"N":"3"},":v1":{"SS":["a"]},"#
                        + #"":v2":{"M":{"x":{"N":"1"}}},":v3":{"N":"3"},":v4":{"S":"text"},":v5":{"NS":["1"]}}}"#
                )
        )
        #expect(update.counts)
        #expect(try !Rendering.update(changes(of: UntypedItem.self) { $0["t"].add(.numberSet([1])) }).update.counts)
        #expect(try Rendering.update(changes(of: UntypedItem.self) { $0["t"].add(.number(1)) }).update.counts)
    }

    @Test func `the expiry attribute is set in whole seconds`() throws {
        let date = Date(timeIntervalSince1970: 1_700_000_000.9)
        let actions = changes(of: Order.self) {
            $0.expires.set(date)
            $0.created.set(date)
        }
        #expect(
            try Rendering.update(actions, dates: DateForms(forms: ["ttl": .wholeSeconds])).rendering.placeholders
                == ##"{"ExpressionAttributeNames":{"#n0":"ttl","#n1":"created"},"##
                + #""ExpressionAttributeValues":{":v0":{"N":"1700000000"},":v1":{"N":"1700000000.9"}}}"#
        )
        let defaults = changes(of: Order.self) { $0.expires.setIfMissing(date) }
        #expect(
            try Rendering.update(defaults, dates: DateForms(forms: ["ttl": .wholeSeconds])).rendering.placeholders
                == ##"{"ExpressionAttributeNames":{"#n0":"ttl"},"ExpressionAttributeValues":{":v0":{"N":"1700000000"}}}"##
        )
    }
}

import AlternatorLocal
import AlternatorWire
import TestSupport
import Testing

/// Requests nobody means well with: they end in an answer or a LocalError, never in a trap.
@Suite struct HostileRequestTests {
    @Test(.ownThread, arguments: 0..<16 as Range<UInt64>)
    func `random expressions on random items`(seed: UInt64) throws {
        var soup = Soup(seed: seed)
        var held = 0
        for _ in 0..<200 {
            let stored = soup.item()
            let values = JSONValue.Member("ExpressionAttributeValues", .object(soup.values()))
            let names = JSONValue.Member("ExpressionAttributeNames", .object([.init("#a", .string("a"))]))
            let text = JSONValue.string(soup.condition())
            let request = JSONValue.object([
                .init("ConditionExpression", text), .init("FilterExpression", text), values, names,
            ])
            var placeholders = Placeholders(request: request)
            if let condition = try? ItemCondition(soup.condition(), as: .condition, placeholders: &placeholders),
                (try? condition.holds(for: stored)) != nil
            {
                held += 1
            }
            if let filter = try? ItemFilter(request: request, of: .scan, placeholders: &placeholders) {
                _ = try? filter.accepts(stored)
            }
            let update = JSONValue.object([.init("UpdateExpression", .string(soup.update())), values, names])
            var unchecked = Placeholders(request: update)
            _ = try? Projection(
                request: .object([.init("ProjectionExpression", .string(soup.path()))]),
                placeholders: &unchecked
            )
            .apply(to: stored)
            if let write = try? UpdateWrite(request: soup.trimmed(update), keyNames: ["p"]) {
                var changed: [String: ItemValue]? = stored
                if (try? write.plan.apply(to: &changed, key: [:])) == nil { #expect(changed == stored, "seed \(seed)") }
            }
        }
        #expect(held > 0, "seed \(seed): no condition was ever evaluated, so this tests little")
    }

    @Test(arguments: [
        "Expected", "AttributeUpdates", "ConditionExpression", "UpdateExpression", "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "KeyConditions", "KeyConditionExpression", "QueryFilter", "ScanFilter", "ProjectionExpression",
        "AttributesToGet", "FilterExpression",
        "ConditionalOperator", "ReturnValues", "ReturnValuesOnConditionCheckFailure",
    ])
    func `parameters of a wrong JSON type`(parameter: String) throws {
        let shapes = [
            "null", "true", "1", #""""#, #""x""#, "[]", "{}", "[[]]", #"{"": {}}"#, #"{"p": null}"#, #"{"p": []}"#,
            #"{"p": {"ComparisonOperator": null}}"#,
            #"{"p": {"AttributeValueList": {}, "ComparisonOperator": "EQ"}}"#, #"{"p": {"Action": {}, "Value": null}}"#,
        ]
        let hash = KeyColumn(name: "p", type: .string)
        for shape in shapes {
            let request = try json(#"{"\#(parameter)": \#(shape)}"#)
            var placeholders = Placeholders(request: request)
            if let write = try? ConditionalWrite(request: request, operation: "PutItem") {
                _ = try? write.condition.holds(for: ["p": 1])
            }
            if let write = try? UpdateWrite(request: request, keyNames: ["c"]) {
                var changed: [String: ItemValue]? = ["p": 1]
                _ = try? write.plan.apply(to: &changed, key: [:])
            }
            _ = try? Projection(ofGetRequest: request)
            _ = try? KeyCondition(request: request, hash: hash, sort: hash, placeholders: &placeholders)
            for operation in [ItemFilter.Operation.scan, .query(keyNames: [])] {
                if let filter = try? ItemFilter(request: request, of: operation, placeholders: &placeholders) {
                    _ = try? filter.accepts(["p": 1])
                }
            }
        }
    }

    @Test func `the deepest condition the grammar allows is evaluated`() throws {
        let nots = String(repeating: "NOT ", count: 400)
        let nested =
            String(repeating: "(a = a AND (a = a OR ", count: 160) + "a = b" + String(repeating: "))", count: 160)
        for (text, expected) in [(nots + "a = a", true), (nots + "a = b", false), (nested, true)] {
            let write = try ConditionalWrite(
                request: .object([.init("ConditionExpression", .string(text))]),
                operation: "PutItem"
            )
            #expect(try write.condition.holds(for: ["a": 1]) == expected)
        }
        let calls = String(repeating: "if_not_exists(q, ", count: 220) + "a" + String(repeating: ")", count: 220)
        let update = try UpdateWrite(
            request: .object([.init("UpdateExpression", .string("SET b = \(calls)"))]),
            keyNames: []
        )
        var changed: [String: ItemValue]? = ["a": 1]
        try update.plan.apply(to: &changed, key: [:])
        #expect(changed == ["a": 1, "b": 1])
    }
}

private struct Soup {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func pick(_ words: [String]) -> String { words.randomElement(using: &random) ?? "" }

    mutating func path() -> String {
        var path = pick(["a", "b", "c", "#a", "l", "m"])
        while Int.random(in: 0..<3, using: &random) == 0 { path += pick([".x", ".a", "[0]", "[1]", "[7]"]) }
        return path
    }

    private mutating func operand() -> String {
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1: path()
        case 2, 3: pick([":n", ":s", ":l", ":b", ":ss"])
        default: pick(["size", "if_not_exists", "list_append", "dog"]) + "(\(operand()), \(operand()))"
        }
    }

    mutating func condition() -> String {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1: operand() + pick([" = ", " <> ", " < ", " >= "]) + operand()
        case 2: "\(operand()) BETWEEN \(operand()) AND \(operand())"
        case 3: "\(operand()) IN (\(operand()), \(operand()))"
        case 4: "NOT \(condition())"
        case 5: "(\(condition())\(pick([" AND ", " OR "]))\(condition()))"
        case 6: pick(["attribute_exists", "attribute_not_exists", "size"]) + "(\(operand()))"
        default: pick(["contains", "begins_with", "attribute_type"]) + "(\(operand()), \(operand()))"
        }
    }

    mutating func update() -> String {
        "SET \(path()) = \(operand())\(pick(["", " + \(operand())", " - \(operand())"])) REMOVE \(path()), \(path()) "
            + "ADD \(path()) \(pick([":n", ":ss"])) DELETE \(path()) :ss"
    }

    mutating func values() -> [JSONValue.Member] {
        [
            .init(":n", .object([.init("N", .string(pick(["1", "9e125", "-1e-130", "0"])))])),
            .init(":s", .object([.init("S", .string(pick(["", "x", "S"])))])),
            .init(":l", .object([.init("L", .array([]))])),
            .init(":b", .object([.init("B", .string(pick(["", "AA=="])))])),
            .init(":ss", .object([.init("SS", .array([.string("x")]))])),
        ]
    }

    /// Without the placeholders its expression does not use, which would be refused.
    func trimmed(_ request: JSONValue) -> JSONValue {
        guard case .object(let members) = request, case .string(let text)? = members.first?.value else {
            return request
        }
        return .object(
            members.map { member in
                guard case .object(let entries) = member.value else { return member }
                return JSONValue.Member(member.name, .object(entries.filter { text.contains($0.name) }))
            }
        )
    }

    mutating func item() -> [String: ItemValue] {
        var item: [String: ItemValue] = [:]
        for name in ["a", "b", "c", "l", "m"] { item[name] = value(depth: 3) }
        return item
    }

    private mutating func value(depth: Int) -> ItemValue? {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
        case 0: nil
        case 1: ItemValue(Int.random(in: -2...2, using: &random))
        case 2: .string(pick(["", "x", "xyz"]))
        case 3: .binary([0])
        case 4: .bool(true)
        case 5: .null
        case 6: .stringSet(["x", "y"])
        case 7: .list([value(depth: depth - 1), value(depth: depth - 1)].compactMap { $0 })
        default: .map(["x": value(depth: depth - 1), "a": value(depth: depth - 1)].compactMapValues { $0 })
        }
    }
}

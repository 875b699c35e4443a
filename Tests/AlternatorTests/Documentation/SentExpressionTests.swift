import AlternatorWire
import Foundation
import Testing

@testable import Alternator

/// Each "Sends `…`" in a comment of a builder, compared with what the builder sends.
struct SentExpressionTests {
    private struct Row: TableItem {
        var id: String
        var text: String
        var other: String
        var note: String?
        var count: Int
        var total: Int
        var limit: Int?
        var data: Data
        var photo: Data?
        var list: [Int]
        var list2: [Int]
        var maybe: [Int]?
        var set: Set<Int>
        var maybeSet: Set<Int>?
        var map: [String: Int]
        var maybeMap: [String: Int]?
        static let primaryKey = PrimaryKey(\Row.id)
    }

    /// The texts in backquotes behind "Sends", in the order of the file; internal helpers come after the builders.
    private static func told(_ file: String) throws -> [String] {
        try DocumentedCode.text("Sources/Alternator/Expressions/\(file)").components(separatedBy: "\n").compactMap {
            let line = $0.trimmingCharacters(in: .whitespaces)
            guard line.hasPrefix("/// Sends `") else { return nil }
            return String(line.dropFirst("/// Sends `".count).prefix { $0 != "`" })
        }
    }

    private static func sent(_ condition: Condition<Row>) throws -> String {
        try #require(try Rendering.condition(condition).text)
    }

    private static func sent(_ action: UpdateAction<Row>) throws -> String {
        try #require(try Rendering.update([action]).rendering.text)
    }

    private static func sent<Value>(_ expression: ValueExpression<Row, Value>) throws -> String {
        var writer = ExpressionWriter()
        return try writer.operand(expression.node)
    }

    private let row = Fields<Row>()
    private let any = Fields<UntypedItem>()

    @Test func `conditions`() throws {
        let sent: [String] = try [
            Self.sent(row.count == 1), Self.sent(row.count != 1),
            Self.sent(row.count == row.total), Self.sent(row.count != row.total), Self.sent(row.count < row.total),
            Self.sent(row.count <= row.total), Self.sent(row.count > row.total), Self.sent(row.count >= row.total),
            Self.sent(row.count < 1), Self.sent(row.count <= 1), Self.sent(row.count > 1), Self.sent(row.count >= 1),
            Self.sent(row.count.between(1, 2)), Self.sent(row.count.isIn([1, 2])),
            Self.sent(row.note.exists()), Self.sent(row.note.isMissing()), Self.sent(row.note.hasType(.string)),
            Self.sent(row.text.hasPrefix("a")), Self.sent(row.note.hasPrefix("a")),
            Self.untyped(any["a"].hasPrefix("a")), Self.sent(row.data.hasPrefix(Data([1]))),
            Self.sent(row.text.contains("a")), Self.sent(row.note.contains("a")),
            Self.untyped(any["a"].contains("a")), Self.sent(row.list.contains(1)), Self.sent(row.maybe.contains(1)),
            Self.sent(row.set.contains(1)), Self.sent(row.maybeSet.contains(1)),
            Self.sent(row.list.sizeOf), Self.sent(row.list.sizeOf == 1), Self.sent(row.list.sizeOf != 1),
            Self.sent(row.list.sizeOf < 1), Self.sent(row.list.sizeOf <= 1), Self.sent(row.list.sizeOf > 1),
            Self.sent(row.list.sizeOf >= 1), Self.sent(row.list.sizeOf.between(1, 2)),
        ]
        #expect(try Self.told("Path+Conditions.swift") == sent)
    }

    @Test func `operands`() throws {
        let size = row.list.sizeOf
        let sent: [String] = try [
            Self.sent(row.count.between(row.total, Path("limit", as: Int.self))),
            Self.sent(row.text.isIn([row.other, Path("third", as: String.self)])),
            Self.sent(row.text.hasPrefix(row.other)), Self.sent(row.photo.hasPrefix(Data([1]))),
            Self.sent(row.text.contains(row.other)), Self.sent(row.list.contains(row.count)),
            Self.sent(row.set.contains(row.count)),
            Self.sent(size == row.count), Self.sent(size != row.count), Self.sent(size < row.count),
            Self.sent(size <= row.count), Self.sent(size > row.count), Self.sent(size >= row.count),
            Self.sent(size.isIn([1, 2])),
            Self.sent(row.limit.set(row.count.or(1) + 2)), Self.sent(row.limit.increment(by: 1, startingAt: 0)),
            Self.sent(row.list.append(row.list2)), Self.sent(row.list.prepend(row.list2)),
            Self.sent(row.maybe.removeElement(at: 2)), Self.sent(row.maybeMap.removeValue(forKey: "k")),
        ]
        #expect(try Self.told("Path+Operands.swift") == sent)
    }

    @Test func `changes`() throws {
        let sent: [String] = try [
            Self.sent(row.count.set(1)), Self.sent(row.count.set(row.total + 1)),
            Self.sent(row.count.setIfMissing(1)), Self.sent(row.note.remove()),
            Self.untyped(any["a"].remove()),
            Self.sent(row.list.removeElement(at: 2)), Self.sent(row.map.removeValue(forKey: "k")),
            Self.sent(row.count.or(1)),
            Self.sent(row.count.add(1)), Self.sent(row.limit.add(1)),
            Self.sent(row.count.increment(by: 1, startingAt: 0)),
            Self.sent(row.count + 1), Self.sent(row.count - 1), Self.sent(row.count + row.total),
            Self.sent(row.count - row.total), Self.sent(row.count.or(1) + 2), Self.sent(row.count.or(1) - 2),
            Self.sent(row.list.append([1])), Self.sent(row.list.prepend([1])), Self.sent(row.maybe.append([1])),
            Self.sent(row.maybe.prepend([1])), Self.sent(row.set.insert([1])), Self.sent(row.set.subtract([1])),
        ]
        #expect(try Self.told("UpdateAction.swift") == sent)
        // "The same for an optional" set or number.
        #expect(try Self.sent(row.limit.or(1)) == Self.sent(row.count.or(1)))
        #expect(try Self.sent(row.maybeSet.insert([1])) == Self.sent(row.set.insert([1])))
        #expect(try Self.sent(row.maybeSet.subtract([1])) == Self.sent(row.set.subtract([1])))
        // "with `nil` or an empty set".
        #expect(try Self.sent(row.note.set(nil)) == "REMOVE #n0")
        #expect(try Self.sent(row.set.set([])) == "REMOVE #n0")
    }

    @Test func `changes without a model`() throws {
        let sent: [String] = try [
            Self.untyped(any["a"].set("x" as String)), Self.untyped(any["a"].add(1)),
            Self.untyped(any["a"].add(.stringSet(["x"]))), Self.untyped(any["a"].subtract(.stringSet(["x"]))),
            Self.untyped(any["a"].append(["x"])), Self.untyped(any["a"].prepend(["x"])),
            Self.untyped(any["a"].increment(by: 1, startingAt: 0)), Self.untyped(any["a"].removeElement(at: 2)),
            Self.untyped(any["a"] + 1), Self.untyped(any["a"] - 1), Self.untyped(any["a"] + any["b"]),
            Self.untyped(any["a"] - any["b"]), Self.untyped(any["a"].or(1) + 2), Self.untyped(any["a"].or(1) - 2),
        ]
        #expect(try Self.told("Path+Untyped.swift") == sent)
    }

    private static func untyped(_ condition: Condition<UntypedItem>) throws -> String {
        try #require(try Rendering.condition(condition).text)
    }

    private static func untyped(_ action: UpdateAction<UntypedItem>) throws -> String {
        try #require(try Rendering.update([action]).rendering.text)
    }

    private static func untyped<Value>(_ expression: ValueExpression<UntypedItem, Value>) throws -> String {
        var writer = ExpressionWriter()
        return try writer.operand(expression.node)
    }
}

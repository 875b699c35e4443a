import AlternatorWire
import TestSupport
import Testing

/// Random expressions, and random soup of tokens.
@Suite struct ExpressionRoundTripTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `what is rendered parses to itself`(seed: UInt64) throws {
        var maker = RandomExpressions(seed: seed)
        for _ in 0..<50 {
            let condition = ConditionExpression(maker.condition(depth: 4))
            #expect(try ConditionExpression.parse(condition.description) == condition, "seed \(seed): \(condition)")
            let update = maker.update()
            #expect(try UpdateExpression.parse(update.description) == update, "seed \(seed): \(update)")
            let projection = ProjectionExpression((0...maker.pick(3)).map { _ in maker.path() })
            #expect(try ProjectionExpression.parse(projection.description) == projection, "seed \(seed): \(projection)")
        }
    }

    @Test(.ownThread, arguments: 0..<20 as Range<UInt64>)
    func `token soup is parsed or refused, never a trap`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = [
            "a", "#b", ":c", "(", ")", "[", "]", ".", ",", "=", "<", ">", "+", "-", "0", "17", "AND", "or", "Not", "IN",
            "between", "SET", "remove", "ADD", "delete", "size", "contains(", "#", ":", "é", "\u{0}", " ", "_", "*",
            "🙂",
        ]
        var parsed = 0
        for _ in 0..<500 {
            let text = (0...Int.random(in: 0..<12, using: &random))
                .map { _ in words.randomElement(using: &random) ?? "" }
                .joined(separator: Bool.random(using: &random) ? " " : "")
            // What parses must render to something equal.
            if let condition = try? ConditionExpression.parse(text) {
                parsed += 1
                #expect((try? ConditionExpression.parse(condition.description)) == condition, "seed \(seed): \(text)")
            }
            if let update = try? UpdateExpression.parse(text) {
                #expect((try? UpdateExpression.parse(update.description)) == update, "seed \(seed): \(text)")
            }
            _ = try? ProjectionExpression.parse(text)
        }
        #expect(parsed > 0, "seed \(seed): the soup never made a condition, so it tests little")
    }
}

/// Makes expressions of every shape the grammar has.
private struct RandomExpressions {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func pick(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    mutating func path() -> DocumentPath {
        var parts: [PathPart] = [component()]
        for _ in 0..<pick(4) { parts.append(pick(3) == 0 ? .index(pick(1000)) : component()) }
        return DocumentPath(parts)
    }

    private mutating func component() -> PathPart {
        pick(2) == 0 ? .name(["a", "Bc_2", "size", "setter"][pick(4)]) : .placeholder(["#1", "#_x", "#set"][pick(3)])
    }

    mutating func operand(depth: Int) -> Operand {
        switch pick(depth > 0 ? 3 : 2) {
        case 0: return .path(path())
        case 1: return .value(":v\(pick(9))")
        default:
            var arguments: [Operand] = []
            for _ in 0...pick(3) { arguments.append(operand(depth: depth - 1)) }
            return .function(name: ["size", "F", "contains"][pick(3)], arguments: arguments)
        }
    }

    mutating func condition(depth: Int) -> ConditionNode {
        switch pick(depth > 0 ? 7 : 4) {
        case 0:
            let comparator = ConditionNode.Comparator.allCases[pick(6)]
            return .compare(comparator, operand(depth: 2), operand(depth: 2))
        case 1: return .between(operand(depth: 1), low: operand(depth: 1), high: operand(depth: 1))
        case 2: return .isIn(operand(depth: 1), (0...pick(3)).map { _ in .value(":i") })
        case 3: return .alone(operand(depth: 2))
        case 4: return .not(condition(depth: depth - 1))
        case 5: return .and(conditions(depth: depth - 1))
        default: return .or(conditions(depth: depth - 1))
        }
    }

    private mutating func conditions(depth: Int) -> [ConditionNode] {
        var nodes: [ConditionNode] = []
        for _ in 0..<(2 + pick(2)) { nodes.append(condition(depth: depth)) }
        return nodes
    }

    mutating func update() -> UpdateExpression {
        var sets: [UpdateExpression.SetAction] = []
        for _ in 0..<pick(3) {
            let left = operand(depth: 2)
            let value: UpdateExpression.SetValue =
                switch pick(3) {
                case 0: .operand(left)
                case 1: .plus(left, operand(depth: 1))
                default: .minus(left, operand(depth: 1))
                }
            sets.append(.init(target: path(), value: value))
        }
        var removes: [DocumentPath] = []
        for _ in 0..<pick(3) { removes.append(path()) }
        return UpdateExpression(sets: sets, removes: removes, adds: valueActions(), deletes: valueActions())
    }

    private mutating func valueActions() -> [UpdateExpression.ValueAction] {
        var actions: [UpdateExpression.ValueAction] = []
        for _ in 0..<pick(3) { actions.append(.init(target: path(), value: ":w\(pick(9))")) }
        return actions
    }
}

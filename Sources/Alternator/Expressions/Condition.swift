/// A condition or filter, as a value.
///
/// Made by operators and methods of paths, joined by `&&`, `||` and `!`, or written as text with `raw`. Values and names
/// always travel as placeholders, so reserved words, dots and quotes never matter.
///
/// ```swift
/// $0.rev == 3 && $0.status != .closed
/// // ConditionExpression: "#n0 = :v0 AND #n1 <> :v1"
/// ```
public struct Condition<Root>: Sendable {
    let node: ConditionNode

    init(_ node: ConditionNode) { self.node = node }

    /// No condition; nothing is sent.
    public static var always: Self { Self(.always) }

    /// Text with `\(value)` and `\(name:)` turned into placeholders.
    public static func raw(_ text: RawExpression) -> Self { Self(.raw(text)) }

    /// Both hold; sends `… AND …`.
    public static func && (left: Self, right: Self) -> Self { Self(.all(left.node, right.node)) }
    /// One of them holds; sends `… OR …`.
    public static func || (left: Self, right: Self) -> Self { Self(.any(left.node, right.node)) }
    /// It does not hold; sends `NOT (…)`.
    public static prefix func ! (condition: Self) -> Self { Self(.negated(condition.node)) }
}

/// The tree of a condition, without the model's type.
indirect enum ConditionNode: Sendable {
    case always
    case compare(Operand.Node, String, Operand.Node)
    case between(Operand.Node, Operand.Node, Operand.Node)
    case isIn(Operand.Node, [Operand.Node])
    case call(String, [Operand.Node])
    case and([ConditionNode], depth: Int)
    case or([ConditionNode], depth: Int)
    case not(ConditionNode, depth: Int)
    case raw(RawExpression)
    /// Deeper than the server allows; thrown by the operation.
    case tooDeep

    /// The server refuses expressions nested deeper than this ("expression nested too deeply").
    static let maximumDepth = 400

    static func all(_ left: ConditionNode, _ right: ConditionNode) -> ConditionNode {
        switch (left, right) {
        case (.always, let other), (let other, .always): other
        case (.and(let parts, let depth), _): bounded(max(depth, right.depth + 1)) { .and(parts + [right], depth: $0) }
        default: bounded(max(left.depth, right.depth) + 1) { .and([left, right], depth: $0) }
        }
    }

    static func any(_ left: ConditionNode, _ right: ConditionNode) -> ConditionNode {
        switch (left, right) {
        case (.always, _), (_, .always): .always
        case (.or(let parts, let depth), _): bounded(max(depth, right.depth + 1)) { .or(parts + [right], depth: $0) }
        default: bounded(max(left.depth, right.depth) + 1) { .or([left, right], depth: $0) }
        }
    }

    static func negated(_ node: ConditionNode) -> ConditionNode {
        bounded(node.depth + 1) { .not(node, depth: $0) }
    }

    var isAlways: Bool {
        if case .always = self { true } else { false }
    }

    private var depth: Int {
        switch self {
        case .and(_, let depth), .or(_, let depth), .not(_, let depth): depth
        case .tooDeep: Self.maximumDepth + 1
        case .always, .compare, .between, .isIn, .call, .raw: 1
        }
    }

    private static func bounded(_ depth: Int, _ make: (Int) -> ConditionNode) -> ConditionNode {
        depth > maximumDepth ? .tooDeep : make(depth)
    }
}

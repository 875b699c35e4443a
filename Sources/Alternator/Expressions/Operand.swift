import AlternatorWire

/// Something a condition compares or an update stores: an attribute, a value, or a function of them.
///
/// Made by paths and their methods; values are kept unencoded until the request is written.
public struct Operand: Sendable {
    indirect enum Node: Sendable {
        case path([PathElement])
        case value(any Encodable & Sendable)
        case size([PathElement])
        /// `+` or `-`, in updates.
        case arithmetic(Node, String, Node)
        /// `if_not_exists`, `list_append`.
        case call(String, [Node])
    }
    let node: Node
}

/// What can stand on the right side of `set`: a path, or an expression over paths.
public protocol OperandConvertible<Root, Value>: Sendable {
    associatedtype Root
    associatedtype Value
    var operand: Operand { get }
}

extension Path: OperandConvertible {
    /// The attribute as an operand.
    public var operand: Operand { Operand(node: .path(elements)) }
    var node: Operand.Node { .path(elements) }
}

/// An expression over attributes: `$0.size + 1`, `$0.lines.sizeOf`.
public struct ValueExpression<Root, Value>: OperandConvertible {
    /// The expression as an operand.
    public let operand: Operand

    init(_ node: Operand.Node) { operand = Operand(node: node) }
    var node: Operand.Node { operand.node }
}

extension Operand.Node {
    /// Whether evaluating it reads the item.
    var readsItem: Bool {
        switch self {
        case .path, .size: true
        case .value: false
        case .arithmetic(let left, _, let right): left.readsItem || right.readsItem
        case .call: true
        }
    }
}

// MARK: - What nil and the empty set mean

private protocol OptionalValue {
    var wrappedValue: (any Encodable)? { get }
}

extension Optional: OptionalValue where Wrapped: Encodable {
    fileprivate var wrappedValue: (any Encodable)? { self }
}

private protocol SetValue {
    var hasNoMembers: Bool { get }
}

extension Set: SetValue {
    fileprivate var hasNoMembers: Bool { isEmpty }
}

/// How a value given to a builder is to be understood.
enum GivenValue {
    /// `nil`, at any depth of optionals.
    case missing
    /// A set without members, which the server cannot store.
    case emptySet
    case value(any Encodable)

    init(_ value: any Encodable & Sendable) {
        var current: any Encodable = value
        while let optional = current as? any OptionalValue {
            guard let wrapped = optional.wrappedValue else {
                self = .missing
                return
            }
            current = wrapped
        }
        switch current {
        case let set as any SetValue where set.hasNoMembers: self = .emptySet
        case let attribute as AttributeValue: self = GivenValue(attribute: attribute)
        default: self = .value(current)
        }
    }

    private init(attribute: AttributeValue) {
        switch attribute {
        case .stringSet(let set) where set.isEmpty: self = .emptySet
        case .numberSet(let set) where set.isEmpty: self = .emptySet
        case .binarySet(let set) where set.isEmpty: self = .emptySet
        default: self = .value(attribute)
        }
    }
}

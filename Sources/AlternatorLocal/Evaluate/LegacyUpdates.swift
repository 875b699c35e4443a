import AlternatorWire

/// AttributeUpdates: an action for each of several attributes.
///
/// A malformed action is reported when the update is applied, after the condition, as a node does.
struct LegacyUpdates: Sendable {
    enum Action: Sendable {
        case put(ItemValue)
        case remove
        /// DELETE with a value: a set without some elements.
        case subtract(ItemValue)
        case add(ItemValue)
    }

    let actions: [(attribute: String, action: Result<Action, LocalError>)]
    /// Whether one of them is ADD, or DELETE with a value.
    let readsItem: Bool

    /// Reads the parameter; `nil` where it is missing.
    static func parse(_ request: JSONValue) throws(LocalError) -> LegacyUpdates? {
        guard let json = request["AttributeUpdates"] else { return nil }
        guard case .object(let members) = json else { throw .validation("AttributeUpdates must be an object") }
        for member in members { try Evaluate.checkName(member.name, source: "AttributeUpdates") }
        return LegacyUpdates(
            actions: members.map { member in
                (member.name, Result { () throws(LocalError) in try action(member.value) })
            },
            readsItem: members.contains { member in
                switch member.value["Action"] {
                case .string("ADD")?: true
                case .string("DELETE")?: member.value["Value"] != nil
                default: false
                }
            }
        )
    }

    private static func action(_ json: JSONValue) throws(LocalError) -> Action {
        guard case .string(let name)? = json["Action"] else {
            throw .validation("AttributeUpdates: Action is missing or no string")
        }
        let value = try json["Value"].map { value0 throws(LocalError) in
            try ServerValue.parse(value0, source: "AttributeUpdates")
        }
        switch (name, value) {
        case ("PUT", let value?): return .put(value)
        case ("ADD", let value?): return .add(value)
        case ("PUT", nil), ("ADD", nil): throw .validation("AttributeUpdates: \(name) requires a Value")
        case ("DELETE", nil): return .remove
        case ("DELETE", let value?):
            switch value {
            case .stringSet, .numberSet, .binarySet: return .subtract(value)
            default:
                throw .validation(
                    "AttributeUpdates DELETE operation with Value only valid for sets, "
                        + "got type \(value.typeName)"
                )
            }
        default: throw .validation("Unknown Action value '\(name)' in AttributeUpdates")
        }
    }

    /// ADD, which unlike that of an UpdateExpression also appends to lists.
    static func sum(_ current: ItemValue?, _ operand: ItemValue) throws(LocalError) -> ItemValue {
        switch operand {
        case .number, .stringSet, .numberSet, .binarySet, .list: break
        default:
            throw .validation(
                "An operand in the AttributeUpdates ADD has an incorrect data type: \(operand.typeName)"
            )
        }
        guard let current else { return operand }
        if case .list(let head) = current, case .list(let tail) = operand { return .list(head + tail) }
        guard current.typeName == operand.typeName else {
            throw .validation(
                "Operand type mismatch in AttributeUpdates ADD. Expected \(current.typeName), "
                    + "got \(operand.typeName)"
            )
        }
        return try UpdateRun.sum(current, operand)
    }
}

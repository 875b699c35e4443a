import AlternatorWire

/// A call of one of the server's functions, or of one it does not have.
struct FunctionCall: Sendable {
    enum Function: String, Sendable {
        case attributeExists = "attribute_exists"
        case attributeNotExists = "attribute_not_exists"
        case attributeType = "attribute_type"
        case beginsWith = "begins_with"
        case contains
        case size
        case ifNotExists = "if_not_exists"
        case listAppend = "list_append"
    }

    let name: String
    /// `nil` for a name the server does not know; names are case-sensitive.
    let function: Function?
    let arguments: [ResolvedOperand]

    init(name: String, arguments: [ResolvedOperand]) {
        self.name = name
        function = Function(rawValue: name)
        self.arguments = arguments
    }

    /// The value for an item.
    ///
    /// - Parameters:
    ///   - item: the item; `nil` where there is none.
    ///   - place: where the call stands.
    /// - Returns: the value; `nil` for what is neither there nor an error.
    /// - Throws: a validation error, for a wrong call as well as for a wrong value.
    func value(in item: [String: ItemValue]?, at place: FunctionPlace) throws(LocalError) -> ItemValue? {
        let prefix = place == .update ? "UpdateExpression" : "ConditionExpression"
        let function = try checked(at: place, prefix: prefix)
        let first = try arguments[0].value(in: item, at: place)
        switch function {
        case .attributeExists: return .bool(first != nil)
        case .attributeNotExists: return .bool(first == nil)
        case .size: return try size(of: first)
        case .attributeType, .beginsWith, .contains, .ifNotExists, .listAppend: break
        }
        let second = try arguments[1].value(in: item, at: place)
        switch function {
        case .attributeType:
            guard case .string(let type)? = second, let first else { return .bool(false) }
            return .bool(first.typeName == type)
        case .beginsWith:
            guard let first, let second else { return .bool(false) }
            return .bool(ServerComparison.begins(first, with: second))
        case .contains:
            guard let first, let second else { return .bool(false) }
            return .bool(ServerComparison.contains(first, second))
        case .ifNotExists:
            return first ?? second
        case .listAppend:
            guard case .list(let head)? = first, case .list(let tail)? = second else {
                throw .validation("UpdateExpression: list_append() given a non-list")
            }
            return .list(head + tail)
        case .attributeExists, .attributeNotExists, .size:
            return nil  // handled above
        }
    }

    /// What can be told without an item: the name, the place, the number of arguments, constants of a wrong type.
    ///
    /// - Parameters:
    ///   - place: where the call stands.
    ///   - prefix: begins every message.
    /// - Returns: the function.
    /// - Throws: a validation error.
    @discardableResult
    func checked(at place: FunctionPlace, prefix: String) throws(LocalError) -> Function {
        guard let function else { throw .validation("\(prefix): unknown function '\(name)' called") }
        guard function.isAllowed(at: place) else { throw .validation("\(prefix): \(name)() not allowed here") }
        guard arguments.count == function.argumentCount else {
            throw .validation(
                "\(prefix): \(name)() accepts \(function.argumentCount) "
                    + "parameter\(function.argumentCount == 1 ? "" : "s"), got \(arguments.count)"
            )
        }
        switch function {
        case .attributeExists, .attributeNotExists, .ifNotExists:
            guard arguments[0].isPath else {
                throw .validation("\(prefix): the first parameter of \(name)() must be a path")
            }
        case .attributeType: try checkType(prefix: prefix)
        case .beginsWith:
            for constant in arguments.compactMap(\.constant) {
                switch constant {
                case .string, .binary: break
                default:
                    throw .validation(
                        "\(prefix): begins_with() supports only string or binary type, "
                            + "got \(constant.typeName)"
                    )
                }
            }
        case .size:
            if let constant = arguments[0].constant { _ = try size(of: constant) }
        case .contains, .listAppend: break
        }
        return function
    }

    private func checkType(prefix: String) throws(LocalError) {
        guard let constant = arguments[1].constant else {
            throw .validation("\(prefix): the second parameter of attribute_type() must be a value placeholder")
        }
        guard case .string(let type) = constant else {
            throw .validation(
                "\(prefix): the second parameter of attribute_type() must be a string, "
                    + "got \(constant.typeName)"
            )
        }
        guard Self.types.contains(type) else {
            throw .validation("\(prefix): the second parameter of attribute_type(), \(type), is not a known type")
        }
    }

    private static let types: Set<String> = ["S", "N", "B", "SS", "NS", "BS", "L", "M", "NULL", "BOOL"]

    /// Bytes of a string or binary, members of a collection.
    ///
    /// An attribute of another type, or none, has no size and compares with nothing; any other operand of another
    /// type is an error.
    private func size(of value: ItemValue?) throws(LocalError) -> ItemValue? {
        let count: Int
        switch value {
        case .string(let text)?: count = text.utf8.count
        case .binary(let bytes)?: count = bytes.count
        case .list(let elements)?: count = elements.count
        case .map(let members)?: count = members.count
        case .stringSet(let set)?: count = set.count
        case .numberSet(let set)?: count = set.count
        case .binarySet(let set)?: count = set.count
        case .float32Vector(let floats)?: count = floats.count
        case .number?, .bool?, .null?, .malformed?, nil:
            if arguments[0].isPath { return nil }
            throw .validation(
                "Unsupported operand type \(value?.typeName ?? "none") for function size()"
            )
        }
        return AttributeNumber(String(count)).map { .number($0) }
    }
}

extension FunctionCall.Function {
    fileprivate func isAllowed(at place: FunctionPlace) -> Bool {
        switch self {
        case .attributeExists, .attributeNotExists, .attributeType, .beginsWith, .contains: place == .alone
        case .size: place == .comparison
        case .ifNotExists, .listAppend: place == .update
        }
    }

    fileprivate var argumentCount: Int {
        switch self {
        case .attributeExists, .attributeNotExists, .size: 1
        case .attributeType, .beginsWith, .contains, .ifNotExists, .listAppend: 2
        }
    }
}

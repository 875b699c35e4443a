package import AlternatorWire

/// ExpressionAttributeNames and ExpressionAttributeValues of one request, and which of them were used.
///
/// Shared by all expressions of the request: an entry has to be used by at least one of them.
package struct Placeholders: Sendable {
    private let names: JSONValue?
    private let values: JSONValue?
    private var usedNames: Set<String> = []
    private var usedValues: Set<String> = []
    /// Values read so far, so that one used by several expressions is read once.
    private var parsed: [String: ItemValue] = [:]

    package init(request: JSONValue) {
        names = request["ExpressionAttributeNames"]
        values = request["ExpressionAttributeValues"]
    }

    /// Whether the request has either map, even an empty one.
    package var areGiven: Bool { names != nil || values != nil }

    /// Refuses both maps: PutItem and DeleteItem do so if they have no ConditionExpression.
    package func refuse(without parameter: String) throws(LocalError) {
        if names != nil { throw .validation("ExpressionAttributeNames cannot be used without \(parameter)") }
        if values != nil { throw .validation("ExpressionAttributeValues cannot be used without \(parameter)") }
    }

    /// Refuses entries that no expression used; call it after all of them were read.
    package func checkAllUsed(by operation: String) throws(LocalError) {
        try Self.check(names, against: usedNames, "ExpressionAttributeNames", operation)
        try Self.check(values, against: usedValues, "ExpressionAttributeValues", operation)
    }

    private static func check(
        _ map: JSONValue?,
        against used: Set<String>,
        _ parameter: String,
        _ operation: String
    ) throws(LocalError) {
        guard let map else { return }
        guard case .object(let members) = map else { throw .validation("\(parameter) must be an object") }
        for member in members where !used.contains(member.name) {
            throw .validation("\(parameter) has spurious '\(member.name)', not used in \(operation)")
        }
    }

    mutating func resolve(_ path: DocumentPath) throws(LocalError) -> DocumentPath {
        var parts: [PathPart] = []
        parts.reserveCapacity(path.parts.count)
        for part in path.parts {
            switch part {
            case .placeholder(let key): parts.append(.name(try name(key)))
            case .name, .index: parts.append(part)
            }
        }
        return DocumentPath(parts)
    }

    private mutating func name(_ key: String) throws(LocalError) -> String {
        guard case .string(let name)? = names?[key] else {
            throw .validation("ExpressionAttributeNames missing: entry '\(key)' is required by an expression")
        }
        try Evaluate.checkName(name, source: "ExpressionAttributeNames")
        usedNames.insert(key)
        return name
    }

    mutating func value(_ key: String) throws(LocalError) -> ItemValue {
        if let value = parsed[key] { return value }
        guard let json = values?[key] else {
            throw .validation("ExpressionAttributeValues missing: entry '\(key)' is required by an expression")
        }
        guard json != .null else {
            throw .validation("ExpressionAttributeValues: entry '\(key)' is null")
        }
        let value = try ServerValue.parse(json, source: "ExpressionAttributeValues")
        usedValues.insert(key)
        parsed[key] = value
        return value
    }

    mutating func resolve(_ operand: Operand) throws(LocalError) -> ResolvedOperand {
        switch operand {
        case .path(let path): return .path(try resolve(path))
        case .value(let key): return .constant(try value(key))
        case .function(let name, let arguments):
            var resolved: [ResolvedOperand] = []
            for argument in arguments { resolved.append(try resolve(argument)) }
            return .call(FunctionCall(name: name, arguments: resolved))
        }
    }
}

extension JSONValue {
    /// A parameter that must be a string of at least one byte; `nil` where it is missing.
    func expressionText(_ kind: ExpressionKind) throws(LocalError) -> String? {
        guard let member = self[kind.rawValue] else { return nil }
        guard case .string(let text) = member else { throw .validation("\(kind.rawValue) must be a string") }
        guard !text.isEmpty else { throw .validation("\(kind.rawValue) must not be empty") }
        return text
    }
}

import AlternatorRouting
import AlternatorWire
import FoundationEssentials

/// Turns conditions and updates into expression text, with one set of placeholders for the whole request.
///
/// Names become `#n0`, `#n1`, … and the same name is the same placeholder; values become `:v0`, `:v1`, … and are
/// encoded at once. A placeholder exists only if some text uses it, because the server refuses unused ones.
struct ExpressionWriter {
    /// How dates are written at some attributes.
    let dates: DateForms
    private let encoder: ItemEncoder
    private var names: [String] = []
    private var values = JSONWriter(reserving: 64)
    private var valueCount = 0

    init(encoder: ItemEncoder = ItemEncoder(), dates: DateForms = DateForms()) {
        self.encoder = encoder
        self.dates = dates
    }

    /// The longest expression the server takes, in bytes.
    static let maximumBytes = 4096

    // MARK: Placeholders

    /// Appends `ExpressionAttributeNames` and `ExpressionAttributeValues` if there is anything in them.
    func appendPlaceholders(to writer: inout JSONWriter) {
        if !names.isEmpty {
            writer.key("ExpressionAttributeNames")
            writer.byte(UInt8(ascii: "{"))
            for (number, name) in names.enumerated() {
                writer.key("#n\(number)")
                writer.string(name)
            }
            writer.byte(UInt8(ascii: "}"))
        }
        if valueCount > 0 {
            writer.key("ExpressionAttributeValues")
            writer.byte(UInt8(ascii: "{"))
            writer.raw(values.bytes)
            writer.byte(UInt8(ascii: "}"))
        }
    }

    /// The placeholder of a name.
    mutating func name(_ name: String) throws(AlternatorError) -> String {
        guard !name.isEmpty else { throw AlternatorError(.mapping, message: "An attribute name is empty.") }
        if let known = names.firstIndex(of: name) { return "#n\(known)" }
        names.append(name)
        return "#n\(names.count - 1)"
    }

    /// The placeholder of a value.
    mutating func value(_ value: any Encodable) throws(AlternatorError) -> String {
        if valueCount > 0 { values.byte(UInt8(ascii: ",")) }
        values.byte(UInt8(ascii: "\""))
        let placeholder = ":v\(valueCount)"
        values.raw(Array(placeholder.utf8))
        values.raw("\":")
        try encoder.encodeValue(value, into: &values)
        valueCount += 1
        return placeholder
    }

    /// Sends `#n0.#n1[2]`.
    mutating func path(_ elements: [PathElement]) throws(AlternatorError) -> String {
        var text = ""
        for element in elements {
            switch element {
            case .name(let name):
                if !text.isEmpty { text += "." }
                text += try self.name(name)
            case .index(let index):
                guard index >= 0 else {
                    throw AlternatorError(.mapping, message: "A list index is negative: \(index).")
                }
                text += "[\(index)]"
            case .unresolved(let reason):
                throw AlternatorError(.mapping, message: "\(reason.prefix(1).uppercased() + reason.dropFirst()).")
            }
        }
        return text
    }

    /// Text with its values and names put in as placeholders.
    mutating func raw(_ expression: RawExpression) throws(AlternatorError) -> String {
        var text = ""
        for piece in expression.pieces {
            switch piece {
            case .text(let literal):
                guard !literal.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "#") }) else {
                    throw AlternatorError(
                        .mapping,
                        message: "A raw expression has a placeholder written by hand; "
                            + "write \\(value) for a value and \\(name: \"x\") for a name."
                    )
                }
                text += literal
            case .value(let given):
                switch GivenValue(given) {
                case .missing:
                    throw AlternatorError(
                        .mapping,
                        message: "A raw expression has nil for a value; use REMOVE or attribute_not_exists."
                    )
                case .emptySet:
                    throw AlternatorError(
                        .mapping,
                        message: "A raw expression has an empty set for a value, which cannot be stored."
                    )
                case .value(let value): text += try self.value(value)
                }
            case .name(let name): text += try self.name(name)
            }
        }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw AlternatorError(.mapping, message: "A raw expression is empty.")
        }
        return text
    }

    /// What a parsed update expression says about repeating it.
    func facts(update: String) -> WriteFacts {
        let nameList = names.enumerated().map { ("#n\($0)", $1) }
        var reader = JSONReader([UInt8(ascii: "{")] + values.bytes + [UInt8(ascii: "}")])
        return WriteFacts(
            updateExpression: update,
            names: Dictionary(nameList) { $1 },
            values: (try? reader.readItem()) ?? [:]
        )
    }

    // MARK: Operands

    mutating func operand(_ node: Operand.Node) throws(AlternatorError) -> String {
        switch node {
        case .path(let elements): return try path(elements)
        case .size(let elements): return "size(\(try path(elements)))"
        case .value(let given):
            switch GivenValue(given) {
            case .value(let value): return try self.value(value)
            case .missing:
                throw AlternatorError(
                    .mapping,
                    message: "nil has no place here; compare with == nil or != nil, or use set(nil)."
                )
            case .emptySet:
                throw AlternatorError(
                    .mapping,
                    message: "An empty set cannot be stored or compared here; use isMissing() or set([])."
                )
            }
        case .arithmetic(let left, let sign, let right):
            if case .arithmetic = left { throw Self.oneSignOnly }
            if case .arithmetic = right { throw Self.oneSignOnly }
            let leftText = try operand(left)
            return "\(leftText) \(sign) \(try operand(right))"
        case .call(let function, let arguments):
            var texts: [String] = []
            for argument in arguments { texts.append(try operand(argument)) }
            return "\(function)(\(texts.joined(separator: ", ")))"
        }
    }

    private static var oneSignOnly: AlternatorError {
        AlternatorError(.mapping, message: "The server takes one + or - in the value of a SET.")
    }

    /// A value compared with or stored at `path`: dates at an attribute with a form of its own are written in that.
    mutating func operand(_ node: Operand.Node, at path: Operand.Node) throws(AlternatorError) -> String {
        guard let form = dates.form(at: path) else { return try operand(node) }
        switch node {
        case .value(let given):
            if case .value(let value) = GivenValue(given), let date = value as? Date {
                return try self.value(try form.attribute(date))
            }
            return try operand(node)
        case .call(let function, let arguments):
            var texts: [String] = []
            for argument in arguments { texts.append(try operand(argument, at: path)) }
            return "\(function)(\(texts.joined(separator: ", ")))"
        case .path, .size, .arithmetic: return try operand(node)
        }
    }
}

/// The grammar of expressions, after alternator/expressions.g.
///
/// ```
/// path       ← component ( '.' component | '[' INTEGER ']' )*        component ← NAME | NAMEREF
/// value      ← VALREF | path | NAME '(' value ( ',' value )* ')'
/// update     ← ( SET set,… | REMOVE path,… | ADD path VALREF,… | DELETE path VALREF,… )*
/// set        ← path '=' value ( ( '+' | '-' ) value )?
/// projection ← path,…
/// condition  ← term ( OR term )*      term ← factor ( AND factor )*      factor ← primitive | NOT factor | '(' condition ')'
/// primitive  ← value ( comparator value | BETWEEN value AND value | IN '(' value,… ')' )?
/// ```
///
/// Nesting is kept on explicit stacks, so its cost is memory in proportion to the text, whatever the text is.
struct ExpressionParser {
    private let text: String
    private let bytes: [UInt8]
    private let kind: ExpressionKind
    private let tokens: [ExpressionToken]
    private var position = 0

    init(_ text: String, kind: ExpressionKind) throws(ExpressionError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= ExpressionLimits.maximumBytes else {
            throw ExpressionError(
                "\(kind.rawValue) expression size \(bytes.count) exceeds allowed maximum "
                    + "\(ExpressionLimits.maximumBytes).",
                at: ExpressionLimits.maximumBytes
            )
        }
        var lexer = ExpressionLexer(bytes)
        var tokens: [ExpressionToken] = []
        // Mostly a token is three bytes or more, blanks counted.
        tokens.reserveCapacity(bytes.count / 3 + 2)
        while true {
            guard let token = lexer.next() else {
                throw Self.failure("syntax error: unexpected character", at: lexer.position, of: text, kind: kind)
            }
            tokens.append(token)
            if token.kind == .end { break }
        }
        self.text = text
        self.bytes = bytes
        self.kind = kind
        self.tokens = tokens
    }
}

// Whole expressions.
extension ExpressionParser {
    mutating func parseProjection() throws(ExpressionError) -> [DocumentPath] {
        var paths = try [parsePath()]
        while accept(",") { paths.append(try parsePath()) }
        try expectEnd()
        return paths
    }

    mutating func parseUpdate() throws(ExpressionError) -> UpdateExpression {
        var sets: [UpdateExpression.SetAction] = []
        var removes: [DocumentPath] = []
        var adds: [UpdateExpression.ValueAction] = []
        var deletes: [UpdateExpression.ValueAction] = []
        var seen: Set<ExpressionToken.Keyword> = []
        while case .keyword(let clause) = token.kind, [.set, .remove, .add, .delete].contains(clause) {
            guard seen.insert(clause).inserted else {
                throw failure("Each of SET, REMOVE, ADD, DELETE may only appear once in UpdateExpression")
            }
            repeat {
                advance()
                let target = try parsePath()
                switch clause {
                case .set: sets.append(.init(target: target, value: try parseSetValue()))
                case .remove: removes.append(target)
                case .add: adds.append(.init(target: target, value: try parseValueReference()))
                default: deletes.append(.init(target: target, value: try parseValueReference()))
                }
            } while token.kind == .sign(UInt8(ascii: ","))
        }
        try expectEnd()
        return UpdateExpression(sets: sets, removes: removes, adds: adds, deletes: deletes)
    }

    mutating func parseCondition() throws(ExpressionError) -> ConditionNode {
        var outer: [ConditionFrame] = []
        var frame = ConditionFrame(depth: 0)
        while true {
            // A factor starts here.
            if accept(.not) {
                frame.negations += 1
                try checkNesting(frame.depthInside - 1)
                continue
            }
            if accept("(") {
                try checkNesting(frame.depthInside)
                outer.append(frame)
                frame = ConditionFrame(depth: frame.depthInside + 1)
                continue
            }
            frame.add(try parsePrimitive())
            // Here one has ended; every ')' ends the factor around it as well.
            while !outer.isEmpty, accept(")") {
                let inner = frame.finished()
                frame = outer.removeLast()
                frame.add(inner)
            }
            if accept(.and) { continue }
            if accept(.or) {
                frame.startTerm()
                continue
            }
            guard outer.isEmpty else { throw failure("syntax error: expected ')', AND or OR") }
            try expectEnd()
            return frame.finished()
        }
    }

    private func checkNesting(_ depth: Int) throws(ExpressionError) {
        guard depth < ExpressionLimits.maximumNesting else { throw failure("expression nested too deeply") }
    }
}

/// What has been read between one pair of parentheses.
private struct ConditionFrame {
    /// Parentheses and `NOT`s around it.
    let depth: Int
    /// `NOT`s before the factor that comes next.
    var negations = 0
    private var terms: [ConditionNode] = []
    private var factors: [ConditionNode] = []

    init(depth: Int) { self.depth = depth }

    /// The depth of what the factor that comes next contains.
    var depthInside: Int { depth + negations }

    mutating func add(_ factor: ConditionNode) {
        var node = factor
        for _ in 0..<negations { node = .not(node) }
        negations = 0
        factors.append(node)
    }

    mutating func startTerm() {
        terms.append(factors.count == 1 ? factors[0] : .and(factors))
        factors = []
    }

    consuming func finished() -> ConditionNode {
        startTerm()
        return terms.count == 1 ? terms[0] : .or(terms)
    }
}

// Parts.
extension ExpressionParser {
    private mutating func parsePrimitive() throws(ExpressionError) -> ConditionNode {
        let first = try parseOperand()
        if accept(.between) {
            let low = try parseOperand()
            guard accept(.and) else { throw failure("syntax error: expected AND between the bounds of BETWEEN") }
            return .between(first, low: low, high: try parseOperand())
        }
        if accept(.in) {
            guard accept("(") else { throw failure("syntax error: expected '(' after IN") }
            var list = try [parseOperand()]
            while accept(",") { list.append(try parseOperand()) }
            guard accept(")") else { throw failure("syntax error: expected ',' or ')' in the list of IN") }
            return .isIn(first, list)
        }
        guard let comparator = acceptComparator() else { return .alone(first) }
        return .compare(comparator, first, try parseOperand())
    }

    private mutating func acceptComparator() -> ConditionNode.Comparator? {
        if accept("=") { return .equal }
        if accept("<") { return accept(">") ? .notEqual : accept("=") ? .lessOrEqual : .less }
        if accept(">") { return accept("=") ? .greaterOrEqual : .greater }
        return nil
    }

    private mutating func parseSetValue() throws(ExpressionError) -> UpdateExpression.SetValue {
        guard accept("=") else { throw failure("syntax error: expected '=' after the path of SET") }
        let first = try parseOperand()
        if accept("+") { return .plus(first, try parseOperand()) }
        if accept("-") { return .minus(first, try parseOperand()) }
        return .operand(first)
    }

    private mutating func parseValueReference() throws(ExpressionError) -> String {
        guard token.kind == .valueReference else {
            throw failure("syntax error: expected a value placeholder such as :v")
        }
        return takeText()
    }

    private mutating func parseOperand() throws(ExpressionError) -> Operand {
        /// Calls whose ')' has not come yet.
        var calls: [(name: String, arguments: [Operand])] = []
        while true {
            var operand: Operand
            switch token.kind {
            case .valueReference:
                operand = .value(takeText())
            case .name where tokens[position + 1].kind == .sign(UInt8(ascii: "(")):
                guard calls.count < ExpressionLimits.maximumNesting else {
                    throw failure("expression nested too deeply")
                }
                calls.append((takeText(), []))
                advance()
                continue
            default:
                operand = .path(try parsePath())
            }
            while let call = calls.last {
                calls[calls.count - 1].arguments.append(operand)
                if accept(",") { break }
                guard accept(")") else {
                    throw failure("syntax error: expected ',' or ')' in the arguments of \(call.name)")
                }
                let finished = calls.removeLast()
                operand = .function(name: finished.name, arguments: finished.arguments)
            }
            if calls.isEmpty { return operand }
        }
    }

    private mutating func parsePath() throws(ExpressionError) -> DocumentPath {
        var parts = try [parseComponent()]
        while true {
            if accept(".") {
                parts.append(try parseComponent())
            } else if accept("[") {
                parts.append(try parseIndex())
                guard accept("]") else { throw failure("syntax error: expected ']' after a list index") }
            } else {
                return DocumentPath(parts)
            }
            guard parts.count <= ExpressionLimits.maximumPathParts else {
                throw failure("Document path exceeded \(ExpressionLimits.maximumPathParts) nesting levels")
            }
        }
    }

    private mutating func parseComponent() throws(ExpressionError) -> PathPart {
        switch token.kind {
        case .name: return .name(takeText())
        case .nameReference: return .placeholder(takeText())
        default: throw failure("syntax error: expected an attribute name")
        }
    }

    private mutating func parseIndex() throws(ExpressionError) -> PathPart {
        guard token.kind == .integer else { throw failure("syntax error: expected a list index") }
        guard let index = Int32(takeText()) else { throw failure("list index out of range") }
        return .index(Int(index))
    }
}

// Tokens.
extension ExpressionParser {
    private var token: ExpressionToken { tokens[position] }

    /// Goes to the next token; stays at the end.
    private mutating func advance() { position = min(position + 1, tokens.count - 1) }

    private mutating func takeText() -> String {
        let range = token.range
        advance()
        return String(decoding: bytes[range], as: UTF8.self)
    }

    private mutating func accept(_ sign: Unicode.Scalar) -> Bool {
        guard token.kind == .sign(UInt8(ascii: sign)) else { return false }
        advance()
        return true
    }

    private mutating func accept(_ keyword: ExpressionToken.Keyword) -> Bool {
        guard token.kind == .keyword(keyword) else { return false }
        advance()
        return true
    }

    private func expectEnd() throws(ExpressionError) {
        guard token.kind == .end else { throw failure("syntax error: unexpected '\(excerpt)'") }
    }

    private var excerpt: String { String(decoding: bytes[token.range], as: UTF8.self) }

    private func failure(_ reason: String) -> ExpressionError {
        Self.failure(reason, at: token.range.lowerBound, of: text, kind: kind)
    }

    private static func failure(
        _ reason: String,
        at offset: Int,
        of text: String,
        kind: ExpressionKind
    ) -> ExpressionError {
        ExpressionError("Failed parsing \(kind.rawValue) '\(text)': \(reason) at char \(offset)", at: offset)
    }
}

/// One word or sign of an expression.
struct ExpressionToken: Sendable {
    enum Kind: Sendable, Hashable {
        /// `[A-Za-z][A-Za-z0-9_]*`, not a keyword.
        case name
        /// `#` and at least one of `[A-Za-z0-9_]`.
        case nameReference
        /// `:` and at least one of `[A-Za-z0-9_]`.
        case valueReference
        case integer
        case keyword(Keyword)
        /// One of `= < > ( ) , . [ ] + -`; the server reads `<>` as two of them, so blanks may stand between.
        case sign(UInt8)
        case end
    }

    /// The words that cannot be bare names, in any case.
    ///
    /// DynamoDB's hundreds of reserved words are not checked by the server, so not here.
    enum Keyword: String, Sendable, Hashable, CaseIterable {
        case set = "SET"
        case remove = "REMOVE"
        case add = "ADD"
        case delete = "DELETE"
        case and = "AND"
        case or = "OR"
        case not = "NOT"
        case between = "BETWEEN"
        case `in` = "IN"
    }

    let kind: Kind
    /// The bytes it covers.
    let range: Range<Int>
}

/// Cuts an expression into tokens.
struct ExpressionLexer {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next token, `.end` at the end; `nil` where no token can start.
    mutating func next() -> ExpressionToken? {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
        let start = offset
        guard start < bytes.count else { return ExpressionToken(kind: .end, range: start..<start) }
        switch bytes[start] {
        case UInt8(ascii: "#"): return reference(.nameReference)
        case UInt8(ascii: ":"): return reference(.valueReference)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            skip(while: Self.isDigit)
            return ExpressionToken(kind: .integer, range: start..<offset)
        case let byte where Self.isLetter(byte):
            skip(while: Self.isWordByte)
            return word(start..<offset)
        case let byte where Self.signs.contains(byte):
            offset += 1
            return ExpressionToken(kind: .sign(byte), range: start..<offset)
        default:
            return nil
        }
    }

    /// Where the next token would start: the offset of an error after `next()` returned `nil`.
    var position: Int { offset }

    private mutating func reference(_ kind: ExpressionToken.Kind) -> ExpressionToken? {
        let start = offset
        offset += 1
        skip(while: Self.isWordByte)
        guard offset > start + 1 else {
            offset = start
            return nil
        }
        return ExpressionToken(kind: kind, range: start..<offset)
    }

    private func word(_ range: Range<Int>) -> ExpressionToken {
        guard range.count <= 7 else { return ExpressionToken(kind: .name, range: range) }
        let text = String(decoding: bytes[range], as: UTF8.self).uppercased()
        guard let keyword = ExpressionToken.Keyword(rawValue: text) else {
            return ExpressionToken(kind: .name, range: range)
        }
        return ExpressionToken(kind: .keyword(keyword), range: range)
    }

    private mutating func skip(while matches: (UInt8) -> Bool) {
        while offset < bytes.count, matches(bytes[offset]) { offset += 1 }
    }

    private static let signs = Array("=<>(),.[]+-".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
    private static func isWordByte(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) || byte == 0x5F }
}

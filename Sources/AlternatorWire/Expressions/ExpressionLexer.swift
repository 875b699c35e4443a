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
    enum Keyword: Sendable, Hashable {
        case set, remove, add, delete, and, or, not, between, `in`
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
        skip(while: Self.isBlank)
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
        case let byte where Self.isSign(byte):
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
        guard let keyword = keyword(range) else { return ExpressionToken(kind: .name, range: range) }
        return ExpressionToken(kind: .keyword(keyword), range: range)
    }

    private func keyword(_ range: Range<Int>) -> ExpressionToken.Keyword? {
        guard (2...7).contains(range.count) else { return nil }
        // Seven bytes at most, so the word fits one integer; bit 5 makes its letters lower case. A digit has the bit
        // already, and an underscore turns into 0x7F, which no keyword has.
        var word: UInt64 = 0
        for byte in bytes[range] { word = word << 8 | UInt64(byte | 0x20) }
        switch word {
        case 0x73_6574: return .set
        case 0x72_656D_6F76_65: return .remove
        case 0x61_6464: return .add
        case 0x6465_6C65_7465: return .delete
        case 0x61_6E64: return .and
        case 0x6F72: return .or
        case 0x6E_6F74: return .not
        case 0x62_6574_7765_656E: return .between
        case 0x696E: return .in
        default: return nil
        }
    }

    private mutating func skip(while matches: (UInt8) -> Bool) {
        while offset < bytes.count, matches(bytes[offset]) { offset += 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func isSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "+"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
    private static func isWordByte(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) || byte == 0x5F }
}

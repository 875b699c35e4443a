/// An expression as text, for what the builders do not say.
///
/// `\(value)` becomes a value placeholder and `\(name: "size")` a name placeholder, so no value is ever part of the text;
/// placeholders written by hand are refused, since nothing would belong to them.
///
/// ```swift
/// try await users.update(key: ["id": "u1"], expression: "SET visits = visits + \(1)")
/// ```
public struct RawExpression: Sendable, ExpressibleByStringInterpolation {
    enum Piece: Sendable {
        case text(String)
        case value(any Encodable & Sendable)
        case name(String)
    }
    let pieces: [Piece]

    init(pieces: [Piece]) { self.pieces = pieces }

    /// Text without values.
    public init(stringLiteral value: String) { pieces = [.text(value)] }
    /// Text with values and names.
    public init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

    /// Collects text, values and names.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var pieces: [Piece] = []

        /// Room for the pieces of a literal.
        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount * 2 + 1)
        }
        /// Text as it is.
        public mutating func appendLiteral(_ literal: String) { pieces.append(.text(literal)) }
        /// A value: never part of the text.
        public mutating func appendInterpolation(_ value: some AttributeScalar) { pieces.append(.value(value)) }
        /// An attribute name, whatever characters it has.
        public mutating func appendInterpolation(name: String) { pieces.append(.name(name)) }
    }
}

/// A parsed ProjectionExpression: one path at least.
package struct ProjectionExpression: Sendable, Hashable, CustomStringConvertible {
    package let paths: [DocumentPath]

    package init(_ paths: [DocumentPath]) { self.paths = paths }

    /// Parses a list of paths; placeholders stay as they are, and overlapping paths are not looked for.
    package static func parse(_ text: String) throws(ExpressionError) -> ProjectionExpression {
        var parser = try ExpressionParser(text, kind: .projection)
        return try ProjectionExpression(parser.parseProjection())
    }

    package var description: String { paths.map(\.description).joined(separator: ", ") }
}

/// Why an expression does not parse.
package struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The whole sentence, as a node words it: "Failed parsing UpdateExpression 'SET a': … at char 5".
    package let message: String
    /// The byte of the expression where it was noticed.
    package let offset: Int

    package init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    package var description: String { message }
}

/// Which parameter an expression came from; errors name it.
package enum ExpressionKind: String, Sendable, Hashable {
    case condition = "ConditionExpression"
    case filter = "FilterExpression"
    case keyCondition = "KeyConditionExpression"
    case update = "UpdateExpression"
    case projection = "ProjectionExpression"
}

/// What the server accepts at most (alternator/expressions.cc and .g).
package enum ExpressionLimits {
    /// Bytes of one expression.
    package static let maximumBytes = 4096
    /// Parts of one document path, the attribute itself included.
    package static let maximumPathParts = 32
    /// Parentheses and `NOT`s inside each other, and likewise function calls.
    package static let maximumNesting = 400
}

/// What is wrong with some JSON, and where.
package struct JSONError: Error, Sendable, CustomStringConvertible {
    /// One clause: "expected ':' after a member name".
    package let reason: String
    /// The byte where it was noticed, counted from the start of the document.
    package let offset: Int

    package init(_ reason: String, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason) at byte \(offset)" }
}

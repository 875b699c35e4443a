/// How much a reader accepts before it refuses.
package struct JSONLimits: Sendable {
    /// Containers inside each other; the server's own limit for requests is 78.
    package var maximumDepth = 512
    /// Bytes of one document.
    package var maximumBytes = 64 << 20

    package init() {}
}

/// Reads one JSON document, member by member, without building a tree.
///
/// Never traps: every broken input is a `JSONError` with an offset. Checks UTF-8, escapes and surrogate
/// pairs, duplicate member names of objects that are skipped or read as values, depth and trailing bytes.
package struct JSONReader: Sendable {
    package let bytes: [UInt8]
    /// The next byte to read.
    package var offset: Int

    package init(_ bytes: [UInt8], from start: Int = 0, limits: JSONLimits = JSONLimits()) {
        self.bytes = bytes
        offset = start
    }

    /// Reads `{`.
    package mutating func beginObject() throws(JSONError) { fatalError("skeleton") }
    /// The next member's name with its colon read, or `nil` with `}` read.
    package mutating func nextKey() throws(JSONError) -> String? { fatalError("skeleton") }
    /// Reads `[`.
    package mutating func beginArray() throws(JSONError) { fatalError("skeleton") }
    /// Whether another element follows (its comma read); `false` with `]` read.
    package mutating func nextElement() throws(JSONError) -> Bool { fatalError("skeleton") }
    package mutating func readString() throws(JSONError) -> String { fatalError("skeleton") }
    package mutating func readInt() throws(JSONError) -> Int { fatalError("skeleton") }
    package mutating func readDouble() throws(JSONError) -> Double { fatalError("skeleton") }
    package mutating func readBool() throws(JSONError) -> Bool { fatalError("skeleton") }
    /// Reads `null` if it is next.
    package mutating func readNull() throws(JSONError) -> Bool { fatalError("skeleton") }
    /// Skips one value, checking it.
    package mutating func skipValue() throws(JSONError) { fatalError("skeleton") }
    /// Skips one value and returns where it stood, so that it can be read again later.
    package mutating func valueRange() throws(JSONError) -> Range<Int> { fatalError("skeleton") }
    /// `{"S":"…"}` and so on.
    package mutating func readAttributeValue() throws(JSONError) -> AttributeValue { fatalError("skeleton") }
    /// `{"id":{"S":"u1"}, …}`.
    package mutating func readItem() throws(JSONError) -> [String: AttributeValue] { fatalError("skeleton") }
    /// Any JSON as a tree, for callers that must look at all of it (the embedded server, `DescribeTable`).
    package mutating func readTree() throws(JSONError) -> JSONValue { fatalError("skeleton") }
    /// Refuses anything but white space up to the end.
    package mutating func finish() throws(JSONError) { fatalError("skeleton") }
}

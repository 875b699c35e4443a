/// Appends JSON to one buffer; the caller keeps the structure right, the writer the text.
package struct JSONWriter: Sendable {
    /// What has been written so far.
    package var bytes: [UInt8] = []

    package init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// Text that is JSON already, such as `{"TableName":`.
    package mutating func raw(_ text: StaticString) { fatalError("skeleton") }
    /// Bytes that are JSON already.
    package mutating func raw(_ json: [UInt8]) { bytes.append(contentsOf: json) }
    package mutating func byte(_ value: UInt8) { bytes.append(value) }
    /// A JSON string with quotes and escapes.
    package mutating func string(_ text: String) { fatalError("skeleton") }
    package mutating func integer(_ value: Int) { fatalError("skeleton") }
    package mutating func bool(_ value: Bool) { fatalError("skeleton") }
    /// `{"S":"…"}` and so on.
    package mutating func attributeValue(_ value: AttributeValue) { fatalError("skeleton") }
    /// `{"id":{"S":"u1"}}`; members in the order of their names, so that bytes are stable.
    package mutating func item(_ item: [String: AttributeValue]) { fatalError("skeleton") }

    // Object helper: members separated by commas.
    /// `{` … `}` with `member` calls inside.
    package mutating func object(_ body: (inout JSONWriter) -> Void) { fatalError("skeleton") }
    /// `"name":`, preceded by a comma unless it follows `{`.
    package mutating func key(_ name: StaticString) { fatalError("skeleton") }
    package mutating func key(_ name: String) { fatalError("skeleton") }
}

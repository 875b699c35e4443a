package import AlternatorWire

/// The hash of a partition-key value by which all Alternator clients choose nodes.
///
/// Murmur3 of a type byte (1 S, 2 N, 3 B) and the value: UTF-8 of a string, the literal of a number exactly as it is
/// sent, the bytes of a binary. Not the hash of the server's partitioner: see `PartitionToken`.
package enum KeyHash {
    /// The hash of a key; `nil` for what cannot be one.
    package static func hash(_ value: AttributeValue) -> Int64? {
        switch value {
        case .string(let text): string(text)
        case .number(let number): self.number(number.description)
        case .binary(let bytes): binary(bytes)
        case .bool, .null, .list, .map, .stringSet, .numberSet, .binarySet, .float32Vector: nil
        }
    }

    package static func string(_ text: String) -> Int64 { hash(1, text.utf8Span.span) }
    /// - Parameter literal: the digits as they are sent: `1` and `1.0` differ.
    /// - Returns: the hash.
    package static func number(_ literal: String) -> Int64 { hash(2, literal.utf8Span.span) }
    package static func binary(_ bytes: [UInt8]) -> Int64 { hash(3, bytes.span) }

    private static func hash(_ type: UInt8, _ bytes: Span<UInt8>) -> Int64 {
        Int64(bitPattern: Murmur3.hash(prefix: type, bytes).h1)
    }
}

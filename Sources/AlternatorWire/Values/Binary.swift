/// Bytes that are stored as B, for code that does without Foundation's `Data`.
///
/// A plain `[UInt8]` is an array of numbers to `Codable` and stays a list.
public struct Binary: Sendable, Hashable {
    /// The bytes themselves.
    public var bytes: [UInt8]

    /// These bytes.
    public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
}

extension Binary: ExpressibleByArrayLiteral {
    /// The bytes of a literal.
    public init(arrayLiteral elements: UInt8...) { bytes = elements }
}

extension Binary: KeyValue {
    /// Stored as B.
    public static var scalarType: ScalarType { .b }
    /// The bytes.
    public var keyAttribute: AttributeValue { .binary(bytes) }

    /// For coders other than this package's own: an array of numbers.
    public init(from decoder: any Decoder) throws { bytes = try [UInt8](from: decoder) }

    /// For coders other than this package's own: an array of numbers.
    public func encode(to encoder: any Encoder) throws { try bytes.encode(to: encoder) }
}

/// A vector for vector search, stored as ScyllaDB's own type `FLOAT32VECTOR`.
///
/// A plain `[Float]` is a list of numbers. Both are read from either form.
public struct Float32Vector: Sendable, Hashable, Codable {
    /// The components; all must be finite.
    public var components: [Float]

    /// These components, which must be finite to be stored.
    public init(_ components: [Float]) { self.components = components }

    /// For coders other than this package's own: an array of numbers.
    public init(from decoder: any Decoder) throws { components = try [Float](from: decoder) }

    /// For coders other than this package's own: an array of numbers.
    public func encode(to encoder: any Encoder) throws { try components.encode(to: encoder) }
}

extension Float32Vector: ExpressibleByArrayLiteral {
    /// The components of a literal.
    public init(arrayLiteral elements: Float...) { components = elements }
}

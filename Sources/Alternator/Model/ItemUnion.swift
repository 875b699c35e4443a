/// An enum of models that share a table, told apart by one attribute.
///
/// ```swift
/// enum Row: ItemUnion {
///     case customer(Customer), invoice(Invoice)
///     static let members = Members<Row>(
///         discriminator: "type", ["customer": .init(Row.customer), "invoice": .init(Row.invoice)])
///     var model: any Document {
///         switch self {
///         case .customer(let customer): customer
///         case .invoice(let invoice): invoice
///         }
///     }
/// }
/// for try await row in shop.query(Row.self, key: ["pk": "c1"]) { switch row { … } }
/// ```
///
/// Its conditions name attributes by hand: `$0.named("name", as: String.self)`.
public protocol ItemUnion: Document {
    static var members: Members<Self> { get }
    /// The model inside.
    var model: any Document { get }
}

/// The models of a union by the text that tells them apart.
public struct Members<Union>: Sendable {
    /// One model: `.init(Row.customer)`.
    public struct Member: Sendable {
        let type: any Document.Type
        let decode: @Sendable (any Decoder) throws -> Union

        public init<Model: Document>(_ wrap: @escaping @Sendable (Model) -> Union) {
            type = Model.self
            decode = { wrap(try Model(from: $0)) }
        }
    }

    let discriminator: String
    let members: [(tag: String, member: Member)]

    /// - Parameters:
    ///   - discriminator: the attribute with the text; models may have it as a property, with the same value.
    ///   - members: a model by each text; a model that occurs twice is written with the first.
    public init(discriminator: String, _ members: KeyValuePairs<String, Member>) {
        self.discriminator = discriminator
        self.members = members.map { ($0.key, $0.value) }
    }
}

private struct AttributeKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension ItemUnion {
    public init(from decoder: any Decoder) throws {
        let members = Self.members
        let key = AttributeKey(stringValue: members.discriminator)
        let tag = try decoder.container(keyedBy: AttributeKey.self).decode(String.self, forKey: key)
        guard let found = members.members.first(where: { $0.tag == tag }) else {
            let known = members.members.map(\.tag).joined(separator: ", ")
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath + [key],
                    debugDescription: "\(Self.self) has no member for this \(members.discriminator); known: \(known)"
                )
            )
        }
        self = try found.member.decode(decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        let members = Self.members
        let inner = model
        guard let found = members.members.first(where: { $0.member.type == type(of: inner) }) else {
            throw EncodingError.invalidValue(
                inner,
                .init(
                    codingPath: encoder.codingPath,
                    debugDescription: "\(type(of: inner)) is not among the members of \(Self.self)"
                )
            )
        }
        try inner.encode(to: encoder)
        var container = encoder.container(keyedBy: AttributeKey.self)
        try container.encode(found.tag, forKey: AttributeKey(stringValue: members.discriminator))
    }
}

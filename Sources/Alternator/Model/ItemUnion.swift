public import AlternatorWire

/// An enum of models that share a table, told apart by one attribute.
///
/// ```swift
/// enum Row: ItemUnion {
///     case customer(Customer), invoice(Invoice), other(UnknownItem)
///     static let members = Members<Row>(
///         discriminator: "type", ["customer": .init(Row.customer), "invoice": .init(Row.invoice)],
///         unknown: .keep(Row.other))
///     var model: any Document {
///         switch self {
///         case .customer(let customer): customer
///         case .invoice(let invoice): invoice
///         case .other(let item): item
///         }
///     }
/// }
/// for try await row in shop.query(Row.self, key: ["pk": "c1"]) { switch row { … } }
/// try await shop.put(Row.customer(customer))                       // with "type": "customer"
/// ```
///
/// A union that is also a `TableItem`, with its keys given by name, is the model of a typed table. What the models declare
/// (defaults, timestamps, computed keys, an expiry) holds inside a union too; a versioned one cannot be written through it.
/// Its conditions name attributes by hand: `$0.named("name", as: String.self)`.
public protocol ItemUnion: Document {
    /// The models and the texts that tell them apart.
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
        /// The union around a model, if that is of this member's type.
        let wrap: @Sendable (any Document) -> Union?

        /// A case of the union.
        public init<Model: Document>(_ wrap: @escaping @Sendable (Model) -> Union) {
            type = Model.self
            decode = { wrap(try Model(from: $0)) }
            self.wrap = { model in (model as? Model).map(wrap) }
        }
    }

    /// What becomes of an item whose text no model has, or that has none: one written by a newer program, perhaps.
    public struct Unknown: Sendable {
        enum Kind {
            case refuse
            case skip
            case keep(@Sendable (UnknownItem) -> Union)
        }
        let kind: Kind

        /// Reading it throws `.decoding` with the texts that are known; the default.
        public static var refuse: Unknown { Unknown(kind: .refuse) }
        /// Queries, scans and batch reads leave it out; a `get` of it throws `.decoding`.
        public static var skip: Unknown { Unknown(kind: .skip) }
        /// It is a case of the union, with all its attributes, and can be written back as it is.
        public static func keep(_ wrap: @escaping @Sendable (UnknownItem) -> Union) -> Unknown {
            Unknown(kind: .keep(wrap))
        }
    }

    let discriminator: String
    let members: [(tag: String, member: Member)]
    let unknown: Unknown

    /// - Parameters:
    ///   - discriminator: the attribute with the text; models may have it as a property, with the same value.
    ///   - members: a model by each text; one model may stand in several cases.
    ///   - unknown: what becomes of other items.
    public init(
        discriminator: String,
        _ members: KeyValuePairs<String, Member>,
        unknown: Unknown = .refuse
    ) {
        self.discriminator = discriminator
        self.members = members.map { ($0.key, $0.value) }
        self.unknown = unknown
    }

    var skipsUnknown: Bool { if case .skip = unknown.kind { true } else { false } }

    /// The same, or `.mapping` where texts are not unique or the attribute has no name.
    func checked(_ type: Union.Type) throws(AlternatorError) -> Members<Union> {
        guard !discriminator.isEmpty else {
            throw AlternatorError(.mapping, message: "\(type) is told apart by an attribute without a name.")
        }
        var tags: Set<String> = []
        for (tag, _) in members where !tags.insert(tag).inserted {
            throw AlternatorError(.mapping, message: "\(type) has two members for the \(discriminator) \"\(tag)\".")
        }
        return self
    }
}

extension Members where Union: ItemUnion {
    /// The text a value is written with; `nil` for an unknown item, which has its own.
    func tag(of union: Union) -> String? {
        let inner = union.model
        let fitting = members.filter { $0.member.type == type(of: inner) }
        guard fitting.count > 1 else { return fitting.first?.tag }
        // One model in several cases: the case's name tells.
        let name = Self.caseName(union)
        return fitting.first { $0.member.wrap(inner).map(Self.caseName) == name }?.tag ?? fitting[0].tag
    }

    private static func caseName(_ union: Union) -> String? { Mirror(reflecting: union).children.first?.label }
}

/// An item of a union that none of its models fits.
public struct UnknownItem: Document, Hashable {
    /// All its attributes.
    public var attributes: [String: AttributeValue]

    /// An item of these attributes.
    public init(_ attributes: [String: AttributeValue]) { self.attributes = attributes }

    /// Takes every attribute.
    public init(from decoder: any Decoder) throws {
        attributes = try decoder.singleValueContainer().decode([String: AttributeValue].self)
    }

    /// Writes every attribute.
    public func encode(to encoder: any Encoder) throws { try attributes.encode(to: encoder) }
}

private struct AttributeKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension ItemUnion {
    /// Reads the model that the discriminator names.
    public init(from decoder: any Decoder) throws {
        let members = Self.members
        let key = AttributeKey(stringValue: members.discriminator)
        let container = try decoder.container(keyedBy: AttributeKey.self)
        if let tag = try? container.decodeIfPresent(String.self, forKey: key),
            let found = members.members.first(where: { $0.tag == tag })
        {
            self = try found.member.decode(decoder)
            return
        }
        if case .keep(let wrap) = members.unknown.kind {
            self = wrap(try UnknownItem(from: decoder))
            return
        }
        let known = members.members.map(\.tag).joined(separator: ", ")
        throw DecodingError.dataCorrupted(
            .init(
                codingPath: decoder.codingPath + [key],
                debugDescription: "\(Self.self) has no member for this \(members.discriminator); known: \(known)"
            )
        )
    }

    /// Writes the model inside and the text that tells it apart.
    public func encode(to encoder: any Encoder) throws {
        let members = Self.members
        let inner = model
        try inner.encode(to: encoder)
        guard let tag = members.tag(of: self) else {
            if inner is UnknownItem { return }
            throw EncodingError.invalidValue(
                inner,
                .init(
                    codingPath: encoder.codingPath,
                    debugDescription: "\(type(of: inner)) is not among the members of \(Self.self)"
                )
            )
        }
        // A model with a property for it has written it.
        if case .success(let names) = NameResolver.attributeNames(of: type(of: inner)),
            names.values.contains(members.discriminator)
        {
            return
        }
        var container = encoder.container(keyedBy: AttributeKey.self)
        try container.encode(tag, forKey: AttributeKey(stringValue: members.discriminator))
    }
}

public import AlternatorWire

/// A text key made from properties by a template: `USER#{id}`.
///
/// The names in braces are those of the properties given, in their order. `{number:8}` writes a number with zeros in front,
/// so that text order is number order.
///
/// ```swift
/// struct Order: TableItem {
///     var customer: String
///     var day: String
///     var number: Int
///     static let pk = CompositeKey("pk", "CUSTOMER#{customer}", \Order.customer)
///     static let sk = CompositeKey("sk", "ORDER#{day}#{number:6}", \Order.day, \Order.number)
///     static let primaryKey = PrimaryKey(pk, sk)
/// }
/// try await orders.put(order)          // pk = "CUSTOMER#c1", sk = "ORDER#2026-01-31#000007"
/// let found = try await orders.get(Order.pk("c1"), Order.sk("2026-01-31", 7))
/// let january = orders.query(try Order.pk("c1"), .hasPrefix("ORDER#2026-01"))
/// let oneDay = orders.query(try Order.pk("c1"), try Order.sk.prefix("2026-01-31"))
/// let (day, number) = try Order.sk.parts(of: "ORDER#2026-01-31#000007")
/// ```
///
/// In a part, `%` and the punctuation of the template's own text are written as `%` and two hexadecimal digits (`a#b` as
/// `a%23b`), so that no part can end early or pass for another key; `parts(of:)` undoes it. A `nil` part leaves the
/// attribute out. A template that cannot be used is an `.mapping` error of the first operation that needs it.
public struct CompositeKey<Root: Codable & Sendable, each Part: KeyPart & AttributeScalar>: KeySource, KnownParts {
    /// The attribute's name.
    public let name: String
    private let template: Result<KeyTemplate, AlternatorError>
    private let sources: [KeySourceName]
    private let value: @Sendable (Root) throws(AlternatorError) -> String?
    private let again: @Sendable ([any Encodable & Sendable]) throws(AlternatorError) -> String?

    /// A key attribute by a template.
    ///
    /// - Parameters:
    ///   - name: the attribute's name.
    ///   - template: text with a property's name in braces for each part.
    ///   - part: the properties.
    public init(_ name: String, _ template: String, _ part: repeat any KeyPath<Root, each Part> & Sendable) {
        var sources: [KeySourceName] = []
        for keyPath in repeat each part { sources.append(KeySourceName(keyPath)) }
        let names = sources
        let parsed = Result { () throws(AlternatorError) in
            let parsed = try KeyTemplate(template, parts: names.count)
            for (slot, source) in zip(parsed.slots, names) {
                guard source.property == nil || slot.name == source.property || slot.name == source.attribute else {
                    throw KeyTemplate.bad(template, "{\(slot.name)} is given the property \(source.property ?? "")")
                }
            }
            return parsed
        }
        self.name = name
        self.template = parsed
        self.sources = sources
        value = { root throws(AlternatorError) in
            var texts: [String?] = []
            for keyPath in repeat each part { texts.append(root[keyPath: keyPath].keyText) }
            return try Self.key(texts, parsed)
        }
        again = { values throws(AlternatorError) in
            var texts: [String?] = []
            var values = values[...]
            for type in repeat (each Part).self {
                texts.append(try ComputedKey<Root, String>.next(type, &values).keyText)
            }
            return try Self.key(texts, parsed)
        }
    }

    private static func key(
        _ texts: [String?],
        _ template: Result<KeyTemplate, AlternatorError>
    ) throws(AlternatorError) -> String? {
        let template = try template.get()
        let present = texts.compactMap(\.self)
        return present.count == texts.count ? try template.key(present) : nil
    }

    /// The key of these parts.
    ///
    /// - Throws: `.mapping` where one is `nil`, or does not fit the width the template gives it.
    public func callAsFunction(_ part: repeat each Part) throws(AlternatorError) -> String {
        var texts: [String?] = []
        for value in repeat each part { texts.append(value.keyText) }
        guard let key = try Self.key(texts, template) else {
            throw AlternatorError(.mapping, message: "A part of the key attribute \"\(name)\" has no value.")
        }
        return key
    }

    /// The parts of a key of this template.
    ///
    /// - Throws: `.decoding` for a key of another template, or with a part that is no value of its type.
    public func parts(of key: String) throws(AlternatorError) -> (repeat each Part) {
        var texts = try template.get().texts(of: key)[...]
        return (repeat try read((each Part).self, &texts))
    }

    private func read<Value: KeyPart>(
        _ type: Value.Type,
        _ texts: inout ArraySlice<String>
    ) throws(AlternatorError) -> Value {
        guard let text = texts.popFirst(), let value = Value(keyText: text) else {
            throw AlternatorError(.decoding, message: "A part of the key attribute \"\(name)\" is no \(type).")
        }
        return value
    }

    /// The sort condition that a key begins with these parts: the first ones of the template, in their order.
    ///
    /// Ends with the text before the next part, so that `1` does not find `10`: for `ORDER#{day}#{number:6}` the prefix of
    /// `2026-01-31` is `ORDER#2026-01-31#`, that of no parts `ORDER#`.
    ///
    /// - Throws: `.mapping` for more parts than the template has, or one of another type.
    public func prefix(_ parts: any KeyPart...) throws(AlternatorError) -> SortCondition<String> {
        let template = try template.get()
        var texts: [String] = []
        var given = parts[...]
        for type in repeat (each Part).self {
            guard let part = given.popFirst() else { break }
            texts.append(try Self.text(of: part, as: type, in: name))
        }
        guard given.isEmpty else {
            throw AlternatorError(
                .mapping,
                message: "The key attribute \"\(name)\" has \(template.slots.count) parts, not \(parts.count)."
            )
        }
        return .hasPrefix(try template.key(texts))
    }

    private static func text<Value: KeyPart>(
        of part: any KeyPart,
        as type: Value.Type,
        in name: String
    ) throws(AlternatorError) -> String {
        guard let value = part as? Value, let text = value.keyText else {
            throw AlternatorError(
                .mapping,
                message: "A part of a prefix of the key attribute \"\(name)\" is no \(type)."
            )
        }
        return text
    }

    /// The attribute in conditions.
    public var path: Path<Root, String> { Path(name) }

    /// The key as a computed one.
    public var computedKey: ComputedKey<Root, String> { ComputedKey(name, sources, value, again: again) }

    /// The values of the parts in a key, by attribute name, as far as those are attributes.
    func known(in key: String) -> [String: any Encodable & Sendable] {
        guard let template = try? template.get(), let texts = try? template.texts(of: key) else { return [:] }
        var values: [String: any Encodable & Sendable] = [:]
        var index = 0
        for type in repeat (each Part).self {
            if let attribute = sources[index].attribute { values[attribute] = Self.value(texts[index], type) }
            index += 1
        }
        return values
    }

    private static func value<Value: KeyPart & AttributeScalar>(
        _ text: String,
        _ type: Value.Type
    ) -> (any Encodable & Sendable)? {
        Value(keyText: text)
    }
}

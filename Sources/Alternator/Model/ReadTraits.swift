import AlternatorWire
import Synchronization

/// What is done to a stored item before a type reads it: found once per type.
struct ReadTraits: Sendable {
    /// Values for attributes that are missing or NULL.
    var defaults: [(name: String, value: AttributeValue)] = []
    /// Numbers of milliseconds that the type reads as dates, which are made from seconds.
    var namesToScale: [String] = []
    /// Attributes that are written for the model and are nobody's extras.
    var ownNames: Set<String> = []
    /// What tells the models of a union apart.
    var discriminator: String?
    /// The traits of a union's models by their texts.
    var members: [String: ReadTraits] = [:]
    /// Whether items that no model of the union fits are left out of queries and scans.
    var skipsUnknown = false

    /// Whether there is nothing to do.
    var isIdle: Bool { defaults.isEmpty && namesToScale.isEmpty && ownNames.isEmpty && discriminator == nil }

    /// The traits of a type; throws `.mapping` where a declaration cannot be used.
    static func of(_ type: any Decodable.Type) throws(AlternatorError) -> ReadTraits {
        if PlainTypes.contains(type) { return ReadTraits() }
        let id = ObjectIdentifier(type)
        if let known = TraitsCache.reading.withLock({ $0[id] }) { return known }
        let made = try make(type)
        TraitsCache.reading.withLock { $0[id] = made }
        if made.isIdle, !made.skipsUnknown, made.members.isEmpty { PlainTypes.insert(type) }
        return made
    }

    private static func make(_ type: any Decodable.Type) throws(AlternatorError) -> ReadTraits {
        var traits = ReadTraits()
        if let defaulting = type as? any DefaultingItem.Type { traits.defaults = try defaults(defaulting) }
        if let stamped = type as? any TimestampedItem.Type { traits.namesToScale = try namesToScale(stamped) }
        if let model = type as? any TableItem.Type { traits.ownNames = try ownNames(model) }
        if let union = type as? any ItemUnion.Type { try traits.addUnion(union) }
        return traits
    }

    private static func defaults<T: DefaultingItem>(
        _ type: T.Type
    ) throws(AlternatorError) -> [(name: String, value: AttributeValue)] {
        try type.defaults.attributes()
    }

    private static func namesToScale<T: TimestampedItem>(_ type: T.Type) throws(AlternatorError) -> [String] {
        try StampPlan<T>(type.timestamps).namesToScale
    }

    private static func ownNames<T: TableItem>(_ type: T.Type) throws(AlternatorError) -> Set<String> {
        Set(try ItemTraits<T>.shared().computed.map(\.name))
    }

    private mutating func addUnion<Union: ItemUnion>(_ type: Union.Type) throws(AlternatorError) {
        let members = try type.members.checked(Union.self)
        discriminator = members.discriminator
        skipsUnknown = members.skipsUnknown
        for (tag, member) in members.members {
            var traits = try ReadTraits.of(member.type)
            traits.ownNames.insert(members.discriminator)
            self.members[tag] = traits
        }
    }

    /// How a model's dates are written in conditions and updates.
    static func dates<Item>(of type: Item.Type) throws(AlternatorError) -> DateForms {
        guard let model = type as? any TableItem.Type else { return DateForms() }
        return try dates(model)
    }

    private static func dates<Model: TableItem>(_ type: Model.Type) throws(AlternatorError) -> DateForms {
        try ItemTraits<Model>.shared().dates
    }

    /// Whether a query leaves the item out.
    func skips(_ item: EncodedItem) throws(AlternatorError) -> Bool {
        guard skipsUnknown, let discriminator else { return false }
        return members[try item.text(of: discriminator) ?? ""] == nil
    }

    /// The traits that an item is read with: those of the union's model where it is one.
    func resolved(for item: EncodedItem) throws(AlternatorError) -> ReadTraits {
        guard let discriminator else { return self }
        return members[try item.text(of: discriminator) ?? ""] ?? ReadTraits()
    }

    /// What to change in an item before it is decoded.
    func edits(for item: EncodedItem) throws(AlternatorError) -> [(name: String, value: AttributeValue?)] {
        var edits: [(name: String, value: AttributeValue?)] = []
        let names = defaults.map(\.name) + namesToScale
        let values = names.isEmpty ? [] : try item.values(of: names)
        for (entry, value) in zip(defaults, values) where value == nil || value == .null {
            edits.append((entry.name, entry.value))
        }
        for (name, value) in zip(namesToScale, values.dropFirst(defaults.count)) {
            guard case .number(let milliseconds)? = value,
                let seconds = AttributeNumber(milliseconds.canonical + "e-3")
            else { continue }
            edits.append((name, .number(seconds)))
        }
        return edits
    }
}

/// Types whose items are read as they are stored, found by one load: most types are, and it is asked for every answer.
enum PlainTypes {
    /// Addresses of types, which never change hands; each place holds the last one that came to it, 0 none.
    private static let known = InlineArray<4096, Atomic<UInt>> { _ in Atomic(0) }

    private static func place(of address: UInt) -> Int {
        Int(truncatingIfNeeded: (address >> 3 &* 0x9E37_79B9_7F4A_7C15) >> 52)
    }

    static func contains(_ type: Any.Type) -> Bool {
        let address = UInt(bitPattern: ObjectIdentifier(type))
        return known[place(of: address)].load(ordering: .relaxed) == address
    }

    static func insert(_ type: Any.Type) {
        let address = UInt(bitPattern: ObjectIdentifier(type))
        known[place(of: address)].store(address, ordering: .relaxed)
    }
}

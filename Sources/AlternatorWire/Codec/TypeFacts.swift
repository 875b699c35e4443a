import Synchronization

/// What the codec has to know about a type: found once, then looked up.
///
/// Asking the runtime for a conformance takes hundreds of instructions, and it would be asked for every value.
struct TypeFacts: OptionSet {
    let rawValue: UInt

    /// A `FastItem`.
    static let isFast = TypeFacts(rawValue: 1)
    /// Not left to its own `encode(to:)`, see `EncodingSession.prepare`.
    static let encodesSpecially = TypeFacts(rawValue: 2)
    /// Not left to its own `init(from:)`, see `DecodingSession.decodeSpecial`.
    static let decodesSpecially = TypeFacts(rawValue: 4)

    /// A type's address with its facts in the low bits, which an address leaves free; 0 for none.
    ///
    /// Metadata never goes away, so an address means one type for good. Each place holds the last type asked for.
    private static let known = InlineArray<256, Atomic<UInt>> { _ in Atomic(0) }
    private static let mask: UInt = 7

    @inline(__always)
    private static func place(of address: UInt) -> Int { Int(truncatingIfNeeded: (address >> 4 ^ address >> 12) & 255) }

    @inline(__always)
    static func of(_ type: Any.Type) -> TypeFacts {
        let address = UInt(bitPattern: ObjectIdentifier(type))
        let entry = known[place(of: address)].load(ordering: .relaxed)
        return entry & ~mask == address ? TypeFacts(rawValue: entry & mask) : find(type, address)
    }

    @inline(never)
    private static func find(_ type: Any.Type, _ address: UInt) -> TypeFacts {
        var facts: TypeFacts = []
        if type is any FastItem.Type { facts.insert(.isFast) }
        if EncodingSession.encodesSpecially(type) { facts.insert(.encodesSpecially) }
        if DecodingSession.decodesSpecially(type) { facts.insert(.decodesSpecially) }
        if address & mask == 0 { known[place(of: address)].store(address | facts.rawValue, ordering: .relaxed) }
        return facts
    }
}

/// A type that is a `FastItem`, with the conformance that takes long to look up.
// A metatype is not Sendable by itself (a conformance may be isolated); those of plain Codable types have no state.
final class FastType: @unchecked Sendable {
    let type: any FastItem.Type

    private init(_ type: any FastItem.Type) { self.type = type }

    /// The first type to come to a place keeps it.
    private static let known = InlineArray<64, AtomicLazyReference<FastType>> { _ in AtomicLazyReference() }

    /// `nil` for a type that is none.
    @inline(__always)
    static func of(_ type: Any.Type) -> FastType? {
        guard TypeFacts.of(type).contains(.isFast) else { return nil }
        let address = UInt(bitPattern: ObjectIdentifier(type))
        let place = Int(truncatingIfNeeded: (address >> 4 ^ address >> 10) & 63)
        if let known = known[place].load(), known.type == type { return known }
        return find(type, place)
    }

    @inline(never)
    private static func find(_ type: Any.Type, _ place: Int) -> FastType? {
        guard let fast = type as? any FastItem.Type else { return nil }
        let made = FastType(fast)
        _ = known[place].storeIfNil(made)
        return made
    }
}

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
    /// Metadata never goes away, so an address means one type for good. Each place holds the last type asked for; there
    /// are several for each type of a large program, since two at one place would be found anew each time.
    private static let known = InlineArray<4096, Atomic<UInt>> { _ in Atomic(0) }
    private static let mask: UInt = 7

    @inline(__always)
    private static func place(of address: UInt) -> Int {
        Int(truncatingIfNeeded: (address >> 3 &* 0x9E37_79B9_7F4A_7C15) >> 52)
    }

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

/// How a type that is a `FastItem` is written and read, in terms of the type as a generic caller knows it.
///
/// A caller knows only that it is `Encodable`. To cast each value to the conforming type would copy it with all its
/// strings; so the functions are cast instead, once, and the value is handed to them as it is.
package final class FastType<Item>: AnyFastType, @unchecked Sendable {
    let write: (borrowing Item, inout ItemWriter) -> Void
    let read: (inout ItemReader) throws -> Item

    fileprivate init?<Fast: FastItem>(_ type: Fast.Type) {
        let write: (borrowing Fast, inout ItemWriter) -> Void = { $0.write(into: &$1) }
        let read: (inout ItemReader) throws -> Fast = { try Fast(from: &$0) }
        // The casts cannot fail: both types are one, which only the run time knows.
        guard let write = write as Any as? (borrowing Item, inout ItemWriter) -> Void,
            let read = read as Any as? (inout ItemReader) throws -> Item
        else { return nil }
        self.write = write
        self.read = read
    }
}

/// A `FastType` of any type, for the list of those that were asked for.
// Its functions capture nothing, and they are constant.
package class AnyFastType: @unchecked Sendable {
    private static let places = InlineArray<64, AtomicLazyReference<AnyFastType>> { _ in AtomicLazyReference() }
    #if !ALTERNATOR_TSAN
        /// The type asked for last at each place; nobody waits for its lock.
        ///
        /// To read a lazy reference is a call of the library, which looks up types for it: 640 instructions. The Thread
        /// Sanitizer does not see this lock.
        private static let recent = InlineArray<64, Mutex<AnyFastType?>> { _ in Mutex(nil) }
    #endif
    /// The type that came to the same place after this one.
    private let next = AtomicLazyReference<AnyFastType>()

    /// `nil` for a type that is no `FastItem`.
    ///
    /// Not a member of `FastType`: to name that for a type is to look it up, which is needless for most.
    @inline(__always)
    package static func of<Item>(_ type: Item.Type) -> FastType<Item>? {
        guard TypeFacts.of(type).contains(.isFast) else { return nil }
        let address = UInt(bitPattern: ObjectIdentifier(type))
        let place = Int(truncatingIfNeeded: (address >> 4 ^ address >> 10) & 63)
        #if !ALTERNATOR_TSAN
            let known = recent[place].withLockIfAvailable { $0 }
            if let known = known as? FastType<Item> { return known }
        #endif
        guard let found = find(type, place) else { return nil }
        #if !ALTERNATOR_TSAN
            recent[place].withLockIfAvailable { $0 = found }
        #endif
        return found
    }

    @inline(never)
    private static func find<Item>(_ type: Item.Type, _ place: Int) -> FastType<Item>? {
        var found = places[place].load()
        while let other = found {
            if let same = other as? FastType<Item> { return same }
            found = other.next.load()
        }
        guard let fast = type as? any FastItem.Type, let made = FastType<Item>(fast) else { return nil }
        var last = places[place].storeIfNil(made)
        while last !== made {
            if let same = last as? FastType<Item> { return same }
            last = last.next.storeIfNil(made)
        }
        return made
    }
}

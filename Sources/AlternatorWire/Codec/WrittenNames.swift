/// Where the names of members stand in the maps that are being written, for noticing one that is written twice.
///
/// Bits tell most new names from all others without comparing; sixteen names take no allocation.
struct WrittenNames {
    /// Where a name's text begins in the buffer; its end is found where it is needed, which is seldom.
    ///
    /// One number for both, the complement of the place for the name of a map that is being written: what is stored for
    /// each member is what takes the time.
    private struct Place {
        private var bits = 0

        init() {}
        @inline(__always)
        init(_ start: Int) { bits = start }

        var isOpenMap: Bool {
            get { bits < 0 }
            set { if newValue != isOpenMap { bits = ~bits } }
        }
        var start: Int { isOpenMap ? ~bits : bits }
    }

    /// What is put aside of a map while one inside it is written.
    struct Outer {
        fileprivate let features: InlineArray<8, UInt64>
        fileprivate let first: Int
    }

    private var places = InlineArray<16, Place>(repeating: Place())
    /// The places for which there is no room above.
    private var more: [Place] = []
    private var count = 0
    /// Where the names of the innermost map begin.
    private var first = 0
    /// One bit for a feature of each name of the innermost map.
    private var features = InlineArray<8, UInt64>(repeating: 0)

    // Inlined: to be made elsewhere and moved takes as long as three names.
    @inline(__always)
    init() {}

    /// Whether the innermost map has members.
    @inline(__always)
    var hasMembers: Bool { count > first }

    /// Adds a name to the innermost map.
    ///
    /// - Returns: whether the map may have it already, see `isRepeated`.
    @inline(__always)
    mutating func append(_ name: ItemBuffer.Name) -> Bool {
        let place = Place(name.start)
        if count < places.count { places[count] = place } else { more.append(place) }
        count &+= 1
        let bit: UInt64 = 1 << UInt64(name.feature & 63)
        let index = name.feature >> 6 & 7
        let word = features[index]
        features[index] = word | bit
        return word & bit != 0
    }

    /// A number below 512 that most different names differ in.
    @inline(__always)
    static func feature(of name: Span<UInt8>) -> Int {
        if name.count < 8 {
            let word = JSONText.shortWord(name)
            return feature(word, word)
        }
        return feature(JSONText.word(name, at: 0), JSONText.word(name, at: name.count &- 8))
    }

    /// The same by the first and the last eight bytes; where there are fewer, they are filled up and twice the same.
    @inline(__always)
    static func feature(_ first: UInt64, _ last: UInt64) -> Int {
        // Fibonacci hashing: the upper bits of the product depend on all bits. The factor is 2^64 divided by the golden
        // ratio, see Knuth, "The Art of Computer Programming", vol. 3, 6.4.
        Int(truncatingIfNeeded: ((first &+ (last << 29 | last >> 35)) &* 0x9E37_79B9_7F4A_7C15) >> 55)
    }

    /// Whether the name added last stands in the innermost map a second time.
    @inline(never)
    mutating func isRepeated(in buffer: borrowing ItemBuffer) -> Bool {
        let last = buffer.name(at: start(count - 1))
        for index in first..<(count - 1) where buffer.name(at: start(index)) == last { return true }
        return false
    }

    // Mutating, though nothing is changed: else all the places would be copied for one to be looked at.
    private mutating func start(_ index: Int) -> Int {
        index < places.count ? places[index].start : more[index - places.count].start
    }

    /// Takes the name added last out again.
    mutating func removeLast() {
        count -= 1
        if count >= places.count { more.removeLast() }
    }

    /// Begins the map that the name added last is for.
    mutating func openMap() -> Outer {
        let outer = Outer(features: features, first: first)
        markLast(isOpenMap: true)
        first = count
        features = InlineArray(repeating: 0)
        return outer
    }

    /// Ends the map begun last.
    mutating func closeMap(_ outer: Outer) {
        if count > places.count { more.removeLast(count - max(first, places.count)) }
        count = first
        markLast(isOpenMap: false)
        features = outer.features
        first = outer.first
    }

    private mutating func markLast(isOpenMap: Bool) {
        let last = count - 1
        if last < places.count {
            places[last].isOpenMap = isOpenMap
        } else {
            more[last - places.count].isOpenMap = isOpenMap
        }
    }

    /// Where the names of the maps begin that are being written inside the item, the outermost first.
    var openMaps: [Int] {
        (0..<count).lazy.map { $0 < places.count ? places[$0] : more[$0 - places.count] }
            .filter(\.isOpenMap).map(\.start)
    }
}

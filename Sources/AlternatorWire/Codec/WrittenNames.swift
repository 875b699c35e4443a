/// Where the names of members stand in the maps that are being written, for noticing one that is written twice.
///
/// Bits tell most new names from all others without comparing; sixteen names take no allocation.
struct WrittenNames {
    // Written out: what makes it by repeating makes it elsewhere, to be moved here.
    /// Where each name's text begins in the buffer; its end is found where it is needed, which is seldom.
    ///
    /// Behind the name of a map that is being written stands where the names of the map around it begin, see `first`.
    private var places: InlineArray<16, Int> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    /// The places for which there is no room above.
    private var more: [Int] = []
    private var count = 0
    /// Where the names of the innermost map begin.
    private var first = 0
    /// One bit for a feature of each name of the innermost map.
    private var features: Features = [0, 0, 0, 0, 0, 0, 0, 0]

    typealias Features = InlineArray<8, UInt64>

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
        push(name.start)
        let bit: UInt64 = 1 << UInt64(name.feature & 63)
        let index = name.feature >> 6 & 7
        let word = features[index]
        features[index] = word | bit
        return word & bit != 0
    }

    @inline(__always)
    private mutating func push(_ place: Int) {
        if count < places.count { places[count] = place } else { more.append(place) }
        count &+= 1
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
        let last = place(count - 1)
        for index in first..<(count - 1) where buffer.haveSameName(place(index), last) { return true }
        return false
    }

    // Mutating, though nothing is changed: else all the places would be copied for one to be looked at.
    private mutating func place(_ index: Int) -> Int {
        index < places.count ? places[index] : more[index - places.count]
    }

    /// Takes the name added last out again.
    mutating func removeLast() {
        count -= 1
        if count >= places.count { more.removeLast() }
    }

    /// Begins the map that the name added last is for.
    ///
    /// - Returns: the features of the map around it, to be given back to `closeMap`.
    mutating func openMap() -> Features {
        let outer = features
        push(first)
        first = count
        features = [0, 0, 0, 0, 0, 0, 0, 0]
        return outer
    }

    /// Ends the map begun last.
    mutating func closeMap(_ outer: Features) {
        features = outer
        count = first - 1
        first = place(count)
        if !more.isEmpty { more.removeLast(more.count - max(0, count - places.count)) }
    }

    /// Where the names of the maps begin that are being written inside the item, the outermost first.
    mutating func openMaps() -> [Int] {
        var names: [Int] = []
        var inner = first
        while inner > 0 {
            names.append(place(inner - 2))
            inner = place(inner - 1)
        }
        return names.reversed()
    }
}

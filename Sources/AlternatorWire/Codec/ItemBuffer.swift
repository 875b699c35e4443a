/// The bytes of an encoding with room behind them, so that an item is stored in words of eight bytes.
///
/// An array that grows byte by byte checks its capacity and its owner for every append; here that is done once for a
/// member with its value. Stores may reach beyond what is meant: the next one overwrites that.
struct ItemBuffer {
    /// Written bytes, then zeros or leftovers.
    private var storage: [UInt8]
    /// How many bytes are written.
    private(set) var count: Int

    init(_ bytes: consuming [UInt8] = []) {
        count = bytes.count
        storage = consume bytes
    }

    /// The written bytes; the buffer is empty afterwards.
    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &storage)
        if taken.count > count { taken.removeLast(taken.count - count) }
        count = 0
        return taken
    }

    /// A written part.
    subscript(_ range: Range<Int>) -> ArraySlice<UInt8> { storage[range] }

    /// The name whose text begins at an offset, as it is written.
    func name(at start: Int) -> ArraySlice<UInt8> {
        var end = start
        while storage[end] != UInt8(ascii: "\"") { end += storage[end] == UInt8(ascii: "\\") ? 2 : 1 }
        return storage[start..<end]
    }

    /// Whether the names whose texts begin at two offsets are the same as they are written.
    func haveSameName(_ left: Int, _ right: Int) -> Bool {
        var offset = 0
        while storage[left + offset] == storage[right + offset] {
            switch storage[left + offset] {
            case UInt8(ascii: "\""): return true
            // What is escaped may be a quote.
            case UInt8(ascii: "\\"):
                offset += 1
                if storage[left + offset] != storage[right + offset] { return false }
            default: break
            }
            offset += 1
        }
        return false
    }

    /// Takes back all from an offset on.
    mutating func truncate(to offset: Int) { count = min(count, max(0, offset)) }

    /// Lets a writer append.
    mutating func append(_ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(reserving: 0)
        writer.bytes = take()
        body(&writer)
        swap(&storage, &writer.bytes)
        count = storage.count
    }

    /// Makes room for so many bytes and the last store's overhang.
    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if storage.count &- count < more &+ 8 { grow(more &+ 8) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let free = min(storage.capacity - storage.count, 512)
        let wanted = max(more - (storage.count - count), free, 256)
        storage.append(addingCapacity: wanted) { $0.append(repeating: 0, count: wanted) }
    }

    // MARK: Plain text

    /// At most eight bytes, the first one lowest.
    @inline(__always)
    mutating func append(_ word: UInt64, length: Int) {
        reserve(8)
        let start = count
        var span = storage.mutableSpan
        var bytes = MutableRawSpan(_elements: &span)
        bytes.store(word, at: start)
        count = start &+ length
    }

    mutating func comma() { append(0x2C, length: 1) }

    /// `{"M":{`, or `{` for the item itself.
    mutating func openMap(isItem: Bool) {
        append(isItem ? 0x7B : 0x7B3A_224D_227B, length: isItem ? 1 : 6)
    }

    /// `}}`, or `}` for the item itself.
    mutating func closeMap(isItem: Bool) { append(0x7D7D, length: isItem ? 1 : 2) }

    /// `{"L":[`.
    mutating func openList() { append(0x5B3A_224C_227B, length: 6) }

    /// `]}`.
    mutating func closeList() { append(0x7D5D, length: 2) }

    // MARK: Members and values

    /// A member's name as it was written.
    struct Name {
        /// Where its text stands, as it is written.
        let start: Int
        let length: Int
        /// See `WrittenNames.feature`.
        let feature: Int
    }

    /// What the quick ways write at once: a name and a text of at most sixteen bytes with all around them.
    private static let room = 64

    /// `,"name":`, or the same without the comma.
    @inline(__always)
    mutating func member(_ name: String, _ text: Span<UInt8>, hasComma: Bool) -> Name {
        member(name, text, hasComma: hasComma, Mark.endName, length: 2)
    }

    /// `,"name":{"S":"text"}`.
    @inline(__always)
    mutating func member(_ name: String, _ text: Span<UInt8>, hasComma: Bool, string: String) -> Name {
        let value = string.utf8.span
        let short = ShortText(text)
        if short.isClean {
            reserve(ItemBuffer.room)
            let start = count
            var span = storage.mutableSpan
            var bytes = MutableRawSpan(_elements: &span)
            var room = bytes._mutatingExtracting(start..<(start &+ ItemBuffer.room))
            let end = room.storeName(short, hasComma)
            room.store(Mark.string, at: end)
            let text = ShortText(value)
            var length = 8
            if text.isClean {
                room.storeText(text, at: end &+ 8)
                room.store(Mark.endValue, at: end &+ 8 &+ text.count)
                length = 10 &+ text.count
            }
            count = start &+ end &+ length
            if !text.isClean { closeString(string) }
            return short.name(endingAt: start &+ end)
        }
        let written = rarerMember(name, hasComma: hasComma, Mark.string, length: 8)
        closeString(string)
        return written
    }

    /// `,"name":{"N":"1"}`.
    @inline(__always)
    mutating func member(_ name: String, _ text: Span<UInt8>, hasComma: Bool, integer: Int) -> Name {
        let short = ShortText(text)
        if short.isClean, integer > -100_000_000, integer < 100_000_000 {
            reserve(ItemBuffer.room)
            let start = count
            var span = storage.mutableSpan
            var bytes = MutableRawSpan(_elements: &span)
            var room = bytes._mutatingExtracting(start..<(start &+ ItemBuffer.room))
            let end = room.storeName(short, hasComma)
            room.store(Mark.number, at: end)
            count = start &+ room.storeShortInteger(integer, at: end &+ 8)
            return short.name(endingAt: start &+ end)
        }
        let written = rarerMember(name, hasComma: hasComma, Mark.number, length: 8)
        closeInteger(integer)
        return written
    }

    /// `,"name":{"N":"0.25"}`.
    @inline(__always)
    mutating func member(_ name: String, _ text: Span<UInt8>, hasComma: Bool, decimal: ShortDecimal) -> Name {
        let short = ShortText(text)
        if short.isClean {
            reserve(ItemBuffer.room)
            let start = count
            var span = storage.mutableSpan
            var bytes = MutableRawSpan(_elements: &span)
            var room = bytes._mutatingExtracting(start..<(start &+ ItemBuffer.room))
            let end = room.storeName(short, hasComma)
            room.store(Mark.number, at: end)
            count = start &+ room.storeDecimal(decimal, at: end &+ 8)
            return short.name(endingAt: start &+ end)
        }
        let written = rarerMember(name, hasComma: hasComma, Mark.number, length: 8)
        closeDecimal(decimal)
        return written
    }

    /// `,"name":{"BOOL":true}`.
    @inline(__always)
    mutating func member(_ name: String, _ text: Span<UInt8>, hasComma: Bool, bool: Bool) -> Name {
        let short = ShortText(text)
        if short.isClean {
            reserve(ItemBuffer.room)
            let start = count
            var span = storage.mutableSpan
            var bytes = MutableRawSpan(_elements: &span)
            var room = bytes._mutatingExtracting(start..<(start &+ ItemBuffer.room))
            let end = room.storeName(short, hasComma)
            room.store(Mark.boolMember, at: end)
            room.store(bool ? Mark.endTrue : Mark.endFalse, at: end &+ 8)
            count = start &+ end &+ (bool ? 15 : 16)
            return short.name(endingAt: start &+ end)
        }
        let written = rarerMember(name, hasComma: hasComma, Mark.boolMember, length: 8)
        append(bool ? Mark.endTrue : Mark.endFalse, length: bool ? 7 : 8)
        return written
    }

    /// `,"name":{"L":[`.
    @inline(__always)
    mutating func openList(_ name: String, _ text: Span<UInt8>, hasComma: Bool) -> Name {
        member(name, text, hasComma: hasComma, Mark.listMember, length: 8)
    }

    /// `,"name":{"M":{`.
    @inline(__always)
    mutating func openMap(_ name: String, _ text: Span<UInt8>, hasComma: Bool) -> Name {
        member(name, text, hasComma: hasComma, Mark.mapMember, length: 8)
    }

    /// A name and so many bytes of a mark, which begins with the name's quote and colon.
    @inline(__always)
    private mutating func member(
        _ name: String,
        _ text: Span<UInt8>,
        hasComma: Bool,
        _ mark: UInt64,
        length: Int
    ) -> Name {
        let short = ShortText(text)
        if short.isClean {
            reserve(ItemBuffer.room)
            let start = count
            var span = storage.mutableSpan
            var bytes = MutableRawSpan(_elements: &span)
            var room = bytes._mutatingExtracting(start..<(start &+ ItemBuffer.room))
            let end = room.storeName(short, hasComma)
            room.store(mark, at: end)
            count = start &+ end &+ length
            return short.name(endingAt: start &+ end)
        }
        return rarerMember(name, hasComma: hasComma, mark, length: length)
    }

    /// The same for a name that is long or needs an escape.
    @inline(never)
    private mutating func rarerMember(_ name: String, hasComma: Bool, _ mark: UInt64, length: Int) -> Name {
        let text = name.utf8.span
        let feature = WrittenNames.feature(of: text)
        append(hasComma ? 0x222C : 0x22, length: hasComma ? 2 : 1)
        let start = count
        if !appendClean(text) { append { $0.escaped(name) } }
        let written = Name(start: start, length: count &- start, feature: feature)
        append(mark, length: length)
        return written
    }

    /// Copies text of any length that needs no escape; false, with nothing written, if it needs one.
    private mutating func appendClean(_ text: Span<UInt8>) -> Bool {
        reserve(text.count &+ 8)
        let start = count
        var span = storage.mutableSpan
        var bytes = MutableRawSpan(_elements: &span)
        guard bytes.storeClean(text, at: start) else { return false }
        count &+= text.count
        return true
    }

    /// `text"}`, the rest of an S.
    @inline(never)
    private mutating func closeString(_ string: String) {
        let text = string.utf8.span
        reserve(text.count &+ 16)
        let start = count
        var span = storage.mutableSpan
        var bytes = MutableRawSpan(_elements: &span)
        guard bytes.storeClean(text, at: start) else { return closeEscaped(string) }
        bytes.store(Mark.endValue, at: start &+ text.count)
        count = start &+ text.count &+ 2
    }

    @inline(never)
    private mutating func closeEscaped(_ string: String) {
        append { $0.escaped(string) }
        append(Mark.endValue, length: 2)
    }

    /// `1"}`, the rest of an N.
    @inline(never)
    private mutating func closeInteger(_ value: Int) {
        reserve(ItemBuffer.room)
        let start = count
        var span = storage.mutableSpan
        var bytes = MutableRawSpan(_elements: &span)
        let end = bytes.storeDigits(of: value, at: start)
        bytes.store(Mark.endValue, at: end)
        count = end &+ 2
    }

    /// `{"S":"text"}`.
    @inline(__always)
    mutating func string(_ string: String) { _ = element(string, hasComma: false) }

    /// `{"N":"1"}`.
    @inline(__always)
    mutating func integer(_ value: Int) {
        append(Mark.number >> 16, length: 6)
        closeInteger(value)
    }

    /// `0.25"}`, the rest of an N.
    @inline(never)
    private mutating func closeDecimal(_ value: ShortDecimal) {
        reserve(ItemBuffer.room)
        let start = count
        var span = storage.mutableSpan
        var bytes = MutableRawSpan(_elements: &span)
        count = bytes.storeDecimal(value, at: start)
    }

    /// `{"L":[{"S":"text"},…]}`.
    mutating func list(_ strings: [String]) {
        openList()
        closeList(strings)
    }

    /// `{"S":"text"},…]}`, the rest of a list.
    mutating func closeList(_ strings: [String]) {
        // By a span: an iterator would retain each text.
        let texts = strings.span
        var isClosed = false
        for index in texts.indices { isClosed = element(texts[index], hasComma: index > 0) }
        if isClosed { count &+= 2 } else { closeList() }
    }

    /// `,{"S":"text"}`, or the same without the comma; returns whether `]}` stands behind it.
    @inline(never)
    private mutating func element(_ string: String, hasComma: Bool) -> Bool {
        let value = string.utf8.span
        let lead = hasComma ? 1 : 0
        let text = ShortText(value)
        if text.isClean {
            reserve(ItemBuffer.room)
            let start = count
            var span = storage.mutableSpan
            var bytes = MutableRawSpan(_elements: &span)
            var room = bytes._mutatingExtracting(start..<(start &+ ItemBuffer.room))
            // The comma is written in any case, and overwritten where there is none.
            room.storeByte(UInt8(ascii: ","), at: 0)
            room.store(Mark.string >> 16, at: lead)
            room.storeText(text, at: lead &+ 6)
            let end = lead &+ 6 &+ text.count
            room.store(Mark.endValueAndList, at: end)
            count = start &+ end &+ 2
            return true
        }
        if hasComma { comma() }
        append(Mark.string >> 16, length: 6)
        closeString(string)
        return false
    }

    /// `{"N":"text"}` of text that is a number.
    mutating func number(_ text: String) {
        let value = text.utf8.span
        reserve(value.count &+ 24)
        let start = count
        var span = storage.mutableSpan
        var bytes = MutableRawSpan(_elements: &span)
        bytes.store(Mark.number >> 16, at: start)
        // Digits, a point, a sign: nothing that needs an escape.
        _ = bytes.storeClean(value, at: start &+ 6)
        bytes.store(Mark.endValue, at: start &+ 6 &+ value.count)
        count = start &+ 8 &+ value.count
    }

    mutating func bool(_ value: Bool) {
        append(Mark.bool, length: 8)
        append(value ? Mark.isTrue : Mark.isFalse, length: value ? 5 : 6)
    }

    mutating func null() {
        append(Mark.null, length: 8)
        append(Mark.isTrue, length: 5)
    }

    /// Words of fixed text, the first byte lowest.
    fileprivate enum Mark {
        /// `":`.
        static let endName: UInt64 = 0x3A22
        /// `":{"S":"`.
        static let string: UInt64 = 0x223A_2253_227B_3A22
        /// `":{"N":"`.
        static let number: UInt64 = 0x223A_224E_227B_3A22
        /// `":{"BOOL`.
        static let boolMember: UInt64 = 0x4C4F_4F42_227B_3A22
        /// `":{"L":[`.
        static let listMember: UInt64 = 0x5B3A_224C_227B_3A22
        /// `":{"M":{`.
        static let mapMember: UInt64 = 0x7B3A_224D_227B_3A22
        /// `":true}`.
        static let endTrue: UInt64 = 0x7D_6575_7274_3A22
        /// `":false}`.
        static let endFalse: UInt64 = 0x7D65_736C_6166_3A22
        /// `"}`.
        static let endValue: UInt64 = 0x7D22
        /// `"}]}`.
        static let endValueAndList: UInt64 = 0x7D5D_7D22
        /// `{"BOOL":`.
        static let bool: UInt64 = 0x3A22_4C4F_4F42_227B
        /// `{"NULL":`.
        static let null: UInt64 = 0x3A22_4C4C_554E_227B
        /// `true}`.
        static let isTrue: UInt64 = 0x7D_6575_7274
        /// `false}`.
        static let isFalse: UInt64 = 0x7D65_736C_6166
    }
}

extension MutableRawSpan {
    /// Eight bytes, the lowest one first.
    @inline(__always)
    fileprivate mutating func store(_ word: UInt64, at offset: Int) {
        storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
    }

    @inline(__always)
    fileprivate mutating func storeByte(_ byte: UInt8, at offset: Int) {
        storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
    }

    /// A name: its text, before it a quote, and a comma before that if one is due; returns the place behind the text.
    @inline(__always)
    fileprivate mutating func storeName(_ text: ShortText, _ hasComma: Bool) -> Int {
        store(hasComma ? 0x222C : 0x22, at: 0)
        let start = hasComma ? 2 : 1
        store(text.first, at: start)
        // The names of a type come in the same order each time, so that the branch is foreseen; a store takes longer.
        if text.count > 8 { store(text.last, at: start &+ text.count &- 8) }
        return start &+ text.count
    }

    @inline(__always)
    fileprivate mutating func storeText(_ text: ShortText, at offset: Int) {
        store(text.first, at: offset)
        store(text.last, at: offset &+ text.step)
    }

    /// Copies text that needs no escape; false, with the bytes there undefined, if it needs one.
    @inline(__always)
    fileprivate mutating func storeClean(_ text: borrowing Span<UInt8>, at offset: Int) -> Bool {
        if text.count >= 8 { return storeLongClean(text, at: offset) }
        let word = JSONText.shortWord(text)
        store(word, at: offset)
        return JSONText.specials(in: word) == 0
    }

    /// The same for eight bytes and more.
    @inline(never)
    private mutating func storeLongClean(_ text: borrowing Span<UInt8>, at offset: Int) -> Bool {
        // The last eight bytes first, some of them a second time if there are more.
        let last = text.count &- 8
        let word = JSONText.word(text, at: last)
        var found = JSONText.specials(in: word)
        store(word, at: offset &+ last)
        var index = 0
        while index < last {
            let word = JSONText.word(text, at: index)
            found |= JSONText.specials(in: word)
            store(word, at: offset &+ index)
            index &+= 8
        }
        return found == 0
    }

    /// A number of at most eight digits with its minus, and `"}`; returns the place behind them.
    @inline(__always)
    fileprivate mutating func storeShortInteger(_ value: Int, at start: Int) -> Int {
        var offset = start
        if value < 0 {
            storeByte(UInt8(ascii: "-"), at: offset)
            offset &+= 1
        }
        let digits = Digits(value.magnitude)
        if digits.count <= 6 {
            store(digits.text | ItemBuffer.Mark.endValue << UInt64(8 &* digits.count), at: offset)
        } else {
            store(digits.text, at: offset)
            store(ItemBuffer.Mark.endValue, at: offset &+ digits.count)
        }
        return offset &+ digits.count &+ 2
    }

    /// The decimal digits of a number, after a minus where it is negative; returns the place behind them.
    @inline(__always)
    fileprivate mutating func storeDigits(of value: Int, at start: Int) -> Int {
        var offset = start
        if value < 0 {
            storeByte(UInt8(ascii: "-"), at: offset)
            offset &+= 1
        }
        return storeDigits(of: value.magnitude, at: offset)
    }

    /// The decimal digits of a number; returns the place behind them.
    @inline(__always)
    fileprivate mutating func storeDigits(of value: UInt, at offset: Int) -> Int {
        if value >= 100_000_000 { return storeLongDigits(of: value, at: offset) }
        let digits = Digits(value)
        store(digits.text, at: offset)
        return offset &+ digits.count
    }

    /// A number with its minus, and `"}`; returns the place behind them.
    @inline(__always)
    fileprivate mutating func storeDecimal(_ value: ShortDecimal, at start: Int) -> Int {
        storeByte(UInt8(ascii: "-"), at: start)
        // Not more than ten digits before the point, see `ShortDecimal`.
        let offset = storeDigits(of: value.whole, at: value.isNegative ? start &+ 1 : start)
        // The point, not more than five digits and `"}` are one word.
        let fraction = Digits.padded(value.fraction) >> UInt64(8 &* (8 &- value.places))
        let end = ItemBuffer.Mark.endValue << UInt64(8 &* (value.places &+ 1))
        store(UInt64(UInt8(ascii: ".")) | fraction << 8 | end, at: offset)
        return offset &+ value.places &+ 3
    }

    /// More than eight digits: eight at a time.
    @inline(never)
    private mutating func storeLongDigits(of value: UInt, at start: Int) -> Int {
        let (high, low) = value.quotientAndRemainder(dividingBy: 100_000_000)
        let offset = storeDigits(of: high, at: start)
        store(Digits.padded(low), at: offset)
        return offset &+ 8
    }
}

/// A text of at most sixteen bytes in two words, which may overlap.
// Three words, so that it is returned in registers.
private struct ShortText {
    /// The first eight bytes; fewer are filled up.
    let first: UInt64
    /// The last eight bytes, or the same as `first`.
    let last: UInt64
    /// Negative for a text that is longer or has a byte that needs an escape; nothing else is known of it.
    let count: Int

    @inline(__always)
    var isClean: Bool { count >= 0 }
    /// How far behind the first word the last one begins.
    @inline(__always)
    var step: Int { max(0, count &- 8) }

    @inline(__always)
    init(_ text: Span<UInt8>) {
        let specials: UInt64
        if text.count < 8 {
            first = JSONText.shortWord(text)
            last = first
            specials = JSONText.specials(in: first)
        } else if text.count <= 16 {
            first = JSONText.word(text, at: 0)
            last = JSONText.word(text, at: text.count &- 8)
            specials = JSONText.specials(in: first) | JSONText.specials(in: last)
        } else {
            first = 0
            last = 0
            specials = 1
        }
        count = specials == 0 ? text.count : -1
    }

    /// The text as a name that ends at a place.
    @inline(__always)
    func name(endingAt end: Int) -> ItemBuffer.Name {
        ItemBuffer.Name(start: end &- count, length: count, feature: WrittenNames.feature(first, last))
    }
}

/// The digits of a number below 100,000,000, found side by side instead of one after the other.
private struct Digits {
    /// The text without zeros in front, the first digit lowest.
    let text: UInt64
    let count: Int

    @inline(__always)
    init(_ value: UInt) {
        let padded = Digits.values(value)
        // Whole bytes of zeros; the last digit stays in any case.
        let bits = (padded | 1 << 56).trailingZeroBitCount & ~7
        text = (padded | Digits.zeros) >> UInt64(bits)
        count = 8 &- (bits >> 3)
    }

    /// Eight digits with zeros in front, the first one lowest.
    @inline(__always)
    static func padded(_ value: UInt) -> UInt64 { values(value) | zeros }

    private static let zeros: UInt64 = 0x3030_3030_3030_3030

    /// The values of eight digits, one a byte, the first one lowest.
    @inline(__always)
    private static func values(_ value: UInt) -> UInt64 {
        let (high, low) = UInt32(truncatingIfNeeded: value).quotientAndRemainder(dividingBy: 10_000)
        // Two numbers below 10,000, then four below 100, then eight below 10. To multiply by 10486 and divide by 2^20 is
        // to divide by 100 in the first range; by 103 and 2^10 to divide by 10 in the second.
        let halves = UInt64(high) | UInt64(low) << 32
        let hundreds = ((halves &* 10486) >> 20) & 0x0000_007F_0000_007F
        let pairs = hundreds | (halves &- 100 &* hundreds) << 16
        let tens = ((pairs &* 103) >> 10) & 0x000F_000F_000F_000F
        return tens | (pairs &- 10 &* tens) << 8
    }
}

/// The bytes of an encoding with room behind them, so that an item is stored in words of eight bytes.
///
/// An array that grows byte by byte checks its capacity and its owner for every append; here that is done once for a
/// member with its value. Stores may reach beyond what is meant: the next one overwrites that.
struct ItemBuffer {
    /// Written bytes, then zeros or leftovers.
    private var storage: [UInt8]
    /// How many bytes are written.
    private(set) var count: Int
    /// Zero, which only the run time knows.
    ///
    /// A word that is loaded and stored, or put together and stored, is taken apart into its bytes by the optimiser. It
    /// stays one word where this is in it.
    private var blank: UInt64 = 0

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
        var bytes = storage.mutableSpan
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

    /// `,"name":`, or the same without the comma.
    ///
    /// - Returns: where the name's text stands, as it is written.
    @inline(__always)
    mutating func member(_ name: String, _ text: Span<UInt8>, hasComma: Bool) -> Range<Int> {
        reserve(text.count &+ 16)
        let start = count &+ (hasComma ? 2 : 1)
        let end = start &+ text.count
        let blank = blank
        var bytes = storage.mutableSpan
        guard bytes.storeName(text, from: start, hasComma, blank) else { return escaped(name, hasComma: hasComma) }
        bytes.store(Mark.endName, at: end)
        count = end &+ 2
        return start..<end
    }

    /// `,"name":{"S":"text"}`.
    @inline(__always)
    mutating func member(_ name: String, _ text: Span<UInt8>, hasComma: Bool, string: String) -> Range<Int> {
        let value = string.utf8.span
        reserve(text.count &+ value.count &+ 32)
        let start = count &+ (hasComma ? 2 : 1)
        let end = start &+ text.count
        let valueEnd = end &+ 8 &+ value.count
        let blank = blank
        var bytes = storage.mutableSpan
        guard bytes.storeName(text, from: start, hasComma, blank), bytes.storeClean(value, at: end &+ 8, blank) else {
            return escaped(name, hasComma: hasComma, string)
        }
        bytes.store(Mark.string, at: end)
        bytes.store(Mark.endValue, at: valueEnd)
        count = valueEnd &+ 2
        return start..<end
    }

    /// `,"name":{"N":"1"}`.
    @inline(__always)
    mutating func member(_ name: String, _ text: Span<UInt8>, hasComma: Bool, integer: Int) -> Range<Int> {
        reserve(text.count &+ 64)
        let start = count &+ (hasComma ? 2 : 1)
        let end = start &+ text.count
        let blank = blank
        var bytes = storage.mutableSpan
        guard bytes.storeName(text, from: start, hasComma, blank) else {
            let range = escaped(name, hasComma: hasComma)
            self.integer(integer)
            return range
        }
        bytes.store(Mark.number, at: end)
        let digitsEnd = bytes.storeDigits(of: integer, at: end &+ 8, blank)
        bytes.store(Mark.endValue, at: digitsEnd)
        count = digitsEnd &+ 2
        return start..<end
    }

    /// `,"name":{"BOOL":true}`.
    @inline(__always)
    mutating func member(_ name: String, _ text: Span<UInt8>, hasComma: Bool, bool: Bool) -> Range<Int> {
        let range = member(name, text, hasComma: hasComma, followedBy: Mark.boolMember)
        append(bool ? Mark.endTrue : Mark.endFalse, length: bool ? 7 : 8)
        return range
    }

    /// `,"name":{"L":[`.
    @inline(__always)
    mutating func openList(_ name: String, _ text: Span<UInt8>, hasComma: Bool) -> Range<Int> {
        member(name, text, hasComma: hasComma, followedBy: Mark.listMember)
    }

    /// `,"name":{"M":{`.
    @inline(__always)
    mutating func openMap(_ name: String, _ text: Span<UInt8>, hasComma: Bool) -> Range<Int> {
        member(name, text, hasComma: hasComma, followedBy: Mark.mapMember)
    }

    /// A name and the eight bytes of a mark, which begins with the name's quote and colon.
    @inline(__always)
    private mutating func member(
        _ name: String,
        _ text: Span<UInt8>,
        hasComma: Bool,
        followedBy mark: UInt64
    ) -> Range<Int> {
        reserve(text.count &+ 16)
        let start = count &+ (hasComma ? 2 : 1)
        let end = start &+ text.count
        let blank = blank
        var bytes = storage.mutableSpan
        guard bytes.storeName(text, from: start, hasComma, blank) else {
            let range = escaped(name, hasComma: hasComma)
            append(mark >> 16, length: 6)
            return range
        }
        bytes.store(mark, at: end)
        count = end &+ 8
        return start..<end
    }

    /// `{"S":"text"}`.
    @inline(__always)
    mutating func string(_ string: String) {
        let value = string.utf8.span
        reserve(value.count &+ 24)
        let start = count
        let blank = blank
        var bytes = storage.mutableSpan
        bytes.store(Mark.string >> 16, at: start)
        guard bytes.storeClean(value, at: start &+ 6, blank) else {
            return append { $0.attributeValue(.string(string)) }
        }
        bytes.store(Mark.endValue, at: start &+ 6 &+ value.count)
        count = start &+ 8 &+ value.count
    }

    /// `{"N":"1"}`.
    @inline(__always)
    mutating func integer(_ value: Int) {
        reserve(64)
        let start = count
        let blank = blank
        var bytes = storage.mutableSpan
        bytes.store(Mark.number >> 16, at: start)
        let end = bytes.storeDigits(of: value, at: start &+ 6, blank)
        bytes.store(Mark.endValue, at: end)
        count = end &+ 2
    }

    /// `{"N":"0.25"}`.
    mutating func decimal(_ value: ShortDecimal) {
        reserve(64)
        var offset = count
        let blank = blank
        var bytes = storage.mutableSpan
        bytes.store(Mark.number >> 16, at: offset)
        offset &+= 6
        if value.isNegative {
            bytes.store(UInt64(UInt8(ascii: "-")), at: offset)
            offset &+= 1
        }
        offset = bytes.storeDigits(of: value.whole, at: offset, blank)
        bytes.store(UInt64(UInt8(ascii: ".")), at: offset)
        bytes.storeDigits(of: value.fraction, padded: value.places, at: offset &+ 1, blank)
        offset &+= 1 &+ value.places
        bytes.store(Mark.endValue, at: offset)
        count = offset &+ 2
    }

    /// `{"L":[{"S":"text"},…]}`.
    mutating func list(_ strings: [String]) {
        openList()
        closeList(strings)
    }

    /// `{"S":"text"},…]}`, the rest of a list.
    mutating func closeList(_ strings: [String]) {
        let first = count
        for text in strings { element(text, hasComma: count != first) }
        closeList()
    }

    /// `,{"S":"text"}`, or the same without the comma.
    @inline(__always)
    private mutating func element(_ string: String, hasComma: Bool) {
        let value = string.utf8.span
        reserve(value.count &+ 24)
        // The comma is written in any case, and overwritten where there is none.
        let end = count
        let start = hasComma ? end &+ 1 : end
        let blank = blank
        var bytes = storage.mutableSpan
        bytes[end] = UInt8(ascii: ",")
        bytes.store(Mark.string >> 16, at: start)
        guard bytes.storeClean(value, at: start &+ 6, blank) else {
            if hasComma { comma() }
            return append { $0.attributeValue(.string(string)) }
        }
        bytes.store(Mark.endValue, at: start &+ 6 &+ value.count)
        count = start &+ 8 &+ value.count
    }

    /// `{"N":"text"}` of text that is a number.
    mutating func number(_ text: String) {
        let value = text.utf8.span
        reserve(value.count &+ 24)
        let start = count
        let blank = blank
        var bytes = storage.mutableSpan
        bytes.store(Mark.number >> 16, at: start)
        // Digits, a point, a sign: nothing that needs an escape.
        _ = bytes.storeClean(value, at: start &+ 6, blank)
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
    private enum Mark {
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
        /// `{"BOOL":`.
        static let bool: UInt64 = 0x3A22_4C4F_4F42_227B
        /// `{"NULL":`.
        static let null: UInt64 = 0x3A22_4C4C_554E_227B
        /// `true}`.
        static let isTrue: UInt64 = 0x7D_6575_7274
        /// `false}`.
        static let isFalse: UInt64 = 0x7D65_736C_6166
    }

    // MARK: Text with escapes

    @inline(never)
    private mutating func escaped(_ name: String, hasComma: Bool, _ string: String? = nil) -> Range<Int> {
        let start = count &+ (hasComma ? 2 : 1)
        var end = start
        append { writer in
            if hasComma { writer.byte(UInt8(ascii: ",")) }
            writer.string(name)
            end = writer.bytes.count - 1
            writer.byte(UInt8(ascii: ":"))
            if let string { writer.attributeValue(.string(string)) }
        }
        return start..<end
    }
}

extension MutableSpan<UInt8> {
    /// Eight bytes, the lowest one first; one store instruction after optimisation.
    @inline(__always)
    fileprivate mutating func store(_ word: UInt64, at offset: Int) {
        var part = _mutatingExtracting(offset..<(offset &+ 8))
        part[0] = UInt8(truncatingIfNeeded: word)
        part[1] = UInt8(truncatingIfNeeded: word >> 8)
        part[2] = UInt8(truncatingIfNeeded: word >> 16)
        part[3] = UInt8(truncatingIfNeeded: word >> 24)
        part[4] = UInt8(truncatingIfNeeded: word >> 32)
        part[5] = UInt8(truncatingIfNeeded: word >> 40)
        part[6] = UInt8(truncatingIfNeeded: word >> 48)
        part[7] = UInt8(truncatingIfNeeded: word >> 56)
    }

    /// The text of a name from `offset` on, and before it a quote, after a comma if one is due; false as `storeClean`.
    @inline(__always)
    fileprivate mutating func storeName(
        _ text: borrowing Span<UInt8>,
        from offset: Int,
        _ hasComma: Bool,
        _ blank: UInt64
    ) -> Bool {
        // A comma in any case: where none is due, the quote overwrites it.
        self[hasComma ? offset &- 2 : offset &- 1] = UInt8(ascii: ",")
        if text.count >= 8 {
            self[offset &- 1] = UInt8(ascii: "\"")
            return storeLongClean(text, at: offset, blank)
        }
        let word = JSONText.shortWord(text) ^ blank
        store(word << 8 | UInt64(UInt8(ascii: "\"")), at: offset &- 1)
        return JSONText.specials(in: word) == 0
    }

    /// Copies text that needs no escape; false, with the bytes there undefined, if it needs one.
    @inline(__always)
    fileprivate mutating func storeClean(_ text: borrowing Span<UInt8>, at offset: Int, _ blank: UInt64) -> Bool {
        if text.count >= 8 { return storeLongClean(text, at: offset, blank) }
        let word = JSONText.shortWord(text) ^ blank
        store(word, at: offset)
        return JSONText.specials(in: word) == 0
    }

    /// The same for eight bytes and more.
    @inline(never)
    private mutating func storeLongClean(_ text: borrowing Span<UInt8>, at offset: Int, _ blank: UInt64) -> Bool {
        // The last eight bytes first, some of them a second time if there are more.
        let last = text.count &- 8
        let word = JSONText.word(text, at: last) ^ blank
        var found = JSONText.specials(in: word)
        store(word, at: offset &+ last)
        var index = 0
        while index < last {
            let word = JSONText.word(text, at: index) ^ blank
            found |= JSONText.specials(in: word)
            store(word, at: offset &+ index)
            index &+= 8
        }
        return found == 0
    }

    /// The decimal digits of a number, after a minus where it is negative; returns the place behind them.
    @inline(__always)
    fileprivate mutating func storeDigits(of value: Int, at start: Int, _ blank: UInt64) -> Int {
        var offset = start
        if value < 0 {
            self[offset] = UInt8(ascii: "-")
            offset &+= 1
        }
        return storeDigits(of: value.magnitude, at: offset, blank)
    }

    /// The decimal digits of a number; returns the place behind them.
    @inline(__always)
    fileprivate mutating func storeDigits(of value: UInt, at offset: Int, _ blank: UInt64) -> Int {
        if value >= 100_000_000 { return storeLongDigits(of: value, at: offset, blank) }
        // The last digit is found first and shifted furthest.
        var rest = UInt32(truncatingIfNeeded: value)
        var word: UInt64 = 0
        var count = 0
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            word = word << 8 | UInt64(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit))
            count &+= 1
            rest = quotient
        } while rest > 0
        store(word ^ blank, at: offset)
        return offset &+ count
    }

    /// Exactly so many digits, at most eight, with zeros in front.
    @inline(__always)
    fileprivate mutating func storeDigits(of value: UInt, padded count: Int, at offset: Int, _ blank: UInt64) {
        var rest = UInt32(truncatingIfNeeded: value)
        var word: UInt64 = 0
        for _ in 0..<count {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            word = word << 8 | UInt64(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit))
            rest = quotient
        }
        store(word ^ blank, at: offset)
    }

    /// More than eight digits: eight at a time.
    @inline(never)
    private mutating func storeLongDigits(of value: UInt, at start: Int, _ blank: UInt64) -> Int {
        let (high, low) = value.quotientAndRemainder(dividingBy: 100_000_000)
        let offset = storeDigits(of: high, at: start, blank)
        storeDigits(of: low, padded: 8, at: offset, blank)
        return offset &+ 8
    }
}

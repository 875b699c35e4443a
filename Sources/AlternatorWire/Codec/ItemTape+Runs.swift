// The text that servers write, which has no white space. Anything else ends a run.

extension ItemTape {
    /// Values that were read one after the other.
    struct Run {
        enum End {
            /// Right behind the last value.
            case behindValue
            /// Where a member or an element begins that belongs to no run; nothing of it is read.
            case beforeValue
            /// At the `{` of the map that the next member is.
            case map(name: Text)
            /// At the `[` of the list that the next member is.
            case list(name: Text)
        }

        var count = 0
        var end = End.beforeValue
    }

    /// Reads members that are S, N or BOOL, each with the comma behind it.
    mutating func readMembers(_ bytes: Span<UInt8>) -> Run {
        var run = Run()
        var offset = offset
        var count = count
        let nodes = nodes
        while count < nodes.count, offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
            guard let quote = JSONText.closingQuote(bytes, from: offset &+ 1), quote.offset <= bytes.count &- 8 else {
                break
            }
            let nameEnd = quote.offset
            let name = Text(offset: offset &+ 1, length: nameEnd &- 1 &- offset, hasEscapes: quote.hasEscapes)
            let mark = JSONText.word(bytes, at: nameEnd)
            let end: Int
            if mark == Mark.string || mark == Mark.number {
                let start = nameEnd &+ 8
                guard let text = ItemTape.endedText(bytes, from: start) else { break }
                end = start &+ text.length
                nodes[count] = TapeNode(mark == Mark.string ? .string : .number, text, name: name, next: count &+ 1)
            } else if mark == Mark.bool, let flag = ItemTape.flag(bytes, at: nameEnd &+ 7) {
                end = nameEnd &+ (flag ? 13 : 14)
                nodes[count] = TapeNode(.bool, Text(length: flag ? 1 : 0), name: name, next: count &+ 1)
            } else {
                if mark == Mark.map { run.end = .map(name: name) }
                if mark == Mark.list { run.end = .list(name: name) }
                if mark == Mark.map || mark == Mark.list { offset = nameEnd &+ 7 }
                break
            }
            count &+= 1
            run.count &+= 1
            offset = end &+ 2
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: ",") else {
                run.end = .behindValue
                break
            }
            offset &+= 1
        }
        self.offset = offset
        self.count = count
        return run
    }

    /// The flag of a BOOL whose `L":` is at an offset.
    @inline(__always)
    private static func flag(_ bytes: Span<UInt8>, at offset: Int) -> Bool? {
        guard offset < bytes.count &- 8 else { return nil }
        let word = JSONText.word(bytes, at: offset)
        if word == Mark.isTrue { return true }
        return word == Mark.isFalse && bytes[offset &+ 8] == UInt8(ascii: "}") ? false : nil
    }

    /// Reads elements that are S or N, each with the comma behind it.
    mutating func readElements(_ bytes: Span<UInt8>) -> Run {
        var run = Run()
        var offset = offset
        var count = count
        let nodes = nodes
        while count < nodes.count, offset >= 2, offset <= bytes.count &- 6 {
            // With the two bytes before it the beginning is a whole word.
            let mark = JSONText.word(bytes, at: offset &- 2)
            let isString = mark == Mark.firstString || mark == Mark.nextString
            guard isString || mark == Mark.firstNumber || mark == Mark.nextNumber else { break }
            let start = offset &+ 6
            guard let text = ItemTape.endedText(bytes, from: start) else { break }
            nodes[count] = TapeNode(isString ? .string : .number, text, name: Text(), next: count &+ 1)
            count &+= 1
            run.count &+= 1
            offset = start &+ text.length &+ 2
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: ",") else {
                run.end = .behindValue
                break
            }
            offset &+= 1
        }
        self.offset = offset
        self.count = count
        return run
    }

    /// The text of a value whose first byte is at an offset, if the value ends right behind it.
    @inline(__always)
    private static func endedText(_ bytes: Span<UInt8>, from start: Int) -> Text? {
        guard let quote = JSONText.closingQuote(bytes, from: start), quote.offset &+ 1 < bytes.count,
            bytes[quote.offset &+ 1] == UInt8(ascii: "}")
        else { return nil }
        return Text(
            offset: start,
            length: quote.offset &- start,
            hasEscapes: quote.hasEscapes,
            isPlain: quote.isPlain
        )
    }

    /// Eight bytes as a word, the first one lowest.
    private enum Mark {
        /// `":{"S":"`.
        static let string: UInt64 = 0x223A_2253_227B_3A22
        /// `":{"N":"`.
        static let number: UInt64 = 0x223A_224E_227B_3A22
        /// `":{"M":{`.
        static let map: UInt64 = 0x7B3A_224D_227B_3A22
        /// `":{"L":[`.
        static let list: UInt64 = 0x5B3A_224C_227B_3A22
        /// `":{"BOOL`.
        static let bool: UInt64 = 0x4C4F_4F42_227B_3A22
        /// `L":true}`.
        static let isTrue: UInt64 = 0x7D65_7572_743A_224C
        /// `L":false`.
        static let isFalse: UInt64 = 0x6573_6C61_663A_224C
        /// `:[{"S":"`.
        static let firstString: UInt64 = 0x223A_2253_227B_5B3A
        /// `},{"S":"`.
        static let nextString: UInt64 = 0x223A_2253_227B_2C7D
        /// `:[{"N":"`.
        static let firstNumber: UInt64 = 0x223A_224E_227B_5B3A
        /// `},{"N":"`.
        static let nextNumber: UInt64 = 0x223A_224E_227B_2C7D
    }
}

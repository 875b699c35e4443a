import AlternatorWire

/// Cuts blocks of bytes into lines.
struct LineSplitter {
    /// A line without its end: where it is in `bytes`, and where it ends in the file, its end included.
    struct Line: Equatable {
        var range: Range<Int>
        var number: Int
        var endOffset: Int
    }

    /// What is held; valid until `append`.
    private(set) var bytes: [UInt8] = []
    /// The first byte not given out yet.
    private var start = 0
    /// Up to where no line end was found.
    private var searched = 0
    /// The place of `bytes[0]` in the unpacked file.
    private var base: Int
    private(set) var number: Int
    private let maximumBytes: Int

    /// - Parameters:
    ///   - offset: where in the unpacked file the first block begins.
    ///   - number: lines before that place.
    ///   - maximumBytes: a longer line is an error.
    init(from offset: Int = 0, afterLine number: Int = 0, maximumBytes: Int = 16 << 20) {
        base = offset
        self.number = number
        self.maximumBytes = maximumBytes
    }

    /// Takes the next block; what was given out is let go.
    mutating func append(_ block: [UInt8]) {
        if start > 0 {
            bytes.removeFirst(start)
            base += start
            searched -= start
            start = 0
        }
        if bytes.isEmpty { bytes = block } else { bytes += block }
    }

    /// The next whole line; `nil` when another block is needed.
    mutating func next() throws(AlternatorError) -> Line? {
        let place = endOfLine
        searched = place
        guard place < bytes.count else {
            guard bytes.count - start <= maximumBytes else {
                throw AlternatorError(.mapping, message: "Line \(number + 1) is over \(maximumBytes) bytes.")
            }
            return nil
        }
        return take(to: place, end: place + 1)
    }

    private var endOfLine: Int {
        let span = bytes.span
        var place = searched
        while place < span.count, span[place] != 0x0A { place &+= 1 }
        return place
    }

    /// What follows the last line end, as a line; `nil` if there is nothing.
    mutating func last() -> Line? {
        guard start < bytes.count else { return nil }
        return take(to: bytes.count, end: bytes.count)
    }

    private mutating func take(to lineEnd: Int, end: Int) -> Line {
        number += 1
        let line = Line(range: start..<lineEnd, number: number, endOffset: base + end)
        start = end
        searched = end
        return line
    }
}

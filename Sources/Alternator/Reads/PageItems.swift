import AlternatorWire

/// The items of one answer, as many of them as are wanted.
struct PageItems<Element> {
    var items: [Element] = []
    /// Where the last kept item stands in the answer.
    var lastStart: Int?
    /// Whether items beyond the wanted number were left out.
    private(set) var isCut = false

    /// Reads the elements of the array that the reader has begun.
    ///
    /// - Parameters:
    ///   - reader: is left behind the array.
    ///   - wanted: how many are kept, at most.
    ///   - append: reads one and appends it, or leaves it out.
    /// - Throws: `JSONError`, and what `append` throws.
    mutating func read(
        _ reader: inout JSONReader,
        keeping wanted: Int,
        _ append: (inout JSONReader, inout [Element]) throws -> Void
    ) throws {
        while items.count < wanted {
            guard try reader.nextElement() else { return }
            let (start, count) = (reader.offset, items.count)
            try append(&reader, &items)
            if items.count > count { lastStart = start }
        }
        try skipRest(of: &reader)
    }

    /// Leaves out what is left of the array.
    mutating func skipRest(of reader: inout JSONReader) throws {
        while try reader.nextElement() {
            isCut = true
            try reader.skipValue()
        }
    }
}

/// The headers of a request as they were sent; a value becomes text when somebody asks for it.
package struct RequestHeaders: Sendable {
    /// Where one stands in `bytes`.
    private struct Place: Sendable {
        let name: Range<Int>
        let value: Range<Int>
    }

    private let bytes: [UInt8]
    private var places: [Place] = []

    /// - Parameters:
    ///   - bytes: holds the head.
    ///   - head: where it lies.
    ///   - read: calls its argument with each field, whose offsets count as `head` does.
    /// - Throws: what `read` throws.
    init(
        _ bytes: Span<UInt8>,
        _ head: Range<Int>,
        _ read: ((HeaderField) -> Void) throws(HTTPSyntaxError) -> Void
    ) throws(HTTPSyntaxError) {
        self.bytes = Bytes.copy(bytes, head)
        let offset = head.lowerBound
        var places: [Place] = []
        places.reserveCapacity(12)
        try read { field in
            places.append(
                Place(
                    name: field.name.lowerBound - offset..<field.name.upperBound - offset,
                    value: field.value.lowerBound - offset..<field.value.upperBound - offset
                )
            )
        }
        self.places = places
    }

    /// Headers that were not read from a connection.
    package init(_ pairs: [(name: String, value: String)]) {
        var bytes: [UInt8] = []
        for (name, value) in pairs {
            let start = bytes.count
            bytes.append(contentsOf: name.utf8)
            let end = bytes.count
            bytes.append(contentsOf: value.utf8)
            places.append(Place(name: start..<end, value: end..<bytes.count))
        }
        self.bytes = bytes
    }

    /// The first header of that name, which is given in lower case.
    package func first(_ name: String) -> String? { place(of: name).map { Bytes.string(bytes.span, $0.value) } }

    /// All headers of that name, which is given in lower case, in their order.
    package func all(_ name: String) -> [String] {
        places.filter { matches($0.name, name) }.map { Bytes.string(bytes.span, $0.value) }
    }

    /// The bytes of the first header of that name, which is given in lower case; empty without one.
    package func bytes(_ name: String) -> ArraySlice<UInt8> { place(of: name).map { bytes[$0.value] } ?? [] }

    private func place(of name: String) -> Place? {
        let length = name.utf8.count
        // Most names differ in their length already.
        for place in places where place.name.count == length && matches(place.name, name) { return place }
        return nil
    }

    private func matches(_ range: Range<Int>, _ name: String) -> Bool {
        guard range.count == name.utf8.count else { return false }
        var index = range.lowerBound
        for expected in name.utf8 {
            let byte = bytes[index]
            guard (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) == expected else { return false }
            index += 1
        }
        return true
    }
}

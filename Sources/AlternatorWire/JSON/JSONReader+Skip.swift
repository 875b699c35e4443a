extension JSONReader {
    /// Skips one value, checking it.
    package mutating func skipValue() throws(JSONError) { _ = try valueRange() }

    /// Skips one value and returns where it stood, so that it can be read again later.
    ///
    /// Works without recursion, so that a deep document costs no stack.
    package mutating func valueRange() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = offset
        var open: [OpenContainer] = []
        var names = MemberNames()
        while true {
            if try beginOrSkipScalar(&open, names) { continue }
            // A value has ended: go on in the container around it, or be done.
            while let container = open.last {
                if try advance(in: container, &names) { break }
                if container.isObject { try names.close(from: container.firstName, in: bytes.span) }
                open.removeLast()
            }
            if open.isEmpty { return start..<offset }
        }
    }

    private struct OpenContainer {
        let isObject: Bool
        /// Where its names start in the list of all open ones.
        let firstName: Int
    }

    /// Reads an opening bracket and what leads to the first value inside, or a whole scalar.
    ///
    /// Returns whether a value follows right here; `false` if a value has ended or an empty container is closed.
    private mutating func beginOrSkipScalar(
        _ open: inout [OpenContainer],
        _ names: MemberNames
    ) throws(JSONError) -> Bool {
        switch peek() {
        case UInt8(ascii: "{"):
            try beginObject()
            open.append(OpenContainer(isObject: true, firstName: names.count))
        case UInt8(ascii: "["):
            try beginArray()
            open.append(OpenContainer(isObject: false, firstName: names.count))
        case UInt8(ascii: "\""):
            _ = try readStringRange("expected a string")
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            _ = try readBool()
        case UInt8(ascii: "n"):
            guard try readNull() else { throw JSONError("expected null", at: offset) }
        case .some:
            _ = try readNumberRange()
        case nil:
            throw JSONError("unexpected end of text", at: offset)
        }
        return false
    }

    /// Moves to the next value of a container; `false` with its closing bracket read.
    private mutating func advance(in container: OpenContainer, _ names: inout MemberNames) throws(JSONError) -> Bool {
        guard container.isObject else { return try nextElement() }
        guard let name = try nextKeyRange() else { return false }
        names.append(name.range, hasEscapes: name.hasEscapes)
        return true
    }
}

/// The member names of the objects that are open while a document is skipped, to find duplicates.
struct MemberNames {
    private var names: [(range: Range<Int>, hasEscapes: Bool)] = []

    var count: Int { names.count }

    mutating func append(_ range: Range<Int>, hasEscapes: Bool) { names.append((range, hasEscapes)) }

    /// Ends an object: refuses two equal names among its own, then forgets them.
    mutating func close(from first: Int, in bytes: Span<UInt8>) throws(JSONError) {
        let count = names.count - first
        defer { names.removeLast(count) }
        // Comparing each with each is fastest for usual objects; a set keeps huge ones from taking quadratic time.
        if count <= 16, !names[first...].contains(where: { $0.hasEscapes }) {
            try comparePairs(from: first, in: bytes)
        } else {
            var seen: Set<[UInt8]> = []
            for name in names[first...] where !seen.insert(JSONText.unescaped(bytes, name.range)).inserted {
                throw JSONError("duplicate member name", at: name.range.lowerBound)
            }
        }
    }

    private func comparePairs(from first: Int, in bytes: Span<UInt8>) throws(JSONError) {
        for later in first..<names.count {
            let range = names[later].range
            for earlier in first..<later where names[earlier].range.count == range.count {
                if MemberNames.areEqual(bytes, names[earlier].range.lowerBound, range.lowerBound, range.count) {
                    throw JSONError("duplicate member name", at: range.lowerBound)
                }
            }
        }
    }

    private static func areEqual(_ bytes: Span<UInt8>, _ left: Int, _ right: Int, _ count: Int) -> Bool {
        for index in 0..<count where bytes[left + index] != bytes[right + index] { return false }
        return true
    }
}

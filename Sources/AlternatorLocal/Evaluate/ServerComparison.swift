import AlternatorWire

/// Equality, order and search among values, as the server has them.
enum ServerComparison {
    /// Deep equality: same type, numbers by value, strings by bytes, sets in any order.
    static func areEqual(_ left: ItemValue, _ right: ItemValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.number(let left), .number(let right)): left == right
        case (.binary(let left), .binary(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        case (.list(let left), .list(let right)): left.count == right.count && zip(left, right).allSatisfy(areEqual)
        case (.map(let left), .map(let right)):
            left.count == right.count
                && left.allSatisfy { name, value in right[name].map { areEqual(value, $0) } ?? false }
        case (.stringSet(let left), .stringSet(let right)): left == right
        case (.numberSet(let left), .numberSet(let right)): left == right
        case (.binarySet(let left), .binarySet(let right)): left == right
        case (.float32Vector(let left), .float32Vector(let right)): left == right
        case (.malformed(let left), .malformed(let right)): left == right
        case (.string, _), (.number, _), (.binary, _), (.bool, _), (.null, _), (.list, _), (.map, _),
            (.stringSet, _), (.numberSet, _), (.binarySet, _), (.float32Vector, _), (.malformed, _):
            false
        }
    }

    /// Refuses a comparison of numbers of which one is none; a node finds that here and not before.
    static func checkNumbers(_ left: ItemValue, _ right: ItemValue) throws(LocalError) {
        guard left.typeName == "N", right.typeName == "N" else { return }
        try left.checkNumber()
        try right.checkNumber()
    }

    /// Only strings, numbers and binaries have an order.
    static func isOrdered(_ value: ItemValue) -> Bool {
        switch value {
        case .string, .number, .binary: true
        case .bool, .null, .list, .map, .stringSet, .numberSet, .binarySet, .float32Vector, .malformed: false
        }
    }

    /// Whether `left` comes before `right`; `nil` for different types and types without an order.
    static func isLess(_ left: ItemValue, _ right: ItemValue) -> Bool? {
        switch (left, right) {
        case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.number(let left), .number(let right)): left < right
        case (.binary(let left), .binary(let right)): left.lexicographicallyPrecedes(right)
        default: nil
        }
    }

    /// Whether a string or binary starts with another of its type.
    static func begins(_ value: ItemValue, with prefix: ItemValue) -> Bool {
        switch (value, prefix) {
        case (.string(let value), .string(let prefix)): value.utf8.starts(with: prefix.utf8)
        case (.binary(let value), .binary(let prefix)): value.starts(with: prefix)
        default: false
        }
    }

    /// Whether a string or binary has another inside, or a list or set has a member.
    static func contains(_ value: ItemValue, _ part: ItemValue) -> Bool {
        switch (value, part) {
        case (.string(let value), .string(let part)): isFound(Array(part.utf8), in: Array(value.utf8))
        case (.binary(let value), .binary(let part)): isFound(part, in: value)
        case (.stringSet(let set), .string(let part)): set.contains { $0.utf8.elementsEqual(part.utf8) }
        case (.numberSet(let set), .number(let part)): set.contains(part)
        case (.binarySet(let set), .binary(let part)): set.contains(part)
        case (.list(let elements), _): elements.contains { areEqual($0, part) }
        default: false
        }
    }

    /// Knuth, Morris and Pratt: linear, so 8 MB searched for in 16 MB do not hold a node up.
    private static func isFound(_ pattern: [UInt8], in text: [UInt8]) -> Bool {
        guard !pattern.isEmpty else { return true }
        guard pattern.count <= text.count else { return false }
        var borders = [0]
        borders.reserveCapacity(pattern.count)
        var length = 0
        for position in 1..<max(1, pattern.count) {
            while length > 0, pattern[position] != pattern[length] { length = borders[length - 1] }
            if pattern[position] == pattern[length] { length += 1 }
            borders.append(length)
        }
        var matched = 0
        for byte in text {
            while matched > 0, byte != pattern[matched] { matched = borders[matched - 1] }
            if byte == pattern[matched] { matched += 1 }
            if matched == pattern.count { return true }
        }
        return false
    }
}

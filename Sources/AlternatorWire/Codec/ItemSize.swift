extension ItemEncoder {
    /// Refuses an encoded item that is larger than a limit.
    func checkSize(
        of bytes: [UInt8],
        from start: Int,
        limit: Int,
        subject: String
    ) throws(AlternatorError) {
        var limits = JSONLimits()
        limits.maximumDepth = 2 * maximumDepth + 8
        limits.maximumBytes = .max
        let size: Int
        do {
            var reader = JSONReader(bytes, from: start, limits: limits)
            size = ItemSize.bytes(of: try reader.readItem())
        } catch {
            throw AlternatorError(.mapping, message: "\(subject) cannot be read back: \(error).")
        }
        guard size > limit else { return }
        throw AlternatorError(
            .mapping,
            message: "\(subject) has \(size) bytes as an item; the limit (itemSizeLimit) is \(limit)."
        )
    }
}

/// The size of an item as DynamoDB counts it.
///
/// Source: "DynamoDB item sizes and formats" in the Amazon DynamoDB Developer Guide. Numbers there are
/// "approximately": one byte for two digits, and one more.
package enum ItemSize {
    /// Names and values of all attributes.
    package static func bytes(of item: [String: AttributeValue]) -> Int {
        item.reduce(0) { $0 + $1.key.utf8.count + bytes(of: $1.value) }
    }

    /// One value without its name.
    package static func bytes(of value: AttributeValue) -> Int {
        switch value {
        case .string(let text): text.utf8.count
        case .number(let number): bytes(of: number)
        case .binary(let bytes): bytes.count
        case .bool, .null: 1
        // Three bytes for the container and one for each entry.
        case .list(let elements): elements.reduce(3) { $0 + 1 + bytes(of: $1) }
        case .map(let members): 3 + members.count + bytes(of: members)
        case .stringSet(let strings): strings.reduce(0) { $0 + $1.utf8.count }
        case .numberSet(let numbers): numbers.reduce(0) { $0 + bytes(of: $1) }
        case .binarySet(let binaries): binaries.reduce(0) { $0 + $1.count }
        case .float32Vector(let components): 4 * components.count
        }
    }

    private static func bytes(of number: AttributeNumber) -> Int {
        let parts = number.parts
        return (parts.digitCount + 1) / 2 + 1 + (parts.isNegative ? 1 : 0)
    }
}

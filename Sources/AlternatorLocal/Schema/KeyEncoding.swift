import AlternatorRouting
import AlternatorWire

extension KeyColumn {
    /// The longest key the server's storage takes.
    static let maximumBytes = 65535

    /// A value as partition key; `nil` where it cannot be one.
    func partitionBytes(of value: ItemValue) -> [UInt8]? {
        fits(value) ? value.leaf.flatMap(PartitionToken.serialized) : nil
    }

    /// A value as sort key: bytes in the order of the values; `nil` where it cannot be one.
    func sortBytes(of value: ItemValue) -> [UInt8]? {
        guard fits(value) else { return nil }
        return switch value {
        case .string(let text): Array(text.utf8)
        case .number(let number): number.sortBytes
        case .binary(let bytes): bytes
        default: nil
        }
    }

    private func fits(_ value: ItemValue) -> Bool {
        switch value {
        case .string(let text): type == .string && !text.isEmpty
        case .number: type == .number
        case .binary(let bytes): type == .binary && !bytes.isEmpty
        default: false
        }
    }
}

extension IndexDefinition {
    /// The item's entry; `nil` where it lacks a key attribute of the index, or has it in another type.
    func entry(of item: [String: ItemValue], at base: RowKey) -> IndexEntry? {
        guard let partition = item[hash.name].flatMap(hash.partitionBytes) else { return nil }
        var sortBytes: [UInt8] = []
        if let sort {
            guard let bytes = item[sort.name].flatMap(sort.sortBytes) else { return nil }
            sortBytes = bytes
        }
        // A value too long for a key is left out of the index, as where the server builds a view.
        guard max(partition.count, sortBytes.count) <= KeyColumn.maximumBytes else { return nil }
        return IndexEntry(key: RowKey(partition: partition, sort: sortBytes), base: base)
    }
}

extension TableDefinition {
    /// Refuses a value that a key attribute of an index cannot have.
    ///
    /// `types` are `indexKeyTypes`, computed once per request.
    func checkIndexKey(
        _ attribute: String,
        type given: String,
        isEmpty: Bool,
        types: [String: ScalarAttributeType]
    ) throws(LocalError) {
        guard let expected = types[attribute], !isKey(attribute) else { return }
        guard given == expected.rawValue else {
            throw .validation(
                """
                Type mismatch: expected type \(expected.rawValue) for GSI or LSI key attribute \(attribute), \
                got type \(given)
                """
            )
        }
        if isEmpty {
            throw .validation("GSI or LSI key attribute \(attribute) cannot be set to an empty string")
        }
    }
}

package import AlternatorWire

/// What key affinity wants to know of a request that comes as JSON.
///
/// Classified as the cross-language specification says. Reading is tolerant: what is missing, malformed or of a type that
/// no key has leads to an ordinary plan, never to an error.
package struct RequestFacts: Sendable {
    /// The table of a single-item write; `nil` for a batch.
    package let table: String?
    /// Whether the specification counts it as read-modify-write.
    package let isReadModifyWrite: Bool
    private let body: [UInt8]
    /// Where the item or key of a single-item write stands.
    private let key: Range<Int>?
    /// The well-formed entries of a batch, by table, in their order.
    private let batch: [(table: String, keys: [Range<Int>])]

    /// Reads a request's body; `nil` where affinity cannot apply, whatever the mode: reads, tables, broken JSON.
    ///
    /// - Parameters:
    ///   - operation: what the request does.
    ///   - body: its JSON.
    package init?(_ operation: OperationName, body: [UInt8]) {
        self.body = body
        do throws(JSONError) {
            switch operation {
            case .putItem, .updateItem, .deleteItem:
                var scan = WriteScan(operation)
                try scan.read(body)
                table = scan.table
                key = scan.key
                isReadModifyWrite = scan.isReadModifyWrite
                batch = []
            case .batchWriteItem:
                batch = try BatchScan.entries(of: body)
                guard batch.contains(where: { !$0.keys.isEmpty }) else { return nil }
                table = nil
                key = nil
                isReadModifyWrite = false
            case .createTable, .describeTable, .deleteTable, .updateTable, .listTables, .getItem, .batchGetItem, .query,
                .scan, .tagResource, .untagResource, .listTagsOfResource, .updateTimeToLive, .describeTimeToLive,
                .listStreams, .describeStream, .getShardIterator, .getRecords, .describeEndpoints,
                .describeContinuousBackups:
                return nil
            }
        } catch {
            return nil
        }
    }

    /// Whether the mode routes this request by its keys.
    package func applies(in mode: KeyAffinity.Mode) -> Bool {
        switch mode {
        case .off: false
        case .rmw, .automatic: isReadModifyWrite
        case .anyWrite: true
        }
    }

    /// Where the request should go.
    ///
    /// - Parameters:
    ///   - mode: the mode of a table; `.automatic` counts as `.rmw`.
    ///   - keyName: the partition key of a table, `nil` if it is not known: asked once per table, and only for tables
    ///     whose mode routes this request.
    /// - Returns: the target; `.any` where no usable key is left.
    package func target(
        mode: (String) -> KeyAffinity.Mode,
        keyName: (String) -> String?
    ) -> RouteTarget {
        if let table {
            guard let key, !table.isEmpty, applies(in: mode(table)), let name = keyName(table) else { return .any }
            return hash(of: name, in: key).map(RouteTarget.key) ?? .any
        }
        var hashes: [Int64] = []
        for (table, keys) in batch where !keys.isEmpty && applies(in: mode(table)) {
            guard let name = keyName(table) else { continue }
            hashes += keys.compactMap { hash(of: name, in: $0) }
        }
        return hashes.isEmpty ? .any : .keys(hashes)
    }

    /// The hash of one attribute of the object that stands at `range`.
    private func hash(of attribute: String, in range: Range<Int>) -> Int64? {
        do throws(JSONError) {
            var reader = JSONReader(body, from: range.lowerBound)
            try reader.beginObject()
            while let name = try reader.nextKey() {
                if name == attribute { return try KeyValueScan.hash(&reader) }
                try reader.skipValue()
            }
        } catch {}
        return nil
    }
}

extension RouteHint {
    /// Where a request with this hint should go.
    ///
    /// - Parameter mode: the mode of the hint's table; `.automatic` counts as `.rmw`.
    /// - Returns: the target; `.any` where the mode does not route it or there is no key.
    package func target(_ mode: KeyAffinity.Mode) -> RouteTarget {
        guard applies(in: mode), let partitionKey, let hash = KeyHash.hash(partitionKey) else { return .any }
        return .key(hash)
    }

    /// Whether the mode routes a request with this access.
    package func applies(in mode: KeyAffinity.Mode) -> Bool {
        switch mode {
        case .off: false
        case .rmw, .automatic: access == .readModifyWrite
        case .anyWrite: access != .read
        }
    }
}

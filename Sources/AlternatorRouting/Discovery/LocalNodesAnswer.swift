import AlternatorWire

/// A node's answer to `GET /localnodes`, read: the addresses of the live nodes of one datacentre.
///
/// Entries are names or IP addresses without ports. One that cannot be used is left out and counted; it never voids the
/// rest. An answer whose every entry is unusable, or that is no JSON array, is an error.
package struct LocalNodesAnswer: Sendable, Hashable {
    package static let maximumBytes = 1 << 20
    package static let maximumNodes = 10_000

    /// Sorted, without duplicates.
    package let nodes: [Endpoint]
    /// Entries that are no host.
    package let skipped: Int

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - bytes: a buffer that ends with the body.
    ///   - start: where the body begins in it.
    ///   - scheme: how all nodes are spoken to.
    ///   - port: the port of all nodes.
    /// - Throws: `LocalNodesError` for what is too long, no array of strings, or without any usable entry.
    package init(
        _ bytes: [UInt8],
        from start: Int = 0,
        scheme: Endpoint.Scheme,
        port: Int
    ) throws(LocalNodesError) {
        guard bytes.count - start <= Self.maximumBytes else {
            throw LocalNodesError("the answer is longer than 1 MiB")
        }
        let values = try Self.array(bytes, from: start)
        guard values.count <= Self.maximumNodes else {
            throw LocalNodesError("the answer lists more than 10,000 nodes")
        }
        var endpoints: Set<Endpoint> = []
        var skipped = 0
        for value in values {
            guard case .string(let host) = value,
                let endpoint = try? Endpoint(scheme: scheme, host: host, port: port)
            else {
                skipped += 1
                continue
            }
            endpoints.insert(endpoint)
        }
        guard values.isEmpty || !endpoints.isEmpty else {
            throw LocalNodesError("none of the answer's \(skipped) entries is a host")
        }
        nodes = endpoints.sorted()
        self.skipped = skipped
    }

    private static func array(_ bytes: [UInt8], from start: Int) throws(LocalNodesError) -> [JSONValue] {
        var reader = JSONReader(bytes, from: start)
        let value: JSONValue
        do throws(JSONError) {
            value = try reader.readTree()
            try reader.finish()
        } catch {
            throw LocalNodesError("the answer is not JSON: \(error)")
        }
        guard case .array(let values) = value else {
            throw LocalNodesError("the answer is JSON, but no array; is this an Alternator port?")
        }
        return values
    }
}

/// Why an answer to `/localnodes` cannot be used.
package struct LocalNodesError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

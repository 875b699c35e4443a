package import AlternatorWire

/// What the mapper knows about a request and routing wants to know.
package struct RouteHint: Sendable {
    package enum Access: Sendable, Hashable {
        case read, write
        /// A write that the server must read for: it costs a lightweight transaction.
        case readModifyWrite
    }

    package var table: String
    /// The value of the partition key; `nil` where the request has none (Scan) or several.
    package var partitionKey: AttributeValue?
    package var access: Access

    package init(table: String, partitionKey: AttributeValue?, access: Access) {
        self.table = table
        self.partitionKey = partitionKey
        self.access = access
    }
}

/// Whether a request may be sent again after it may have been applied.
package enum RetrySafety: Sendable, Hashable {
    /// Reads, plain put and delete, batches, ADD and DELETE of sets, SET to constants.
    case idempotent
    /// Any condition: the first attempt may have made it false.
    case conditional
    /// Applying it twice differs from once.
    case counting
}

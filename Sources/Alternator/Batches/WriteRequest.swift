import AlternatorCore
import AlternatorWire

/// A write that has not been sent: for batches over several tables, or for `writeEach`.
///
/// What is wrong with it is thrown when it is sent.
public struct WriteRequest: Sendable {
    /// The table it is for.
    public let table: String
    /// What the table overrides that made it; batches, which are of many writes, do not heed it.
    let options: RequestOptions
    let content: Result<Content, AlternatorError>
    /// The request that does this write alone.
    let single: @Sendable () throws(AlternatorError) -> EncodedRequest

    struct Content: Sendable {
        enum Kind: Sendable, Hashable { case put, delete }
        let kind: Kind
        /// The JSON of the item, or of the key.
        let attributes: [UInt8]
        /// The whole primary key; `nil` where it is not known which attributes it has.
        let key: ItemKeyValues?
        let hasCondition: Bool
        let isVersioned: Bool
    }

    init(
        _ handle: TableHandle,
        single: @escaping @Sendable () throws(AlternatorError) -> EncodedRequest,
        _ make: () throws(AlternatorError) -> Content
    ) {
        table = handle.name
        options = handle.options
        self.single = single
        content = Result { () throws(AlternatorError) in
            try handle.make(.batchWriteItem, make)
        }
    }

    /// An update, which a batch cannot do.
    init(_ handle: TableHandle, update: @escaping @Sendable () throws(AlternatorError) -> EncodedRequest) {
        table = handle.name
        options = handle.options
        single = update
        content = .failure(
            AlternatorError(
                .mapping,
                message: "A batch has no updates; use writeEach, or single updates.",
                operation: OperationName.batchWriteItem.rawValue,
                table: handle.name
            )
        )
    }

    /// The error for a put or delete of a versioned item that would ignore its version.
    static func ignoresVersion(_ type: Any.Type, _ operation: OperationName) -> AlternatorError {
        AlternatorError(
            .mapping,
            message: "\(type) has a version, which this write would ignore; use save, saveEach or modify.",
            operation: operation.rawValue
        )
    }
}

extension WriteRequest.Content {
    /// Writes `{"PutRequest":{"Item":…}}` or `{"DeleteRequest":{"Key":…}}`.
    func write(to writer: inout JSONWriter) {
        switch kind {
        case .put: writer.raw("{\"PutRequest\":{\"Item\":")
        case .delete: writer.raw("{\"DeleteRequest\":{\"Key\":")
        }
        writer.raw(attributes)
        writer.raw("}}")
    }

    /// Whether the server's unprocessed entry is this one.
    func matches(_ kind: Kind, _ found: [String: AttributeValue]) -> Bool {
        guard kind == self.kind else { return false }
        if let key { return key.attributes.allSatisfy { found[$0.name] == $0.value } }
        return (try? EncodedItem(bytes: attributes, start: 0).attributes()) == found
    }

    /// Refuses what a batch cannot do.
    func checkForBatch() throws(AlternatorError) {
        if hasCondition {
            throw AlternatorError(
                .mapping,
                message: "A batch has no conditions; use writeEach, or single writes.",
                operation: OperationName.batchWriteItem.rawValue
            )
        }
        if isVersioned {
            throw AlternatorError(
                .mapping,
                message: "A versioned model is not written in batches, which would ignore the version.",
                operation: OperationName.batchWriteItem.rawValue
            )
        }
    }
}

/// What a batch did.
public struct BatchReport: Sendable {
    /// Writes the server took, after duplicates were removed.
    public var written = 0
    /// Requests it took.
    public var requests = 0
    /// Writes that the server kept refusing to process; send them again later.
    public var unprocessed: [WriteRequest] = []
}

/// How batches are cut and repeated.
public struct BatchOptions: Sendable {
    /// Writes per request: DynamoDB takes 25, ScyllaDB 100 unless configured otherwise.
    public var chunkSize: Int
    /// Requests under way at once.
    public var concurrency: Int
    /// Rounds of sending again what was left unprocessed, with growing waits between them.
    public var rounds: Int

    /// The defaults fit a server as it comes.
    public init(chunkSize: Int = 25, concurrency: Int = 4, rounds: Int = 10) {
        self.chunkSize = chunkSize
        self.concurrency = concurrency
        self.rounds = rounds
    }

    /// Throws `.mapping` naming the first number that cannot be meant.
    func check() throws(AlternatorError) {
        for (name, value, range) in [
            ("chunkSize", chunkSize, 1...100), ("concurrency", concurrency, 1...Int.max),
            ("rounds", rounds, 1...Int.max),
        ] where !range.contains(value) {
            throw AlternatorError(
                .mapping,
                message: "BatchOptions.\(name) is \(value); "
                    + (range.upperBound == .max ? "it must be 1 or more." : "a batch takes 1 to 100 writes.")
            )
        }
    }
}

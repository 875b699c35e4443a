import AlternatorCore
import AlternatorRouting
import AlternatorWire

/// One vector search: a Query with the extension member `VectorSearch`, which is answered in one page.
///
/// Source: ScyllaDB documentation, "Alternator Vector Search".
struct NearestSearch {
    let handle: TableHandle
    let vector: [Float]
    let k: Int
    let index: String
    let form: VectorForm
    /// The attributes to fetch; `nil` for all.
    var projection: [String]?
    var returnsScores = false

    /// The nearest items, nearest first.
    func run<Item: Decodable>(_ type: Item.Type) async throws(AlternatorError) -> [Neighbor<Item>] {
        let request = try handle.make(.query) { () throws(AlternatorError) in try encoded() }
        let response: EncodedResponse
        do throws(AlternatorError) {
            response = try await handle.send(request)
        } catch {
            throw VectorSupport.error(error)
        }
        return try handle.read(response, of: .query) { reader in
            var (items, scores): ([Item], [Double]) = ([], [])
            let reading = try ItemReading<Item>()
            try reader.beginObject()
            while let member = try reader.nextKey() {
                switch member {
                case "Items":
                    try reader.beginArray()
                    while try reader.nextElement() { items.append(try reading.item(from: &reader)) }
                case "Scores":
                    try reader.beginArray()
                    while try reader.nextElement() { scores.append(try reader.readDouble()) }
                default: try reader.skipValue()
                }
            }
            return items.enumerated().map { place, item in
                Neighbor(item: item, score: place < scores.count ? scores[place] : nil)
            }
        }
    }

    private func encoded() throws(AlternatorError) -> EncodedRequest {
        guard (1...1000).contains(k) else {
            throw AlternatorError(.mapping, message: "k is \(k); a vector search finds 1 to 1000 items.")
        }
        guard !vector.isEmpty, vector.allSatisfy(\.isFinite) else {
            throw AlternatorError(.mapping, message: "The vector is empty, or holds NaN or an infinity.")
        }
        var body = RequestBody(table: handle.name, reserving: 256 + vector.count * 16)
        body.member("IndexName", index)
        var expressions = ExpressionWriter()
        if let projection, !projection.isEmpty {
            try body.projection(projection, with: &expressions)
            expressions.appendPlaceholders(to: &body.writer)
        } else {
            // Without it the keys alone would come.
            body.member("Select", "ALL_ATTRIBUTES")
        }
        body.member("Limit", k)
        body.writer.key("VectorSearch")
        body.writer.raw("{\"QueryVector\":")
        body.writer.attributeValue(try form.value(vector))
        if returnsScores { body.writer.raw(",\"ReturnScores\":\"SIMILARITY\"") }
        body.writer.raw("}")
        return EncodedRequest(.query, table: handle.name, body: body.finish(), safety: .idempotent)
    }
}

/// Tells a server without vector search from a mistake in the request.
enum VectorSupport {
    /// What servers say that cannot search.
    ///
    /// A node without a vector store; one on vnodes; and those that do not know the member and so miss the key condition.
    private static let words = ["vector store is disabled", "vector indexes are not supported", "keycondition"]

    static func error(_ error: AlternatorError) -> AlternatorError {
        let text = error.message.lowercased()
        guard error.code == .validation, words.contains(where: text.contains) else { return error }
        return unsupported(error.message, of: error)
    }

    /// The server made a table and ignored its vector indexes.
    static func ignored(_ names: [String], _ table: String) -> AlternatorError {
        AlternatorError(
            .unsupportedByServer,
            message:
                "The table was made without its vector indexes (\(names.joined(separator: ", "))): this server does "
                + "not know them.",
            operation: OperationName.createTable.rawValue,
            table: table
        )
    }

    private static func unsupported(_ said: String, of error: AlternatorError) -> AlternatorError {
        AlternatorError(
            .unsupportedByServer,
            message: "This server cannot search vectors; ScyllaDB Cloud can, with tablets and a vector store. "
                + "It said: \(said)",
            operation: error.operation,
            table: error.table,
            node: error.node,
            attempts: error.attempts,
            serviceType: error.serviceType,
            cause: error
        )
    }
}

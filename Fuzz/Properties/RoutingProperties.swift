import AlternatorRouting
import AlternatorWire

/// What the readers of routing promise.
enum RoutingProperties {
    static func localNodes(_ input: [UInt8]) -> String? {
        guard let answer = try? LocalNodesAnswer(input, scheme: .http, port: 8000) else { return nil }
        guard answer.nodes == Array(Set(answer.nodes)).sorted() else { return "not sorted, or not unique" }
        // What was understood, listed again, is understood in full.
        var writer = JSONWriter()
        writer.array(of: answer.nodes) { $0.string($1.host) }
        guard let again = try? LocalNodesAnswer(writer.bytes, scheme: .http, port: 8000) else {
            return "\(answer.nodes) cannot be read again"
        }
        guard again.nodes == answer.nodes, again.skipped == 0 else { return "\(answer) became \(again)" }
        return nil
    }

    /// Requests given as JSON, by the first byte's operation; and endpoints.
    static func request(_ input: [UInt8]) -> String? {
        guard let first = input.first else { return nil }
        let body = Array(input.dropFirst())
        let operations: [OperationName] = [.putItem, .updateItem, .deleteItem, .batchWriteItem, .getItem]
        let operation = operations[Int(first) % operations.count]
        let facts = RequestFacts(operation, body: body)
        if facts != nil, isBroken(body) { return "\(operation) was understood from broken JSON" }
        let text = String(decoding: body, as: UTF8.self)
        guard let endpoint = try? Endpoint(parsing: text) else { return nil }
        guard let again = try? Endpoint(parsing: endpoint.canonical), again == endpoint else {
            return "\(endpoint) cannot be read again"
        }
        return nil
    }

    /// A name given twice is the server's to refuse: finding it would cost every request.
    private static func isBroken(_ body: [UInt8]) -> Bool {
        var reader = JSONReader(body)
        do throws(JSONError) {
            try reader.skipValue()
            try reader.finish()
            return false
        } catch {
            return !error.description.contains("duplicate member name")
        }
    }
}

import AlternatorCore
import AlternatorRouting
public import AlternatorWire

extension AlternatorResource {
    /// The names of all tables, over all pages; indexes and the server's own tables are not among them.
    public func tableNames() async throws(AlternatorError) -> [String] {
        var names: [String] = []
        var start: String?
        let handle = TableHandle(name: "", resource: self)
        repeat {
            let request = ListTablesRequest(exclusiveStartTableName: start)
            var writer = JSONWriter()
            request.write(to: &writer)
            let response = try await client.execute(
                EncodedRequest(.listTables, table: nil, body: writer.bytes, safety: .idempotent)
            )
            let answer = try handle.read(response, of: .listTables) { reader in try ListTablesResponse(from: &reader) }
            names += answer.tableNames
            start = answer.lastEvaluatedTableName
        } while start != nil
        return names
    }
}

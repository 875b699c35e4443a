public import AlternatorCore
import AlternatorRouting
public import AlternatorWire

extension AlternatorResource {
    /// The names of all tables, over all pages; indexes and the server's own tables are not among them.
    ///
    /// They are the server's: where this resource changes names, these are the changed ones.
    ///
    /// - Parameter requestOptions: what each request overrides of the client's configuration.
    /// - Returns: in the server's order.
    /// - Throws: where the list cannot be had.
    public func tableNames(
        requestOptions: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> [String] {
        var names: [String] = []
        var start: String?
        let handle = TableHandle(name: "", resource: self)
        repeat {
            let request = ListTablesRequest(exclusiveStartTableName: start)
            var writer = JSONWriter()
            request.write(to: &writer)
            let response = try await client.execute(
                EncodedRequest(.listTables, table: nil, body: writer.bytes, safety: .idempotent),
                options: requestOptions
            )
            let answer = try handle.read(response, of: .listTables) { reader in try ListTablesResponse(from: &reader) }
            names += answer.tableNames
            start = answer.lastEvaluatedTableName
        } while start != nil
        return names
    }
}

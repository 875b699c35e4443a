import AlternatorCore
import AlternatorRouting
import AlternatorWire

extension TableHandle {
    /// Sends a typed request that names this table and reads its answer.
    func perform<Request: OperationRequest>(
        _ request: Request,
        safety: RetrySafety = .idempotent
    ) async throws(AlternatorError) -> Request.Response {
        let encoded = try make(Request.operation) { () throws(AlternatorError) in
            var writer = JSONWriter()
            try request.write(to: &writer)
            return EncodedRequest(Request.operation, table: name, body: writer.bytes, safety: safety)
        }
        let response = try await send(encoded)
        return try read(response, of: Request.operation) { reader in try Request.Response(from: &reader) }
    }
}

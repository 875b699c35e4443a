package import AlternatorRouting
package import AlternatorWire

extension AlternatorClient {
    /// Writes a request, sends it and reads the answer.
    ///
    /// - Parameters:
    ///   - request: any of the operations.
    ///   - hint: what a caller who knows the table's key knows; `nil` to let routing read the body.
    ///   - safety: whether it may be sent again after it may have been applied.
    ///   - options: what this call overrides.
    /// - Returns: the answer.
    /// - Throws: what `execute` throws; `.decoding` for an answer of another shape, `.protocolViolation` for one that
    ///   is no JSON. Both mean that the server did what was asked.
    package func perform<Request: OperationRequest>(
        _ request: Request,
        hint: RouteHint? = nil,
        safety: RetrySafety,
        options: RequestOptions = RequestOptions()
    ) async throws(AlternatorError) -> Request.Response {
        let answer = try await execute(request.encoded(hint: hint, safety: safety), options: options)
        return try answer.read(as: Request.self, table: request.routedTable)
    }
}

extension OperationRequest {
    /// The request with its types gone.
    package func encoded(hint: RouteHint? = nil, safety: RetrySafety) throws(AlternatorError) -> EncodedRequest {
        var writer = JSONWriter()
        do {
            try write(to: &writer)
        } catch {
            throw error.with(operation: Self.operation.rawValue, table: routedTable)
        }
        return EncodedRequest(Self.operation, table: routedTable, body: writer.bytes, hint: hint, safety: safety)
    }
}

extension EncodedResponse {
    /// The answer as the request's type; an empty body reads as `{}`.
    func read<Request: OperationRequest>(
        as request: Request.Type,
        table: String?
    ) throws(AlternatorError) -> Request.Response {
        var reader = reader()
        do throws(JSONError) {
            let response = try Request.Response(from: &reader)
            try reader.finish()
            return response
        } catch {
            let isJSON = isWellFormed
            throw AlternatorError(
                isJSON ? .decoding : .protocolViolation,
                message: isJSON
                    ? "The server did what was asked, but its answer has another shape than \(Request.operation)'s; "
                        + "is it Alternator?"
                    : "The server's answer is broken JSON; something between may have cut or changed it.",
                operation: Request.operation.rawValue,
                table: table,
                node: node,
                attempts: attempts,
                cause: error
            )
        }
    }

    /// Whether the body is one JSON value, of whatever shape.
    private var isWellFormed: Bool {
        var reader = reader()
        do throws(JSONError) {
            try reader.skipValue()
            try reader.finish()
            return true
        } catch {
            return false
        }
    }
}

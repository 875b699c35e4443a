import AlternatorWire

/// The body of a request, as text.
func body(_ request: some OperationRequest) throws -> String {
    var writer = JSONWriter()
    try request.write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}

/// An answer read from text, to its end.
func answer<Response: OperationResponse>(_ text: String, as type: Response.Type = Response.self) throws -> Response {
    var reader = JSONReader(Array(text.utf8))
    let response = try Response(from: &reader)
    try reader.finish()
    return response
}

/// A number as an attribute.
func number(_ text: String) -> AttributeValue {
    guard let number = AttributeNumber(text) else { preconditionFailure("'\(text)' is no number") }
    return .number(number)
}

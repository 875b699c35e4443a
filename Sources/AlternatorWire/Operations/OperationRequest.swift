/// A request as it goes over the wire.
package protocol OperationRequest: Sendable {
    associatedtype Response: OperationResponse

    static var operation: OperationName { get }
    /// The table it is about, for errors and routing; `nil` for batches and account-wide calls.
    var routedTable: String? { get }

    /// Appends the JSON body.
    func write(to writer: inout JSONWriter) throws(AlternatorError)
}

/// The answer to a request.
package protocol OperationResponse: Sendable {
    /// Reads the body; an empty one was replaced by `{}` before.
    init(from reader: inout JSONReader) throws(JSONError)
}

import AlternatorWire

/// What all attempts of a call send, whatever node they go to and whoever signs them.
struct OutgoingCall: Sendable {
    let operation: OperationName
    /// As it is sent.
    var body: [UInt8]
    /// Header lines of this call, with their ends.
    var lines: [UInt8] = []
    /// `nil`: attempts are not signed.
    var signing: CallSigning?

    init(_ request: EncodedRequest) {
        operation = request.operation
        body = request.body
    }
}

import AlternatorTransport
import AlternatorWire

/// What all attempts of a call send, whatever node they go to and whoever signs them.
struct OutgoingCall: Sendable {
    let operation: OperationName
    /// As it is sent.
    private(set) var body: [UInt8]
    /// The body is packed by gzip.
    private(set) var isPacked = false
    /// Header lines of this call, with their ends.
    var lines: [UInt8] = []
    /// The packed answers that are asked for.
    var accepts: AlternatorConfig.ResponseCompression = .off
    /// `nil`: attempts are not signed.
    var signing: CallSigning?

    init(_ request: EncodedRequest) {
        operation = request.operation
        body = request.body
    }

    /// Packs the body where the settings want it.
    ///
    /// As the specification has it, whether it becomes shorter does not matter; but it must not go over `maximumBytes`.
    mutating func pack(_ compression: AlternatorConfig.RequestCompression, maximumBytes: Int) {
        guard case .gzip(let level, let minimumSize) = compression, !body.isEmpty, body.count >= minimumSize else {
            return
        }
        let packed = Compression.gzip.pack(body, level: level)
        guard packed.count <= maximumBytes else { return }
        body = packed
        isPacked = true
    }
}

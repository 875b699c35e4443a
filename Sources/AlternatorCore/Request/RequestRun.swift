import AlternatorRouting
import AlternatorTransport
import AlternatorWire

/// One request on its way through its attempts.
struct RequestRun: Sendable {
    let request: EncodedRequest
    var machine: RetryMachine
    var call: OutgoingCall
    var plan: QueryPlan?
    /// The node or the scope that the call wants, where it is not the client's: for its error.
    var place: String?
    /// The node asked last, as `host:port`.
    var node: String?
    /// Attempts that reached a node.
    var attempts = 0
    /// An attempt may have been applied though its answer was lost or a failure.
    var mayBeApplied = false
    var lastError: AlternatorError?
    var lastTransportError: TransportError?
    /// When the first node was chosen; `nil`: none was.
    var began: Duration?
    /// When the last exchange ended.
    var ended = Duration.zero

    init(_ request: EncodedRequest, policy: RetryPolicy) {
        self.request = request
        call = OutgoingCall(request)
        // Creating what this call created already, or deleting what it deleted, is told by the error's type.
        let isTold = request.operation == .createTable || request.operation == .deleteTable
        machine = RetryMachine(
            isTold ? .idempotent : request.safety,
            policy: policy,
            outcomeCanBeTold: request.isOwnItem != nil
        )
    }

    /// Whether the caller must be told that the request may have been applied.
    var outcomeIsUnknown: Bool {
        mayBeApplied && request.safety != .idempotent && request.operation != .createTable
            && request.operation != .deleteTable
    }

    /// An answer made here, where the server's was lost.
    func response(_ body: [UInt8]) -> EncodedResponse {
        EncodedResponse(bytes: body, bodyOffset: 0, node: node ?? "", attempts: attempts)
    }
}

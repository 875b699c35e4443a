/// Where to send: one node as the transport knows it.
///
/// `id` is dense and never used again within one client, so that a pool is found by index.
package struct Peer: Hashable, Sendable {
    package let id: Int
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    package let host: String
    package let port: Int

    package init(id: Int, host: String, port: Int) {
        self.id = id
        self.host = host
        self.port = port
    }
}

/// One HTTP request, ready to be written: the head up to and with the empty line, then the body.
package struct OutgoingRequest: Sendable {
    package var head: [UInt8]
    package var body: [UInt8]

    package init(head: [UInt8], body: [UInt8]) {
        self.head = head
        self.body = body
    }
}

/// One HTTP answer; chunks are joined, 1xx answers left out.
package struct IncomingResponse: Sendable {
    package let status: Int
    /// Head and body in one buffer, so that an answer costs one allocation.
    package let bytes: [UInt8]
    /// Where the body begins in `bytes`; it goes to the end.
    package let bodyOffset: Int

    package init(status: Int, bytes: [UInt8], bodyOffset: Int) {
        self.status = status
        self.bytes = bytes
        self.bodyOffset = bodyOffset
    }
}

/// Bounds of one exchange.
package struct ExchangeOptions: Sendable {
    /// From the call to the last byte of the answer, waiting for a connection not included.
    package var requestTimeout: Duration = .seconds(30)
    /// A connection older than this since its last use is passed over; `nil`: any idle one will do.
    ///
    /// Counting writes set one second: a connection the server may have closed must not eat them.
    package var maximumIdle: Duration?
    /// The request may be sent once more, over a new connection, if the one it was sent over had carried answers before
    /// and ends without a byte of an answer: the server has most likely closed it for being idle.
    ///
    /// A request of which the kernel took only a part, or nothing, is repeated like that in any case.
    package var mayRepeat = false

    package init() {}
}

/// Why an exchange gave no answer.
package struct TransportError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        case resolveFailed, connectFailed, connectTimeout, tls, requestTimeout, acquireTimeout
        /// The connection ended before the answer was complete.
        case connectionLost
        /// The answer is not HTTP/1.1 or breaks a limit.
        case protocolViolation
        /// The answer's body is packed and cannot be unpacked.
        case decompression
        /// Unpacked it would be over a limit.
        case decompressionLimit
        case cancelled, closed
    }

    /// How much of the request left this process: what a retry may assume.
    package enum Sent: Sendable, Hashable {
        /// The server cannot have run it.
        case incomplete
        /// The server may have run it.
        case complete
    }

    package let kind: Kind
    package let sent: Sent
    package let message: String
    /// Whether the head of the final answer had come.
    package let hasHead: Bool
    /// What is wrong with TLS; there for every error of kind `.tls`.
    package let fault: TLSFault?
    /// The limit that the answer is over, for an error of kind `.protocolViolation`.
    package let limit: HTTPSyntaxError.Limit?

    package init(
        _ kind: Kind,
        sent: Sent,
        message: String,
        hasHead: Bool = false,
        fault: TLSFault? = nil,
        limit: HTTPSyntaxError.Limit? = nil
    ) {
        self.kind = kind
        self.sent = sent
        self.message = message
        self.hasHead = hasHead
        self.fault = fault
        self.limit = limit
    }

    package var description: String { message }
}

/// The seam that tests replace: one exchange with one node, never repeated.
package protocol Transport: Sendable {
    /// Sends and waits for the whole answer.
    ///
    /// Cancelling the task cancels it at once, with `.cancelled`; the connection is closed only if an answer is due.
    func exchange(
        _ request: consuming OutgoingRequest,
        with peer: Peer,
        options: ExchangeOptions
    ) async throws(TransportError) -> IncomingResponse

    /// Drains the connections of a node that left: idle ones close now, others after their answer.
    func forget(_ peer: Peer)

    /// Opens connections that are kept for later requests, up to so many with those that are there.
    func warm(_ peer: Peer, connections: Int)

    /// The connections of every node at this moment.
    func snapshot() -> [PoolSnapshot]

    /// The loops as a task executor.
    var executor: any TaskExecutor { get }

    /// Lets exchanges finish, then ends them with `.closed`; afterwards no thread or descriptor is left.
    func close(within grace: Duration) async
}

extension Transport {
    package func warm(_ peer: Peer, connections: Int) {}
    package func snapshot() -> [PoolSnapshot] { [] }
}

/// One request as the listener read it.
package struct ServerRequest: Sendable {
    package let method: String
    /// The path as sent, without the query.
    package let path: String
    /// The text after `?`, undecoded.
    package let query: String?
    package let headers: RequestHeaders
    package let body: [UInt8]
    /// The address of the client.
    package let remoteAddress: String
    /// The common name of the certificate that the client has shown, which was accepted.
    package var clientName: String?

    init(
        method: String,
        path: String,
        query: String?,
        headers: RequestHeaders,
        body: [UInt8],
        remoteAddress: String
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// A request that was not read from a connection; the names of its headers are in lower case.
    package init(
        method: String,
        path: String,
        query: String?,
        headers: [(name: String, value: String)],
        body: [UInt8],
        remoteAddress: String
    ) {
        self.init(
            method: method,
            path: path,
            query: query,
            headers: RequestHeaders(headers),
            body: body,
            remoteAddress: remoteAddress
        )
    }

    /// The first header of that name; `name` in lower case.
    package func header(_ name: String) -> String? { headers.first(name) }
}

/// How slowly an answer is written.
package struct ServerPace: Hashable, Sendable {
    package let bytes: Int
    package let interval: Duration

    /// Writes `bytes` (at least 1) of the answer, head included, then waits for `interval`, and so on.
    package init(bytes: Int, every interval: Duration) {
        self.bytes = max(1, bytes)
        self.interval = interval
    }
}

/// One answer as the handler gives it; the listener adds Content-Length or chunks and `Connection`.
package struct ServerResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Sent in chunks instead of with a Content-Length; never to a client of HTTP/1.0.
    package var chunked = false
    package var closesConnection = false
    /// Writes slowly; `nil`: as fast as the client reads.
    package var pace: ServerPace?

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// What a handler decides to do with a request.
package enum ServerAction: Sendable {
    case respond(ServerResponse)
    /// Answer after a while; the connection waits.
    case respondLater(ServerResponse, after: Duration)
    /// Send these bytes as they are, then close (`reset`: with RST) or keep the connection.
    case sendRaw([UInt8], thenClose: Bool, reset: Bool)
    /// Close with RST and send nothing.
    case reset
    /// Never answer; the connection stays open.
    case hang
}

/// Answers requests; called on a loop thread, one call at a time per connection, and must not block for long.
package protocol ServerHandler: Sendable {
    func handle(_ request: ServerRequest) -> ServerAction

    /// The answer to a request whose body is over the limit; it was not read, and the connection closes afterwards.
    ///
    /// - Parameter head: the request with an empty body.
    /// - Returns: the answer.
    func tooLarge(_ head: ServerRequest) -> ServerResponse

    /// The answer to a request that would hold more than `ServerConfiguration.maximumBufferedBytes`.
    ///
    /// - Parameter head: the request with an empty body; without a path, if its head is not complete yet.
    /// - Returns: the answer.
    func overloaded(_ head: ServerRequest) -> ServerResponse
}

extension ServerHandler {
    package func tooLarge(_ head: ServerRequest) -> ServerResponse { ServerResponse(status: 413) }

    package func overloaded(_ head: ServerRequest) -> ServerResponse { ServerResponse(status: 503) }
}

/// Bounds of a listener.
package struct ServerConfiguration: Sendable {
    /// Request line and headers together.
    package var maximumHeadBytes = 1 << 20
    package var maximumBodyBytes = 16 << 20
    /// What requests that are not complete yet may take of all connections together; more of them are refused.
    package var maximumBufferedBytes = 512 << 20
    /// Connections that wait to be accepted; the system may have a lower bound.
    package var backlog = 4096
    /// How long a client may take for the TLS handshake.
    package var handshakeTimeout = Duration.seconds(10)

    package init() {}
}

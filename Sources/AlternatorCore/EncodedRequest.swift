package import AlternatorRouting
package import AlternatorWire

/// A request whose types are gone: bytes, and what routing and retries need to know.
package struct EncodedRequest: Sendable {
    package var operation: OperationName
    package var table: String?
    /// The JSON body.
    package var body: [UInt8]
    package var hint: RouteHint?
    package var safety: RetrySafety

    package init(
        _ operation: OperationName, table: String?, body: [UInt8], hint: RouteHint? = nil, safety: RetrySafety
    ) {
        self.operation = operation
        self.table = table
        self.body = body
        self.hint = hint
        self.safety = safety
    }
}

/// A successful answer, not yet read.
package struct EncodedResponse: Sendable {
    package let bytes: [UInt8]
    /// Where the JSON begins; it goes to the end. Equal to `bytes.count` for an empty body.
    package let bodyOffset: Int
    /// The node that answered, as `host:port`.
    package let node: String
    package let attempts: Int

    package init(bytes: [UInt8], bodyOffset: Int, node: String, attempts: Int) {
        self.bytes = bytes
        self.bodyOffset = bodyOffset
        self.node = node
        self.attempts = attempts
    }

    /// A reader at the body's start; an empty body reads as `{}`.
    package func reader() -> JSONReader {
        bodyOffset < bytes.count ? JSONReader(bytes, from: bodyOffset) : JSONReader([0x7B, 0x7D])
    }
}

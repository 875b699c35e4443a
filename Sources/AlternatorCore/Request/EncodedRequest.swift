package import AlternatorRouting
import AlternatorTransport
package import AlternatorWire

/// A request whose types are gone: bytes, and what routing and retries need to know.
package struct EncodedRequest: Sendable {
    package var operation: OperationName
    package var table: String?
    /// The JSON body.
    package var body: [UInt8]
    package var hint: RouteHint?
    package var safety: RetrySafety
    /// Whether an item that made the condition of a repeated write fail is the one this very call has written.
    ///
    /// With it a conditional write may be repeated: it must ask for the existing item on failure, and an equal item
    /// makes the call a success. An equal item of another writer cannot be told apart.
    package var isOwnItem: (@Sendable ([String: AttributeValue]) -> Bool)?
}

extension EncodedRequest {
    // In an extension, where it hands on to the initializer that the compiler makes: a large struct that stores its
    // properties one by one is copied at the end, each reference in it counted.
    package init(
        _ operation: OperationName,
        table: String?,
        body: [UInt8],
        hint: RouteHint? = nil,
        safety: RetrySafety,
        isOwnItem: (@Sendable ([String: AttributeValue]) -> Bool)? = nil
    ) {
        self.init(
            operation: operation,
            table: table,
            body: body,
            hint: hint,
            safety: safety,
            isOwnItem: isOwnItem
        )
    }
}

/// A successful answer, not yet read.
package struct EncodedResponse: Sendable {
    package let bytes: [UInt8]
    /// Where the JSON begins.
    ///
    /// It goes to the end; for an empty body this is `bytes.count`.
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

    /// Ends the use of an answer that has been read: its memory serves the next one.
    package consuming func giveBack() { SpareAnswers.shared.give(bytes) }
}

/// The only error of the public interface: what failed, on what, and what to do.
///
/// `description` never shows item data. Codes are open: a new one breaks nobody's `switch`.
///
/// ```swift
/// do { try await users.insert(user) }
/// catch .conditionFailed { … }
/// catch { throw error }
/// ```
///
/// Keep the last clause: without it Swift 6.3.1 fails to compile some functions that throw `any Error`.
public struct AlternatorError: Error, Sendable {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code, as written in source: `conditionFailed`.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// A value of `AlternatorConfig` cannot be used; the message names the field.
        public static let configuration = Code("configuration")
        /// No node could be asked at all.
        public static let noNodeAvailable = Code("noNodeAvailable")
        /// No connection to a node could be opened.
        public static let connectFailed = Code("connectFailed")
        /// A connection ended before the answer was complete.
        public static let connectionLost = Code("connectionLost")
        /// The TLS handshake or a certificate check failed.
        public static let tls = Code("tls")
        /// A node did not answer within `requestTimeout`.
        public static let requestTimeout = Code("requestTimeout")
        /// All attempts together took longer than `operationTimeout`.
        public static let operationTimeout = Code("operationTimeout")
        /// No connection of the pool became free within `acquireTimeout`.
        public static let acquireTimeout = Code("acquireTimeout")
        /// The caller's task was cancelled.
        public static let cancelled = Code("cancelled")
        /// The client was closed.
        public static let closed = Code("closed")
        /// The peer does not speak HTTP/1.1 or answers something that is not DynamoDB JSON.
        public static let protocolViolation = Code("protocolViolation")
        /// A compressed answer is broken or larger than allowed.
        public static let decompression = Code("decompression")
        /// The condition of a write did not hold; nothing was written.
        public static let conditionFailed = Code("conditionFailed")
        /// A versioned item was changed by somebody else.
        public static let versionConflict = Code("versionConflict")
        /// The write may or may not have been applied, and repeating it is not safe.
        public static let outcomeUnknown = Code("outcomeUnknown")
        /// The server sheds load.
        public static let throttled = Code("throttled")
        /// The server refused the request as malformed.
        public static let validation = Code("validation")
        /// There is no such table.
        public static let tableNotFound = Code("tableNotFound")
        /// The table exists already, or is being changed.
        public static let tableInUse = Code("tableInUse")
        /// The role may not do this.
        public static let accessDenied = Code("accessDenied")
        /// The signature was refused.
        public static let signature = Code("signature")
        /// The provider of credentials gave none to sign with; what it threw is the `cause`.
        public static let credentials = Code("credentials")
        /// The request is over the server's 16 MiB.
        public static let payloadTooLarge = Code("payloadTooLarge")
        /// The server does not have this operation or feature.
        public static let unsupportedByServer = Code("unsupportedByServer")
        /// A model or value cannot be written as DynamoDB attributes.
        public static let mapping = Code("mapping")
        /// An answer does not fit the type it was to be read as.
        public static let decoding = Code("decoding")
        /// A page token belongs to another query.
        public static let tokenMismatch = Code("tokenMismatch")
        /// A file of an export or import cannot be read or written.
        public static let file = Code("file")
        /// Changes that were to be read are no longer kept: some are lost to this reader.
        public static let changesTrimmed = Code("changesTrimmed")
        /// There is no item with this key, and the call needs one.
        public static let itemNotFound = Code("itemNotFound")
        /// The caller's own code in a call, such as the change of `modify`, threw; its error is the `cause`.
        public static let abandoned = Code("abandoned")
        /// Any other error of the server; `serviceType` keeps its name.
        public static let service = Code("service")
    }

    /// What kind of failure it is.
    public var code: Code { storage.code }
    /// One sentence on what happened and what to try.
    public var message: String { storage.message }
    /// The operation, such as `PutItem`, where one was under way.
    public var operation: String? { storage.operation }
    /// The table, where there is one.
    public var table: String? { storage.table }
    /// The node that was asked last, as `host:port`.
    public var node: String? { storage.node }
    /// Attempts that were sent to a node.
    public var attempts: Int { storage.attempts }
    /// The name of the server's error type, such as `ValidationException`.
    public var serviceType: String? { storage.serviceType }
    /// The item that made a condition fail, where the request asked for it.
    public var existingItem: [String: AttributeValue]? { storage.existingItem }
    /// The error below, if any.
    public var cause: (any Error)? { storage.cause }

    // One reference keeps the error small on the throwing path.
    private var storage: Storage

    private final class Storage: Sendable {
        let code: Code
        let message: String
        let operation: String?
        let table: String?
        let node: String?
        let attempts: Int
        let serviceType: String?
        let existingItem: [String: AttributeValue]?
        let cause: (any Error)?

        init(
            code: Code,
            message: String,
            operation: String?,
            table: String?,
            node: String?,
            attempts: Int,
            serviceType: String?,
            existingItem: [String: AttributeValue]?,
            cause: (any Error)?
        ) {
            self.code = code
            self.message = message
            self.operation = operation
            self.table = table
            self.node = node
            self.attempts = attempts
            self.serviceType = serviceType
            self.existingItem = existingItem
            self.cause = cause
        }
    }

    /// Creates an error; tests of a caller's own error handling can make one too.
    public init(
        _ code: Code,
        message: String,
        operation: String? = nil,
        table: String? = nil,
        node: String? = nil,
        attempts: Int = 0,
        serviceType: String? = nil,
        existingItem: [String: AttributeValue]? = nil,
        cause: (any Error)? = nil
    ) {
        storage = Storage(
            code: code,
            message: message,
            operation: operation,
            table: table,
            node: node,
            attempts: attempts,
            serviceType: serviceType,
            existingItem: existingItem,
            cause: cause
        )
    }

    /// The same error with its context filled in where it was empty.
    package func with(
        operation: String? = nil,
        table: String? = nil,
        node: String? = nil,
        attempts: Int? = nil
    ) -> AlternatorError {
        AlternatorError(
            code,
            message: message,
            operation: self.operation ?? operation,
            table: self.table ?? table,
            node: self.node ?? node,
            attempts: attempts ?? self.attempts,
            serviceType: serviceType,
            existingItem: existingItem,
            cause: cause
        )
    }

    /// `catch .conditionFailed`.
    public static func ~= (code: Code, error: AlternatorError) -> Bool { error.code == code }
}

extension AlternatorError: CustomStringConvertible {
    /// Code, message and context on one line; never item data.
    public var description: String {
        var text = "\(code): \(message)"
        var context: [String] = []
        if let operation { context.append("operation \(operation)") }
        if let table { context.append("table \(table)") }
        if let node { context.append("node \(node)") }
        if attempts > 0 { context.append("attempts \(attempts)") }
        if let serviceType { context.append("server's type \(serviceType)") }
        if !context.isEmpty { text += " (" + context.joined(separator: ", ") + ")" }
        switch cause {
        case nil: break
        // These two print the value they stumbled on.
        case is EncodingError: text += "; cause: EncodingError"
        case is DecodingError: text += "; cause: DecodingError"
        case .some(let cause): text += "; cause: \(cause)"
        }
        return text
    }
}

extension AlternatorError.Code {
    /// `catch AlternatorError.Code.conditionFailed` where other errors are thrown too.
    public static func ~= (code: Self, error: any Error) -> Bool { (error as? AlternatorError)?.code == code }
}

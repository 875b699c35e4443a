/// What the retry loop does about an error of the server.
package enum ServiceErrorClass: Sendable, Hashable {
    /// Refused before anything was done, for lack of capacity: wait, then try another node. Safe for every request.
    case retryableElsewhere
    /// Something broke on the server: the request may have been applied or not.
    case serverFault
    /// The same everywhere and always.
    case final
}

/// An answer other than 200, read as far as it can be.
///
/// The usual body is `{"__type":"com.amazonaws.dynamodb.v20120810#ValidationException","message":"…"}`. Proxies and
/// half-open connections send anything else, so no body is an error here: what cannot be read is `nil`.
package struct ServiceError: Sendable, Equatable {
    /// The HTTP status.
    package let status: Int
    /// The error's name without its namespace; `nil` where the body has none.
    package let type: String?
    /// The server's own words, on one line and cut to 1,000 characters.
    package let message: String?
    /// The item that made a condition fail, where the request asked for it.
    package let item: [String: AttributeValue]?
    /// Bytes of the body.
    package let bodySize: Int

    package init(
        status: Int,
        type: String?,
        message: String? = nil,
        item: [String: AttributeValue]? = nil,
        bodySize: Int = 0
    ) {
        self.status = status
        self.type = type
        self.message = message
        self.item = item
        self.bodySize = bodySize
    }

    /// Reads a body, decompressed already.
    ///
    /// Never fails: of a body that ends early, the members before the end are kept.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - bytes: the answer, or its body alone.
    ///   - bodyOffset: where the body begins in `bytes`.
    package init(status: Int, bytes: [UInt8], bodyOffset: Int = 0) {
        var members = Members()
        var reader = JSONReader(bytes, from: bodyOffset)
        do throws(JSONError) { try members.read(&reader) } catch {
            // A partial answer; `members` has what came before the fault.
        }
        self.init(
            status: status,
            type: members.type.flatMap(Self.bareName),
            message: members.message.map(Self.oneLine),
            item: members.item,
            bodySize: max(0, bytes.count - bodyOffset)
        )
    }

    /// `ValidationException` of `com.amazonaws.dynamodb.v20120810#ValidationException:http://…`.
    private static func bareName(_ type: String) -> String? {
        let beforeAddress = type.prefix { $0 != ":" }
        let name = beforeAddress.split(separator: "#").last.map(String.init)
        guard let name, name.utf8.count <= 200, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return name
    }

    /// Line breaks and other control characters become blanks, so that a message stays one line of a log.
    private static func oneLine(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(1000) {
            line.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(line)
    }

    /// The members of an error body, whatever the spelling.
    private struct Members {
        var message: String?
        var item: [String: AttributeValue]?
        private var names: (type: String?, code: String?, kind: String?)

        /// `__type` decides; the others count where it is missing.
        var type: String? { names.type ?? names.code ?? names.kind }

        mutating func read(_ reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let name = try reader.nextKey() {
                switch name {
                case "__type": names.type = try reader.readStringIfThere()
                // Seastar's own 404 has a number here.
                case "code", "Code": names.code = try reader.readStringIfThere()
                case "Type": names.kind = try reader.readStringIfThere()
                case "message", "Message": message = try reader.readStringIfThere()
                case "Item": item = try reader.readItemIfThere()
                default: try reader.skipValue()
                }
            }
        }
    }
}

extension JSONReader {
    /// The next value if it is a string; else it is skipped.
    fileprivate mutating func readStringIfThere() throws(JSONError) -> String? {
        var probe = self
        if let text = try? probe.readString() {
            self = probe
            return text
        }
        try skipValue()
        return nil
    }

    /// The next value if it is an item; else it is skipped.
    fileprivate mutating func readItemIfThere() throws(JSONError) -> [String: AttributeValue]? {
        var probe = self
        if let item = try? probe.readItem() {
            self = probe
            return item
        }
        try skipValue()
        return nil
    }
}

extension ServiceError {
    /// Names for "too much at once".
    ///
    /// Alternator uses the first; the others are DynamoDB's, and of proxies before it.
    private static let throttles: Set<String> = [
        "RequestLimitExceeded", "RequestLimitExceededException", "ThrottlingException", "Throttling",
        "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "ProvisionedThroughputExceededException", "TooManyRequestsException", "SlowDown",
    ]
    private static let faults: Set<String> = [
        "InternalServerError", "InternalFailure", "InternalServerErrorException", "ServiceUnavailable",
        "ServiceUnavailableException",
    ]

    /// What a retry may assume.
    ///
    /// The type decides before the status: Alternator sheds load with HTTP 400 `RequestLimitExceeded`, which a rule
    /// "retry 5xx" would miss. It sends rate-limited writes as 500, so those are faults here.
    package var errorClass: ServiceErrorClass {
        if let type, Self.throttles.contains(type) { return .retryableElsewhere }
        if status == 429 { return .retryableElsewhere }
        if let type, Self.faults.contains(type) { return .serverFault }
        return [500, 502, 503, 504].contains(status) ? .serverFault : .final
    }
}

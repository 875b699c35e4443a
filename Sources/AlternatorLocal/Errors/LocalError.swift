import AlternatorWire

/// A refusal as the server words it: what goes into `__type` and `message` of the answer, and its HTTP status.
///
/// Every check of the embedded server ends in one of these; the HTTP layer alone turns it into bytes.
/// The static members are the types a real node uses (alternator/error.hh); all but two answer 400.
package struct LocalError: Error, Sendable, Hashable {
    /// The type without its prefix: "ValidationException".
    package var type: String
    /// The HTTP status.
    package var status: Int
    /// What the client is told.
    package var message: String
    /// The item as it was, for a failed condition with ReturnValuesOnConditionCheckFailure=ALL_OLD.
    package var item: [String: ItemValue]?

    package init(type: String, status: Int = 400, message: String, item: [String: ItemValue]? = nil) {
        self.type = type
        self.status = status
        self.message = message
        self.item = item
    }
}

extension LocalError: CustomStringConvertible {
    /// Type and message; the item is left out, for this ends up in logs.
    package var description: String { "\(type): \(message)" }
}

extension LocalError {
    /// Nearly every bad input, broken JSON included.
    package static func validation(_ message: String) -> Self {
        Self(type: "ValidationException", message: message)
    }

    /// A value whose JSON has the wrong form: a number not in quotes, bad base64.
    package static func serialization(_ message: String) -> Self {
        Self(type: "SerializationException", message: message)
    }

    /// A table, stream or index that is not there.
    package static func resourceNotFound(_ message: String) -> Self {
        Self(type: "ResourceNotFoundException", message: message)
    }

    /// CreateTable for a name that is taken.
    package static func resourceInUse(_ message: String) -> Self {
        Self(type: "ResourceInUseException", message: message)
    }

    /// Used by DescribeContinuousBackups only.
    package static func tableNotFound(_ message: String) -> Self {
        Self(type: "TableNotFoundException", message: message)
    }

    /// More than one index change in one UpdateTable.
    package static func limitExceeded(_ message: String) -> Self {
        Self(type: "LimitExceededException", message: message)
    }

    /// A condition that does not hold; `item` is what it was tested on, where the request asked for it.
    package static func conditionFailed(item: [String: ItemValue]? = nil) -> Self {
        Self(type: "ConditionalCheckFailedException", message: "The conditional request failed", item: item)
    }

    /// Load that is shed; a 400, although it should be tried again.
    package static func requestLimitExceeded(_ message: String) -> Self {
        Self(type: "RequestLimitExceeded", message: message)
    }

    /// An operation that is not served.
    package static func unknownOperation(_ message: String) -> Self {
        Self(type: "UnknownOperationException", message: message)
    }

    /// A role without the needed grant, or something that is not an ARN.
    package static func accessDenied(_ message: String) -> Self {
        Self(type: "AccessDeniedException", message: message)
    }

    /// No Authorization header.
    package static func missingAuthenticationToken(_ message: String) -> Self {
        Self(type: "MissingAuthenticationTokenException", message: message)
    }

    /// A signature that cannot be checked: its form, its date.
    package static func invalidSignature(_ message: String) -> Self {
        Self(type: "InvalidSignatureException", message: message)
    }

    /// An unknown role or a wrong signature.
    package static func unrecognizedClient(_ message: String) -> Self {
        Self(type: "UnrecognizedClientException", message: message)
    }

    /// A body over 16 MiB: HTTP 413.
    package static func payloadTooLarge(_ message: String) -> Self {
        Self(type: "PayloadTooLarge", status: 413, message: message)
    }

    /// Anything that went wrong inside: HTTP 500.
    package static func internalServerError(_ message: String) -> Self {
        Self(type: "InternalServerError", status: 500, message: message)
    }
}

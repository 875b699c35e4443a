extension ServiceError {
    /// The error as a caller sees it: a code, the server's words and what to do.
    package func alternatorError(
        operation: String? = nil,
        table: String? = nil,
        node: String? = nil,
        attempts: Int = 0
    ) -> AlternatorError {
        let code = code
        return AlternatorError(
            code,
            message: sentence(for: code),
            operation: operation,
            table: table,
            node: node,
            attempts: attempts,
            serviceType: type,
            existingItem: code == .conditionFailed ? item : nil
        )
    }

    /// The kind of failure.
    package var code: AlternatorError.Code {
        if errorClass == .retryableElsewhere { return .throttled }
        guard let type else { return codeOfStatus }
        switch type {
        case "ValidationException", "SerializationException": return .validation
        case "ResourceNotFoundException", "TableNotFoundException": return .tableNotFound
        case "ResourceInUseException", "TableAlreadyExistsException", "TableInUseException": return .tableInUse
        case "ConditionalCheckFailedException": return .conditionFailed
        case "PayloadTooLarge", "RequestEntityTooLarge", "RequestEntityTooLargeException": return .payloadTooLarge
        case "UnknownOperationException": return .unsupportedByServer
        case "AccessDeniedException", "AccessDenied": return .accessDenied
        case "InvalidSignatureException", "UnrecognizedClientException", "MissingAuthenticationTokenException",
            "IncompleteSignatureException", "MissingAuthenticationToken", "SignatureDoesNotMatch", "RequestExpired",
            "RequestTimeTooSkewed", "ExpiredTokenException", "InvalidClientTokenId":
            return .signature
        default: return .service
        }
    }

    /// For an answer that names no type: something other than Alternator's own error handling wrote it.
    private var codeOfStatus: AlternatorError.Code {
        switch status {
        case 401, 403: .accessDenied
        case 413: .payloadTooLarge
        case 500...599: .service
        default: .protocolViolation
        }
    }

    private func sentence(for code: AlternatorError.Code) -> String {
        let said = message.flatMap { $0.isEmpty ? nil : $0 }
        guard let advice = advice(for: code) else { return said ?? "The server answered HTTP \(status)." }
        let fact = said ?? fact(for: code)
        // The server's texts end with and without a full stop.
        let ending = fact.last.map { ".!?:;".contains($0) } ?? true ? "" : "."
        return "\(fact)\(ending) \(advice)"
    }

    /// What happened, where the server sent no words.
    private func fact(for code: AlternatorError.Code) -> String {
        switch code {
        case .conditionFailed: return "The condition did not hold; nothing was written."
        case .tableNotFound: return "There is no such table, stream or index."
        case .tableInUse: return "The table exists already."
        case .throttled: return "The server sheds load."
        case .payloadTooLarge: return "The request is over 16 MiB."
        default: break
        }
        if let type { return "The server answered HTTP \(status), \(type)." }
        return bodySize == 0
            ? "The server answered HTTP \(status) without a body."
            : "The server answered HTTP \(status) with \(bodySize) bytes that are no DynamoDB error."
    }

    /// What to try; `nil` where the server's words say it all.
    private func advice(for code: AlternatorError.Code) -> String? {
        switch code {
        case .validation: validationAdvice
        case .tableNotFound:
            "Check the name, and that the client talks to the right cluster."
        case .tableInUse: "Use another name, or create(ifNotExists: true)."
        case .conditionFailed:
            message == nil ? "Read the item again and decide anew." : nil
        case .throttled: "Send less at once, or add nodes; the client backs off and tries others by itself."
        case .payloadTooLarge: "Split it: the server takes at most 16 MiB a request."
        case .unsupportedByServer: "Alternator has no such operation; transactions and PartiQL are among the missing."
        case .accessDenied: "Grant the role what it needs with CQL's GRANT, or use another access key."
        case .signature: signatureAdvice
        case .protocolViolation: "Check that the port is Alternator's, not CQL's or that of a proxy."
        case .service: serviceAdvice
        default: nil
        }
    }

    private var validationAdvice: String? {
        guard let text = message?.lowercased() else { return "Check the request against the table's keys." }
        for (words, advice) in Self.validationHints where text.contains(words) { return advice }
        return nil
    }

    private static let missingMapAdvice =
        "A member can only be set where its map exists: set the whole map in an update before, or keep an empty "
        + "map in new items."

    /// The server's words that need explaining, and the explanation; the first that fits is used.
    ///
    /// "Document path" stands in several refusals; only those about a missing map get the advice for one.
    private static let validationHints: [(words: String, advice: String)] = [
        ("paths overlap", "An expression may name an attribute once: join what is done to it, or use two updates."),
        ("paths conflict", "One path takes the attribute for a map and another for a list; it is only one of them."),
        ("document path provided", missingMapAdvice),
        ("document path is not valid", missingMapAdvice),
        ("a document path:", missingMapAdvice),
        ("nested document path of a non-existent item", missingMapAdvice),
        (
            "write isolation policy",
            "The table forbids read-modify-write: leave out conditions and old values, or set its tag "
                + "system:write_isolation to only_rmw_uses_lwt."
        ),
        ("spurious", "Every placeholder and attribute definition that is sent must be used."),
        ("duplicate", "Each key may be there once a batch."),
        (
            "racks",
            "With tablets an index needs a cluster of 1 or 3 racks; tag system:initial_tablets=none avoids them."
        ),
    ]

    /// Whether the signature was refused for its time alone.
    package var isClockSkew: Bool {
        guard code == .signature else { return false }
        if type == "RequestTimeTooSkewed" || type == "RequestExpired" { return true }
        guard let text = message?.lowercased() else { return false }
        return text.contains("signature expired") || text.contains("not yet current")
    }

    private var signatureAdvice: String {
        if type == "MissingAuthenticationTokenException" || type == "MissingAuthenticationToken" {
            return "This cluster wants signed requests: set authentication to .credentials."
        }
        if isClockSkew {
            return "Set this machine's clock: the server allows 15 minutes."
        }
        return "The access key is the role's name, the secret its salted_hash; check both."
    }

    private var serviceAdvice: String? {
        switch type {
        case "LimitExceededException": "Alternator takes one index change per UpdateTable."
        case "ExpiredIteratorException", "TrimmedDataAccessException": "Ask for a new shard iterator."
        default: nil
        }
    }
}

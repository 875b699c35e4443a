import AlternatorRouting
import AlternatorTransport
import AlternatorWire
import Synchronization

extension ClientCore {
    // MARK: Before and between attempts

    func closedError(_ request: EncodedRequest, _ run: RequestRun? = nil) -> AlternatorError {
        error(.closed, "The client is closed; make another one.", request, run)
    }

    func cancelledError(_ request: EncodedRequest, _ run: RequestRun? = nil) -> AlternatorError {
        error(.cancelled, "The task was cancelled.", request, run, cause: run?.lastError)
    }

    func tooLargeError(_ request: EncodedRequest) -> AlternatorError {
        error(
            .payloadTooLarge,
            "The request has \(request.body.count) bytes, more than the server's 16 MiB; nothing was sent. "
                + "Split it, or keep large values elsewhere.",
            request,
            nil
        )
    }

    func deadlineError(_ run: RequestRun, _ limit: Duration) -> AlternatorError {
        let code: AlternatorError.Code = run.outcomeIsUnknown ? .outcomeUnknown : .operationTimeout
        var message = "All attempts together took longer than the operationTimeout of \(limit)."
        if run.outcomeIsUnknown { message += " " + Self.unknownOutcomeAdvice }
        return error(code, message, run.request, run, cause: run.lastError)
    }

    // MARK: After the last attempt

    private static let unknownOutcomeAdvice =
        "The write may or may not have been applied; read the item before writing again."

    /// The error of a request that is given up after a failed attempt, or for want of a node.
    func finalError(_ run: RequestRun) -> AlternatorError {
        guard let last = run.lastError else { return noNodeError(run) }
        if !topology.isDiscovered, !hasSeenAlternator(last, run) {
            // Certificates that fit nowhere are a fault of their own, not of the list of nodes.
            if last.code == .tls, report.withLock({ $0.failedInTLSOnly }) { return last }
            return undiscoveredError(run, last)
        }
        // The item that is there tells that this call did not write it, or that somebody has overwritten it since.
        let isTold = last.code == .conditionFailed && run.request.isOwnItem != nil && last.existingItem != nil
        guard run.outcomeIsUnknown, !isTold else { return last }
        return error(
            .outcomeUnknown,
            "No answer says whether it was applied. " + Self.unknownOutcomeAdvice,
            run.request,
            run,
            cause: last
        )
    }

    /// Whether the last failure came from something that speaks Alternator, or at least may.
    private func hasSeenAlternator(_ last: AlternatorError, _ run: RequestRun) -> Bool {
        guard let transportError = run.lastTransportError else { return last.serviceType != nil }
        // A lost or late answer may be Alternator's: then the outcome counts for more than where it was sent.
        return transportError.kind != .protocolViolation && run.outcomeIsUnknown
    }

    private func undiscoveredError(_ run: RequestRun, _ last: AlternatorError) -> AlternatorError {
        error(.noNodeAvailable, report.withLock { $0.sentence(config) }, run.request, run, cause: last)
    }

    private func noNodeError(_ run: RequestRun) -> AlternatorError {
        guard topology.isDiscovered else {
            if let (host, fault) = report.withLock({ $0.commonFault }) { return tlsError(fault, at: host, run) }
            return error(.noNodeAvailable, report.withLock { $0.sentence(config) }, run.request, run)
        }
        if let place = run.place {
            let message =
                "The call wants \(place), and what there is of it is down; it is probed and used again once it answers."
            return error(.noNodeAvailable, message, run.request, run)
        }
        let down = topology.labels(in: .down)
        if let fault = faults.common(to: down), let first = down.first { return tlsError(fault, at: first, run) }
        return error(
            .noNodeAvailable,
            "All \(down.count) nodes are down (\(down.prefix(5).joined(separator: ", "))"
                + "\(down.count > 5 ? ", …" : "")); they are probed and used again once they answer.",
            run.request,
            run
        )
    }

    // MARK: What an attempt gave

    /// An answer whose status is not 200.
    func serviceError(_ refusal: ServiceError, _ run: RequestRun) -> AlternatorError {
        refusal.alternatorError(
            operation: run.request.operation.rawValue,
            table: run.request.table,
            node: run.node,
            attempts: run.attempts
        )
    }

    private func tlsError(_ fault: TLSFault, at node: String?, _ run: RequestRun) -> AlternatorError {
        let failure = TLSFailure(fault)
        return error(
            .tls,
            "No secure connection to \(node ?? "the node"): \(failure.detail). \(failure.remedy)",
            run.request,
            run,
            cause: failure
        )
    }

    /// An exchange without an answer.
    func transportError(_ cause: TransportError, _ run: RequestRun) -> AlternatorError {
        if let fault = cause.fault { return tlsError(fault, at: run.node, run) }
        // Below, sentences end with and without a full stop.
        let said = cause.message.hasSuffix(".") ? String(cause.message.dropLast()) : cause.message
        let (code, message): (AlternatorError.Code, String) =
            switch cause.kind {
            case .resolveFailed, .connectFailed, .connectTimeout:
                (.connectFailed, "No node could be connected to; the last one: \(said).")
            case .tls:
                (.tls, "No secure connection: \(said).")
            case .requestTimeout:
                (.requestTimeout, "No answer in time: \(said).")
            case .acquireTimeout:
                (
                    .acquireTimeout,
                    "No connection became free: \(said). Raise maxPoolConnections, or send fewer at once."
                )
            case .connectionLost:
                (.connectionLost, "The connection ended before the answer: \(said).")
            case .protocolViolation where cause.limit != nil:
                (
                    .protocolViolation,
                    "The answer is over AlternatorConfig.responseLimits.\(cause.limit?.field ?? ""): \(said)."
                )
            case .protocolViolation:
                (.protocolViolation, "The answer is not Alternator's: \(said). Check the port.")
            case .decompression:
                (.decompression, "The packed answer cannot be read: \(said).")
            case .decompressionLimit:
                (.decompression, "The packed answer is too large: \(said). Raise it, or ask for less at once.")
            case .cancelled:
                (.cancelled, "The task was cancelled.")
            case .closed:
                (.closed, "The client was closed before the answer came.")
            }
        return error(code, message, run.request, run, cause: cause)
    }

    func error(
        _ code: AlternatorError.Code,
        _ message: String,
        _ request: EncodedRequest,
        _ run: RequestRun?,
        cause: (any Error)? = nil
    ) -> AlternatorError {
        AlternatorError(
            code,
            message: message,
            operation: request.operation.rawValue,
            table: request.table,
            node: run?.node,
            attempts: run?.attempts ?? 0,
            cause: cause
        )
    }
}

extension HTTPSyntaxError.Limit {
    /// The field of `AlternatorConfig.ResponseLimits` that sets it.
    fileprivate var field: String {
        switch self {
        case .head: "headerBytes"
        case .body: "bodyBytes"
        case .chunkLine: "chunkLineBytes"
        case .interimAnswers: "interimAnswers"
        }
    }
}
